"""録音図書の枠。始めに題名と凡例、終わりに「以上で…終わります」を読む（音訳の習わし）。"""

from __future__ import annotations

from dataclasses import replace

from content.identity import map_sentences
from content.inline import parse_inline
from content.model import Paragraph, Publication, Section, Sentence

# 原稿の節の目印に使えない字（_）を付けて、原稿の節と重ならないようにする。
OPENING, CLOSING = "opening_", "closing_"


def opening(publication: Publication, voice_name: str) -> Section:
    """題名、発行、この録音についての断り。``voice_name`` は声の名前（原稿の書き方）。"""
    return _section(
        OPENING,
        replace(publication.title, id=""),
        f"発行は、{publication.plan.issuer}です。",
        f"この音声は、{voice_name}による合成音声です。",
        "読み方の校正は、まだ済んでいません。",
    )


def closing(publication: Publication) -> Section:
    title = publication.title.runs
    return _section(
        CLOSING,
        Sentence("", (*parse_inline("以上で、"), *title, *parse_inline("を終わります。"))),
        f"{publication.date.year}年{publication.date.month}月製作。",
    )


def _section(id: str, heading: Sentence, *lines: str) -> Section:
    paragraphs = tuple(Paragraph((Sentence("", parse_inline(line)),)) for line in lines)
    numbers = iter(range(len(lines) + 1))
    return map_sentences(
        Section(id, 1, heading, paragraphs), lambda s: replace(s, id=f"{id}-{next(numbers)}")
    )
