"""文の形の決まり: 長さ、ひとつの文にひとつのこと、です・ます、漢字の数。"""

from __future__ import annotations

import re
from collections.abc import Iterator

from accessibility.plain.passage import Passage, covering
from accessibility.plain.remark import Finding
from accessibility.plain.words import Word

LONG, LONGISH = 50, 30
"""直す長さと、考える長さ。どちらも、これより長い文（字、〈説明〉を除く）。"""
MOST_KANJI = 13
MOST_CLAUSES = 1

_KANJI = re.compile("[一-鿿々]")
_CONNECTIVES = frozenset(["て", "で", "が", "ので", "から", "けれど", "けれども", "けど", "ば", "と", "ながら",
                          "し", "つつ", "のに", "ても", "でも", "たり"])  # fmt: skip
_HELPERS = frozenset(["いる", "おる", "行く", "来る", "下さる", "頂く", "ある",
                      "おく", "しまう", "くる", "いく", "みる", "くださる", "いただく", "もらう",
                      "あげる", "くれる", "やる", "ほしい", "よい", "いい", "もらえる", "いただける", "は", "も"])  # fmt: skip
_POLITE = frozenset(["ます", "です", "くださる", "なさる"])
_TAIL = frozenset(["助動詞", "助詞"])
_POLITE_FORMS = {"する": "します", "した": "しました", "ある": "あります",
                 "あった": "ありました", "いる": "います", "いた": "いました", "ない": "ありません",
                 "なる": "なります", "なった": "なりました", "できる": "できます"}  # fmt: skip


def length(p: Passage) -> Iterator[Finding]:
    if not p.is_sentence or len(p.own) <= LONGISH:
        return
    count = len(p.own)
    counted = f"{count} 字、〈説明〉を除く" if p.explanations else f"{count} 字"
    if count > LONG:
        message = f"文が長すぎます（{counted}）。{LONG} 字までの、いくつかの文に分けてください。"
        yield Finding("length", "warning", *p.whole, message)
    else:
        message = f"文が少し長いです（{counted}）。{LONGISH} 字までにできないか、考えてください。"
        yield Finding("length", "hint", *p.whole, message)


def clauses(p: Passage) -> Iterator[Finding]:
    """ひとつの文に、ひとつのこと。従属節（〜て、〜が、〜ので、〜し、…）は 1 つまで。"""
    if not p.is_sentence:
        return
    joints = [w for i, w in enumerate(p.words) if not p.in_explanation(w.start) and _joins(p, i)]
    if len(joints) > MOST_CLAUSES:
        shown = "、".join(f"〜{w.text}" for w in joints)
        message = (
            f"ひとつの文に、いくつものことが書いてあります（{shown}）。"
            "ひとつの文に、ひとつのことだけを書いてください。"
        )
        yield Finding("clauses", "hint", *p.whole, message)


def _joins(p: Passage, i: int) -> bool:
    """``i`` 番目の語で、節が次の節につながるか。"""
    word, before = p.words[i], p.words[i - 1] if i else None
    after = p.words[i + 1] if i + 1 < len(p.words) else None
    if before is None or after is None or after.pos[1] == "句点":
        return False
    if word.form == "だ" and before.pos[1] == "準体助詞":
        return word.text == "で"  # 「〜ので」
    if word.pos[1] == "接続助詞" and word.text in _CONNECTIVES:
        if word.form in ("て", "で"):
            return after.form not in _HELPERS and not p.is_particle(i - 1)
        return not (word.form == "ば" and after.form in ("なる", "いける"))
    # 連用形で切る「〜し、」。「〜により、」「〜に基づき、」は助詞の働きをする。
    return (
        word.pos[0] in ("動詞", "助動詞")
        and word.pos[5].startswith("連用形")
        and after.text in ("、", "，")
        and not p.is_particle(i)
    )


def ending(p: Passage) -> Iterator[Finding]:
    """「。」で終わる文は、です・ます・ください で終わる。ぜんぶが人の言葉（「…」）の文は調べない。"""
    if not p.is_sentence or "。" not in p.text[-4:]:
        return
    words = [w for w in p.words if not p.in_explanation(w.start)]
    while words and words[-1].pos[0] in ("補助記号", "空白"):
        if words.pop().text in "」』":
            return
    tail: list[Word] = []
    while words and words[-1].pos[0] in _TAIL:
        tail.insert(0, words.pop())
    if words and words[-1].form == "ある" and words[-2:-1] and words[-2].form == "だ":
        tail = [*words[-2:], *tail]  # 「本である」
        words = words[:-2]
    last = [*words[-1:], *tail]
    if not last or any(w.form in _POLITE for w in last):
        return
    if words and (words[-1].pos[0] == "感動詞" or words[-1].text in ("願い", "どうぞ")):
        return
    noun = last[-1].pos[0] in ("名詞", "接尾辞", "代名詞")
    said = "名詞で終わっています" if noun else "「です・ます」で終わっていません"
    text = p.text[last[0].start : last[-1].end]
    suggestion = _POLITE_FORMS.get(text, "")
    if text in (f"{last[0].text}だ", f"{last[0].text}である"):
        suggestion = f"{last[0].text}です"
    yield Finding(
        "ending",
        "hint",
        last[0].start,
        last[-1].end,
        f"文が{said}。ほかの文とそろえて、「です・ます」で終えてください。",
        suggestion,
    )


def kanji(p: Passage) -> Iterator[Finding]:
    """漢字の数。説明と、変えてはならない名前の漢字は数えない。"""
    skipped = (*p.explanations, *p.named)
    inside = covering(skipped)
    count = sum(not inside(*m.span()) for m in _KANJI.finditer(p.text))
    if p.is_sentence and count > MOST_KANJI:
        message = (
            f"漢字が多すぎます（{count} 字）。{MOST_KANJI} 字までにしてください。"
            "文を分けるか、やさしい言葉に言いかえてください。"
        )
        yield Finding("kanji", "hint", *p.whole, message)
