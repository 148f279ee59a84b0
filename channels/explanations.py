"""言葉の説明。ひとまとまりの文章の中で、初めて出てくるむずかしい語を見つける。"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from accessibility.glossary import Entry, Glossary
from channels.markup import EXPLANATION, Links, unbroken
from content.model import List, Note, Paragraph, Section, Sentence

_STIFF = {"計画"}
"""意味を知らなくても困らない、かたいだけの言い方（推進、実施）の分類。どのページも印だらけにしない。"""

_EXPLAINED = re.compile(r"[^\sぁ-ん、。〈]*〈")
"""語を含む複合語（助詞をはさまない）の、すぐ後ろの説明。「福祉」に続く「大会〈…」。"""


@dataclass(frozen=True, slots=True)
class Mark:
    """印を付ける所。文の ``start`` から ``end`` の前まで。"""

    entry: Entry
    sentence: str
    start: int
    end: int

    @property
    def id(self) -> str:
        """印の id。原稿の id に使えない字（_）で、節や文と分ける。"""
        return f"m_{self.entry.id}"


def marks(sections: Iterable[Section], glossary: Glossary | None) -> tuple[Mark, ...]:
    """``sections`` の本文に初めて出てくる語。ひとつの語に 1 つ、出てくる順に。

    見出し、表、写真の説明、リンクの中の語、かたいだけの言い方、すぐ後ろの 〈…〉 で説明してある語には、付けない。
    印は隣り合わせにしない（押しまちがえるし、ひとつの語に見える）ので、次に出てくる所に付ける。
    """
    if glossary is None:
        return ()
    found: list[Mark] = []
    met: set[str] = set()
    for sentence in (s for section in sections for s in _body(section)):
        text = sentence.text
        marked = -1  # すぐ前の印の終わり
        explanations = [range(*m.span()) for m in EXPLANATION.finditer(text)]
        for mention in glossary.find(text):
            entry, start, end = mention.entry, mention.start, mention.end
            if entry.id in met or _STIFF.issuperset(entry.tags):
                continue
            if any(start in inside for inside in explanations):
                continue
            if _EXPLAINED.match(text, end):
                met.add(entry.id)
            elif start != marked and unbroken(sentence.runs, start, end):
                met.add(entry.id)
                found.append(Mark(entry, sentence.id, start, end))
                marked = end
    return tuple(found)


def links(marks: Iterable[Mark], tag: Markup) -> Mapping[str, Links]:
    """文の id ごとの、印を付ける所とリンク。``tag`` は ``{mark}`` と ``{entry}`` に id の入る ``<a …>``。"""
    found: dict[str, dict[tuple[int, int], Markup]] = {}
    for mark in marks:
        opened = tag.format(mark=mark.id, entry=mark.entry.id)
        found.setdefault(mark.sentence, {})[mark.start, mark.end] = opened
    return found


def explained_texts(entries: Iterable[Entry]) -> Iterator[str]:
    """説明に出る、読みの要る文字。"""
    for entry in entries:
        yield from entry.words
        yield entry.easier
        yield entry.explanation


def _body(section: Section) -> Iterator[Sentence]:
    """段落、箇条書き、注の文。リンクになる項目を除く。"""
    for block in section.blocks:
        match block:
            case Paragraph(sentences) | Note(sentences):
                yield from sentences
            case List(items):
                for item in items:
                    if item.document is None:
                        yield from item.sentences
