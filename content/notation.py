"""原稿（文字）を出版物（型）にする。原稿を読むのは、ここと ``notation_body`` だけである。

書き出すのは ``notation_write``。書き方は README を見よ。
"""

from __future__ import annotations

import datetime
import re
from dataclasses import replace

from content.fields import Fields, parse_fields
from content.identity import with_ids
from content.model import Plan, Publication, Register, Sentence
from content.notation_body import BodyReader, LoadPicture, read_inline
from content.problems import NotationError, Problem, Problems

__all__ = ["LoadPicture", "NotationError", "Problem", "parse"]

_FRONT = re.compile(r"---[ \t]*\n(?P<front>.*?\n)?---[ \t]*(?:\n|$)", re.S)
_FRONT_LINE = 2
_FIELDS = ("表題", "発行", "計画", "期", "期間", "延長", "区", "日付", "校正", "出典")
_YEARS = re.compile(r"([1-9]\d{3})-([1-9]\d{3})", re.ASCII)
# 制御文字、行や段落の区切り、外字（私用領域）、文字にならなかった印（U+FFFD）。
BROKEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ue000-\uf8ff"
    "\ufdd0-\ufdef\ufffd-\uffff\U000f0000-\U0010ffff]"
)
"""原稿に書けない文字。"""
TURNING = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""文字の向きを変える、目に見えないもの。後の文まで、逆に並べてしまう。"""


def parse(
    text: str,
    id: str,
    register: Register = "standard",
    *,
    file: str = "原稿",
    load_picture: LoadPicture = lambda name: None,
) -> Publication:
    """原稿を出版物にする。誤りがあれば、すべてを集めて ``NotationError`` を上げる。

    ``file`` は誤りの知らせに出す名前。``load_picture`` は画像の名前から中身を返す（なければ
    ``None``）。
    """
    problems = Problems(file)
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    _check_characters(text, problems)
    publication = None
    front = _FRONT.match(text)
    if front:
        publication = _front_matter(front["front"] or "", id, register, problems)
    else:
        problems.add(
            1, "原稿の先頭に、--- の行で囲んで「表題: …」「発行: …」などを書いてください。"
        )
    end = front.end() if front else 0
    body = BodyReader(problems, load_picture)
    sections, pictures = body.read(text[end:], text.count("\n", 0, end) + 1)
    if problems or publication is None:
        raise problems.error()
    return with_ids(replace(publication, sections=sections, pictures=pictures))


def _check_characters(text: str, problems: Problems) -> None:
    for number, line in enumerate(text.split("\n"), 1):
        if match := BROKEN.search(line):
            problems.add(
                number,
                f"目に見えない文字か、ほかの機械で出ない文字（U+{ord(match[0]):04X}）があります。"
                "書き直すか、消してください。",
            )


def _front_matter(
    front: str, id: str, register: Register, problems: Problems
) -> Publication | None:
    fields = parse_fields(front, _FRONT_LINE, problems)
    if fields is None:
        return None
    fields.allow(*_FIELDS)
    title = fields.text("表題")
    issuer, series = fields.text("発行"), fields.text("計画")
    first_year, last_year = _years(fields, problems)
    plan = Plan(
        issuer=issuer,
        series=series,
        number=fields.number("期"),
        first_year=first_year,
        last_year=last_year,
        extended_to=_extended_to(fields, last_year, problems),
        ward=fields.text("区", "") or None,
        source=fields.text("出典"),
    )
    fields.text("日付")
    date = fields.date("日付") or datetime.date.min
    heading = Sentence("", read_inline(title, fields.line("表題"), problems))
    proofread = fields.date("校正")
    return Publication(id, register, heading, plan, date, (), proofread=proofread)


def _years(fields: Fields, problems: Problems) -> tuple[int | None, int | None]:
    text = fields.text("期間", "")
    match = _YEARS.fullmatch(text)
    if text and (not match or match[1] > match[2]):
        problems.add(
            fields.line("期間"),
            f"「期間: {text}」は、最初と最後の年度（西暦）を 2021-2023 の形で書いてください。",
        )
    return (int(match[1]), int(match[2])) if match else (None, None)


def _extended_to(fields: Fields, last_year: int | None, problems: Problems) -> int | None:
    year = fields.number("延長")
    if year is not None and not (last_year or 999) < year <= 9999:
        problems.add(
            fields.line("延長"),
            f"「延長: {year}」は、延ばした後の最後の年度（西暦、期間より後）を書いてください。",
        )
    return year
