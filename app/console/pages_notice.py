"""緊急のお知らせ: 1 人が書いて、すぐに出す。ほかの人が後から確かめる。終える。いままでのすべて。

「次へ」で、まだ書いていない やさしい文章とかなを、できるところまで埋めて、見え方を示す。埋めたものは
下書きであり、出す前に人が読んで直す。
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup
from starlette.responses import Response

from app.bulletin import Poster, board
from app.console.frame import Asked, Console, Fault, NotFound, Place, Visitor, faults_of, url
from app.console.pages_broadcast import Shown
from bot.furigana import FuriganaMode, written
from bot.speech import literal
from bot.wording import load_wording
from content.model import Register, Run, Sentence
from content.workflow import Emergency, EmergencyText, WorkflowError
from content.workflow.emergency import LONGEST

_LATIN = re.compile(r"[A-Za-zＡ-Ｚａ-ｚ]")
_JOINED = re.compile(r"[\u3400-\u9fff々ァ-ヺーおご]")
_ON = re.compile(r"[\u3400-\u9fff々ァ-ヺーしすさせ]")
_FIELDS = {"ふつうの文章": "standard", "やさしい文章": "plain", "かな": "kana"}


@dataclass(frozen=True, slots=True)
class Help:
    """下書きの手がかり。``doubtful`` は読みを確かめる語、``remarks`` はやさしい文章の検査のしらせ。"""

    doubtful: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def show(console: Console, visitor: Visitor, asked: Asked) -> Response:
    return _page(console, visitor, asked, EmergencyText("", "", ""))


def announce(console: Console, visitor: Visitor, asked: Asked) -> Response:
    """「次へ」なら、埋めて見え方を示す。「公開する」なら、すぐに出す。"""
    text = EmergencyText(asked.form["standard"], asked.form["plain"], asked.form["kana"])
    council = asked.path["council"]
    _name(console, visitor, asked)
    if asked.form["do"] == "publish" and _same(text.plain, text.standard):
        text, help = drafted(console, council, text)
        return _page(console, visitor, asked, text, (Fault(_SAME, "plain"),), help, as_is=True)
    if asked.form["do"] not in ("publish", "as_is"):
        if not text.standard.strip():
            fault = Fault(
                "「ふつうの文章」がありません。知らせることを書いてください。", "standard"
            )
            return _page(console, visitor, asked, text, (fault,))
        text, help = drafted(console, council, text)
        return _page(console, visitor, asked, text, help=help)
    try:
        console.emergencies.announce(council, text, visitor.actor)
    except WorkflowError as error:
        field = next((f for name, f in _FIELDS.items() if f"「{name}」" in str(error)), "standard")
        text, help = drafted(console, council, text)
        return _page(console, visitor, asked, text, faults_of(error, field), help)
    return console.done(
        asked,
        url("emergency", council),
        "お知らせを出しました。ほかの人に、確かめるよう頼んでください。",
    )


def _same(plain: str, standard: str) -> bool:
    return bool(standard.strip()) and plain.split() == standard.split()


_SAME = "やさしい文章が、ふつうの文章と同じです。書き直すか、急ぐときは「同じ文章のまま公開する」を押してください。"


def check(console: Console, visitor: Visitor, asked: Asked) -> Response:
    _name(console, visitor, asked)
    console.emergencies.check(asked.form.number("revision") or 0, visitor.actor)
    return console.done(asked, _back(asked), "お知らせを確かめたことを、残しました。")


def end(console: Console, visitor: Visitor, asked: Asked) -> Response:
    _name(console, visitor, asked)
    console.emergencies.end(asked.form.number("revision") or 0, visitor.actor)
    return console.done(asked, _back(asked), "お知らせを終えました。もう、どこにも出ていません。")


# 下書き ---------------------------------------------------------------------------


def drafted(console: Console, council: str, text: EmergencyText) -> tuple[EmergencyText, Help]:
    """空の欄を埋める。やさしい文章は、言葉の説明にある やさしい語に替え、かなは、読みの辞書で付ける。"""
    from accessibility.plain import check_text

    plain = text.plain
    if not plain.strip():
        plain = easier(text.standard)
        for r in check_text(plain).warnings:
            if r.code == "formal" and r.suggestion:  # そのまま入れかわる言い方だけ
                plain = plain.replace(r.text, r.suggestion)
    kana, doubtful = spelled(console, council, plain)
    remarks = [f"{r.text}: {r.message}" for r in check_text(plain).warnings]
    if _same(plain, text.standard):
        remarks.insert(0, "ふつうの文章と同じです。やさしい言葉で書き直してください。")
    filled = text.kana if text.kana.strip() else kana
    return replace(text, plain=plain, kana=filled), Help(doubtful, tuple(dict.fromkeys(remarks)))


def easier(text: str) -> str:
    """言葉の説明の、やさしい語に替えた文章。

    日本語のくずれない所だけを替える。「支援」と「助けること」のような、動きを言う語は、入れかえると前後と合わない。
    """
    from accessibility.glossary import Glossary

    parts: list[str] = []
    place = 0
    for mention in Glossary.load().find(text):
        easier = mention.entry.easier
        # 長い語の一部（「避難情報」「お問合せ」）や、する の付く語（「避難してください」）は、人が直す。
        inside = _JOINED.fullmatch(text[: mention.start][-1:]) or _ON.match(text, mention.end)
        inflected = text[mention.start : mention.end] not in mention.entry.words
        action = easier.endswith("こと")
        if easier and not (inside or inflected or action):
            parts += [text[place : mention.start], easier]
            place = mention.end
    return "".join((*parts, text[place:]))


def spelled(console: Console, council: str, text: str) -> tuple[str, tuple[str, ...]]:
    """かなの分かち書きと、読みを人が確かめる語。"""
    from accessibility.dictionary import parse_dictionary
    from accessibility.readings import Reader
    from accessibility.second_opinion import second_opinion

    desk = console.approvals.desk(council, "readings")
    table = desk.published.text if desk and desk.published else ""
    reader = Reader(parse_dictionary(table, "読みの辞書") if table else None)
    lines: list[str] = []
    doubtful: list[str] = []
    for line in text.replace("\r\n", "\n").strip().split("\n"):
        read = second_opinion(reader.read(Sentence("", (Run(line),))))
        lines.append(written((_sounded(run) for run in read.runs), "hiragana"))
        doubtful += [run.text for run in read.runs if run.doubtful]
    return "\n".join(lines), tuple(dict.fromkeys(doubtful))


def _sounded(run: Run) -> Run:
    """英字の語は、読みのかなで書く（FAX → ふぁっくす）。"""
    return replace(run, text=run.reading) if run.reading and _LATIN.search(run.text) else run


# ページ ---------------------------------------------------------------------------


def _page(
    console: Console,
    visitor: Visitor,
    asked: Asked,
    text: EmergencyText,
    faults: Sequence[Fault] = (),
    help: Help | None = None,
    *,
    as_is: bool = False,
) -> Response:
    council = asked.path["council"]
    name = _name(console, visitor, asked)
    history = console.emergencies.history(council)
    return console.page(
        visitor,
        asked,
        "emergency.html",
        f"緊急のお知らせ: {name}",
        faults,
        council=council,
        now=console.emergencies.current(council),
        text=text,
        help=help,
        as_is=as_is,
        seen=None if help is None else _seen(name, text),
        longest=LONGEST,
        history=tuple(reversed(history)),
        checking=_checking,
    )


@dataclass(frozen=True, slots=True)
class Seen:
    """見え方。``home`` は最初のページに出るもの、``bubbles`` は LINE の吹き出し。"""

    home: Markup
    bubbles: tuple[Shown, ...]


def _seen(name: str, text: EmergencyText) -> Seen:
    # 中身は、ひな形が HTML として無害にしている。
    home = Markup(board((Poster(name, text),), {}, ruby=False).decode())
    ways: tuple[tuple[str, Register, FuriganaMode, str], ...] = (
        ("ふつう", "standard", "none", text.standard),
        ("やさしい日本語", "plain", "none", text.plain),
        ("ひらがな", "standard", "hiragana", text.kana),
    )
    bubbles = tuple(
        Shown(
            written(load_wording(register).runs("notice", notice=literal(said)), mode).strip(),
            label=f"「{chosen}」を選んだ人に",
        )
        for chosen, register, mode, said in ways
    )
    return Seen(home, bubbles)


def _checking(emergency: Emergency) -> str:
    return "確認済" if emergency.checked else "まだ確認されていません"


def _name(console: Console, visitor: Visitor, asked: Asked) -> str:
    name = console.councils(visitor).get(asked.path["council"])
    if name is None:
        raise NotFound("その社協はありません。最初のページから選んでください。")
    return name


def _back(asked: Asked) -> str:
    return url("emergency", asked.path["council"])


PAGES = (
    Place("/emergency/{council}", show, announce, label="緊急のお知らせ"),
    Place("/emergency/{council}/check", None, check),
    Place("/emergency/{council}/end", None, end),
)
