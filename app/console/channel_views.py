"""どの媒体でどう見えるか: ページ、LINE の吹き出し、音声の長さ、テキスト、言葉の説明。"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from app.console.frame import Console
from app.console.previewing import Preview
from content.bundle import Bundle, in_order
from content.council import parse_council
from content.identity import map_sentences
from content.model import REGISTERS, Council, Publication

if TYPE_CHECKING:
    from pathlib import Path

    from accessibility.glossary import Entry
    from accessibility.readings import Reader
    from bot.turn import Bubble
    from channels.edition import Edition

_SLOWER = 1.1
"""Open JTalk の声の、拍の数からの見つもり（``Silent``）に対する長さ。測って合わせた（±2 %）。"""
_PLAYER = re.compile(rb'<section class="player".*?</section>\n?', re.S)
_SKIP = re.compile(rb'<a class="skip".*?</a>\n?', re.S)


@dataclass(frozen=True, slots=True)
class Chat:
    """節ひとつを尋ねたときの、LINE の吹き出し。``bubbles`` が空なら、答えに使わない節。"""

    heading: str
    question: str
    bubbles: tuple[Bubble, ...]


@dataclass(frozen=True, slots=True)
class Track:
    """音声の節ひとつ。``length`` は見つもりの長さ。``first`` は始めの文の id（枠の節では空）。"""

    heading: str
    length: str
    first: str


class Views:
    """下見ひとつの、媒体ごとの見え方。"""

    def __init__(self, console: Console, preview: Preview) -> None:
        self._console, self._preview = console, preview

    @cached_property
    def _reader(self) -> Reader:
        return self._preview.reader()

    @cached_property
    def _council(self) -> Council:
        desk = self._console.approvals.desk(self._preview.readings.council, "council")
        assert desk is not None and desk.published is not None  # 社協のない文章は、保存できない
        return parse_council(desk.published.text, desk.subject)

    @cached_property
    def _publications(self) -> tuple[Publication, ...]:
        """この文章と、もう一方の register の、いちばん新しい稿。読みは付いていない。"""
        found = [self._preview.publication]
        for register in REGISTERS:
            desk = self._console.approvals.desk(self._preview.subject, register)
            if register != self._preview.register and desk is not None:
                found.append(self._console.approvals.publication(desk.opening))
        return tuple(sorted(found, key=in_order))

    # ページ -----------------------------------------------------------------------

    def web(self, empty: Path) -> Edition:
        """ページの版。音声はない（``empty`` は、中身のないファイル）。"""
        from accessibility.glossary import Glossary
        from accessibility.narration import Narration
        from accessibility.narration import Track as Sound
        from app.books import read_names
        from channels.explanations import explained_texts, marks
        from channels.web import WebChannel

        council, glossary = self._council, Glossary.load()
        read = self._preview.read()
        # 言葉の説明のすべてに読みを付けると、待たせる。この文章に出てくる語だけでよい。
        entries = {m.entry.id: m.entry for c in read.chapters for m in marks(c, glossary)}
        bundle = Bundle((council,), self._publications)
        names = read_names(bundle, {council.id: self._reader}, explained_texts(entries.values()))
        sounds = tuple(Sound(s.id, empty, empty, 0.0, ()) for s in read.sections)
        channel = WebChannel({council.id: council}, self._publications, names, glossary)
        return channel.render(read, Narration("", read.sections, sounds))

    # LINE -----------------------------------------------------------------------

    def chats(self) -> Iterator[Chat]:
        """節を 1 つずつ尋ねたときの返事。"""
        from accessibility.glossary import Glossary
        from accessibility.readings import read_publication
        from app.slots import CHANNELS
        from bot.answer import Brain
        from bot.choices import question_of
        from bot.conversation import Conversation
        from bot.passages import passages
        from bot.person import Person
        from bot.turn import Incoming

        read = [read_publication(p, self._reader) for p in self._publications]
        council, preview = self._council, self._preview
        brain = Brain(read, (council,), glossary=Glossary.load(), vectors=False, ways=CHANNELS)
        conversation = Conversation(
            brain,
            (council,),
            read,
            base_url=self._console.settings.base_url,
            notices=tuple,
            audio=None,
            read=self._reader.read,
        )
        found = {p.id: p for p in passages(read, ())}
        person = Person(register=preview.register)
        for section in preview.publication.sections:
            passage = found.get(f"{preview.subject}#{section.id}")
            if passage is None:
                yield Chat(section.heading.text, "", ())
                continue
            question = question_of(passage, preview.register)
            turn = conversation.turn(person, Incoming("text", question))
            yield Chat(section.heading.text, question, turn.bubbles)

    # 音声、テキスト、言葉の説明 ---------------------------------------------------------

    def tracks(self) -> tuple[str, tuple[Track, ...]]:
        """全体の長さと、節ごとの長さの見つもり（拍の数から）。"""
        from accessibility import frame
        from accessibility.cache import Cache
        from accessibility.manner import MANNERS
        from accessibility.narration import track_job
        from accessibility.voices import Silent

        preview, voice = self._preview, Silent()
        cache, manner = Cache(self._console.settings.cache), MANNERS[preview.register]
        before, after = frame.before(preview.publication, voice), frame.after(preview.publication)
        known = preview.read().sections
        read = self._reader.read
        head, tail = ([map_sentences(s, read) for s in part] for part in (before, after))
        listed: list[Track] = []
        whole = 0.0
        for section in (*head, *known, *tail):
            job = track_job(section, voice, cache, manner)
            speeches = job.voice.speak(job.sentences)
            seconds = sum(
                _SLOWER * len(speech.samples) / speech.rate + pause
                for speech, pause in zip(speeches, job.pauses, strict=True)
            )
            first = section.heading.id if section in known else ""
            listed.append(Track(section.heading.text, _length(seconds), first))
            whole += seconds
        return _length(whole), tuple(listed)

    def text(self) -> str:
        """テキストの版の文字。"""
        from accessibility.glossary import Glossary
        from channels.text import plain_text
        from channels.wording import Wording

        return plain_text(self._preview.read(), Wording.load({}), Glossary.load())

    def words(self) -> tuple[Entry, ...]:
        """この文章に付く、言葉の説明。"""
        from accessibility.glossary import Glossary
        from channels.explanations import marks

        read = self._preview.read()
        return tuple(mark.entry for mark in marks(read.sections, Glossary.load()))


def framed(page: bytes, lead: bytes, instead: bytes) -> bytes:
    """ページの始め（本文へ進むリンクの後）に ``lead`` を入れ、まだない章の音声を ``instead`` に替える。"""
    page = _PLAYER.sub(lambda _: instead, page)
    found = _SKIP.search(page)
    end = found.end() if found else 0
    return page[:end] + lead + page[end:]


def _length(seconds: float) -> str:
    from channels import facts
    from channels.wording import Wording

    return facts.text(facts.length(seconds, Wording.load({})))
