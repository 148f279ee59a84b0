"""答えに引いた文の音声。公開した音声の版（M4B）から、その文だけを、符号化し直さずに切り出す。

会話の中で声を作ることはない。音声の版を作っていなければ、音声はない。
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from accessibility.sound import cut_aac
from channels.audio import CLIPS, AudioChannel
from channels.edition import edition_folder
from content.model import REGISTERS, Register

AUDIO_PATH = "chat/audio"
"""音声を渡す入口（サイトの根からの場所）。"""
LONGEST_URL = 1000
LONGEST_SECONDS = 600
"""一度に切り出す長さの上限。答えは 300 字までなので、1 分ほどになる。"""

_PUBLICATION = re.compile(r"[a-z0-9][a-z0-9-]*/[a-z0-9][a-z0-9-]*")


@dataclass(frozen=True, slots=True)
class Clip:
    """音声ひとつ。``url`` はそのまま開けるアドレス、``milliseconds`` は本当の長さ。"""

    url: str
    milliseconds: int


@dataclass(frozen=True, slots=True)
class _Book:
    """音声の本。``times`` は読む順の、文の id と時間（秒）。"""

    file: Path
    times: dict[str, tuple[float, float]]

    def spans(self, sentences: Sequence[str]) -> tuple[tuple[str, str], ...]:
        """続いている文ごとの、初めと終わりの文。音声のない文があれば空。"""
        order = {id: place for place, id in enumerate(self.times)}
        spans: list[tuple[str, str]] = []
        for id in sentences:
            if id not in order:
                return ()
            if spans and order[spans[-1][1]] + 1 == order[id]:
                spans[-1] = (spans[-1][0], id)
            else:
                spans.append((id, id))
        return tuple(spans)

    def times_of(self, spans: Iterable[tuple[str, str]]) -> list[tuple[float, float]]:
        return [(self.times[first][0], self.times[last][1]) for first, last in spans]


class AudioClips:
    """``out`` は出力先。公開のたびに丸ごと入れかわるので、毎回読む。"""

    def __init__(self, out: Path) -> None:
        self._out = out

    def find(
        self, publication: str, register: Register, sentences: Sequence[str], base_url: str
    ) -> Clip | None:
        """文（``sentences`` は id、引いた順）の音声。音声のない文があれば ``None``。"""
        book = self._book(publication, register)
        spans = book.spans(sentences) if book else ()
        if book is None or not spans:
            return None
        name = ".".join(chain.from_iterable(spans))
        seconds = sum(end - begin for begin, end in book.times_of(spans))
        url = f"{base_url}/{AUDIO_PATH}/{publication}/{register}/{name}.m4a"
        return Clip(url, round(seconds * 1000)) if len(url) <= LONGEST_URL else None

    def cut(self, publication: str, register: str, name: str) -> bytes | None:
        """``find`` の ``url`` の最後の名前（``.m4a`` を除く）の m4a。

        同じ版からは、同じバイトになる。版や文がなければ ``None``。
        """
        book = next((self._book(publication, r) for r in REGISTERS if r == register), None)
        ids = name.split(".")
        if book is None or len(ids) % 2 or any(id not in book.times for id in ids):
            return None
        spans = book.times_of(zip(ids[::2], ids[1::2], strict=True))
        seconds = sum(end - begin for begin, end in spans)
        if any(begin >= end for begin, end in spans) or seconds > LONGEST_SECONDS:
            return None
        try:
            return cut_aac(book.file, spans)
        except ValueError:
            return None

    def _book(self, publication: str, register: Register) -> _Book | None:
        if not _PUBLICATION.fullmatch(publication):
            return None
        folder = self._out / edition_folder(publication, register, AudioChannel.name)
        try:
            facts = json.loads((folder / CLIPS).read_bytes())
        except (OSError, ValueError):
            return None
        return _Book(folder / facts["file"], {id: (b, e) for id, (b, e) in facts["clips"].items()})
