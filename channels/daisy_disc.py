"""社協ごとの DAISY の CD。本をすべて入れたフォルダ、盤面の文字、大きな文字の添え状。

職員は zip を展開し、出てきたものをそのまま CD か SD カードに書き込んで配る。
"""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from xml.etree import ElementTree as ET

from channels import facts
from channels.daisy import zipped
from channels.daisy_ncc import NCC_FILE
from channels.daisy_xml import element, xhtml
from channels.edition import CatalogueEntry, Content, Edition
from channels.wording import Wording
from content.model import Council, Publication

CAPACITY = 700_000_000
"""CD-R（700MB、80 分）1 枚に入れるバイト数。目録のための余りを残す（容量は 737,280,000 バイト）。"""

_SECTOR = 2048
"""CD のひとつの区画（バイト）。ファイルは、いくつかの区画をまるごと使う。"""

_INDEX = "discinfo.html"
_PURPOSE = "計画"


class DaisyDiscs:
    """``<社協>/daisy-disc.zip`` と、``daisy-disc/`` の ``label.txt``・``letter.html``。

    ``capacity`` バイトに入りきらなければ、本の順に ``daisy-disc-1.zip`` … に分ける（本は分けない）。
    目録の DAISY の版には、中身（``files`` の zip）が残っていること。DAISY の版のない社協には作らない。
    """

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity

    def render(self, catalogue: Sequence[CatalogueEntry]) -> Mapping[str, Content]:
        wording = Wording.load({})
        councils = {entry.council.id: entry.council for entry in catalogue}
        style = files("channels").joinpath("templates/daisy-letter.css").read_bytes()
        made: dict[str, Content] = {}
        for id, council in sorted(councils.items()):
            entries = facts.in_order(e for e in catalogue if e.council.id == id)
            shares = _shared(_books(entries, wording), self._capacity)
            for number, books in enumerate(shares, 1):
                disc = _Disc(council, books, wording, number, len(shares), self._capacity)
                place = f"{id}/daisy-disc" + (f"-{number}" if len(shares) > 1 else "")
                made[f"{place}.zip"] = zipped(disc.files())
                made[f"{place}/label.txt"] = disc.label().encode()
                made[f"{place}/letter.html"] = disc.letter().encode()
                made[f"{place}/letter.css"] = style
        return made


@dataclass(frozen=True, slots=True)
class _Book:
    """CD の中の本ひとつ。``proofread`` は校正の有無の言葉。``seconds`` は長さ。"""

    publication: Publication
    title: str
    proofread: str
    archive: Content
    seconds: float

    @property
    def size(self) -> int:
        """CD の上で使うバイト数。"""
        with self._open() as archive:
            sectors = (math.ceil(entry.file_size / _SECTOR) for entry in archive.infolist())
            return _SECTOR * sum(sectors)

    @property
    def credit(self) -> str:
        """声の作り手と条件（本の目次に書いてある）。"""
        with self._open() as archive:
            ncc = ET.fromstring(archive.read(NCC_FILE))
        return next(e.attrib["content"] for e in ncc.iter() if e.get("name") == "ncc:narrator")

    def files(self) -> Iterator[tuple[str, bytes]]:
        with self._open() as archive:
            for name in archive.namelist():
                yield name, archive.read(name)

    def _open(self) -> zipfile.ZipFile:
        content = self.archive
        return zipfile.ZipFile(content if isinstance(content, Path) else io.BytesIO(content))


def _books(entries: Sequence[CatalogueEntry], wording: Wording) -> Iterator[_Book]:
    for entry in entries:
        publication = entry.publication
        title = facts.title(publication, wording)
        proofread = facts.text(facts.proofread(publication, wording))
        for edition in _daisy(entry):
            archive = edition.files[edition.main]
            yield _Book(publication, title, proofread, archive, edition.seconds or 0.0)


def _daisy(entry: CatalogueEntry) -> list[Edition]:
    return [edition for edition in entry.editions if edition.channel == "daisy"]


def _shared(books: Iterator[_Book], capacity: int) -> list[tuple[_Book, ...]]:
    """CD ごとの本。順は変えず、1 枚に入るだけ入れる。1 枚より大きい本は、ひとりで 1 枚になる。"""
    shares: list[tuple[_Book, ...]] = []
    used = 0
    for book in books:
        if shares and used + book.size <= capacity:
            shares[-1] += (book,)
            used += book.size
        else:
            shares.append((book,))
            used = book.size
    return shares


@dataclass(frozen=True, slots=True)
class _Disc:
    """``of`` 枚のうちの ``number`` 枚目（1 から）の CD。"""

    council: Council
    books: tuple[_Book, ...]
    wording: Wording
    number: int
    of: int
    capacity: int

    def files(self) -> dict[str, bytes]:
        """CD に書き込むフォルダの中身。``discinfo.html`` には本へのリンクだけを置く（3.3）。"""
        made = {_INDEX: self._index()}
        for folder, book in self._folders():
            made |= {f"{folder}/{name}": data for name, data in book.files()}
        return made

    def label(self) -> str:
        """CD の盤面と背に書く文字。"""
        last = max(book.publication.date for book in self.books)
        lines = [self.council.name, "声で聞く本 DAISY（デイジー）2.02"]
        if self.of > 1:
            lines.append(f"{self.of}枚のうちの{self.number}枚目")
        lines += [f"{n}. {book.title}" for n, book in enumerate(self.books, 1)]
        lines.append(f"{len(self.books)}冊 合計{self._total()}")
        lines += [*self._credits(), *self._proofreading()]
        lines.append(f"{last.year}年{last.month}月 製作")
        lines.append(
            "専用の再生機やパソコンのソフトで聞きます。音楽用のCDプレーヤーでは聞けません。"
        )
        if sum(book.size for book in self.books) > self.capacity:
            limit = f"{self.capacity / 1e6:.0f}MB"
            lines.append(
                f"【職員の方へ】この本は{limit}のCD 1枚に入りません。DVDかSDカードに書き込んでください。"
            )
        return "\n".join([*lines, ""])

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
            number=self.number,
            of=self.of,
            books=[(book.title, self._length(book.seconds)) for book in self.books],
            total=self._total(),
            credits=self._credits(),
            proofreading=self._proofreading(),
            contacts=facts.contacts_for(self.council, _PURPOSE, None),
        )

    def _folders(self) -> Iterator[tuple[str, _Book]]:
        for number, book in enumerate(self.books, 1):
            yield f"{number:02}-{book.publication.name}", book

    def _index(self) -> bytes:
        links = [
            element("a", book.title, href=f"{folder}/{NCC_FILE}")
            for folder, book in self._folders()
        ]
        return xhtml(self.council.name, "ja", [], links)

    def _credits(self) -> list[str]:
        return list(dict.fromkeys(book.credit for book in self.books))

    def _proofreading(self) -> list[str]:
        """校正の有無。本によって違うときは、本の番号を付ける。"""
        found: dict[str, list[str]] = {}
        for number, book in enumerate(self.books, 1):
            found.setdefault(book.proofread, []).append(str(number))
        if len(found) == 1:
            return list(found)
        return [f"{'、'.join(numbers)}の本は{state}" for state, numbers in found.items()]

    def _total(self) -> str:
        return self._length(sum(book.seconds for book in self.books))

    def _length(self, seconds: float) -> str:
        return facts.text(facts.length(seconds, self.wording))
