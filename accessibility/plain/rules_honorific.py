"""敬語の決まり。尊敬（お〜になる、ご覧）と謙譲（いたします、申し上げる）だけで、丁寧（です・ます、お金）は
むずかしくないので知らせない。"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from accessibility.plain.passage import Passage
from accessibility.plain.remark import Finding
from accessibility.plain.rules_voice import is_honorific
from accessibility.plain.words import Word

# それだけで敬語の言葉（終止形 → やさしい言い方）。
_WORDS = {
    "いたす": "する", "致す": "する", "申し上げる": "言う", "申しあげる": "言う", "申す": "言う", "伺う": "聞く・行く",
    "うかがう": "聞く・行く", "参る": "行く・来る", "まいる": "行く・来る", "おっしゃる": "言う", "仰る": "言う",
    "いらっしゃる": "いる・来る・行く", "なさる": "する", "召し上がる": "食べる・飲む", "差し上げる": "あげる",
    "さしあげる": "あげる", "承る": "聞く・受ける", "賜る": "もらう", "賜わる": "もらう", "存ずる": "思う", "存じる": "思う",
    "存じ上げる": "知っている", "ござる": "ある", "拝見": "見る", "拝聴": "聞く", "拝借": "借りる", "ご覧": "見る",
    "頂戴": "もらう", "くださる": "くれる", "下さる": "くれる", "いただく": "もらう", "頂く": "もらう",
    "いただける": "もらえる", "頂ける": "もらえる", "お見え": "来る", "お越し": "来る", "ご存じ": "知っている",
    "ご存知": "知っている", "おいで": "来る",
}  # fmt: skip
_PREFIXES = frozenset(["お", "ご", "御"])
# 「お」「ご」＋動詞・名詞 の後に来て、敬語を作るもの。
_AFTER = {"する": "する", "いたす": "する", "致す": "する", "くださる": "してください", "下さる": "してください",
          "いただく": "してもらう", "頂く": "してもらう", "いただける": "できる", "頂ける": "できる", "できる": "できる",
          "申し上げる": "する", "なさる": "する"}  # fmt: skip
_EVERYDAY = frozenset(["お願い", "おねがい", "お手伝い", "お世話", "お知らせ", "お話", "お祝い", "お礼", "おしゃべり", "お休み",
                       "お出かけ", "お祈り", "お参り", "お料理", "お電話", "ごちそう"])  # fmt: skip
_GREETINGS = frozenset(["ありがとう", "おめでとう", "おはよう"])
_MESSAGE = "敬語（人をうやまう言い方）です。「〜します」「〜してください」のような、ふつうの言い方にしてください。"


def honorific(p: Passage) -> Iterator[Finding]:
    end = 0
    for i, word in enumerate(p.words):
        if word.start < end:
            continue
        found = _composed(p, i) or _single(p, i) or _voiced(p, i)
        if found:
            found = replace(found, end=_tail_end(p, found.end))
            end = found.end
            yield found


def _composed(p: Passage, i: int) -> Finding | None:
    """お〜になる、ご〜ください、お〜いただく、ご〜する。"""
    words = p.words[i:]
    if words[0].text[:1] not in _PREFIXES:
        return None
    if words[0].text in _PREFIXES and words[0].pos[0] == "接頭辞":
        base, rest = words[1:2], words[2:]
        if not base or not (base[0].pos[0] == "動詞" or base[0].pos[2] == "サ変可能"):
            return None
    else:  # ご利用、ご案内 のように、ひとつの名詞になったもの
        base, rest = words[0:1], words[1:]
        if words[0].pos[0] != "名詞" or not words[0].text.startswith(("ご", "御")):
            return None
    said = p.text[words[0].start : base[0].end]
    if not rest or said in _EVERYDAY:
        return None
    stem = said[1:]
    if rest[0].text == "に" and len(rest) > 1 and rest[1].form in ("なる", "なれる"):
        suggestion = _WORDS.get(said) or (
            _plain(base[0]) if base[0].pos[0] == "動詞" else f"{stem}する"
        )
        return _finding(words[0].start, rest[1].end, suggestion)
    if rest[0].form not in _AFTER or said in _WORDS:
        return None
    if base[0].pos[0] == "動詞":
        suggestion = "" if rest[0].form in ("くださる", "下さる") else _plain(base[0])
    else:
        suggestion = stem + _AFTER[rest[0].form] if len(stem) > 1 else ""
    return _finding(words[0].start, rest[0].end, suggestion)


def _plain(verb: Word) -> str:
    """うやまわない言い方。辞書にない動詞（お伴する）は、まちがえるので言わない。"""
    return verb.form if verb.zipf else ""


def _single(p: Passage, i: int) -> Finding | None:
    word = p.words[i]
    if word.form not in _WORDS or word.pos[0] not in ("動詞", "名詞", "助動詞"):
        # 「〜ております」の おる
        if word.form != "おる" or i == 0 or p.words[i - 1].form not in ("て", "で"):
            return None
        return _finding(word.start, word.end, "いる")
    if word.form in ("くださる", "下さる", "なさる") and word.pos[5].startswith("命令形"):
        return None  # 「〜してください」「〜しなさい」は、うやまう言い方ではない
    if word.form == "ござる" and i and p.words[i - 1].text in _GREETINGS:
        return None
    end = word.end
    after = p.words[i + 1 : i + 2]
    if word.form == "ご覧" and after and after[0].form in ("くださる", "下さる", "いただく"):
        end = after[0].end
        return _finding(word.start, end, "見てください")
    start = word.start
    if (
        i >= 2
        and word.form in ("いただく", "頂く", "いただける")
        and p.words[i - 1].form in ("て", "で")
    ):
        verb = i - 3 if p.words[i - 2].form in ("せる", "させる") and i >= 3 else i - 2
        return _finding(p.words[verb].start, end, "")
    return _finding(start, end, _WORDS[word.form])


def _voiced(p: Passage, i: int) -> Finding | None:
    """尊敬の「れる・られる」。"""
    word = p.words[i]
    if i == 0 or word.pos[0] != "助動詞" or word.form not in ("れる", "られる"):
        return None
    if not is_honorific(p, i):
        return None
    start = p.words[i - 1].start
    suggestion = p.words[i - 1].form
    if p.words[i - 1].form == "する" and i >= 2:
        start = p.words[i - 2].start
        suggestion = f"{p.words[i - 2].text}する"
    return _finding(start, word.end, suggestion)


def _tail_end(p: Passage, end: int) -> int:
    """続く「て」「ます」「た」までを言う（いただい → いただいて）。"""
    for word in p.words:
        if word.start == end and (word.pos[0] == "助動詞" or word.text in ("て", "で")):
            end = word.end
    return end


def _finding(start: int, end: int, suggestion: str) -> Finding:
    return Finding("honorific", "warning", start, end, _MESSAGE, suggestion)
