"""DAISY と EPUB を開く、2 つの読み手。標準ライブラリだけのものと、Thorium Reader の r2-shared-js。

2 つは別の人が書いたものなので、同じものが見えれば、本のほうが正しい。
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict
from xml.etree import ElementTree

from tests.channels.epub_book import LANG, OPS, SMIL, XHTML, Epub, resolve, seconds

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Clip:
    """文ひとつ。``text`` は ``場所#目印``、``audio`` は場所（どちらも本の中）。時間は秒。"""

    text: str
    audio: str
    begin: float
    end: float


@dataclass(frozen=True, slots=True)
class Part:
    """読む順の 1 つ（SMIL ひとつ）。``seconds`` は、本がそう言う長さ。"""

    seconds: float
    clips: tuple[Clip, ...]


@dataclass(frozen=True, slots=True)
class Opened:
    """開いた本に見えるもの。``contents`` は目次の段と見出し。"""

    title: str
    language: str
    contents: tuple[tuple[int, str], ...]
    parts: tuple[Part, ...]

    @property
    def clips(self) -> list[Clip]:
        return [clip for part in self.parts for clip in part.clips]


Reader = Callable[[Sequence[Path], Path], list[Opened]]
"""``読み手(本の場所, 部品を置くフォルダ)``。DAISY は zip か、展開したフォルダ。"""


def readers() -> dict[str, Reader]:
    """ここで使える読み手。r2-shared-js には node と npm が要る。"""
    found: dict[str, Reader] = {"standard-library": standard_library}
    if shutil.which("node") and shutil.which("npm"):
        found["r2-shared-js"] = r2_shared_js
    return found


# r2-shared-js


class _Part(TypedDict):
    seconds: float
    clips: list[tuple[str, str, float, float]]


class _Opened(TypedDict):
    title: str
    language: str
    contents: list[tuple[int, str]]
    parts: list[_Part]


def r2_shared_js(books: Sequence[Path], folder: Path) -> list[Opened]:
    lock = (HERE / "package-lock.json").read_bytes()
    home = folder / f"r2-{hashlib.sha256(lock).hexdigest()[:16]}"
    if not (home / "node_modules" / ".package-lock.json").exists():  # npm が終わりに書く
        home.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, home)
        _run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], home)
    shutil.copy(HERE / "open.js", home)
    lines = _run(["node", "open.js", *map(str, books)], home).splitlines()
    return [_opened(json.loads(line)) for line in lines]


def _run(command: Sequence[str], folder: Path) -> str:
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _opened(facts: _Opened) -> Opened:
    return Opened(
        facts["title"],
        facts["language"],
        tuple((depth, heading) for depth, heading in facts["contents"]),
        tuple(Part(p["seconds"], tuple(Clip(*c) for c in p["clips"])) for p in facts["parts"]),
    )


# 標準ライブラリ


def standard_library(books: Sequence[Path], folder: Path) -> list[Opened]:
    return [_epub(b.read_bytes()) if b.suffix == ".epub" else _daisy(_files(b)) for b in books]


def _files(book: Path) -> dict[str, bytes]:
    if book.is_dir():
        return {path.name: path.read_bytes() for path in book.iterdir()}
    with zipfile.ZipFile(book) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _daisy(files: dict[str, bytes]) -> Opened:
    ncc = ElementTree.fromstring(files["ncc.html"])
    facts = {m.get("name"): m.attrib["content"] for m in ncc.iter(f"{XHTML}meta")}
    headings = list(ncc.find(f"{XHTML}body") or ())
    smils = [
        ElementTree.fromstring(files[heading[0].attrib["href"].partition("#")[0]])
        for heading in headings
    ]
    return Opened(
        facts["dc:title"],
        facts["dc:language"],
        tuple((int(heading.tag[-1]), heading[0].text or "") for heading in headings),
        tuple(
            Part(seconds(next(smil.iter("seq")).attrib["dur"]), tuple(_daisy_clips(smil)))
            for smil in smils
        ),
    )


def _daisy_clips(smil: ElementTree.Element) -> Iterator[Clip]:
    for text, audio in smil.iter("par"):
        begin, end = (audio.attrib[f"clip-{edge}"] for edge in ("begin", "end"))
        times = (seconds(time.removeprefix("npt=")) for time in (begin, end))
        yield Clip(text.attrib["src"], audio.attrib["src"], *times)


def _epub(data: bytes) -> Opened:
    book = Epub(data)
    navs = book.xml("EPUB/nav.xhtml").iter(f"{XHTML}nav")
    contents = next(nav for nav in navs if nav.get(f"{OPS}type") == "toc")
    lengths = {m.get("refines"): seconds(m.text or "") for m in book.metas("media:duration")}
    return Opened(
        next(e.text or "" for e in book.package.iter() if e.get("id") == "title"),
        book.package.attrib[LANG],
        tuple(_epub_contents(contents, 1)),
        tuple(
            Part(lengths[f"#{item['media-overlay']}"], tuple(_epub_clips(book, item)))
            for item in book.spine
        ),
    )


def _epub_contents(parent: ElementTree.Element, depth: int) -> Iterator[tuple[int, str]]:
    for item in parent.findall(f"{XHTML}ol/{XHTML}li"):
        yield depth, item.findtext(f"{XHTML}a") or ""
        yield from _epub_contents(item, depth + 1)


def _epub_clips(book: Epub, item: dict[str, str]) -> Iterator[Clip]:
    place = book.overlay(item) or ""
    for text, audio in book.xml(place).iter(f"{SMIL}par"):
        yield Clip(
            resolve(place, text.attrib["src"]),
            resolve(place, audio.attrib["src"]),
            seconds(audio.attrib["clipBegin"]),
            seconds(audio.attrib["clipEnd"]),
        )
