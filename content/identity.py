"""文の id。節の id と文の文字だけから決まり、ほかの文を足しても変わらない。"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from content.model import (
    Block,
    Image,
    Item,
    List,
    Note,
    Paragraph,
    Publication,
    Section,
    Sentence,
    Table,
)

SentenceMap = Callable[[Sentence], Sentence]

TITLE_ID = "title"


def with_ids(publication: Publication) -> Publication:
    """すべての文に id を付ける。同じ節に同じ文が 2 度あれば、2 度目に ``-2`` を付ける。"""
    return replace(
        publication,
        title=replace(publication.title, id=TITLE_ID),
        sections=tuple(map(_section, publication.sections)),
    )


def _section(section: Section) -> Section:
    seen: Counter[str] = Counter()

    def named(sentence: Sentence) -> Sentence:
        digest = hashlib.sha256(sentence.text.encode()).hexdigest()[:8]
        seen[digest] += 1
        repeat = f"-{seen[digest]}" if seen[digest] > 1 else ""
        return replace(sentence, id=f"{section.id}-{digest}{repeat}")

    return map_sentences(section, named)


def map_sentences(section: Section, change: SentenceMap) -> Section:
    """節のすべての文を、読む順に ``change`` で置きかえた節。"""

    def all_of(sentences: tuple[Sentence, ...]) -> tuple[Sentence, ...]:
        return tuple(map(change, sentences))

    def block(b: Block) -> Block:
        match b:
            case Paragraph() | Note():
                return replace(b, sentences=all_of(b.sentences))
            case List():
                items = tuple(Item(all_of(i.sentences), i.document) for i in b.items)
                return replace(b, items=items)
            case Table():
                caption = change(b.caption) if b.caption else None
                return Table(caption, all_of(b.header), tuple(map(all_of, b.rows)))
            case Image():
                return replace(b, alternative=change(b.alternative))

    heading = change(section.heading)
    return replace(section, heading=heading, blocks=tuple(map(block, section.blocks)))
