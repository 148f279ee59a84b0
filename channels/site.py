"""入口のページ。計画の一覧、計画ごとの受け取り方、問い合わせ先、使い方、404。"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from itertools import groupby

from accessibility.glossary import Entry, Glossary
from channels import facts
from channels.edition import CatalogueEntry, Content, Download, edition_folder
from channels.feed import ATOM, FEED, PODCAST, has_podcast, podcast_path
from channels.pages import (
    HOME,
    RECEIVE,
    WORDS,
    Footer,
    Page,
    Templates,
    chapter_file,
    contact_path,
    hub_path,
)
from channels.wording import Names, Wording
from content.model import REGISTERS, Contact, Council, Section

ASSETS = ("chat.css", "chat.js", "cover.png", "icon.svg", "player.js", "reading.js", "site.css")
MISSING = "404.html"

_KANA_ROWS = "あかさたなはまやらわ"

WEB = "web"
# 受け取り方を示す順。目録にある媒体だけを、ページに載せる。
WAYS = (WEB, "audio", "daisy", "epub", "daisy3", "braille", "print", "text", FEED)


@dataclass(frozen=True, slots=True)
class Files:
    """同じ形式のファイル。``files`` は場所（出力先から）とファイル。"""

    channel: str
    format: str
    files: tuple[tuple[str, Download], ...]


@dataclass(frozen=True, slots=True)
class Work:
    """出版物ひとつ。``entries`` は文章（もとの文章、やさしい日本語）ごとの目録の行。"""

    entries: tuple[CatalogueEntry, ...]

    @property
    def first(self) -> CatalogueEntry:
        return self.entries[0]

    @property
    def readable(self) -> tuple[CatalogueEntry, ...]:
        """ページの版のあるもの。"""
        return tuple(e for e in self.entries if any(d.channel == WEB for d in e.editions))

    @property
    def channels(self) -> frozenset[str]:
        made = {d.channel for e in self.entries for d in e.editions}
        return frozenset(made | {FEED} if any(map(has_podcast, self.entries)) else made)

    @property
    def downloadable(self) -> tuple[CatalogueEntry, ...]:
        return tuple(e for e in self.entries if self.downloads(e))

    def page(self, entry: CatalogueEntry, name: str = HOME) -> str:
        """ページの版の、もくじか章の場所。"""
        folder = edition_folder(entry.publication.id, entry.publication.register, WEB)
        return f"{folder}/{name}"

    def downloads(self, entry: CatalogueEntry) -> tuple[Files, ...]:
        found: list[Files] = []
        for edition in sorted(entry.editions, key=lambda e: _way(e.channel)):
            for format, group in groupby(edition.downloads, key=lambda d: d.format):
                files = tuple((f"{edition.folder}/{d.path}", d) for d in group)
                found.append(Files(edition.channel, format, files))
        if has_podcast(entry):
            title = entry.publication.title
            place = podcast_path(entry.publication), Download(PODCAST, FEED, title, 0)
            found.append(Files(FEED, FEED, (place,)))
        return tuple(found)

    def contents(self, entry: CatalogueEntry) -> tuple[tuple[Section, str, str], ...]:
        """節と、そのページの場所と、ページの中の目印。"""
        return tuple(
            (
                section,
                self.page(entry, chapter_file(chapter[0].id)),
                "" if section is chapter[0] else section.id,
            )
            for chapter in entry.publication.chapters
            for section in chapter
        )


class WebSite:
    """すべての版ができてから、入口のページ（出版物ごとのものを除く）を作る。

    ``names`` は社協の id ごとの、社協や区の名前のような、原稿の項目の文字と、その読みの付いた Run。
    ``glossary`` は言葉の説明。
    """

    def __init__(self, names: Mapping[str, Names], glossary: Glossary) -> None:
        self._glossary = glossary
        everyone = {text: runs for known in names.values() for text, runs in known.items()}
        self._names = names
        self._wording = Wording.load(everyone)
        self._templates = Templates()

    def render(self, catalogue: Sequence[CatalogueEntry]) -> Mapping[str, Content]:
        works = _works(catalogue)
        councils = {e.council.id: e.council for e in catalogue}
        channels = {channel for work in works for channel in work.channels}
        ways = tuple(way for way in WAYS if way in channels)
        only = next(iter(councils.values())) if len(councils) == 1 else None
        shelves = [
            (council, [w for w in works if w.first.council.id == id])
            for id, council in sorted(councils.items())
        ]
        output: dict[str, Content] = {}
        general = Footer(only)
        for ruby in (False, True):
            home = Page(HOME, self._wording, ruby=ruby)
            shown = {"shelves": shelves, "ways": ways, "footer": general}
            output[home.path] = self._templates.render("home.html", home, ATOM=ATOM, **shown)
            receive = Page(RECEIVE, self._wording, ruby=ruby)
            output[receive.path] = self._templates.render("receive.html", receive, WEB=WEB, **shown)
            words = Page(WORDS, self._wording, ruby=ruby)
            output[words.path] = self._templates.render(
                "words.html", words, rows=tuple(_rows(self._glossary)), footer=general
            )
            for council, _ in shelves:
                wording = replace(self._wording, names=self._names.get(council.id, {}))
                contact = Page(contact_path(council.id), wording, ruby=ruby)
                output[contact.path] = self._templates.render(
                    "contact.html",
                    contact,
                    council=council,
                    sections=tuple(_contact_sections(council)),
                    footer=Footer(council),
                )
        missing = Page(MISSING, self._wording, rooted=True)
        output[MISSING] = self._templates.render("missing.html", missing, footer=general)
        assets = files("channels").joinpath("templates/assets")
        output |= {f"assets/{name}": assets.joinpath(name).read_bytes() for name in ASSETS}
        return dict(sorted(output.items()))


class WorkPages:
    """出版物ごとの入口のページ。その出版物の版だけから作る。``names`` は ``WebSite`` と同じ。"""

    def __init__(self, names: Mapping[str, Names]) -> None:
        self._names = names
        self._wording = Wording.load({})
        self._templates = Templates()

    def render(self, catalogue: Sequence[CatalogueEntry]) -> Mapping[str, Content]:
        output: dict[str, Content] = {}
        for work in _works(catalogue):
            publication, council = work.first.publication, work.first.council
            wording = replace(self._wording, names=self._names.get(council.id, {}))
            footer = Footer(council, publication.plan.ward)
            for ruby in (False, True):
                page = Page(hub_path(publication.id), wording, ruby=ruby)
                hub = self._templates.render("hub.html", page, work=work, footer=footer)
                output[page.path] = hub
        return output


def _works(catalogue: Sequence[CatalogueEntry]) -> list[Work]:
    """出版物ごとにまとめ、期の新しい順に並べる。"""
    ordered = sorted(
        catalogue,
        key=lambda e: (e.publication.id, REGISTERS.index(e.publication.register)),
    )
    works = {
        entries[0].publication.id: Work(entries)
        for _, group in groupby(ordered, key=lambda e: e.publication.id)
        if (entries := tuple(group))
    }
    return [works[e.publication.id] for e in facts.in_order(w.first for w in works.values())]


def _contact_sections(council: Council) -> Iterator[tuple[str, tuple[Contact, ...]]]:
    for purpose in facts.purposes(council):
        yield purpose, tuple(c for c in council.contacts if c.purpose == purpose)


def _rows(glossary: Glossary) -> Iterator[tuple[str, tuple[Entry, ...]]]:
    """「あ」行、「か」行…と、その語。"""
    for row, entries in groupby(glossary.entries, key=lambda e: _row(e.reading)):
        yield row, tuple(entries)


def _row(reading: str) -> str:
    """五十音の行の、初めのかな。濁点は区別しない。"""
    kana = unicodedata.normalize("NFD", reading)[0]
    return _KANA_ROWS[bisect_right(_KANA_ROWS, kana) - 1]


def _way(channel: str) -> int:
    return WAYS.index(channel) if channel in WAYS else len(WAYS)
