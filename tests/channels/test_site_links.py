"""リンクの名前。リンクだけを並べた一覧でも、行き先を見分けられる（WCAG 2.4.4、2.4.9）。"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from accessibility.narration import Narration, Track
from channels.edition import CatalogueEntry, Download, Edition
from channels.site import WebSite, WorkPages
from channels.web import WebChannel
from content.bundle import BUNDLED, load_folder
from content.model import Council, Publication, Register
from content.notation import parse
from tests.channels.html_page import Node, parse_page
from tests.channels.words import GLOSSARY

# 大きさと長さは、たまたま違っても、名前の違いとはみない。
MEASURE = re.compile(r"（[A-Z0-9]+、[\d.]+[KM]B(、[^）]*)?）")

# どの出版物にもある受け取り方。(媒体, 形式, ファイルの名前の終わり)
DOWNLOADS = (
    ("audio", "m4b", ".m4b"),
    ("audio", "mp3.zip", "-mp3.zip"),
    ("daisy", "daisy", "-daisy.zip"),
    ("epub", "epub", ".epub"),
    ("epub", "epub.noruby", "-noruby.epub"),
    ("braille", "bes", ".bes"),
    ("braille", "braille.txt", "-braille.txt"),
    ("text", "txt", ".txt"),
)
REPEATED = """---
表題: {title}
発行: 川崎市社協
計画: 推進計画
期: 7
日付: 2026-11-22
出典: ホームページ
---

# 助け合い {{#help}}

初めの文。

## 取組 {{#help-work}}

文。

### 目的 {{#help-work-aim}}

文。

## 相談 {{#help-talk}}

文。

### 目的 {{#help-talk-aim}}

文。

# 目的 {{#aim}}

文。

# 見守り {{#watch}}

文。

## 取組 {{#watch-work}}

文。

### 目的 {{#watch-work-aim}}

文。
"""


def name_of(link: Node, ids: Mapping[str, Node]) -> str:
    """リンクの名前（Accessible Name and Description Computation 1.2 の、ページで使う部分）。"""
    if labels := link.get("aria-labelledby"):
        said = " ".join(ids[label].text for label in labels.split())
    else:
        pictures = "".join(image.get("alt") or "" for image in link.all("img"))
        said = link.get("aria-label") or link.text + pictures
    return re.sub(r"\s+", " ", MEASURE.sub("", said)).strip()


def target_of(link: Node, page: str) -> str:
    parts = urlsplit(link["href"])
    if parts.scheme:
        return link["href"]
    path = posixpath.join("/", posixpath.dirname(page), unquote(parts.path)) if parts.path else page
    return f"{posixpath.normpath(path)}#{parts.fragment}"


def faults(pages: Mapping[str, bytes]) -> list[str]:
    """名前のないリンクと、同じ名前で行き先の違うリンク。"""
    found = []
    for path, data in sorted(pages.items()):
        root = parse_page(data)
        ids = {node["id"]: node for node in root.walk() if "id" in node.attributes}
        targets: dict[str, set[str]] = {}
        for link in root.all("a"):
            targets.setdefault(name_of(link, ids), set()).add(target_of(link, path))
        found += [
            f"{path}「{name}」{sorted(to)}"
            for name, to in targets.items()
            if not name or len(to) > 1
        ]
    return found


def rendered(
    publications: tuple[Publication, ...], councils: Mapping[str, Council], folder: Path
) -> dict[str, bytes]:
    """すべてのページ。どのファイルも、同じ大きさと長さにする。"""
    mp3 = folder / "sound.mp3"
    mp3.write_bytes(b"mp3")
    channel = WebChannel(councils, publications, {}, GLOSSARY)
    pages: dict[str, bytes] = {}
    entries = []
    for publication in publications:
        tracks = tuple(Track(s.id, mp3, mp3, 1.0, ()) for s in publication.sections)
        web = channel.render(publication, Narration("声", publication.sections, tracks))
        pages |= {
            f"{web.folder}/{name}": content
            for name, content in web.files.items()
            if isinstance(content, bytes) and name.endswith(".html")
        }
        made = (replace(web, files={}), *editions(publication))
        entries.append(CatalogueEntry(publication, councils[publication.council], made))
    for site in (WebSite({}, GLOSSARY), WorkPages({})):
        files = site.render(entries).items()
        pages |= {n: c for n, c in files if isinstance(c, bytes) and n.endswith(".html")}
    return pages


def editions(publication: Publication) -> tuple[Edition, ...]:
    """ページのほかの版。"""
    found: dict[str, list[Download]] = {}
    for channel, format, ending in DOWNLOADS:
        download = Download(publication.name + ending, format, publication.title, 1000, 1.0)
        found.setdefault(channel, []).append(download)
    found["audio"] += [
        Download(f"{number:02}-{section.id}.mp3", "mp3", section.heading, 1000, 1.0)
        for number, section in enumerate(publication.sections, 1)
    ]
    return tuple(
        Edition(publication.id, publication.register, channel, {}, downloads=tuple(downloads))
        for channel, downloads in found.items()
    )


def book(name: str, title: str, register: Register = "standard") -> Publication:
    return parse(REPEATED.format(title=title), f"kawasaki/{name}", register)


def test_見出しが同じ節でも_文章が2つでも_どのリンクも名前で見分けられる(tmp_path: Path) -> None:
    books = (book("one", "第1の計画"), book("one", "第1の計画", "plain"), book("two", "第2の計画"))
    pages = rendered(books, {"kawasaki": Council("kawasaki", "川崎市社協")}, tmp_path)
    assert not faults(pages)
    hub = parse_page(pages["kawasaki/one/index.html"])
    assert [a.get("aria-label") or a.text for a in hub.one("ul", "toc").all("a")] == [
        "助け合い",
        "取組：助け合い",
        "目的：取組：助け合い",
        "相談",
        "目的：相談：助け合い",
        "目的",
        "見守り",
        "取組：見守り",
        "目的：取組：見守り",
    ]
    names = {unquote(a["href"]): a.get("aria-label") for a in hub.by_id("downloads").all("a")}
    assert names["plain/audio/one-mp3.zip"] == (
        "第1の計画（ZIP、1KB、1秒）：音声をすべてまとめたもの（MP3 の ZIP）：やさしい日本語"
    )
    assert names["standard/audio/05-help-talk-aim.mp3"] == (
        "目的（MP3、1KB、1秒）：相談：助け合い：見出しごとの音声（MP3）：もとの文章：第1の計画"
    )


def test_リンクの名前は_目に見える文字で始まる(tmp_path: Path) -> None:
    """声で動かす人は、見える文字でリンクを呼ぶ（WCAG 2.5.3）。"""
    pages = rendered(
        (book("one", "第1の計画"),), {"kawasaki": Council("kawasaki", "川崎市社協")}, tmp_path
    )
    checked = 0
    for path, data in pages.items():
        for link in parse_page(data).all("a"):
            if label := link.get("aria-label"):
                assert label.startswith(link.text), path
                checked += 1
    assert checked > 50


def test_付属の計画のどのページでも_リンクを名前で見分けられる(tmp_path: Path) -> None:
    bundle = load_folder(BUNDLED)
    councils = {council.id: council for council in bundle.councils}
    assert not faults(rendered(bundle.publications, councils, tmp_path))


@pytest.mark.parametrize(
    "links",
    [
        '<a href="a">受け取る</a><a href="b">受け取る</a>',
        '<a href="a" aria-label="受け取る">音声</a><a href="b" aria-label="受け取る">点字</a>',
        '<a href="a">本（ZIP、1KB）</a><a href="b">本（ZIP、2.0MB、1分2秒）</a>',
        '<a href="a"></a>',
    ],
)
def test_名前のないリンクと_同じ名前で行き先の違うリンクを_見つける(links: str) -> None:
    assert faults({"index.html": links.encode()})


def test_同じ行き先なら_同じ名前でよい() -> None:
    assert not faults({"a/b.html": '<a href="c">本</a><a href="../a/c">本</a>'.encode()})
