"""わけがあって認める: 直さないと決めたしらせを、わけといっしょに表に書く。管理者だけができる。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from starlette.responses import Response

from app.console.carried import next_url
from app.console.desk_work import excuses_of
from app.console.frame import Asked, Console, Fault, NotFound, Place, Visitor
from content.workflow import Conflict, Work

_HERE, _EVERYWHERE = "here", "everywhere"


def show(console: Console, visitor: Visitor, asked: Asked) -> Response:
    return _page(console, visitor, asked, asked.query)


def send(console: Console, visitor: Visitor, asked: Asked) -> Response:
    form = dict(asked.form.pairs)
    row = [" ".join(form.get(name, "").split()) for name in ("code", "text", "reason")]
    if not row[2]:
        message = "わけがありません。なぜ直さなくてよいのかを、書いてください。"
        return _page(console, visitor, asked, form, [Fault(message, "reason")])
    if form.get("scope") != _EVERYWHERE:
        row.append(asked.path["name"])
    council = asked.path["council"]
    desk = console.approvals.desk(council, "excuses")
    text = desk.opening.text if desk else _header()
    work = Work(
        council,
        "excuses",
        f"{text.rstrip()}\n{chr(9).join(row)}\n",
        desk.latest.id if desk else None,
    )
    try:
        console.drafts.save(work, visitor.actor)
    except Conflict:
        # 1 行を足すだけなので、書きかけは要らない。もう一度送れば、新しい表に足される。
        console.drafts.discard(council, "excuses", visitor.actor)
        message = "ほかの人も、いま認めました。もう一度「認める」を押してください。"
        return _page(console, visitor, asked, form, [Fault(message)])
    return console.done(asked, next_url(form.get("back", "")), f"「{row[1]}」を認めました。")


def _header() -> str:
    from accessibility.plain.excuses import HEADER

    return "\t".join(HEADER)


def _page(
    console: Console,
    visitor: Visitor,
    asked: Asked,
    given: Mapping[str, str],
    faults: Sequence[Fault] = (),
) -> Response:
    if not (
        visitor.actor.serves(asked.path["council"]) and given.get("code") and given.get("text")
    ):
        raise NotFound("認めるしらせがありません。文章を確かめて、しらせから開いてください。")
    mine = [e for e in excuses_of(console, asked.path["council"]) if e.code == given["code"]]
    return console.page(
        visitor,
        asked,
        "excuse.html",
        "わけがあって認める",
        faults,
        given=given,
        scopes=((_HERE, "この文章だけ"), (_EVERYWHERE, "この社協の、すべての文章")),
        known=mine,
    )


PAGES = (Place("/excuse/{council}/{name}", show, send, roles=("administrator",)),)
