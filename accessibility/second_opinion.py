"""もうひとつの辞書（Sudachi）の意見。読みが食い違う漢字に、職員が確かめる印を付ける。

多数決には使わない（食い違いの多くは、こちらの読みが正しい）。漢字の 3〜4 % に印が付き、そこに
読み誤りの半分がある。職員の画面で、確かめてほしい語に付ける印のためのものである。sudachipy と
その辞書は、pyopenjtalk-plus と一緒に入る。
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import accumulate
from threading import Lock
from typing import Any

from accessibility.kana import sound_to_phonemes
from content.model import Sentence

_KANJI = re.compile(r"[々一-鿿]")
_DIGIT = re.compile(r"\d")


@cache
def _sudachi() -> tuple[Any, Lock]:
    """分ける部品と、2 つのスレッドから同時に使わないための鍵。"""
    from sudachipy import Dictionary  # type: ignore[import-untyped]  # 型の情報を配っていない

    return Dictionary(dict="core").tokenizer(), Lock()


def _parts(text: str) -> list[tuple[int, str]]:
    """Sudachi の語の長さと読み。"""
    tokenizer, one_at_a_time = _sudachi()
    with one_at_a_time:
        return [(len(m.surface()), m.reading_form()) for m in tokenizer.tokenize(text)]


def second_opinion(sentence: Sentence) -> Sentence:
    """Sudachi と読みの違う漢字の Run に ``doubtful`` を付けた文。読みは変えない。

    数とルビの指定には付けない（数の読み方は、はじめから異なる）。「私」（Sudachi はワタクシ）にも
    付けない。
    """
    begins = list(accumulate((len(r.text) for r in sentence.runs), initial=0))
    doubted = [
        (begin, end)
        for begin, end, sound, other in _clusters(sentence)
        if _KANJI.search(sentence.text[begin:end]) and _folded(sound) != _folded(other)
    ]
    runs = tuple(
        replace(run, doubtful=True)
        if _KANJI.search(run.text)
        and not (run.fixed or run.text == "私" or _DIGIT.search(run.text))
        and any(begin <= place < end for begin, end in doubted)
        else run
        for run, place in zip(sentence.runs, begins, strict=False)
    )
    return replace(sentence, runs=runs)


def _clusters(sentence: Sentence) -> Iterator[tuple[int, int, str, str]]:
    """両方の切れ目がそろう範囲ごとの、始まり、終わり、こちらの発音、Sudachi の読み。"""
    ours = [(len(r.text), r.sound) for r in sentence.runs if r.text]
    theirs = _parts(sentence.text)
    begin = mine = yours = 0
    sound = other = ""
    while ours or theirs:
        if ours and (mine <= yours or not theirs):
            length, part = ours.pop(0)
            mine, sound = mine + length, sound + part
        else:
            length, part = theirs.pop(0)
            yours, other = yours + length, other + part
        if mine == yours:
            yield begin, mine, sound, other
            begin, sound, other = mine, "", ""


def _folded(kana: str) -> str:
    """発音とかなづかいの違いを消した音素。"""
    phonemes = " ".join(sound_to_phonemes(unicodedata.normalize("NFKC", kana))).lower()
    return phonemes.replace("o u", "o o").replace("e i", "e e").replace("i u", "y u u")
