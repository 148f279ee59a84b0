"""質問が何を尋ねているか。だれの、第何期の、どの区の、いつの、どんな種類のことか。

ここで分かったことは、答えの文章と合っていなければならない（``bot.gate``）。残りの言葉（``topic``）で探す。
尋ね方と土地の名前は ``data/asks.tsv`` と ``data/places.tsv`` にある。
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

from accessibility.kana import to_hiragana
from bot.terms import normalize

Ordinal = Literal["", "first", "latest"]
ELSEWHERE = "ほか"

_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")}
_SPOKEN = {
    "いっ": 1, "いち": 1, "に": 2, "さん": 3, "よん": 4, "よ": 4, "ご": 5, "ろっ": 6, "ろく": 6,
    "なな": 7, "しち": 7, "はち": 8, "はっ": 8, "きゅう": 9, "く": 9, "じゅっ": 10,
}  # fmt: skip
_NUMBER = r"\d{1,3}|[〇一二三四五六七八九十]{1,3}"
_PERIOD = re.compile(
    rf"(?:第|だい)\s*(?P<a>{_NUMBER}|{'|'.join(_SPOKEN)})\s*(?:期|き|基|機|季)目?(?!間|待|限)"
    rf"|(?<![\d年月〇一二三四五六七八九十])(?P<b>{_NUMBER})\s*期目?(?!間|待|限|日|末|生)"
    r"|(?P<c>ろっ|なな|はっ|よん)き(?=[のはけをにっ]|\s|$)"
)
_FIRST = re.compile(
    r"(?:一番|いちばん)?(?:(?:最初|初め|はじめ)て?の|(?:古|ふる)い)(?:計画|けいかく)|初代"
)
_LATEST = re.compile(
    r"(?:最新|(?:一番|いちばん)新しい|いちばんあたらしい|今の?期|(?:今|いま|現在)の(?=計画|けいかく))の?"
)
_ERAS = {"令和": 2018, "れいわ": 2018, "r": 2018, "平成": 1988, "へいせい": 1988, "h": 1988,
         "昭和": 1925}  # fmt: skip
_YEAR = re.compile(
    rf"(?P<era>{'|'.join(_ERAS)})\s*(?P<of>\d{{1,2}}|元)(?:\s*年度?|\b)|(?P<western>(?:19|20)\d\d)(?:年度?)?(?!\d)"
)
_VALUE = re.compile(
    r"(?P<count>\d+|[一二三四五六七八九十]+)"
    r"(?P<unit>館|つ(?!目|め)|回(?!目)|人|名|件|個|か所|[ヶかカヵ]年|年間|校|団体|分野|割|円|項目|種類|%|冊|枚)"
)
_ITEM = re.compile(r"(?P<item>\d{1,2}|[一二三四五六七八九十])(?:つ|番|個|こ)(?:目|め)")
LISTED = re.compile(r"^(?:・|\d+\. )", re.MULTILINE)
"""箇条書きの行の頭。"""
_QUOTED = re.compile(r"[「『\"]([^」』\"]{2,})[」』\"]")
_CLAIM = re.compile(
    r"(?:です|ます|でした|ました|だった|んだ|だ|やった)よ?(?:ね|っけ)(?=\s|$|[。?!、])"
    r"|でしょう?(?=\s|$|[。?!])|だよ(?:ね|な)|って本当|ってほんと|のはず"
)
# 市役所がつくる、別の計画
_CITY = re.compile(
    r"市役所|行政(?:の)?(?:地域福祉)?計画|行政計画|地域福祉計画(?!推進)|(?<!社協の)(?<!区)(?:市|県)(?:の|が作る|がつくる|が策定する)"
    r"(?:高齢者?|障害者?|障がい者?|子ども|こども|総合|行政|地域|防災|保健|医療)[^\s。?]{0,12}(?:計画|プラン|ビジョン)"
    r"|(?<![区社])市の(?=計画)|市が(?:作|つく|策定)[^\s。?]{0,3}(?=計画|地域)|(?:保健福祉|障害者|障がい者|障害福祉|総合)(?:計画|プラン)|ビジョン"
)
_RELATION = re.compile(
    r"関係|かんけい|連携|れんけい|違い|ちが[いう]|つなが|合わせ|あわせ|一体|いっしょ|一緒|踏まえ|ふまえ|求め"
)
_OWN_WARD = re.compile("(?:私|わたし|うち|自分|僕|ぼく|俺|おれ|私たち|わたしたち)の区|地元の計画")
_LIVES = re.compile(
    r"\s*(?:に|で)?(?:住ん|すん|住まい|暮らし|くらし|在住|民|のもの(?:です|だ)|から来)"
)
# 自分のこと。探す言葉ではない。
_SELF = re.compile(
    r"[^\s、。]{1,8}から\s*(?:来|き|引っ?越し)(?:て|た|まし)[^\s、。]{0,4}|\d+\s*(?:歳|さい|才)(?:の|です|になる)?"
    r"|(?:私|わたし|わたくし|ぼく|僕|俺|おれ|うち)(?=[はがもの、\s])"
)
_TERM = re.compile(
    r"(?P<term>[^\s、。?「」]{2,20}?)」?(?:とは|って|の意味|という|は(?:何|なに|なん))"
)
_WARD = re.compile(r"(?P<name>[一-鿿ヶケ]{1,4}区)(?!分|切|別|間|域|内|画)")
_CITY_NAME = re.compile(r"(?P<name>[一-鿿ヶケ]{2,4}市)(?!民|内|場|区|町村|立|政)")
_NOT_PLACES = re.compile(
    r"(?:地|各|全|校|市|同|他|本|当|行政|学|自|住|[0-9七])区$|(?:都|同|本|当|各|全|政令|他|[の都])市$"
)


@dataclass(frozen=True, slots=True)
class Ask:
    """尋ねている種類。``evidence`` は、答えの文章に必ずあるはずの書き方。"""

    name: str
    evidence: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class Slots:
    """質問から読み取ったこと。``text`` は表記をそろえた質問、``topic`` は探す言葉だけにした残り。

    ``wards`` は尋ねている区、``home`` は住んでいると言った区、``elsewhere`` はよその土地、``city`` は市役所の
    計画、``cities`` は尋ねている市（いくつもの市の出版物があるときだけ）。``values`` は質問が言う「8館」の
    ような値、``claim`` は「〜ですよね」と念を押していること。``term`` は意味を尋ねている言葉、``item`` は
    「4 番目」のような順番（なければ 0）。
    """

    text: str
    topic: str
    numbers: tuple[int, ...] = ()
    ordinal: Ordinal = ""
    wards: tuple[str, ...] = ()
    home: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    cities: tuple[str, ...] = ()
    city: bool = False
    relation: bool = False
    years: tuple[int, ...] = ()
    asks: tuple[Ask, ...] = ()
    values: tuple[tuple[int, str], ...] = ()
    claim: bool = False
    term: str = ""
    item: int = 0

    def asks_for(self, *names: str) -> bool:
        return any(a.name in names for a in self.asks)

    @property
    def places(self) -> bool:
        return bool(self.numbers or self.wards or self.ordinal or self.years)


class SlotReader:
    """質問を読み取る。``home`` は出版物の発行者の市（その市はよその土地ではない）、``wards`` は知っている区。"""

    def __init__(self, home: Sequence[str], wards: Sequence[str] = ()) -> None:
        self._home = tuple(home)
        self._asks = tuple(_asks())
        self._places = tuple(_places(wards))

    def read(self, question: str) -> Slots:
        text = normalize(question).lower()
        folded = to_hiragana(text)
        spans: list[tuple[int, int]] = []
        numbers = tuple(dict.fromkeys(self._numbers(folded, spans)))
        ordinal = _ordinal(folded, spans)
        years = tuple(dict.fromkeys(_years(folded, spans)))
        city = _CITY.search(text)
        wards, home, elsewhere = self._where(text, folded, spans)
        if home and _OWN_WARD.search(folded):
            wards = tuple(dict.fromkeys((*wards, *home)))
        spans.extend(m.span() for m in _SELF.finditer(text))
        claim = _CLAIM.search(text) is not None
        if claim:  # 念を押された中身では探さない
            spans.extend(m.span() for m in _QUOTED.finditer(text))
        item = _ITEM.search(folded)
        if item:
            spans.append(item.span())
        valued = list(_VALUE.finditer(_blank(text, spans)))
        values = tuple((_number(m["count"]), m["unit"]) for m in valued)
        if claim:
            spans.extend(m.span() for m in valued)
        asks = list(self._kinds(_blank(folded, spans), spans))
        if claim and years:  # 念を押された年は、確かめる事柄であって、探す条件ではない
            asks += [ask for ask, _ in self._asks if ask.name == "when" and ask not in asks]
            years = ()
        term = _TERM.search(text)
        return Slots(
            text=text,
            topic=_blank(text, spans).strip(),
            numbers=numbers,
            ordinal=ordinal,
            wards=wards,
            home=home,
            elsewhere=elsewhere,
            cities=tuple(h for h in self._home if len(self._home) > 1 and h in text),
            city=city is not None,
            relation=_RELATION.search(folded) is not None,
            years=years,
            asks=tuple(asks),
            values=values,
            claim=claim,
            term=term["term"] if term else "",
            item=_number(item["item"]) if item else 0,
        )

    def _numbers(self, folded: str, spans: list[tuple[int, int]]) -> Iterator[int]:
        for match in _PERIOD.finditer(folded):
            spans.append(match.span())
            yield _number(match["a"] or match["b"] or match["c"])

    def _where(
        self, text: str, folded: str, spans: list[tuple[int, int]]
    ) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
        """（尋ねている区, 住んでいる区, よその土地）。長い言い方から先に当てる。"""
        found: dict[tuple[int, int], str] = {}
        taken: list[tuple[int, int]] = []
        for name, pattern in self._places:
            for match in pattern.finditer(folded):
                if not _overlaps(match.span(), taken):
                    taken.append(match.span())
                    found[match.span()] = name
        for pattern in (_WARD, _CITY_NAME):
            for match in pattern.finditer(text):
                name = match["name"]
                known = any(name.endswith(h) for h in self._home) or _NOT_PLACES.search(name)
                if not known and not _overlaps(match.span(), taken):
                    taken.append(match.span())
                    found[match.span()] = ELSEWHERE
        wards: list[str] = []
        home: list[str] = []
        elsewhere: list[str] = []
        for (begin, end), name in sorted(found.items()):
            if name == ELSEWHERE:
                elsewhere.append(text[begin:end])
                continue
            lives = _LIVES.match(text, end)
            (home if lives else wards).append(name)
            spans.append((begin, lives.end() if lives else end))
        return tuple(dict.fromkeys(wards)), tuple(home), tuple(elsewhere)

    def _kinds(self, folded: str, spans: list[tuple[int, int]]) -> Iterator[Ask]:
        for ask, pattern in self._asks:
            matches = [m for m in pattern.finditer(folded) if not _overlaps(m.span(), spans)]
            if not matches:
                continue
            spans.extend(m.span() for m in matches)
            if unit := matches[0].groupdict().get("unit"):
                evidence = rf"[\d一二三四五六七八九十]\s*(?:{_units(unit)})"
                yield Ask(ask.name, re.compile(evidence))
            else:
                yield ask


def _units(unit: str) -> str:
    """同じものを数える言葉。"""
    groups = ("人|名", "件|つ|個|項目", "か所|ヵ所|カ所|箇所|館|施設", "年間|か年|ヶ年|ヵ年|年", "%|パーセント|割",
              "ページ|頁|p", "分野|つ", "種類|つ", "団体|つ", "冊|部|つ")  # fmt: skip
    return next((g for g in groups if unit in g.split("|")), re.escape(unit))


def stated(values: Sequence[tuple[int, str]], text: str) -> bool:
    """質問の言う値（8館）と同じ種類の値が、文章にあるか（値の違いは問わない）。箇条書きは、つの数になる。"""
    listed = len(LISTED.findall(text)) > 1
    return all(
        (listed and "つ" in _units(u))
        or re.search(rf"[\d一二三四五六七八九十]\s*(?:{_units(u)})", text)
        for _, u in values
    )


def _ordinal(folded: str, spans: list[tuple[int, int]]) -> Ordinal:
    choices: tuple[tuple[Ordinal, re.Pattern[str]], ...] = (("first", _FIRST), ("latest", _LATEST))
    for name, pattern in choices:
        if match := pattern.search(folded):
            spans.append(match.span())
            return name
    return ""


def _years(folded: str, spans: list[tuple[int, int]]) -> Iterator[int]:
    """年度（西暦）。"""
    for match in _YEAR.finditer(folded):
        spans.append(match.span())
        if match["western"]:
            yield int(match["western"])
        else:
            yield _ERAS[match["era"]] + (1 if match["of"] == "元" else int(match["of"]))


def year_names(year: int) -> re.Pattern[str]:
    """その年度の書き表し方（西暦、令和、平成）。"""
    names = [rf"(?<!\d){year}"]
    names += [rf"令和{year - 2018}(?!\d)"] if year >= 2019 else []
    names += [rf"平成{year - 1988}(?!\d)"] if 1989 <= year <= 2019 else []
    return re.compile("|".join(names))


def _number(text: str) -> int:
    if text in _SPOKEN:
        return _SPOKEN[text]
    if text.isdecimal():
        return int(text)
    if "十" in text:
        tens, _, ones = text.partition("十")
        return _DIGITS.get(tens, 1) * 10 + _DIGITS.get(ones, 0)
    return int("".join(str(_DIGITS[c]) for c in text))


def _blank(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """``spans`` を同じ長さの空白にした文。"""
    letters = list(text)
    for begin, end in spans:
        letters[begin:end] = " " * (end - begin)
    return "".join(letters)


def _overlaps(span: tuple[int, int], others: Sequence[tuple[int, int]]) -> bool:
    return any(span[0] < end and begin < span[1] for begin, end in others)


def _rows(name: str) -> Iterator[list[str]]:
    source = files("bot").joinpath(f"data/{name}").read_text("utf-8")
    for line in source.splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


def _asks() -> Iterator[tuple[Ask, re.Pattern[str]]]:
    for name, words, *rest in _rows("asks.tsv"):
        evidence = re.compile(rest[0], re.IGNORECASE) if rest and rest[0] else None
        yield Ask(name, evidence), re.compile(to_hiragana(words))


def _places(wards: Sequence[str]) -> list[tuple[str, re.Pattern[str]]]:
    rows = [*_rows("places.tsv"), *([ward, ward] for ward in wards)]
    words = sorted({(name, to_hiragana(word)) for name, row in rows for word in row.split("/")})
    words.sort(key=lambda item: (-len(item[1]), item[1]))
    return [(name, re.compile(_edge(word, ward=name != ELSEWHERE))) for name, word in words]


def _edge(word: str, *, ward: bool) -> str:
    """語の途中（「多摩川」の「多摩」、かなの続きの中）では当てない。"""
    before = r"(?<![ぁ-ん])" if re.match("[ぁ-ん]", word) else ""
    after = (
        r"(?![川市県大])"
        if ward and re.search(r"[一-鿿]$", word) and word[-1] not in "区駅"
        else ""
    )
    return before + re.escape(word) + after
