"""試験で使う、読みの付いた文。"""

from __future__ import annotations

from accessibility.readings import Reader
from content.inline import parse_inline
from content.model import Sentence


def sentence(text: str, id: str = "s-1") -> Sentence:
    """``text``（ふりがなの書き方も使える）に読みを付けた文。"""
    return Reader().read(Sentence(id, parse_inline(text)))
