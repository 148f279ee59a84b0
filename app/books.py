"""読みの付いた出版物。原稿に、それぞれの社協の辞書で読みを付け、読み上げる節の並びにする。"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from accessibility import frame
from accessibility.cache import Cache
from accessibility.heard import Heard, heard_keys, heard_whole
from accessibility.manner import MANNERS
from accessibility.narration import TrackJob, track_job
from accessibility.readings import Reader, read_publication
from accessibility.voices import Voice
from app.readers import readers
from channels.wording import Names
from content.bundle import Bundle, Proofread
from content.identity import map_sentences
from content.model import Publication, Section


@dataclass(frozen=True, slots=True)
class Book:
    """読みの付いた出版物と、読み上げる節（始めと終わりの枠を含む）と、その音声の仕事。

    ``heard`` は、その音の要約（聞いて校正のため）。
    """

    publication: Publication
    sections: tuple[Section, ...]
    jobs: tuple[TrackJob, ...]
    heard: Heard


def books(bundle: Bundle, voice: Voice, cache: Cache) -> list[Book]:
    """``bundle`` のすべての出版物。"""
    read = readers(bundle)
    return [
        read_book(p, read[p.council], voice, cache, bundle.proofread) for p in bundle.publications
    ]


def read_book(
    publication: Publication,
    reader: Reader,
    voice: Voice,
    cache: Cache,
    proofread: Iterable[Proofread],
) -> Book:
    """読みを付け、人が同じ音を聞いて校正を終えていれば、その日を付ける。"""
    read = read_publication(publication, reader)
    whole = heard_whole(read, voice.name, {})
    mine = (read.id, read.register, whole)
    days = [p.day for p in proofread if (p.publication, p.register, p.digest) == mine]
    read = replace(read, proofread=max(days, default=read.proofread))
    framed = replace(publication, proofread=read.proofread)
    parts = (frame.before(framed, voice), frame.after(framed))
    before, after = (tuple(map_sentences(s, reader.read) for s in part) for part in parts)
    sections = (*before, *read.sections, *after)
    manner = MANNERS[publication.register]
    jobs = tuple(track_job(s, voice, cache, manner) for s in sections)
    return Book(read, sections, jobs, Heard(heard_keys(sections, voice.name, {}), whole))


def read_names(
    bundle: Bundle, read: Mapping[str, Reader], others: Iterable[str] = ()
) -> dict[str, Names]:
    """社協の id ごとの、社協や区の名前のような、本文ではない項目の文字と、その読みの付いた Run。

    ``others`` は、どの社協のページでも使う言葉。
    """
    names: dict[str, Names] = {}
    for council in bundle.councils:
        texts = [council.name, council.texts_notice, *others]
        for c in council.contacts:
            texts += [c.purpose, c.name, c.ward, c.address, c.source]
        for plan in (p.plan for p in bundle.publications if p.council == council.id):
            texts += [plan.issuer, plan.series, plan.ward or "", plan.source]
        reader = read[council.id]
        names[council.id] = {t: reader.read_text(t) for t in dict.fromkeys(texts) if t}
    return names
