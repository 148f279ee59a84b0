"""足りない版を作る。媒体の一覧は、ここただひとつである。"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Self

from accessibility.cache import Cache, digest
from accessibility.glossary import Glossary
from accessibility.narration import Narration, Track, narrate
from accessibility.recorded import recorded_track
from accessibility.voices import Voice
from app.books import Book, own_texts, read_book, read_names
from app.readers import remembering_readers
from app.slots import BookId, Progress, Slot
from channels.audio import AudioChannel
from channels.braille import BrailleChannel
from channels.daisy import DaisyChannel
from channels.daisy_disc import DaisyDiscs
from channels.edition import CatalogueEntry, Channel, Edition, Site
from channels.epub import EpubChannel
from channels.explanations import explained_texts
from channels.feed import Feeds
from channels.site import WebSite, WorkPages
from channels.text import TextChannel
from channels.web import WebChannel
from channels.wording import Names
from content.bundle import Bundle
from content.model import Council, Publication
from content.recorded import Sounds
from content.run_codec import runs_to_json


def channels(
    councils: Mapping[str, Council],
    publications: Sequence[Publication],
    names: Mapping[str, Names],
    glossary: Glossary,
) -> tuple[Channel, ...]:
    """すべての媒体。新しい媒体は、ここと ``slots.CHANNELS`` に足す。"""
    return (
        WebChannel(councils, publications, names, glossary),
        AudioChannel(),
        DaisyChannel(),
        EpubChannel(names, glossary),
        BrailleChannel(names, glossary),
        TextChannel(glossary),
    )


def sites(names: Mapping[str, Names], glossary: Glossary, base_url: str) -> Mapping[str, Site]:
    """版がすべてできてから走るもの。名前は ``publish`` の ``_site_keys`` と同じ。"""
    return {
        "web": WebSite(names, glossary),
        "work": WorkPages(names),
        "daisy": DaisyDiscs(),
        "feed": Feeds(base_url),
    }


@dataclass(frozen=True, slots=True)
class Press:
    """足りない版を作るもの。読みの付いた出版物と、媒体。

    ``own`` は、社協の id ごとの、``names`` のうちの社協の項目の文字（ほかは、言葉の説明と声の作り手）。
    """

    books: Mapping[BookId, Book]
    councils: Mapping[str, Council]
    names: Mapping[str, Names]
    own: Mapping[str, tuple[str, ...]]
    glossary: Glossary
    channels: Mapping[str, Channel]

    @classmethod
    def load(
        cls, bundle: Bundle, wanted: Container[BookId], voice: Voice, cache: Cache, product: str
    ) -> Self:
        read = remembering_readers(bundle, cache, product)
        books = {
            (p.id, p.register): read_book(
                p, read[p.council], voice, cache, bundle.proofread, bundle.recordings
            )
            for p in bundle.publications
            if (p.id, p.register) in wanted
        }
        glossary = Glossary.load()
        credits = dict.fromkeys((voice.credit, *(book.credit for book in books.values())))
        names = read_names(bundle, read, [*credits, *explained_texts(glossary.entries)])
        for reader in read.values():
            reader.save()
        councils = {c.id: c for c in bundle.councils}
        made = {c.name: c for c in channels(councils, bundle.publications, names, glossary)}
        return cls(books, councils, names, own_texts(bundle), glossary, made)

    def readings(self, id: BookId) -> str:
        """本と、その版に出るほかの文字（社協の項目、声の作り手、本に出る語の説明）に付いた読みの要約。"""
        book = self.books[id]
        sentences = (book.publication.title, *(s for x in book.sections for s in x.sentences))
        words = (m.entry for s in sentences for m in self.glossary.find(s.text))
        council = book.publication.council
        names = self.names[council]
        texts = dict.fromkeys((*self.own[council], book.credit, *explained_texts(words)))
        return digest(
            [(s.id, runs_to_json(s.runs)) for s in sentences],
            [(text, runs_to_json(names[text])) for text in texts if text],
        )

    def speak(
        self, slots: Sequence[Slot], executor: Executor, progress: Progress, sounds: Sounds
    ) -> Mapping[BookId, tuple[Track, ...]]:
        """``slots`` の版に要る音声。人の録音のある節は、合成しない。``sounds`` は録音の音。"""
        spoken = dict.fromkeys(s.book for s in slots if self.channels[s.channel].spoken)
        jobs = [job for id in spoken for job in self.books[id].synthetic]
        progress.expect(len(jobs))
        made = iter(narrate(jobs, executor, lambda job, reused: progress.step("節", reused)))
        tracks: dict[BookId, tuple[Track, ...]] = {}
        for id in spoken:
            recorded = self.books[id].recorded
            tracks[id] = tuple(
                recorded_track(recorded[section.id], sounds)
                if section.id in recorded
                else next(made)
                for section in self.books[id].sections
            )
        return tracks

    def render(self, slot: Slot, tracks: Mapping[BookId, tuple[Track, ...]]) -> Edition:
        book = self.books[slot.book]
        narration = Narration(book.credit, book.sections, tracks.get(slot.book, ()), book.heard)
        return self.channels[slot.channel].render(book.publication, narration)

    def catalogue(
        self, finished: Mapping[Slot, Edition], only: Sequence[str], publication: str
    ) -> tuple[CatalogueEntry, ...]:
        """``publication`` の目録。空なら、すべて。"""
        return tuple(
            CatalogueEntry(
                book.publication,
                self.councils[book.publication.council],
                tuple(finished[Slot(*id, channel)] for channel in only),
            )
            for id, book in self.books.items()
            if publication in ("", id[0])
        )
