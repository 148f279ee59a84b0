"""文脈で決まる読み。同じ表記に二つの読みがある語を、前後の形態素から選ぶ。

短い決まりは表（``data/contexts.tsv``）に、長いもの（方、行って）はここに書く。どれも語の並びの
型だけを見る。ある文のための決まりは置かない（表記ごとの読みは ``lexicon.tsv`` か職員の辞書）。
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

from accessibility.dictionary import spoken_token
from accessibility.frontend import PLACEHOLDER, Token
from accessibility.spoken import Given

_REACH = 7
"""前後を見る形態素の数。"""


@dataclass(frozen=True, slots=True)
class _Row:
    pos: str
    before: re.Pattern[str]
    after: re.Pattern[str]
    given: Given


@cache
def _table() -> dict[str, tuple[_Row, ...]]:
    text = resources.files(__package__).joinpath("data/contexts.tsv").read_text("utf-8")
    table: dict[str, tuple[_Row, ...]] = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            word, before, after, reading, accent, *_ = [*line.split("\t"), ""]
            surface, _, pos = word.partition(":")
            row = _Row(pos, re.compile(before), re.compile(after), Given(reading, int(accent or 0)))
            table[surface] = (*table.get(surface, ()), row)
    return table


def in_context(tokens: Sequence[Token]) -> list[Token]:
    """文脈で決まる語の読みを差し替える。形態素の数と切れ目は変わらない。"""
    table = _table()
    chosen = list(tokens)
    for i, token in enumerate(tokens):
        if token.given:
            continue
        noun = tokens[i - 1] if i and token.pos.startswith("名詞,数") else None
        if noun and _COMMON_NOUN.match(noun.pos) and noun.surface != PLACEHOLDER:
            # 「社協10の取組」の数は、前の名詞と一つのアクセント句にしない。
            chosen[i] = replace(token, chain_rule=f"{token.chain_rule},0")
            continue
        if rows := table.get(token.surface):
            before, after = (
                _shown(tokens[max(0, i - _REACH) : i]),
                _shown(tokens[i + 1 : i + _REACH]),
            )
            for row in rows:
                if (
                    token.pos.startswith(row.pos)
                    and row.before.search(before)
                    and row.after.match(after)
                ):
                    chosen[i] = spoken_token(row.given, [token])
                    break
        elif judge := _JUDGES.get(token.surface):
            given = judge(tokens, i)
            if given:
                chosen[i] = spoken_token(given, [token])
    return chosen


_COMMON_NOUN = re.compile(r"名詞,(?:一般|サ変接続|固有名詞)")


def _shown(tokens: Sequence[Token]) -> str:
    return "".join(f"{t.surface}:{t.pos},{t.base} " for t in tokens)


# 「方」を人（かた）と読む、前の語。人を表す名詞の終わりの字。
_PERSON = re.compile(
    r"(?:[者民人員生児様客親婦師士長族齢歳代中住病症性子客孫父母夫妻友徒]|たち|達|さん|さま|"
    r"初めて|はじめて|一般|大勢|多く|以上|以下|未満|前後|家族|ボランティア|スタッフ|メンバー|"
    r"学生|持ち|年寄り|まわり|周り|近所|地域|地元|関係|外国|困り|住まい|勤め|両方|みな|皆|連れ|全て|すべて|他|ほか|別|"
    r"希望|利用|参加|在勤|在学|勤務|妊娠|入院|通院|療養|介護|応募|来場|来館|購入|入会|所有|使用|経験|契約|"
    r"登録|受講|受診|該当|予約|申込|加入|同居|独居|出産|育児|子育て|失業|求職|退職|転入)$"
)
_DIRECTION = re.compile(
    r"(?<!以)[上下]$|[前左右奥東西南北先横手側]$|(?<!前)後$|[こそあど](?:ちら|っち)$|向こう$"
)
_COMPARED = re.compile(
    r"が:助詞\S* (?:\S+:(?:副詞|名詞,副詞可能|助詞,係助詞)\S* |、:\S+ )*"
    r"(?:(?:お|ご):\S+ )?(?:\S+:名詞\S* が:助詞\S* )?"
    r"(?:いい|よい|互い|(?!多|少な)\S+(?=:(?:形容詞|名詞,形容動詞語幹|名詞,ナイ形容詞語幹))):"
)
_GRADED = re.compile(
    r"(?:良|よ|高|低|大き|小さ|近|遠|早|速|新し|古|安|強|弱|長|短|明る|暗|重|軽|好き)[^:]*:形容詞\S* $"
)
_HONORIFIC = re.compile(
    r"(?:(?:れる|られる|なさる|いらっしゃる|くださる|下さる|おられる|いただく|頂く|なられる) $)"
    r"|(?:お|ご|御):接頭詞\S* (?:\S+:\S+ )(?:の:\S+ )?$"
)
_PERSON_AHEAD = re.compile(
    r"が:助詞\S* (?:\S+:(?:副詞|名詞|助詞|接頭詞)\S* |、:\S+ )*"
    r"(?:い|いる|いれ|いらっしゃる|いらっしゃい|おら|おり|おる|増え|増える|多い|多く|少ない|少なく|"
    r"参加|集ま\S|集い|利用|対象|亡くな\S|困っ|暮らし|住ん|住む|訪れ|安心|安全)\S*:"
)
_SUBJECT = re.compile(
    r"(?:は|を|へ|に|と|も|から|で|など|等|の|のみ|だけ|か|や|向け|、|。|？|です|でし|だ|だっ):|$"
)


def _person(tokens: Sequence[Token], i: int) -> Given | None:
    """「方」を、人（かた）と読むか、方向・比較（ほう）と読むか。"""
    if tokens[i].pos.startswith("名詞,接尾"):
        return None
    before, after = _shown(tokens[max(0, i - _REACH) : i]), _shown(tokens[i + 1 : i + 6])
    kata = Given("かた", 2)
    if _HONORIFIC.search(before) and not _COMPARED.match(after):
        return kata
    previous = tokens[i - 1] if i else None
    if previous is None or _COMPARED.match(after) or "より:助詞" in before + after:
        return None
    if previous.surface in ("の", "な") and i > 1 and previous.pos.startswith("助詞"):
        noun = tokens[i - 2].surface
        return kata if _PERSON.search(noun) and not _DIRECTION.search(noun) else None
    if previous.pos.startswith("連体詞"):
        return kata if re.match(r"(?:は|を|に|と|も|の):", after) else None
    if not previous.pos.startswith(("動詞", "形容詞", "助動詞")) or _GRADED.search(before):
        return None
    if after.startswith("が:"):
        past = previous.surface in ("た", "だ", "ない")
        return kata if not past or _PERSON_AHEAD.match(after) else None
    return kata if _SUBJECT.match(after) else None


# 「行って」を「おこなって」と読む、動作を表す名詞と団体の終わりの字。移動を表す名詞は除く。
_ACT = re.compile(
    r"(?:会|式|祭|座|業|室|動|査|援|談|施|営|作|成|売|付|習|議|供|布|理|修|練|務|導|集|り|い|け)$|サービス$|"
    r"イベント$|セミナー$|キャンペーン$|セール$|ボランティア$|コンサート$"
)
_TRAVEL = re.compile(
    r"旅行|散歩|買い物|買物|見学|出張|留学|登山|参拝|観光|旅|迎え|見舞い|手伝い|遊び|釣り|帰り|病院|学校|会社"
)
_BODY = re.compile(
    r"[市県国府都社会省庁局課党店院校]$|団体|委員会|協会|政府|大学|組合|グループ|チーム|センター"
)


def _act(tokens: Sequence[Token], i: int) -> Given | None:
    """「行っ（て・た）」を、実行（おこなっ）と読むか、移動（いっ）と読むか。"""
    act = Given("おこなっ", 4)
    if i == 0:
        return None
    particle, noun = tokens[i - 1], tokens[i - 2] if i > 1 else None
    after = _shown(tokens[i + 1 : i + 4])
    going_on = re.match(r"て:\S+ (?:い|いる|おり|おら|まいり|参り|き):", after)
    if noun is not None:
        if particle.surface in ("は", "も", "など", "等", "のみ", "だけ", "まで"):
            travel = _TRAVEL.search(noun.surface)
            acted = noun.pos.startswith("名詞,サ変接続") or _ACT.search(noun.surface)
            if acted and not travel and noun.pos.startswith(("名詞", "助詞")):
                return act
        done = re.match(r"た:\S+ \S+:名詞,(?:サ変接続|一般)", after)
        if particle.surface == "で" and (going_on or done):
            return act
        if particle.surface == "が" and _BODY.search(noun.surface):
            return act
        if particle.surface == "に" and (
            noun.surface in ("的", "ごと", "毎", "共同", "同時", "丁寧", "主")
            or noun.pos.startswith("名詞,形容動詞語幹")
        ):
            return act
    # 同じ節の中で「を」を探す。ほかの動詞があれば、「を」はその動詞のもの。
    for j in range(i - 1, max(-1, i - 9), -1):
        token = tokens[j]
        if token.surface == "を" and token.pos.startswith("助詞"):
            noun = tokens[j - 1] if j else None
            along = noun is not None and re.search(r"道|坂|先|上$|前$|沖", noun.surface)
            return Given("いっ", 0) if along and j == i - 1 else act
        does = token.surface == "し" and token.base == "する"
        if token.surface == "、" or (token.pos.startswith("動詞") and not does):
            return None
        if token.surface in ("に", "へ", "まで") and j == i - 1:
            return None
    return None


# 接尾辞として読まれた字が、名詞に続いていないとき（何百もの車）の読み。
_ALONE = {
    "家": Given("いえ", 2), "車": Given("くるま", 0), "人": Given("ひと", 0), "外": Given("そと", 1),
    "店": Given("みせ", 2), "頭": Given("あたま", 3), "口": Given("くち", 0), "力": Given("ちから", 3),
    "心": Given("こころ", 2), "者": Given("もの", 2), "君": Given("きみ", 0), "国": Given("くに", 0),
    "品": Given("しな", 0), "話": Given("はなし", 3), "箱": Given("はこ", 0), "場": Given("ば", 0),
    "魚": Given("さかな", 0), "音": Given("おと", 2), "村": Given("むら", 2), "町": Given("まち", 2),
    "下": Given("した", 0), "上": Given("うえ", 0), "仏": Given("ほとけ", 0),
}  # fmt: skip


def _alone(tokens: Sequence[Token], i: int) -> Given | None:
    """名詞に続かない接尾辞は、独立した名詞として読む。"""
    if not tokens[i].pos.startswith("名詞,接尾"):
        return None
    previous = tokens[i - 1].pos if i else ""
    joined = previous.startswith(("名詞", "接頭詞", "記号,アルファベット", "フィラー"))
    if "連用形" in previous or (joined and not previous.startswith("名詞,副詞可能")):
        return None
    return _ALONE[tokens[i].surface]


def _and_others(tokens: Sequence[Token], i: int) -> Given | None:
    """名詞やかっこの後の「等」は「とう」（動詞の後は「など」）。前の名詞とひと続きに読む。"""
    previous = tokens[i - 1] if i else None
    if previous is None or previous.surface == "、":
        return Given("とう", 1)
    if previous.pos.startswith("名詞") and not previous.pos.startswith(("名詞,数", "名詞,代名詞")):
        return Given("とう", 1, pos="名詞,接尾,一般,*,*,*", chained=True)
    return None


_JUDGES: dict[str, Callable[[Sequence[Token], int], Given | None]] = {
    "方": _person,
    "行っ": _act,
    "等": _and_others,
    **dict.fromkeys(_ALONE, _alone),
}
