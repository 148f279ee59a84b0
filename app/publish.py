"""原稿から、すべての版まで。媒体の一覧（ただひとつ）と、作る順序。"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import TypedDict

from accessibility import frame
from accessibility.cache import Cache
from accessibility.dictionary import Dictionary, parse_dictionary
from accessibility.narration import Narration, TrackJob, narrate, track_job
from accessibility.readings import Reader, read_publication
from accessibility.voices import Voice
from app.output import MANIFEST, Stage
from channels.audio import AudioChannel
from channels.daisy import DaisyChannel
from channels.daisy_disc import DaisyDiscs
from channels.edition import CatalogueEntry, Channel, Content, Edition, Site
from channels.epub import EpubChannel
from channels.site import WebSite
from channels.text import TextChannel
from channels.web import WebChannel
from content.bundle import Bundle
from content.identity import map_sentences
from content.model import Council, Publication, Run, Section

CHANNELS = ("web", "audio", "daisy", "epub", "text")


def channels(
    councils: Mapping[str, Council],
    publications: Sequence[Publication],
    names: Mapping[str, tuple[Run, ...]],
) -> tuple[Channel, ...]:
    """すべての媒体。新しい媒体は、ここと ``CHANNELS`` に足す。"""
    return (
        WebChannel(councils, publications, names),
        AudioChannel(),
        DaisyChannel(),
        EpubChannel(),
        TextChannel(),
    )


def sites(names: Mapping[str, tuple[Run, ...]]) -> tuple[tuple[str, Site], ...]:
    """版がすべてできてから走るもの。媒体の名前の版を作るときにだけ走る。"""
    return (("web", WebSite(names)), ("daisy", DaisyDiscs()))


@dataclass(frozen=True, slots=True)
class Progress:
    """進みぐあいの知らせ先。"""

    begin: Callable[[int], None] = lambda total: None
    step: Callable[[TrackJob, bool], None] = lambda job, reused: None


def publish(
    bundle: Bundle,
    stage: Stage,
    *,
    voice: Voice,
    cache: Cache,
    executor: Executor,
    only: Sequence[str] = CHANNELS,
    progress: Progress | None = None,
) -> tuple[Row, ...]:
    """``bundle`` のすべての版を ``stage`` に作り、目録を書く。"""
    councils = {c.id: c for c in bundle.councils}
    ready = books(bundle, voice, cache)
    names = read_names(bundle, voice)
    chosen = [
        c for c in channels(councils, [b.publication for b in ready], names) if c.name in only
    ]
    jobs = [job for b in ready for job in b.jobs] if any(c.spoken for c in chosen) else []
    progress = progress or Progress()
    progress.begin(len(jobs))
    tracks = {
        job.key: track
        for job, track in zip(jobs, narrate(jobs, executor, progress.step), strict=True)
    }
    entries: list[CatalogueEntry] = []
    rows: list[Row] = []
    for book in ready:
        spoken = tuple(tracks[job.key] for job in book.jobs if job.key in tracks)
        narration = Narration(voice.credit, book.sections, spoken)
        finished = []
        for channel in chosen:
            edition = channel.render(book.publication, narration)
            rows.append(manifest_row(edition))
            written = stage.write(edition.folder, edition.files)
            finished.append(replace(edition, files=written))
        council = councils[book.publication.council]
        entries.append(CatalogueEntry(book.publication, council, tuple(finished)))
    for name, site in sites(names):
        if name in only:
            stage.write("", site.render(entries))
    manifest = {"editions": rows}
    stage.write(
        "", {MANIFEST: (json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode()}
    )
    return tuple(rows)


@dataclass(frozen=True, slots=True)
class Book:
    """読みの付いた出版物と、読み上げる節（始めと終わりの枠を含む）と、その音声の仕事。"""

    publication: Publication
    sections: tuple[Section, ...]
    jobs: tuple[TrackJob, ...]


def read_names(bundle: Bundle, voice: Voice) -> dict[str, tuple[Run, ...]]:
    """社協や区の名前のような、本文ではない項目の文字と、その読みの付いた Run。"""
    read = readers(bundle)
    names: dict[str, tuple[Run, ...]] = {}
    for council in bundle.councils:
        texts = [council.name, council.texts_notice, voice.credit]
        for c in council.contacts:
            texts += [c.purpose, c.name, c.ward, c.address, c.source]
        for plan in (p.plan for p in bundle.publications if p.council == council.id):
            texts += [plan.issuer, plan.series, plan.ward or "", plan.source]
        names |= {text: read[council.id].read_text(text) for text in dict.fromkeys(texts) if text}
    return names


def books(bundle: Bundle, voice: Voice, cache: Cache) -> list[Book]:
    """出版物に、それぞれの社協の辞書で読みを付ける。"""
    read = readers(bundle)
    return [_book(p, read[p.council], voice, cache) for p in bundle.publications]


def readers(bundle: Bundle) -> dict[str, Reader]:
    """社協の id ごとの、その社協の辞書を使う読み手。"""
    given = dictionaries(bundle)
    return {c.id: Reader(given.get(c.id)) for c in bundle.councils}


def dictionaries(bundle: Bundle) -> dict[str, Dictionary]:
    """社協の id ごとの読みの辞書。誤りがあれば ``ReadingsError``。"""
    return {id: parse_dictionary(text, f"{id}/readings.tsv") for id, text in bundle.readings}


def _book(publication: Publication, reader: Reader, voice: Voice, cache: Cache) -> Book:
    parts = (frame.before(publication, voice), frame.after(publication))
    before, after = (tuple(map_sentences(s, reader.read) for s in part) for part in parts)
    read = read_publication(publication, reader)
    sections = (*before, *read.sections, *after)
    return Book(read, sections, tuple(track_job(s, voice, cache) for s in sections))


class Row(TypedDict):
    """目録の 1 行。``path`` は OUT からの相対。``seconds`` は音声の長さ（なければ None）。"""

    publication: str
    register: str
    channel: str
    path: str
    bytes: int
    sha256: str
    seconds: float | None


def manifest_row(edition: Edition) -> Row:
    """フォルダの版（web）は、大きさは合計、要約は sha256sum の行「要約␣␣場所」を並べたものの要約。"""
    if edition.main:
        size, digest = _measure(edition.files[edition.main])
    else:
        facts = {name: _measure(content) for name, content in edition.files.items()}
        size = sum(size for size, _ in facts.values())
        lines = sorted(f"{digest}  {name}\n" for name, (_, digest) in facts.items())
        digest = hashlib.sha256("".join(lines).encode()).hexdigest()
    return {
        "publication": edition.publication,
        "register": edition.register,
        "channel": edition.channel,
        "path": f"{edition.folder}/{edition.main}" if edition.main else edition.folder,
        "bytes": size,
        "sha256": digest,
        "seconds": edition.seconds,
    }


def _measure(content: Content) -> tuple[int, str]:
    data = content if isinstance(content, bytes) else content.read_bytes()
    return len(data), hashlib.sha256(data).hexdigest()
