"""かたい言い方の決まり: 役所の言葉（において、及び、等）と、名詞にした動詞（支援を行う、充実を図る）。"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from accessibility.plain.passage import Passage
from accessibility.plain.remark import Finding
from accessibility.plain.words import Word

_VERBS = frozenset(["行う", "行なう", "おこなう", "図る", "はかる", "実施"])
# 動詞から来た名詞のうち、「〜を行う」の形でよく使うもの（→ もとの動詞）。
_VERBAL_NOUNS = {"見直し": "見直す", "呼びかけ": "呼びかける", "呼び掛け": "呼びかける", "話し合い": "話し合う",
                 "話合い": "話し合う", "働きかけ": "働きかける", "聞き取り": "聞く", "申し込み": "申し込む",
                 "貸し出し": "貸す", "づくり": "作る", "作り": "作る", "取り組み": "する", "受け付け": "受け付ける"}  # fmt: skip
# 「する」を付けて動詞にすると不自然な名詞。行事や仕事の名前である。
_EVENTS = frozenset(
    [
        "会議",
        "工事",
        "体操",
        "食事",
        "研修",
        "講演",
        "作業",
        "行事",
        "サービス",
        "イベント",
        "事業",
        "活動",
        "訓練",
    ]
)


# 「等」が「など」の意味にならない、前の語（1等、彼等）。
_NOT_LISTED = (("名詞", "数詞"), ("代名詞", "*"))


@dataclass(frozen=True, slots=True)
class _Formal:
    words: str
    easier: str
    pos: str

    def fits(self, last: Word) -> bool:
        """最後の語 ``last`` が、「品詞」の欄のとおりか。「連体」は、名詞の前の形（に対する）だけをいう。"""
        if self.pos == "連体":
            return last.pos[5].startswith("連体形") or last.text == last.form
        return self.pos in ("", last.pos[0])


@cache
def _table() -> Mapping[str, Sequence[_Formal]]:
    """最後の語の終止形ごとの、かたい言い方。長い順。

    「言葉」は、最後の語だけを終止形にした形（に係る、を踏まえる）。「品詞」があれば、最後の語はその品詞。
    """
    text = resources.files(__package__).joinpath("data/formal.tsv").read_text("utf-8")
    found: dict[str, list[_Formal]] = defaultdict(list)
    for line in text.splitlines()[1:]:
        if line and not line.startswith("#"):
            words, easier, pos = [*line.split("\t"), "", ""][:3]
            found[words[-1]].append(_Formal(words, easier, pos))
    return {last: sorted(fs, key=lambda f: -len(f.words)) for last, fs in found.items()}


def formal(p: Passage) -> Iterator[Finding]:
    end = 0
    for finding in sorted(_formal(p), key=lambda f: (f.start, -f.end)):
        if finding.start >= end:  # 重なるときは、先に始まる長い方
            end = finding.end
            yield finding


def _formal(p: Passage) -> Iterator[Finding]:
    for word in p.words:
        for form in dict.fromkeys((word.text, word.form)):
            for entry in _table().get(form[-1:], ()):
                start = word.start - (len(entry.words) - len(form))
                if (
                    entry.words.endswith(form)
                    and start in p.starts
                    and p.text[start : word.start] == entry.words[: len(entry.words) - len(form)]
                    and entry.fits(word)
                    and not _is_plural(p, start)
                    and not _is_literal(p, word)
                ):
                    shown = f"「{entry.easier}」のように、" if entry.easier else ""
                    yield Finding(
                        "formal",
                        "warning",
                        start,
                        word.end,
                        f"役所の書類の、かたい言い方です。{shown}話すときの言葉にしてください。",
                        entry.easier,
                    )
                    break


def _is_plural(p: Passage, start: int) -> bool:
    """「1等」のような数の後や、「彼等」のような人の後の「等」か。"""
    before = next((w for w in p.words if w.end == start), None)
    return before is not None and p.text[start] == "等" and before.pos[:2] in _NOT_LISTED


def _is_literal(p: Passage, last: Word) -> bool:
    """「机においておく」「前に向けている」のように、動詞の「て」の形か。"""
    after = next((w for w in p.words if w.start == last.end), None)
    return (
        last.text == "て" and after is not None and after.form in ("おく", "いる", "ある", "しまう")
    )


def nominal(p: Passage) -> Iterator[Finding]:
    for i in range(len(p.words) - 2):
        noun, particle, verb = p.words[i : i + 3]
        if particle.text != "を" or verb.form not in _VERBS or p.in_explanation(noun.start):
            continue
        if noun.text in _EVENTS or not (noun.pos[2] == "サ変可能" or noun.text in _VERBAL_NOUNS):
            continue
        suggestion = _VERBAL_NOUNS.get(noun.text, f"{noun.text}する")
        if verb.form in ("図る", "はかる"):
            suggestion = ""  # 「増加を図る」は「増加する」ではない
        yield Finding(
            "nominal",
            "hint",
            _start(p, i),
            _end(p.words, i + 2),
            f"動詞を名詞にした、かたい言い方です。「〜を{verb.form}」を使わずに、何をするかを動詞で書いてください。",
            suggestion,
        )


def _start(p: Passage, i: int) -> int:
    """「機会づくり」のように、前の語に付く名詞は、前の語から言う。"""
    joined = i > 0 and p.words[i].text == "づくり" and p.words[i - 1].pos[0] == "名詞"
    return p.words[i - 1 if joined else i].start


def _end(words: Sequence[Word], i: int) -> int:
    """「実施」は、後の「する」までを言う。"""
    if words[i].form == "実施" and i + 1 < len(words) and words[i + 1].form == "する":
        return words[i + 1].end
    return words[i].end
