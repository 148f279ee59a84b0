"""DAISY 2.02 の本文（text.html）。すべての文に、SMIL から指される目印がある。

DAISY 2.02 の本文にはふりがなと縦書きを使えないので、読みは声だけにある。
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from xml.etree import ElementTree as ET

from channels.daisy_smil import Label
from channels.daisy_xml import element, lines, metas, xhtml
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

CSS_FILE = "style.css"


def text_document(
    publication: Publication,
    sections: Sequence[Section],
    pictures: Mapping[str, str],
    label: Label,
) -> bytes:
    """``sections`` は枠も含む読む順の節。``pictures`` は原稿での画像の名前と、本の中での名前。"""
    head = [
        *metas([("dc:identifier", label.identifier)]),
        element("link", rel="stylesheet", type="text/css", href=CSS_FILE),
    ]
    body: list[ET.Element] = []
    for section in sections:
        body.append(element(f"h{section.level}", section.heading.text, id=section.heading.id))
        body += [_block(block, pictures) for block in section.blocks]
    return xhtml(label.title, publication.language, head, body)


def _block(block: Block, pictures: Mapping[str, str]) -> ET.Element:
    match block:
        case Paragraph(sentences):
            return element("p", *_spans(sentences))
        case Note(sentences):
            return _classed(element("p", *_spans(sentences, mark="（注）")), "note")
        case List(items, ordered):
            return lines("ol" if ordered else "ul", [_item(item) for item in items])
        case Table():
            return _table(block)
        case Image():
            return _image(block, pictures)


def _spans(sentences: Sequence[Sentence], mark: str = "") -> Iterator[ET.Element]:
    """文の列。``mark`` は、最初の文の頭に付ける目に見える印（文と一緒に強調される）。"""
    for sentence in sentences:
        if sentence.text.strip():
            yield element("span", mark + sentence.text, id=sentence.id)
            mark = ""


def _item(item: Item) -> ET.Element:
    made = element("li", *_spans(item.sentences))
    if item.document and item.document.url:
        for span in made:
            text, span.text = span.text or "", None
            span.append(element("a", text, href=item.document.url))
    return made


def _table(table: Table) -> ET.Element:
    def row(tag: str, cells: Sequence[Sentence], **attributes: str) -> ET.Element:
        return element("tr", *(element(tag, *_spans([cell]), **attributes) for cell in cells))

    caption = [element("caption", *_spans([table.caption]))] if table.caption else []
    head = element("thead", row("th", table.header, scope="col"))
    body = lines("tbody", [row("td", cells) for cells in table.rows])
    return lines("table", [*caption, head, *([body] if len(body) else [])], border="1")


def _image(image: Image, pictures: Mapping[str, str]) -> ET.Element:
    """説明は、聞く人にも見る人にも要るので、いつも文字で出す。"""
    described = element("p", *_spans([image.alternative], mark="（写真）"))
    if image.source:
        alternative = image.alternative.text
        described.insert(0, element("img", src=pictures[image.source], alt=alternative))
        described.insert(1, element("br"))
    return _classed(described, "picture")


def _classed(made: ET.Element, name: str) -> ET.Element:
    made.set("class", name)
    return made
