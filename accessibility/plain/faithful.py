"""やさしい文章が、ふつうの文章にある事実だけを言っているか。

やさしい節の数、日付、電話番号、名前は、同じ節のふつうの文章（見出し、上の段の見出し、やさしい版にない下の段の節、
原稿の先頭に書いた計画の事実を含む）になければならない。〈…〉の説明も同じである。
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from accessibility.glossary import Glossary
from accessibility.plain.facts import Fact, folded, names, numbers
from accessibility.plain.passage import Passage
from accessibility.plain.remark import Remark
from content.model import List, Publication, Section, Table

_NUMBER = "「{}」は、ふつうの文章の同じ節にありません。もとの数や日付に直すか、消してください。"
_NAME = "「{}」という名前は、ふつうの文章の同じ節にありません。もとの名前に直すか、消してください。"


@dataclass(frozen=True)
class _Source:
    """ふつうの文章の、ひとつの節で言ってよいこと。"""

    text: str
    numbers: frozenset[str]

    def has_number(self, fact: Fact) -> bool:
        return not fact.values.isdisjoint(self.numbers)

    def has_name(self, fact: Fact) -> bool:
        """名前か、その別の言い方（社会福祉協議会と社協）があるか。"""
        for value in fact.values:
            entry = Glossary.load().get(value)
            if any(folded(word) in self.text for word in (value, *(entry.words if entry else ()))):
                return True
        return False


def unfaithful(
    passages: Sequence[Passage], plain: Publication, standard: Publication
) -> Iterator[Remark]:
    """やさしい節にあって、ふつうの節にない事実。節ごとに、同じ事実は 1 度だけ。"""
    sources = {
        section.id: _source(standard, section, plain)
        for section in standard.sections
        if plain.section(section.id)
    }
    seen: set[tuple[str, str, frozenset[str]]] = set()
    for p in passages:
        source = sources.get(p.section)
        if source is None:
            continue
        found = [
            ("unfaithful-number", f, _NUMBER) for f in numbers(p.text) if not source.has_number(f)
        ]
        found += [("unfaithful-name", f, _NAME) for f in names(p) if not source.has_name(f)]
        for code, fact, message in found:
            if (p.section, code, fact.values) not in seen:
                seen.add((p.section, code, fact.values))
                said = p.text[fact.start : fact.end]
                yield Remark(
                    code,
                    "warning",
                    p.section,
                    p.sentence,
                    p.line,
                    fact.start,
                    fact.end,
                    said,
                    message.format(said),
                )


def missing(
    plain: Publication, standard: Publication, lines: Mapping[str, int]
) -> Iterator[Remark]:
    """ふつうの版にあって、やさしい版にない節。場所は、その前にある節の見出しとする。"""
    line = 1
    for section in standard.sections:
        kept = plain.section(section.id)
        if kept is not None:
            line = lines[kept.heading.id]
            continue
        title = section.heading.text
        yield Remark(
            "missing-section",
            "hint",
            section.id,
            section.heading.id,
            line,
            0,
            len(title),
            title,
            f"ふつうの版の節「{title}」が、やさしい版にありません。住む人に要ることなら、足してください。",
        )


def _source(standard: Publication, section: Section, plain: Publication) -> _Source:
    own = [section, *_folded_in(standard, section, plain)]
    sections = [*_above(standard, section), *own]
    plan = standard.plan
    facts = (standard.title.text, plan.issuer, plan.series, plan.ward or "", plan.source)
    sentences = [s.text for part in own for s in part.sentences]
    texts = [*facts, *(s.heading.text for s in sections), *sentences]
    found = {value for text in texts for fact in numbers(text) for value in fact.values}
    years = (plan.first_year, plan.last_year, plan.extended_to)
    found |= {f"{year}年" for year in years if year} | {str(plan.number)}
    found |= {str(count) for s in sections for count in _counts(s)}
    found.add(str(sum(s.level == section.level + 1 for s in _below(standard, section))))
    return _Source("\n".join(map(folded, texts)), frozenset(found))


def _counts(section: Section) -> Iterator[int]:
    """箇条書きと表の数。「4つあります」と言ってよい。"""
    for block in section.blocks:
        if isinstance(block, List):
            yield len(block.items)
        elif isinstance(block, Table):
            yield len(block.rows)


def _above(standard: Publication, section: Section) -> list[Section]:
    """上の段の節。"""
    found: list[Section] = []
    level = section.level
    for other in reversed(standard.sections[: standard.sections.index(section)]):
        if other.level < level:
            found.insert(0, other)
            level = other.level
    return found


def _below(standard: Publication, section: Section) -> Iterator[Section]:
    """下の段の節。"""
    for other in standard.sections[standard.sections.index(section) + 1 :]:
        if other.level <= section.level:
            return
        yield other


def _folded_in(standard: Publication, section: Section, plain: Publication) -> Iterator[Section]:
    """やさしい版では、この節にまとめた、下の段の節。"""
    for below in _below(standard, section):
        kept = plain.section(below.id)
        if kept is None and _keeper(standard, below, plain) is section:
            yield below


def _keeper(standard: Publication, section: Section, plain: Publication) -> Section | None:
    """やさしい版に残る、いちばん近い上の段の節。"""
    above = _above(standard, section)
    return next((s for s in reversed(above) if plain.section(s.id)), None)
