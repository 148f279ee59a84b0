"""読みの直し: 書かれたものを確かめ、社協の辞書か、文章の中のふりがなにする。"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from app.console.fixed_ruby import Places, places_of, with_ruby
from app.console.form import Form
from app.console.frame import Console, Fault, Visitor
from app.console.hearing import accents
from app.console.previewing import Preview, spans
from app.console.readings_table import (
    change_word,
    entry_for,
    with_entry,
    without_entry,
)
from app.console.words import PAUSES
from content.model import Run, Sentence
from content.notation_write import write
from content.workflow import Conflict, OutOfDate, Work, WorkflowError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accessibility.dictionary import Dictionary, Entry

COUNCIL, TEXT, HERE = "council", "text", "here"
_LONGEST = 60
"""語と読みの長さの上限（字）。"""


@dataclass(frozen=True, slots=True)
class Written:
    """書かれた直し。``at`` は語の、文の中の位置。

    ``base`` は画面で見ていた辞書の稿、``seen`` は画面で見せた、読みの変わる所（``Effects.key``）。
    """

    sentence: str
    at: int = 0
    word: str = ""
    reading: str = ""
    accent: str = ""
    pause: str = ""
    scope: str = COUNCIL
    note: str = ""
    base: int | None = None
    seen: str = ""

    @property
    def end(self) -> int:
        return self.at + len(self.word)

    @property
    def entry(self) -> Entry:
        from accessibility.dictionary import Entry, pause_of

        accent = int(self.accent) if self.accent else None
        return Entry(self.word, self.reading, accent, self.note, pause_of(self.pause) or "")


def opened(preview: Preview, query: Mapping[str, str]) -> Written:
    """開いたところ。いまの読みと、辞書にあるアクセントと間と備考が入っている。"""
    at = query.get("at", "")
    begin = int(at) if at.isascii() and at.isdigit() and len(at) < 6 else 0
    word = query.get("word", "")
    read = preview.read_one(query.get("sentence", ""))
    entry = entry_for(preview.readings.dictionary, word)
    accent = "" if entry is None or entry.accent is None else str(entry.accent)
    return Written(
        read.id,
        begin,
        word,
        entry.reading if entry else reading_at(read, begin, begin + len(word)),
        accent,
        entry.pause if entry else "",
        COUNCIL,
        entry.note if entry else "",
        preview.readings.seen,
    )


def sent(form: Form) -> Written:
    """送られたもの。"""
    return Written(
        form["sentence"],
        form.number("at") or 0,
        form["word"].strip(),
        unicodedata.normalize("NFKC", form["reading"]).strip(),
        unicodedata.normalize("NFKC", form["accent"]).strip(),
        form["pause"],
        form["scope"] or COUNCIL,
        " ".join(form["note"].split()),
        form.number("base"),
        form["seen"],
    )


def placed(written: Written, text: str) -> Written:
    """語を書きかえていれば、``text``（文）の中の、いちばん近い所に合わせる。"""
    if text.startswith(written.word, written.at):
        return written
    near = sorted(places_of(text, written.word), key=lambda at: abs(at - written.at))
    return replace(written, at=next(iter(near), written.at))


def reading_at(sentence: Sentence, begin: int, end: int) -> str:
    """``begin`` から ``end`` までの読み。切れ目が合わなければ空。"""
    inside = [(b, e, run) for b, e, run in spans(sentence) if b < end and e > begin]
    if not inside or inside[0][0] != begin or inside[-1][1] != end:
        return ""
    return "".join(run.reading or "" for _, _, run in inside)


# 確かめる --------------------------------------------------------------------------


def faults(preview: Preview, written: Written) -> tuple[Fault, ...]:
    """直すところ。"""
    return tuple(_faults(preview, written))


def _faults(preview: Preview, written: Written) -> Iterator[Fault]:
    from accessibility.dictionary import pause_of
    from accessibility.kana import is_kana

    text = preview.written(written.sentence).text
    if not written.word or not text.startswith(written.word, written.at):
        yield Fault("「語」は、この文の中の言葉を、文のとおりに書いてください。", "word")
        return
    if len(written.word) > _LONGEST or "\t" in written.word or "\n" in written.word:
        yield Fault(f"「語」は、1 つの言葉だけを {_LONGEST} 字までで書いてください。", "word")
        return
    if not is_kana(written.reading) or len(written.reading) > _LONGEST:
        yield Fault(
            "「読み」は、ひらがな（外来語はカタカナ）だけで書いてください。空白や記号は使えません。",
            "reading",
        )
        return
    if written.scope not in (COUNCIL, TEXT, HERE):
        yield Fault("「どこに使うか」を選んでください。", "scope")
    if pause_of(written.pause) is None:
        yield Fault("「間（ま）」を選び直してください。", "pause")
    choices = [str(n) for n, _ in accents(written.reading)]
    if written.accent and written.accent not in choices:
        yield Fault(
            f"「アクセント」は、この読みでは {'、'.join(choices)} のどれかです。選び直してください。",
            "accent",
        )
    elif written.scope == COUNCIL:
        yield from _not_taken(preview, written)
    elif written.accent or written.pause:
        chosen = (("アクセント", "accent", written.accent), ("間（ま）", "pause", written.pause))
        for name, field, value in chosen:
            if value:
                yield Fault(
                    f"ふりがなでは、{name}は決められません。「決めない」を選ぶか、"
                    "「この社協のすべての文章」に使ってください。",
                    field,
                )
    elif preview.chosen is not None:
        yield Fault(
            "前の稿を見ています。文章の中にふりがなを書けるのは、いちばん新しい稿だけです。",
            "scope",
        )


def _not_taken(preview: Preview, written: Written) -> Iterator[Fault]:
    """辞書に書いても、この文の読みが変わらないこと。"""
    if any(run.fixed for run in _within(preview.written(written.sentence), written)):
        yield Fault(
            "ここの読みは、文章の中のふりがな（｜漢字《かんじ》）で決まっていて、辞書では変わりません。"
            "「この所だけ」か「この文章だけ」を選んでください。",
            "scope",
        )
        return
    if not _applies(preview, written):
        yield Fault(
            "この語は、ここでは長い語の一部か、語の切れ目が違うので、辞書に書いても読みが変わりません。"
            "前か後の字も入れて長い語にするか、「この所だけ」を選んでください。",
            "word",
        )


def tried(preview: Preview, written: Written) -> Dictionary:
    """書き足した後の辞書。確かめたものなら、誤りはない。"""
    from accessibility.dictionary import parse_dictionary

    return parse_dictionary(with_entry(preview.readings.text, written.entry), "読みの辞書")


def _applies(preview: Preview, written: Written) -> bool:
    """辞書の ``written.word`` の行が、この所に使われるか。違う読みを書いて、変わるかを見る。"""
    other = replace(written, reading=f"ぬ{written.reading}", accent="")
    one, two = (
        preview.read_one(written.sentence, tried(preview, w))
        for w in (replace(written, accent=""), other)
    )
    return _within(one, written) != _within(two, written)


def pause_is_idle(preview: Preview, written: Written) -> bool:
    """選んだ間が、この所では何も変えないか。文の端や、もう間のある所。"""
    if not written.pause or faults(preview, written):
        return False
    one, two = (
        preview.read_one(written.sentence, tried(preview, w))
        for w in (written, replace(written, pause=""))
    )
    return one == two


def _within(read: Sentence, written: Written) -> list[Run]:
    return [run for b, e, run in spans(read) if b < written.end and e > written.at]


# 保存する --------------------------------------------------------------------------


def save(console: Console, visitor: Visitor, preview: Preview, written: Written) -> str:
    """確かめたものを保存し、知らせの文を返す。できなければ ``WorkflowError``。"""
    fall = written.entry.accent
    fallen = f"{fall} 拍めの後で下がる" if fall else "下がらない"
    accent = "" if fall is None else f"、アクセントを「{fallen}」"
    pause = f"、間を「{PAUSES[written.entry.pause]}」" if written.pause else ""
    said = f"「{written.word}」の読みを「{written.reading}」{accent}{pause}にしました。"
    if written.scope == COUNCIL:
        change_word(
            console,
            preview.readings.council,
            written.base,
            written.word,
            lambda text: with_entry(text, written.entry),
            visitor.actor,
        )
        return said + "下見には、すぐに使います。公開する版には、承認された後に使います。"
    count = _write_ruby(console, visitor, preview, written)
    return said + f"文章の {count} か所に、ふりがなを書きました。文章は、新しい下書きになりました。"


def remove(console: Console, visitor: Visitor, preview: Preview, written: Written) -> str:
    """語を辞書から除き、知らせの文を返す。"""
    change_word(
        console,
        preview.readings.council,
        written.base,
        written.word,
        lambda text: without_entry(text, written.word),
        visitor.actor,
    )
    return f"「{written.word}」を、社協の読みの辞書から除きました。"


def places(preview: Preview, written: Written) -> Places:
    """ふりがなを書く所。文章のすべてなら、いま同じ読みの、同じ語の所（「年」と「2026年」は違う語）。"""
    here = {written.sentence: [written.at]}
    read = preview.read_one(written.sentence)
    now = reading_at(read, written.at, written.end)
    if written.scope == HERE or not now:
        return here
    size = len(written.word)
    return {
        s.id: [at for at in places_of(s.text, written.word) if reading_at(s, at, at + size) == now]
        for s in preview.read().sentences
        if written.word in s.text
    }


def _write_ruby(console: Console, visitor: Visitor, preview: Preview, written: Written) -> int:
    """ふりがなを書いた稿を保存し、書いた所の数を返す。"""
    if console.drafts.kept(preview.subject, preview.register, visitor.actor) is not None:
        raise WorkflowError(
            "この文章には、あなたの書きかけがあります。編集のページで、保存するか捨ててから、ふりがなを書いてください。"
        )
    where = places(preview, written)
    done, count = with_ruby(preview.publication, where, written.word, written.reading)
    if not count:
        raise WorkflowError(
            "ほかのふりがなと重なっているので、書けません。編集のページで、文章を直してください。"
        )
    work = Work(preview.subject, preview.register, write(done), preview.desk.latest.id)
    try:
        console.drafts.save(work, visitor.actor)
    except Conflict as error:
        # 文章は変えていないので、書きかけに残すものはない。
        console.drafts.discard(work.subject, work.kind, visitor.actor)
        raise OutOfDate(
            "書いている間に、文章がほかの画面で保存されました。もう一度保存してください。"
        ) from error
    return count
