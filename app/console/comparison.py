"""2 つの稿の違い。項目と節ごとに、文と言葉で比べる。原稿の書き方のままの文字を比べるので、読みの違いも分かる。"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from app.console.manuscript import FRONT, Manuscript, Part, split

Mark = Literal["same", "added", "removed"]
Change = Literal["same", "changed", "added", "removed", "moved"]

# 文の終わりか、行の終わりまで。
_SENTENCE = re.compile(r"[^。！？\n]*(?:[。！？]+[」』）〉]*\n*|\n+|$)")
# 漢字の言葉、カタカナの言葉、英数字は、途中で切らない。
_WORD = re.compile(r"[一-鿿々]+|[ァ-ヺー]+|[A-Za-z0-9]+|.", re.S)
_ALIKE = 0.4
"""これより似ていない文は、言葉ごとには比べない（細切れになって、かえって読みにくい）。"""
_LARGEST = 4_000_000
"""言葉の数のかけ算がこれより大きければ、言葉ごとには比べない（何秒もかかる）。"""
_ISLAND = re.compile(r"[ぁ-ゖ、]{1,2}")
"""違う言葉にはさまれた、同じ言葉。違うところに含める。"""


@dataclass(frozen=True, slots=True)
class Piece:
    """``same`` と ``added`` をつなぐと新しい文字、``same`` と ``removed`` をつなぐと前の文字になる。"""

    mark: Mark
    text: str


@dataclass(frozen=True, slots=True)
class Compared:
    """項目か節ひとつの違い。

    ``name`` は項目の名前か見出し、``pieces`` は値か節の中身の違い。``heading`` は、見出しの行が違うときだけの、
    その違い。
    """

    name: str
    change: Change
    pieces: tuple[Piece, ...]
    heading: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """``front`` は表題や日付などの項目、``sections`` は節。新しい稿の順で、なくなった節は、前にあった所に入る。"""

    front: tuple[Compared, ...]
    sections: tuple[Compared, ...]

    @property
    def same(self) -> bool:
        return not self.changed

    @property
    def changed(self) -> tuple[Compared, ...]:
        return tuple(c for c in (*self.front, *self.sections) if c.change != "same")

    @property
    def groups(self) -> tuple[tuple[Compared, ...], ...]:
        """節。変わらない節は、続くものをまとめる。"""
        found: list[list[Compared]] = []
        for section in self.sections:
            joins = section.change == "same" and found and found[-1][-1].change == "same"
            if joins:
                found[-1].append(section)
            else:
                found.append([section])
        return tuple(map(tuple, found))


def compare(before: str, after: str) -> Comparison:
    """原稿の文字 ``before`` と ``after`` を比べる。``before`` が空なら、すべて加えたもの。"""
    old, new = _parts(before), _parts(after)
    names = [n for n in FRONT.values() if old.front.get(n) or new.front.get(n)]
    front = (_item(n, old.front.get(n, ""), new.front.get(n, "")) for n in names)
    return Comparison(tuple(front), tuple(_sections(old.parts, new.parts)))


def pieces(before: str, after: str) -> tuple[Piece, ...]:
    """文字の違い。文ごとに比べ、似た文は言葉ごとに比べる。"""
    found: list[Piece] = []
    for same, a, b in _spans(_SENTENCE.findall(before), _SENTENCE.findall(after)):
        found += [Piece("same", "".join(b))] if same else _sentences(a, b)
    return tuple(_joined(p for p in found if p.text))


def _sentences(before: Sequence[str], after: Sequence[str]) -> list[Piece]:
    """続けて変わった文。同じ数なら、1 つずつ比べる。"""
    if len(before) == len(after):
        return [p for a, b in zip(before, after, strict=True) for p in _words(a, b)]
    return _words("".join(before), "".join(after))


def _words(before: str, after: str) -> list[Piece]:
    a, b = _WORD.findall(before), _WORD.findall(after)
    too_long = len(a) * len(b) > _LARGEST
    if too_long or difflib.SequenceMatcher(None, a, b, autojunk=False).ratio() < _ALIKE:
        return [Piece("removed", before), Piece("added", after)]
    spans = _spans(a, b)
    found: list[Piece] = []
    for place, (same, *sides) in enumerate(spans):
        old, new = ("".join(side) for side in sides)
        inside = 0 < place < len(spans) - 1
        if same and not (inside and _ISLAND.fullmatch(new)):
            found.append(Piece("same", new))
        else:
            found += [Piece("removed", old), Piece("added", new)]
    return found


def _joined(found: Iterator[Piece]) -> Iterator[Piece]:
    """隣り合う違いを、消したもの、加えたものの順に 1 つずつにまとめる。"""
    removed = added = ""
    same = ""
    for piece in found:
        if piece.mark == "same":
            yield from _changed(removed, added)
            removed = added = ""
            same += piece.text
            continue
        if same:
            yield Piece("same", same)
            same = ""
        if piece.mark == "removed":
            removed += piece.text
        else:
            added += piece.text
    yield from _changed(removed, added)
    if same:
        yield Piece("same", same)


def _changed(removed: str, added: str) -> Iterator[Piece]:
    if removed:
        yield Piece("removed", removed)
    if added:
        yield Piece("added", added)


def _spans(a: Sequence[str], b: Sequence[str]) -> list[tuple[bool, Sequence[str], Sequence[str]]]:
    matcher = difflib.SequenceMatcher(None, a, b, autojunk=False)
    return [(tag == "equal", a[i:j], b[k:m]) for tag, i, j, k, m in matcher.get_opcodes()]


def _parts(text: str) -> Manuscript:
    """項目と節。分けられない文字は、全体を 1 つの節とみる。"""
    return split(text) or Manuscript({}, (Part(1, "", "", text),) if text else ())


def _item(name: str, before: str, after: str) -> Compared:
    return Compared(name, "same" if before == after else "changed", pieces(before, after))


def _sections(before: Sequence[Part], after: Sequence[Part]) -> Iterator[Compared]:
    old, new = _by_key(before), _by_key(after)
    matcher = difflib.SequenceMatcher(None, list(old), list(new), autojunk=False)
    for tag, i, j, k, m in matcher.get_opcodes():
        gone = [key for key in list(old)[i:j] if key not in new]
        yield from (_section(old[key], None) for key in gone)
        yield from (
            _section(old.get(key), new[key], moved=tag != "equal") for key in list(new)[k:m]
        )


def _section(before: Part | None, after: Part | None, moved: bool = False) -> Compared:
    lines = [part.line if part else "" for part in (before, after)]
    bodies = [part.body.rstrip() if part else "" for part in (before, after)]
    change: Change = "changed" if lines[0] != lines[1] or bodies[0] != bodies[1] else "same"
    if before is None or after is None:
        change = "added" if after else "removed"
    elif moved:
        change = "moved"
    heading = pieces(*lines) if lines[0] != lines[1] else ()
    shown = after or before
    assert shown is not None
    # 見出しは、名前として見せる。読みの書き方は除く。
    name = re.sub(r"《[^》]*》|[｜\\]", "", shown.heading)
    return Compared(name, change, pieces(*bodies), heading)


def _by_key(parts: Sequence[Part]) -> Mapping[str, Part]:
    return {part.id or f"#{part.heading}": part for part in parts}
