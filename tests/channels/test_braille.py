"""点字の版。ファイルの形式、中身、読みの出どころ。"""

from __future__ import annotations

import datetime
from dataclasses import replace
from pathlib import Path

import pytest

from accessibility.audit.braille import audit_files, read_bes, read_brf, read_bse
from accessibility.narration import Narration
from accessibility.readings import Reader
from channels.braille import BrailleChannel
from channels.edition import Edition
from content.model import Publication
from tests.accessibility.braille.backwards import to_line
from tests.channels.books import narrated
from tests.channels.braille_book import channel
from tests.channels.words import GLOSSARY

BODY = """# はじめに {#start}

｜寄合処《よりあいどころ》に集まります。二つめの文です。

- 箇条書き
- 資料[PDF/783KB](https://example.org/plan.pdf)

1. 番号

## ｜表《ひょう》と写真

表: 記号
| 記号 | 意味 |
|---|---|
| A | 続ける |
| B | 直す |

![公園の写真]()

> 注の文です。
"""

Book = tuple[Publication, Narration]


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    return narrated(BODY, tmp_path_factory.mktemp("cache"))


def contents(edition: Edition) -> dict[str, bytes]:
    return {k: v for k, v in edition.files.items() if isinstance(v, bytes)}


def text(edition: Edition) -> list[str]:
    data = contents(edition)["plan-braille.txt"].decode()
    return [line for page in data.split("\f") for line in to_line(page).split("\n")]


def test_4つの形式で受け取れる(book: Book) -> None:
    edition = channel().render(*book)
    assert edition.channel == "braille"
    assert edition.main == "plan.bes"
    assert edition.seconds is None
    assert [(d.path, d.format) for d in edition.downloads] == [
        ("plan.bes", "bes"),
        ("plan.bse", "bse"),
        ("plan.brf", "brf"),
        ("plan-braille.txt", "braille.txt"),
    ]
    assert {d.path: d.bytes for d in edition.downloads} == {
        name: len(data) for name, data in contents(edition).items()
    }
    assert audit_files(contents(edition)) == ()


def test_同じ本からは1バイトも違わない版ができる(book: Book) -> None:
    assert channel().render(*book) == channel().render(*book)


def test_中身の書き方(book: Book) -> None:
    lines = [line for line in text(channel().render(*book)) if line]
    start = lines.index("        ハジメニ")
    assert lines[start : start + 17] == [
        "        ハジメニ",
        "  ヨリアイドコロニ アツマリマス。  フタツメノ",
        "ブンデス。",
        "  ※ カジョーガキ",
        "  ※ シリョー〈PDF・ 783KB〉",
        "    ⠠⠦https://example.org/plan.",
        "    pdf⠠⠴",
        "  1 バンゴー",
        "      ヒョート シャシン",
        "    ヒョー： キゴー",
        "  キゴー： A",
        "    イミ： ツヅケル",
        "  キゴー： B",
        "    イミ： ナオス",
        "    シャシン： コーエンノ シャシン",
        "                      ハジメニ   4",
        "    （チュー） チューノ ブンデス。",
    ]


def test_どの形式も同じ中身(book: Book) -> None:
    files = contents(channel().render(*book))
    pages = [p.split("\n")[:-1] for p in files["plan-braille.txt"].decode().split("\f")]
    assert read_brf(files["plan.brf"]) == pages
    assert [_written(p) for p in read_bse(files["plan.bse"])] == [_written(p) for p in pages]
    # BES のページ行の番号は、ソフトが付ける
    rows = [_written(p[1:]) for p in read_bes(files["plan.bes"])]
    assert rows == [_written(p[1:]) for p in pages]


def _written(lines: list[str]) -> list[str]:
    kept = list(lines)
    while kept and not kept[-1]:
        kept.pop()
    return kept


def test_BESの見出しと段落の終わり(book: Book) -> None:
    data = contents(channel().render(*book))["plan.bes"]
    assert data[:45] == b"%BET400%2026/04/01  E53318     " + str(_pages(data) - 1).encode().ljust(
        14
    )
    assert data[512:1025] == b"\xff\xff\xff\x54" + b" " * 508 + b"\xff"
    assert data.endswith(b"\xfe\xff")
    # 2 行にわたる段落は、終わりの行だけに段落の印がある
    paragraph = data[data.index(_bes("⠜⠓⠁⠃⠐⠞⠪⠚⠇")) :]
    first, second, *_ = paragraph.split(b"\xfe")
    assert not first.endswith(b"\x0d")
    assert second.endswith(b"\x0d")


def _pages(data: bytes) -> int:
    return len(read_bes(data))


def _bes(cells: str) -> bytes:
    return bytes(0xA0 + ord(c) - 0x2800 for c in cells)


def test_BSEはどのページも同じ数の行(book: Book) -> None:
    data = contents(channel().render(*book))["plan.bse"]
    pages = int(data[504:508])
    assert data[508:514] == b"3218\r\n"
    assert data.count(b"\r\n") == 1 + pages * 18


def test_言葉の説明を本文の後にまとめる(tmp_path: Path) -> None:
    book = narrated("# 計画 {#plan}\n\n社会福祉協議会のアウトリーチです。\n", tmp_path)
    reader = Reader()
    names = {e.explanation: reader.read_text(e.explanation) for e in GLOSSARY.entries}
    names |= {w: reader.read_text(w) for e in GLOSSARY.entries for w in e.words}
    lines = text(BrailleChannel({"shiken": names}, GLOSSARY).render(*book))
    bare = text(BrailleChannel({"shiken": names}).render(*book))
    assert any("コトバノ セツメイ" in line for line in lines)
    assert not any("コトバノ セツメイ" in line for line in bare)


def test_発行者の読みは社協の項目の読み(book: Book) -> None:
    issuer = book[0].plan.issuer
    names = {issuer: Reader().read_text(issuer)}
    lines = text(BrailleChannel({"shiken": names}).render(*book))
    assert any("ハッコー： シケン シャカイ フクシ キョーギカイ" in line for line in lines)


def test_題名が変わればどの形式も変わる(book: Book) -> None:
    publication, narration = book
    other = replace(publication, date=datetime.date(2027, 4, 1))
    before = contents(channel().render(publication, narration))
    after = contents(channel().render(other, narration))
    assert all(before[name] != after[name] for name in before)


def test_2つに分けた本は_何番めかを言う(book: Book) -> None:
    publication, narration = book
    long = replace(publication, sections=publication.sections * 200)
    made = channel().render(long, narration).downloads
    titles = [d.title.text for d in made if d.format == "brf"]
    total = len(titles)
    assert total > 1
    assert titles == [f"試験の計画（{total} つのうち {n} つめ）" for n in range(1, total + 1)]
    assert [d.path for d in made if d.format == "brf"][:2] == ["plan-1.brf", "plan-2.brf"]
