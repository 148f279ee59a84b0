"""社協の身もと（``council.yaml``）を読み、書く。"""

from __future__ import annotations

import re

from content.fields import Fields, parse_fields, write_fields
from content.model import PURPOSES, Contact, Council
from content.problems import Problems

# 書かれたとおりに電話をかけ、送れる形だけ（内線や時間を書くと、電話のリンクの番号が変わる）。
_TELEPHONE = re.compile(r"(?=(?:.*[0-9０-９]){3})[0-9０-９+＋(（][0-9０-９()（）\-－‐ 　]*")
_MAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", re.ASCII)


def parse_council(text: str, id: str, *, file: str = "council.yaml") -> Council:
    """``council.yaml`` を読む。誤りがあれば、すべてを集めて ``NotationError`` を上げる。"""
    problems = Problems(file)
    fields = parse_fields(text.removeprefix("\ufeff"), 1, problems)
    if fields is None:
        raise problems.error()
    fields.allow("名称", "問い合わせ先", "文章について")
    council = Council(
        id,
        fields.text("名称"),
        tuple(_contact(record, problems) for record in fields.records("問い合わせ先")),
        fields.text("文章について", ""),
    )
    if problems:
        raise problems.error()
    return council


def _contact(fields: Fields, problems: Problems) -> Contact:
    fields.allow("目的", "名前", "電話", "ファックス", "メール", "住所", "区", "確認日", "出典")
    purpose = fields.text("目的")
    if purpose and purpose not in PURPOSES:
        problems.add(
            fields.line("目的"),
            f"「目的: {purpose}」は、{'、'.join(PURPOSES)} のどれかにしてください。",
        )
    for name in ("電話", "ファックス"):
        number = fields.text(name, "")
        if number and not _TELEPHONE.fullmatch(number):
            problems.add(
                fields.line(name),
                f"「{name}: {number}」は、番号だけを 044-739-8711 の形で書いてください。",
            )
    mail = fields.text("メール", "")
    if mail and not _MAIL.fullmatch(mail):
        problems.add(
            fields.line("メール"),
            f"「メール: {mail}」は、半角で kikaku@example.jp の形で書いてください。",
        )
    return Contact(
        purpose=purpose,
        name=fields.text("名前"),
        telephone=fields.text("電話", ""),
        fax=fields.text("ファックス", ""),
        mail=mail,
        address=fields.text("住所", ""),
        ward=fields.text("区", ""),
        checked_on=fields.date("確認日"),
        source=fields.text("出典", ""),
    )


def write_council(council: Council) -> str:
    """``parse_council`` の逆。``parse_council(write_council(c), c.id)`` は ``c`` に等しい。"""
    return write_fields(
        {
            "名称": council.name,
            "問い合わせ先": [_write_contact(contact) for contact in council.contacts],
            "文章について": council.texts_notice,
        }
    )


def _write_contact(contact: Contact) -> dict[str, str]:
    return {
        "目的": contact.purpose,
        "名前": contact.name,
        "電話": contact.telephone,
        "ファックス": contact.fax,
        "メール": contact.mail,
        "住所": contact.address,
        "区": contact.ward,
        "確認日": contact.checked_on.isoformat() if contact.checked_on else "",
        "出典": contact.source,
    }
