"""付属の計画の、本に載るはずの中身。"""

from __future__ import annotations

from accessibility import frame
from accessibility.voices import OpenJTalk
from content.bundle import BUNDLED, load_folder
from content.model import Publication, Section


def plans() -> dict[tuple[str, str], Publication]:
    """id と文章の種類ごとの、付属の計画。読みは付いていない。"""
    return {(p.id, p.register): p for p in load_folder(BUNDLED).publications}


def read_aloud(publication: Publication) -> tuple[Section, ...]:
    """読む順の、枠も含むすべての節。"""
    before, after = frame.before(publication, OpenJTalk()), frame.after(publication)
    return (*before, *publication.sections, *after)
