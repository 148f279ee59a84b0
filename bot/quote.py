"""引用の文章を組み立てる。審査を経た文を選んで並べるだけで、言葉は足さない。"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.gate import defined, meant
from bot.lexicon import Lexicon, Word, cover
from bot.passages import Line, Version
from bot.reply import MAX_BRIEF, MAX_QUOTE
from bot.slots import Slots
from bot.terms import normalize
from content.model import Sentence

_END = re.compile(r"[。！？\n]")
_GLOSS = re.compile(r"〈[^〉]*〉")
"""やさしい日本語の文章の、言葉の説明。"""
_LINKED = re.compile(r"(?:その|それ|そう|そこ|これ|この(?!計画)|だから|でも)")
"""前の文がなければ、何のことか分からない始まり。"""
_HEADED, _SAME, _TITLED = 0.7, 0.9, 5
"""見出しのことをそのまま尋ねていると見る、質問の言葉の割合、言い換えの確からしさ、見出しの語の数。"""
_EXPLAINS = re.compile(r"「[^」]+」は、[^。]*(?:こと|もの|人|所|物|本)です。$")
"""言葉を説明しているだけの文。ほかの行より先に出すのは、その意味を尋ねられたときだけ。"""
_SURE = 0.2
"""ひとつの行だけを先に出すとき、ほかの行より言葉がこれだけ多く合うこと。"""


def compose(
    version: Version, words: Sequence[Word], slots: Slots | None, lexicon: Lexicon
) -> tuple[str, str, tuple[Sentence, ...]]:
    """（答えの文, そのうちの引用, 引いた文）。答えの文は 300 字まで。

    節の見出しで始め、続く最初の文が、尋ねられたことに答える。
    """
    lines = version.lines
    if (
        slots is not None
        and slots.item
        and len(listed := [x for x in lines if x.lead]) >= slots.item
    ):
        lines = (listed[slots.item - 1],)
    begin = 0 if version.whole else _best(lines, words, slots, lexicon, version.heading)
    order = [*range(begin, len(lines))]
    if begin and lines[0].lead and lines[begin].lead:
        order = [begin, *(i for i in range(len(lines)) if i != begin)]
    title = version.name
    head = "" if title in lines[begin].text or lines[begin].heading else f"{title}\n"
    quote, used = _fit([lines[i] for i in order], MAX_QUOTE - len(head))
    return head + quote, quote, used


def rest(version: Version, quoted: Sequence[Sentence]) -> tuple[str, tuple[Sentence, ...]]:
    """まだ引いていない文。なければ空。"""
    done = {s.text for s in quoted}
    left = [x for x in version.lines if x.text and not all(s.text in done for s in x.sentences)]
    return _fit(left, MAX_QUOTE) if left else ("", ())


def brief(text: str) -> str:
    """最初の吹き出し。140 字までの、文の終わりまで。"""
    if len(text) <= MAX_BRIEF:
        return text
    ends = [m.end() for m in _END.finditer(text, 0, MAX_BRIEF)]
    return text[: ends[-1]].rstrip() if ends else text[: MAX_BRIEF - 1] + "…"


def joined(pieces: Sequence[str]) -> str:
    """最初の吹き出し。分けてはならないかたまりを、140 字まで並べる。"""
    text = brief(pieces[0])
    for piece in pieces[1:]:
        if len(text) + 1 + len(piece) > MAX_BRIEF:
            break
        text += f"\n{piece}"
    return text


def _best(
    lines: Sequence[Line],
    words: Sequence[Word],
    slots: Slots | None,
    lexicon: Lexicon,
    heading: str,
) -> int:
    """尋ねられたことの書いてある行。見出しのことをそのまま尋ねたなら、始めから。"""
    plain = [replace(w, stress=1.0) for w in words]
    detailed = slots is not None and any(a.evidence for a in slots.asks)
    headed = lexicon.forms(heading) - lexicon.soft
    if not detailed and len(headed) <= _TITLED and cover(plain, headed, _SAME) > _HEADED:
        return 0
    scores = []
    for line in lines:
        score = cover(plain, lexicon.forms(_GLOSS.sub("", line.text)))
        if slots is not None:
            text = normalize(line.text)
            told = [a for a in slots.asks if a.evidence and a.evidence.search(text)]
            score += 0.3 * len(told) + 0.5 * defined(meant(words, slots), text)
        scores.append(score)
    first = 0
    listed = sum(bool(line.lead) for line in lines) * 2 >= len(lines)
    for i, score in enumerate(scores):
        if lines[i].lead and not lines[0].lead and not listed:
            continue  # 前置きの文のある箇条書きは、前置きから引く
        if _EXPLAINS.match(lines[i].text) and (slots is None or not slots.term):
            continue
        if score > scores[first] + _SURE:
            first = i
    while first and _LINKED.match(lines[first].text):
        first -= 1
    return first


def _fit(lines: Sequence[Line], limit: int) -> tuple[str, tuple[Sentence, ...]]:
    text, used = "", list[Sentence]()
    for before, line in zip((None, *lines), lines, strict=False):
        apart = before and (line.lead or line.heading or before.lead or before.heading)
        piece = f"{chr(10) if apart else ''}{line.lead}{line.text}"
        if len(text) + len(piece) > limit:
            if before is None:
                text, used = piece[: limit - 1] + "…", [*line.sentences]
            break
        text += piece
        used.extend(line.sentences)
    return text, tuple(used)
