"""LINE で全員に送る: 書く → 見え方と通数を確かめる → 送る。送った結果は、消えない記録になる。"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response

from app.console.frame import Asked, Console, Fault, NotFound, Place, Visitor, faults_of, url
from bot.broadcast import LOST, Broadcast, Broadcasts, State, check_quota, compose, history
from channels.edition import edition_folder
from channels.line import Message, Pair
from channels.line_account import LineAccount, LineError, Standing, Verdict
from channels.pages import HOME, hub_path
from content.workflow import NotAllowed, WorkflowError
from content.workflow.people import CHECKERS

STATES: dict[State, str] = {
    "ready": "まだ送っていません",
    "sending": "送っています",
    "sent": "送りました",
    "failed": "送れませんでした。だれにも届いていません",
    "unsure": "届いたか分かりません",
    "lost": "届いたか分かりません",
}

RESULTS: dict[Verdict | None, str] = {
    "sent": "送りました",
    "token": "送れませんでした（LINE の鍵が違います）",
    "refused": "送れませんでした（LINE が断りました）",
    "limit": "送れませんでした（今月の上限です）",
    "busy": "送れませんでした（LINE が混んでいます）",
    "unreached": "送れませんでした（LINE につながりません）",
    "unsure": "送りましたが、LINE の答えがありません",
    None: "送り始めました",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """吹き出しひとつの見え方。``buttons`` は（名前, 開く場所）、``label`` は上に書く説明。"""

    text: str
    buttons: tuple[tuple[str, str], ...] = ()
    label: str = ""


def show(console: Console, visitor: Visitor, asked: Asked) -> Response:
    before = _numbered(console, asked.query.get("again", ""))
    texts = [b.text for b in shown(before.messages) if not b.buttons] if before else []
    return _writing(console, visitor, asked, [*texts, "", ""][:2])


def prepare(console: Console, visitor: Visitor, asked: Asked) -> Response:
    _require_all(console, visitor)
    texts = [asked.form["text"], asked.form["plain"]]
    try:
        messages = compose(texts, _card(console, visitor, asked.form["publication"]))
        made = _broadcasts(console).prepare(messages, visitor.actor)
    except WorkflowError as error:
        return _writing(console, visitor, asked, texts, faults_of(error, "text"))
    return console.done(asked, url("broadcast", made.id))


def show_one(console: Console, visitor: Visitor, asked: Asked) -> Response:
    return _confirming(console, visitor, asked)


def send(console: Console, visitor: Visitor, asked: Asked) -> Response:
    _require_all(console, visitor)
    broadcast = _broadcast(console, asked)
    try:
        sent = _broadcasts(console).send(broadcast.id, visitor.actor)
    except NotAllowed:
        raise
    except (WorkflowError, LineError) as error:
        return _confirming(console, visitor, asked, faults_of(error))
    if sent.state(console.now()) != "sent":
        return _confirming(console, visitor, asked, (Fault(sent.trouble),))
    return console.done(asked, url("broadcast", sent.id), "LINE の友だちの全員に送りました。")


# 書く所と、確かめる所 ------------------------------------------------------------------


def _writing(
    console: Console,
    visitor: Visitor,
    asked: Asked,
    texts: Sequence[str],
    faults: Sequence[Fault] = (),
) -> Response:
    now = console.now()
    set_up = console.settings.line is not None
    return console.page(
        visitor,
        asked,
        "broadcast.html",
        "LINE で全員に送る",
        faults,
        set_up=set_up,
        texts=texts,
        publications=[("", "付けない"), *_publications(console, visitor)],
        chosen=asked.form["publication"],
        history=[(b, STATES[b.state(now)]) for b in history(console.engine)],
    )


def _confirming(
    console: Console, visitor: Visitor, asked: Asked, faults: Sequence[Fault] = ()
) -> Response:
    broadcast = _broadcast(console, asked)
    state = broadcast.state(console.now())
    standing: Standing | None = None
    obstacle = ""
    if state != "sent":
        try:
            standing = _broadcasts(console).standing()
            if state in ("ready", "failed"):
                check_quota(standing)
        except (LineError, WorkflowError) as error:
            obstacle = str(error)
        if state == "lost":
            obstacle = LOST
    return console.page(
        visitor,
        asked,
        "broadcast_one.html",
        "LINE で全員に送ったもの" if state == "sent" else "LINE で全員に送る前の確かめ",
        faults,
        broadcast=broadcast,
        state=state,
        said=STATES[state],
        bubbles=shown(broadcast.messages),
        RESULTS=RESULTS,
        standing=standing,
        obstacle=obstacle if obstacle not in [fault.message for fault in faults] else "",
        sendable=state in ("ready", "failed", "unsure") and not obstacle,
    )


def shown(messages: Sequence[Message]) -> tuple[Shown, ...]:
    """LINE に送る JSON の、人に見える形。"""
    return tuple(_shown(message) for message in messages)


def _shown(message: Message) -> Shown:
    if message["type"] != "flex":
        return Shown(str(message["text"]))
    bubble = message["contents"]
    actions = [button["action"] for button in bubble["footer"]["contents"]]
    return Shown(
        bubble["body"]["contents"][0]["text"],
        tuple((action["label"], action.get("uri", "")) for action in actions),
    )


# 送るもの -------------------------------------------------------------------------


def _publications(console: Console, visitor: Visitor) -> list[tuple[str, str]]:
    """ページのある、公開中の出版物の id と題。LINE のリンクには、このサイトの場所が要る。"""
    if not console.settings.base_url:
        return []
    return [
        (desk.subject, console.title(desk.published))
        for desk in console.desks(visitor)
        if desk.kind == "standard"
        and desk.published is not None
        and (console.out / hub_path(desk.subject)).is_file()
    ]


def _card(console: Console, visitor: Visitor, subject: str) -> tuple[str, list[Pair]] | None:
    if not subject:
        return None
    title = dict(_publications(console, visitor)).get(subject)
    if title is None:
        raise WorkflowError("その出版物のページは、公開されていません。選び直してください。")
    root = console.settings.base_url
    links = [("ページを開く", f"{root}/{hub_path(subject)}")]
    plain = f"{edition_folder(subject, 'plain', 'web')}/{HOME}"
    if (console.out / plain).is_file():
        links.append(("やさしい日本語で読む", f"{root}/{plain}"))
    return title, links


def _broadcasts(console: Console) -> Broadcasts:
    line = console.settings.line
    if line is None:
        raise NotFound(
            "LINE を使う設定がありません。LINE の鍵を入れるよう、システムの担当に頼んでください。"
        )
    account = LineAccount(line.channel_access_token, line.api_base)
    return Broadcasts(console.engine, console.now, account)


def _broadcast(console: Console, asked: Asked) -> Broadcast:
    found = _numbered(console, asked.path["id"])
    if found is None:
        raise NotFound("そのお知らせはありません。「LINE で全員に送る」から作り直してください。")
    return found


def _numbered(console: Console, id: str) -> Broadcast | None:
    known = id.isascii() and id.isdigit() and len(id) < 10
    return _broadcasts(console).get(int(id)) if known else None


def _require_all(console: Console, visitor: Visitor) -> None:
    """LINE のアカウントは 1 つなので、すべての社協を受け持つ人だけが送る。"""
    councils = (desk.subject for desk in console.approvals.desks(("council",)))
    if not all(map(visitor.actor.serves, councils)):
        raise NotAllowed(
            "LINE のアカウントは、すべての社協のものです。"
            "すべての社協を受け持つ人に、送るのを頼んでください。"
        )


PAGES = (
    Place("/broadcast", show, prepare, roles=CHECKERS, label="LINE で全員に送る"),
    Place("/broadcast/{id}", show_one, send, roles=CHECKERS),
)
