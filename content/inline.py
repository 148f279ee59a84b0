"""文の中の書き方。``｜漢字《かんじ》`` と ``\\`` による打ち消し、文の切れ目。"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from content.model import Run

ESCAPABLE = r"\\｜《》〈〉#\-*+>|!\[\]:：.(){}"
_TOKEN = re.compile(
    rf"\\(?P<escaped>[{ESCAPABLE}])|｜(?P<base>(?:\\.|[^｜《》\\])+)《(?P<reading>[^｜《》]*)》|(?P<mark>[｜《》])"
)
_READING = re.compile(r"[ぁ-ゖァ-ヺーゝゞヽヾ・]+")
_PAIRS = {
    "」": "「",
    "』": "『",
    "）": "（",
    "〉": "〈",
    ")": "(",
    "】": "【",
    "］": "［",
    "〕": "〔",
    "”": "“",
}
_CLOSE = "".join(_PAIRS)
# 半角の !? は、空白か文末が続くときだけ文の終わり（「C!」のような名前を切らない）。
_END = re.compile(rf"(?:[。！？]+|[!?]+(?=[\s{re.escape(_CLOSE)}]|$))[{re.escape(_CLOSE)}]*\s*")


class InlineError(ValueError):
    """文の中の書き方の誤り。説明は日本語の 1 文。"""


def parse_inline(source: str) -> tuple[Run, ...]:
    """1 つながりの文章を Run に分ける。隣り合うふつうの文字は 1 つの Run になる。"""
    runs: list[Run] = []
    plain = ""
    position = 0
    for match in _TOKEN.finditer(source):
        plain += source[position : match.start()]
        position = match.end()
        if match["escaped"]:
            plain += match["escaped"]
        elif match["mark"]:
            raise InlineError(
                f"「{_near(source, match.start())}」のふりがなが読み取れません。"
                "｜漢字《かんじ》の形で書くか、記号そのものなら前に \\ を付けてください。"
            )
        else:
            base, reading = _unescape(match["base"]), match["reading"]
            if not _READING.fullmatch(reading):
                raise InlineError(
                    f"「{match[0]}」のふりがなは、ひらがなかカタカナだけで書いてください。"
                )
            if plain:
                runs.append(Run(plain))
                plain = ""
            runs.append(Run(base, reading, fixed=True))
    plain += source[position:]
    if plain:
        runs.append(Run(plain))
    return tuple(runs)


def _unescape(source: str) -> str:
    return re.sub(rf"\\([{ESCAPABLE}])", r"\1", source)


def write_inline(runs: Iterable[Run]) -> str:
    """``parse_inline`` の逆。読みを書いた人が決めた Run だけに、ふりがなを書く。"""
    return "".join(
        f"｜{escape(r.text)}《{r.reading}》" if r.fixed else escape(r.text) for r in runs if r.text
    )


def split_sentences(runs: Iterable[Run]) -> tuple[tuple[Run, ...], ...]:
    """文に分ける。切れ目は、かっこの外の 。！？ の後。後ろの空白は前の文に付く。"""
    runs = tuple(runs)
    text = "".join(r.text for r in runs)
    bracketed = _bracketed(text)
    ends = {m.end() for m in _END.finditer(text) if m.start() not in bracketed} | {len(text)}
    sentences: list[tuple[Run, ...]] = []
    current: list[Run] = []
    position = 0
    for run in runs:
        start = 0
        for offset in range(1, len(run.text) + 1):
            if position + offset in ends and (not run.fixed or offset == len(run.text)):
                current.append(replace(run, text=run.text[start:offset]))
                sentences.append(tuple(current))
                current = []
                start = offset
        if start < len(run.text):
            current.append(replace(run, text=run.text[start:]))
        position += len(run.text)
    return tuple(sentences)


def _bracketed(text: str) -> frozenset[int]:
    """対になったかっこの中の位置。閉じていないかっこは数えない。"""
    inside: set[int] = set()
    opened: list[int] = []
    for position, character in enumerate(text):
        if character in _PAIRS.values():
            opened.append(position)
        elif character in _PAIRS:
            for depth in range(len(opened) - 1, -1, -1):
                if text[opened[depth]] == _PAIRS[character]:
                    inside.update(range(opened[depth], position))
                    del opened[depth:]
                    break
    return frozenset(inside)


def escape(text: str) -> str:
    """文字どおりの文字として読まれるように、文の中の書き方の記号を打ち消す。"""
    return re.sub(r"[\\｜《》|]", lambda m: "\\" + m[0], text)


def _near(source: str, position: int) -> str:
    return source[max(0, position - 8) : position + 9]
