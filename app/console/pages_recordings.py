"""人の録音。節の MP3 を受け取り、文の切れ目を直し、合成音声の代わりに使う。"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise

from filelock import FileLock, Timeout
from starlette.responses import FileResponse, Response

from accessibility.cache import Cache
from app.console.form import FormFault
from app.console.frame import (
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
from app.console.sounds import Listening, Spoken
from content.model import REGISTERS, Register
from content.workflow import NotAllowed, WorkflowError
from content.workflow.people import CHECKERS
from content.workflow.recordings import Take, Takes, check_reader, objection

_WAIT = 5
"""ほかの人の録音を受け取り終わるのを待つ秒数。待つ間、職員の画面の働き手を 1 つふさぐ。"""


@dataclass(frozen=True, slots=True)
class Row:
    """節ひとつ。``used`` は使うと決めた録音、``newest`` はいちばん新しい録音。"""

    section: Spoken
    used: Take | None
    newest: Take | None

    def fits(self, take: Take) -> bool:
        """録音の後で、文章が変わっていないか。"""
        return take.digest == self.section.text


def show(console: Console, visitor: Visitor, asked: Asked) -> Response:
    """節の一覧。"""
    register, title = _text(console, visitor, asked)
    book = Listening.of(console.out, asked.subject, register)
    takes = _takes(console).of(asked.subject, register)
    rows = [_row(section, takes) for section in book.body] if book else []
    known = {row.section.id for row in rows}
    return console.page(
        visitor,
        asked,
        "recordings.html",
        f"人の録音: {title}",
        rows=rows,
        lost=[take for take in takes if take.used and take.section not in known] if book else [],
        building=_building(console),
        here=_here(asked),
    )


def show_section(console: Console, visitor: Visitor, asked: Asked) -> Response:
    return _section(console, visitor, asked)


def send(console: Console, visitor: Visitor, asked: Asked) -> Response:
    """録音を入れる、切れ目を直す、使う、やめる。"""
    register, _ = _text(console, visitor, asked)
    takes, actor, doing = _takes(console), visitor.actor, asked.form["do"]
    here = _here(asked, asked.path["section"])
    section = _find(console, asked, register)
    try:
        if doing == "add":
            _add(console, visitor, asked, register, section)
            return console.done(
                asked, here, "録音を受け取りました。文の切れ目を聞いて確かめ、直してください。"
            )
        take = _take(takes, asked, register)
        if doing == "end":
            takes.end(take, actor)
            said = "録音をやめました。版を作り直しています。終わると、合成音声に戻ります。"
        elif take.digest != section.text:
            raise WorkflowError(_CHANGED)
        elif doing == "use":
            takes.use(take, _begins(asked, take), actor)
            said = "録音を使います。版を作り直しています。終わると、この人の声になります。"
        else:
            takes.correct(take, _begins(asked, take), actor)
            said = "文の切れ目を保存しました。"
            # 開いている間に、ほかの人が使うと決めたかもしれない。
            take = _take(takes, asked, register)
            if take.used:
                said += "版を作り直しています。終わると、音声の切れ目も変わります。"
    except NotAllowed:
        raise
    except REFUSALS as error:
        return _section(console, visitor, asked, faults_of(error, "" if doing != "add" else "file"))
    if doing in ("use", "end") or take.used:
        console.builds.ask(visitor.account.name)
    return console.done(asked, here, said)


def _add(
    console: Console, visitor: Visitor, asked: Asked, register: Register, section: Spoken
) -> None:
    from accessibility.recorded import RecordingError, align, read_recording

    form = asked.form
    try:
        check_reader(form["reader"])
    except WorkflowError as error:
        raise FormFault(str(error), "reader") from None
    if not form["consent"]:
        raise FormFault("読んだ人が、公開に同意したことを確かめてください。", "consent")
    upload = form.upload("file")
    with _turn(console):
        try:
            recorded = read_recording(upload.file)
        except RecordingError as error:
            raise FormFault(str(error), "file") from None
        borders = align(recorded.pcm, section.lengths)
    times = tuple(
        (sound.sentence, begin, end)
        for sound, (begin, end) in zip(section.sounds, pairwise(borders), strict=True)
    )
    _takes(console).add(
        asked.subject,
        register,
        section.id,
        section.text,
        (recorded.mp3, recorded.aac),
        times,
        form["reader"],
        visitor.actor,
    )


@contextmanager
def _turn(console: Console) -> Iterator[None]:
    """1 つずつ受け取る。長い録音がいくつ来ても、メモリーは 1 つの分で足りる。"""
    folder = console.settings.cache
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder / "recordings.lock", timeout=_WAIT):
            yield
    except Timeout:
        message = "ほかの録音を受け取っています。少し待ってから、もう一度入れてください。"
        raise FormFault(message, "file") from None


def _begins(asked: Asked, take: Take) -> list[float]:
    """書かれた、2 つめからの文の始まり（秒）。"""
    begins: list[float] = []
    for number in range(2, len(take.times) + 1):
        name = f"begin_{number}"
        try:
            begins.append(float(asked.form[name]))
        except ValueError:
            begins.append(math.nan)
        if not math.isfinite(begins[-1]):
            raise FormFault(
                f"{number} 番めの文の始まりを、秒の数字で書いてください（例 12.3）。", name
            )
    return begins


def _section(
    console: Console, visitor: Visitor, asked: Asked, faults: Sequence[Fault] = ()
) -> Response:
    register, title = _text(console, visitor, asked)
    section = _find(console, asked, register)
    takes = [t for t in _takes(console).of(asked.subject, register) if t.section == section.id]
    chosen = asked.query.get("take", "") or asked.form["take"]
    take = next((t for t in takes if str(t.id) == chosen), next(iter(takes), None))
    fits = take is not None and take.digest == section.text
    texts = {sound.sentence: sound.text for sound in section.sounds}
    lines = (
        [
            (n, texts.get(id, ""), asked.form[f"begin_{n}"] or f"{begin:.2f}", begin, end)
            for n, (id, begin, end) in enumerate(take.times, 1)
        ]
        if take and fits
        else []
    )
    return console.page(
        visitor,
        asked,
        "recording.html",
        f"人の録音『{section.heading}』: {title}",
        faults,
        section=section,
        takes=takes,
        take=take,
        fits=fits,
        lines=lines,
        changed=_CHANGED,
        objection=objection(take, visitor.actor) if take else "",
        may_end=visitor.is_one_of(CHECKERS),
        building=_building(console),
        all=_here(asked),
        here=_here(asked, section.id),
    )


def sound(console: Console, visitor: Visitor, asked: Asked) -> Response:
    """録音の MP3。"""
    register, _ = _text(console, visitor, asked)
    takes = _takes(console)
    take = next(
        (t for t in takes.of(asked.subject, register) if str(t.id) == asked.path["take"]), None
    )
    if take is None:
        raise NotFound("その録音はありません。ページを開き直してください。")
    path, _ = Cache(console.settings.cache).put_file(take.sound, ".mp3", takes.mp3(take))
    headers = {"Cache-Control": "private, no-cache"}
    return FileResponse(path, headers=headers, media_type="audio/mpeg")


# ----------------------------------------------------------------------------------

_CHANGED = (
    "録音の後で文章が変わったので、この録音は使っていません（合成音声に戻っています）。"
    "録り直すか、文章を戻してください。"
)


def _row(section: Spoken, takes: Sequence[Take]) -> Row:
    mine = [take for take in takes if take.section == section.id]
    return Row(section, next((t for t in mine if t.used), None), next(iter(mine), None))


def _building(console: Console) -> bool:
    """版を作り直していて、前の声のままのことがあるか。"""
    return any(build.is_open for build in console.builds.recent(1))


def _text(console: Console, visitor: Visitor, asked: Asked) -> tuple[Register, str]:
    register = next((r for r in REGISTERS if r == asked.path["register"]), None)
    if register is None:
        raise NotFound("その文章はありません。最初のページの一覧から選んでください。")
    desk = console.desk(visitor, asked.subject, register)
    return register, named(console.title(desk.published or desk.latest), register)


def _find(console: Console, asked: Asked, register: Register) -> Spoken:
    book = Listening.of(console.out, asked.subject, register)
    sections = {section.id: section for section in book.body} if book else {}
    if asked.path["section"] not in sections:
        raise NotFound("その節の音声は、公開されていません。節の一覧から選んでください。")
    return sections[asked.path["section"]]


def _take(takes: Takes, asked: Asked, register: Register) -> Take:
    id = asked.form.number("take")
    for take in takes.of(asked.subject, register):
        if (take.id, take.section) == (id, asked.path["section"]):
            return take
    raise NotFound("その録音はありません。ページを開き直してください。")


def _takes(console: Console) -> Takes:
    return Takes(console.engine, console.now)


def _here(asked: Asked, *more: str, **query: str) -> str:
    return url("recordings", asked.subject, asked.path["register"], *more, **query)


_ONE = "/recordings/{council}/{name}/{register}"

PAGES = (
    Place(_ONE, show, label="人の録音"),
    Place(f"{_ONE}/{{section}}", show_section, send),
    Place(f"{_ONE}/{{section}}/{{take}}", sound),
)
