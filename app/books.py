"""読みの付いた出版物。原稿に、それぞれの社協の辞書で読みを付け、読み上げる節の並びにする。"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from accessibility import frame
from accessibility.cache import Cache
from accessibility.narration import TrackJob, track_job
from accessibility.readings import Reader, read_publication
from accessibility.voices import Voice
from app.readers import readers
from channels.wording import Names
from content.bundle import Bundle
from content.identity import map_sentences
from content.model import Publication, Section


@dataclass(frozen=True, slots=True)
class Book:
    """読みの付いた出版物と、読み上げる節（始めと終わりの枠を含む）と、その音声の仕事。"""

    publication: Publication
    sections: tuple[Section, ...]
    jobs: tuple[TrackJob, ...]


def books(bundle: Bundle, voice: Voice, cache: Cache) -> list[Book]:
    """``bundle`` のすべての出版物。"""
    read = readers(bundle)
    return [read_book(p, read[p.council], voice, cache) for p in bundle.publications]


def read_book(publication: Publication, reader: Reader, voice: Voice, cache: Cache) -> Book:
    parts = (frame.before(publication, voice), frame.after(publication))
    before, after = (tuple(map_sentences(s, reader.read) for s in part) for part in parts)
    read = read_publication(publication, reader)
    sections = (*before, *read.sections, *after)
    return Book(read, sections, tuple(track_job(s, voice, cache) for s in sections))


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
