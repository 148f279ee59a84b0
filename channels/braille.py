"""点字の版。審査した読みから作った点字の本を、点字のソフトや機械の使うファイルにする。"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from accessibility.braille.book import Explained, Volume, volumes
from accessibility.braille.layout import BOTH_SIDES
from accessibility.glossary import Glossary
from accessibility.narration import Narration
from channels import braille_files
from channels.edition import Download, Edition
from channels.explanations import marks
from channels.wording import Names, Wording
from content.model import Publication, Run, Sentence

SHEET = BOTH_SIDES
"""両面（32 マス 18 行）。"""


class BrailleChannel:
    """``<名前>.bes``・``.bse``・``.brf``・``-braille.txt``。巻が分かれれば ``<名前>-1.bes`` …。

    ``names`` は社協の id ごとの、読みの付いた名前と言葉の説明。
    """

    name = "braille"
    spoken = False

    def __init__(
        self,
        names: Mapping[str, Names] = MappingProxyType({}),
        glossary: Glossary | None = None,
    ) -> None:
        self._wording = Wording.load({})
        self._names = names
        self._glossary = glossary

    def render(self, publication: Publication, narration: Narration) -> Edition:
        wording = replace(self._wording, names=self._names.get(publication.council, {}))
        book = volumes(
            publication,
            SHEET,
            wording.name,
            self._explained(publication, wording),
        )
        files: dict[str, bytes] = {}
        downloads: list[Download] = []
        made = [self._files(publication, volume) for volume in book]
        for format in made[0]:
            for number, contents in enumerate(made, 1):
                title = _part_title(publication.title, number, len(made))
                part = f"-{number}" if len(made) > 1 else ""
                ending = "-braille.txt" if format == "braille.txt" else f".{format}"
                file = f"{publication.name}{part}{ending}"
                files[file] = contents[format]
                size = len(contents[format])
                downloads.append(Download(file, format, title, size))
        return Edition(
            publication.id,
            publication.register,
            self.name,
            files,
            main=downloads[0].path,
            downloads=tuple(downloads),
        )

    def _files(self, publication: Publication, volume: Volume) -> dict[str, bytes]:
        """形式の名前と中身。ページで示す順。"""
        pages = volume.pages
        return {
            "bes": braille_files.bes(pages, SHEET, publication.date),
            "bse": braille_files.bse(pages, SHEET),
            "brf": braille_files.brf(pages, SHEET),
            "braille.txt": braille_files.unicode_text(pages, SHEET),
        }

    def _explained(self, publication: Publication, wording: Wording) -> tuple[Explained, ...]:
        """本文に出てくるむずかしい語の説明。点字では印を付けられないので、本文の後にまとめる。"""
        entries = [mark.entry for mark in marks(publication.sections, self._glossary)]
        known = wording.names
        return tuple(
            Explained(
                known.get(entry.words[0], (Run(entry.words[0], entry.reading),)),
                wording.name(entry.explanation),
            )
            for entry in entries
        )


def _part_title(title: Sentence, number: int, total: int) -> Sentence:
    """分けた本のリンクの題名。同じ名前のリンクが並ばないように、何番めかを言う。"""
    if total == 1:
        return title
    return replace(title, runs=(*title.runs, Run(f"（{total} つのうち {number} つめ）")))
