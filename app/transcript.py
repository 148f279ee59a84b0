"""ページの会話の控え。サーバーには何も置かず、鍵で署名して、ページの中に入れておく。

署名があるので、ほかの人が作った偽の返事を、このサイトのページとして見せることはできない。
"""

from __future__ import annotations

import base64
import hmac
import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from accessibility.ruby import to_notation
from bot.furigana import written
from bot.person import Person, person_from_json, person_to_json
from bot.turn import Bubble, Runs, Turn
from content.inline import parse_inline
from content.model import Run

EXCHANGES = 20
"""ページに残すやりとりの数。古いものから消える。"""
_IN_TEXT = ("tel:0", "mailto:")
"""ページでは、文の中の番号とメールがそのままリンクになる（110 のような短い番号はならない）。"""
_SIGNATURE = 16
_LARGEST = 1_000_000
"""控えを広げた大きさの上限（バイト）。"""


@dataclass(frozen=True, slots=True)
class Choice:
    """続けて選べること。``label`` はふりがなの書き方、``text`` は押したときに言うこと。"""

    label: str
    text: str

    @property
    def runs(self) -> Runs:
        return parse_inline(self.label)


@dataclass(frozen=True, slots=True)
class Shown:
    """見せた吹き出し。``lines`` とリンクの名前は、ふりがなの書き方。``audio`` は（アドレス, ミリ秒）。"""

    lines: tuple[str, ...]
    links: tuple[tuple[str, str], ...] = ()
    audio: tuple[str, int] | None = None

    @property
    def runs(self) -> tuple[Runs, ...]:
        return tuple(map(parse_inline, self.lines))

    @property
    def link_runs(self) -> tuple[tuple[Runs, str], ...]:
        return tuple((parse_inline(label), url) for label, url in self.links)


@dataclass(frozen=True, slots=True)
class Exchange:
    """やりとり 1 回。``said`` は人が言ったこと（始めのあいさつでは空）。"""

    number: int
    said: str
    shown: tuple[Shown, ...]

    @property
    def text(self) -> str:
        """返事の、ふりがなのない文章。"""
        lines = ("".join(run.text for run in runs) for shown in self.shown for runs in shown.runs)
        return " ".join(lines)


@dataclass(frozen=True, slots=True)
class Transcript:
    """会話の控え。``choices`` は、最後の返事のあとに選べること。"""

    person: Person
    exchanges: tuple[Exchange, ...] = ()
    choices: tuple[Choice, ...] = ()

    def after(self, said: str, turn: Turn, base_url: str = "") -> Transcript:
        """``said`` と言って、``turn`` の返事をもらったあと。リンクの頭の ``base_url`` は外す。"""
        number = self.exchanges[-1].number + 1 if self.exchanges else 0
        hiragana = turn.person.furigana in ("hiragana", "brackets")
        mode = turn.person.furigana if hiragana else "none"

        def notation(runs: Runs) -> str:
            return to_notation((Run(written(runs, mode)),) if hiragana else runs)

        def shown(bubble: Bubble) -> Shown:
            return Shown(
                tuple(map(notation, _lines(bubble.runs))),
                tuple(
                    (notation(link.runs), link.url.removeprefix(base_url))
                    for link in bubble.links
                    if not link.url.startswith(_IN_TEXT)
                ),
                (bubble.audio.url.removeprefix(base_url), bubble.audio.milliseconds)
                if bubble.audio
                else None,
            )

        exchange = Exchange(number, said, tuple(map(shown, turn.bubbles)))
        replies = turn.bubbles[-1].quick_replies if turn.bubbles else ()
        choices = tuple(Choice(notation(r.runs), r.text) for r in replies)
        return Transcript(turn.person, (*self.exchanges, exchange)[-EXCHANGES:], choices)

    def sealed(self, key: bytes) -> str:
        """ページに入れる文字。``opened`` で元に戻る。"""
        data: dict[str, Any] = {
            "person": person_to_json(self.person),
            "exchanges": [
                [e.number, e.said, [[s.lines, s.links, s.audio] for s in e.shown]]
                for e in self.exchanges
            ],
            "choices": [[c.label, c.text] for c in self.choices],
        }
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        packed = zlib.compress(text.encode("utf-8", "replace"), 6)
        return base64.urlsafe_b64encode(_sign(key, packed) + packed).decode()


def opened(sealed: str, key: bytes) -> Transcript | None:
    """``sealed`` の逆。この鍵で署名したものでなければ ``None``。"""
    try:
        raw = base64.b64decode(sealed.encode("ascii"), b"-_", validate=True)
    except ValueError:
        return None
    signature, packed = raw[:_SIGNATURE], raw[_SIGNATURE:]
    if not hmac.compare_digest(signature, _sign(key, packed)):
        return None
    data = json.loads(zlib.decompressobj().decompress(packed, _LARGEST))
    return Transcript(
        person_from_json(data["person"]),
        tuple(Exchange(n, said, tuple(map(_shown, shown))) for n, said, shown in data["exchanges"]),
        tuple(Choice(label, text) for label, text in data["choices"]),
    )


def _sign(key: bytes, packed: bytes) -> bytes:
    # 用途を入れるので、ほかのことのための署名は使えない。
    return hmac.digest(key, b"chat:" + packed, "sha256")[:_SIGNATURE]


def _shown(data: list[Any]) -> Shown:
    lines, links, audio = data
    pairs = tuple((label, url) for label, url in links)
    return Shown(tuple(lines), pairs, (audio[0], audio[1]) if audio else None)


def _lines(runs: Iterable[Run]) -> list[Runs]:
    """行ごとに分ける。"""
    lines: list[list[Run]] = [[]]
    for run in runs:
        for place, part in enumerate(run.text.split("\n") if "\n" in run.text else [run.text]):
            if place:
                lines.append([])
            if part:
                lines[-1].append(run if part == run.text else Run(part, run.reading))
    return [tuple(line) for line in lines if line]
