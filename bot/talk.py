"""質問でないもの。あいさつと、人に聞いてほしい困りごと。言葉は ``data/talk.yaml`` にある。"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from bot.crisis import fold


class Talk:
    """``talk.yaml`` の目録。"""

    def __init__(self, catalogue: Mapping[str, Any]) -> None:
        self._greetings = [(re.compile(g["words"]), g["text"]) for g in catalogue["greetings"]]
        consult = catalogue["consult"]
        self._always = _any(consult["always"])
        self._unless_asking = _any(consult["unless_asking"])
        self._asking = re.compile(consult["asking"])

    @classmethod
    def load(cls) -> Talk:
        import yaml

        return cls(yaml.safe_load(files("bot").joinpath("data/talk.yaml").read_text("utf-8")))

    def greeting(self, question: str) -> str | None:
        """あいさつへの返事。あいさつでなければ ``None``。"""
        text = fold(question)
        return next((reply for words, reply in self._greetings if words.search(text)), None)

    def consults(self, question: str) -> bool:
        """人に聞いてほしい困りごとか。「孤立を防ぐ取組は」のような質問は、そうではない。"""
        text = fold(question)
        if self._always.search(text):
            return True
        return bool(self._unless_asking.search(text)) and not self._asking.search(text)


def _any(patterns: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{p})" for p in patterns))
