"""答えられないわけの言い方。"""

from __future__ import annotations

from bot.finder import Finder, Found
from channels.wording import Wording


def why(found: Found, finder: Finder, said: Wording) -> str:
    """``found`` が見つからなかったわけ。とくになければ空。"""
    slots = found.slots
    match found.reason:
        case "":
            return ""
        case "period":
            absent = [f"第{n}期" for n in slots.numbers if n not in finder.numbers]
            return said.text("answer.absent", plans="、".join(absent))
        case "ward":
            absent = [w for w in slots.wards if w not in finder.wards]
            return said.text("answer.absent", plans="、".join(absent))
        case reason:
            return said.text(f"answer.none.{reason}")
