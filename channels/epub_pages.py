"""EPUB の文書。章ごとの XHTML と、もくじ（nav）。"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Literal

from markupsafe import Markup

from accessibility.glossary import Entry, Glossary
from accessibility.manner import MANNERS
from accessibility.narration import Narration, Track
from channels.explanations import Mark, links, marks
from channels.markup import Links, book_inline, book_sentence, row_headed, web_href
from channels.wording import Wording
from content.model import Block, Publication, Run, Section, Sentence, block_sentences

if TYPE_CHECKING:
    from jinja2 import Environment

_NOTEREF = Markup(
    '<a class="word" epub:type="noteref" role="doc-noteref" id="{mark}" href="#{entry}">'
)

Part = Literal["frontmatter", "bodymatter", "backmatter"]


@dataclass(frozen=True, slots=True)
class Branch:
    """節と、その下の節。``sound`` は音声のファイルの場所（本の中）。"""

    section: Section
    track: Track
    sound: str
    children: tuple[Branch, ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """文書ひとつと、その読み上げひとつ。``branches`` はふつう 1 つ（段 1 の節）。"""

    stem: str
    part: Part
    branches: tuple[Branch, ...]

    @property
    def document(self) -> str:
        return f"text/{self.stem}.xhtml"

    @property
    def overlay(self) -> str:
        return f"overlay/{self.stem}.smil"

    @property
    def title(self) -> str:
        return self.branches[0].section.heading.text

    @property
    def every_branch(self) -> Iterator[Branch]:
        """読む順の、すべての節。"""
        return _walk(self.branches)


def chapters(publication: Publication, narration: Narration) -> tuple[Chapter, ...]:
    """読む順の章。始めと終わりの枠も、それぞれ章になる。"""
    written = {section.id for section in publication.sections}
    sounds = {
        section.id: (track, f"audio/{number:02}-{section.id.rstrip('_')}.mp3")
        for number, (section, track) in enumerate(
            zip(narration.sections, narration.tracks, strict=True), 1
        )
    }
    found: list[Chapter] = []
    # 枠を含めた節を、原稿と同じ決まりで章に分ける。
    for number, sections in enumerate(
        replace(publication, sections=narration.sections).chapters, 1
    ):
        part: Part = "bodymatter"
        if sections[0].id not in written:
            seen_body = any(c.part == "bodymatter" for c in found)
            part = "backmatter" if seen_body else "frontmatter"
        stem = f"{number:02}-{sections[0].id.rstrip('_')}"
        found.append(Chapter(stem, part, tuple(_branches(sections, sounds))))
    return tuple(found)


def _branches(
    sections: Sequence[Section], sounds: Mapping[str, tuple[Track, str]]
) -> Iterator[Branch]:
    start = 0
    for index in range(1, len(sections) + 1):
        if index == len(sections) or sections[index].level <= sections[start].level:
            head, below = sections[start], sections[start + 1 : index]
            yield Branch(head, *sounds[head.id], tuple(_branches(below, sounds)))
            start = index


def _walk(branches: Sequence[Branch]) -> Iterator[Branch]:
    for branch in branches:
        yield branch
        yield from _walk(branch.children)


def block_id(block: Block) -> str:
    """表と箇条書きの id。文の id から作り、原稿の id に使えない字（_）で文と分ける。"""
    return f"block_{next(block_sentences(block)).id}"


def picture_files(publication: Publication) -> dict[str, str]:
    """画像の名前と、本の中の場所。かなや空白のある名前は、開けない機械がある。"""
    return {
        picture.name: f"pictures/{number:02}.{picture.name.rsplit('.', 1)[-1].lower()}"
        for number, picture in enumerate(publication.pictures, 1)
    }


class Documents:
    """ひな形から文書を作る。本ひとつに 1 つ。

    ``glossary`` は言葉の説明（章の終わりの注になる）。``ruby`` はふりがなの有無。
    """

    def __init__(
        self, publication: Publication, wording: Wording, glossary: Glossary | None, *, ruby: bool
    ) -> None:
        self._publication = publication
        self._wording = wording
        self._glossary = glossary
        self._ruby = ruby
        self._spaced = MANNERS[publication.register].spaced
        self._pictures = picture_files(publication)
        self._templates = _templates()

    def chapter(self, chapter: Chapter) -> bytes:
        body = chapter.part == "bodymatter"
        sections = (branch.section for branch in chapter.every_branch)
        words = marks(sections, self._glossary) if body else ()
        return self._render("chapter.xml", words, chapter=chapter)

    def contents(self, chapters: Sequence[Chapter]) -> bytes:
        """もくじ。読むアプリがそのまま一覧に使うので、ふりがなを付けない。"""
        first: dict[Part, Chapter] = {}
        for chapter in chapters:
            first.setdefault(chapter.part, chapter)
        return self._render("nav.xml", chapters=chapters, first=first)

    def _render(self, name: str, words: Sequence[Mark] = (), **values: object) -> bytes:
        noted = links(words, _NOTEREF)
        html = self._templates.get_template(name).render(
            publication=self._publication,
            ruby=self._ruby,
            pictures=self._pictures,
            sentence=partial(self._sentence, noted),
            sentences=partial(self._sentences, noted),
            words=words,
            word=self._word,
            name=self._name,
            head=self._head,
            easier=self._easier,
            spaced=self._spaced,
            text=self._wording.text,
            kind=lambda block: type(block).__name__,
            block_id=block_id,
            row_headed=row_headed,
            web_href=web_href,
            **values,
        )
        return html.encode()

    def _sentence(
        self, noted: Mapping[str, Links], sentence: Sentence, *, linked: bool = True
    ) -> Markup:
        return book_sentence(
            sentence,
            ruby=self._ruby,
            spaced=self._spaced,
            linked=linked,
            marks=noted.get(sentence.id, {}),
        )

    def _sentences(
        self, noted: Mapping[str, Links], sentences: Sequence[Sentence], *, linked: bool = True
    ) -> Markup:
        return Markup().join(self._sentence(noted, s, linked=linked) for s in sentences)

    def _head(self, entry: Entry) -> Markup:
        return book_inline((Run(entry.words[0], entry.reading),), ruby=self._ruby)

    def _name(self, text: str) -> Markup:
        return book_inline(self._wording.name(text), ruby=self._ruby)

    def _easier(self, entry: Entry) -> Markup:
        easier = self._wording.name(entry.easier)
        return book_inline(self._wording.runs("words.easier", easier=easier), ruby=self._ruby)

    def _word(self, key: str) -> Markup:
        return book_inline(self._wording.runs(key), ruby=self._ruby)


def _templates() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("channels", "templates/epub"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
