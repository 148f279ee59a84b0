"""聞く文の並び。公開した音声の版（``channels.audio``）から読む。

文も音も、同じ版のものである。公開のたびに丸ごと入れかわるので、毎回読む。
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from channels.audio import CLIPS, SENTENCES, AudioChannel
from channels.edition import edition_folder
from content.model import Register
from content.workflow.proofs import Sound


@dataclass(frozen=True, slots=True)
class Spoken:
    """節。``text`` は文字の要約、``lengths`` は ``sounds`` の文ごとの音の長さ（秒、後の間を含む）。"""

    id: str
    heading: str
    text: str
    sounds: tuple[Sound, ...]
    lengths: tuple[float, ...]


@dataclass(frozen=True)
class Listening:
    """公開した音声。``heard`` は本文の音の要約、``sections`` は読む順の節（枠を含む）。"""

    heard: str
    sections: tuple[Spoken, ...]

    @classmethod
    def of(cls, out: Path, subject: str, register: Register) -> Listening | None:
        """音声の版が、まだ公開されていなければ ``None``。"""
        folder = out / edition_folder(subject, register, AudioChannel.name)
        try:
            facts = json.loads((folder / SENTENCES).read_bytes())
            clips = json.loads((folder / CLIPS).read_bytes())["clips"]
        except (OSError, ValueError):
            return None
        return cls(
            facts["heard"],
            tuple(
                Spoken(
                    section["id"],
                    section["heading"],
                    section["text"],
                    tuple(
                        Sound(id, key, section["heading"], text)
                        for id, key, text in section["sentences"]
                    ),
                    tuple(
                        clips[id][1] - clips[id][0] if id in clips else 0.0
                        for id, _, _ in section["sentences"]
                    ),
                )
                for section in facts["sections"]
            ),
        )

    @property
    def body(self) -> tuple[Spoken, ...]:
        """枠でなく、声のある節。"""
        return tuple(s for s in self.sections if s.sounds and not s.id.endswith("_"))

    @cached_property
    def sounds(self) -> tuple[Sound, ...]:
        """読む順の文。"""
        return tuple(sound for section in self.sections for sound in section.sounds)

    @cached_property
    def places(self) -> dict[str, int]:
        """文の id ごとの、何番めか（0 から）。"""
        return {sound.sentence: place for place, sound in enumerate(self.sounds)}

    @cached_property
    def keys(self) -> frozenset[str]:
        return frozenset(sound.key for sound in self.sounds)

    def headings(self) -> Iterator[tuple[str, int]]:
        """節の見出しと、その始めの文が何番めか。"""
        for section in self.sections:
            if section.sounds:
                yield section.heading, self.places[section.sounds[0].sentence]

    def first_unheard(self, heard: frozenset[str]) -> int | None:
        """まだ聞いていない、始めの文が何番めか。"""
        return next((n for n, sound in enumerate(self.sounds) if sound.key not in heard), None)
