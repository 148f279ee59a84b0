"""ページの版（web）。章ごとのページと音声と字幕、ふりがなありとなし。"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from accessibility.glossary import Glossary
from accessibility.manner import MANNERS
from accessibility.narration import Clip, Narration
from channels import facts
from channels.edition import Content, Edition, edition_folder
from channels.explanations import links, marks
from channels.pages import Footer, Page, Templates, chapter_file
from channels.wording import Names, Wording
from content.model import Council, Publication, Register, Section, Sentence

INDEX = "index.html"
_WORD = Markup('<a class="word" role="doc-glossref" href="#{entry}">')


@dataclass(frozen=True, slots=True)
class Chapter:
    """章。段 1 の節と、その下の節。``clips`` の時刻は、つないだ音声の中の時刻（秒）。"""

    sections: tuple[Section, ...]
    mp3: bytes
    clips: tuple[Clip, ...]
    seconds: float

    @property
    def id(self) -> str:
        return self.sections[0].id

    @property
    def heading(self) -> Sentence:
        return self.sections[0].heading

    @property
    def html(self) -> str:
        return chapter_file(self.id)

    @property
    def sound(self) -> str:
        return chapter_file(self.id, "mp3")

    @property
    def cues(self) -> str:
        return chapter_file(self.id, "vtt")


@dataclass(frozen=True, slots=True)
class Counterpart:
    """同じ出版物の、別の文章。``sections`` は、節の id ごとの、ページの場所と、ページの中の目印。"""

    register: Register
    contents: str
    sections: Mapping[str, tuple[str, str]]

    def place(self, section_id: str) -> tuple[str, str]:
        """同じ節の場所。なければ、もくじ。"""
        return self.sections.get(section_id, (self.contents, ""))


class WebChannel:
    """ページの版を作る。

    ``councils`` は社協の id ごとの社協（問い合わせ先のため）。``publications`` は一緒に公開する出版物で、
    同じ id の別の文章（やさしい日本語など）の、同じ節へのリンクに使う。``names`` は社協の id ごとの、
    社協や区の名前のような、原稿の項目の文字と、その読みの付いた Run。``glossary`` は言葉の説明。
    """

    name = "web"
    spoken = True

    def __init__(
        self,
        councils: Mapping[str, Council],
        publications: Sequence[Publication],
        names: Mapping[str, Names],
        glossary: Glossary | None = None,
    ) -> None:
        self._councils = councils
        self._publications = publications
        self._names = names
        self._glossary = glossary
        self._wording = Wording.load({})
        self._templates = Templates()

    def render(self, publication: Publication, narration: Narration) -> Edition:
        chapters = tuple(_chapters(publication, narration))
        files: dict[str, Content] = {}
        for chapter in chapters:
            files[chapter.sound] = chapter.mp3
            files[chapter.cues] = webvtt(chapter.clips)
        for picture in publication.pictures:
            files[f"pictures/{picture.name}"] = picture.data
        for ruby in (False, True):
            pages = self._pages(publication, narration, chapters, ruby=ruby)
            files |= {f"ruby/{name}" if ruby else name: page for name, page in pages}
        return Edition(
            publication.id,
            publication.register,
            self.name,
            dict(sorted(files.items())),
            seconds=sum(c.seconds for c in chapters),
        )

    def _pages(
        self,
        publication: Publication,
        narration: Narration,
        chapters: Sequence[Chapter],
        *,
        ruby: bool,
    ) -> Iterator[tuple[str, bytes]]:
        folder = edition_folder(publication.id, publication.register, self.name)
        wording = replace(self._wording, names=self._names.get(publication.council, {}))
        footer = Footer(
            self._councils.get(publication.council),
            publication.plan.ward,
            narration.credit,
            facts.proofread(publication, wording),
        )
        shared = {
            "publication": publication,
            "chapters": chapters,
            "folder": folder,
            "footer": footer,
            "others": self._others(publication),
        }

        def page(name: str) -> Page:
            return Page(f"{folder}/{name}", wording, ruby=ruby, language=publication.language)

        yield INDEX, self._templates.render("contents.html", page(INDEX), **shared)
        for before, chapter, after in zip(
            (None, *chapters), chapters, (*chapters[1:], None), strict=False
        ):
            words = marks(chapter.sections, self._glossary)
            html = self._templates.render(
                "chapter.html",
                replace(page(chapter.html), marks=links(words, _WORD)),
                chapter=chapter,
                before=before,
                after=after,
                words=words,
                spaced=MANNERS[publication.register].spaced,
                **shared,
            )
            yield chapter.html, html

    def _others(self, publication: Publication) -> tuple[Counterpart, ...]:
        """同じ出版物の別の文章。"""
        found = []
        for other in self._publications:
            if other.id == publication.id and other.register != publication.register:
                folder = edition_folder(other.id, other.register, self.name)
                sections = {
                    section.id: (
                        f"{folder}/{chapter_file(chapter[0].id)}",
                        "" if section is chapter[0] else section.id,
                    )
                    for chapter in other.chapters
                    for section in chapter
                }
                found.append(Counterpart(other.register, f"{folder}/{INDEX}", sections))
        return tuple(found)


def _chapters(publication: Publication, narration: Narration) -> Iterator[Chapter]:
    for sections in publication.chapters:
        tracks = [narration.track(section.id) for section in sections]
        clips: list[Clip] = []
        start = 0.0
        for track in tracks:
            clips += [Clip(c.sentence_id, start + c.begin, start + c.end) for c in track.clips]
            start += track.seconds
        # MP3 は CBR で頭書きがないので、バイトをつなげば 1 本の正しい音声になる。
        mp3 = b"".join(track.mp3.read_bytes() for track in tracks)
        yield Chapter(sections, mp3, tuple(clips), start)


def webvtt(clips: Sequence[Clip]) -> bytes:
    """強調表示の合図（WebVTT）。合図の名前も中身も文の id。"""
    cues = [
        f"{c.sentence_id}\n{_time(c.begin)} --> {_time(c.end)}\n{c.sentence_id}\n" for c in clips
    ]
    return "\n".join(["WEBVTT\n", *cues]).encode()


def _time(seconds: float) -> str:
    minutes, milliseconds = divmod(round(seconds * 1000), 60_000)
    return (
        f"{minutes // 60:02}:{minutes % 60:02}:{milliseconds // 1000:02}.{milliseconds % 1000:03}"
    )
