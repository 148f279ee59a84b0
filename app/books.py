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
from accessibility.recorded import RecordedJob
from accessibility.voices import Voice
from app.readers import readers
from channels.wording import Names
from content.bundle import Bundle
from content.identity import map_sentences
from content.model import Publication, Section
from content.recorded import Proofread, Recording, text_key


@dataclass(frozen=True, slots=True)
class Book:
    """読みの付いた出版物と、読み上げる節（始めと終わりの枠を含む）と、その合成音声の仕事。

    ``recorded`` は、節の id ごとの、合成音声の代わりに使う人の録音。``heard`` は、その音の要約（聞いて
    校正のため）。``credit`` は、声の作り手と条件。
    """

    publication: Publication
    sections: tuple[Section, ...]
    jobs: tuple[TrackJob, ...]
    recorded: Mapping[str, RecordedJob]
    heard: Heard
    credit: str

    @property
    def synthetic(self) -> tuple[TrackJob, ...]:
        """人の録音のない節の仕事。"""
        return tuple(job for job in self.jobs if job.section_id not in self.recorded)


def books(bundle: Bundle, voice: Voice, cache: Cache) -> list[Book]:
    """``bundle`` のすべての出版物。"""
    read = readers(bundle)
    return [
        read_book(p, read[p.council], voice, cache, bundle.proofread, bundle.recordings)
        for p in bundle.publications
    ]


def read_book(
    publication: Publication,
    reader: Reader,
    voice: Voice,
    cache: Cache,
    proofread: Iterable[Proofread] = (),
    recordings: Iterable[Recording] = (),
) -> Book:
    """読みを付ける。同じ文章の録音と、同じ音の校正済のしるしがあれば、使う。"""
    read = read_publication(publication, reader)
    recorded = _recorded(recordings, read)
    sounds = {section: recording.sound for section, recording in recorded.items()}
    whole = heard_whole(read, voice.name, sounds)
    mine = (read.id, read.register, whole)
    days = [p.day for p in proofread if (p.publication, p.register, p.digest) == mine]
    read = replace(read, proofread=max(days, default=read.proofread))
    people = {section: recording.reader for section, recording in recorded.items()}
    framed = replace(publication, proofread=read.proofread)
    parts = (frame.before(framed, voice, people), frame.after(framed))
    before, after = (tuple(map_sentences(s, reader.read) for s in part) for part in parts)
    sections = (*before, *read.sections, *after)
    manner = MANNERS[publication.register]
    jobs = tuple(track_job(s, voice, cache, manner) for s in sections)
    spoken = {id: RecordedJob(r.sound, id, r.times, cache) for id, r in recorded.items()}
    heard = Heard(heard_keys(sections, voice.name, sounds), whole)
    return Book(read, sections, jobs, spoken, heard, _credit(voice, people.values()))


def _recorded(recordings: Iterable[Recording], read: Publication) -> dict[str, Recording]:
    """節の id ごとの録音。文章が録音の後で変わった節は、合成音声に戻る。"""
    texts = {section.id: text_key(section.sentences) for section in read.sections}
    return {
        r.section: r
        for r in recordings
        if (r.publication, r.register) == (read.id, read.register)
        and texts.get(r.section) == r.digest
    }


def _credit(voice: Voice, people: Iterable[str]) -> str:
    names = "、".join(f"{name}さん" for name in dict.fromkeys(people))
    return f"音訳 {names}、{voice.credit}" if names else voice.credit


def read_names(
    bundle: Bundle, read: Mapping[str, Reader], others: Iterable[str] = ()
) -> dict[str, Names]:
    """社協の id ごとの、本文ではない項目の文字と、その読みの付いた Run。

    ``others`` は、どの社協のページでも使う言葉。
    """
    others = tuple(others)
    return {
        council: {t: read[council].read_text(t) for t in dict.fromkeys((*own, *others)) if t}
        for council, own in own_texts(bundle).items()
    }


def own_texts(bundle: Bundle) -> dict[str, tuple[str, ...]]:
    """社協の id ごとの、社協や区の名前のような、本文ではない項目の文字。"""
    found: dict[str, tuple[str, ...]] = {}
    for council in bundle.councils:
        texts = [council.name, council.texts_notice]
        for c in council.contacts:
            texts += [c.purpose, c.name, c.ward, c.address, c.source]
        for plan in (p.plan for p in bundle.publications if p.council == council.id):
            texts += [plan.issuer, plan.series, plan.ward or "", plan.source]
        found[council.id] = tuple(texts)
    return found
