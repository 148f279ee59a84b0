"""文字だけの版。点字ディスプレイや、読み上げソフト、ほかのプログラムで使う。"""

from __future__ import annotations

from collections.abc import Iterator

from accessibility.glossary import Glossary
from accessibility.narration import Narration
from channels.edition import Download, Edition
from channels.explanations import marks
from channels.facts import plan_facts, text, title
from channels.wording import Wording
from content.model import Block, Image, List, Note, Paragraph, Publication, Sentence, Table


class TextChannel:
    """UTF-8 の 1 つのファイル。見出しは ■（段の数だけ）で始まる。終わりに言葉の説明がある。"""

    name = "text"
    spoken = False

    def __init__(self, glossary: Glossary | None = None) -> None:
        self._wording = Wording.load({})
        self._glossary = glossary

    def render(self, publication: Publication, narration: Narration) -> Edition:
        data = plain_text(publication, self._wording, self._glossary).encode()
        file = f"{publication.name}.txt"
        return Edition(
            publication.id,
            publication.register,
            self.name,
            {file: data},
            main=file,
            downloads=(Download(file, "txt", publication.title, len(data)),),
        )


def plain_text(publication: Publication, wording: Wording, glossary: Glossary | None) -> str:
    parts = [title(publication, wording), "\n".join(_facts(publication, wording))]
    for section in publication.sections:
        parts.append("■" * section.level + " " + section.heading.text)
        parts += ["\n".join(_lines(block)) for block in section.blocks]
    if words := [mark.entry for mark in marks(publication.sections, glossary)]:
        parts.append(f"■ {wording.text('words')}")
        parts.append("\n".join(f"・{e.words[0]}（{e.reading}）：{e.explanation}" for e in words))
    return "\n\n".join(parts) + "\n"


def _facts(publication: Publication, wording: Wording) -> Iterator[str]:
    """あらまし。計画の入口のページと同じ事実を、同じ言葉で。"""
    for fact in plan_facts(publication, wording):
        name = wording.text(f"fact.{fact.name}")
        values = [text(runs) for runs in fact.values]
        if len(values) > 1:
            yield f"{name}："
            yield from (f"・{value}" for value in values)
        else:
            yield f"{name}：{values[0] if values else wording.text('missing')}"


def _lines(block: Block) -> Iterator[str]:
    match block:
        case Paragraph(sentences):
            yield "　" + _joined(sentences)
        case Note(sentences):
            yield "（注）" + _joined(sentences)
        case List(items, ordered):
            for number, item in enumerate(items, 1):
                link = f" {item.document.url}" if item.document and item.document.url else ""
                yield (f"{number}. " if ordered else "・") + _joined(item.sentences) + link
        case Table(caption, header, rows):
            if caption:
                yield f"（表）{caption.text}"
            for row in rows:
                yield "・" + "、".join(
                    f"{head.text}：{cell.text}" for head, cell in zip(header, row, strict=True)
                )
        case Image(_, alternative):
            yield f"（写真）{alternative.text}"


def _joined(sentences: tuple[Sentence, ...]) -> str:
    return "".join(s.text for s in sentences)
