"""音訳の決まりの一覧。上にあるものが先に場所を取る。

決まりは、幅をそろえた文字（``fold``）を見る。字の数は変わらない。
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import cache
from importlib import resources
from re import Match

from accessibility.kana import mora_count, romaji_to_katakana
from accessibility.spoken import PAUSE, Given, Rule, Said

DIGITS = ("ぜろ", "いち", "に", "さん", "よん", "ご", "ろく", "なな", "はち", "きゅう")

LETTERS = {
    "A": "エー", "B": "ビー", "C": "シー", "D": "ディー", "E": "イー", "F": "エフ", "G": "ジー",
    "H": "エイチ", "I": "アイ", "J": "ジェー", "K": "ケー", "L": "エル", "M": "エム", "N": "エヌ",
    "O": "オー", "P": "ピー", "Q": "キュー", "R": "アール", "S": "エス", "T": "ティー", "U": "ユー",
    "V": "ブイ", "W": "ダブリュー", "X": "エックス", "Y": "ワイ", "Z": "ゼット",
}  # fmt: skip
_ADDRESS_SYMBOLS = {
    "@": "アットマーク", ".": "ドット", "-": "ハイフン", "_": "アンダーバー", "/": "スラッシュ",
    ":": "コロン", "?": "クエスチョン", "=": "イコール", "&": "アンド", "#": "シャープ", "%": "パーセント",
    "~": "チルダ", "+": "プラス",
}  # fmt: skip

_FOLDED = str.maketrans(
    {chr(c + 0xFEE0): chr(c) for c in range(0x21, 0x7F)}
    | dict.fromkeys("〜∼", "~")
    | dict.fromkeys("−‐‑–", "-")
    | dict.fromkeys("\t\n\r\u00a0", " ")
    | {"｡": "。", "､": "、", "｢": "「", "｣": "」", "･": "・", "￥": "¥"}
)
_WEEK = "月火水木金土日"
_START = r"(?:^|(?<=[ 。、「]))"


def fold(text: str) -> str:
    """字の幅と、波線・横線の種類をそろえる。字の数は変わらない。"""
    return text.translate(_FOLDED)


def table(name: str) -> dict[str, str]:
    """``data`` の表（1 列目 → 2 列目）。# で始まる行は説明。"""
    text = resources.files(__package__).joinpath(f"data/{name}.tsv").read_text("utf-8")
    rows = (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    return {row[0]: row[1] for row in rows}


def digits(number: str) -> Said:
    """数字を 1 字ずつ読む（電話番号など）。2 字ずつのアクセント句にする。"""
    said: list[str | Given] = []
    for i in range(0, len(number), 2):
        names = [DIGITS[int(d)] for d in number[i : i + 2]]
        accent = mora_count(names[0]) + 1 if len(names) == 2 else 1
        said.append(Given("".join(names), accent))
    return tuple(said)


def letters(word: str) -> Given:
    """英字を 1 字ずつ読む語。核は最後の字の初め（エスエヌエ↓ス）。"""
    names = [LETTERS[c] for c in word.upper()]
    return Given("".join(names), mora_count("".join(names[:-1])) + 1)


def latin(word: str) -> Given | None:
    """辞書にない英字の語が、ローマ字として読めるなら、そのかな（Kawasaki → カワサキ）。"""
    kana = "" if word.isupper() or len(word) < 4 else romaji_to_katakana(word.lower())
    return Given(kana) if kana else None


def _address(text: str) -> Said:
    """メールアドレスや URL。英字と数字は 1 字ずつ、記号は名前で読む。"""
    said: list[str | Given] = []
    for part in re.findall(r"[A-Za-z]{1,3}|[0-9]|.", text):
        if part in _ADDRESS_SYMBOLS:
            said += [Given(_ADDRESS_SYMBOLS[part], 1), PAUSE]
        elif part.isdigit():
            said += digits(part)
        elif part.isalpha():
            said.append(letters(part))
    return tuple(said)


def _telephone(match: Match[str]) -> Said:
    first, second, last = match.groups()
    return (*digits(first), PAUSE, *digits(second), "の、", *digits(last))


def _block_number(match: Match[str]) -> Said:
    """6-22-5 → ろくの にじゅうにの ご。"""
    return ("の".join(match.group().split("-")),)


def _date(year: str, month: str, day: str) -> Said | None:
    if not (1 <= int(month) <= 12 and 1 <= int(day) <= 31):
        return None
    return (f"{year}{int(month)}月{int(day)}日",)


_ERAS = {"M": "明治", "T": "大正", "S": "昭和", "H": "平成", "R": "令和"}


def _slash(match: Match[str]) -> Said | None:
    """1/2 は分数、4/1 は日付。"""
    upper, lower = int(match[1]), int(match[2])
    if 0 < upper < lower <= 10:
        return (f"{lower}分の{upper}",)
    return _date("", match[1], match[2])


def _time(match: Match[str]) -> Said | None:
    hour, minute = int(match[1]), int(match[2])
    if hour > 24 or minute > 59:
        return None
    return (f"{hour}時" + (f"{minute}分" if minute else ""),)


def _enclosed(match: Match[str]) -> Said:
    """丸などで囲んだ数字、ローマ数字。番号として立つところでは、あとに間を置く。"""
    letter, before = match.group(), match.string[: match.start()].rstrip()
    joined = match.string[match.end() :][:1] in set(
        "番章節条項部編期巻類型種級号回世点のとはをにがも"
    )
    number = str(int(unicodedata.numeric(letter)))
    if "⑴" <= letter <= "⒇":
        said: Said = (_BRACKETED, number)
    elif "Ⅰ" <= letter <= "ⅿ" or "⒈" <= letter <= "⒛":
        said = (number,)
    else:
        said = (Given("マル", 0), number)
    heads = not before or before[-1] in "。、"
    return (*said, PAUSE) if heads and not joined else said


_BRACKETED = Given("かっこ", 1)
_QUANTITY = re.compile(r"[0-9年度月日時分期回章人館歳階名]$")


def _tilde(match: Match[str]) -> Said:
    """波線。範囲なら「から」、副題を囲むなら読まない、かなの後で伸ばすなら「ー」。"""
    text, place = match.string, match.start()
    before, after = text[:place].rstrip(), text[match.end() :].lstrip()
    ends = not after or after[0] in "、。)」』】"
    opens = re.match(r"[^~、。]+~(?:$|[ 、。)」』】])", after) is not None
    if _QUANTITY.search(before):
        return ("から",)
    if not before or opens or (ends and text.count("~", 0, place) % 2 == 1):
        return (PAUSE,)
    stretched = re.search(r"[ぁ-んァ-ヺ]$", before) and re.match(r"[ぁ-ん]|$", after)
    if stretched or (ends and re.search(r"[ぁ-んァ-ヺ]$", before)):
        return ("ー",)
    return (PAUSE,) if ends else ("から",)


_COUNTING = re.compile(r"[年月日時分秒人名件回館歳才か所ヶヵ個枚円章期度階番位本冊台つ割倍ぁ-ん%]")


def _space(match: Match[str]) -> Said:
    """空白。日本語のあいだでは間、英数字のとなりや数と助数詞のあいだでは語の切れ目だけ。"""
    text = match.string
    before, after = text[: match.start()][-1:], text[match.end() :][:1]
    if "\u3000" in match.group() or (before.isdigit() and after.isdigit()):
        return (PAUSE,)
    if before.isdigit() and after > "\u2fff" and not _COUNTING.match(after):
        return (PAUSE,)
    japanese = all(c and (c > "\u2fff" or c in "()[]") for c in (before, after))
    return (PAUSE,) if japanese else (" ",)


def _dot(match: Match[str]) -> Said:
    """中点。カタカナや英字のあいだ（語の中の切れ目）では読まない。ほかは間。"""
    inside = re.match(r"[ァ-ヺーA-Za-z]・[ァ-ヺA-Za-z]", match.string[max(0, match.start() - 1) :])
    return () if inside else (PAUSE,)


def _normalised(match: Match[str]) -> Said | None:
    said = unicodedata.normalize("NFKC", match.group())
    return None if said == match.group() else (said,)


def _composed(match: Match[str]) -> Said:
    """結合文字。濁点は前のかなに合わせ、英字の記号は落とす。"""
    composed = unicodedata.normalize("NFC", match.group())
    return (
        re.sub(r"[\u0300-\u036f\u3099\u309a]", "", unicodedata.normalize("NFKD", composed))
        if composed[0] < "\u3000"
        else composed,
    )


def _mark(match: Match[str]) -> Said:
    mark = match.group()
    if mark == "・":
        return _dot(match)
    return ("？",) if mark == "?" else (PAUSE,)


def _silent(match: Match[str]) -> Said:
    return ()


def _pause(match: Match[str]) -> Said:
    return (PAUSE,)


def _fixed(*said: str | Given) -> Callable[[Match[str]], Said]:
    return lambda match: tuple(said)


def _from(names: Mapping[str, str]) -> Callable[[Match[str]], Said]:
    return lambda match: (names[match.group().strip()],) if names[match.group().strip()] else ()


def _numbering(match: Match[str]) -> Said:
    """(1) のような、見出しや項目の番号。番号として立つところだけ「かっこ」と読む。"""
    head: Said = (_BRACKETED,) if match[0].startswith("(") else ()
    return (*head, match["n"], PAUSE)


@cache
def rules() -> tuple[Rule, ...]:
    """音訳の決まり。"""
    symbols, units = table("symbols"), table("units")
    corporations = {"株": "株式会社", "有": "有限会社", "社": "社団法人", "財": "財団法人",
                    "福": "社会福祉法人", "医": "医療法人", "学": "学校法人"}  # fmt: skip

    def rule(name: str, pattern: str, say: Callable[[Match[str]], Said | None]) -> Rule:
        return Rule(name, re.compile(pattern), say)

    def one_of(names: Mapping[str, str]) -> str:
        return "|".join(re.escape(n) for n in sorted(names, key=len, reverse=True))

    return (
        rule("タグ", r"<!--.*?-->|</?[A-Za-z][^<>]*>|&(?:lt|gt|quot|nbsp|#\d+);", _silent),
        rule("アンド", r"&amp;", _fixed("アンド")),
        rule(
            "URL",
            r"(?:(?:https?|ftp)://|www\.)[\w\-.~:/?#@!$&'*+,;=%]*[\w/]",
            lambda m: _address(m[0]) if m[0].isascii() else None,
        ),
        rule(
            "メール",
            r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9.\-]+\.[A-Za-z]{2,}",
            lambda m: (PAUSE, *_address(m[0]), PAUSE),
        ),
        rule(
            "郵便番号",
            r"〒 ?(\d{3})-?(\d{4})(?!\d)",
            lambda m: ("郵便番号、", *digits(m[1]), "の", *digits(m[2]), PAUSE),
        ),
        rule(
            "電話番号", r"(?<![\d\-])(0\d{1,4})[\-ー](\d{1,4})[\-ー](\d{3,4})(?![\d\-])", _telephone
        ),
        rule("電話番号", r"(?<![\d\-])\(?(0\d{1,4})\)? ?(\d{1,4})-(\d{4})(?![\d\-])", _telephone),
        rule("電話番号", r"(?<![\d\-])(0\d{1,4}) ?\((\d{1,4})\) ?(\d{4})(?![\d\-])", _telephone),
        rule("短い番号", r"#(\d{3,4})(?!\d)", lambda m: ("シャープ", *digits(m[1]))),
        rule("短い番号", r"(?<!\d)(?:1[178]1|18[89])(?=番)", lambda m: digits(m[0])),
        rule("電話", r"(?<![A-Za-z])(?:TEL|Tel|tel)(?![A-Za-z])[.:]? ?", _fixed(PAUSE, "電話、")),
        rule(
            "ファックス",
            r"(?<![A-Za-z])(?:FAX|Fax|fax)(?![A-Za-z])[.:]? ?(?=[(\d])",
            _fixed(PAUSE, "ファックス、"),
        ),
        rule("ファックス", r"(?<![A-Za-z])(?:FAX|Fax|fax)(?![A-Za-z])", _fixed("ファックス")),
        rule("メール", r"(?<![A-Za-z])[Ee]-?[Mm]ail(?![A-Za-z])", _fixed("イーメール")),
        rule("ホームページ", r"(?<![A-Za-z])(?:HP|ＨＰ)(?![A-Za-z])", _fixed("ホームページ")),
        rule("番号", r"(?<![A-Za-z])N[Oo]\.(?= ?\d)", _fixed("ナンバー")),
        rule(
            "日付",
            r"(?<![\d.\-/])((?:19|20)\d{2})([./\-])(\d{1,2})\2(\d{1,2})(?![\d/\-])",
            lambda m: _date(f"{m[1]}年", m[3], m[4]),
        ),
        rule(
            "日付",
            r"(?<![A-Za-z])([MTSHR])(\d{1,2})[./](\d{1,2})[./](\d{1,2})(?!\d)",
            lambda m: _date(f"{_ERAS[m[1]]}{int(m[2])}年", m[3], m[4]),
        ),
        rule("元号", r"(?<![A-Za-z0-9])[MTSHR](?=\d{1,2}年)", _from(_ERAS)),
        rule(
            "曜日",
            rf"(?<=[日\d]) ?\(([{_WEEK}])(?:[・/]?祝)?\)",
            lambda m: (PAUSE, f"{m[1]}曜日", "、祝日" if "祝" in m[0] else "", PAUSE),
        ),
        rule(
            "曜日",
            rf"(?<![一-鿿])[{_WEEK}](?=~[{_WEEK}](?![一-鿿]))|(?<=[{_WEEK}]~)[{_WEEK}](?![一-鿿])",
            lambda m: (f"{m[0]}曜",),
        ),
        rule("時刻", r"(?<![\d:])(\d{1,2}):(\d{2})(?![\d:])", _time),
        rule("比", r"(?<=\d):(?=\d)", _fixed("対")),
        rule("金額", r"¥ ?(\d[\d,]*(?:\.\d+)?)", lambda m: (m[1].replace(",", ""), "円")),
        rule("金額", r"\$ ?(\d[\d,]*(?:\.\d+)?)", lambda m: (m[1].replace(",", ""), "ドル")),
        rule(
            "ページ",
            r"(?<![A-Za-z])[Pp]{1,2}\.? ?(\d+) ?[\-~] ?(?:[Pp]\.? ?)?(\d+)(?!\d)",
            lambda m: (f"{m[1]}ページから{m[2]}ページ",),
        ),
        rule("ページ", r"(?<![A-Za-z])[Pp]{1,2}\. ?(\d+)(?!\d)", lambda m: (f"{m[1]}ページ",)),
        rule(
            "年の範囲",
            r"(?<=(?<!\d)(?:19|20)\d\d)-(?=(?:(?:19|20)\d\d|\d\d)(?![\d\-]))",
            _fixed("から"),
        ),
        rule(
            "数の範囲",
            r"(?<![\d\-])(\d{1,3})-(\d{1,3})(?=[年月日人名件回館歳才時分枚点章級週階円割頁%]|ページ|か所|ヶ)",
            lambda m: (f"{m[1]}から{m[2]}",) if int(m[1]) < int(m[2]) else None,
        ),
        rule("番地", r"(?<![\dA-Za-z.\-])\d{1,4}(?:-\d{1,4}){1,3}(?![\d\-])", _block_number),
        rule(
            "桁区切り", r"(?<![\d,.])\d{1,3}(?:,\d{3})+(?![\d])", lambda m: (m[0].replace(",", ""),)
        ),
        rule(
            "0 で始まる番号",
            r"(?<![\d.,])0\d+(?![\d.])|(?<![\d.,])\d{13,}(?!\d)",
            lambda m: digits(m[0]),
        ),
        rule("分数・日付", r"(?<![\d/A-Za-z])(\d{1,2})/(\d{1,2})(?![\d/])", _slash),
        rule(
            "単位",
            rf"(?<=\d) ?(?:{one_of(units)})(?![A-Za-z0-9²³])",
            _from(units),
        ),
        rule("単位", r"[㎡㎢㎥㎞㎝㎜㎏㎎㏄℃]", _from(units)),
        rule("囲み数字", r"[①-⑳⑴-⒛㉑-㉟㊱-㊿❶-❿⓫-⓴Ⅰ-ⅿ]", _enclosed),
        rule(
            "番号",
            rf"{_START}(?:\((?P<n>\d{{1,3}}|[ア-ンa-zA-Z]|[一二三四五六七八九十]{{1,3}})\))",
            _numbering,
        ),
        rule("番号", rf"{_START}『?(?P<n>\d{{1,2}})\)", _numbering),
        rule("番号", rf"{_START}(?P<n>\d{{1,2}})\.(?!\d)", _numbering),
        rule("法人", rf"\(([{''.join(corporations)}])\)", lambda m: (corporations[m[1]],)),
        rule("掛ける", r"(?<=\d) ?[×x] ?(?=\d)", _fixed("かける")),
        rule("負の数", r"(?:^|(?<=[ (、]))-(?=\d)", _fixed("マイナス")),
        rule("伏せ字", r"[○〇◯]{2,}", lambda m: tuple("まる" for _ in m[0])),
        rule("伏せ字", r"×{2,}", lambda m: tuple("ばつ" for _ in m[0])),
        rule("シャープ", r"#(?=[A-Za-z0-9ぁ-ヺ一-鿿])", _fixed("ハッシュタグ、")),
        rule(
            "第二日曜",  # 「二日」と読ませない
            r"(?<=第[一二三四五1-5])日曜日?",
            lambda m: (Given("にちようび", 3) if m[0].endswith("日") else Given("にちよう", 3),),
        ),
        rule("より一層", r"(?<=に)より(?=一層|いっそう|多く|良|よ)", _fixed(PAUSE, "より")),
        rule("かぎの間", r"[」』](?=[「『])", _pause),
        rule("感嘆符", r"!(?=[」』)]+[ぁ-ん])", _silent),
        rule("波線", r"~+", _tilde),
        rule("半角カナ", r"[ｦ-ﾟ]+", _normalised),
        rule("結合文字", r"[^\s][\u0300-\u036f\u3099\u309a]+|[À-ɏ]", _composed),
        rule("記号", one_of(symbols), _from(symbols)),
        rule("間", r"(?:・{2,}|[…‥―—─／:;|↓→←↑⇒⇔■□◆◇●○◎◯▲△▼▽★☆♪・…!?])", _mark),
        rule("終止符", r"\.(?=[ぁ-ヺ一-鿿 ]|$)", _pause),
        rule("間", r"[()\[\]{}〔〕【】〈〉《》/,]", _pause),
        rule("空白", r"[ \u3000]+", _space),
        rule(
            "制御文字",
            r"[\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]+",
            _silent,
        ),
        rule("合字", r"[⺀-⿟豈-﫿㈀-㋿㌀-㏿ﬀ-ﬆ²³¹⁰-₉ª-º]", _normalised),
    )
