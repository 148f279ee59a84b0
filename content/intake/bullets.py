"""行の頭の印（・ ● • など）で書かれた箇条書きを、原稿の箇条書きにする。"""

from __future__ import annotations

import re
from itertools import groupby

from content.intake.marks import mark

_HYPHENS = tuple("-*‐–")
_DOTS = tuple("●◯○◎")
_MARKED = re.compile(r"[#>|]|[-*+][ \t]|\d+[.)][ \t]")
_FEWEST = 2
"""1 行だけの印は、文の始めの「・」かもしれない。"""


def listed(text: str) -> tuple[str, int]:
    """印で始まる行が 2 つ以上続くところを「- 」の箇条書きにした文字と、変えた行の数。

    原稿では、改行は段落の終わりではないので、そのままでは 1 つの長い文につながる。
    """
    found: list[str] = []
    changed = 0
    below = False  # すぐ上が、ここで作った箇条書き
    for bulleted, group in groupby(text.split("\n"), key=lambda line: bool(_item(line))):
        lines = list(group)
        if not bulleted or len(lines) < _FEWEST:
            if below and lines[0].strip():
                found.append("")
            found += lines
            below = False
            continue
        if found and found[-1].strip():
            found.append("")
        found += [f"- {_item(line)}" for line in lines]
        changed += len(lines)
        below = True
    return "\n".join(found), changed


def _item(line: str) -> str:
    """箇条書きの印の後の文字。印がなければ空。"""
    line = line.strip()
    found = mark(line)
    bullet = found.kind == "bullet" and not line.startswith(_HYPHENS)
    # ○ などは見出しの印でもあり、〇〇市のようにも使う。後に空白のあるものだけ。
    dot = found.style.strip() in _DOTS and (line[:1] == "●" or line[1:2].isspace())
    rest = found.rest.strip() if bullet or dot else ""
    return "" if _MARKED.match(rest) else rest
