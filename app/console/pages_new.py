"""文章を新しく作る。ふつうの文章から始める（やさしい日本語は、その節に合わせて、後から書く）。"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from starlette.responses import Response

from app.console.frame import Asked, Console, Fault, NotFound, Place, Visitor, url
from app.console.manuscript import FRONT, Manuscript, Part
from app.console.words import local
from content.notation import parse
from content.problems import NotationError
from content.workflow import Actor, Work

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,60}")
NEW_FIELDS = ("title", "issuer", "series", "number", "date", "source")
"""作るときに決める項目。ほかは、書く画面で。"""


def show(console: Console, visitor: Visitor, asked: Asked) -> Response:
    council = council_name(console, visitor, asked)
    return _page(console, visitor, asked, {"issuer": council, "date": today(console)}, "")


def send(console: Console, visitor: Visitor, asked: Asked) -> Response:
    council_name(console, visitor, asked)
    values = front_in(asked)
    front = {FRONT[key]: value for key, value in values.items()}
    joined = Manuscript(front, (Part(1, "はじめに", "section-1"),)).joined()
    name = asked.form["name"].strip()
    subject = f"{asked.path['council']}/{name}"
    faults = name_faults(console, visitor.actor, subject)
    try:
        parse(joined.text, subject)
    except NotationError as error:
        faults += [Fault(message, field) for message, field in joined.explain(error)]
    if faults:
        return _page(console, visitor, asked, values, name, faults)
    console.drafts.keep(Work(subject, "standard", joined.text), visitor.actor)
    notice = "文章を作りました。書いて、保存してください。"
    return console.done(asked, url("edit", subject, "standard", kept=1), notice)


def _page(
    console: Console,
    visitor: Visitor,
    asked: Asked,
    values: Mapping[str, str],
    name: str,
    faults: Sequence[Fault] = (),
) -> Response:
    return console.page(
        visitor,
        asked,
        "new.html",
        "文章を作る",
        faults,
        front={key: FRONT[key] for key in NEW_FIELDS},
        values={FRONT[key]: value for key, value in values.items()},
        name=name,
    )


def council_name(console: Console, visitor: Visitor, asked: Asked) -> str:
    """社協の名前。ないか、受け持ちでなければ ``NotFound``。"""
    councils = console.councils(visitor)
    if asked.path["council"] not in councils:
        raise NotFound("その社協はありません。最初のページから選んでください。")
    return councils[asked.path["council"]]


def today(console: Console) -> str:
    """日本の今日（2026-11-22）。"""
    return local(console.now())[:10]


def front_in(asked: Asked) -> dict[str, str]:
    """書かれた、始めの項目。"""
    return {key: " ".join(asked.form[f"front_{key}"].split()) for key in NEW_FIELDS}


def name_faults(console: Console, actor: Actor, subject: str) -> list[Fault]:
    """新しい文章の名前の誤り。ほかの文章にも、書きかけにも、重ならせない。"""
    name = subject.partition("/")[2]
    if not _NAME.fullmatch(name):
        message = "文章の名前は、半角の英小文字と数字と - だけにしてください（例 plan-7）。"
        return [Fault(message, "name")]
    if console.approvals.desk(subject, "standard"):
        return [Fault(f"「{name}」という文章は、もうあります。別の名前にしてください。", "name")]
    if console.drafts.kept(subject, "standard", actor):
        message = f"「{name}」という書きかけがあります。最初のページから、続きを書いてください。"
        return [Fault(message, "name")]
    return []


PAGES = (Place("/new/{council}", show, send, label="文章を作る"),)
