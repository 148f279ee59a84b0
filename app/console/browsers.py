"""前にその人の入ったブラウザーの印（cookie）。名前ごとに 1 つで、署名してある。

人の名前でわざと間違えつづける人がいても、印のあるブラウザーからは入れる（OWASP: Slow Down Online Guessing
Attacks with Device Cookies）。印のないブラウザーからは、大きなものを受け取らない。
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping

from app.console.account import account_name
from app.console.tokens import digest_of

LASTS = 400 * 24 * 60 * 60
"""秒。ブラウザーが cookie を覚えている、いちばん長い間（RFC 6265bis 5.5）。入るたびに新しくする。"""
_PREFIX = "staff_browser_"


def cookie_for(name: str) -> str:
    """アカウント ``name`` の印の、cookie の名前。"""
    return _PREFIX + digest_of(account_name(name))[:16]


def sealed(key: bytes, cookie: str, token: str) -> str:
    """入ったときの合い言葉 ``token`` から作る、印の値。"""
    number = digest_of(f"browser:{token}")[:32]
    return f"{_signature(key, cookie, number)}.{number}"


def browsers_in(key: bytes, cookies: Mapping[str, str]) -> dict[str, str]:
    """本物の印の、cookie の名前と、ブラウザーの番号。"""
    found = {}
    for cookie, value in cookies.items():
        signature, _, number = value.partition(".")
        ours = _signature(key, cookie, number).encode()
        if cookie.startswith(_PREFIX) and hmac.compare_digest(signature.encode(), ours):
            found[cookie] = number
    return found


def _signature(key: bytes, cookie: str, number: str) -> str:
    return hmac.new(key, f"{cookie}:{number}".encode(), "sha256").hexdigest()[:32]
