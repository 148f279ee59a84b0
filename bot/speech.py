"""会話の言葉。決まった言葉（``wording.yaml``）も、引いた文も、その人の選んだ書き方にする。"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from bot.clips import Clip
from bot.furigana import FuriganaMode, written
from bot.turn import Bubble, BubbleKind, Link, QuickReply, Runs
from channels.wording import Value, Wording
from content.model import Run, Sentence

Read = Callable[[Sentence], Sentence]
"""文に読みを付ける（``accessibility.readings.Reader.read``）。"""

LABEL = 20
"""選べることの名前の、字の数の上限（LINE の quick reply）。"""

_BREAK = Run("\n", "")


@dataclass(frozen=True, slots=True)
class Speech:
    """話し方。``read`` は、ふりがなを選んだ人に話すときだけ使う。

    決まった言葉の読みは 1 度だけ付けて、覚えておく。
    """

    wording: Wording
    read: Read
    mode: FuriganaMode
    _said: dict[str, Runs] = field(default_factory=dict, repr=False, compare=False)
    _options: dict[str, QuickReply] = field(default_factory=dict, repr=False, compare=False)

    def say(self, key: str, **values: Value) -> Runs:
        """決まった言葉。"""
        if values:
            return self.spell(_trimmed(self.wording.runs(key, **values)))
        if key not in self._said:
            self._said[key] = self.spell(_trimmed(self.wording.runs(key)))
        return self._said[key]

    def text(self, text: str) -> Runs:
        return self.spell((Run(text),))

    def quote(self, text: str, sentences: Iterable[Sentence]) -> Runs:
        """``text`` の中の ``sentences`` は、その文に付いている読みで言う。"""
        runs: list[Run] = []
        place = 0
        for sentence in sentences:
            at = text.find(sentence.text, place) if sentence.text else -1
            if at >= 0:
                runs += [Run(text[place:at]), *sentence.runs]
                place = at + len(sentence.text)
        return self.spell((*runs, Run(text[place:])))

    def spell(self, runs: Runs) -> Runs:
        """まだ読みのないところに、読みを付ける（ふりがなを選んだ人にだけ）。"""
        shown = tuple(run for run in runs if run.text)
        if self.mode == "none":
            return shown
        return tuple(run for part in _unread(shown) for run in self._read(part))

    def _read(self, runs: Runs) -> Runs:
        if all(run.reading is not None and not run.fixed for run in runs):
            return runs
        return tuple(run for run in self.read(Sentence("", runs)).runs if run.text)

    def written(self, runs: Runs) -> str:
        return written(runs, self.mode)

    def link(self, label: Runs, url: str) -> Link:
        return Link(self.written(label), url, label)

    def quick_reply(self, label: Runs, text: str, full: Runs = ()) -> QuickReply:
        """選べること。``full`` は、切り詰めない名前（なければ ``label``）。番号は ``offering`` が付ける。"""
        return QuickReply(self.written(label), text, full or label)

    def options(self, *names: str) -> tuple[QuickReply, ...]:
        """決まった言い方（``label.*``）の、選べること。"""
        return tuple(map(self._option, names))

    def _option(self, name: str) -> QuickReply:
        if name not in self._options:
            key = f"label.{name}"
            self._options[name] = self.quick_reply(self.say(key), self.wording.text(key))
        return self._options[name]

    def bubble(
        self,
        *lines: Runs,
        kind: BubbleKind = "text",
        links: Sequence[Link] = (),
        audio: Clip | None = None,
        private: bool = False,
    ) -> Bubble:
        """``lines`` を 1 行ずつ言う吹き出し。``private`` なら、代わりの文字に中身を書かない。"""
        runs = tuple(_lines(lines))
        text = self.written(runs)
        whole = "\n".join((text, *(f"{link.label} {link.url}" for link in links)))
        alt = self.written(self.say("private")) if private else whole
        return Bubble(kind, text, alt, tuple(links), audio=audio, runs=runs, private=private)

    def offering(self, bubble: Bubble, options: Sequence[QuickReply]) -> Bubble:
        """選べることを、押すものと、番号の付いた一覧にして添える（パソコンには押すものが出ない）。"""
        if not options:
            return bubble
        numbered = tuple(self._numbered(n, option) for n, option in enumerate(options, 1))
        rows = (f"{n} {self.written(o.runs)}" for n, o in enumerate(options, 1))
        listed = "\n".join(("", "", self.written(self.say("numbers")), *rows))
        alt = bubble.alt if bubble.private else bubble.alt + listed
        return replace(bubble, text=bubble.text + listed, alt=alt, quick_replies=numbered)

    def _numbered(self, number: int, option: QuickReply) -> QuickReply:
        """番号の付いた名前。長ければ短い書き方にし、それでも長ければ切る。"""
        forms = [option.label]
        if self.mode == "brackets":
            forms.append(written(option.runs, "hiragana"))
        names = [f"{number} {form}" for form in forms]
        short = next((n for n in names if len(n) <= LABEL), f"{names[-1][: LABEL - 1]}…")
        return QuickReply(short, option.text, option.runs)


def literal(text: str) -> Runs:
    """電話番号のような、読みも分かち書きもいらない文字。"""
    return (Run(text, ""),)


def _trimmed(runs: Runs) -> Runs:
    *before, last = runs
    return (*before, replace(last, text=last.text.rstrip("\n")))


def _lines(lines: Sequence[Runs]) -> Iterator[Run]:
    for number, line in enumerate(line for line in lines if line):
        if number:
            yield _BREAK
        yield from line


def _unread(runs: Runs) -> Iterator[Runs]:
    """読みの付いた所、まだ付いていない所、行の切れ目に分ける。"""
    part: list[Run] = []
    for run in runs:
        pieces = [run] if run.fixed or run.reading is not None else list(_broken(run))
        for piece in pieces:
            done = piece.reading is not None and not piece.fixed
            if part and (done != (part[-1].reading is not None and not part[-1].fixed)):
                yield tuple(part)
                part = []
            part.append(piece)
    if part:
        yield tuple(part)


def _broken(run: Run) -> Iterator[Run]:
    for number, line in enumerate(run.text.split("\n")):
        if number:
            yield _BREAK
        if line:
            yield Run(line)
