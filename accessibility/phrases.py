"""分かち書き。文節の切れ目を、読みを付けたときの語（Run の words の品詞）から決める。

弘前大学社会言語学研究室の「やさしい日本語」の分かち書きの決まりにならう。自立語の前で区切り、
「こと」「とき」「ところ」のような名詞と「ください」の前でも区切る。複合語と、そのほかの補助の動詞
（ている、てもらう）の前では区切らない。日本語を解析し直すことはない。
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from content.model import Run, Word

_INDEPENDENT = (
    "名詞",
    "動詞",
    "形容詞",
    "副詞",
    "連体詞",
    "接続詞",
    "感動詞",
    "接頭詞",
    "フィラー",
)
_ATTACHED = (
    *("動詞,接尾", "形容詞,接尾", "形容詞,非自立"),
    *("名詞,接尾", "名詞,特殊", "名詞,非自立,助動詞語幹"),
)
_NOMINAL = ("ノ", "ン")
"""「行くのは」「行くんです」の名詞。"""
_OPENING = "「『【“"
"""前で区切るかっこ。（ と 〈 は、すぐ前の言葉の説明なので、区切らない。"""
_CLOSING = "」』】”）)〉》］]"
_NOT_AFTER = "「『【“（(〈《［[・／/～〜＝=－-、。，．！？!?…：:　 "
"""すぐ後ろで区切らない記号。初めのかっこと、すでに間の空く記号。"""


def phrase_starts(runs: Iterable[Run]) -> tuple[int, ...]:
    """文節の始まる所（文の中の位置、昇順）。文の初めは含まない。"""
    starts: list[int] = []
    place = 0
    written = ""
    before: list[Word] = []  # 記号をはさまずに続く語
    for run in runs:
        if not run.text:
            continue
        words = [w for w in run.words if not w.is_pause]
        begins = _begins(before, words[0]) if words else run.text[0] in _OPENING
        if written and written[-1] in _CLOSING and words and _after_closing(run.text):
            begins = False
        if place and begins and written[-1] not in _NOT_AFTER:
            starts.append(place)
        before = [*before, *words][-3:] if words else []
        place += len(run.text)
        written = run.text
    return tuple(starts)


def _after_closing(text: str) -> bool:
    """かっこの後の「で」「も」「もします」「どうし」か。接続詞や副詞とまちがえられやすい。"""
    return len(text) == 1 or text.startswith(("もし", "どうし"))


def _begins(before: Sequence[Word], word: Word) -> bool:
    """``before`` に続く ``word`` から、新しい文節が始まるか。"""
    pos = word.pos
    if not pos.startswith(_INDEPENDENT) or pos.startswith(_ATTACHED) or word.sound in _NOMINAL:
        return False
    if pos.startswith("動詞,非自立"):
        return word.sound.startswith("クダサ")
    if not before:
        return True
    last = before[-1]
    if last.pos.startswith("接頭詞"):
        return False
    if pos.startswith(("名詞", "接頭詞")):
        return not _compound(last) or (_adverbial(last) and not word.chained)
    if pos.startswith("動詞"):
        done = "サ変・スル" in pos or word.sound.startswith("デキ")
        verbal = last.pos.startswith("動詞") and "連用形" in last.pos
        stem = last.pos.startswith("名詞,サ変接続") or (last.sound == "ト" and "助詞" in last.pos)
        said = last.sound == "ト" and word.sound.startswith(("イウ", "ユー", "ユウ"))
        return not (verbal or (done and stem) or said or _is(before, word))
    return True


def _compound(last: Word) -> bool:
    """すぐ後ろの名詞と、ひとつの複合語になる語か（見守り + 活動）。"""
    stem = "五段" in last.pos and "連用形" in last.pos
    return stem or last.pos.startswith(("名詞", "記号"))


def _adverbial(last: Word) -> bool:
    """「今日」「私たち」のように、後ろの名詞と複合語にならないことの多い名詞か。"""
    adverbial = last.pos.startswith(("名詞,副詞可能", "名詞,代名詞", "名詞,非自立"))
    return adverbial and last.sound not in ("ゴゼン", "ゴゴ")


def _is(before: Sequence[Word], word: Word) -> bool:
    """「で（は）あります」「で（は）ありません」の「ある」か。"""
    if not word.sound.startswith(("アル", "アリ", "アッ")):
        return False
    words = before[:-1] if before[-1].pos.startswith("助詞,係助詞") else before
    return bool(words) and words[-1].sound == "デ" and words[-1].pos.startswith("助動詞")
