"""書く画面から来た文字を、原稿の決まりに合わせる。書いた人が知らなくてもよい決まりは、画面が守る。

ファイルから読む原稿は、ここを通らず、誤りとして断る。
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from app.console.manuscript import Manuscript, Part, heading_in
from content.inline import InlineError, parse_inline
from content.intake.bullets import listed
from content.notation_body import derived_id


def numbered(manuscript: Manuscript) -> Manuscript:
    """同じ目印（同じ言葉の見出しなど）の 2 つめからの節に、空いている番号の目印を付ける。"""
    names = _Names({part.id for part in _headings(manuscript) if part.id})
    parts: list[Part] = []
    for part in manuscript.parts:
        part = names.unlike(part)
        body = "\n".join(names.line(line) for line in part.body.split("\n"))
        parts.append(replace(part, body=body))
    return replace(manuscript, parts=tuple(parts))


def numbered_text(text: str) -> str:
    """1 つに書いた文章の、見出しの目印。"""
    lines = text.split("\n")
    names = _Names({p.id for line in lines if (p := heading_in(line)) and p.id})
    return "\n".join(names.line(line) for line in lines)


def with_lists(manuscript: Manuscript) -> tuple[Manuscript, int]:
    """「・」などで始まる行の続くところを箇条書きにした原稿と、変えた行の数。"""
    found = [listed(part.body) for part in manuscript.parts]
    parts = zip(manuscript.parts, found, strict=True)
    bodies = tuple(replace(part, body=body) for part, (body, _) in parts)
    return replace(manuscript, parts=bodies), sum(lines for _, lines in found)


@dataclass(slots=True)
class _Names:
    """``written`` は書いてある目印のすべて。``used`` は、ここまでの見出しの目印。"""

    written: set[str]
    used: set[str] = field(default_factory=set)

    def unlike(self, part: Part) -> Part:
        id = part.id or _derived(part.heading)
        if id in self.used:
            id = self._free()
            part = replace(part, id=id)
        self.used.add(id)
        return part

    def line(self, line: str) -> str:
        part = heading_in(line)
        new = part and self.unlike(part)
        return line if new == part or new is None else new.line

    def _free(self) -> str:
        number = 1
        while f"section-{number}" in self.written | self.used:
            number += 1
        return f"section-{number}"


def _headings(manuscript: Manuscript) -> Iterator[Part]:
    for part in manuscript.parts:
        yield part
        yield from filter(None, map(heading_in, part.body.split("\n")))


def _derived(heading: str) -> str:
    """目印のない見出しの目印。読めない見出し（誤りになる）は、書いた文字から。"""
    try:
        return derived_id("".join(run.text for run in parse_inline(heading)))
    except InlineError:
        return derived_id(heading)
