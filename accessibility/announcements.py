"""目に見えず、耳にだけ聞こえる言葉。表・写真・注の始めと終わり、番号つきの箇条書きの番号。

音訳の習わしに従う（「表。…表 終わり」）。文字が空の Run として文に足すので、文章は変わらない。
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from accessibility.spoken import PAUSE, PAUSE_POS
from content.model import Block, Image, Item, List, Note, Run, Section, Sentence, Table, Word

Speak = Callable[[str], tuple[Word, ...]]
"""言葉を声の語にする。"""

_PAUSE = Word(PAUSE, pos=PAUSE_POS)


def announced(section: Section, speak: Speak) -> Section:
    """節の表・写真・注・番号に、始めと終わりの言葉を足す。節の文には読みが付いていること。"""
    return replace(section, blocks=tuple(_block(b, speak) for b in section.blocks))


def _block(block: Block, speak: Speak) -> Block:
    match block:
        case Table(caption, header, rows):
            size = len(header)
            cells = [*([caption] if caption else []), *header, *(c for row in rows for c in row)]
            framed = _framed(cells, speak("表"), speak("表 終わり"))
            rest = framed[1:] if caption else framed
            return Table(
                framed[0] if caption else None,
                tuple(rest[:size]),
                tuple(tuple(rest[i : i + size]) for i in range(size, len(rest), size)),
            )
        case Image():
            framed = _framed([block.alternative], speak("写真説明"), speak("写真説明 終わり"))
            return replace(block, alternative=framed[0])
        case Note(sentences):
            return Note(tuple(_framed(sentences, speak("注"), speak("注 終わり"))))
        case List(items, ordered=True):
            numbered = (_numbered(item, speak(str(i))) for i, item in enumerate(items, 1))
            return replace(block, items=tuple(numbered))
    return block


def _framed(
    sentences: Sequence[Sentence], before: tuple[Word, ...], after: tuple[Word, ...]
) -> list[Sentence]:
    """声にする初めの文の前と、終わりの文の後に、言葉を足す。"""
    framed = list(sentences)
    heard = [i for i, s in enumerate(framed) if s.text]
    if heard:
        first, last = heard[0], heard[-1]
        framed[first] = _led(framed[first], before)
        framed[last] = replace(
            framed[last], runs=(*framed[last].runs, Run("", "", (_PAUSE, *after)))
        )
    return framed


def _led(sentence: Sentence, words: tuple[Word, ...]) -> Sentence:
    return replace(sentence, runs=(Run("", "", (*words, _PAUSE)), *sentence.runs))


def _numbered(item: Item, number: tuple[Word, ...]) -> Item:
    first, *rest = item.sentences
    return replace(item, sentences=(_led(first, number), *rest))
