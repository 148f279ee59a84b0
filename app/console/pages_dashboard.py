"""利用の様子: 受け取り方、質問の答え、分かったか、答えられなかった質問、全員に送ったもの。"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence

from markupsafe import Markup
from starlette.responses import Response

from app.console.figures import PERIODS, Figures, figures, spans
from app.console.frame import Asked, Console, NotFound, Place, Visitor, url
from app.console.pages_broadcast import STATES
from app.console.plots import Series, columns, rows
from app.console.sheets import sheet as table
from bot.broadcast import history
from bot.notes import handled, unanswered
from bot.people import tallied
from content.japan import JAPAN

_QUESTIONS = 100
_BROADCASTS = 5


def show(console: Console, visitor: Visitor, asked: Asked) -> Response:
    period = _period(asked)
    now = console.now()
    questions = unanswered(console.engine, _QUESTIONS)
    return console.page(
        visitor,
        asked,
        "dashboard.html",
        "利用の様子",
        periods=PERIODS,
        period=period,
        tables=[(f, _plot(f)) for f in _figures(console, visitor, period)],
        questions=[(q, datetime.datetime.fromtimestamp(q.asked, datetime.UTC)) for q in questions],
        most=_QUESTIONS,
        broadcasts=[(b, STATES[b.state(now)]) for b in history(console.engine)[:_BROADCASTS]],
    )


def done(console: Console, visitor: Visitor, asked: Asked) -> Response:
    handled(console.engine, asked.form.number("question") or 0)
    return console.done(asked, url("dashboard"), "対応した質問を、一覧から消しました。")


def sheet(console: Console, visitor: Visitor, asked: Asked) -> Response:
    """CSV。Excel で開けるように、BOM の付いた UTF-8。"""
    name = asked.path["name"]
    if name == "questions":
        questions = unanswered(console.engine, _QUESTIONS)
        lines = [("日", "質問"), *((_day(q.asked), q.text) for q in questions)]
        return _csv(name, lines)
    period = _period(asked)
    found = next((f for f in _figures(console, visitor, period) if f.id == name), None)
    if found is None:
        raise NotFound("その表はありません。「利用の様子」から選んでください。")
    body = (
        (f"{s.first}", f"{s.last}", *map(str, cells))
        for s, cells in zip(found.spans, found.cells, strict=True)
    )
    return _csv(f"{name}-{period}", [("始め", "終わり", *found.columns), *body])


def _figures(console: Console, visitor: Visitor, period: str) -> tuple[Figures, ...]:
    parts = spans(period, console.now().astimezone(JAPAN).date())
    first, last = parts[0].first.isoformat(), parts[-1].last.isoformat()
    counts = tallied(console.engine, first, last)
    return figures(counts, parts, lambda subject: visitor.actor.serves(subject.split("/")[0]))


def _plot(found: Figures) -> Markup:
    """数がなければ空。"""
    if not sum(found.totals):
        return Markup()
    if found.id == "got":
        return rows(found.id, found.title, found.columns, found.totals)
    labels = [span.short for span in found.spans]
    parts = zip(found.columns, zip(*found.cells, strict=True), strict=True)
    return columns(found.id, found.title, labels, [Series(n, values) for n, values in parts])


def _period(asked: Asked) -> str:
    known = [period.key for period in PERIODS]
    given = asked.query.get("period", "")
    return given if given in known else known[0]


def _day(seconds: float) -> str:
    return datetime.datetime.fromtimestamp(seconds, JAPAN).date().isoformat()


def _csv(name: str, lines: Iterable[Sequence[str]]) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(table(lines).encode("utf-8-sig"), 200, headers, media_type="text/csv")


PAGES = (
    Place("/dashboard", show, done, label="利用の様子"),
    Place("/dashboard/{name}.csv", sheet),
)
