"""EPUB を、標準ライブラリの zip と XML だけで読む道具。"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from xml.etree import ElementTree

XHTML, OPS = "{http://www.w3.org/1999/xhtml}", "{http://www.idpf.org/2007/ops}"
OPF, DC = "{http://www.idpf.org/2007/opf}", "{http://purl.org/dc/elements/1.1/}"
SMIL, NCX = "{http://www.w3.org/ns/SMIL}", "{http://www.daisy.org/z3986/2005/ncx/}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


class Epub:
    """読んだ EPUB。``package`` は OPF。場所はすべて zip の中の場所。"""

    def __init__(self, data: object) -> None:
        assert isinstance(data, bytes)
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            self.members = {i.filename: archive.read(i) for i in archive.infolist()}
        self.package = self.xml("EPUB/content.opf")
        self.items = {i.attrib["id"]: i.attrib for i in self.package.iter(f"{OPF}item")}

    def xml(self, name: str) -> ElementTree.Element:
        return ElementTree.fromstring(self.members[name])

    def metas(self, property: str) -> list[ElementTree.Element]:
        return [m for m in self.package.iter(f"{OPF}meta") if m.get("property") == property]

    def values(self, property: str) -> list[str]:
        return [m.text or "" for m in self.metas(property)]

    @property
    def spine(self) -> list[dict[str, str]]:
        return [self.items[r.attrib["idref"]] for r in self.package.iter(f"{OPF}itemref")]

    @property
    def documents(self) -> dict[str, ElementTree.Element]:
        return {(n := f"EPUB/{item['href']}"): self.xml(n) for item in self.spine}

    def overlay(self, item: dict[str, str]) -> str | None:
        id = item.get("media-overlay")
        return f"EPUB/{self.items[id]['href']}" if id else None


def resolve(base: str, reference: str) -> str:
    path, _, fragment = reference.partition("#")
    place = posixpath.normpath(posixpath.join(posixpath.dirname(base), path)) if path else base
    return f"{place}#{fragment}" if fragment else place


def shown(element: ElementTree.Element) -> str:
    """ふりがなを除いた文字。"""
    if element.tag in (f"{XHTML}rt", f"{XHTML}rp"):
        return ""
    inside = (shown(child) + (child.tail or "") for child in element)
    return (element.text or "") + "".join(inside)


def by_id(root: ElementTree.Element) -> dict[str, ElementTree.Element]:
    found = [(e.attrib["id"], e) for e in root.iter() if "id" in e.attrib]
    assert len(dict(found)) == len(found), "同じ id が 2 つあります"
    return dict(found)


def seconds(clock: str) -> float:
    assert re.fullmatch(r"\d+\.\d{3}s", clock)
    return float(clock[:-1])
