"""読み。文に、かなづかいの読みと声の語を付ける。すべての版の読みは、ここで一度だけ決まる。

音訳の決まり（``spoken_rules``）で声にする文字を決め、形態素に分け（``frontend``）、読みを差し替える。
強い順に、ルビの指定、職員の辞書（``dictionary``）、ふつうの語の辞書、文脈の決まり（``contexts``）。
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

from accessibility.announcements import announced
from accessibility.contexts import in_context
from accessibility.dictionary import Dictionary, lexicon, spoken_token
from accessibility.frontend import PLACEHOLDER, Spoken, Token, pronounce, tokenize
from accessibility.kana import is_kana, to_hiragana
from accessibility.ruby import align, to_notation
from accessibility.runs import Fixed, runs
from accessibility.spoken import Given, Piece, Utterance, pieces, utterance
from accessibility.spoken_rules import fold, latin, letters, rules
from content.identity import map_sentences
from content.inline import InlineError, parse_inline
from content.model import Publication, Run, Sentence, Word

MAX_CHARACTERS = 300
"""一度に解析する字の数。長い文は切れ目で分けるので、費用は字の数に比例する。"""

# 音訳の決まりがはたらく文字。どれもない文（ほとんどの文）では、決まりを調べない。
_RULED = re.compile(
    r"[^ぁ-ゖァ-ヺー一-鿿々、。「」]|」「|により(?:一層|いっそう|多く|良|よ)|第[一二三四五]日曜"
)
_CUT = re.compile(r"(?<=[、？。])|(?<=[ぁ-ん])(?=[ァ-ヺ一-鿿])")
_LATIN = re.compile(r"[Ａ-Ｚａ-ｚ]+")


class Reader:
    """読みを付ける。同じ文には、必ず同じ読みが付く。``dictionary`` は職員の辞書。"""

    def __init__(self, dictionary: Dictionary | None = None) -> None:
        self._own = dictionary or Dictionary()
        self.dictionary = lexicon() + self._own

    def is_common(self, text: str) -> bool:
        """``text`` の読みが、この社協の辞書によらないか。言いかえの規則のかかる文は、よるかもしれない。"""
        return not _RULED.search(text) and not self._own.occurs_in(fold(text))

    def read(self, sentence: Sentence) -> Sentence:
        """文のすべての Run に読みを付ける。文字は変わらない。"""
        fixed: list[Fixed] = []
        place = 0
        for run in sentence.runs:
            if run.fixed and run.reading and run.text:
                fixed.append(Fixed(place, place + len(run.text), run.reading))
            place += len(run.text)
        return replace(sentence, runs=self.read_text(sentence.text, fixed))

    def read_text(self, text: str, fixed: Sequence[Fixed] = ()) -> tuple[Run, ...]:
        """文字に読みを付ける。Run をつなぐと ``text`` になる。"""
        folded = fold(text)
        applied = rules() if _RULED.search(text) else ()
        written = [Piece(f.begin, f.end) for f in fixed]
        said = utterance(text, pieces(folded, applied, written))
        spoken, crossed = self._say(said, fixed)
        if crossed:  # 形態素の切れ目をまたぐルビは、ひとつの名詞として解析し直す
            written = [
                Piece(f.begin, f.end, (Given(f.reading),) if f in crossed else None) for f in fixed
            ]
            said = utterance(text, pieces(folded, applied, written))
            spoken, _ = self._say(said, [f for f in fixed if f not in crossed])
        return tuple(runs(text, spoken, said, fixed))

    def _say(self, said: Utterance, fixed: Sequence[Fixed]) -> tuple[list[Spoken], list[Fixed]]:
        """声の語の列と、形態素の切れ目に合わなかったルビ。"""
        spoken: list[Spoken] = []
        crossed: list[Fixed] = []
        given = iter(said.given)
        folded = fold(said.text)
        starts = {origin[0]: i for i, origin in enumerate(said.origins)} if fixed else {}
        for begin, end in _windows(said, fixed):
            tokens = [
                spoken_token(next(given), [t]) if t.surface == PLACEHOLDER else t
                for t in tokenize(said.text[begin:end], begin)
            ]
            for f in fixed:
                place = starts[f.begin]
                if begin <= place < end and not _fix(
                    tokens, place, place + f.end - f.begin, f.reading
                ):
                    crossed.append(f)
            words = _spelled_out(self._words(tokens, folded))
            spoken += pronounce(in_context([t for t in words if _heard(t)]))
        return spoken, crossed

    def _words(self, tokens: list[Token], text: str) -> list[Token]:
        """辞書の語を当てはめる。語の始めと終わりが、形態素の切れ目に合うところだけ。"""
        letters = self.dictionary.first_letters
        if not letters or letters.isdisjoint(text):
            return tokens
        ends = {t.end: i + 1 for i, t in enumerate(tokens)}
        words: list[Token] = []
        i = 0
        while i < len(tokens):
            found = self.dictionary.match(text, tokens[i].begin, ends)
            if found is None or any(t.given for t in tokens[i : ends[found[0]]]):
                words.append(tokens[i])
                i += 1
                continue
            end, entry = found
            given = Given(entry.reading, entry.accent, pause=entry.pause)
            words.append(spoken_token(given, tokens[i : ends[end]]))
            i = ends[end]
        return words


def _windows(said: Utterance, fixed: Sequence[Fixed]) -> Iterator[tuple[int, int]]:
    """解析する範囲。ひとつの読みになる部分の途中では切らない。"""
    begin, length = 0, len(said.text)
    inside = {p for f in fixed for p in range(f.begin + 1, f.end)}
    while length - begin > MAX_CHARACTERS:
        end = begin + MAX_CHARACTERS
        cuts = [m.start() for m in _CUT.finditer(said.text, begin + MAX_CHARACTERS // 2, end)]
        end = cuts[-1] if cuts else end
        while end < length and (
            said.origins[end] == said.origins[end - 1] or said.origins[end][0] in inside
        ):
            end += 1
        yield begin, end
        begin = end
    yield begin, length


def _spelled_out(tokens: Sequence[Token]) -> list[Token]:
    """辞書にない英字の語を、1 字ずつ（ローマ字ならかなで）読む。"""
    words: list[Token] = []
    i = 0
    while i < len(tokens):
        j = i
        while j < len(tokens) and _LATIN.fullmatch(tokens[j].surface) and not tokens[j].given:
            j += 1
        if j - i > 1 or (j > i and (not tokens[i].read or len(tokens[i].surface) == 1)):
            words += _latin(tokens[i:j])
        else:
            words.append(tokens[i])
        i = max(i + 1, j)
    return words


def _latin(tokens: Sequence[Token]) -> Iterator[Token]:
    """英字の語。1 字ずつ読むなら、一息に読める長さ（8 字）ごとの語にする。"""
    word = "".join(t.surface for t in tokens)
    given = latin(fold(word))
    if given:
        yield spoken_token(given, tokens)
        return
    for i in range(0, len(word), 8):
        part = replace(tokens[0], surface=word[i : i + 8], begin=tokens[0].begin + i)
        part = replace(part, end=part.begin + len(part.surface))
        yield spoken_token(letters(fold(part.surface)), [part])


def _fix(tokens: list[Token], begin: int, end: int, reading: str) -> bool:
    """ルビの読みを形態素に入れる。送りがなの途中（食《た》べる）も扱う。切れ目が合わなければ偽。"""
    hit = [i for i, t in enumerate(tokens) if t.begin < end and t.end > begin]
    first, last = hit[0], hit[-1]
    if tokens[first].begin == begin and tokens[last].end == end:
        tokens[first : last + 1] = [spoken_token(Given(reading), tokens[first : last + 1])]
        return True
    if first != last:
        return False
    token = tokens[first]
    parts = align(token.surface, to_hiragana(token.read)) or ()
    place = token.begin
    for i, (part, _) in enumerate(parts):
        if (place, place + len(part)) == (begin, end):
            whole = "".join(reading if i == k else kana for k, (_, kana) in enumerate(parts))
            tokens[first] = spoken_token(Given(to_hiragana(whole)), [token])
            return True
        place += len(part)
    return False


def _heard(token: Token) -> bool:
    """声にする形態素か。読みのない記号（かっこ、絵文字など）は、言語処理の前に除く。"""
    if token.surface in ("、", "。", "？", "ー") or is_kana(token.read):
        return True
    if token.pos.startswith("名詞,数"):
        return True
    return not token.pos.startswith("記号") and any(c.isalnum() for c in token.surface)


def read_publication(publication: Publication, reader: Reader) -> Publication:
    """出版物のすべての文に読みを付け、表・写真・注・番号の、耳にだけ聞こえる言葉を足す。"""

    def speak(text: str) -> tuple[Word, ...]:
        fixed = [Fixed(0, 1, "ひょう")] if text.startswith("表") else []
        return tuple(w for run in reader.read_text(text, fixed) for w in run.words)

    return replace(
        publication,
        title=reader.read(publication.title),
        sections=tuple(
            announced(map_sentences(s, reader.read), speak) for s in publication.sections
        ),
    )


def read_line(reader: Reader, line: str, *, ruby: bool = False) -> str:
    """1 行の読み。発音どおりのカタカナ（助詞はワ、長音はー、間は「、」）か、ルビの書き方。

    行の中の ``｜漢字《かんじ》`` は、その読みで読む。ルビの書き方になっていなければ、ふつうの字とする。
    """
    written: tuple[Run, ...] = (Run(line),)
    if "《" in line:
        with suppress(InlineError):
            written = parse_inline(line)
    read = reader.read(Sentence("", written)).runs
    if ruby:
        return to_notation(read)
    # 読みの辞書が入れた間（文字のない Run）は、行の中の記号ではないので、書かない。
    return "".join(w.sound for run in read if run.text for w in run.words).replace("’", "")
