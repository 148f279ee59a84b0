"""DAISY 2.02 の SMIL と MP3 の検査。Recommendation 2.3〜2.5。"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from accessibility.audit.daisy_book import HEADINGS, MASTER, NCC, Book, Document, clock
from accessibility.audit.daisy_ncc import Ncc
from accessibility.audit.mp3 import measure

TOLERANCE = 0.5
"""時間の食い違いを許す幅（秒）。公の検証器と同じ。"""
_CLIP_TOLERANCE = 0.15
_UNHEARD = 2.0
_STRAY = 0.01

_NPT = re.compile(r"npt=([0-9]+(?:\.[0-9]+)?)s")
_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?)s")
# 要素ごとの、中に置ける要素。注の参照（seq の中の seq）は、注を別に持つ本だけのものなので認めない。
_CHILDREN = {
    "smil": {"head", "body"},
    "head": {"meta", "layout"},
    "layout": {"region"},
    "body": {"seq"},
    "seq": {"par"},
    "par": {"text", "audio", "seq"},
}
_METAS = {"dc:format", "dc:identifier", "dc:title", "title", "ncc:generator"}
_SAME = ("dc:format", "dc:identifier", "dc:title")
_TIMES = ("ncc:totalElapsedTime", "ncc:timeInThisSmil")
# 公の検証器が許す属性。fill を書く作り手がいて、その本は公の検証器を通らない。
_ATTRIBUTES = {
    "meta": {"name", "content"},
    "par": {"id", "endsync", "system-required"},
    "text": {"id", "src", "region"},
    "audio": {"id", "src", "clip-begin", "clip-end"},
    "seq": {"id", "dur", "repeat"},
}


@dataclass(slots=True)
class Played:
    """再生の順に分かったこと。``texts`` は par の指す文、``clips`` は音声ごとの切れ目（秒）。"""

    seconds: float = 0.0
    texts: list[tuple[str, str]] = field(default_factory=list)
    clips: dict[str, list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))
    lengths: dict[str, float] = field(default_factory=dict)


def check_smils(book: Book, ncc: Ncc) -> Played:
    played = Played()
    last = (0, 0)
    smils = {name: place for place, name in enumerate(ncc.smils)}
    for name in smils:
        document = book.document(name)
        if document is not None:
            _Smil(book, ncc, played, document).check()
    for entry in ncc.entries:
        document = book.document(entry.smil)
        if document is None:
            continue
        target = document.ids[entry.mark]
        if target.tag not in ("par", "text"):
            book.say("ncc-target", entry.place, reference=f"{entry.smil}#{entry.mark}")
        par = target if target.tag == "par" else document.parents.get(target, target)
        if entry.page and par.get("system-required") != "pagenumber-on":
            book.say("page-skippable", entry.place)
        place = (smils[entry.smil], document.order[target])
        if place < last:
            book.say("ncc-order", entry.place)
        last = max(last, place)
    for name in sorted(book.files):
        if name.endswith(".smil") and name not in smils and name != MASTER:
            book.say("smil-orphan", name)
    if len({name == NCC for name, _ in played.texts}) > 1:
        book.say("text-mixed", NCC)
    said = clock(ncc.metas.get("ncc:totalTime", ""))
    if said is not None and said != math.floor(played.seconds + 0.5):
        real = f"{played.seconds:.3f}"
        book.say("total-time", NCC, said=ncc.metas["ncc:totalTime"], real=real)
    _check_master(book, ncc, played)
    _check_heard(book, played)
    return played


class _Smil:
    """SMIL ひとつ。"""

    def __init__(self, book: Book, ncc: Ncc, played: Played, document: Document) -> None:
        self._book, self._ncc, self._played = book, ncc, played
        self._document, self._name, self._root = document, document.name, document.root
        self._seconds = 0.0

    def check(self) -> None:
        metas = {m.get("name", ""): m.get("content", "") for m in self._root.findall("head/meta")}
        if [e.tag for e in self._root] != ["head", "body"]:
            self._say("smil-shape", part="head と body")
        for element in self._root.iter():
            self._inside(element)
            self._attributes(element)
        regions = self._root.findall("head/layout/region")
        if len(self._root.findall("head/layout")) != 1 or len(regions) != 1:
            self._say("smil-shape", part="layout と region")
        body = list(self._root.find("body") or ())
        if [e.tag for e in body] != ["seq"] or not len(body[0]):
            self._say("smil-shape", part="body の中のただ 1 つの seq")
            return
        main = body[0]
        texts = len(self._played.texts)
        for par in main.findall("par"):
            self._par(par)
        self._check_metas(metas)
        self._check_duration(main.get("dur", ""))
        self._check_first(self._played.texts[texts:])
        self._played.seconds += self._seconds

    def _check_metas(self, metas: dict[str, str]) -> None:
        same = {name: self._ncc.metas.get(name) for name in _SAME}
        for name in metas:
            if name not in _METAS and name not in _TIMES:
                self._say("smil-meta", name=name)
        for name, expected in same.items():
            if metas.get(name) != expected and (name in metas or name == "dc:format"):
                self._say("smil-meta", name=name)
        for name, real in zip(_TIMES, (self._played.seconds, self._seconds), strict=True):
            said = clock(metas.get(name, ""))
            if said is None or abs(said - real) > TOLERANCE:
                self._say("smil-time", name=name, said=metas.get(name, ""), real=f"{real:.3f}")

    def _check_duration(self, said: str) -> None:
        found = _DURATION.fullmatch(said)
        if not found or abs(float(found[1]) - self._seconds) > TOLERANCE:
            self._say("smil-duration", said=said, real=f"{self._seconds:.3f}")

    def _check_first(self, texts: Sequence[tuple[str, str]]) -> None:
        if not texts:
            return
        name, mark = texts[0]
        document = self._book.document(name)
        if document is None:
            return
        target = document.ids[mark]
        if not any(e.tag in HEADINGS for e in (*document.line(target), *target.iter())):
            self._say("smil-first")

    def _par(self, par: ET.Element) -> None:
        tags = [e.tag for e in par]
        if tags not in (["text", "audio"], ["text", "seq"]):
            self._say("par-shape", par)
        if par.get("endsync") != "last":
            self._say("par-endsync", par)
        for text in par.iter("text"):
            target = self._book.refer(self._place(text), text.get("src", ""), fragment=True)
            if target:
                self._played.texts.append(target)
        audios = list(par.iter("audio"))
        if not audios and "seq" in tags:
            self._say("par-shape", par)
        for audio in audios:
            self._clip(audio)

    def _inside(self, element: ET.Element) -> None:
        outer = self._document.parents.get(element)
        if element.tag == "seq" and outer is not None and outer.tag == "par":
            allowed = {"audio"}
        else:
            allowed = _CHILDREN.get(element.tag, set())
        for child in element:
            if child.tag not in allowed:
                self._say("smil-shape", part=f"{element.tag} の中の {child.tag}")
        if "".join([element.text or "", *(c.tail or "" for c in element)]).strip():
            self._say("smil-shape", part=f"{element.tag} の中の文字")

    def _attributes(self, element: ET.Element) -> None:
        if element.tag in ("text", "audio", "par") and "id" not in element.attrib:
            self._say("media-id", element, tag=element.tag)
        for name in sorted(set(element.attrib) - _ATTRIBUTES.get(element.tag, {"id"})):
            self._say("smil-attribute", element, tag=element.tag, name=name)

    def _clip(self, audio: ET.Element) -> None:
        target = self._book.refer(self._place(audio), audio.get("src", ""), fragment=False)
        times = []
        for name in ("clip-begin", "clip-end"):
            found = _NPT.fullmatch(audio.get(name, ""))
            if not found:
                self._say("clip-syntax", audio, name=name, value=audio.get(name, ""))
                return
            times.append(float(found[1]))
        begin, end = times
        if end <= begin:
            self._say("clip-order", audio, begin=begin, end=end)
            return
        self._seconds += end - begin
        if target is None:
            return
        real = _length(self._book, self._played, target[0])
        if end > real + _CLIP_TOLERANCE:
            self._say("clip-outside", audio, end=end, real=f"{real:.3f}")
        self._played.clips[target[0]].append((begin, end))

    def _place(self, element: ET.Element) -> str:
        return f"{self._name}#{element.get('id', '')}"

    def _say(self, code: str, element: ET.Element | None = None, **values: object) -> None:
        place = self._name if element is None else self._place(element)
        self._book.say(code, place, **values)


def _length(book: Book, played: Played, name: str) -> float:
    """音声の本当の長さ（秒）。1 つの音声を 1 度だけ調べる。2.5"""
    if name not in played.lengths:
        data = book.files[name]
        facts = measure(data)
        played.lengths[name] = facts.seconds
        if facts.stray > len(data) * _STRAY or not facts.frames:
            book.say("audio-broken", name, stray=facts.stray)
        if not facts.sample_rates <= {22_050, 44_100}:
            book.say("audio-rate", name, rates="、".join(map(str, sorted(facts.sample_rates))))
        if not facts.mono:
            book.say("audio-stereo", name)
        if len(facts.bit_rates) > 1:
            book.say("audio-variable", name)
        if facts.id3:
            book.say("audio-tag", name)
        if facts.info:
            book.say("audio-info", name)
    return played.lengths[name]


def _check_heard(book: Book, played: Played) -> None:
    for name, clips in sorted(played.clips.items()):
        end = unheard = 0.0
        for begin, until in sorted(clips):
            unheard += max(0.0, begin - end)
            end = max(end, until)
        unheard += max(0.0, played.lengths[name] - end)
        if unheard > _UNHEARD:
            book.say("audio-unheard", name, seconds=f"{unheard:.1f}")


def _check_master(book: Book, ncc: Ncc, played: Played) -> None:
    """``master.smil`` はなくてもよい。2.4"""
    document = book.document(MASTER) if MASTER in book.files else None
    if document is None:
        return
    book.used.add(MASTER)
    metas = {m.get("name", ""): m.get("content", "") for m in document.root.findall("head/meta")}
    for name in ("dc:title", "dc:identifier", "dc:format"):
        if metas.get(name) != ncc.metas.get(name):
            book.say("master", MASTER, part=f"「{name}」")
    said = clock(metas.get("ncc:timeInThisSmil", ""))
    if said is None or abs(said - played.seconds) > 1:
        book.say("master", MASTER, part="「ncc:timeInThisSmil」")
    refs = [r.get("src", "").partition("#")[0] for r in document.root.findall("body/ref")]
    if refs != ncc.smils:
        book.say("master", MASTER, part="SMIL の順")
