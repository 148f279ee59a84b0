"""DAISY 2.02 の本文の検査。Recommendation 2.2。"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from accessibility.audit.daisy_book import HEADINGS, NCC, Book, Document
from accessibility.audit.daisy_ncc import Ncc
from accessibility.audit.daisy_smil import Played

# XHTML 1.0 Transitional の要素。ruby はない。
_NAMES = """a abbr acronym address applet area b base basefont bdo big blockquote body br button caption
center cite code col colgroup dd del dfn dir div dl dt em fieldset font form h1 h2 h3 h4 h5 h6
head hr html i iframe img input ins isindex kbd label legend li link map menu meta noframes
noscript object ol optgroup option p param pre q s samp script select small span strike strong
style sub sup table tbody td textarea tfoot th thead title tr tt u ul var"""
_ELEMENTS = frozenset(_NAMES.split())
_NEW_ATTRIBUTE = re.compile(r"aria-.*|data-.*|role|hidden")
_VERTICAL = re.compile(r"writing-mode\s*:\s*(?:vertical|tb|sideways)", re.I)
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def check_texts(book: Book, ncc: Ncc, played: Played) -> None:
    names = sorted({name for name, _ in played.texts} - {NCC})
    for name in names:
        document = book.document(name)
        if document is not None:
            _check_elements(book, document)
            _check_order(book, document, played)
            if ncc.metas.get("ncc:multimediaType") == "audioFullText":
                _check_silent(book, document, played)
    for name in sorted(book.files):
        if name.endswith((".css", ".html", ".htm")) and _VERTICAL.search(
            book.files[name].decode("utf-8", "replace")
        ):
            book.say("text-vertical", name)


def _check_elements(book: Book, document: Document) -> None:
    level = 0
    if not document.root.get(_LANGUAGE):
        book.say("text-language", document.name)
    for element in document.root.iter():
        place = f"{document.name}#{element.get('id', '')}"
        if element.tag not in _ELEMENTS:
            book.say("text-element", place, tag=element.tag)
        for name in filter(_NEW_ATTRIBUTE.fullmatch, element.attrib):
            book.say("text-attribute", place, name=name)
        if element.tag in HEADINGS:
            if int(element.tag[1]) > level + 1:
                book.say("heading-skip", place, before=level, after=element.tag[1])
            level = int(element.tag[1])
        if element.tag == "img" and "alt" not in element.attrib:
            book.say("image-alternative", place)
        for reference in _references(element):
            book.refer(place, reference, fragment=False)


def _references(element: ET.Element) -> Iterator[str]:
    """本の中を指すもの。外へのリンク（もとの資料など）は除く。"""
    name = {"img": "src", "link": "href", "a": "href"}.get(element.tag)
    reference = element.get(name) if name else None
    if reference is not None and not (element.tag == "a" and urlsplit(reference).scheme):
        yield reference


def _check_order(book: Book, document: Document, played: Played) -> None:
    last = 0
    for name, mark in played.texts:
        if name == document.name:
            place = document.order[document.ids[mark]]
            if place < last:
                book.say("text-order", f"{name}#{mark}")
            last = max(last, place)


def _check_silent(book: Book, document: Document, played: Played) -> None:
    """audioFullText では、どの文字にも音がある。1.3"""
    heard = {document.ids[mark] for name, mark in played.texts if name == document.name}
    body = document.root.find("body")
    for element in body.iter() if body is not None else ():
        pieces = [element.text, *(child.tail for child in element)]
        lost = "".join(piece.strip() for piece in pieces if piece)
        if lost and heard.isdisjoint(document.line(element)):
            book.say("text-silent", f"{document.name}#{element.get('id', '')}", text=lost[:20])
