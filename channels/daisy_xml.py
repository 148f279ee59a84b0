"""DAISY 2.02 の XML の組み立て。木から書き出すので、必ず正しい形（well-formed）になる。"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from xml.etree import ElementTree as ET

Doctype = str
XHTML: Final[Doctype] = (
    '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"'
    ' "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">'
)
SMIL: Final[Doctype] = (
    '<!DOCTYPE smil PUBLIC "-//W3C//DTD SMIL 1.0//EN" "http://www.w3.org/TR/REC-smil/SMIL10.dtd">'
)
ENCODING = "utf-8"


def element(tag: str, *children: ET.Element | str, **attributes: str) -> ET.Element:
    """要素ひとつ。``children`` は中の要素と文字。属性の名前の ``_`` は ``-`` になる。"""
    made = ET.Element(tag, {name.replace("_", "-"): v for name, v in attributes.items()})
    for child in children:
        if isinstance(child, ET.Element):
            made.append(child)
        elif len(made):
            made[-1].tail = (made[-1].tail or "") + child
        else:
            made.text = (made.text or "") + child
    return made


def lines(tag: str, children: Iterable[ET.Element], **attributes: str) -> ET.Element:
    """中の要素を 1 行に 1 つずつ書く要素（空白が文字にならない所にだけ使う）。"""
    made = element(tag, "\n", *children, **attributes)
    for child in made:
        child.tail = "\n"
    return made


def metas(facts: Iterable[tuple[str, str]]) -> list[ET.Element]:
    """``<meta>`` の列。値のないものは書かない。"""
    return [element("meta", name=name, content=content) for name, content in facts if content]


def xhtml(
    title: str, language: str, head: Iterable[ET.Element], body: Iterable[ET.Element]
) -> bytes:
    """XHTML 1.0 の文書。``head`` は、題名と文字コードの後に続く。"""
    opened = (
        element("title", title),
        element(
            "meta", **{"http-equiv": "Content-type", "content": f"text/html; charset={ENCODING}"}
        ),
    )
    root = lines(
        "html",
        [lines("head", [*opened, *head]), lines("body", body)],
        xmlns="http://www.w3.org/1999/xhtml",
        lang=language,
        **{"xml:lang": language},
    )
    return serialized(root, XHTML)


def serialized(root: ET.Element, doctype: Doctype) -> bytes:
    text = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="{ENCODING}"?>\n{doctype}\n{text}\n'.encode(ENCODING)
