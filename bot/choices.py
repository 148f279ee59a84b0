"""選んでもらう文章の、名前と質問。同じに見えるものは出さない。"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from bot.crisis import fold
from bot.passages import Passage
from bot.reply import Suggestion
from content.model import Register

_LABEL = 20


def suggestions(
    found: Iterable[Passage], register: Register = "standard"
) -> tuple[Suggestion, ...]:
    """同じ名前になるものは、区や発行者を先に言い、それでも同じなら、質問そのものを名前にする。"""
    unique = list({question_of(p, register): p for p in found}.values())
    questions = [question_of(p, register) for p in unique]
    names = [_name(p, register) for p in unique]
    longer = [f"{p.plan.ward or p.plan.issuer} {_name(p, register)}".strip() for p in unique]
    for other in (longer, questions):
        seen = Counter(fold(_short(name)) for name in names)
        pairs = zip(names, other, strict=True)
        names = [b if seen[fold(_short(a))] > 1 else a for a, b in pairs]
    return tuple(Suggestion(_short(n), q) for n, q in zip(names, questions, strict=True))


def question_of(passage: Passage, register: Register) -> str:
    """その文章を必ず引く質問。"""
    version = passage.version(register)
    return " ".join(filter(None, (version.title, *version.above[-1:], version.heading)))


def _name(passage: Passage, register: Register) -> str:
    name, number = passage.version(register).name, passage.plan.number
    period = f"第{number}期"
    return name if number is None or period in name else f"{period} {name}"


def _short(text: str) -> str:
    return text if len(text) <= _LABEL else text[: _LABEL - 1] + "…"
