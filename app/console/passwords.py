"""パスワードの決まりと、要約（argon2id）。"""

from __future__ import annotations

import threading
import unicodedata
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST, LONGEST = 10, 128
_LONGEST_TYPED = LONGEST * 4
"""幅をそろえる前の長さ。1 字は、4 つまでの字を組んだもの。これより長ければ、そろえもしない（1 字が 18 字になる
字もあり、長い文字には何秒もかかる）。"""
_TOO_LONG = f"パスワードは {LONGEST} 字までにしてください。"
_AT_ONCE = 2
"""同時に計算する数（1 つに 64 MiB 要る）。ログインが押し寄せても、メモリーを使い切らない。"""
_FEW_LETTERS = 4
_COMMON = (
    "1234567890", "0123456789", "0987654321", "123456789a", "password", "passw0rd", "qwertyuiop",
    "qwerty1234", "1q2w3e4r5t", "asdfghjkl", "zxcvbnm", "iloveyou", "letmein", "welcome", "administrator",
    "abcdefghij", "abcd123456", "abc1234567", "shakyo", "fukushi", "tsutawaru", "kawasaki", "パスワード",
    "しゃかいふくし", "社会福祉協議会",
)  # fmt: skip
"""よく使われる言葉。これと数字と記号だけのものは、すぐに当てられる。"""


def password_fault(password: str, name: str) -> str:
    """パスワードにできない理由。できれば空。

    長さと、当てやすさだけを見る。字の種類を混ぜさせない（NIST SP 800-63B 3.1.1.2）。
    """
    if len(password) > _LONGEST_TYPED:
        return _TOO_LONG
    text = _normal(password)
    if len(text) < SHORTEST:
        return (
            f"パスワードは {SHORTEST} 字より短くできません。"
            "いくつかの言葉を並べると、長くても覚えられます。"
        )
    if len(text) > LONGEST:
        return _TOO_LONG
    if len(set(text)) < _FEW_LETTERS:
        return "同じ字の多いパスワードは、すぐに当てられます。ほかの言葉にしてください。"
    bare = _bare(text)
    common = {_bare(word) for word in _COMMON} | {_bare(_normal(name))}
    if text.casefold() in _COMMON or bare in common or not bare:
        return "よく使われる言葉や名前だけのパスワードは、すぐに当てられます。ほかの言葉を足してください。"
    return ""


def _normal(password: str) -> str:
    """かな漢字変換の入り切りで変わる幅をそろえる（NIST SP 800-63B 3.1.1.2）。"""
    return unicodedata.normalize("NFKC", password)


def _bare(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalpha())


class Passwords:
    """パスワードの要約。費用は RFC 9106 の 2 つめの推奨（3 回、64 MiB、4 並列）。"""

    def __init__(self, time_cost: int = 3, memory_kib: int = 65536, parallelism: int = 4) -> None:
        self._cost = time_cost, memory_kib, parallelism
        self._turns = threading.BoundedSemaphore(_AT_ONCE)

    def hash(self, password: str) -> str:
        with self._turns:
            return self._hasher.hash(_normal(password))

    def matches(self, kept: str | None, password: str) -> bool:
        """要約がなくても、あるときと同じだけ時間をかける（名前があるかを、時間から悟られないように）。"""
        from argon2.exceptions import InvalidHashError, VerificationError

        if len(password) > _LONGEST_TYPED:
            return False
        dummy = self._dummy
        with self._turns:
            try:
                self._hasher.verify(kept or dummy, _normal(password))
            except (VerificationError, InvalidHashError):
                return False
        return kept is not None

    def outdated(self, kept: str) -> bool:
        """費用が今と違い、計算し直した方がよいか。"""
        return self._hasher.check_needs_rehash(kept)

    @cached_property
    def _hasher(self) -> PasswordHasher:
        from argon2 import PasswordHasher

        time_cost, memory, parallelism = self._cost
        return PasswordHasher(time_cost, memory, parallelism)

    @cached_property
    def _dummy(self) -> str:
        return self._hasher.hash("だれのものでもないパスワード")
