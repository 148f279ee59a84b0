"""合い言葉（トークン）。本人だけが持ち、データベースには要約だけを置く。"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable

NewToken = Callable[[], str]
"""当てられない合い言葉を作る。"""


def new_token() -> str:
    """256 ビットの乱数。"""
    return secrets.token_urlsafe(32)


def digest_of(token: str) -> str:
    """置いてよい形（SHA-256、16 進）。乱数なので、時間のかかる要約は要らない。"""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
