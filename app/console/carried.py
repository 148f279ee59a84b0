"""書かれたものを、ログインやパスワードのページを越えて運ぶ。"""

from __future__ import annotations

import json
import re

from app.console.form import Form
from app.console.frame import ROOT

_HERE = re.compile(rf"{ROOT}(?:[/?][^\\\x00-\x20\x7f]*)?")
_SECRET = "password"


def next_url(text: str) -> str:
    """移る先。この画面の中でなければ、最初のページ（ほかのサイトへは移らせない）。"""
    return text if _HERE.fullmatch(text) else ROOT


def pack(form: Form) -> str:
    """隠した項目に入れる文字。パスワードは運ばない。運ぶものがなければ空。"""
    pairs = [pair for pair in form.pairs if _SECRET not in pair[0]]
    return json.dumps(pairs, ensure_ascii=False) if pairs else ""


def unpack(text: str) -> tuple[tuple[str, str], ...]:
    """``pack`` の逆。読めなければ空。"""
    try:
        return tuple((str(name), str(value)) for name, value in json.loads(text or "[]"))
    except (ValueError, TypeError):
        return ()
