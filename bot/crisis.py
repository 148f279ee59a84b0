"""命や体の危険がある言葉を見つけ、話せる人を先に示す。言葉と番号は ``data/crisis.yaml`` にある。

検索より先に調べる。「夫に殴られて…赤ちゃんもいます」に、赤ちゃんのサロンを答えてはならない。
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from accessibility.kana import to_hiragana
from bot.quote import joined
from bot.reply import Answer
from content.model import Contact

_NOT_WORDS = re.compile(r"[^\w!]|_")
_INSIDE_IDIOM = re.compile(r"死ぬほど(?!つら|辛|苦)|しぬほど(?!つら|くるし)")


@dataclass(frozen=True, slots=True)
class Line:
    """話せる人の番号。``checked_on`` は、公の資料と照らした日。"""

    name: str
    number: str
    note: str
    source: str
    checked_on: datetime.date


@dataclass(frozen=True, slots=True)
class Crisis:
    """危険の種類。``lead`` は最初に言うこと、``lines`` は話せる人（示す順）。"""

    name: str
    lead: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class _Kind:
    crisis: Crisis
    urgent: re.Pattern[str]
    topic: re.Pattern[str] | None


class Crises:
    """``crisis.yaml`` の目録。言葉の書き方の誤りは ``re.error``、足りない項目は ``KeyError``。"""

    def __init__(self, catalogue: Mapping[str, Any]) -> None:
        self.lines: Mapping[str, Line] = {
            id: Line(v["name"], v["number"], v["note"], v["source"], v["checked"])
            for id, v in catalogue["lines"].items()
        }
        self._informational = _any(catalogue["informational"])
        self._personal = _any(catalogue["personal"])
        self._kinds = [
            _Kind(
                Crisis(k["name"], k["lead"], tuple(self.lines[id] for id in k["lines"])),
                _any(k["urgent"]),
                _any(k["topic"]) if "topic" in k else None,
            )
            for k in catalogue["kinds"]
        ]

    @classmethod
    def load(cls) -> Crises:
        import yaml

        return cls(yaml.safe_load(files("bot").joinpath("data/crisis.yaml").read_text("utf-8")))

    def find(self, question: str) -> Crisis | None:
        """質問にある危険。いちばん急ぐもの。なければ ``None``。"""
        text = _INSIDE_IDIOM.sub("とても", fold(question))
        for kind in self._kinds:
            if kind.urgent.search(text):
                return kind.crisis
        if self._informational.search(text) and not self._personal.search(text):
            return None
        for kind in self._kinds:
            if kind.topic and kind.topic.search(text):
                return kind.crisis
        return None


def people_first(question: str, crisis: Crisis) -> Answer:
    """話せる人だけの答え。会話として残さない。"""
    pieces = [crisis.lead, *(f"{x.name} {x.number}（{x.note}）" for x in crisis.lines)]
    text = "\n".join(pieces)
    contacts = tuple(
        Contact("緊急", x.name, x.number, checked_on=x.checked_on, source=x.source)
        for x in crisis.lines
    )
    return Answer(
        question, "crisis", text, joined(pieces), confidence=1.0, contacts=contacts, private=True
    )


def fold(text: str) -> str:
    """比べるための形。半角英小文字とひらがなにそろえ、空白と句読点（「!」のほか）を除く。"""
    return _NOT_WORDS.sub("", to_hiragana(unicodedata.normalize("NFKC", text).casefold()))


def _any(patterns: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{p})" for p in patterns))
