"""書く: 文章を節ごとに（か、全体を 1 つに）書き、確かめ、保存する。書きかけは、いつも取っておく。

項目を変えるほかのこと（節を足す、動かす、写真を入れる、確かめる）は、書きかけを取ってから、書きかけを開き直す。
JavaScript があれば、書いている間も同じように「確かめる」を送り、しらせだけを入れかえる。
"""

from __future__ import annotations

import re
from dataclasses import replace

from starlette.responses import Response

from app.console.desk_work import Opened, excuses_of, opened, publication_of, readable
from app.console.edit_form import (
    Written,
    arranged,
    edited_place,
    picture_in,
    pictured,
    written_in,
)
from app.console.editor import LONG, choose_page, conflict_page, editor_page
from app.console.form import FormFault
from app.console.frame import (
    Asked,
    Console,
    Fault,
    NotFound,
    Place,
    Visitor,
    faults_of,
    url,
)
from app.console.lapsing import lapsing, lapsing_of
from app.console.manuscript import Joined, Manuscript, split, whole
from app.console.remarks import Checked, checked, misread
from app.console.unsure import UnsurePlaces
from content.problems import NotationError
from content.workflow import Conflict, Work, WorkflowError

# 開く ------------------------------------------------------------------------------


def show(console: Console, visitor: Visitor, asked: Asked) -> Response:
    found = opened(console, visitor, asked)
    go_on = asked.query.get("kept") or not (found.desk or found.beside)
    if found.kept is not None and (asked.query.get("choose") or not go_on):
        return choose_page(console, visitor, asked, found, found.kept)
    work = found.kept or found.saved
    manuscript = None if asked.query.get("whole") else split(work.text)
    joined = whole(work.text) if manuscript is None else manuscript.joined()
    result = None
    short = found.beside is not None and len(joined.text) <= LONG
    shown = replace(work, text=joined.text)
    if asked.query.get("check") or short:
        result = _checked(console, visitor, found, shown, joined)
    lost = lapsing(console, found.desk, lambda: publication_of(console, visitor, shown))
    return editor_page(
        console,
        visitor,
        asked,
        found,
        work.base,
        manuscript,
        joined,
        result=result,
        lapsing=lost,
    )


def _checked(
    console: Console, visitor: Visitor, found: Opened, work: Work, joined: Joined
) -> Checked:
    try:
        publication = publication_of(console, visitor, work)
    except NotationError as error:
        return misread(joined, error)
    standard = readable(console, found.beside.opening) if found.beside else None
    excuses = excuses_of(console, found.council)
    return checked(joined, publication, standard, excuses)


# 送る ------------------------------------------------------------------------------


def send(console: Console, visitor: Visitor, asked: Asked) -> Response:
    found = opened(console, visitor, asked)
    if asked.form["do"] == "discard":
        if found.kept is not None and not asked.form["sure"]:
            return choose_page(console, visitor, asked, found, found.kept, discarding=True)
        console.drafts.discard(found.subject, found.register, visitor.actor)
        to = url("edit", found.subject, found.register) if found.desk or found.beside else url()
        return console.done(asked, to, "書きかけを捨てました。")
    written = written_in(asked.form)
    joined, listed = written.joined, _listed(written)
    base = asked.form.number("base")
    work = Work(found.subject, found.register, joined.text, base)
    try:
        if asked.form["do"] not in ("", "save"):
            return _change(console, visitor, asked, found, work, written.manuscript)
        known = next(iter(asked.form.all("kept")), None)
        revision = console.drafts.save(work, visitor.actor, known)
    except Conflict as conflict:
        return conflict_page(console, visitor, asked, found, conflict)
    except NotationError as error:
        faults = tuple(Fault(message, field) for message, field in joined.explain(error))
    except (FormFault, WorkflowError) as error:
        faults = faults_of(error)
    else:
        saved = "変わったところはありません。"
        if revision.id != base:
            new = lapsing_of(console, found.desk, revision)
            saved = f"下書きに保存しました。{new.said}"
        at = edited_place(asked.form, written.manuscript, split(found.saved.text))
        to = url("edit", found.subject, found.register) + (f"#{at}" if at else "")
        return console.done(asked, to, saved + listed)
    if listed:
        asked = replace(asked, notice=listed)
    return editor_page(console, visitor, asked, found, base, written.manuscript, joined, faults)


def _listed(written: Written) -> str:
    """箇条書きにしたことと、戻し方。していなければ空。"""
    if not written.listed:
        return ""
    return (
        f"「・」などで始まる {written.listed} 行を、箇条書き（行の頭に「- 」）にしました。"
        "「・」のままにするときは、「・」に書き直して、行の間に空の行を入れます。"
    )


def _change(
    console: Console,
    visitor: Visitor,
    asked: Asked,
    found: Opened,
    work: Work,
    manuscript: Manuscript | None,
) -> Response:
    """保存ではないこと。書きかけを取って、開き直す。"""
    do, _, what = asked.form["do"].partition(":")
    at = "check_status" if do == "check" else ""
    check = do == "check" and not (asked.form["live"] and len(work.text) > LONG)
    if do == "seen" and (seen := re.fullmatch(r"(\d{1,15}):(\d{0,4})", what, re.ASCII)):
        UnsurePlaces(console.engine).seen(found.subject, int(seen[1]))
        at = f"part_{seen[2]}" if seen[2] else ""
    if manuscript is not None:
        change = arranged(asked.form, manuscript, found.beside_manuscript)
        if do == "picture":
            picture = picture_in(asked.form.upload("picture"))
            work = replace(work, pictures=(picture,))
            change = pictured(asked.form, manuscript, picture)
        if change is not None:
            work = replace(work, text=change[0].joined().text)
            at = f"part_{change[1] + 1}"
    as_whole = do == "whole" or (manuscript is None and do != "parts")
    to = url(
        "edit",
        found.subject,
        found.register,
        kept="1" if _keep(console, visitor, asked, found, work) else "",
        whole="1" if as_whole else "",
        check="1" if check else "",
    )
    return console.done(asked, f"{to}#{at}" if at else to)


def _keep(console: Console, visitor: Visitor, asked: Asked, found: Opened, work: Work) -> bool:
    """書きかけを取っておく。保存した文章と同じなら、書きかけはない（偽を返す）。"""
    saved = found.saved
    if found.desk is not None and (work.text, work.base) == (saved.text, saved.base):
        if found.kept is None or found.kept.mark == asked.form["kept"]:  # ほかの画面のものは残す
            console.drafts.discard(work.subject, work.kind, visitor.actor)
        return False
    console.drafts.keep(work, visitor.actor)
    return True


# 画像 ------------------------------------------------------------------------------


def picture(console: Console, visitor: Visitor, asked: Asked) -> Response:
    """文章の画像。書きかけのものも見られる。"""
    found = opened(console, visitor, asked)
    kept = console.drafts.kept(found.subject, found.register, visitor.actor)
    pictures = list(kept.pictures if kept else ())
    saved = readable(console, found.desk.latest) if found.desk else None
    pictures += saved.pictures if saved else ()
    name = asked.path["picture"]
    data = next((p.data for p in pictures if p.name == name), None)
    if data is None:
        raise NotFound("その画像はありません。")
    kind = "png" if name.lower().endswith("png") else "jpeg"
    return Response(data, media_type=f"image/{kind}")


PAGES = (
    Place("/edit/{council}/{name}/{register}", show, send, label="編集"),
    Place("/edit/{council}/{name}/{register}/picture/{picture}", picture),
)
