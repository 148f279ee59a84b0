"""試験で使う、読みと無音の読み上げの付いた出版物。"""

from __future__ import annotations

from pathlib import Path

from accessibility.cache import Cache
from accessibility.narration import Narration, narrate
from accessibility.voices import Silent, Voice
from app.books import books
from app.workers import InlineExecutor
from content.bundle import Bundle
from content.model import Council, Publication
from content.notation import parse

FRONT = """---
表題: ｜試験《しけん》の計画
発行: 試験社会福祉協議会
計画: 地域福祉計画
日付: 2026-04-01
出典: 試験の冊子
---

"""


def narrated(body: str, cache: Path, voice: Voice | None = None) -> tuple[Publication, Narration]:
    """``body`` の原稿の、読みの付いた出版物と、読み上げ。``voice`` がなければ、無音。"""
    voice = voice or Silent()
    publication = parse(FRONT + body, "shiken/plan")
    bundle = Bundle((Council("shiken", "試験社会福祉協議会"),), (publication,))
    (book,) = books(bundle, voice, Cache(cache))
    tracks = tuple(narrate(book.jobs, InlineExecutor()))
    return book.publication, Narration(voice.credit, book.sections, tracks)
