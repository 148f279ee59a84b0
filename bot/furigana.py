"""ふりがなの出し方。読みの付いた文章（Run の列）を、人が選んだ書き方の文字にする。

LINE の文字には、ふりがなを振れない。かっこに入れるか、すべてをひらがなにして語の間を空ける。
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal

from accessibility.kana import to_hiragana
from accessibility.ruby import RubyPart, ruby_parts
from content.model import Run

FuriganaMode = Literal["none", "brackets", "hiragana", "ruby"]
"""なし、（かっこ）、ひらがな。``ruby`` はページだけの、漢字の上の小さなふりがな。"""

FURIGANA_MODES: tuple[FuriganaMode, ...] = ("none", "brackets", "hiragana", "ruby")

_OPENING = "「『（〈【［〔([“"
_CLOSING = "」』）〉】］〕)]”、。，．,.！？!?：；・／/～…"
_UNSPACED = "\n \u3000・：／/～"
_NUMBER = re.compile(r"[0-9０-９][0-9０-９,，.．]*")


def written(runs: Iterable[Run], mode: FuriganaMode) -> str:
    """``mode`` の書き方の文字。``ruby`` の文字は、ふりがなのない文章である。"""
    match mode:
        case "brackets":
            return "".join(_bracketed(runs))
        case "hiragana":
            return _spaced(runs)
        case _:
            return "".join(run.text for run in runs)


def _bracketed(runs: Iterable[Run]) -> Iterator[str]:
    """ひとつながりの漢字には、かっこをひとつだけ付ける（基本理念（きほんりねん））。"""
    reading = ""
    for run in runs:
        for place, part in enumerate(ruby_parts(run)):
            if reading and not (place == 0 and part.ruby and _chained(run)):
                yield f"（{reading}）"
                reading = ""
            yield part.text
            if part.ruby:
                reading += _NUMBER.sub("", _kana(run, part), count=1)
    if reading:
        yield f"（{reading}）"


def _chained(run: Run) -> bool:
    """前の語と、ひと息に読む語か。"""
    return bool(run.words) and (
        run.words[0].chained or run.words[0].pos.startswith(("助詞", "助動詞"))
    )


def _spaced(runs: Iterable[Run]) -> str:
    """ひらがなの分かち書き。アクセント句の切れ目が、文節の切れ目とほぼ同じになる。"""
    text = ""
    prefix = False
    for run in runs:
        if not run.text:
            continue
        if text and not prefix and not _joined(text, run):
            text += " "
        text += "".join(_kana(run, part) for part in ruby_parts(run))
        prefix = bool(run.words) and run.words[-1].pos.startswith("接頭詞")
    return text


def _joined(before: str, run: Run) -> bool:
    """前の文字に、空けずに続けるか。"""
    if before[-1] in _OPENING + _UNSPACED or run.text[0] in _CLOSING + _UNSPACED:
        return True
    if not run.words:
        # 読まない文字。かっこの始まりだけは、新しい語の頭になる。
        return run.text[0] not in _OPENING
    return _chained(run) or run.words[0].is_pause


def _kana(run: Run, part: RubyPart) -> str:
    return part.text if part.ruby is None else _digits_kept(run, part.text, part.ruby)


def _digits_kept(run: Run, text: str, ruby: str) -> str:
    """数字は、数字のままの方が分かる（2021年度 → 2021ねんど）。助数詞の読みが分かるときだけ。"""
    number = _NUMBER.match(text)
    if number is None:
        return ruby
    counter = "".join(w.sound for w in run.words if not w.pos.startswith("名詞,数"))
    kana = to_hiragana(counter.replace("’", ""))
    known = kana and len(kana) < len(ruby) and ruby.endswith(kana)
    return number[0] + kana if known else ruby
