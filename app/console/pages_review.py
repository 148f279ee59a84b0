"""確かめる: 違いを見る、提出する、取り下げる、承認する、差し戻す、決裁のために刷る、前の稿を見る。"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from starlette.responses import Response

from app.console.effects import Shift, effects_of
from app.console.form import FormFault
from app.console.frame import Asked, Console, Fault, NotFound, Place, Visitor, faults_of, url
from app.console.lapsing import Lapsing, lapsing_of
from app.console.pointers import same_date, told, unwritten
from app.console.reviewing import Case, Reading, case, pictures, readings, report, title_of
from app.console.unsure import UnsurePlaces
from app.console.words import STATES, moment
from content.database import reading
from content.problems import NotationError
from content.revisions import pictures_of
from content.workflow import NotAllowed, OutOfDate, Revision, State, WorkflowError
from content.workflow.case import spellers_of
from content.workflow.people import CHECKERS

_STAND_IN = "代理"

_MOST = 5
"""読みの変わる所を数える、辞書の語の数の上限。語が多いと、数えるのを待てない。"""

_BEFORE: tuple[State, ...] = ("draft", "returned", "submitted", "approved", "scheduled")
"""まだ公開していない今。"""
_SENT: tuple[State, ...] = ("submitted", "approved", "scheduled")
"""提出されて、まだ公開していない今。"""

FAITHLESS = ("unfaithful-number", "unfaithful-name", "missing-section")
"""ふつうの文章と事実が合わないという、検査の決まり。"""

CHANGES = {
    "same": "変わらない",
    "changed": "書きかえた",
    "added": "加えた",
    "removed": "消した",
    "moved": "場所を移した",
}


@dataclass(frozen=True, slots=True)
class Moved:
    """読みの辞書を使いはじめると、読みの変わる文章と所の数。"""

    texts: int
    places: int


def show(console: Console, visitor: Visitor, asked: Asked) -> Response:
    return _page(console, visitor, asked, case(console, visitor, asked))


def send(console: Console, visitor: Visitor, asked: Asked) -> Response:
    """4 つのボタンのどれか。どれも、見ていた稿の番号と要約に対してする。"""
    found = case(console, visitor, asked)
    what = asked.form["action"]
    seen = asked.form.number("revision")
    if what not in _WORK or seen not in {r.id for r in found.history}:
        raise FormFault("画面の様子が変わっています。ページを開き直してください。")
    work, field, said = _WORK[what]
    try:
        work(console, visitor, asked)
    except WorkflowError as error:
        now = case(console, visitor, asked)  # 今の様子を見せる。書かれた言葉は残す
        status = 403 if isinstance(error, NotAllowed) else 400
        status = 409 if isinstance(error, OutOfDate) else status
        return _page(console, visitor, asked, now, faults_of(error, field), status)
    if what == "submit" and (empty := unwritten(console, found)):
        said += f"まだ書いていない節が {len(empty)} あります。"
    if what == "submit" and (left := _unsure(console, asked)):
        said += f"取り込んだときの、確かめるところが {left} 残っています。"
    title = title_of(console, found.revision)
    return console.done(asked, _address(found), f"「{title}」{said}")


def _unsure(console: Console, asked: Asked) -> int:
    """取り込んだときの、まだ確かめていないところの数。"""
    if asked.path["register"] != "standard":
        return 0
    return len(UnsurePlaces(console.engine).of(asked.subject))


def _submit(console: Console, visitor: Visitor, asked: Asked) -> None:
    console.approvals.submit(*_seen(asked), visitor.actor, asked.form["note"])


def _withdraw(console: Console, visitor: Visitor, asked: Asked) -> None:
    console.approvals.withdraw(*_seen(asked), visitor.actor)


def _approve(console: Console, visitor: Visitor, asked: Asked) -> None:
    console.approvals.approve(*_seen(asked), visitor.actor, asked.form["reason"])
    if asked.path["register"] == "standard":
        UnsurePlaces(console.engine).all_seen(asked.subject)


def _send_back(console: Console, visitor: Visitor, asked: Asked) -> None:
    console.approvals.send_back(*_seen(asked), visitor.actor, asked.form["comment"])


Act = Callable[[Console, Visitor, Asked], None]

_WORK: dict[str, tuple[Act, str, str]] = {
    "submit": (_submit, "", "を提出しました。確かめる人に知らせました。"),
    "withdraw": (_withdraw, "", "の提出を取り下げて、下書きに戻しました。"),
    "approve": (_approve, "reason", "を承認しました。公開できます。"),
    "return": (_send_back, "comment", "を差し戻しました。書いた人に知らせました。"),
}
"""ボタンの値 → すること、誤りのときの項目、できたときの知らせ。"""


def _seen(asked: Asked) -> tuple[int, str]:
    """画面で見ていた稿の、番号と要約。"""
    return asked.form.number("revision") or 0, asked.form["digest"]


def print_out(console: Console, visitor: Visitor, asked: Asked) -> Response:
    found = case(console, visitor, asked)
    return console.page(
        visitor,
        asked,
        "review_print.html",
        f"決裁: {title_of(console, found.revision)}",
        case=found,
        subject=title_of(console, found.revision),
        comparison=found.comparison,
        pictures=pictures(console, found),
        reading=readings(console, found),
        spellers=_spellers(console, found),
        changes=CHANGES,
        back=_address(found, revision=found.revision.id),
        now=console.now(),
    )


def picture(console: Console, visitor: Visitor, asked: Asked) -> Response:
    found = case(console, visitor, asked)
    name = asked.path["picture"]
    with reading(console.engine) as connection:
        data = pictures_of(connection, found.revision.id).get(name)
    if data is None:
        raise NotFound("その画像はありません。提出と承認のページから開き直してください。")
    kind = "png" if name.lower().endswith(".png") else "jpeg"
    return Response(data, media_type=f"image/{kind}")


def _page(
    console: Console,
    visitor: Visitor,
    asked: Asked,
    found: Case,
    faults: Sequence[Fault] = (),
    status: int = 0,
) -> Response:
    title = title_of(console, found.revision)
    warden = visitor.is_one_of(CHECKERS)
    objection = ""
    if found.state == "submitted" and warden:
        objection = console.approvals.objection(found.revision.id, visitor.actor, _STAND_IN)
    checked = report(console, found)
    together = readings(console, found)
    return console.page(
        visitor,
        asked,
        "review.html",
        f"提出と承認: {title}",
        faults,
        status=status,
        case=found,
        comparison=found.comparison,
        pictures=pictures(console, found),
        reading=together,
        moved=_moved(console, visitor, found, together) if warden else None,
        spellers=_spellers(console, found),
        report=checked,
        told=told(found, checked) if checked else (),
        unwritten=unwritten(console, found),
        unsure=_unsure(console, asked) if found.is_latest else 0,
        lapsing=_lapsing(console, found),
        same_date=found.state in _BEFORE and same_date(found.revision, found.desk.published),
        views=_views(console, visitor, found),
        unfaithful=[r for r in checked.warnings if r.code in FAITHLESS] if checked else [],
        choices=[(r.id, _choice(found, r)) for r in reversed(found.history)],
        changes=CHANGES,
        warden=warden,
        objection=objection,
        stands_in=visitor.account.role == "administrator",
        address=_address(found),
        written={name: asked.form[name] for name in ("note", "reason", "comment")},
    )


def _spellers(console: Console, found: Case) -> list[str]:
    """いっしょに承認する読みの辞書を書いた人。書いた文章でなくても、承認はできない。"""
    if found.state not in _SENT:
        return []
    with reading(console.engine) as connection:
        return sorted(spellers_of(connection, found.revision.id))


def _moved(
    console: Console, visitor: Visitor, found: Case, together: Reading | None
) -> Moved | None:
    """承認を待つ読みの辞書で、読みの変わる所。辞書がないか、語が多いか、読めないものがあれば ``None``。"""
    from accessibility.dictionary import Dictionary, ReadingsError, parse_dictionary

    revision = together.revision if together else found.revision
    if found.state != "submitted" or revision.kind != "readings":
        return None
    desk = console.approvals.desk(revision.council, "readings")
    shown = desk.published if desk else None
    shifts: Counter[Shift] = Counter()
    try:
        before = parse_dictionary(shown.text) if shown else Dictionary()
        after = parse_dictionary(revision.text)
        old, new = ({replace(e, note="") for e in d.entries} for d in (before, after))
        words = sorted({entry.word for entry in old ^ new})
        if len(words) > _MOST:
            return None
        for word in words:
            here = ("", "", "", 0, 0)  # 直している所はない。どの所も数える
            effects = effects_of(console, visitor, revision.council, word, (before, after), here)
            shifts |= Counter(effects.shifts)  # 2 つの語のある文も、1 度だけ数える
    except (NotationError, ReadingsError):  # 前のプログラムの、いまは認めない書き方
        return None
    return Moved(len({shift.title for shift in shifts}), shifts.total())


def _lapsing(console: Console, found: Case) -> Lapsing:
    """この稿を公開すると、使えなくなる録音と、「校正済」のしるし。"""
    if found.state not in _BEFORE:
        return Lapsing()
    return lapsing_of(console, found.desk, found.revision)


def _views(console: Console, visitor: Visitor, found: Case) -> list[tuple[str, str]]:
    """この稿の、下見と読み。"""
    council, _, name = found.desk.subject.partition("/")
    links = console.links(
        console.text_places(visitor), council=council, name=name, register=found.desk.kind
    )
    chosen = "" if found.revision == found.desk.opening else f"?revision={found.revision.id}"
    wanted = (url("preview"), url("readings"))
    return [(label, to + chosen) for label, to in links if name and to.startswith(wanted)]


def _choice(found: Case, revision: Revision) -> str:
    state = STATES[found.state_of(revision)]
    return f"稿 {revision.id}（{state}、{moment(revision.created_at)}）"


def _address(found: Case, *more: str, **query: object) -> str:
    return url("review", found.desk.subject, found.desk.kind, *more, **query)


_TEXT = "/review/{council}/{name}/{register}"

PAGES = (
    # 読みの辞書だけを提出したとき。文章の場所とまちがえないように、先に置く。
    Place("/review/{council}/{register}", show, send),
    Place("/review/{council}/{register}/print", print_out),
    Place(_TEXT, show, send, label="提出と承認"),
    Place(f"{_TEXT}/print", print_out),
    Place(f"{_TEXT}/picture/{{picture}}", picture),
)
