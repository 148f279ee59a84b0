"""同じ文章のくり返し。1 つのページに、広い画面用と狭い画面用などで、二度書かれたもの。"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from content.intake.characters import plain, squeeze
from content.intake.draft import Remark
from content.intake.lines import Line
from content.intake.pieces import Heading, Piece, words

_LONG = 25  # 続けて同じところが、これより短ければ、たまたま同じこともある（字）
_COMPARED = 40  # 同じ文の、前の場所をくらべる数

Part = Line | Piece


def folded(parts: Sequence[Part]) -> tuple[list[Part], tuple[Remark, ...]]:
    """前にあるところと続けて同じところを除く。見出しで終わるときは、その見出しは残す。"""
    keys = [squeeze(_text(part)) for part in parts]
    earlier: dict[str, list[int]] = defaultdict(list)
    kept: list[Part] = []
    longest = ""
    places = index = 0
    while index < len(parts):
        length = max((_length(keys, at, index) for at in earlier[keys[index]]), default=0)
        while length and _is_heading(parts[index + length - 1]):
            length -= 1
        same = "".join(keys[index : index + length])
        if len(same) >= _LONG:
            places += 1
            longest = max(longest, plain(_text(parts[index])), key=len)
            index += length
            continue
        if len(earlier[keys[index]]) < _COMPARED:
            earlier[keys[index]].append(index)
        kept.append(parts[index])
        index += 1
    if not places:
        return kept, ()
    message = f"前と同じ文章を {places} か所除きました。くり返しが要るところは書き足してください。"
    return _without_twins(kept), (Remark("repeated", message, longest),)


def _length(keys: Sequence[str], before: int, after: int) -> int:
    """``before`` からと ``after`` からで、続けて同じものの数。重なりは数えない。"""
    length = 0
    while before + length < after and after + length < len(keys):
        if keys[before + length] != keys[after + length]:
            break
        length += 1
    return length


def _without_twins(parts: Sequence[Part]) -> list[Part]:
    """中身を除いたために、同じ見出しが 2 つ並んだときの、前の見出しを除く。"""
    following = [*parts[1:], None]
    return [
        part
        for part, below in zip(parts, following, strict=True)
        if below is None
        or not (_is_heading(part) and _is_heading(below) and _text(part) == _text(below))
    ]


def _is_heading(part: Part) -> bool:
    return isinstance(part, Piece) and isinstance(part.content, Heading)


def _text(part: Part) -> str:
    return part.text if isinstance(part, Line) else words(part.content)
