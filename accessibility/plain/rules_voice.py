"""だれが何をするかの決まり: 受け身、使役、二重の否定。

受け身の「れる・られる」は、可能（来られる、受けられる）、自発（思われる）、尊敬（先生が話される）と形が同じで
ある。五段とサ行の動詞に付けば受け身、一段の動詞では、前後の言葉で決まるときだけを受け身とする。
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from accessibility.plain.passage import Passage
from accessibility.plain.remark import Finding
from accessibility.plain.words import Word

_PASSIVE = frozenset(["れる", "られる"])
_CAUSATIVE = frozenset(["せる", "させる", "しめる"])
# 自発（思われる）と、ひとつの言葉になったもの（恵まれる）。
_SPONTANEOUS = frozenset(
    ["思う", "おもう", "考える", "感じる", "感ずる", "偲ぶ", "しのぶ", "恵む", "信じる", "信ずる"]
)
# 一段でも、「られる」が付けば、ふつうは受け身になる動詞。
_TRANSITIVE = frozenset(["求める", "寄せる", "決める", "定める", "設ける", "挙げる", "あげる", "進める", "支える", "認める",
                         "育てる", "ほめる", "褒める", "与える", "位置付ける", "位置づける", "掲げる", "含める", "伝える",
                         "用いる", "述べる", "捨てる", "建てる", "立てる", "助ける", "載せる", "名付ける", "責める", "いじめる",
                         "閉じる", "命じる", "命ずる", "禁じる", "禁ずる", "報じる", "報ずる", "分ける", "加える", "任せる",
                         "見せる", "知らせる", "取り上げる", "受け入れる", "積み上げる", "まとめる", "備える"])  # fmt: skip
# 「れる」が付けば、ふつうは尊敬になる、人の動き。
_MOTIONS = frozenset(["行く", "帰る", "困る", "悩む", "住む", "亡くなる", "なる", "出席", "参加", "来場", "来館", "来所", "来日",
                      "入会", "希望", "帰省", "帰国", "出発", "到着", "入院", "退院", "外出", "旅行", "就職", "卒業",
                      "進学", "結婚", "転居", "通院", "通勤", "通学", "入居", "入所", "居住", "在住", "活躍", "生活",
                      "苦労"])  # fmt: skip
_PERSONS = frozenset(
    ["方", "かた", "方々", "様", "さま", "皆様", "さん", "皆さん", "みなさん", "先生"]
)
_AGENT = re.compile(r"(?:から|によって|により)[^、。]{0,8}$")
_OBJECT = re.compile(r"を[^、。をがは]{0,6}$")
# 使役の形だが、ひとつの言葉になったもの。
_LEXICAL_CAUSATIVES = frozenset(["知る", "聞く", "済む"])

_NOT = r"(?:ない|なく|なかった|ありません|(?:い|行)(?:かない|かなく|きません))"
_DOUBLE_NEGATIVE = re.compile(
    rf"な(?:い|かった)(?:わけ|訳|こと|もの|はず)(?:では|でも|じゃ|には|は|も|が){_NOT}"
    rf"|なく(?:は|も){_NOT}"
    r"|ない(?:とは|とも)(?:言|い|限|かぎ)\w{0,2}(?:ない|ません)"
    r"|ざるを[得え](?:ない|ません|なかった)"
    r"|(?:ずに|ないで)は(?:い|おか|済ま|すま)\w{0,2}(?:ない|ません)"
)


def is_honorific(p: Passage, i: int) -> bool:
    """``i`` 番目の「れる・られる」が、人を敬う言い方か（参加される方、皆様が話される）。"""
    verb = _stem(p, i)
    if verb.text in _MOTIONS or verb.form in _MOTIONS:
        return True
    clause = re.split("[、。]", p.text[: verb.start])[-1]
    return re.search(rf"(?:{'|'.join(sorted(_PERSONS))})(?:が|は|も)[^がは]*$", clause) is not None


def is_passive(p: Passage, i: int) -> bool:
    """``i`` 番目の語が、受け身の「れる・られる」か。"""
    word = p.words[i]
    if word.form not in _PASSIVE or word.pos[0] != "助動詞" or i == 0:
        return False
    verb = p.words[i - 1]
    if verb.form in _SPONTANEOUS or verb.form in _CAUSATIVE or is_honorific(p, i):
        return False
    if verb.form in ("来る", "くる"):
        return False
    return "一段" not in verb.pos[4] or _ichidan_passive(p, i, verb)


def _ichidan_passive(p: Passage, i: int, verb: Word) -> bool:
    """一段の動詞の「られる」。受け身と言えるわけがあるときだけ真。"""
    before, after = p.text[: verb.start], p.text[p.words[i].end :]
    if _AGENT.search(before):
        return True
    if _OBJECT.search(before) or after.startswith(("よう", "ない", "ません", "なく", "なけれ")):
        return False
    return verb.form in _TRANSITIVE


def passive(p: Passage) -> Iterator[Finding]:
    for i in range(len(p.words)):
        if is_passive(p, i):
            yield Finding(
                "passive",
                "warning",
                _stem(p, i).start,
                _tail_end(p, i),
                "受け身の言い方です。「だれが」を初めに書いて、「〜します」の形にしてください。",
                _active(p, i),
            )


def causative(p: Passage) -> Iterator[Finding]:
    for i, word in enumerate(p.words):
        if word.form not in _CAUSATIVE or word.pos[0] != "助動詞" or i == 0:
            continue
        if p.words[i - 1].form in _LEXICAL_CAUSATIVES or _humble(p, i):
            continue
        yield Finding(
            "causative",
            "hint",
            _stem(p, i).start,
            _tail_end(p, i),
            "「〜させる」の言い方です。だれが何をするかが分かるように、「〜します」か「〜してもらいます」に"
            "言いかえてください。",
        )


def double_negative(p: Passage) -> Iterator[Finding]:
    for match in _DOUBLE_NEGATIVE.finditer(p.text):
        # 「少なくはない」の「なく」は、打ち消しではない。
        if match.start() in p.starts:
            yield Finding(
                "double-negative",
                "hint",
                *match.span(),
                "打ち消しが 2 つ重なっています。「〜です」「〜することもあります」のように、打ち消さずに書いてください。",
            )


def _stem(p: Passage, i: int) -> Word:
    """``i`` 番目の助動詞が付く言葉の初めの語。「支援される」では「支援」。"""
    verb = p.words[i - 1]
    if verb.form == "する" and i >= 2 and p.words[i - 2].pos[0] in ("名詞", "形状詞"):
        return p.words[i - 2]
    return verb


def _tail_end(p: Passage, i: int) -> int:
    """続く「ます」「た」「ている」までを言う。"""
    end = i
    for word, after in zip(p.words[i + 1 :], [*p.words[i + 2 :], None], strict=False):
        progressive = word.text == "て" and after is not None and after.form == "いる"
        if not (word.pos[0] == "助動詞" or progressive or (word.form == "いる" and end > i)):
            break
        end += 1
    return p.words[end].end


def _active(p: Passage, i: int) -> str:
    stem, verb = _stem(p, i), p.words[i - 1]
    return verb.form if stem is verb else f"{stem.text}する"


def _humble(p: Passage, i: int) -> bool:
    """「〜させていただく」。敬語の決まりが知らせる。"""
    return i + 2 < len(p.words) and p.words[i + 2].form in ("いただく", "いただける")
