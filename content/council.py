"""社協の身もと（``council.yaml``）を読み、書く。"""

from __future__ import annotations

from content.fields import Fields, parse_fields, write_fields
from content.model import Contact, Council
from content.problems import Problems


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
        tuple(map(_contact, fields.records("問い合わせ先"))),
        fields.text("文章について", ""),
    )
    if problems:
        raise problems.error()
    return council


def _contact(fields: Fields) -> Contact:
    fields.allow("目的", "名前", "電話", "ファックス", "メール", "住所", "区", "確認日", "出典")
    return Contact(
        purpose=fields.text("目的"),
        name=fields.text("名前"),
        telephone=fields.text("電話", ""),
        fax=fields.text("ファックス", ""),
        mail=fields.text("メール", ""),
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
