"""答えられないわけの言い方。"""

from __future__ import annotations

from bot.finder import Finder, Found


def why(found: Found, finder: Finder) -> str:
    """``found`` が見つからなかったわけ。とくになければ空。"""
    slots = found.slots
    match found.reason:
        case "city":
            return "市役所の計画のことでしたら、市役所にお尋ねください。"
        case "elsewhere":
            return "ほかの市や区のことでしたら、そちらの社会福祉協議会にお尋ねください。"
        case "period":
            absent = [f"第{n}期" for n in slots.numbers if n not in finder.numbers]
            return f"{'、'.join(absent)}の計画は、まだここにありません。"
        case "ward":
            absent = [w for w in slots.wards if w not in finder.wards]
            return f"{'、'.join(absent)}の計画は、まだここにありません。"
        case "missing":
            return "お尋ねのことは、もとの資料に書かれていません。"
        case "untold":
            return "近いことなら、書かれています。"
        case "":
            return ""
