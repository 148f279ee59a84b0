"""音訳の決まり。記号・数字・英字をどう読むかを、言語処理の前に決める。

``utterance`` は、書かれた文字を「声にする文字」に替える。替えたところも、もとの文字の位置を
持つので、読みは必ずもとの文字に戻せる（文章は 1 字も変わらない）。決まりは ``spoken_rules`` に
あり、点字図書館の音訳の習慣に従う。
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from re import Match, Pattern

from accessibility.frontend import PLACEHOLDER, Pause, wide

PAUSE = "、"
PAUSE_POS = "記号,読点,*,*,*,*"
BREAK_POS = "記号,間,*,*,*,*"
"""読みの辞書が入れた間。文字のない Run にある。"""
JOINED_POS = "記号,間なし,*,*,*,*"
"""読みの辞書が「なし」とした間。文字の側では記号のままで、声にはしない（``voices.words_of``）。"""
NOUN = "名詞,固有名詞,一般,*,*,*"


@dataclass(frozen=True, slots=True)
class Given:
    """読みの決まった語。``reading`` はかなづかい（かな）、``accent`` は核の位置（拍）。

    ``chained`` は、前の語と同じアクセント句につなぐこと。``pause`` は、となりの間。
    """

    reading: str
    accent: int | None = None
    pos: str = NOUN
    chained: bool = False
    pause: Pause = ""


Said = tuple[str | Given, ...]
"""声にするもの。文字は言語処理に渡し、「、」は間になる。空なら読まない。"""


@dataclass(frozen=True, slots=True)
class Piece:
    """文字の一部分。``said`` が ``None`` なら、書いてあるとおりに読む。"""

    begin: int
    end: int
    said: Said | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """決まりひとつ。``say`` が ``None`` を返したところには当てはまらない。"""

    name: str
    pattern: Pattern[str]
    say: Callable[[Match[str]], Said | None]


@dataclass(frozen=True, slots=True)
class Utterance:
    """声にする文字。``text`` の i 番目の字は、もとの文字の ``origins[i]``（始まり、終わり）にあたる。

    ``text`` の ``PLACEHOLDER`` は、順に ``given`` の語を表す。
    """

    text: str
    origins: tuple[tuple[int, int], ...]
    given: tuple[Given, ...]


def pieces(text: str, rules: Sequence[Rule], claimed: Iterable[Piece] = ()) -> tuple[Piece, ...]:
    """文字を、決まりの当てはまる部分と、そのまま読む部分に分ける。

    前にある決まりが先に場所を取る。``claimed`` は初めから決まっている部分。``text`` は、字の幅を
    そろえたもの（``spoken_rules.fold``）。
    """
    found = list(claimed)
    taken = bytearray(len(text))
    for piece in found:
        taken[piece.begin : piece.end] = b"\1" * (piece.end - piece.begin)
    for rule in rules:
        for match in rule.pattern.finditer(text):
            begin, end = match.span()
            if begin == end or taken.find(1, begin, end) >= 0:
                continue
            said = rule.say(match)
            if said is not None:
                found.append(Piece(begin, end, said))
                taken[begin:end] = b"\1" * (end - begin)
    return tuple(_with_gaps(sorted(found, key=lambda p: p.begin), len(text)))


def _with_gaps(found: Sequence[Piece], length: int) -> Iterator[Piece]:
    place = 0
    for piece in found:
        if piece.begin > place:
            yield Piece(place, piece.begin)
        yield piece
        place = piece.end
    if place < length:
        yield Piece(place, length)


def utterance(text: str, parts: Iterable[Piece]) -> Utterance:
    """部分の列から、声にする文字を組み立てる。"""
    letters: list[str] = []
    origins: list[tuple[int, int]] = []
    given: list[Given] = []
    for piece in parts:
        if piece.said is None:
            # もとの文字に私用領域の字があっても、語の印と取り違えない。
            written = text[piece.begin : piece.end].replace(PLACEHOLDER, "〓")
            letters.append(wide(written))
            origins += [(i, i + 1) for i in range(piece.begin, piece.end)]
            continue
        for said in piece.said:
            if isinstance(said, Given):
                given.append(said)
            letters.append(PLACEHOLDER if isinstance(said, Given) else wide(said))
            origins += [(piece.begin, piece.end)] * len(letters[-1])
    return Utterance("".join(letters), tuple(origins), tuple(given))
