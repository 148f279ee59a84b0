"""やさしい日本語の検査。文字か出版物を調べ、しらせと点を返す。

助言であり、合格の証明ではない（やさしいかどうかは、人が読んで決める）。文章は書きかえない。
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from accessibility.glossary import Glossary
from accessibility.plain.excuses import Excuse, excused, unused
from accessibility.plain.faithful import missing, unfaithful
from accessibility.plain.lines import sentence_lines
from accessibility.plain.passage import Chapter, Kind, Passage, analyser
from accessibility.plain.remark import Finding, Remark
from accessibility.plain.rules_form import clauses, ending, kanji, length
from accessibility.plain.rules_formal import formal, nominal
from accessibility.plain.rules_honorific import honorific
from accessibility.plain.rules_layout import enumeration, page_length, romaji, spaces
from accessibility.plain.rules_time import date, range_mark, time
from accessibility.plain.rules_voice import causative, double_negative, passive
from accessibility.plain.rules_words import Vocabulary, kanji_run
from accessibility.plain.score import Score, jreadability_score, score
from content.inline import split_sentences
from content.model import Image, List, Publication, Run, Section, Sentence, Table
from content.notation_write import write

SENTENCE_RULES: tuple[Callable[[Passage], Iterator[Finding]], ...] = (
    length, clauses, ending, passive, causative, double_negative, honorific, formal, nominal,
    kanji, date, time, range_mark, enumeration, spaces, romaji,
)  # fmt: skip
"""文ひとつずつを調べる決まり。"""

_WORDING = frozenset(["formal", "honorific", "nominal", "date"])
# かなのない長い言葉を「…」で囲めば、名前である（「川崎市住民福祉協働プラン」）。
_QUOTED_NAME = re.compile("[「『]([^ぁ-ゖ「」『』]{6,})[」』]")
_MARK = re.compile(r"\s*(?:(?P<heading>#{1,6})|(?P<item>[-*+・]|\d+[.)]))\s+|(?P<dot>\s*・)")


@dataclass(frozen=True, slots=True)
class Report:
    """検査の結果。``remarks`` は書かれた順。

    ``score`` は文章のやさしさの点。``jreadability`` は、比べるための別のものさし（測れなければ ``None``）。
    """

    remarks: tuple[Remark, ...]
    score: Score
    jreadability: float | None

    @property
    def warnings(self) -> tuple[Remark, ...]:
        """直すもののうち、まだ認められていないもの。"""
        return tuple(r for r in self.remarks if r.open)


def check_text(text: str) -> Report:
    """文字だけの文章を調べる。1 行が 1 つの段落。「# 」は見出し、「- 」と「・」は箇条書きとみる。"""
    passages: list[Passage] = []
    for number, line in enumerate(text.split("\n"), 1):
        mark = _MARK.match(line)
        kind: Kind = "prose"
        if mark:
            kind = "heading" if mark["heading"] else "item"
        offset = mark.end() if mark else 0
        for runs in split_sentences([Run(line[offset:])]):
            said = "".join(run.text for run in runs)
            words = tuple(analyser().words(said))
            passages.append(Passage(said, words, kind, line=number, offset=offset))
            offset += len(said)
    return _report(tuple(_chapter_remarks(Chapter(passages))), passages)


def check_publication(
    publication: Publication,
    standard: Publication | None = None,
    excuses: Sequence[Excuse] = (),
    source: str = "",
) -> Report:
    """出版物を調べる。

    ``standard`` があれば、その事実（数、日付、名前）だけを言っているかも調べる。``excuses`` は認めたもの。
    ``source`` は行を数える原稿の文字で、空なら書き出した原稿とみる。
    """
    lines = sentence_lines(publication, source or write(publication))
    names = _names(publication, standard)
    remarks: list[Remark] = []
    everything: list[Passage] = []
    for sections in publication.chapters:
        passages = tuple(p for s in sections for p in _section_passages(s, lines, names))
        everything += passages
        remarks += _chapter_remarks(Chapter(passages))
        if standard is not None:
            remarks += unfaithful(passages, publication, standard)
    if standard is not None:
        remarks += missing(publication, standard, lines)
        remarks.sort(key=lambda r: r.line)
    known = excused(remarks, excuses, publication.name)
    return _report(known + unused(known, excuses, publication.name), everything)


def _report(remarks: tuple[Remark, ...], passages: Sequence[Passage]) -> Report:
    """``jreadability`` は、語のない文章と、文字にならない符号のある文章を受け付けない。"""
    text = "".join(p.text for p in passages).encode("utf-8", "replace").decode()
    readable = any(w.content for p in passages for w in p.words)
    jreadability = jreadability_score(text) if readable else None
    return Report(remarks, score(p.words for p in passages), jreadability)


def _names(*publications: Publication | None) -> tuple[str, ...]:
    """変えてはならない言葉: 計画の表題、発行者、計画の名前、理念と目標の文、「…」で囲んだことのある名前。"""
    found: set[str] = set()
    for p in filter(None, publications):
        found |= {p.title.text, p.plan.issuer, p.plan.series, *p.philosophy, *p.goals}
        found |= {name for s in p.sentences for name in _QUOTED_NAME.findall(s.text)}
    return tuple(sorted({name.strip() for name in found} - {""}))


def _section_passages(
    section: Section, lines: Mapping[str, int], names: tuple[str, ...]
) -> Iterator[Passage]:
    """節の文。"""

    def passage(sentence: Sentence, kind: Kind) -> Passage:
        words = tuple(analyser().words(sentence.text))
        line = lines[sentence.id]
        return Passage(sentence.text, words, kind, section.id, sentence.id, line, names=names)

    yield passage(section.heading, "heading")
    for block in section.blocks:
        match block:
            case List(items):
                for item in items:
                    said: Kind = "document" if item.document else "item"
                    yield from (passage(s, said) for s in item.sentences)
            case Table(caption, header, rows):
                cells = [*header, *(s for row in rows for s in row)]
                yield from (passage(s, "label") for s in ([caption] if caption else []) + cells)
            case Image(_, alternative):
                yield passage(alternative, "label")
            case _:
                yield from (passage(s, "prose") for s in block.sentences)


def _chapter_remarks(chapter: Chapter) -> Iterator[Remark]:
    """ページのしらせを、書かれた順に。"""
    found = [
        [] if p.is_name else [f for rule in SENTENCE_RULES for f in rule(p)]
        for p in chapter.passages
    ]
    covered = [[(f.start, f.end) for f in fs if f.code in _WORDING] for fs in found]
    vocabulary = _vocabulary()
    for number, finding in (
        *vocabulary.vocabulary(chapter, covered),
        *vocabulary.katakana(chapter),
        *kanji_run(chapter, Glossary.load()),
        *page_length(chapter),
    ):
        found[number].append(finding)
    for passage, findings in zip(chapter.passages, found, strict=True):
        for f in sorted(findings, key=lambda f: (f.start, f.end, f.code)):
            yield Remark(
                f.code,
                f.severity,
                passage.section,
                passage.sentence,
                passage.line,
                f.start + passage.offset,
                f.end + passage.offset,
                passage.text[f.start : f.end],
                f.message,
                f.suggestion,
            )


@cache
def _vocabulary() -> Vocabulary:
    return Vocabulary(Glossary.load(), analyser())
