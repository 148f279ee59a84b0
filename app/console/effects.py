"""読みの辞書に語を書くと、社協の文章のどこの読みが変わるか。保存する前に見せる。"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from accessibility.spoken import JOINED_POS
from app.console.fixed_ruby import places_of
from app.console.frame import Console, Visitor, named
from app.console.previewing import spans
from content.model import Run, Sentence

if TYPE_CHECKING:
    from accessibility.dictionary import Dictionary

Here = tuple[str, str, str, int, int]
"""直している所: 出版物の id、種類、文の id、語の始まりと終わり。"""
_AROUND = 12
"""変わる所の前後に見せる字の数。"""


@dataclass(frozen=True, slots=True)
class Used:
    """語の出てくる文章ひとつ。"""

    title: str
    count: int


@dataclass(frozen=True, slots=True)
class Shift:
    """読みの変わる所。``text`` は変わる部分と、その前後。読みが同じなら、アクセントだけが変わる。

    読みの中の間は「（間）」と書く。
    """

    title: str
    sentence: str
    text: tuple[str, str, str]
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Effects:
    """``used`` は語の出てくる文章、``shifts`` は読みの変わる、ほかの所。"""

    used: tuple[Used, ...] = ()
    shifts: tuple[Shift, ...] = ()

    @property
    def count(self) -> int:
        return sum(used.count for used in self.used)

    @property
    def key(self) -> str:
        """見せた所を言い当てる要約。変わる所がなければ空。"""
        listed = [[s.title, s.sentence, s.before, s.after] for s in self.shifts]
        return hashlib.sha256(json.dumps(listed).encode()).hexdigest()[:32] if listed else ""


def effects_of(
    console: Console,
    visitor: Visitor,
    council: str,
    word: str,
    dictionaries: tuple[Dictionary, Dictionary],
    here: Here,
) -> Effects:
    """``dictionaries`` は書く前と後の辞書、``here`` は直している所。"""
    from accessibility.readings import Reader

    readers = [Reader(dictionary) for dictionary in dictionaries]
    used: list[Used] = []
    shifts: list[Shift] = []
    for desk in console.desks(visitor):
        if desk.latest.council != council:
            continue
        publication = console.approvals.publication(desk.opening)
        found = [s for s in publication.sentences if word in s.text]
        if not found:
            continue
        title = named(publication.title.text, desk.kind)
        used.append(Used(title, sum(len([*places_of(s.text, word)]) for s in found)))
        for sentence in found:
            mine = (desk.subject, desk.kind, sentence.id) == here[:3]
            before, after = (reader.read(sentence) for reader in readers)
            shifts += _shifts(title, before, after, here[3:] if mine else None)
    return Effects(tuple(used), tuple(shifts))


def _shifts(
    title: str, before: Sentence, after: Sentence, known: tuple[int, int] | None
) -> Iterator[Shift]:
    """2 つの読みの違うところ。``known``（始まりと終わり）の中だけの違いを除く。

    間を入れると、語の前後のアクセントも変わるので、``known`` のとなりの、読みの同じ所も除く。
    """
    one, two = before.runs, after.runs
    phrase = _phrase(after, *known) if known else None
    for tag, i, j, k, m in SequenceMatcher(None, one, two, autojunk=False).get_opcodes():
        begin, end = len(_text(one[:i])), len(_text(one[:j]))
        inside = known and known[0] <= begin and end <= known[1]
        if _spelled(one[i:j]) == _spelled(two[k:m]):
            inside = inside or (phrase and phrase[0] <= end and begin <= phrase[1])
        if tag == "equal" or inside:
            continue
        while i and k and one[i - 1] == two[k - 1] and (_silent(one[i:j]) or _silent(two[k:m])):
            i, k = i - 1, k - 1  # 間の前の語から見せる
        lead, changed = _text(one[:i]), _text(one[i:j])
        text = (lead[-_AROUND:], changed, _text(one[j:])[:_AROUND])
        yield Shift(title, before.id, text, _reading(one[i:j]), _reading(two[k:m]))


def _phrase(sentence: Sentence, begin: int, end: int) -> tuple[int, int]:
    """``begin`` から ``end`` までの語のある、アクセント句の始まりと終わり。"""
    shown = [*spans(sentence)]
    chained = {first for first, _, run in shown if run.words and run.words[0].chained}
    begins = [first for first, _, _ in shown if first <= begin and first not in chained]
    ends = [last for _, last, _ in shown if last >= end and last not in chained]
    return (begins or [begin])[-1], (ends or [end])[0]


def _text(runs: Sequence[Run]) -> str:
    return "".join(run.text for run in runs)


def _spelled(runs: Sequence[Run]) -> str:
    return "".join(run.reading or "" for run in runs)


def _reading(runs: Sequence[Run]) -> str:
    return "".join(run.reading or ("（間）" if _rests(run) else "") for run in runs)


def _silent(runs: Sequence[Run]) -> bool:
    """間や記号から始まるか。"""
    return bool(runs) and not runs[0].reading


def _rests(run: Run) -> bool:
    """声が休むか。"""
    return any(word.is_pause and word.pos != JOINED_POS for word in run.words)
