"""2 人が同じ稿から書いた文章を、項目と節ごとに合わせる。2 人とも変えたところは、人が決める。"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from app.console.manuscript import FRONT, Manuscript, Part

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Pair:
    """2 人の文章の違う、項目（``name``）か節ひとつ。

    ``place`` は、合わせた文章での所（``front_title`` か、節の番号。どちらもが消したのなら現れない）。``mine`` と
    ``theirs`` は、それぞれの文字（ないか、消したのなら空）。``both`` は、2 人とも変えたこと。
    """

    place: str
    name: str
    mine: str
    theirs: str
    both: bool


@dataclass(frozen=True, slots=True)
class Merged:
    """``manuscript`` は、合わせられるところを合わせ、2 人とも変えたところは自分の方にしたもの。"""

    manuscript: Manuscript
    pairs: tuple[Pair, ...]


def merge(base: Manuscript | None, mine: Manuscript, theirs: Manuscript) -> Merged:
    """``base`` は、2 人がもとにした稿（2 人とも新しく作ったのなら ``None``）。"""
    base = base or Manuscript({}, ())
    pairs: list[Pair] = []
    front: dict[str, str] = {}
    for key, name in FRONT.items():
        was, here, there = (m.front.get(name, "") for m in (base, mine, theirs))
        front[name], both = _chosen(was, here, there)
        if here != there:
            pairs.append(Pair(f"front_{key}", name, here, there, both))
    parts: list[Part] = []
    places = _by_key(base), _by_key(mine), _by_key(theirs)
    for key in _order(base, mine, theirs):
        before, here_part, there_part = (place.get(key) for place in places)
        part, both = _chosen(before, here_part, there_part)
        if part is None and both:  # 片方が消し、もう片方が書きかえた
            part = there_part
        if part is not None:
            parts.append(part)
        if here_part != there_part:
            shown = here_part or there_part
            assert shown is not None
            place = str(len(parts)) if part is not None else ""
            pairs.append(Pair(place, shown.heading, _text(here_part), _text(there_part), both))
    return Merged(Manuscript(front, tuple(parts)), tuple(pairs))


def _chosen(was: T, mine: T, theirs: T) -> tuple[T, bool]:
    """合わせたものと、2 人とも変えたか。"""
    if mine == was:
        return theirs, False
    return mine, theirs not in (was, mine)


def _by_key(manuscript: Manuscript) -> Mapping[str, Part]:
    return {_key(part): part for part in manuscript.parts}


def _key(part: Part) -> str:
    return part.id or f"#{part.heading}"


def _order(base: Manuscript, mine: Manuscript, theirs: Manuscript) -> list[str]:
    """節を並べかえた方の順（どちらも並べかえたのなら、自分の順）。もう片方だけにある節は、そこで前にある節の後。"""
    was, here, there = (list(_by_key(m)) for m in (base, mine, theirs))
    moved = [key for key in was if key in here] != [key for key in here if key in was]
    order, others = (here, there) if moved else (there, here)
    last = -1
    for key in others:
        if key not in order:
            order.insert(last + 1, key)
        last = order.index(key)
    return order


def _text(part: Part | None) -> str:
    if part is None:
        return ""
    return f"{'#' * part.level} {part.heading}\n\n{part.body}".rstrip()
