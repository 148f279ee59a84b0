"""DAISY 2.02 の目次（ncc.html）の検査。Recommendation 2.1。"""

from __future__ import annotations

import calendar
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from accessibility.audit.daisy_book import HEADINGS, NCC, Book, clock, text_of

_INTEGER = re.compile(r"[0-9]+")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_LINK = re.compile(r"[^#]+\.smil#.+")
_TYPES = (
    "audioOnly",
    "audioNcc",
    "audioPartText",
    "audioFullText",
    "textPartAudio",
    "textNcc",
)
_SPANS = {
    "page-front": "ncc:pageFront",
    "page-normal": "ncc:pageNormal",
    "page-special": "ncc:pageSpecial",
    "sidebar": "ncc:sidebars",
    "optional-prodnote": "ncc:prodNotes",
    "noteref": "ncc:footnotes",
}

Check = Callable[[str], bool]


def _integer(value: str) -> bool:
    return _INTEGER.fullmatch(value) is not None


def _date(value: str) -> bool:
    found = re.fullmatch(r"([0-9]{4})-(0[1-9]|1[0-2])-([0-9]{2})", value)
    if not found or found[1] == "0000":
        return False
    return 1 <= int(found[3]) <= calendar.monthrange(int(found[1]), int(found[2]))[1]


def _set(value: str) -> bool:
    found = re.fullmatch(r"([0-9]+) of ([0-9]+)", value)
    return found is not None and 1 <= int(found[1]) <= int(found[2])


def _text(value: str) -> bool:
    return bool(value.strip())


def _total(value: str) -> bool:
    return "." not in value and clock(value) is not None


# 名前と、最も少ない数、最も多い数（None は限りなし）、値の書き方。2.1.3
_METAS: dict[str, tuple[int, int | None, Check]] = {
    "dc:title": (1, 1, _text),
    "dc:date": (1, 1, _date),
    "dc:format": (1, 1, lambda value: value == "Daisy 2.02"),
    "dc:identifier": (1, 1, _text),
    "dc:publisher": (1, 1, _text),
    "dc:creator": (1, None, _text),
    "dc:language": (1, None, lambda value: _LANGUAGE.fullmatch(value) is not None),
    "dc:source": (0, 1, _text),
    **{f"dc:{name}": (0, None, _text) for name in ("contributor", "coverage", "description")},
    **{f"dc:{name}": (0, None, _text) for name in ("relation", "rights", "subject", "type")},
    "ncc:charset": (1, 1, _text),
    "ncc:pageFront": (1, 1, _integer),
    "ncc:pageNormal": (1, 1, _integer),
    "ncc:pageSpecial": (1, 1, _integer),
    "ncc:tocItems": (1, 1, _integer),
    "ncc:totalTime": (1, 1, _total),
    "ncc:depth": (0, 1, lambda value: value in ("1", "2", "3", "4", "5", "6")),
    "ncc:multimediaType": (0, 1, lambda value: value in _TYPES),
    "ncc:setInfo": (0, 1, _set),
    "ncc:narrator": (0, None, _text),
    **{f"ncc:{name}": (0, 1, _date) for name in ("producedDate", "revisionDate", "sourceDate")},
    **{f"ncc:{name}": (0, 1, _integer) for name in ("files", "footnotes", "kByteSize")},
    **{f"ncc:{name}": (0, 1, _integer) for name in ("maxPageNormal", "prodNotes", "revision")},
    "ncc:sidebars": (0, 1, _integer),
    **{f"ncc:{name}": (0, 1, _text) for name in ("generator", "producer", "sourceEdition")},
    **{f"ncc:{name}": (0, 1, _text) for name in ("sourcePublisher", "sourceRights", "sourceTitle")},
}


@dataclass(frozen=True, slots=True)
class Entry:
    """目次の項目ひとつ。``smil`` と ``mark`` は指す先。"""

    place: str
    smil: str
    mark: str
    page: bool


@dataclass(slots=True)
class Ncc:
    """目次。``metas`` は名前ごとの最初の値。"""

    metas: dict[str, str] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)

    @property
    def smils(self) -> list[str]:
        """指されている SMIL を、再生の順に。"""
        return list(dict.fromkeys(e.smil for e in self.entries))


def check_ncc(book: Book) -> Ncc | None:
    """目次を調べる。目次がないか、読めなければ ``None``。"""
    if NCC not in book.files:
        book.say("ncc-missing", NCC)
        return None
    book.used.add(NCC)
    document = book.document(NCC)
    if document is None:
        return None
    ncc = Ncc()
    _check_metas(book, document.root.findall("head/meta"), ncc)
    items = list(document.root.find("body") or ())
    _check_items(book, items, ncc)
    _check_counts(book, items, ncc)
    return ncc


def _check_metas(book: Book, metas: Sequence[ET.Element], ncc: Ncc) -> None:
    found: dict[str, list[str]] = defaultdict(list)
    for meta in metas:
        name, value = meta.get("name"), meta.get("content", "")
        if name is None:  # http-equiv
            if value.lower().rpartition("charset=")[2].strip() != "utf-8":
                book.say("meta-charset", NCC, value=value)
        elif name in _METAS:
            found[name].append(value)
        elif not name.startswith("prod:"):
            book.say("meta-unknown", NCC, name=name)
    for name, (fewest, most, check) in _METAS.items():
        values = found[name]
        if len(values) < fewest:
            book.say("meta-missing", NCC, name=name)
        if most is not None and len(values) > most:
            book.say("meta-repeated", NCC, name=name, count=len(values))
        for value in values:
            if not check(value):
                book.say("meta-value", NCC, name=name, value=value)
            elif name == "ncc:charset" and value.lower() != "utf-8":
                book.say("meta-charset", NCC, value=value)
    ncc.metas = {name: values[0] for name, values in found.items() if values}


def _check_items(book: Book, items: Sequence[ET.Element], ncc: Ncc) -> None:
    if not items or (items[0].tag, items[0].get("class")) != ("h1", "title"):
        book.say("ncc-title", NCC)
    level = 0
    for item in items:
        place = f"{NCC}#{item.get('id', '')}"
        if item.tag in HEADINGS:
            if int(item.tag[1]) > level + 1:
                book.say("heading-skip", place, before=level, after=item.tag[1])
            level = int(item.tag[1])
        elif (item.tag, item.get("class")) != ("div", "group") and not _is_span(item):
            book.say("ncc-element", place, tag=item.tag)
        if "id" not in item.attrib:
            book.say("ncc-id", place)
        _check_link(book, item, place, ncc)


def _is_span(item: ET.Element) -> bool:
    return item.tag == "span" and item.get("class") in _SPANS


def _check_link(book: Book, item: ET.Element, place: str, ncc: Ncc) -> None:
    links = list(item)
    stray = (item.text or "").strip() or "".join(link.tail or "" for link in links).strip()
    if len(links) != 1 or links[0].tag != "a" or stray or not text_of(item) or len(links[0]):
        book.say("ncc-link", place)
        return
    href = links[0].get("href", "")
    if not _LINK.fullmatch(href):
        book.say("ncc-link", place)
        return
    page = _is_span(item) and item.get("class", "").startswith("page-")
    if item.get("class") == "page-normal" and not re.fullmatch(r"[1-9][0-9]*", text_of(item)):
        book.say("page-number", place, text=text_of(item))
    if target := book.refer(place, href, fragment=True):
        ncc.entries.append(Entry(place, *target, page))


def _check_counts(book: Book, items: Sequence[ET.Element], ncc: Ncc) -> None:
    kinds = Counter(item.get("class") for item in items if item.tag == "span")
    pages = [
        int(text)
        for text in (text_of(i) for i in items if i.get("class") == "page-normal")
        if _integer(text)
    ]
    levels = [int(item.tag[1]) for item in items if item.tag in HEADINGS]
    real = {
        "ncc:tocItems": len(items),
        "ncc:depth": max(levels, default=0),
        "ncc:maxPageNormal": max(pages, default=0),
        **{name: kinds[kind] for kind, name in _SPANS.items()},
    }
    for name, count in real.items():
        said = ncc.metas.get(name, "0" if name in _SPANS.values() else str(count))
        if _integer(said) and int(said) != count:
            book.say("meta-count", NCC, name=name, said=said, real=count)
