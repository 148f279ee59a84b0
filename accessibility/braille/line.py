"""分かち書き。読みの付いた文を、点字の行（``cells`` を見よ）にする。

文節ごとに区切り、複合語は 3 拍からの意味のまとまりで区切る（日本点字表記法 2018年版 第3章、
点訳のてびき 第4版 第3章）。「やさしい日本語」の分かち書き（``phrases``）とは、補助動詞（して いる）、
複合名詞（地域 福祉）、「する」（策定 する）の書き方が違う。

品詞だけからは決まらないところがある。語の意味の強さ（短い語を前と後ろのどちらに続けるか）、文の中の ！ と ？、
固有名詞の内部の切れ目は、点字を読む人の校正が要る。
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from accessibility.braille import tables
from accessibility.braille.units import SPACE, Unit, units
from content.model import Run

_ATTACHED = ("動詞,接尾", "形容詞,接尾", "名詞,非自立,助動詞語幹", "名詞,特殊")
_NOMINAL = ("名詞", "接頭詞")
_NOMINALIZERS = ("ノ", "ン")
_PARTICLE_FIRST = ("ニ ", "ト ", "ヲ ", "ニモ ")
"""「について」のように、助詞で始まる言葉。初めの助詞は、前に続ける。"""


def braille_line(runs: Iterable[Run]) -> str:
    """文（や言葉）ひとつの点字の行。終わりに空白はない。"""
    return join(list(units(runs)))


def join(parts: Sequence[Unit]) -> str:
    """語と記号の列を、マスあけを入れてつなぐ。"""
    line = ""
    before: Unit | None = None
    chunk: list[Unit] = []  # すぐ前のマスあけから後の語
    for place, unit in enumerate(parts):
        if unit.text == SPACE:
            before = unit if before else None
            continue
        following = parts[place + 1] if place + 1 < len(parts) else None
        gap = _gap(parts, place, before, chunk, following) if line else 0
        if gap or unit.is_sign:
            chunk = []
        if not unit.is_sign:
            chunk.append(unit)
        line += " " * gap + unit.shown
        before = unit
    return line.rstrip(" ")


def _gap(
    parts: Sequence[Unit],
    place: int,
    before: Unit | None,
    chunk: Sequence[Unit],
    following: Unit | None,
) -> int:
    """``parts[place]`` の前のマスあけの数。"""
    unit = parts[place]
    if before is None:
        return 0
    role = _role(unit)
    if role in ("句点", "読点", "閉じる", "見出し", "続ける"):
        return 0
    if before.text == SPACE:
        return _blank(parts, place)
    if before.is_sign:
        earlier = _role(before)
        if unit.text in "（〈" and before.text in "」』":  # カギの中の語の説明
            return 0
        if earlier in ("開く", "続ける"):
            return 0
        if earlier != "閉じる":
            return tables.signs()[before.text].after
        return int(bool(role) or not _follows_closing(unit))
    if role == "開く":
        return int(unit.text in "「『" and not before.last.startswith("接頭詞"))
    if role:
        return 1
    return int(not _attaches(before, unit, chunk, following))


def _role(unit: Unit) -> str:
    return tables.signs()[unit.text].role if unit.is_sign else ""


def _blank(parts: Sequence[Unit], place: int) -> int:
    """原稿の空白。日本語のあいだでは、意味の切れ目なので 2 マスあける。"""
    earlier = next((p for p in reversed(parts[:place]) if p.text != SPACE), None)
    if earlier is None:
        return 0
    if earlier.is_sign:
        role = _role(earlier)
        return 0 if role == "開く" else max(1, tables.signs()[earlier.text].after)
    latin = parts[place].shown[:1].isascii() or earlier.shown[-1:].isascii()
    return 1 if latin else 2


def _follows_closing(unit: Unit) -> bool:
    """カッコやカギの終わりに続けて書く語か。"""
    if tables.spacing().get(unit.text) == "切る":
        return False
    # カッコの後の助詞は、接続詞や副詞とまちがえて解析されやすい
    short = unit.text in ("で", "に", "も", "と", "か", "では", "でも")
    attached = ("助詞", "助動詞", "名詞,接尾", *_ATTACHED)
    return unit.first.startswith(attached) or short or unit.shown.startswith(_PARTICLE_FIRST)


def _attaches(before: Unit, unit: Unit, chunk: Sequence[Unit], following: Unit | None) -> bool:
    """``unit`` を ``before`` に続けて書くか。"""
    given = tables.spacing().get(unit.text)
    particle = unit.first.startswith(("助詞", "助動詞"))
    if unit.shown.startswith(_PARTICLE_FIRST):
        return not before.ends_latin
    if given == "続ける":
        return not before.ends_latin
    if given == "切る" and not particle and unit.shown not in ("ナド", "ラ"):
        return False
    if particle:
        return not before.ends_latin and not _stands(before, unit)
    if tables.spacing().get(before.text) == "後で切る":
        return False
    stem = before.last.startswith("名詞") or _is_stem(before)
    if (given == "語幹に続ける" and stem) or before.last.startswith("接頭詞"):
        return True
    if unit.first.startswith(_ATTACHED):
        return True
    if unit.first.startswith("名詞,接尾"):
        return _suffixed(before, unit)
    if unit.first.startswith("名詞,非自立"):
        return unit.shown in _NOMINALIZERS
    if unit.first.startswith(_NOMINAL):
        return _compounded(before, unit, chunk, following)
    if unit.first.startswith(("動詞,非自立", "形容詞,非自立")):
        return before.last.startswith("動詞") and "連用" in before.last
    if "サ変・スル" in unit.first or before.last.startswith("動詞,非自立"):
        return False  # お借り する、認め合い 支え合う
    # 住みなれる。3 拍からの語の後では、別の動詞とする（寄り添い 支え合う）
    return unit.first.startswith("動詞") and unit.chained and _is_stem(before) and before.moras <= 2


def _is_stem(unit: Unit) -> bool:
    """後ろの語と複合語を作る、動詞の連用形か（「策定し」のような「する」を除く）。"""
    return unit.last.startswith("動詞") and "連用形" in unit.last and "サ変" not in unit.last


def _stands(before: Unit, unit: Unit) -> bool:
    """区切って書く補助用言か。「で ある」「では ない」「よく ない」「で ございます」。"""
    if "ラ行アル" in unit.first or unit.shown.startswith("ゴザ"):
        return True
    if unit.text == "より" and before.text == "に":
        return True
    after_verb = before.last.startswith(("動詞", "助動詞")) and before.text != "で"
    return "特殊・ナイ" in unit.first and not after_verb


def _suffixed(before: Unit, unit: Unit) -> bool:
    """接尾語。人の名前の敬称と、ひとり立ちする語は区切る。連濁した語は続ける。"""
    if "接尾,人名" in unit.first:
        return "固有名詞,人名" not in before.last
    return not unit.independent or (before.ends_latin and unit.weak)


def _compounded(before: Unit, unit: Unit, chunk: Sequence[Unit], following: Unit | None) -> bool:
    """複合名詞の中か。3 拍からのまとまりの前で区切り、短い語はどちらかに続ける。"""
    if not (_is_stem(before) or before.last.startswith("名詞")):
        return False
    if before.shown[-1].isdigit() and unit.shown.isalpha() and "サ変接続" in unit.first:
        return True  # 3分割
    if "固有名詞,人名" in unit.first or "固有名詞,地域" in unit.first:
        return False
    if unit.first.startswith("接頭詞") or (
        before.last.startswith("名詞,副詞可能") and not unit.chained
    ):
        return False
    if len(chunk) == 1 and chunk[0].weak and not chunk[0].first.startswith("名詞,接尾"):
        return True
    foreign = re.fullmatch(r"[ァ-ヺー]+", unit.text) is not None
    leads = (
        following is not None
        and following.first.startswith("名詞")
        and (not following.first.startswith("名詞,接尾"))
    )
    return unit.weak and not (foreign and leads)
