"""社協の読みの辞書の、書きかえ中の稿。語を 1 つずつ直し、そのたびに稿にする。

稿は、文章といっしょに提出して承認されるまで、公開した版には使われない。下見には、すぐに使う。
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from app.console.frame import Console
from app.console.words import PAUSES
from content.workflow import Actor, Conflict, Desk, Revision, Work, WorkflowError

if TYPE_CHECKING:
    from accessibility.dictionary import Dictionary, Entry

_TRIES = 3
"""ほかの人の保存と重なったときに、書き足し直す回数。"""

Change = Callable[[str], str]
"""表の文字を書きかえる。"""


class Overtaken(WorkflowError):
    """画面を開いた後に、ほかの人が同じ語を直した。"""


@dataclass(frozen=True, slots=True)
class Readings:
    """``council`` の読みの辞書の今。``desk`` は、まだ辞書がなければ ``None``。"""

    council: str
    desk: Desk | None

    @property
    def base(self) -> int | None:
        """いちばん新しい稿の番号（保存するときの、もとの稿）。"""
        return self.desk.latest.id if self.desk else None

    @property
    def seen(self) -> int | None:
        """書きかえるもとの稿の番号。"""
        return self.desk.opening.id if self.desk else None

    @property
    def text(self) -> str:
        from accessibility.dictionary import HEADER

        return self.desk.opening.text if self.desk else "\t".join(HEADER) + "\n"

    @property
    def dictionary(self) -> Dictionary:
        return _parsed(self.text)

    @property
    def waiting(self) -> tuple[Entry, ...]:
        """公開中の辞書と違う、まだ承認されていない語。"""
        return tuple(e for e in self.dictionary.entries if e not in self._published)

    @property
    def dropped(self) -> tuple[Entry, ...]:
        """公開中の辞書にはあり、承認されるとなくなる語。"""
        from accessibility.spoken_rules import fold

        kept = {fold(e.word) for e in self.dictionary.entries}
        return tuple(e for e in self._published if fold(e.word) not in kept)

    @property
    def _published(self) -> tuple[Entry, ...]:
        published = self.desk.published if self.desk else None
        return _parsed(published.text).entries if published else ()


def readings_of(console: Console, council: str) -> Readings:
    return Readings(council, console.approvals.desk(council, "readings"))


def entry_for(dictionary: Dictionary, word: str) -> Entry | None:
    """``word`` そのものの行。字の幅は問わない。"""
    from accessibility.spoken_rules import fold

    text = fold(word)
    found = dictionary.match(text, 0, (len(text),)) if text else None
    return found[1] if found else None


def details(entry: Entry) -> str:
    """読みのほかに決めたこと。「アクセント 1、間は「後で休む」、お店の呼び方」。"""
    accent = "" if entry.accent is None else f"アクセント {entry.accent}"
    pause = f"間は「{PAUSES[entry.pause]}」" if entry.pause else ""
    return "、".join(filter(None, (accent, pause, entry.note)))


def in_words(text: str) -> str:
    """表を、1 語を 1 行の言葉にしたもの。説明の行（#）はそのまま。読めない表は、表のまま。"""
    try:
        entries = iter(_parsed(text).entries)
    except ValueError:
        return text
    lines = (line for line in text.splitlines()[1:] if line.strip())
    said = (line if line.startswith("#") else _said(next(entries)) for line in lines)
    return "".join(f"{line}\n" for line in said)


def _said(entry: Entry) -> str:
    return f"{entry.word}（{entry.reading}） {details(entry)}".rstrip()


def with_entry(text: str, entry: Entry) -> str:
    """``entry`` を書いた表。同じ語の行があれば、その所に書く。ほかの行は変えない。

    「間」の列のない前からの表に間を書くときは、見出しだけを新しくする。
    """
    from accessibility.dictionary import HEADER
    from accessibility.spoken_rules import fold

    lines = text.splitlines()
    if entry.pause:
        lines[0] = "\t".join(HEADER)
    same = [n for n, line in enumerate(lines) if n and _word(line) == fold(entry.word)]
    accent = "" if entry.accent is None else str(entry.accent)
    fields = (entry.word, entry.reading, accent, entry.note, entry.pause)
    row = "\t".join(fields).rstrip("\t")
    kept = [line for n, line in enumerate(lines) if n not in same]
    kept.insert(same[0] if same else len(kept), row)
    return "\n".join(kept) + "\n"


def without_entry(text: str, word: str) -> str:
    """``word`` の行を除いた表。"""
    from accessibility.spoken_rules import fold

    lines = text.splitlines()
    kept = [line for n, line in enumerate(lines) if not n or _word(line) != fold(word)]
    return "\n".join(kept) + "\n"


def change_word(
    console: Console,
    council: str,
    seen: int | None,
    word: str,
    change: Change,
    actor: Actor,
    tries: int = _TRIES,
) -> Revision:
    """``word`` の行を ``change`` で書きかえた稿。``seen`` は、画面で見ていた辞書の稿（``Readings.seen``）。

    見ている間に、ほかの人がほかの語を直していれば、その稿に書き足す。同じ語を別の読みに直していれば
    ``Overtaken``。表の誤りは ``ValueError``。
    """
    readings = readings_of(console, council)
    text = change(readings.text)
    now = _row(readings.text, word)
    if now not in (_row(_seen(console, council, seen), word), _row(text, word)):
        also = f"（{details(now)}）" if now and details(now) else ""
        said = f"「{now.reading}」{also}に直しました" if now else "辞書から除きました"
        raise Overtaken(
            f"見ている間に、ほかの人が「{word}」を{said}。確かめて、もう一度保存してください。"
        )
    try:
        return console.drafts.save(Work(council, "readings", text, readings.base), actor)
    except Conflict:  # 読んでから書くまでの間に、ほかの人が保存した
        if tries <= 1:
            raise
        return change_word(console, council, seen, word, change, actor, tries - 1)


def _seen(console: Console, council: str, id: int | None) -> str:
    """画面で見ていた辞書の文字。なければ、空の辞書。"""
    found = console.approvals.revision(id) if id else None
    if found is None or (found.subject, found.kind) != (council, "readings"):
        return Readings(council, None).text
    return found.text


def _row(text: str, word: str) -> Entry | None:
    found = entry_for(_parsed(text), word)
    return replace(found, note="") if found else None


def _word(line: str) -> str:
    from accessibility.spoken_rules import fold

    return "" if line.startswith("#") else fold(line.split("\t")[0].strip())


def _parsed(text: str) -> Dictionary:
    from accessibility.dictionary import parse_dictionary

    return parse_dictionary(text, "読みの辞書")
