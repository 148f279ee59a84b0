"""言葉のむずかしさの決まり: N4 より上の言葉、かたかなの言葉、漢字の続く言葉。

知らせるのは、ページ（段 1 の節）ごとに 1 つの言葉について 1 度だけである。名前、「…」で囲んだ言葉、
そのページで先に 〈…〉 で説明した言葉は、知らせない。
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from accessibility.plain.passage import Chapter, Passage, Span, covering
from accessibility.plain.remark import Finding, Severity
from accessibility.plain.words import Analyser, Word

if TYPE_CHECKING:
    from accessibility.glossary import Entry, Glossary

MOST_HARD = 2
"""ひとつの文の中の、むずかしい言葉の数。"""
MOST_RUN = 4

# よく使われていて、むずかしいとは言えない頻度（Zipf）。これ以上の語は知らせない。かなのまじる語は、頻度が
# 活用した形や書き方に分かれて小さく出るので、その分を足して比べる。
_COMMON_N3 = 4.9
_COMMON = 5.2
_COMMON_UNLISTED = 4.8
_SPREAD = 1.2
_RARE_WITH_KANA = 3.6
_KATAKANA = re.compile(r"[ァ-ヺー][ァ-ヺー・]*[ァ-ヺー]")
_ALL_KANJI = re.compile("[一-鿿々〆]+")
_HIRAGANA = re.compile("[ぁ-ゖ]")
_SCHOOL = re.compile(".{2,}(?:大学|高校|高等学校)")
_JAPANESE = re.compile("[一-鿿々ぁ-ゖ]")


@dataclass(frozen=True, slots=True)
class _Term:
    """むずかしい言葉ひとつ。``hardest`` は、N3 より上の言葉か。"""

    start: int
    end: int
    key: str
    entry: Entry | None = None
    hardest: bool = True


def is_hard(word: Word) -> bool:
    """N4 より上の言葉か。とてもよく使われる言葉と、名前を除く。

    水準の表にない言葉は、頻度で決める。かなのまじる言葉（仲よく、困りごと）は、読めば意味の分かるものが多い。
    """
    if not word.content or word.proper or not _JAPANESE.search(word.text):
        return False
    if _SCHOOL.fullmatch(word.text):
        return False
    kana = _HIRAGANA.search(word.text) is not None
    frequency = word.zipf + (_SPREAD if kana else 0)
    if word.level is not None:
        return word.level <= 3 and frequency < (_COMMON_N3 if word.level == 3 else _COMMON)
    if kana:
        return 0 < word.zipf < _RARE_WITH_KANA
    return frequency < _COMMON_UNLISTED


class Vocabulary:
    """ページの言葉を調べるもの。

    ``glossary`` の言葉は、長いまとまり（社会福祉協議会）で扱う。その説明に使う言葉（役所、助け合い）は、ほかの
    言葉を説明できるほどやさしいので、知らせない。
    """

    def __init__(self, glossary: Glossary, analyser: Analyser) -> None:
        self._glossary = glossary
        said = (text for e in glossary.entries for text in (e.easier, e.explanation))
        heads = {word for e in glossary.entries for word in e.words}
        self._plain = {w.form for text in said for w in analyser.words(text)} - heads

    def vocabulary(
        self, chapter: Chapter, covered: Sequence[Sequence[Span]]
    ) -> Iterator[tuple[int, Finding]]:
        """``covered`` は、文ごとの、ほかの決まりが知らせる範囲（二重に知らせない）。"""
        seen: set[str] = set()
        for number, passage in enumerate(chapter.passages):
            hard = self._free(chapter, number, self._hard(passage), covered[number])
            for term in hard:
                if term.key not in seen:
                    seen.add(term.key)
                    yield number, _vocabulary_finding(passage, term)
            said = {t.key: passage.text[t.start : t.end] for t in hard}
            if len(said) > MOST_HARD and passage.is_sentence:
                yield number, _count_finding(passage, list(said.values()))

    def katakana(self, chapter: Chapter) -> Iterator[tuple[int, Finding]]:
        seen: set[str] = set()
        for number, passage in enumerate(chapter.passages):
            for term in self._free(chapter, number, self._katakana(passage), ()):
                if term.key not in seen:
                    seen.add(term.key)
                    yield number, _katakana_finding(passage, term)

    def _hard(self, passage: Passage) -> list[_Term]:
        """むずかしい言葉。言葉の説明の表の言葉は 1 つのまとまりにする。"""
        mentions = self._glossary.find(passage.text)
        mentioned = covering((m.start, m.end) for m in mentions)
        # 数の単位（2020年度）
        units = {w.end for w in passage.words if w.pos[1] == "数詞"}
        terms = []
        for m in mentions:
            inside = passage.words_in(m.start, m.end)
            hard = [w for w in inside if _uncommon(w)]
            if hard and m.start not in units:
                hardest = any(w.level != 3 for w in hard)
                terms.append(_Term(m.start, m.end, m.entry.words[0], m.entry, hardest))
        terms += [
            _Term(w.start, w.end, w.form, hardest=w.level != 3)
            for i, w in enumerate(passage.words)
            if is_hard(w)
            and not (w.form in self._plain or w.start in units or passage.is_particle(i))
            and not mentioned(w.start, w.end)
        ]
        return sorted(terms, key=lambda t: t.start)

    def _katakana(self, passage: Passage) -> Iterator[_Term]:
        mentions = self._glossary.find(passage.text)
        for match in _KATAKANA.finditer(passage.text):
            start, end = match.span()
            words = passage.words_in(start, end)
            if any(w.proper or not w.content for w in words) or not any(map(_unlisted, words)):
                continue
            around = next((m for m in mentions if m.start <= start and end <= m.end), None)
            if around is None and all(w.zipf == 0 for w in words):
                continue  # だれも知らない言葉は、名前（ミサタマドン）である
            if around is None or (around.start, around.end) == (start, end):
                yield _Term(start, end, match[0], around.entry if around else None)

    def _free(
        self,
        chapter: Chapter,
        number: int,
        terms: Sequence[_Term] | Iterator[_Term],
        covered: Sequence[Span],
    ) -> list[_Term]:
        """説明も名前も、ほかの決まりのしらせもない言葉。説明の中の言葉も、ここでは除く。"""
        passage = chapter.passages[number]
        excused = covering(
            (
                *chapter.explained_spans(number),
                *passage.named,
                *passage.explanations,
                *covered,
            )
        )
        known = chapter.known(number)
        return [t for t in terms if t.key not in known and not excused(t.start, t.end)]


def kanji_run(chapter: Chapter, glossary: Glossary) -> Iterator[tuple[int, Finding]]:
    """漢字が 5 つ以上続く言葉。言葉の説明の表の言葉は、むずかしい言葉として知らせるので、除く。"""
    seen: set[str] = set()
    for number, passage in enumerate(chapter.passages):
        mentions = ((m.start, m.end) for m in glossary.find(passage.text))
        excused = covering((*chapter.explained_spans(number), *mentions))
        for start, end in _kanji_runs(passage):
            said = passage.text[start:end]
            if said in seen or excused(start, end):
                continue
            seen.add(said)
            message = (
                f"漢字が {end - start} 字続いています。"
                "「の」や「を」を入れて分けるか、やさしい言葉に言いかえてください。"
            )
            yield number, Finding("kanji-run", "hint", start, end, message)


def _kanji_runs(passage: Passage) -> Iterator[Span]:
    """漢字だけの語が続く所。名前、数に付く言葉（第6期）、「等」、送りがなのある語の漢字は、数えない。"""
    start = end = -1
    numeral = False
    named = covering(passage.named)
    for word in (*passage.words, None):
        if (
            word is not None
            and _ALL_KANJI.fullmatch(word.text)
            and not (numeral or word.proper or word.text in ("等", "第"))
            and not named(word.start, word.end)
        ):
            start, end = (start if word.start == end else word.start), word.end
            continue
        if end - start > MOST_RUN:
            yield start, end
        start = end = -1
        numeral = word is not None and word.pos[1] == "数詞"


def _uncommon(word: Word) -> bool:
    """言葉の説明の表にあれば、むずかしいとみる語。よく使われていても、N2 より上なら、そうみる。"""
    if not word.content or word.proper or not _JAPANESE.search(word.text):
        return False
    return is_hard(word) or word.level is None or word.level < 3


def _unlisted(word: Word) -> bool:
    """やさしいかたかなの言葉の表（N3 まで）にないか。"""
    listed = word.level is not None and word.level >= 3
    return not listed and word.zipf < _COMMON_N3 and word.pos[0] != "代名詞"


def _vocabulary_finding(passage: Passage, term: _Term) -> Finding:
    advice, suggestion = _advice(passage, term, "やさしい言葉")
    severity: Severity = "warning" if term.hardest else "hint"
    message = f"{'' if term.hardest else '少し'}むずかしい言葉です。{advice}"
    return Finding("vocabulary", severity, term.start, term.end, message, suggestion)


def _katakana_finding(passage: Passage, term: _Term) -> Finding:
    advice, suggestion = _advice(passage, term, "日本語")
    message = f"やさしい言葉の表にない、かたかなの言葉です。{advice}"
    return Finding("katakana", "hint", term.start, term.end, message, suggestion)


def _advice(passage: Passage, term: _Term, easier: str) -> tuple[str, str]:
    """直し方と、言いかえの例（言葉の説明の表にある言葉だけ）。"""
    if term.entry is None:
        return f"{easier}に言いかえるか、すぐ後に〈…〉で説明してください。", ""
    said = passage.text[term.start : term.end]
    explained = f"{said}〈{term.entry.meaning}〉"
    instead = term.entry.instead(passage.text[term.end :])
    if not instead:
        return "名前や大事な言葉なら残して、すぐ後に〈…〉で説明してください。", explained
    advice = f"「{instead}」に言いかえるか、「{explained}」のように説明してください。"
    return advice, instead


def _count_finding(passage: Passage, words: Sequence[str]) -> Finding:
    message = (
        f"この文には、むずかしい言葉が {len(words)} 個あります（{'、'.join(words)}）。"
        f"{MOST_HARD} 個までにしてください。"
    )
    return Finding("vocabulary-count", "hint", *passage.whole, message)
