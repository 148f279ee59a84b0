"""点字の試験で使う、読みの付いた、製品に付いてくる計画。"""

from __future__ import annotations

from functools import cache

from accessibility.readings import read_publication
from app.readers import readers
from content.bundle import BUNDLED, load_folder
from content.model import Publication, Run


@cache
def plans() -> tuple[Publication, ...]:
    """すべての計画（どちらの文章も）。読みは、社協の辞書で付ける。"""
    bundle = load_folder(BUNDLED)
    read = readers(bundle)
    return tuple(read_publication(p, read[p.council]) for p in bundle.publications)


@cache
def read(text: str) -> tuple[Run, ...]:
    """計画の発行者や出典のような、項目の文字の読み。"""
    (reader,) = readers(load_folder(BUNDLED)).values()
    return reader.read_text(text)
