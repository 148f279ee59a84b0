"""提出する人と確かめる人に、決める前に見せること: 検査のしらせ、まだ書いていない節、前と同じ日付。"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.console.frame import Console, url
from app.console.manuscript import split, whole
from app.console.remarks import Mark, areas_of
from app.console.reviewing import Case, standard_of
from content.model import REGISTERS
from content.problems import NotationError
from content.workflow import Revision

if TYPE_CHECKING:
    from accessibility.plain import Report


@dataclass(frozen=True, slots=True)
class Told:
    """節（か、始めの項目）ひとつの、検査のしらせ。``place`` は、そこを編集する所。"""

    name: str
    place: str
    marks: Sequence[Mark]


def told(found: Case, checked: Report) -> tuple[Told, ...]:
    """検査のしらせを、節の順に。"""
    manuscript = split(found.revision.text)
    joined = manuscript.joined() if manuscript else whole(found.revision.text)
    areas = areas_of(joined, checked.remarks)
    names = {"front": "表題や日付など", "text": "文章の全体"}
    if manuscript:
        names |= {str(n): part.heading for n, part in enumerate(manuscript.parts, 1)}
    return tuple(
        Told(name, _editing(found, f"part_{area}" if area.isdigit() else area), areas[area])
        for area, name in names.items()
        if area in areas
    )


def unwritten(console: Console, found: Case) -> tuple[tuple[str, str], ...]:
    """まだ書いていない節の、見出しと、編集する所。

    やさしい文章では、ふつうの文章に中身のある節。ほかは、下の節もない節。
    """
    if found.revision.kind not in REGISTERS:
        return ()
    try:
        sections = console.approvals.publication(found.revision).sections
        plain = found.revision.kind == "plain"
        standard = standard_of(console, found.revision.subject) if plain else None
    except NotationError:
        return ()
    full = {s.id for s in standard.sections if s.blocks} if standard else set()
    below = [*(s.level for s in sections[1:]), 0]
    return tuple(
        (section.heading.text, _editing(found, f"part_{number}"))
        for number, (section, next_level) in enumerate(zip(sections, below, strict=True), 1)
        if not section.blocks and (section.id in full or next_level <= section.level)
    )


def same_date(revision: Revision, published: Revision | None) -> bool:
    """公開中の稿と文章が違うのに、日付が同じか（フィードで受け取る人には、新しく見えない）。"""
    if published is None or revision.digest == published.digest:
        return False
    fronts = [m.front.get("日付", "") for r in (revision, published) if (m := split(r.text))]
    return len(fronts) == 2 and fronts[0] == fronts[1]


def _editing(found: Case, place: str) -> str:
    """編集する所。"""
    front = "1" if place == "front" else ""
    return f"{url('edit', found.desk.subject, found.desk.kind, front=front)}#{place}"
