"""取り込んだ資料と文章のつながり: 下書きにした後も残る確かめるところ、まだ下書きにしていない資料。"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.console.frame import Console, Visitor, url
from app.console.imports import Imported, Imports
from app.console.manuscript import Manuscript
from app.console.unsure import Unsure, UnsurePlaces


@dataclass(frozen=True, slots=True)
class Place:
    """書く画面に出す、確かめるところ。``sheet`` は、もとのページの絵のある所（見られなければ空）。"""

    unsure: Unsure
    sheet: str


def imports_of(console: Console) -> Imports:
    return Imports(console.settings.cache / "imports", console.now)


def place_of(imported: Imported) -> str:
    """確かめて、下書きにする所。"""
    return url("import", imported.council, imported.key)


def unsaved(console: Console, visitor: Visitor) -> tuple[Imported, ...]:
    """その人が取り込んで、まだ下書きにしていないもの。新しい順。"""
    found = imports_of(console).all_of(visitor.account.name)
    return tuple(i for i in found if not i.saved and visitor.actor.serves(i.council))


def carry(console: Console, found: Imported, subject: str, manuscript: Manuscript) -> None:
    """確かめるところを、下書きにした文章といっしょに残す。``manuscript`` は、取り込んだままの原稿。"""
    joined = manuscript.joined()
    places: list[Unsure] = []
    for remark in found.draft.remarks:
        if remark.code == "front-matter":
            continue  # 下書きにするときに決めた
        name, _, number = joined.spot(remark.line).field.partition("_")
        section = manuscript.parts[int(number) - 1].id if name in ("heading", "body") else ""
        where = (section, remark.message, remark.text, remark.page)
        places.append(Unsure(*where, found.name, found.key, found.owner))
    UnsurePlaces(console.engine).add(subject, places)
    imports_of(console).save(found, subject)


def places_by_section(
    console: Console, visitor: Visitor, subject: str, manuscript: Manuscript | None
) -> Mapping[str, list[Place]]:
    """節の目印 → 確かめるところ。いまはない節のものと、文章の全体のことは、空の目印に。"""
    places = UnsurePlaces(console.engine).of(subject)
    imports, council = imports_of(console), subject.split("/")[0]
    mine = {p.key for p in places if p.owner == visitor.account.name}
    shown = {key for key in mine if imports.find(key, visitor.account.name, council)}
    ids = {part.id for part in manuscript.parts} if manuscript else set()
    found: dict[str, list[Place]] = {}
    for place in places:
        sheet = ""
        if place.page and place.key in shown:
            sheet = f"{url('import', council, place.key)}#page_{place.page}"
        section = place.section if place.section in ids else ""
        found.setdefault(section, []).append(Place(place, sheet))
    return found
