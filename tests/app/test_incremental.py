"""変わったものだけを作る: どんな順に直しても、はじめから作ったものと 1 バイトも違わない。"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accessibility.braille.cells import to_cells
from accessibility.cache import Cache
from accessibility.voices import Silent
from app.output import replacing
from app.publish import prune, publish
from app.slots import CHANNELS, Part, Progress
from app.workers import InlineExecutor
from content.bundle import Bundle, in_order
from content.model import Contact, Council, Publication, Register
from content.notation import parse
from tests.conftest import files_in

ONE, ALL = len(CHANNELS), 2 * len(CHANNELS)
"""1 冊の版の数と、2 冊の版の数。"""
PIXELS = (b"\x89PNG\r\n\x1a\n" + b"1" * 50, b"\x89PNG\r\n\x1a\n" + b"2" * 60)


@dataclass(frozen=True)
class Manuscript:
    """原稿ひとつ。直すところを値で持つ。"""

    id: str
    register: Register = "standard"
    title: str = "計画"
    sentences: tuple[str, ...] = ("こんにちは。", "春の集いです。")
    pixels: int = 0

    def publication(self) -> Publication:
        text = (
            f"---\n表題: {self.title}\n発行: 試験社協\n計画: 試験計画\n期: 1\n日付: 2026-04-01\n"
            f"出典: 試験\n---\n\n# はじめに {{#first}}\n\n{''.join(self.sentences)}\n\n"
            "![絵](map.png)\n\n# おわりに {#last}\n\nさようなら。\n"
        )
        name, picture = "map.png", PIXELS[self.pixels]
        return parse(text, self.id, self.register, load_picture={name: picture}.get)


@dataclass(frozen=True)
class State:
    """原稿のひとそろいと、作る媒体。"""

    manuscripts: tuple[Manuscript, ...] = (Manuscript("a/one"), Manuscript("b/two"))
    telephone: str = "03-1111-1111"
    reading: str = "つどい"
    festival: str = ""
    only: tuple[str, ...] = CHANNELS

    def bundle(self) -> Bundle:
        contact = Contact("計画", "試験社協", telephone=self.telephone)
        ids = sorted({m.id.split("/")[0] for m in self.manuscripts})
        return Bundle(
            tuple(Council(id, f"{id}試験社協", (contact,)) for id in ids),
            tuple(sorted((m.publication() for m in self.manuscripts), key=in_order)),
            (("a", self.table()),),
        )

    def table(self) -> str:
        """a 社協の読みの辞書。"""
        festival = f"祭り\t{self.festival}\t\t\n" if self.festival else ""
        return f"語\t読み\tアクセント\t備考\n集い\t{self.reading}\n{festival}"


Edit = Callable[[State], State]

WORDS = st.sampled_from(["春の集いです。", "秋の祭り。", "相談は電話で。", "ＡＢＣ 12 回。"])


def _change(**change: Any) -> Edit:
    return lambda state: replace(state, **change)


def _rewrite(index: int, **change: Any) -> Edit:
    def apply(state: State) -> State:
        found = list(state.manuscripts)
        place = index % len(found)
        found[place] = replace(found[place], **change)
        return replace(state, manuscripts=tuple(found))

    return apply


def _add(id: str, register: Register) -> Edit:
    def apply(state: State) -> State:
        if any((m.id, m.register) == (id, register) for m in state.manuscripts):
            return state
        return replace(state, manuscripts=(*state.manuscripts, Manuscript(id, register)))

    return apply


def _remove(index: int) -> Edit:
    def apply(state: State) -> State:
        if len(state.manuscripts) == 1:
            return state
        place = index % len(state.manuscripts)
        return replace(
            state, manuscripts=state.manuscripts[:place] + state.manuscripts[place + 1 :]
        )

    return apply


INDEX = st.integers(0, 3)
EDITS = st.one_of(
    st.builds(
        lambda i, s: _rewrite(i, sentences=tuple(s)), INDEX, st.lists(WORDS, min_size=1, max_size=3)
    ),
    st.builds(lambda i, t: _rewrite(i, title=t), INDEX, st.sampled_from(["計画", "新しい計画"])),
    st.builds(lambda i, n: _rewrite(i, pixels=n), INDEX, st.integers(0, 1)),
    st.builds(_add, st.sampled_from(["a/one", "a/three", "b/two"]), st.sampled_from(["plain"])),
    st.builds(lambda id: _add(id, "standard"), st.sampled_from(["a/three", "c/four"])),
    st.builds(_remove, INDEX),
    st.builds(lambda n: _change(telephone=n), st.sampled_from(["03-1111-1111", "03-2222-2222"])),
    st.builds(lambda r: _change(reading=r), st.sampled_from(["つどい", "あつまり"])),
    st.builds(lambda r: _change(festival=r), st.sampled_from(["", "まつり", "さいれい"])),
    st.builds(lambda c: _change(only=c), st.sampled_from([CHANNELS, ("web",), ("text", "daisy")])),
)


def build(state: State, out: Path, cache: Path) -> Counter[tuple[Part, bool]]:
    counts: Counter[tuple[Part, bool]] = Counter()

    def step(part: Part, reused: bool) -> None:
        counts[part, reused] += 1

    with replacing(out) as stage:
        publish(
            state.bundle(),
            stage,
            voice=Silent(),
            cache=Cache(cache),
            executor=InlineExecutor(),
            only=state.only,
            progress=Progress(step=step),
        )
    return counts


@pytest.mark.slow
@settings(max_examples=8)
@given(st.lists(EDITS, min_size=1, max_size=4))
def test_どんな順に直してもはじめから作ったものと同じ(edits: Sequence[Edit]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        state = State()
        build(state, folder / "out", folder / "cache")
        for edit in edits:
            state = edit(state)
            build(state, folder / "out", folder / "cache")
        build(state, folder / "clean", folder / "clean-cache")
        assert files_in(folder / "out") == files_in(folder / "clean")


def test_変わらなければ何も作らず_直した本だけを作る(tmp_path: Path) -> None:
    state = State()
    out, cache = tmp_path / "out", tmp_path / "cache"
    assert build(state, out, cache)["版", False] == ALL
    before = files_in(out)
    assert build(state, out, cache) == {("版", True): ALL}
    assert files_in(out) == before
    changed = _rewrite(0, sentences=("変わりました。",))(state)
    counts = build(changed, out, cache)
    assert counts["版", False] == ONE and counts["版", True] == ALL - ONE
    assert counts["節", False] == 1 and counts["節", True] > 0
    assert build(state, out, cache) == {("版", True): ALL}  # 元に戻せば、前のもの
    assert files_in(out) == before


def test_ほかの社協の辞書や連絡先が変わっても_その社協の本は作り直さない(tmp_path: Path) -> None:
    out, cache = tmp_path / "out", tmp_path / "cache"
    build(State(), out, cache)
    counts = build(State(reading="あつまり"), out, cache)  # a の辞書
    assert counts["版", False] == ONE and counts["版", True] == ALL - ONE
    book = out / "a/one/standard"
    assert "あつまり" in (book / "web/ruby/first.html").read_text("utf-8")
    assert to_cells("アツマリ") in (book / "braille/one-braille.txt").read_text("utf-8")


def test_辞書が変わっても_読みの変わらない本は作り直さない(tmp_path: Path) -> None:
    out, cache = tmp_path / "out", tmp_path / "cache"
    autumn = Manuscript("a/one", "plain", sentences=("秋の祭り。",))
    state = State((Manuscript("a/one"), autumn, Manuscript("a/three")))
    every = 3 * len(CHANNELS)
    assert build(state, out, cache)["版", False] == every
    before = files_in(out)
    other = replace(state, festival="さいれい")
    counts = build(other, out, cache)
    assert counts["版", False] == ONE and counts["版", True] == every - ONE
    assert "さいれい" in (out / "a/one/plain/web/ruby/first.html").read_text("utf-8")
    assert build(other, out, cache) == {("版", True): every}
    # 備考だけが変わり、読みは 1 つも変わらない
    noted = replace(state, reading="つどい\t\tよく使う言葉")
    assert build(noted, out, cache)["版", False] == 0
    assert files_in(out) == before


@pytest.mark.parametrize("damage", ["emptied", "flipped", "removed"])
def test_こわれた控えはどれでも気づいて作り直す(tmp_path: Path, damage: str) -> None:
    out, cache = tmp_path / "out", tmp_path / "cache"
    build(State(), out, cache)
    before = files_in(out)
    files = sorted(p for p in cache.rglob("*") if p.is_file())
    assert len(files) > 100
    for path in files:
        data = path.read_bytes()
        if damage == "removed":
            path.unlink()
        else:
            path.write_bytes(b"" if damage == "emptied" else bytes([data[0] ^ 1]) + data[1:])
    assert build(State(), out, cache)["版", False] == ALL
    assert files_in(out) == before
    assert build(State(), out, cache) == {("版", True): ALL}


def test_控えのひとつだけがこわれたら_その版だけを作り直す(tmp_path: Path) -> None:
    out, cache = tmp_path / "out", tmp_path / "cache"
    build(State(), out, cache)
    before = files_in(out)
    book = (out / "a/one/standard/epub/one.epub").read_bytes()
    (kept,) = [p for p in cache.rglob("*") if p.is_file() and p.read_bytes() == book]
    kept.write_bytes(book[:-1])
    counts = build(State(), out, cache)
    assert counts["版", False] == 1 and counts["版", True] == ALL - 1
    assert files_in(out) == before


def test_片づけは使われない控えだけを消す(tmp_path: Path) -> None:
    out, cache = tmp_path / "out", tmp_path / "cache"
    build(State(), out, cache)
    prune(Cache(cache))
    assert build(State(), out, cache) == {("版", True): ALL}
    for path in cache.rglob("*"):
        os.utime(path, (0, 0))
    build(State(), out, cache)  # 使ったものには、使った印が付く
    prune(Cache(cache))
    assert build(State(), out, cache) == {("版", True): ALL}
    assert build(State(festival="さいれい"), out, cache)["版", False] == 0
    shutil.rmtree(cache)
    assert build(State(), out, cache)["版", False] == ALL
