"""原稿のフォルダの、人の録音と校正済のしるし: 書いて読むと元に戻り、読めない表は断る。"""

from __future__ import annotations

import datetime
import hashlib
from pathlib import Path

import pytest

from content.bundle import Bundle, load_folder, write_folder
from content.model import Council
from content.notation import NotationError, parse
from content.recorded import Proofread, Recording
from tests.app.console.room import PLAIN, STANDARD, SUBJECT

MP3, AAC = b"mp3", b"aac"
NAME = hashlib.sha256(MP3).hexdigest()
TIMES = (("market-1", 0.0, 1.1), ("market-2", 1.1, 1.1 + 0.1 + 0.2))
BUNDLE = Bundle(
    (Council("umibe", "海辺社会福祉協議会"),),
    (parse(STANDARD, SUBJECT), parse(PLAIN, SUBJECT, "plain")),
    proofread=(
        Proofread(SUBJECT, "standard", "b", datetime.date(2026, 11, 22)),
        Proofread(SUBJECT, "standard", "a", datetime.date(2026, 11, 1)),
        Proofread(SUBJECT, "plain", "c", datetime.date(2026, 11, 23)),
    ),
    recordings=(
        Recording(SUBJECT, "standard", "market", "要約", NAME, TIMES, "山田花子"),
        Recording(SUBJECT, "standard", "market-day", "要約", NAME, TIMES, "山田　花子"),
        Recording(SUBJECT, "plain", "market", "要約", NAME, TIMES, "O'Hara <b>"),
    ),
)


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    write_folder(BUNDLE, tmp_path, lambda name: (MP3, AAC))
    return tmp_path


def test_書いて読むと_元に戻る(exported: Path) -> None:
    bundle = load_folder(exported)
    assert bundle == BUNDLE
    mp3, aac = bundle.sounds[NAME]
    assert (mp3.read_bytes(), aac.read_bytes()) == (MP3, AAC)
    folder = exported / "umibe/recordings"
    assert sorted(p.name for p in folder.iterdir()) == ["plan-1", "plan-1.plain"]
    assert load_folder(exported / "umibe") == BUNDLE


def test_エクセルで開いて_行の終わりが変わっても読める(exported: Path) -> None:
    for path in exported.rglob("*.tsv"):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert load_folder(exported) == BUNDLE


BORDERS = "umibe/recordings/plan-1/market.tsv"
MARKS = "umibe/proofread.tsv"


@pytest.mark.parametrize(
    ("file", "before", "after", "line", "said"),
    [
        (BORDERS, "読んだ人\t", "だれか\t", 1, "「読んだ人」と、タブと、値を書いてください。"),
        (BORDERS, "山田花子", "《山田》", 1, "名前は 40 字まで"),
        (BORDERS, "山田花子", "", 1, "読んだ人の名前"),
        (BORDERS, "山田花子", "山田\x07花子", 1, "（U+0007）があります。"),
        (BORDERS, "山田花子", "山田\ufffe", 1, "（U+FFFE）があります。"),
        (BORDERS, "山田花子", "山田\u202e花子", 1, "（U+202E）があります。"),
        (BORDERS, "山田花子", "山田\ue000", 1, "（U+E000）があります。"),
        (BORDERS, "文章の要約\t", "文章の要約", 2, "「文章の要約」と"),
        (BORDERS, "文\t始まり", "文\t始", 3, "の見出しの後に"),
        (BORDERS, "\t0.0\t", "\t0.5\t", 4, "前の文の終わりから続けて"),
        (BORDERS, "\t0.0\t", "\tnan\t", 4, "前の文の終わりから続けて"),
        (MARKS, "種類", "種", 1, "の見出しにしてください。"),
        (MARKS, "\tstandard", "\tほか", 2, "standard か plain"),
        (MARKS, "-11-", "-13-", 2, "standard か plain"),
        (MARKS, "plan-1", "plan-9", 1, "原稿 plan-9.md がありません。"),
        (MARKS, "plan-1", "../x", 1, "がありません。"),
    ],
)
def test_読めない表は_ファイルと行を言って断る(
    exported: Path, file: str, before: str, after: str, line: int, said: str
) -> None:
    path = exported / file
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), "utf-8")
    with pytest.raises(NotationError) as error:
        load_folder(exported)
    (problem,) = error.value.problems
    assert (problem.file, problem.line) == (file, line) and said in problem.message


@pytest.mark.parametrize("ending", [".mp3", ".m4a"])
def test_音のない録音や_原稿のない録音は断る(exported: Path, ending: str) -> None:
    path = exported / BORDERS
    sound = path.with_suffix(ending)
    sound.rename(sound.with_suffix(".away"))
    with pytest.raises(NotationError, match="録音の音がありません。"):
        load_folder(exported)
    path.parent.rename(path.parent.with_name("plan-9"))
    with pytest.raises(NotationError, match=r"原稿 plan-9\.md がありません。"):
        load_folder(exported)


def test_切れ目の表のない音は_黙って捨てない(exported: Path) -> None:
    (exported / BORDERS).unlink()
    with pytest.raises(NotationError) as error:
        load_folder(exported)
    (problem,) = error.value.problems
    assert problem.file == BORDERS.replace(".tsv", ".mp3")
    assert "同じ名前の .tsv を" in problem.message
