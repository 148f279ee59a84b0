"""人の録音と、校正済のしるし。原稿のフォルダでの書き方（``tsutawaru export`` が書き、``publish`` が読む）。

``<社協>/recordings/<名前>[.plain]/<節>.mp3`` と ``.m4a``（どの版にも使う形の音）と ``.tsv``（文の切れ目）、
``<社協>/proofread.tsv``。
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from content.model import REGISTERS, Register, Sentence
from content.notation import BROKEN, TURNING
from content.problems import NotationError, Problem

RECORDINGS_FOLDER = "recordings"
PROOFREAD_FILE = "proofread.tsv"
LONGEST_READER = 40

Sounds = Callable[[str], tuple[bytes, bytes]]
"""音の名前（``Recording.sound``）から、MP3 と AAC。"""


@dataclass(frozen=True, slots=True)
class Proofread:
    """人が聞いて校正を終えたしるし。音の要約（``accessibility.heard``）が ``digest`` の版にだけ付く。"""

    publication: str
    register: Register
    digest: str
    day: datetime.date


@dataclass(frozen=True, slots=True)
class Recording:
    """人が読んだ節。節の文字の要約が ``digest`` と同じ間だけ、合成音声の代わりに使う。

    ``sound`` は音の名前（MP3 の SHA-256）、``times`` は文の id と録音の中の時間（秒）、``reader`` は
    読んだ人の名前。
    """

    publication: str
    register: Register
    section: str
    digest: str
    sound: str
    times: tuple[tuple[str, float, float], ...]
    reader: str


def text_key(sentences: Iterable[Sentence]) -> str:
    """節の文字の要約。人の録音は、文字が同じ間だけ使う（読みの辞書を直しても、人の読みは変わらない）。"""
    said = json.dumps(["text", [s.text for s in sentences]], ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()


def reader_fault(name: str) -> str:
    """版に出す、読んだ人の名前の、直すところ。なければ空。"""
    if not name:
        return "読んだ人の名前（版に出す名前）を書いてください。"
    if len(name) > LONGEST_READER or name.splitlines() != [name] or {*name} & {*"\t《》｜〈〉"}:
        return (
            f"名前は {LONGEST_READER} 字までで、《》｜〈〉 とタブと改行を使わずに書いてください。"
        )
    if match := TURNING.search(name) or BROKEN.search(name):
        return (
            f"名前に、目に見えない文字か、ほかの機械で出ない文字（U+{ord(match[0]):04X}）があります。"
            "書き直してください。"
        )
    return ""


# 文の切れ目 --------------------------------------------------------------------------

_READER, _DIGEST, _BORDERS = "読んだ人", "文章の要約", ("文", "始まり", "終わり")


def write_borders(recording: Recording) -> str:
    """``<節>.tsv``。``read_borders`` の逆。"""
    rows = [(_READER, recording.reader), (_DIGEST, recording.digest), _BORDERS]
    times = [(id, repr(begin), repr(end)) for id, begin, end in recording.times]
    return _table([*rows, *times])


def read_borders(
    text: str, publication: str, register: Register, section: str, sound: str, *, file: str
) -> Recording:
    """``<節>.tsv`` の録音。誤りは ``NotationError``。"""
    rows = _rows(text)
    reader = _named(rows, 0, _READER, file)
    digest = _named(rows, 1, _DIGEST, file)
    if fault := reader_fault(reader):
        raise _fault(file, 1, fault)
    if len(rows) < 4 or rows[2] != list(_BORDERS):
        raise _fault(file, 3, f"「{'、'.join(_BORDERS)}」の見出しの後に、文を並べてください。")
    times: list[tuple[str, float, float]] = []
    for line, row in enumerate(rows[3:], 4):
        before = times[-1][2] if times else 0.0
        try:
            id, begin, end = row[0], float(row[1]), float(row[2])
            good = len(row) == 3 and begin == before and begin < end < float("inf")
        except (IndexError, ValueError):
            good = False
        if not good:
            message = "文の目印、始まり、終わり（秒）を、前の文の終わりから続けて書いてください。"
            raise _fault(file, line, message)
        times.append((id, begin, end))
    return Recording(publication, register, section, digest, sound, tuple(times), reader)


# 校正済のしるし ------------------------------------------------------------------------

_MARKS = ("原稿", "種類", "音の要約", "校正の日")


def write_proofread(marks: Iterable[Proofread]) -> str:
    """``proofread.tsv``。``read_proofread`` の逆。"""
    rows = [(m.publication.split("/")[1], m.register, m.digest, m.day.isoformat()) for m in marks]
    return _table([_MARKS, *rows])


def read_proofread(text: str, council: str, *, file: str) -> Iterator[Proofread]:
    """誤りは ``NotationError``。"""
    rows = _rows(text)
    if rows[:1] != [list(_MARKS)]:
        raise _fault(file, 1, f"1 行目は「{'、'.join(_MARKS)}」の見出しにしてください。")
    for line, row in enumerate(rows[1:], 2):
        try:
            name, kind, digest, date = row
            register = next(r for r in REGISTERS if r == kind)
            day = datetime.date.fromisoformat(date)
        except (StopIteration, ValueError):
            message = (
                "原稿、種類（standard か plain）、音の要約、日（2026-11-22）を書いてください。"
            )
            raise _fault(file, line, message) from None
        yield Proofread(f"{council}/{name}", register, digest, day)


# 表 -------------------------------------------------------------------------------


def _table(rows: Iterable[Iterable[str]]) -> str:
    return "".join("\t".join(row) + "\n" for row in rows)


def _rows(text: str) -> list[list[str]]:
    return [line.split("\t") for line in text.splitlines()]


def _named(rows: list[list[str]], place: int, name: str, file: str) -> str:
    """``name`` の行の値。"""
    if len(rows) <= place or len(rows[place]) != 2 or rows[place][0] != name:
        raise _fault(file, place + 1, f"「{name}」と、タブと、値を書いてください。")
    return rows[place][1]


def _fault(file: str, line: int, message: str) -> NotationError:
    return NotationError([Problem(file, line, message)])
