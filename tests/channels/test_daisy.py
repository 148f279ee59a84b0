"""DAISY 2.02 の版。"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from accessibility.audit.daisy import audit_files
from accessibility.narration import Narration
from accessibility.voices import Silent
from channels.daisy import DaisyChannel, book_files, identifier
from channels.edition import Edition
from content.bundle import BUNDLED, load_folder
from content.model import Publication
from tests.channels.books import narrated
from tests.channels.daisy_books import PICTURE, rich_book

XHTML = "{http://www.w3.org/1999/xhtml}"

Book = tuple[Publication, Narration]


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    return rich_book(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def files(book: Book) -> dict[str, bytes]:
    return book_files(*book)


def members(edition: Edition) -> dict[str, bytes]:
    data = edition.files[edition.main]
    assert isinstance(data, bytes)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def text(files: dict[str, bytes]) -> ET.Element:
    return ET.fromstring(files["text.html"])


def words(element: ET.Element) -> str:
    return "".join(element.itertext()).strip()


def by_id(files: dict[str, bytes], id: str) -> ET.Element:
    return next(e for e in text(files).iter() if e.get("id") == id)


def test_ひとつのzipのいちばん上にすべてのファイルが名前の順に並ぶ(
    book: Book, files: dict[str, bytes]
) -> None:
    edition = DaisyChannel().render(*book)
    assert edition.main == "plan-daisy.zip"
    assert list(edition.files) == ["plan-daisy.zip"]
    inside = members(edition)
    assert inside == files
    assert list(inside) == sorted(inside)
    assert not any("/" in name for name in inside)
    (download,) = edition.downloads
    assert (download.path, download.format) == ("plan-daisy.zip", "daisy")
    assert edition.seconds == download.seconds == round(book[1].seconds, 3)
    content = edition.files[edition.main]
    assert isinstance(content, bytes)
    assert download.bytes == len(content)


def test_同じ読み上げからは同じバイトができ時刻は入らない(book: Book) -> None:
    edition = DaisyChannel().render(*book)
    assert DaisyChannel().render(*book) == edition
    content = edition.files[edition.main]
    assert isinstance(content, bytes)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_書き方のすべてがある本が検査を通る(files: dict[str, bytes]) -> None:
    assert audit_files(files) == ()


def test_付属のすべての計画が検査を通る(published: Path) -> None:
    made = sorted(published.rglob("daisy/*-daisy.zip"))
    assert len(made) == len(load_folder(BUNDLED).publications) >= 8
    for path in made:
        with zipfile.ZipFile(path) as archive:
            found = audit_files({name: archive.read(name) for name in archive.namelist()})
        assert found == (), path


def test_MP3は読み上げのまま(book: Book, files: dict[str, bytes]) -> None:
    mp3s = [data for name, data in files.items() if name.endswith(".mp3")]
    assert mp3s == [track.mp3.read_bytes() for track in book[1].tracks]


def test_目次は枠を含むすべての見出しを順に指す(book: Book, files: dict[str, bytes]) -> None:
    body = ET.fromstring(files["ncc.html"]).find(f"{XHTML}body")
    assert body is not None
    assert [(h.tag.removeprefix(XHTML), words(h)) for h in body] == [
        ("h1", "試験の計画"),
        ("h1", "録音図書凡例"),
        ("h1", "目次"),
        ("h1", "はじめに & <計画>"),
        ("h2", "表と写真"),
        ("h3", "三"),
        ("h4", "四"),
        ("h5", "五"),
        ("h6", "六"),
        ("h1", "😀"),
        ("h1", "終わりに"),
        ("h1", "原本奥付"),
        ("h1", "以上で、試験の計画を終わります。"),
        ("h1", "製作"),
    ]
    links = [a.attrib["href"] for a in body.iter(f"{XHTML}a")]
    assert links == [f"s{n:03}.smil#p1" for n in range(1, len(book[1].sections) + 1)]


def test_目次の頭に身もとと日付がある(files: dict[str, bytes]) -> None:
    metas = {
        m.get("name"): m.get("content")
        for m in ET.fromstring(files["ncc.html"]).iter(XHTML + "meta")
    }
    assert metas["dc:title"] == "試験の計画"
    assert metas["dc:date"] == "2026-04-01"
    assert metas["dc:publisher"] == "試験社会福祉協議会"
    assert metas["ncc:narrator"] == Silent().credit
    assert metas["ncc:multimediaType"] == "audioFullText"
    assert metas["ncc:depth"] == "6"
    assert metas["ncc:producer"] == "試験社会福祉協議会"
    assert metas["prod:proofread"] == "未校正（読み方と音声を、人はまだ確かめていません）"


def test_やさしい日本語の本は_どのファイルの題名もそう言う(book: Book) -> None:
    plain = book_files(replace(book[0], register="plain"), book[1])
    title = "試験の計画（やさしい日本語）"
    assert audit_files(plain) == ()
    for name, data in plain.items():
        if name.endswith((".html", ".smil")):
            root = ET.fromstring(data)
            titles = [m.get("content") for m in root.iter() if m.get("name") == "dc:title"]
            titles += [t.text for t in root.iter(f"{XHTML}title")]
            assert titles and set(titles) == {title}, name


def test_目印は社協と名前とやさしい版かどうかで決まる(book: Book) -> None:
    publication = book[0]
    assert identifier(publication) == "tsutawaru_shiken_plan_standard"
    others = {
        identifier(replace(publication, id="shiken/plan-2")),
        identifier(replace(publication, id="shiken-plan/plan")),
        identifier(replace(publication, register="plain")),
    }
    assert len(others) == 3 and identifier(publication) not in others
    assert identifier(replace(publication, sections=publication.sections[:1])) == identifier(
        publication
    )


def test_声のある文の切れ目は読み上げと同じ時刻(book: Book, files: dict[str, bytes]) -> None:
    narration = book[1]
    for number, (section, track) in enumerate(
        zip(narration.sections, narration.tracks, strict=True), 1
    ):
        pars = list(ET.fromstring(files[f"s{number:03}.smil"]).iter("par"))
        shown = [p[0].attrib["src"].partition("#")[2] for p in pars]
        assert shown == [s.id for s in section.sentences if s.text]
        times = {
            id: tuple(float(par[1].attrib[f"clip-{end}"][4:-1]) for end in ("begin", "end"))
            for id, par in zip(shown, pars, strict=True)
        }
        borders = list(times.values())
        assert borders[0][0] == 0
        assert borders[-1][1] == pytest.approx(track.seconds, abs=0.001)
        assert all(a[1] == b[0] for a, b in pairwise(borders))
        silent = set(shown) - {c.sentence_id for c in track.clips}
        if not silent:
            assert times == {c.sentence_id: (c.begin, c.end) for c in track.clips}


def test_声のない文も短い間と結び文字が落ちない(book: Book, files: dict[str, bytes]) -> None:
    emoji = [s for s in book[1].sections if s.id == "emoji"]
    number = book[1].sections.index(emoji[0]) + 1
    pars = list(ET.fromstring(files[f"s{number:03}.smil"]).iter("par"))
    assert len(pars) == 2  # 見出しと段落。どちらも声がない
    body = words(text(files))
    assert body.count("😀") == 6  # 表に 3、目次と見出しと段落


def test_声のない欄がいくつ続いても切れ目は短すぎずすきまなく並ぶ(tmp_path: Path) -> None:
    cells = "| 😀 " * 30 + "|"
    table = f"{cells}\n{'|---' * 30}|\n{cells}\n"
    files = book_files(*narrated(f"# 😀 {{#a}}\n\n文です。\n\n{table}", tmp_path))
    assert audit_files(files) == ()
    clips = [
        tuple(float(audio.attrib[f"clip-{end}"][4:-1]) for end in ("begin", "end"))
        for audio in ET.fromstring(files["s004.smil"]).iter("audio")
    ]
    assert len(clips) == 62
    assert clips[0][0] == 0
    assert all(a[1] == b[0] for a, b in pairwise(clips))
    assert min(end - begin for begin, end in clips) >= 0.02


def test_表と箇条書きと注と写真が文字になりふりがなはない(files: dict[str, bytes]) -> None:
    root = text(files)
    tables = list(root.iter(f"{XHTML}table"))
    assert [[words(c) for c in row] for row in tables[0].iter(f"{XHTML}tr")] == [
        ["記号", "意味"],
        ["A", ""],
        ["😀", "😀"],
        ["😀", "見直す"],
    ]
    assert [words(c) for c in tables[0].iter(f"{XHTML}caption")] == ["記号の意味"]
    assert [words(li) for li in next(root.iter(f"{XHTML}ol"))] == ["一番め", "二番め"]
    whole = words(root)
    assert "川崎の文です。〈せつめい〉二つめの文です。" in whole
    assert "（写真）池の鯉" in whole
    assert "（注）注の文です。二つめです。" in whole
    assert "ruby" not in files["text.html"].decode()


def test_資料のリンクは文の中にある(files: dict[str, bytes]) -> None:
    links = list(text(files).iter(f"{XHTML}a"))
    assert [(words(a), a.attrib["href"]) for a in links] == [
        ("冊子[PDF/783KB]", "https://example.jp/a.pdf?a=1&b=2")
    ]


def test_画像は英数字の名前になり説明が代わりの文字になる(files: dict[str, bytes]) -> None:
    assert files["p001.png"] == PICTURE
    images = list(text(files).iter(f"{XHTML}img"))
    assert [(i.attrib["src"], i.attrib["alt"]) for i in images] == [("p001.png", "地図")]
    assert all(re.fullmatch(r"[a-z0-9_-]+\.[a-z0-9]+", name) for name in files)


def test_文の目印は原稿の目印のまま(book: Book, files: dict[str, bytes]) -> None:
    for sentence in book[0].sections[0].sentences:
        assert words(by_id(files, sentence.id)) == sentence.text
