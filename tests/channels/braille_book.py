"""試験で使う、読みの付いた項目のある、点字の媒体。"""

from __future__ import annotations

from accessibility.readings import Reader
from channels.braille import BrailleChannel


def channel() -> BrailleChannel:
    """試験の社協の、発行者と出典の読みを知っている媒体。"""
    reader = Reader()
    names = {text: reader.read_text(text) for text in ("試験社会福祉協議会", "試験の冊子")}
    return BrailleChannel({"shiken": names})
