"""原稿の文字を、項目と節に分け、書き直し、もとの形につなぐ。

分けたものは、書かれた文字のままで、誤りがあってもよい（誤りは ``content.notation`` が見つける）。つなぐと、
どの行がどの項目から来たのかも分かるので、行で示された誤りを、画面の項目の所に出せる。
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from content.fields import parse_fields, write_fields
from content.problems import NotationError, Problem, Problems

FRONT: Mapping[str, str] = {
    "title": "表題",
    "issuer": "発行",
    "series": "計画",
    "number": "期",
    "years": "期間",
    "extended": "延長",
    "ward": "区",
    "date": "日付",
    "proofread": "校正",
    "source": "出典",
}
"""始めの項目: 画面の項目の名前（``front_`` の後）→ 原稿の言葉。原稿に書く順。"""

_OPENING = re.compile(r"---[ \t]*\n(?P<front>.*?\n)?---[ \t]*(?:\n|$)", re.S)
_HEADING = re.compile(r"(?P<marks>#{1,6})(?:[ \t]+(?P<rest>.*))?")
_ID = re.compile(r"\s*(?<!\\)\{#(?P<id>[^{}]*)\}$")
_NAMED = re.compile(r"「(?P<name>[^」:]+)[」:]")


@dataclass(frozen=True, slots=True)
class Part:
    """節。``heading`` と ``body`` は、原稿の書き方のままの文字。``id`` がなければ空。"""

    level: int
    heading: str
    id: str
    body: str = ""

    @property
    def line(self) -> str:
        mark = f" {{#{self.id}}}" if self.id else ""
        return f"{'#' * self.level} {self.heading}{mark}"


@dataclass(frozen=True, slots=True)
class Spot:
    """原稿の 1 行の、画面での所。``field`` は項目の名前、``line`` はその項目の中の行（1 から）。

    ``name`` は人に見せる所の名前（「基本理念」など）。
    """

    field: str
    line: int
    name: str = ""


@dataclass(frozen=True, slots=True)
class Joined:
    """つないだ原稿。``spots`` は、行ごとの所。"""

    text: str
    spots: tuple[Spot, ...]

    def spot(self, line: int) -> Spot:
        """``line``（1 から）の所。原稿の外の行は、いちばん近い行とみる。"""
        return self.spots[min(max(line, 1), len(self.spots)) - 1]

    def field_of(self, problem: Problem) -> str:
        """誤りのある項目。書いていない項目の誤りは、その項目。"""
        spot = self.spot(problem.line)
        named = _NAMED.match(problem.message)
        told = problem.missing or (named["name"] if named else "")
        if spot.field.startswith("front_") and told in FRONT.values():
            return next(f"front_{key}" for key, name in FRONT.items() if name == told)
        return spot.field

    def message(self, problem: Problem) -> str:
        """原稿の行ではなく、画面での所で言う、誤りの説明。"""
        spot = self.spot(problem.line)
        if spot.field.startswith("front_"):
            return f"{problem.missing}を入れてください。" if problem.missing else problem.message
        if spot.field.startswith("heading_"):
            return f"見出し「{spot.name}」: {problem.message}"
        place = f"「{spot.name}」の " if spot.name else ""
        return f"{place}{spot.line} 行目: {problem.message}"

    def explain(self, error: NotationError) -> tuple[tuple[str, str], ...]:
        """誤りのすべての（説明, 項目）。"""
        return tuple((self.message(p), self.field_of(p)) for p in error.problems)


@dataclass(frozen=True, slots=True)
class Manuscript:
    """項目と節に分けた原稿。``front`` は原稿の言葉（「表題」など）→ 値。"""

    front: Mapping[str, str]
    parts: tuple[Part, ...]

    def joined(self) -> Joined:
        """1 つの文字にする。番号は 1 からの節の順で、``heading_1``、``body_1`` の項目になる。"""
        written = {name: self.front.get(name, "") for name in FRONT.values()}
        lines = ["---", *write_fields(written).splitlines(), "---"]
        keys = [f"front_{key}" for key, name in FRONT.items() if written[name]]
        spots = [Spot((keys[i - 1 : i] or ["front_title"])[0], 1) for i in range(len(lines))]
        for number, part in enumerate(self.parts, 1):
            name = part.heading or f"{number} 番目の節"
            heading, body = Spot(f"heading_{number}", 1, name), f"body_{number}"
            lines += ["", part.line]
            spots += [heading, heading]
            if part.body:
                said = part.body.split("\n")
                lines += ["", *said]
                spots += [Spot(body, line, name) for line in range(len(said) + 1)]
        return Joined("\n".join(lines) + "\n", tuple(spots))


def whole(text: str) -> Joined:
    """全体を 1 つの項目（``text``）に書いたもの。"""
    return Joined(text, tuple(Spot("text", n) for n in range(1, text.count("\n") + 2)))


def split(text: str) -> Manuscript | None:
    """原稿を分ける。始めの項目が読めないか、見出しの前に文があるときは、``None``（文字を失わない）。"""
    text = text.removeprefix("\ufeff")
    opening = _OPENING.match(text)
    if opening is None:
        return None
    front = _front(opening["front"] or "")
    before, parts = _parts(text[opening.end() :].split("\n"))
    return None if front is None or before else Manuscript(front, parts)


def _front(text: str) -> Mapping[str, str] | None:
    problems = Problems("")
    fields = parse_fields(text, 1, problems)
    if fields is None:
        return None
    fields.allow(*FRONT.values())
    found = {name: fields.text(name, "") for name in FRONT.values()}
    return None if problems else found


def _parts(lines: Sequence[str]) -> tuple[str, tuple[Part, ...]]:
    """見出しの前の文字と、節。"""
    before: list[str] = []
    found: list[tuple[Part, list[str]]] = []
    for line in lines:
        if part := heading_in(line):
            found.append((part, []))
        else:
            (found[-1][1] if found else before).append(line)
    parts = tuple(Part(p.level, p.heading, p.id, trimmed("\n".join(b))) for p, b in found)
    return "\n".join(before).strip(), parts


def heading_in(line: str) -> Part | None:
    """見出しの行の、中身のない節。見出しでなければ ``None``。"""
    match = _HEADING.fullmatch(line.strip())
    if match is None:
        return None
    rest = (match["rest"] or "").strip()
    id = _ID.search(rest)
    heading = rest[: id.start()] if id else rest
    return Part(len(match["marks"]), heading, id["id"] if id else "")


def trimmed(body: str) -> str:
    """前と後の、空の行を除いた中身。"""
    lines = body.split("\n")
    while lines and not lines[0].strip():
        del lines[0]
    while lines and not lines[-1].strip():
        del lines[-1]
    return "\n".join(lines)
