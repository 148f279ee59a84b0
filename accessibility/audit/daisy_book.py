"""検査する DAISY 2.02 の本。ファイル、XML の文書、指し示しをたどり、見つかったことを集める。"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree as ET

from accessibility.audit.daisy_messages import MESSAGES
from accessibility.audit.finding import Finding

NCC, MASTER, DISC = "ncc.html", "master.smil", "discinfo.html"
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")

_XHTML = "{http://www.w3.org/1999/xhtml}"
# XML 宣言に書いた文字コード。書いてなければ UTF-8 である（XML 1.0、4.3.3）。
_DECLARED = re.compile(rb"(?:\xef\xbb\xbf)?<\?xml[^>]*?\sencoding\s*=\s*[\"']([^\"'>]*)[\"']")
_DOCTYPES = {
    "html": ("XHTML 1.0", re.compile(rb'<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1\.0 ')),
    "smil": ("SMIL 1.0", re.compile(rb'<!DOCTYPE smil PUBLIC "-//W3C//DTD SMIL 1\.0//')),
}
_FILE = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9]+")
_ID = re.compile(r"[A-Za-z][A-Za-z0-9._-]*")
_KINDS = ("html", "htm", "smil", "mp3", "jpg", "jpeg", "gif", "png", "css")


@dataclass(frozen=True)
class Document:
    """XML の文書ひとつ。XHTML の名前空間は、要素の名前から除いてある。"""

    name: str
    root: ET.Element

    @cached_property
    def order(self) -> dict[ET.Element, int]:
        return {e: n for n, e in enumerate(self.root.iter())}

    @cached_property
    def parents(self) -> dict[ET.Element, ET.Element]:
        return {child: parent for parent in self.root.iter() for child in parent}

    @cached_property
    def ids(self) -> dict[str, ET.Element]:
        return {e.attrib["id"]: e for e in reversed(list(self.root.iter())) if "id" in e.attrib}

    def line(self, element: ET.Element) -> Iterator[ET.Element]:
        """要素と、それを囲む要素。"""
        inside: ET.Element | None = element
        while inside is not None:
            yield inside
            inside = self.parents.get(inside)


class Book:
    """本ひとつ。``files`` は本のフォルダからの相対の名前と中身。"""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = files
        self.used: set[str] = set()
        self.findings: list[Finding] = []
        self._documents: dict[str, Document | None] = {}

    def say(self, code: str, place: str, **values: object) -> None:
        self.findings.append(Finding(f"daisy-{code}", place, MESSAGES[code].format(**values)))

    def check_names(self) -> None:
        seen: dict[str, str] = {}
        for name, data in sorted(self.files.items()):
            base = posixpath.basename(name)
            if base != name:
                self.say("file-folder", name)
            if not _FILE.fullmatch(base):
                self.say("file-name", name)
            if name.lower() in seen:
                self.say("file-case", name, other=seen[name.lower()])
            seen[name.lower()] = name
            if base.rpartition(".")[2].lower() not in _KINDS:
                self.say("file-type", name)
            if not data:
                self.say("file-empty", name)

    def check_unused(self) -> None:
        for name in sorted(set(self.files) - self.used):
            if not name.endswith(".smil"):
                self.say("file-unused", name)

    def refer(self, place: str, reference: str, *, fragment: bool) -> tuple[str, str] | None:
        """本の中を指す ``reference`` の、ファイルと目印。指す先がなければ知らせて ``None``。"""
        try:
            url = urlsplit(reference)
        except ValueError:
            url = urlsplit("")
        if url.scheme or url.netloc or unquote(url.path) not in self.files:
            self.say("file-missing", place, reference=reference)
            return None
        name, mark = unquote(url.path), unquote(url.fragment)
        self.used.add(name)
        document = self.document(name) if fragment or mark else None
        if (fragment or mark) and (document is None or mark not in document.ids):
            self.say("fragment-missing", place, reference=reference)
            return None
        return name, mark

    def document(self, name: str) -> Document | None:
        """XML の文書。読めなければ、1 度だけ知らせて ``None``。"""
        if name not in self._documents:
            self._documents[name] = self._parse(name, self.files[name])
        return self._documents[name]

    def _parse(self, name: str, data: bytes) -> Document | None:
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            self.say("xml-encoding", name)
            return None
        declared = _DECLARED.match(data)
        if declared and declared[1].lower() != b"utf-8":
            self.say("xml-encoding", name)
        try:
            root = ET.fromstring(data, ET.XMLParser(encoding="utf-8"))
        except ET.ParseError as error:
            self.say("xml-broken", name, line=error.position[0])
            return None
        kind = "smil" if name.endswith(".smil") else "html"
        if root.tag != ("smil" if kind == "smil" else f"{_XHTML}html"):
            self.say("namespace", name)
        for element in root.iter():
            element.tag = element.tag.removeprefix(_XHTML)
        expected, doctype = _DOCTYPES[kind]
        if not doctype.search(data):
            self.say("doctype", name, expected=expected)
        seen: set[str] = set()
        for id in (e.attrib["id"] for e in root.iter() if "id" in e.attrib):
            if not _ID.fullmatch(id):
                self.say("id-syntax", name, id=id)
            if id in seen:
                self.say("id-twice", name, id=id)
            seen.add(id)
        return Document(name, root)


def text_of(element: ET.Element) -> str:
    return "".join(element.itertext()).strip()


def clock(value: str) -> float | None:
    """``hh:mm:ss[.mmm]`` の秒。書き方が違えば ``None``。"""
    found = re.fullmatch(r"([0-9]+):([0-5][0-9]):([0-5][0-9](?:\.[0-9]+)?)", value)
    return int(found[1]) * 3600 + int(found[2]) * 60 + float(found[3]) if found else None
