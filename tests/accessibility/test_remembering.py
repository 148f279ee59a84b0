"""読みの控え: 社協の辞書によらない文は、どの社協も同じ控えを使う。"""

from __future__ import annotations

from pathlib import Path

from accessibility.cache import Cache
from accessibility.dictionary import Dictionary, parse_dictionary
from accessibility.readings import Reader
from accessibility.remembering import RememberingReader
from content.bundle import load_folder
from tests.conftest import CHECKOUT

TABLE = parse_dictionary("語\t読み\tアクセント\t備考\n地域\tちーき\t\t\n3館\tみやかた\t\t\n")


def reader(cache: Cache, dictionary: Dictionary | None, key: str) -> RememberingReader:
    return RememberingReader(dictionary, cache, key, RememberingReader(None, cache, "common"))


def test_控えを使っても_読みは変わらない(tmp_path: Path) -> None:
    plans = load_folder(CHECKOUT / "content" / "plans").publications
    texts = [s.text for p in plans for section in p.sections for s in section.sentences][::5]
    plain, own = Reader(TABLE), 0
    for _ in range(2):  # はじめは付け、2 度めは控えから
        remembering = reader(Cache(tmp_path), TABLE, "own")
        for text in texts:
            assert remembering.read_text(text) == plain.read_text(text)
            own += not remembering.is_common(text)
        remembering.save()
    assert 0 < own < 2 * len(texts)


def test_ほかの社協の控えを使うのは_辞書の語のない文だけ(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    first = reader(cache, None, "first")
    for text in ("地域の祭り。", "春の祭り。"):
        first.read_text(text)
    first.save()
    assert cache.get_json("first") is None
    second = reader(cache, TABLE, "second")
    assert "".join(r.reading for r in second.read_text("地域の祭り。")).startswith("ちーき")
    second.read_text("春の祭り。")
    second.save()
    (kept,) = cache.get_json("second") or {}
    assert "地域" in kept
