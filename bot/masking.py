"""答えられなかった質問から、だれのことか分かるものを除く。計画の足りないところを、職員が知るため。

名前、数、住所、病気の言葉を伏せる。人の事情かもしれないときや、伏せきれるか分からないときは、残さない。
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from importlib.resources import files

from accessibility.kana import is_kana, to_hiragana
from bot.speech import Read
from bot.turn import Runs
from content.model import Publication, Run, Sentence

MASK = "○○"
LONGEST = 50
"""残す質問の長さ。計画への質問は短い。長いものは、人の事情を話している。"""

_NUMBER = re.compile(
    r"[0-9〇一二三四五六七八九十百千万]*[0-9][0-9〇一二三四五六七八九十百千万,.\-ー−()]*"
)
# 計画の期と年度は、だれのことでもない。
_PUBLIC_NUMBER = re.compile(r"(?:第?[0-9]{1,2}期|[0-9]{4}年度?|(?:令和|平成|昭和)[0-9]{1,2}年度?)")
_ERAS = ("令和", "平成", "昭和")
_KANJI_NUMBER = re.compile(r"[〇一二三四五六七八九十百千]{3,}")
_KATAKANA = re.compile(r"[ァ-ヺー]{2,}")
_LATIN = re.compile(r"[A-Za-z]{2,}")
_MASKS = re.compile(rf"{MASK}(?:{MASK})+")


class Masking:
    """``public`` は、だれもが読める文章（出版物の文と、社協や区の名前）。そこにある名は、伏せない。"""

    def __init__(self, public: Iterable[str], read: Read) -> None:
        import yaml

        words = yaml.safe_load(files("bot").joinpath("data/masking.yaml").read_text("utf-8"))
        self._personal = re.compile("|".join(words["personal"]))
        self._illness = re.compile("|".join(words["illness"]))
        self._public = unicodedata.normalize("NFKC", "\n".join(public))
        self._read = read

    def __call__(self, question: str) -> str | None:
        """だれのことか分からなくした質問。伏せきれるか分からなければ ``None``。"""
        text = " ".join(unicodedata.normalize("NFKC", question).split())
        if not text or len(text) > LONGEST or self._personal.search(text):
            return None
        if any(word not in self._public for word in _LATIN.findall(text)):
            return None  # 外国の人の名前かもしれない
        if _KANJI_NUMBER.search(text):
            return None
        masked = self._names(text)
        if masked is None:
            return None
        masked = self._illness.sub(MASK, _numbers(masked))
        return _MASKS.sub(MASK, masked)

    def _names(self, text: str) -> str | None:
        """人の名前がありそうなら ``None``。公でない場所や団体の名は伏せる。"""
        masked = ""
        for run in self._split(text):
            kind = _proper(run)
            if kind is None and _KATAKANA.fullmatch(run.text) and run.text not in self._public:
                # カタカナで書いた日本の名前は、辞書にない。ひらがなにすると、名前だと分かる。
                kinds = map(_proper, self._split(to_hiragana(run.text)))
                kind = "人名" if "人名" in kinds else None
            if kind is None or run.text in _ERAS or run.text in self._public:
                masked += run.text
            elif kind == "人名" or is_kana(run.text):
                return None
            else:
                masked += MASK
        return masked

    def _split(self, text: str) -> Runs:
        return self._read(Sentence("", (Run(text),))).runs


def public_texts(publications: Iterable[Publication], names: Iterable[str]) -> tuple[str, ...]:
    """だれもが読める文章。"""
    texts = [s.text for publication in publications for s in publication.sentences]
    return (*texts, *names)


def _proper(run: Run) -> str | None:
    """固有名詞の種類（人名、地域、組織、一般）。固有名詞でなければ ``None``。"""
    for word in run.words:
        kinds = word.pos.split(",")
        if kinds[:2] == ["名詞", "固有名詞"]:
            return kinds[2]
        if kinds[:3] == ["名詞", "接尾", "人名"]:
            return "人名"
    return None


def _numbers(text: str) -> str:
    parts: list[str] = []
    place = 0
    for public in _PUBLIC_NUMBER.finditer(text):
        parts += [_NUMBER.sub(MASK, text[place : public.start()]), public[0]]
        place = public.end()
    return "".join((*parts, _NUMBER.sub(MASK, text[place:])))
