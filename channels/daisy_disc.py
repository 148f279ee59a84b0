"""社協ごとの DAISY の CD。すべての本を 1 枚に入れたフォルダ、盤面の文字、大きな文字の添え状。

職員は zip を展開し、出てきたものをそのまま CD か SD カードに書き込んで配る。
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from channels import facts
from channels.daisy import zipped
from channels.daisy_ncc import NCC_FILE
from channels.daisy_xml import element, xhtml
from channels.edition import CatalogueEntry, Content, Edition
from channels.wording import Wording
from content.model import Council, Publication

DISC_FILE = "daisy-disc.zip"
LABEL_FILE, LETTER_FILE = "daisy-disc/label.txt", "daisy-disc/letter.html"
STYLE_FILE = "daisy-disc/letter.css"

_INDEX = "discinfo.html"
_PURPOSE = "計画"


class DaisyDiscs:
    """``<社協>/daisy-disc.zip`` と、その ``label.txt``・``letter.html``。

    目録の DAISY の版には、中身（``files`` の zip）が残っていること。DAISY の版のない社協には作らない。
    """

    def render(self, catalogue: Sequence[CatalogueEntry]) -> Mapping[str, Content]:
        wording = Wording.load({})
        councils = {entry.council.id: entry.council for entry in catalogue}
        style = files("channels").joinpath("templates/daisy-letter.css").read_bytes()
        made: dict[str, Content] = {}
        for id, council in sorted(councils.items()):
            entries = facts.in_order(e for e in catalogue if e.council.id == id)
            books = tuple(_books(entries))
            if books:
                disc = _Disc(council, books, wording)
                made[f"{id}/{DISC_FILE}"] = zipped(disc.files())
                made[f"{id}/{LABEL_FILE}"] = disc.label().encode()
                made[f"{id}/{LETTER_FILE}"] = disc.letter().encode()
                made[f"{id}/{STYLE_FILE}"] = style
        return made


@dataclass(frozen=True, slots=True)
class _Book:
    """CD の中の本ひとつ。``folder`` は CD の中のフォルダの名前。``seconds`` は長さ。"""

    publication: Publication
    folder: str
    archive: Content
    seconds: float

    @property
    def title(self) -> str:
        return self.publication.title.text


def _books(entries: Sequence[CatalogueEntry]) -> Iterator[_Book]:
    found = [(entry, edition) for entry in entries for edition in _daisy(entry)]
    for number, (entry, edition) in enumerate(found, 1):
        name = f"{number:02}-{entry.publication.name}"
        archive = edition.files[edition.main]
        yield _Book(entry.publication, name, archive, edition.seconds or 0.0)


def _daisy(entry: CatalogueEntry) -> list[Edition]:
    return [edition for edition in entry.editions if edition.channel == "daisy"]


@dataclass(frozen=True, slots=True)
class _Disc:
    council: Council
    books: tuple[_Book, ...]
    wording: Wording

    def files(self) -> dict[str, bytes]:
        """CD に書き込むフォルダの中身。``discinfo.html`` には本へのリンクだけを置く（3.3）。"""
        made = {_INDEX: self._index()}
        for book in self.books:
            content = book.archive
            source = content if isinstance(content, Path) else io.BytesIO(content)
            with zipfile.ZipFile(source) as archive:
                for name in archive.namelist():
                    made[f"{book.folder}/{name}"] = archive.read(name)
        return made

    def label(self) -> str:
        """CD の盤面と背に書く文字。"""
        last = max(book.publication.date for book in self.books)
        return "\n".join(
            [
                self.council.name,
                "声で聞く本 DAISY（デイジー）2.02",
                *(f"{n}. {book.title}" for n, book in enumerate(self.books, 1)),
                f"{len(self.books)}冊 合計{self._total()}",
                f"{last.year}年{last.month}月 製作",
                "専用の再生機やパソコンのソフトで聞きます。音楽用のCDプレーヤーでは聞けません。",
                "",
            ]
        )

    def letter(self) -> str:
        """CD に添える手紙。A4 の紙に、22 ポイントの文字で印刷する。"""
        from jinja2 import Environment, PackageLoader, StrictUndefined

        environment = Environment(
            loader=PackageLoader("channels"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        return environment.get_template("daisy-letter.html").render(
            council=self.council.name,
            books=[(book.title, self._length(book.seconds)) for book in self.books],
            total=self._total(),
            contacts=facts.contacts_for(self.council, _PURPOSE, None),
        )

    def _index(self) -> bytes:
        links = [element("a", b.title, href=f"{b.folder}/{NCC_FILE}") for b in self.books]
        return xhtml(self.council.name, "ja", [], links)

    def _total(self) -> str:
        return self._length(sum(book.seconds for book in self.books))

    def _length(self, seconds: float) -> str:
        return "".join(run.text for run in facts.length(seconds, self.wording))
