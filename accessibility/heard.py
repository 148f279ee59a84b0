"""何をどう聞くか。人が聞いて確かめた音が、いまの音と同じかを言い当てる要約。

文字、読み、アクセント、間、だれの声かが同じなら、同じ要約になる。符号化や話す速さのような、プログラムの
都合では変わらない。
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from accessibility.cache import digest
from accessibility.voices import words_of
from content.model import Publication, Section, Sentence


@dataclass(frozen=True, slots=True)
class Heard:
    """``keys`` は文の id ごとの要約、``whole`` は本文（題名と、枠でない節）のすべての要約。"""

    keys: Mapping[str, str] = field(default_factory=dict)
    whole: str = ""


def heard_keys(
    sections: Iterable[Section], voice: str, readers: Mapping[str, str]
) -> dict[str, str]:
    """文の id ごとの要約。``voice`` は合成音声の名前、``readers`` は人が読んだ節の id と録音の名前。"""
    return {
        sentence.id: sentence_key(sentence, readers.get(section.id, voice))
        for section in sections
        for sentence in section.sentences
    }


def heard_whole(publication: Publication, voice: str, readers: Mapping[str, str]) -> str:
    """読みの付いた本文の要約。枠は、校正の有無そのものを言うので、入れない。"""
    keys = heard_keys(publication.sections, voice, readers)
    return digest("heard", sentence_key(publication.title, voice), [*keys.values()])


def sentence_key(sentence: Sentence, reader: str) -> str:
    """文ひとつの要約（16 進で 16 字）。"""
    words = [[word.sound, word.accent, word.chained] for word in words_of(sentence)]
    return digest("heard", reader, sentence.text, words)[:16]
