"""言い換えの表（``data/synonyms.tsv`` と、社協ごとの表）。職員が 1 行ずつ足していく。

1 行が 1 組で、欄はタブで区切る。

1. 同じ意味の言い方。「/」で区切る（寄附/寄付/ドネーション）。どれで聞かれても、どれでも見つかる。
2. 関わることば（なくてもよい）。1 の言い方で聞かれたとき、これでも探す。逆はしない
   （「赤ちゃん」と聞かれたら「子育て」でも探すが、「子育て」と聞かれて「赤ちゃん」は探さない）。
3. 2 の重さ（なくてもよい）。0 より大きく 1 まで。書かなければ 0.6。
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources

from bot.terms import Terms

SAME = 0.9
"""同じ意味の言い方の重さ。聞かれた言い方そのもの（1）を、少しだけ先にする。"""
RELATED = 0.6

Phrase = tuple[str, ...]
"""言い方ひとつ。語の並び（一人暮らし → 一人、暮らし）。"""


class SynonymsError(ValueError):
    """言い換えの表の誤り。説明は日本語の 1 文で、表の名前、行、直し方を言う。"""


class Synonyms:
    """言い方 → 言い換えと重さ。"""

    def __init__(self, terms: Terms, *tables: tuple[str, str]) -> None:
        """``tables`` は（表の名前, 中身）の並び。表を重ねるほど言い換えが増え、重さは大きい方になる。"""
        self._others: dict[Phrase, dict[Phrase, float]] = {}
        self.readings: dict[Phrase, str] = {}
        """言い方 → 読み（カタカナ）。"""
        for name, text in tables:
            for words, related, weight in _groups(text, name):
                same, others = self._phrases(words, terms), self._phrases(related, terms)
                for phrase in same:
                    self._add(phrase, same, SAME)
                    self._add(phrase, others, weight)
        self.longest = max(map(len, self._others), default=1)
        """いちばん長い言い方の語の数。"""

    def others(self, phrase: Phrase) -> Mapping[Phrase, float]:
        """``phrase`` の言い換え。なければ空。"""
        return self._others.get(phrase, {})

    def __contains__(self, phrase: Phrase) -> bool:
        return phrase in self._others

    def _phrases(self, words: Sequence[str], terms: Terms) -> list[Phrase]:
        found = [[t for t in terms.tokens(word) if t.content] for word in words]
        readings = {tuple(t.form for t in ts): "".join(t.reading for t in ts) for ts in found if ts}
        self.readings.update(readings)
        return list(readings)

    def _add(self, phrase: Phrase, others: Sequence[Phrase], weight: float) -> None:
        table = self._others.setdefault(phrase, {})
        for other in others:
            if other != phrase:
                table[other] = max(weight, table.get(other, 0.0))


def bundled(terms: Terms, council: str = "") -> Synonyms:
    """付属の表に、社協の表 ``council`` を足したもの。誤りは ``SynonymsError``。"""
    return Synonyms(terms, ("synonyms.tsv", _bundled_text()), ("社協の言い換えの表", council))


@cache
def _bundled_text() -> str:
    return resources.files(__package__).joinpath("data/synonyms.tsv").read_text("utf-8")


def _groups(text: str, name: str) -> Iterator[tuple[list[str], list[str], float]]:
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        place = f"{name} の {number} 行目"
        fields = line.split("\t")
        if len(fields) > 3:
            raise SynonymsError(
                f"{place}: 欄が多すぎます。「同じ意味の言い方（タブ）関わることば（タブ）重さ」の 3 つにしてください。"
            )
        words, related = (_words(f) for f in [*fields, ""][:2])
        if len(words) + len(related) < 2 or not words:
            raise SynonymsError(
                f"{place}: 言い換えがありません。「寄附/寄付」のように「/」で区切って 2 つ以上書いてください。"
            )
        yield words, related, _weight(fields[2] if len(fields) == 3 else "", place)


def _words(field: str) -> list[str]:
    return [w.strip() for w in field.replace("／", "/").split("/") if w.strip()]


def _weight(field: str, place: str) -> float:
    if not field.strip():
        return RELATED
    try:
        weight = float(field)
    except ValueError:
        weight = 0.0
    if not 0 < weight <= 1:
        raise SynonymsError(
            f"{place}: 重さ「{field.strip()}」は使えません。0 より大きく 1 までの数（例 0.6）を書いてください。"
        )
    return weight
