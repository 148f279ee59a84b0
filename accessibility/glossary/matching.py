"""文字の中から、語を見つける式。

左から順に、いちばん長い語を取る。語でないところで切らないための決まりは 4 つ。

- 英字の語は英字や数字に、カタカナの語はカタカナに続くところでは取らない（「サロンパス」のサロン）。
- ひらがなだけの語は、助詞でないひらがなが後に続くなら取らない（「ふくしま」のふくし）。
- 漢字の語は、ほかの語の字を取らない。「公共助成」の「公共」のような、よくある語
  （``neighbours.tsv``）も左から順に取り、その字には語を当てない。
- 動詞は活用した形でも取る（「踏まえて」「図り」）。
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from re import Pattern

_PARTICLES = "はがをにのもとでやへづ"
_GODAN = {
    "う": "わいうえおっ", "く": "かきくけこい", "ぐ": "がぎぐげごい", "す": "さしすせそ",
    "つ": "たちつてとっ", "ぬ": "なにぬねのん", "ぶ": "ばびぶべぼん", "む": "まみむめもん",
    "る": "らりるれろっ",
}  # fmt: skip
"""五段の動詞の語尾と、助詞や助動詞の前の形。"""

_ICHIDAN = re.compile("[いきしちにひみりぎじびえけせてねへめれげぜでべ]る$")


def inflections(word: str) -> Iterator[str]:
    """動詞（う段のひらがなで終わる語）が、文の中で取る形の初め。ほかの語なら空。

    「踏まえる」のように、い段かえ段のひらがなに「る」が続けば一段、ほかは五段（図る）とみる。
    """
    if _ICHIDAN.search(word):
        yield word[:-1]
    else:
        yield from (word[:-1] + kana for kana in _GODAN.get(word[-1], ""))


def pattern(words: Iterable[str]) -> Pattern[str]:
    """語を左から順に、長いものから取る式。"""
    rests: dict[str, list[str]] = {}
    for word in sorted(set(words), key=lambda word: (-len(word), word)):
        rests.setdefault(word[0], []).append(re.escape(word[1:]) + _right_guard(word))
    # 初めの字を先に置くと、正規表現がそこまで読み飛ばせる。左の決まりはその字の後で確かめる。
    return re.compile(
        "|".join(
            f"{re.escape(first)}{_left_guard(first)}(?:{'|'.join(rest)})"
            for first, rest in sorted(rests.items())
        )
        or "(?!)"
    )


def _run(letter: str) -> str:
    """続いていたら 1 つの語とみる字の種類。"""
    if letter.isascii() and letter.isalnum():
        return "[A-Za-z0-9]"
    return "[ァ-ヺー]" if re.match("[ァ-ヺー]", letter) else ""


def _left_guard(first: str) -> str:
    run = _run(first)
    return f"(?<!{run}{re.escape(first)})" if run else ""


def _right_guard(word: str) -> str:
    if re.fullmatch("[ぁ-ゖー]+", word):
        return f"(?:(?![ぁ-ゖ])|(?=[{_PARTICLES}]))"
    run = _run(word[-1])
    return f"(?!{run})" if run else ""
