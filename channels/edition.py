"""版（Edition）と、版を作るもの（Channel、Site）の約束。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from content.model import Council, Publication, Register, Sentence

if TYPE_CHECKING:
    from accessibility.narration import Narration

Content = bytes | Path
"""ファイルの中身。大きいものは、できあがったファイルの場所で渡す。"""


@dataclass(frozen=True, slots=True)
class Download:
    """読む人が受け取るファイルひとつ。``path`` は版のフォルダからの相対。

    ``format`` は ``mp3``・``m4b``・``txt`` のような形式の名前。``title`` は読みの付いた題名。``seconds`` は音声の長さ。
    """

    path: str
    format: str
    title: Sentence
    bytes: int
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Edition:
    """ひとつの出版物の、ひとつの媒体による版。

    ``files`` は版のフォルダ（``folder``）からの相対の場所と中身。``main`` は目録に載せる場所で、
    空ならフォルダ全体が版である（web）。``seconds`` は音声の長さ。
    """

    publication: str
    register: Register
    channel: str
    files: Mapping[str, Content]
    main: str = ""
    seconds: float | None = None
    downloads: tuple[Download, ...] = ()

    @property
    def folder(self) -> str:
        """出力先からの相対の場所。``kawasaki/plan-6/standard/web``。"""
        return edition_folder(self.publication, self.register, self.channel)


def edition_folder(publication: str, register: Register, channel: str) -> str:
    return f"{publication}/{register}/{channel}"


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """目録の 1 行。版の ``files`` は、できあがったファイルの場所だけを持つ。"""

    publication: Publication
    council: Council
    editions: tuple[Edition, ...]


class Channel(Protocol):
    """媒体。同じ出版物と同じ音声からは、必ず同じ版（1 バイトも違わない）を作る。"""

    name: str
    spoken: bool
    """読み上げ（Narration の音声）を使うか。どの媒体も使わなければ、音声は作らない。"""

    def render(self, publication: Publication, narration: Narration) -> Edition: ...


class Site(Protocol):
    """すべての版ができてから、一度だけ走る。入口のページ、受け取り方、フィード。"""

    def render(self, catalogue: Sequence[CatalogueEntry]) -> Mapping[str, Content]: ...
