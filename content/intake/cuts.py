"""文の途中に、空の行の入ったところ。つなぐべきかは人にしか分からないので、知らせだけを付ける。"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from content.intake.characters import plain
from content.intake.draft import Remark
from content.intake.marks import ends_sentence, mark
from content.intake.pieces import Piece, Text

_PROSE = re.compile("[、。]")  # 名前や題ではなく、文
_OPEN = re.compile("[一-龠々ァ-ヶーぁ-ゖ、]")  # 続きのあるときの、最後の字
_ENDED = re.compile("(?:ます|です|ました|でした|ません|ください)$")  # 。のない文の終わり
_GOES_ON = re.compile("[ぁ-ゖー、。]")  # 続きのときの、最初の字
_AROUND = 8


def with_cuts(pieces: Sequence[Piece]) -> list[Piece]:
    """文の途中で切れているらしい段落の、後の方に知らせを付けたもの。"""
    found = list(pieces[:1])
    for above, below in pairwise(pieces):
        place = _cut(above, below)
        if place:
            message = "／のところで、1 つの文が空の行で切れているようです。続きなら、空の行を消してください。"
            remark = Remark("cut", message, place, below.page)
            below = replace(below, remarks=(*below.remarks, remark))
        found.append(below)
    return found


def _cut(above: Piece, below: Piece) -> str:
    """切れ目の前後の文字。切れていなければ空。"""
    one, other = above.content, below.content
    if not isinstance(one, Text) or not isinstance(other, Text) or one.note or other.note:
        return ""
    before, after = plain(one.text).rstrip(), plain(other.text).lstrip()
    ended = ends_sentence(before) or _ENDED.search(before)
    unfinished = _OPEN.match(before[-1:]) and not ended and _PROSE.search(before)
    goes_on = _GOES_ON.match(after) or (ends_sentence(after) and not mark(after).kind)
    return f"{before[-_AROUND:]}／{after[:_AROUND]}" if unfinished and goes_on else ""
