"""会話の続き。前の質問から、省かれた言葉と、期や区を補う。2 つの質問を分ける。"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from bot.slots import Slots
from bot.terms import normalize

_POINTING = re.compile(
    r"それ(?!から|と\s)|その|そこ|そっち|これ(?!から|まで)|(?:^|\s)この(?!計画|まち|町|地域|辺)|あれ|もう一度|もういちど"
    r"|もっと|くわしく|詳しく|ほか(?:に|の)は|他(?:に|の)は|^続き"
)
_ELLIPTIC = re.compile(
    r"^(?:じゃあ?|では|なら)|^.{1,14}(?:は|って|も|の(?:ほう|方)は?|だと|なら)[?]?$"
)
_BREAK = re.compile(
    r"[。?\n]+|!+(?![」』はのがをにでとっも])|(?:^|\s|(?<=[。?!\n]))(?:あと|それと|それから|そして|ついでに)\s*"
)
_AND = re.compile(
    r"^(?P<first>.*[^\s、とも])(?:と(?!き|し|い|こ|も|っ|う)|、|や(?!っ|り|る)|も[^\s、もと]*?し)(?P<second>[^と、や]{2,})$"
)
_ASKING = re.compile(r"何|なに|なん|どう|どんな|教え|おしえ|知りたい|(?:か|は|も|の|かな)$")
_REASON = re.compile(r"(?:ので|けれど|けど|のに|だから|ですから|ますから)[、も\s]*")


def parts(question: str) -> list[str]:
    """質問の文ごと。"""
    pieces = [p.strip() for p in _BREAK.split(normalize(question))]
    return [p for p in pieces if re.search(r"\w", p)] or [question]


def asks(slots: Slots) -> bool:
    """尋ねている文か。「寄合処に行きたいです」のような前置きではないか。"""
    return bool(slots.asks) or _ASKING.search(slots.text) is not None


def worded(question: str) -> bool:
    """言葉のある質問か。記号や絵文字だけ、同じ字の繰り返しだけのものは、何も尋ねていない。"""
    letters = re.findall(r"[^\W_]", normalize(question))
    return len(set(letters)) > 1 or 0 < len(letters) < 3


def continues(now: Slots, wordless: Callable[[Slots], bool]) -> bool:
    """前の質問を指しているか、前の質問がなければ何のことか分からないか。"""
    if _POINTING.search(now.text) or _ELLIPTIC.search(now.text):
        return True
    return wordless(now) and (asks(now) or bool(now.places or now.years or now.item))


def halves(question: str) -> tuple[str, str] | None:
    """「A と B を教えて」の A と B。"""
    match = _AND.match(normalize(question))
    return (match["first"], match["second"]) if match else None


def wished(question: str) -> str | None:
    """わけを述べたあとの、頼みごと（「定年になったので、地域の役に立ちたい」の終わり）。"""
    pieces = _REASON.split(normalize(question))
    return pieces[-1] if len(pieces) > 1 and len(pieces[-1]) > 5 else None


def following(
    earlier: Sequence[Slots], now: Slots, wordless: Callable[[Slots], bool]
) -> Iterator[Slots]:
    """試す順に、前の質問で補った質問。``wordless`` は、探す言葉がないか。

    指す言葉（それ）があるか、探す言葉がなくて尋ねていれば、前の質問の話の続きである。
    """
    topical = [e for e in earlier if not wordless(e)]
    before = topical[-1] if topical else None
    located = next((e for e in reversed(earlier) if e.places), None)
    here = placed(now, located) if located and not now.places else now
    if wordless(now) or _POINTING.search(now.text):
        if before is not None and continues(now, wordless):
            yield _continued(here, before)
            if now.asks and not _POINTING.search(now.text):
                yield here
        elif (
            before is not None
            or not wordless(replace(now, topic=_POINTING.sub(" ", now.topic)))
            or not (_POINTING.search(now.text))
        ):
            yield now
        return
    if here is not now:
        yield here
    if before is not None and _ELLIPTIC.search(now.text) and not now.asks and before.asks:
        yield replace(here, asks=before.asks)
    yield now
    if before is not None:
        yield replace(here, topic=f"{before.topic} {here.topic}")


def _continued(now: Slots, before: Slots) -> Slots:
    """前の質問の言葉に、今の質問の種類や期や区を重ねた質問。"""
    number = re.search(r"\d+", now.topic)
    topic = before.topic
    if number and re.search(r"\d", topic):
        topic = re.sub(r"\d+", number[0], topic, count=1)
    else:
        topic = f"{topic} {re.sub(_POINTING, ' ', now.topic)}"
    joined = placed(replace(now, topic=topic), before)
    return joined if joined.asks else replace(joined, asks=before.asks)


def placed(now: Slots, before: Slots) -> Slots:
    """前の質問の期、区、年のうち、今の質問にないものを補う。"""
    return replace(
        now,
        numbers=now.numbers or before.numbers,
        ordinal=now.ordinal or ("" if now.numbers else before.ordinal),
        wards=now.wards or before.wards,
        elsewhere=now.elsewhere or before.elsewhere,
        years=now.years or (() if now.numbers else before.years),
        city=now.city or before.city,
    )
