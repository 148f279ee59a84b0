"""書く画面の項目。送られたものを原稿に戻し、節を足し、動かし、消す。"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace

from app.console.form import Form, FormFault, Upload
from app.console.manuscript import FRONT, Joined, Manuscript, Part, heading_in, trimmed, whole
from app.console.picture_size import pixels_fault
from app.console.way_in import numbered, numbered_text, with_lists
from content.inline import escape
from content.intake.bullets import listed
from content.model import Picture
from content.pictures import picture_fault


@dataclass(frozen=True, slots=True)
class Written:
    """書かれたもの。``manuscript`` は、全体を 1 つに書いたのなら ``None``。

    ``listed`` は、保存するときに箇条書きにした行の数。
    """

    manuscript: Manuscript | None
    joined: Joined
    listed: int


def written_in(form: Form) -> Written:
    """送られたものを、原稿の決まりに合わせたもの。「消す」に印のある節（``removed_番号``）は除く。"""
    saving = form["do"] in ("", "save")
    if "text" in form:
        text, lines = listed(form["text"]) if saving else (form["text"], 0)
        return Written(None, whole(numbered_text(text)), lines)
    front = {name: _line(form[f"front_{key}"]) for key, name in FRONT.items()}
    parts: list[Part] = []
    number = 1
    while f"heading_{number}" in form:
        if not form[f"removed_{number}"]:
            parts.append(_part(form, number))
        number += 1
    manuscript = numbered(Manuscript(front, tuple(parts)))
    manuscript, lines = with_lists(manuscript) if saving else (manuscript, 0)
    return Written(manuscript, manuscript.joined(), lines)


def edited_place(form: Form, manuscript: Manuscript | None, saved: Manuscript | None) -> str:
    """書いていた所の、保存した後の目印（``part_2``、``front``）。分からなければ空。

    画面が覚えていなければ（JavaScript がない）、``saved`` と違う、始めの節。
    """
    at = form["at"]
    if manuscript is None or at == "front":
        return at if manuscript else ""
    if at.isdigit() and f"heading_{at}" in form and not form[f"removed_{at}"]:
        place = place_in(form, at)
    else:
        before = set(saved.parts) if saved else set(manuscript.parts)
        changed = (n for n, part in enumerate(manuscript.parts) if part not in before)
        place = next(changed, -1)
    if place < 0:
        return ""
    # 文章の中に書いた見出しは、保存すると節になる。
    above = "\n".join(part.body for part in manuscript.parts[:place]).split("\n")
    return f"part_{place + 1 + sum(heading_in(line) is not None for line in above)}"


def _part(form: Form, number: int) -> Part:
    level = form[f"level_{number}"]
    return Part(
        int(level) if level in ("1", "2", "3", "4", "5", "6") else 1,
        _line(form[f"heading_{number}"]),
        _line(form[f"id_{number}"]),
        trimmed(form[f"body_{number}"]),
    )


def _line(text: str) -> str:
    return " ".join(text.split("\n")).strip()


# 節の並び --------------------------------------------------------------------------

Arranged = tuple[Manuscript, int]
"""並べかえた原稿と、動かしたか足した節の場所（0 から）。"""


def place_in(form: Form, number: str) -> int:
    """``number``（画面での節の番号）の節は、消す節を除くと何番目か（0 から）。"""
    if not number.isdigit() or f"heading_{number}" not in form or form[f"removed_{number}"]:
        raise FormFault("その節はありません。ページを開き直してください。")
    return sum(not form[f"removed_{n}"] for n in range(1, int(number)))


def arranged(form: Form, manuscript: Manuscript, beside: Manuscript | None) -> Arranged | None:
    """ボタン（``do`` の値）のとおりに、節を足すか動かしたもの。ほかのボタンなら ``None``。"""
    do, _, what = form["do"].partition(":")
    match do:
        case "add" if not manuscript.parts:
            return replace(manuscript, parts=(Part(1, "", "section-1"),)), 0
        case "add":
            return added(manuscript, place_in(form, what))
        case "up" | "down":
            return moved(manuscript, place_in(form, what), up=do == "up")
        case "follow" if beside is not None:
            return followed(manuscript, beside, what)
        case _:
            return None


def added(manuscript: Manuscript, place: int) -> Arranged:
    """``place`` の節と、その下の節の後に、同じ段の新しい節を足す。"""
    parts = manuscript.parts
    at = _end(parts, place)
    used = {part.id for part in parts}
    number = next(n for n in range(1, len(parts) + 2) if f"section-{n}" not in used)
    new = Part(parts[place].level, "", f"section-{number}")
    return replace(manuscript, parts=(*parts[:at], new, *parts[at:])), at


def followed(manuscript: Manuscript, standard: Manuscript, id: str) -> Arranged:
    """``standard`` の節 ``id`` を、同じ順になる所に足す。中身はまだない。"""
    order = [part.id for part in standard.parts]
    if id not in order or id in {part.id for part in manuscript.parts}:
        raise FormFault("その節は、もう足してあるか、ありません。ページを開き直してください。")
    new = replace(standard.parts[order.index(id)], body="")
    before = set(order[: order.index(id)])
    at = max((n for n, part in enumerate(manuscript.parts, 1) if part.id in before), default=0)
    return replace(manuscript, parts=(*manuscript.parts[:at], new, *manuscript.parts[at:])), at


def moved(manuscript: Manuscript, place: int, *, up: bool) -> Arranged:
    """``place`` の節を、その下の節といっしょに、同じ段の隣と入れかえる。隣がなければ、そのまま。"""
    parts = manuscript.parts
    level = parts[place].level
    if up:
        above = (n for n in range(place - 1, -1, -1) if parts[n].level <= level)
        first, second = next(above, place), place
    else:
        first, second = place, _end(parts, place)
    if first == second or second == len(parts) or parts[first].level != parts[second].level:
        return manuscript, place
    end = _end(parts, second)
    swapped = (*parts[:first], *parts[second:end], *parts[first:second], *parts[end:])
    return replace(manuscript, parts=swapped), first if up else first + end - second


def _end(parts: tuple[Part, ...], place: int) -> int:
    """``place`` の節と、その下の節の終わり。"""
    level = parts[place].level
    below = (n for n in range(place + 1, len(parts)) if parts[n].level <= level)
    return next(below, len(parts))


# 写真 ------------------------------------------------------------------------------


def picture_in(upload: Upload) -> Picture:
    """送られた画像。名前は中身から決まる。PNG か JPEG でないか、大きすぎれば ``FormFault``。"""
    data = upload.file.read()
    kind = re.search(r"\.(png|jpe?g)$", upload.name.lower())
    name = f"picture-{hashlib.sha256(data).hexdigest()[:8]}{kind[0] if kind else ''}"
    if kind is None:
        raise FormFault(
            f"「{upload.name}」は使えません。PNG（.png）か JPEG（.jpg）の写真を選んでください。",
            "picture",
        )
    if fault := picture_fault(upload.name, data) or pixels_fault(upload.name, data):
        raise FormFault(fault, "picture")
    return Picture(name, data)


def pictured(form: Form, manuscript: Manuscript, picture: Picture) -> Arranged:
    """選ばれた節の終わりに、画像を足す。説明がなければ ``FormFault``。"""
    description = form["picture_text"]
    if not description.strip():
        raise FormFault(
            "写真の説明がありません。写真を見られない人に伝わるように、何が写っているかを書いてください。",
            "picture_text",
        )
    said = re.sub(r"[][]", lambda m: "\\" + m[0], escape(_line(description)))
    place = place_in(form, form["picture_part"])
    part = manuscript.parts[place]
    body = f"{part.body}\n\n![{said}]({picture.name})".lstrip("\n")
    parts = (*manuscript.parts[:place], replace(part, body=body), *manuscript.parts[place + 1 :])
    return replace(manuscript, parts=parts), place
