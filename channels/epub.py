"""EPUB の版。文ごとに音声のそろった電子書籍（EPUB 3.3、Media Overlays）。ふりがなありとなし。

ebooklib を使うのは、このモジュールだけである。ebooklib 0.20 に文書を渡すと、ルビの間に空白が入り、
本文の属性が消え、誤った ``duration`` が付くので、文書、もくじ、読み上げはできあがったものを渡す。
"""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.resources import files
from types import MappingProxyType

from ebooklib import epub

from accessibility.glossary import Glossary
from accessibility.narration import Narration
from channels.edition import Download, Edition
from channels.epub_metadata import Statement, identifier, statements
from channels.epub_overlay import clock, milliseconds, smil
from channels.epub_pages import Branch, Chapter, Documents, chapters, picture_files
from channels.explanations import marks
from channels.wording import Names, Wording
from content.model import Publication

_PACKAGE, _MIMETYPE = "EPUB/content.opf", "mimetype"


class EpubChannel:
    """``<名前>.epub``（すべての漢字にふりがな）と ``<名前>-noruby.epub``（ふりがななし）。

    ふりがなのない本もあるのは、字を拡大して読む人や、読み書きに困難のある人には妨げになり、
    ふりがなを二度読む機械もあるからである。``names`` は社協の id ごとの、読みの付いた言葉の説明。
    """

    name = "epub"
    spoken = True

    def __init__(
        self, names: Mapping[str, Names] = MappingProxyType({}), glossary: Glossary | None = None
    ) -> None:
        self._wording = Wording.load({})
        self._names = names
        self._glossary = glossary

    def render(self, publication: Publication, narration: Narration) -> Edition:
        parts = chapters(publication, narration)
        wording = replace(self._wording, names=self._names.get(publication.council, {}))
        seconds = sum(map(milliseconds, parts)) / 1000
        title = publication.title
        noted = bool(marks(publication.sections, self._glossary))
        books: dict[str, bytes] = {}
        downloads: list[Download] = []
        for ruby, ending, format in ((True, "", "epub"), (False, "-noruby", "epub.noruby")):
            file = f"{publication.name}{ending}.epub"
            described = (
                *statements(publication, narration, wording, ruby=ruby, noted=noted),
                *_durations(parts),
            )
            documents = Documents(publication, wording, self._glossary, ruby=ruby)
            books[file] = _book(publication, parts, documents, described, ruby=ruby)
            downloads.append(Download(file, format, title, len(books[file]), seconds))
        return Edition(
            publication.id,
            publication.register,
            self.name,
            books,
            main=downloads[0].path,
            seconds=seconds,
            downloads=tuple(downloads),
        )


def _durations(parts: Sequence[Chapter]) -> list[Statement]:
    lengths = {_id(part.overlay): milliseconds(part) for part in parts if milliseconds(part)}
    return [
        Statement("media:duration", clock(sum(lengths.values()))),
        *(Statement("media:duration", clock(n), refines=id) for id, n in lengths.items()),
    ]


def _book(
    publication: Publication,
    parts: Sequence[Chapter],
    documents: Documents,
    described: Sequence[Statement],
    *,
    ruby: bool,
) -> bytes:
    book = epub.EpubBook()
    book.set_identifier(identifier(publication, ruby=ruby))
    book.title = next(s.value for s in described if s.id == "title")  # NCX が使う
    book.language = publication.language
    for statement in described:
        _describe(book, statement)
    templates = files("channels") / "templates"
    book.set_cover("cover.png", (templates / "cover.png").read_bytes(), create_page=False)
    style = (templates / "epub" / "style.css").read_bytes()
    _add(book, "style.css", "text/css", style)
    nav = _add(book, "nav.xhtml", "application/xhtml+xml", documents.contents(parts))
    nav.properties = ["nav"]
    for part in parts:
        _add_chapter(book, part, documents)
    _add_pictures(book, publication)
    _add_ncx(book, parts)
    return _repaired(_written(book, publication.date), publication.language)


def _describe(book: epub.EpubBook, statement: Statement) -> None:
    attributes = {"id": statement.id} if statement.id else {}
    if statement.name.startswith("dc:"):
        book.add_metadata("DC", statement.name.removeprefix("dc:"), statement.value, attributes)
        return
    attributes["property"] = statement.name
    if statement.refines:
        attributes["refines"] = f"#{statement.refines}"
    book.add_metadata("OPF", "meta", statement.value, attributes)


def _add_chapter(book: epub.EpubBook, part: Chapter, documents: Documents) -> None:
    item = _add(book, part.document, "application/xhtml+xml", documents.chapter(part))
    book.spine.append(item)
    if not milliseconds(part):  # 声のない章に、読み上げはない
        return
    item.media_overlay = _id(part.overlay)
    _add(book, part.overlay, "application/smil+xml", smil(part))
    for branch in part.every_branch:
        if branch.track.clips:
            _add(book, branch.sound, "audio/mpeg", branch.track.mp3.read_bytes())


def _add_pictures(book: epub.EpubBook, publication: Publication) -> None:
    places = picture_files(publication)
    for picture in publication.pictures:
        place = places[picture.name]
        kind = "image/png" if place.endswith(".png") else "image/jpeg"
        _add(book, place, kind, picture.data)


def _add(book: epub.EpubBook, place: str, kind: str, data: bytes) -> epub.EpubItem:
    return book.add_item(epub.EpubItem(_id(place), place, kind, data))


def _id(place: str) -> str:
    """目録の id。``text/04-plan.xhtml`` は ``text-04-plan``。"""
    return place.rpartition(".")[0].replace("/", "-")


def _add_ncx(book: epub.EpubBook, parts: Sequence[Chapter]) -> None:
    """古い機械のもくじ。ebooklib はいつも ``toc="ncx"`` と書くので、なければならない。"""
    book.add_item(epub.EpubNcx())
    book.toc = [_ncx_entry(part, branch) for part in parts for branch in part.branches]


def _ncx_entry(part: Chapter, branch: Branch) -> object:
    """もくじの 1 行。下の節があれば、その組。"""
    id, heading = branch.section.id, branch.section.heading.text
    link = epub.Link(f"{part.document}#{id}", heading, f"ncx-{id}")
    below = [_ncx_entry(part, child) for child in branch.children]
    return (link, below) if below else link


def _written(book: epub.EpubBook, date: datetime.date) -> dict[str, bytes]:
    """ebooklib の書いたファイル。"""
    # 時刻を渡さないと、その地の今の時刻を世界時と偽って書く。
    options = {
        "mtime": datetime.datetime(date.year, date.month, date.day, tzinfo=datetime.UTC),
        "play_order": {"enabled": True, "start_from": 1},
        "compresslevel": 0,
        "raise_exceptions": True,
    }
    buffer = io.BytesIO()
    epub.write_epub(buffer, book, options)
    with zipfile.ZipFile(buffer) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _repaired(members: dict[str, bytes], language: str) -> bytes:
    """足りない言語を補い、時刻のない、名前の順の zip にする（mimetype が先頭。OCF 4.3）。"""
    tag = f'<package xml:lang="{language}" '.encode()
    package = members.pop(_PACKAGE).replace(b"<package ", tag, 1)
    mimetype = members.pop(_MIMETYPE)
    rest = sorted({**members, _PACKAGE: package}.items())
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        # MP3 は縮まず、縮めた結果は zlib の版によって違うので、すべてそのまま入れる。
        for name, data in ((_MIMETYPE, mimetype), *rest):
            entry = zipfile.ZipInfo(name)
            entry.create_system = 3  # 作った機械の種類を残さない
            archive.writestr(entry, data)
    return buffer.getvalue()
