"""出版物を原稿（文字）に書き出す。``content.notation.parse`` の逆。"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from content.fields import write_fields
from content.inline import write_inline
from content.model import (
    Block,
    Image,
    Item,
    List,
    Note,
    Paragraph,
    Publication,
    Sentence,
    Table,
)


def write(publication: Publication) -> str:
    """出版物を原稿にする。``parse(write(p), p.id, p.register)`` は ``p`` に等しい。"""
    plan = publication.plan
    years = "" if plan.first_year is None else f"{plan.first_year}-{plan.last_year}"
    front = write_fields(
        {
            "表題": write_inline(publication.title.runs),
            "発行": plan.issuer,
            "計画": plan.series,
            "期": str(plan.number or ""),
            "期間": years,
            "延長": str(plan.extended_to or ""),
            "区": plan.ward or "",
            "日付": publication.date.isoformat(),
            "校正": publication.proofread.isoformat() if publication.proofread else "",
            "出典": plan.source,
        }
    )
    parts = [f"---\n{front}---"]
    for section in publication.sections:
        heading = write_inline(section.heading.runs)
        parts.append(f"{'#' * section.level} {heading} {{#{section.id}}}")
        parts.extend(_write_blocks(section.blocks))
    return "\n\n".join(parts) + "\n"


def _write_blocks(blocks: Sequence[Block]) -> Iterator[str]:
    """続いて並ぶ同じ種類の箇条書きは、印を変えて別のものとして残す（CommonMark 5.3）。"""
    previous: Block | None = None
    alternate = False
    for block in blocks:
        same = (
            isinstance(block, List)
            and isinstance(previous, List)
            and block.ordered == previous.ordered
        )
        alternate = same and not alternate
        yield _write_block(block, alternate)
        previous = block


def _write_block(block: Block, alternate: bool) -> str:
    match block:
        case Paragraph(sentences):
            return _line_start(_write_sentences(sentences))
        case Note(sentences):
            return "> " + _line_start(_write_sentences(sentences))
        case Image(source, alternative):
            text = write_inline(alternative.runs)
            return f"![{re.sub(r'[][]', lambda m: chr(92) + m[0], text)}]({source})"
        case List(items, ordered):
            stop, bullet = (")", "*") if alternate else (".", "-")
            return "\n".join(
                f"{f'{number}{stop}' if ordered else bullet} {_write_item(item)}"
                for number, item in enumerate(items, 1)
            )
        case Table(caption, header, rows):
            lines = [f"表: {write_inline(caption.runs)}"] if caption else []
            lines += [
                _write_row(header),
                "|" + "---|" * len(header),
                *map(_write_row, rows),
            ]
            return "\n".join(lines)


def _write_sentences(sentences: Sequence[Sentence]) -> str:
    return write_inline(r for s in sentences for r in s.runs)


def _write_item(item: Item) -> str:
    text = _write_sentences(item.sentences)
    if item.document is None:
        return _line_start(re.sub(r"\[(?=[A-Za-z]+/[^\[\]\\/]+\](?:\([^()]*\))?$)", r"\\[", text))
    return _line_start(text) + (f"({item.document.url})" if item.document.url else "")


def _write_row(cells: Sequence[Sentence]) -> str:
    return "| " + " | ".join(write_inline(c.runs) for c in cells) + " |"


def _line_start(text: str) -> str:
    """行の頭にあると書き方の記号と読まれる文字を打ち消す。"""
    mark = re.match(r"表(?=[:：])|\d{1,9}(?=[.)])|(?=[-#+*>!])", text, re.ASCII)
    return f"{mark[0]}\\{text[mark.end() :]}" if mark else text
