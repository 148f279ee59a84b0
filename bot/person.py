"""人ごとに覚えておくこと。選んだ書き方と区、最後の会話だけで、ほかは何も覚えない。"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.furigana import FURIGANA_MODES, FuriganaMode
from bot.reply import Source
from content.model import REGISTERS, Register, Run, Sentence

TURNS = 4
"""覚えておく質問の数。「それはいつ？」が何のことかは、近い質問で決まる。"""
_LONGEST = 200
"""覚えておく質問の長さ。長い質問は、初めだけを覚える。"""


@dataclass(frozen=True, slots=True)
class Last:
    """最後の答え。``source`` の文は、読みのない文字だけを持つ。``rest`` は、まだ言っていない続き。"""

    source: Source
    rest: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """続けて選べること。番号でも、``label`` でも選べる。"""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Person:
    """``ward`` は選んだ区（なければ空）。``asked`` は「分かりましたか」と尋ねたところ。"""

    register: Register = "standard"
    furigana: FuriganaMode = "none"
    ward: str = ""
    turns: tuple[str, ...] = ()
    last: Last | None = None
    offers: tuple[Offer, ...] = ()
    asked: bool = False

    def asking(self, question: str) -> Person:
        """``question`` を尋ねたところ。前の答えと、選べることは、もうない。"""
        turns = (*self.turns, question[:_LONGEST])[-TURNS:]
        return replace(self, turns=turns, last=None, offers=(), asked=False)


def person_to_json(person: Person) -> str:
    last = person.last
    return json.dumps(
        {
            "register": person.register,
            "furigana": person.furigana,
            "ward": person.ward,
            "turns": person.turns,
            "last": last and {"source": _source_to_json(last.source), "rest": last.rest},
            "offers": [[offer.label, offer.text] for offer in person.offers],
            "asked": person.asked,
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def person_from_json(text: str | None) -> Person:
    """``person_to_json`` の逆。前の版が書いたものや、こわれたものは、読めるところだけを使う。"""
    try:
        data = json.loads(text or "{}")
    except ValueError:
        return Person()
    if not isinstance(data, dict):
        return Person()
    register, furigana = data.get("register"), data.get("furigana")
    return Person(
        register=register if register in REGISTERS else "standard",
        furigana=furigana if furigana in FURIGANA_MODES else "none",
        ward=_text(data.get("ward")),
        turns=tuple(t for t in _list(data.get("turns")) if isinstance(t, str))[-TURNS:],
        last=_last(data.get("last")),
        offers=tuple(Offer(label, text) for label, text in _pairs(data.get("offers"))),
        asked=data.get("asked") is True,
    )


def forget_turns(text: str) -> str:
    """覚え書きから、選んだ書き方と区だけを残す。"""
    person = person_from_json(text)
    return person_to_json(Person(person.register, person.furigana, person.ward))


def _source_to_json(source: Source) -> dict[str, Any]:
    return {
        "publication": source.publication,
        "register": source.register,
        "section": source.section,
        "title": source.title,
        "url": source.url,
        "quote": source.quote,
        "sentences": [[sentence.id, sentence.text] for sentence in source.sentences],
    }


def _last(data: object) -> Last | None:
    if not isinstance(data, dict) or not isinstance(data.get("source"), dict):
        return None
    source: Mapping[str, Any] = data["source"]
    texts = [source.get(name) for name in ("publication", "section", "title", "url", "quote")]
    register = source.get("register")
    if register not in REGISTERS or not all(isinstance(text, str) for text in texts):
        return None
    publication, section, title, url, quote = map(_text, texts)
    sentences = tuple(Sentence(id, (Run(text),)) for id, text in _pairs(source.get("sentences")))
    return Last(
        Source(publication, register, section, title, url, quote, sentences),
        _text(data.get("rest")),
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _pairs(value: object) -> list[tuple[str, str]]:
    pairs = [p for p in _list(value) if isinstance(p, list) and len(p) == 2]
    return [(_text(first), _text(second)) for first, second in pairs]


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
