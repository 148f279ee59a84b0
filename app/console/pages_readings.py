"""読みの下見: 文ごとに、ふりがなと、確かめる語の印を見せ、聞く。語を選ぶと、直すページに移る。"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.responses import Response

from app.console.frame import Asked, Console, Place, Visitor, url
from app.console.previewing import Preview, groups, preview_of, spans
from app.console.readings_table import details, entry_for
from content.model import Run, Sentence

if TYPE_CHECKING:
    from accessibility.dictionary import Dictionary
    from accessibility.ruby import RubyPart

_KANA = re.compile(r"[ぁ-ゖァ-ヺー]*")


@dataclass(frozen=True, slots=True)
class Piece:
    """文の一部分。``href`` は読みを直すページ（直すもののない所では空）。"""

    parts: tuple[RubyPart, ...]
    reading: str = ""
    href: str = ""
    doubtful: bool = False

    @property
    def text(self) -> str:
        return "".join(part.text for part in self.parts)


@dataclass(frozen=True, slots=True)
class Line:
    """文。``sound`` は聞く場所、``href`` は、印のない語の読みを直すページ。"""

    id: str
    text: str
    pieces: tuple[Piece, ...]
    sound: str
    href: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """確かめる語。``count`` は、この文章にある数。"""

    text: str
    reading: str
    count: int
    href: str


def show(console: Console, visitor: Visitor, asked: Asked) -> Response:
    preview = preview_of(console, visitor, asked)
    read = preview.read()
    sections = [
        (name, tuple(lines(preview, sentences)), level)
        for name, sentences, level in groups(read)
        if sentences
    ]
    found = tuple(doubts(line for _, shown, _ in sections for line in shown))
    return console.page(
        visitor,
        asked,
        "readings.html",
        f"読み: {preview.title}",
        preview=preview,
        sections=sections,
        doubts=found,
        waiting=[
            (e, details(e), _first(preview, sections, e.word)) for e in preview.readings.waiting
        ],
        dropped=preview.readings.dropped,
        review=url("review", preview.readings.council, "readings"),
    )


def lines(preview: Preview, sentences: Iterable[Sentence]) -> Iterator[Line]:
    """``sentences`` には、読みが付いていること。"""
    from accessibility.second_opinion import second_opinion

    dictionary = preview.readings.dictionary
    for sentence in sentences:
        pieces = _pieces(preview, second_opinion(sentence), dictionary)
        yield Line(
            sentence.id,
            sentence.text,
            tuple(pieces),
            preview.sound(sentence.id),
            correction(preview, sentence.id),
        )


def correction(preview: Preview, sentence: str, at: int = 0, word: str = "") -> str:
    """``sentence`` の ``at`` の ``word`` の読みを直すページ。"""
    return preview.at("readings", "word", sentence=sentence, at=at, word=word)


def doubts(shown: Iterable[Line]) -> Iterator[Doubt]:
    """確かめる語。同じ語と読みは 1 つにし、出てくる順に並べる。"""
    found: dict[tuple[str, str], list[Piece]] = {}
    for line in shown:
        for piece in line.pieces:
            if piece.doubtful:
                found.setdefault((piece.text, piece.reading), []).append(piece)
    for (text, reading), pieces in found.items():
        yield Doubt(text, reading, len(pieces), pieces[0].href)


def _pieces(preview: Preview, sentence: Sentence, dictionary: Dictionary) -> Iterator[Piece]:
    from accessibility.ruby import ruby_parts

    for begin, _, run in spans(sentence):
        if not run.reading or _KANA.fullmatch(run.text):
            yield Piece(ruby_parts(run))
            continue
        yield Piece(
            ruby_parts(run),
            run.reading,
            correction(preview, sentence.id, begin, run.text),
            _in_doubt(run, dictionary),
        )


def _in_doubt(run: Run, dictionary: Dictionary) -> bool:
    """社協の辞書にある語は、人が確かめている。"""
    return run.doubtful and not run.fixed and entry_for(dictionary, run.text) is None


def _first(
    preview: Preview, sections: Sequence[tuple[str, tuple[Line, ...], int]], word: str
) -> str:
    """この文章の中の ``word`` の、直すページ。なければ空。"""
    for _, shown, _ in sections:
        for line in shown:
            if word in line.text:
                return correction(preview, line.id, line.text.index(word), word)
    return ""


PAGES = (Place("/readings/{council}/{name}/{register}", show, label="読み"),)
