"""文が、原稿の何行目にあるか。"""

from __future__ import annotations

import re
from collections.abc import Mapping

from content.inline import InlineError, parse_inline
from content.model import Publication

_SPACES = re.compile(r"\s+")


def sentence_lines(publication: Publication, source: str) -> Mapping[str, int]:
    """文の id → ``source``（原稿の文字）の行（1 から）。

    文は原稿と同じ順に並ぶので、前の文の後から、空白を除いて探す。見つからない文（書きかえた後の原稿など）は、
    前の文と同じ行とみる。
    """
    text, starts = "", list[int]()
    for line in source.splitlines():
        starts.append(len(text))
        text += _SPACES.sub("", _shown(line))
    found: dict[str, int] = {}
    place, number = 0, 1
    for sentence in publication.sentences:
        at = text.find(_SPACES.sub("", sentence.text), place)
        if at >= 0:
            place = at + 1
            while number < len(starts) and starts[number] <= at:
                number += 1
        found[sentence.id] = number
    return found


def _shown(line: str) -> str:
    """原稿の 1 行を、文の文字にする。"""
    try:
        return "".join(run.text for run in parse_inline(line))
    except InlineError:
        return line
