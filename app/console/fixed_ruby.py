"""文章の中の語に、ふりがな（``｜漢字《かんじ》``）を書く。その所の読みだけを決める。"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from content.identity import map_sentences
from content.model import Publication, Run, Sentence

Places = Mapping[str, Collection[int]]
"""文の id ごとの、語の始まりの位置。"""


def places_of(text: str, word: str) -> Iterator[int]:
    """``text`` の中の ``word`` の始まり。重ならないもの。"""
    at = text.find(word) if word else -1
    while at >= 0:
        yield at
        at = text.find(word, at + len(word))


def with_ruby(
    publication: Publication, places: Places, word: str, reading: str
) -> tuple[Publication, int]:
    """``places`` の ``word`` にふりがなを書いた出版物と、書いた所の数。

    ほかのふりがなの途中には書かない。
    """
    count = 0

    def ruby(sentence: Sentence) -> Sentence:
        nonlocal count
        runs = sentence.runs
        for begin in places.get(sentence.id, ()):
            if fixed := fix(runs, begin, begin + len(word), reading):
                runs, count = fixed, count + 1
        return replace(sentence, runs=runs)

    done = replace(
        publication,
        title=ruby(publication.title),
        sections=tuple(map_sentences(s, ruby) for s in publication.sections),
    )
    return done, count


def fix(runs: tuple[Run, ...], begin: int, end: int, reading: str) -> tuple[Run, ...] | None:
    """``begin`` から ``end`` までの読みを決めた Run の列。ほかのふりがなの途中にかかるなら ``None``。"""
    before: list[Run] = []
    after: list[Run] = []
    word = ""
    place = 0
    for run in runs:
        first, last = place, place + len(run.text)
        place = last
        if last <= begin:
            before.append(run)
        elif first >= end:
            after.append(run)
        elif run.fixed and (first < begin or last > end):
            return None
        else:
            inner = (max(begin - first, 0), min(end, last) - first)
            word += run.text[slice(*inner)]
            before += _part(run, run.text[: inner[0]])
            after += _part(run, run.text[inner[1] :])
    return (*before, Run(word, reading, fixed=True), *after)


def _part(run: Run, text: str) -> list[Run]:
    return [replace(run, text=text)] if text else []
