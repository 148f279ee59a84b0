"""聞いて校正。1 文ずつ、3 つのキー（次、前、誤り）で聞き、誤りを校正表に残す。職員が決め、確かめる。"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from starlette.responses import FileResponse, Response

from accessibility.cache import Cache
from app.console.frame import (
    EVERYONE,
    REFUSALS,
    Asked,
    Console,
    Fault,
    NotFound,
    Place,
    Visitor,
    faults_of,
    named,
    url,
)
from app.console.proof_list import current_proof
from app.console.proof_sheet import sheet
from app.console.sounds import Listening
from bot.clips import AudioClips
from content.model import REGISTERS, Register
from content.workflow import NotAllowed, WorkflowError
from content.workflow.people import CHECKERS, STAFF
from content.workflow.proofs import FAULTS, STATES, Proofs, Remark

# 聞く -----------------------------------------------------------------------------


def show(console: Console, visitor: Visitor, asked: Asked) -> Response:
    return _listening(console, visitor, asked)


def send(console: Console, visitor: Visitor, asked: Asked) -> Response:
    """次と前は、聞いた所を残して移る。誤りは、校正表に残す。"""
    register, _ = _text(console, visitor, asked)
    book = _book(console, asked, register)
    proofs, actor = _proofs(console), visitor.actor
    place = book.places.get(asked.form["sentence"])
    doing = asked.form["do"]
    if doing == "finish":
        try:
            if asked.form["heard"] != book.heard:
                raise WorkflowError(_RENEWED)
            proofs.finish(asked.subject, register, book.heard, book.sounds, actor)
        except WorkflowError as error:
            return _listening(console, visitor, asked, faults_of(error, "finish"))
        return console.done(
            asked,
            _here(asked, "table"),
            "校正を終えました。職員が確かめると、版に「校正済」と入ります。",
        )
    if place is None:
        raise WorkflowError(_RENEWED)
    here = book.sounds[place]
    if doing == "fault":
        try:
            words, fault = asked.form["words"], asked.form["fault"]
            proofs.remark(asked.subject, register, here, fault, words, actor)
        except WorkflowError as error:
            return _listening(console, visitor, asked, faults_of(error, "fault"))
        return _moved(console, asked, _here(asked, at=here.sentence), "誤りを校正表に残しました。")
    # 画面の動き（proof.js）は、終わりまで鳴ったことを heard で、進むことを skip で、別に送る。
    step = {"next": 1, "skip": 1, "back": -1}.get(doing, 0)
    to = book.sounds[min(max(place + step, 0), len(book.sounds) - 1)]
    heard = here.key if doing in ("next", "heard") else ""
    proofs.stand(asked.subject, register, to.sentence, heard, actor)
    return _moved(console, asked, _here(asked, play="1"))


def _moved(console: Console, asked: Asked, to: str, notice: str = "") -> Response:
    """画面の動き（proof.js）から送られたものには、ページを作らない。"""
    return Response(status_code=204) if asked.form["quiet"] else console.done(asked, to, notice)


def _listening(
    console: Console, visitor: Visitor, asked: Asked, faults: Sequence[Fault] = ()
) -> Response:
    register, title = _text(console, visitor, asked)
    book = Listening.of(console.out, asked.subject, register)
    heading = f"聞いて校正: {title}"
    if book is None:
        return console.page(visitor, asked, "proof_none.html", heading, faults)
    proofs = _proofs(console)
    progress = proofs.progress(asked.subject, register, visitor.actor)
    wanted = asked.form["sentence"] or asked.query.get("at", "") or progress.sentence
    place = book.places.get(wanted, 0)
    heard = sum(sound.key in progress.heard for sound in book.sounds)
    return console.page(
        visitor,
        asked,
        "proof.html",
        heading,
        faults,
        here=_here(asked),
        table=_here(asked, "table"),
        sentences=_here(asked, "sentences"),
        sounds=_here(asked, "sound"),
        book=book,
        place=place,
        sound=book.sounds[place],
        heard=heard,
        unheard=book.first_unheard(progress.heard),
        play=bool(asked.query.get("play")) and not faults,
        FAULTS=tuple(FAULTS.items()),
        proof=current_proof(proofs, asked.subject, register, book),
        remarked=sum(
            r.author == visitor.account.name for r in proofs.remarks(asked.subject, register)
        ),
    )


def sentences(console: Console, visitor: Visitor, asked: Asked) -> Response:
    """画面の動き（proof.js）のための、文の並びと、その人の聞いたもの。"""
    register, _ = _text(console, visitor, asked)
    book = _book(console, asked, register)
    heard = _proofs(console).progress(asked.subject, register, visitor.actor).heard
    facts = [
        {"id": s.sentence, "heading": s.heading, "text": s.text, "heard": s.key in heard}
        for s in book.sounds
    ]
    return Response(json.dumps(facts, ensure_ascii=False), media_type="application/json")


def sound(console: Console, visitor: Visitor, asked: Asked) -> Response:
    """1 文の音（m4a）。"""
    register, _ = _text(console, visitor, asked)
    sentence = asked.path["sentence"]
    data = AudioClips(console.out).cut(asked.subject, register, f"{sentence}.{sentence}")
    if data is None:
        raise NotFound("その文の音声はありません。ページを開き直してください。")
    # ファイルで渡すと、続きからの求め（Range）に答えられる。答えないと、鳴らさないブラウザーがある。
    cache = Cache(console.settings.cache)
    path, _ = cache.put_file(hashlib.sha256(data).hexdigest(), ".m4a", data)
    return FileResponse(
        path, headers={"Cache-Control": "private, no-cache"}, media_type="audio/mp4"
    )


# 校正表 ---------------------------------------------------------------------------


def show_table(console: Console, visitor: Visitor, asked: Asked) -> Response:
    return _table(console, visitor, asked)


def decide(console: Console, visitor: Visitor, asked: Asked) -> Response:
    """誤りを決める。校正を確かめるか、取り消す。"""
    register, _ = _text(console, visitor, asked)
    proofs, actor, doing = _proofs(console), visitor.actor, asked.form["do"]
    try:
        if doing == "decide":
            remark = _remark(proofs, asked, register)
            proofs.decide(remark, asked.form["state"], asked.form["reason"], actor)
            return console.done(asked, _here(asked, "table"), "校正表に書きました。")
        book = _book(console, asked, register)
        if asked.form["heard"] != book.heard:
            raise WorkflowError(_RENEWED)
        if doing == "confirm":
            proofs.confirm(asked.subject, register, book.heard, book.keys, actor)
            said = "校正を確かめました。版を作り直しています。終わると、「校正済」と入ります。"
        else:
            proofs.withdraw(asked.subject, register, book.heard, actor)
            said = "校正を取り消しました。"
        console.builds.ask(visitor.account.name)
    except NotAllowed:
        raise
    except REFUSALS as error:
        field = f"reason_{asked.form['remark']}" if doing == "decide" else ""
        return _table(console, visitor, asked, faults_of(error, field))
    return console.done(asked, _here(asked, "table"), said)


def _table(
    console: Console, visitor: Visitor, asked: Asked, faults: Sequence[Fault] = ()
) -> Response:
    register, title = _text(console, visitor, asked)
    book = Listening.of(console.out, asked.subject, register)
    proofs = _proofs(console)
    return console.page(
        visitor,
        asked,
        "proof_table.html",
        f"校正表: {title}",
        faults,
        here=_here(asked),
        table=_here(asked, "table"),
        csv=_here(asked, "table.csv"),
        book=book,
        remarks=proofs.remarks(asked.subject, register),
        proofs=proofs.proofs(asked.subject, register),
        proof=current_proof(proofs, asked.subject, register, book) if book else None,
        confirms=visitor.is_one_of(CHECKERS),
        decides=visitor.is_one_of(STAFF),
        FAULTS=FAULTS,
        DECISIONS=STATES,
    )


def table_csv(console: Console, visitor: Visitor, asked: Asked) -> Response:
    """表計算のための校正表。"""
    register, _ = _text(console, visitor, asked)
    table = sheet(_proofs(console).remarks(asked.subject, register), console.person)
    file = f"{asked.path['name']}-{register}-proof.csv"
    headers = {"Content-Disposition": f'attachment; filename="{file}"'}
    # 始めの印（BOM）がないと、Excel は文字化けする。
    body = table.encode("utf-8-sig")
    return Response(body, media_type="text/csv; charset=utf-8", headers=headers)


# ----------------------------------------------------------------------------------

_RENEWED = (
    "聞いている間に、音声が新しくなりました。ページを開き直して、変わった文を聞いてください。"
)


def _text(console: Console, visitor: Visitor, asked: Asked) -> tuple[Register, str]:
    register = next((r for r in REGISTERS if r == asked.path["register"]), None)
    if register is None:
        raise NotFound("その文章はありません。最初のページの一覧から選んでください。")
    desk = console.desk(visitor, asked.subject, register)
    if desk.published is None and not visitor.is_one_of(STAFF):
        raise NotFound("その文章は、まだ公開されていません。")  # 題も、まだ職員だけのもの
    return register, named(console.title(desk.published or desk.latest), register)


def _book(console: Console, asked: Asked, register: Register) -> Listening:
    book = Listening.of(console.out, asked.subject, register)
    if book is None:
        raise NotFound("音声の版が、まだ公開されていません。公開してから、聞いてください。")
    return book


def _proofs(console: Console) -> Proofs:
    return Proofs(console.engine, console.now)


def _remark(proofs: Proofs, asked: Asked, register: Register) -> Remark:
    id = asked.form.number("remark")
    found = next((r for r in proofs.remarks(asked.subject, register) if r.id == id), None)
    if found is None:
        raise NotFound("その行は、校正表にありません。ページを開き直してください。")
    return found


def _here(asked: Asked, *more: str, **query: str) -> str:
    return url("proof", asked.subject, asked.path["register"], *more, **query)


_ONE = "/proof/{council}/{name}/{register}"

PAGES = (
    Place(_ONE, show, send, EVERYONE, "聞いて校正"),
    Place(f"{_ONE}/sentences", sentences, None, EVERYONE),
    Place(f"{_ONE}/sound/{{sentence}}", sound, None, EVERYONE),
    Place(f"{_ONE}/table", show_table, decide, EVERYONE),
    Place(f"{_ONE}/table.csv", table_csv, None, EVERYONE),
)
