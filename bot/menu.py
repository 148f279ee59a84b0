"""決まった言い方の聞き分け。メニューやボタンの言葉、番号、はい・いいえ。

ボタンを押しても、同じ言葉を書いても、番号を書いても、同じことになる。
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from bot.crisis import fold
from bot.furigana import written
from channels.wording import Wording

_NUMBER = re.compile(r"([0-9]{1,2}|[一二三四五六七八九十])(?:番|ばん)?(?:目|め)?(?:です|で|を)?")
_KANJI = "一二三四五六七八九十"
_POLITE = re.compile(
    r"(?:を?(?:お?願い|おねがい)(?:します|いたします)?"
    r"|(?:教えて|おしえて|して)?(?:ください|下さい)|教えて|おしえて|です|にして)$"
)


class Commands:
    """``wording.yaml`` の ``label.*`` と ``said.*``。``wards`` は選べる区。"""

    def __init__(self, wording: Wording, wards: Iterable[str]) -> None:
        self._names: dict[str, str] = {}
        for key in wording.entries:
            kind, _, name = key.partition(".")
            if kind == "label":
                runs = wording.runs(key)
                kana = "".join(run.reading or run.text for run in runs)
                said = [written(runs, "none"), written(runs, "brackets"), kana]
                said += wording.entries.get(f"said.{name}", "").split()
                for text in said:
                    self._names.setdefault(fold(text), name)
        self._wards = {fold(wording.text("ward.choose", ward=ward)): ward for ward in wards}

    def find(self, text: str) -> str | None:
        """言葉の名前（``label.`` の後）。決まった言い方でなければ ``None``。"""
        said = fold(text)
        return self._names.get(said) or self._names.get(_POLITE.sub("", said))

    def ward(self, text: str) -> str | None:
        """「多摩区を選ぶ」の区。"""
        return self._wards.get(fold(text))


def number_of(text: str) -> int | None:
    """番号だけを書いたもの（「2」「②」「２番」「二番です」）の数。"""
    match = _NUMBER.fullmatch(fold(unicodedata.normalize("NFKC", text)))
    if match is None:
        return None
    return _KANJI.index(match[1]) + 1 if match[1] in _KANJI else int(match[1])
