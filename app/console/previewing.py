"""下見: まだ公開していない文章を、承認の前の読みの辞書で読む。"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from app.console.frame import Asked, Console, NotFound, Visitor, named, url
from app.console.readings_table import Readings, readings_of
from content.model import Publication, Register, Run, Section, Sentence
from content.workflow import Desk, Revision

if TYPE_CHECKING:
    from accessibility.dictionary import Dictionary
    from accessibility.readings import Reader


@dataclass(frozen=True, slots=True)
class Preview:
    """``revision`` の下見。``publication`` には、まだ読みが付いていない。"""

    desk: Desk
    revision: Revision
    publication: Publication
    readings: Readings

    @property
    def subject(self) -> str:
        return self.desk.subject

    @property
    def register(self) -> Register:
        return self.publication.register

    @property
    def title(self) -> str:
        return named(self.publication.title.text, self.register)

    @property
    def chosen(self) -> int | None:
        """選んで見ている、いちばん新しいのではない稿の番号。"""
        return None if self.revision == self.desk.opening else self.revision.id

    def reader(self, dictionary: Dictionary | None = None) -> Reader:
        """``dictionary``（なければ、書きかえ中の辞書）の読み手。"""
        from accessibility.readings import Reader

        return Reader(dictionary or self.readings.dictionary)

    def read(self) -> Publication:
        """すべての文に読みを付けた出版物。"""
        from accessibility.readings import read_publication

        return read_publication(self.publication, self.reader())

    def written(self, id: str) -> Sentence:
        """原稿の文。なければ ``NotFound``。"""
        return _sentence(self.publication, id)

    def read_one(self, id: str, dictionary: Dictionary | None = None) -> Sentence:
        """文ひとつに、公開する版と同じ読み（表の始めと終わりなどの言葉も）を付ける。"""
        from accessibility.readings import read_publication

        within = tuple(s for s in self.publication.sections if any(x.id == id for x in s.sentences))
        part = replace(self.publication, sections=within)
        return _sentence(read_publication(part, self.reader(dictionary)), id)

    def at(self, *place: object, **query: object) -> str:
        """この文章のページの場所。``at("readings")``。選んだ稿を引きつぐ。"""
        first, *rest = place
        return url(first, self.subject, self.register, *rest, revision=self.chosen, **query)

    def sound(self, sentence: str, **query: object) -> str:
        """``sentence`` を聞く場所。"""
        return self.at("listen", sentence=sentence, **query)


def preview_of(console: Console, visitor: Visitor, asked: Asked) -> Preview:
    """場所（``{council}/{name}/{register}``）の文章の、``?revision=`` の稿か、いちばん新しい稿。"""
    desk = console.desk(visitor, asked.subject, asked.path["register"])
    revision = desk.opening
    if wanted := asked.query.get("revision", ""):
        known = wanted.isascii() and wanted.isdigit() and len(wanted) < 16
        found = console.approvals.revision(int(wanted)) if known else None
        if found is None or (found.subject, found.kind) != (desk.subject, desk.kind):
            raise NotFound("その稿はありません。最初のページの一覧から、文章を選び直してください。")
        revision = found
    return Preview(
        desk,
        revision,
        console.approvals.publication(revision),
        readings_of(console, asked.path["council"]),
    )


def spans(sentence: Sentence) -> Iterator[tuple[int, int, Run]]:
    """見える Run の、文の中の始まりと終わり。"""
    place = 0
    for run in sentence.runs:
        if run.text:
            yield place, place + len(run.text), run
            place += len(run.text)


def groups(publication: Publication) -> Iterator[tuple[str, tuple[Sentence, ...], int]]:
    """見せるまとまり: 名前、文、見出しの段。始めに題名、次に節。"""
    yield "題名", (publication.title,), 1
    for section in publication.sections:
        yield section.heading.text, tuple(_shown(section)), section.level


def _shown(section: Section) -> Iterator[Sentence]:
    return (s for s in section.sentences if s.text)


def _sentence(publication: Publication, id: str) -> Sentence:
    found = next((s for s in publication.sentences if s.id == id), None)
    if found is None:
        raise NotFound(
            "その文は、この稿にありません。書きかえられたのかもしれません。読みのページを開き直してください。"
        )
    return found
