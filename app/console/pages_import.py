"""資料（PDF、Word、HTML）を取り込む。もとのページの絵と見比べてから、下書きにする。"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from starlette.responses import Response

from app.console.form import FormFault
from app.console.frame import Asked, Console, Fault, NotFound, Place, Visitor, faults_of, url
from app.console.imported import carry, imports_of
from app.console.imports import Imported
from app.console.manuscript import FRONT, Joined, Manuscript, Part, split
from app.console.pages_new import NEW_FIELDS, council_name, front_in, name_faults
from content.intake import KINDS, UNKNOWN, IntakeError, Remark
from content.problems import NotationError
from content.workflow import Work, WorkflowError


@dataclass(frozen=True, slots=True)
class Section:
    """取り込んだ節ひとつと、確かめてほしいところ。"""

    number: int
    part: Part
    remarks: tuple[Remark, ...]


# 選ぶ ------------------------------------------------------------------------------


def show(console: Console, visitor: Visitor, asked: Asked) -> Response:
    return _choose(console, visitor, asked)


def send(console: Console, visitor: Visitor, asked: Asked) -> Response:
    council_name(console, visitor, asked)
    try:
        upload = asked.form.upload("file")
        data = upload.file.read()
        name = re.split(r"[/\\]", upload.name)[-1]
        imports = imports_of(console)
        found = imports.add(data, name, visitor.account.name, asked.path["council"])
    except (FormFault, IntakeError) as error:
        return _choose(console, visitor, asked, faults_of(error, "file"))
    return console.done(asked, url("import", found.council, found.key))


def _choose(
    console: Console, visitor: Visitor, asked: Asked, faults: Sequence[Fault] = ()
) -> Response:
    council = council_name(console, visitor, asked)
    return console.page(
        visitor,
        asked,
        "import.html",
        "資料を取り込む",
        faults,
        council=council,
        kinds=",".join(KINDS),
        recent=imports_of(console).recent(visitor.account.name, asked.path["council"]),
    )


# 確かめる --------------------------------------------------------------------------


def show_one(console: Console, visitor: Visitor, asked: Asked) -> Response:
    council = council_name(console, visitor, asked)
    found, manuscript = _found(console, visitor, asked)
    known = {name: "" if value == UNKNOWN else value for name, value in manuscript.front.items()}
    values = {key: known[FRONT[key]] for key in NEW_FIELDS}
    values["issuer"] = values["issuer"] or council
    stem = found.name.rpartition(".")[0].lower()
    name = stem if re.fullmatch(r"[a-z0-9][a-z0-9-]*", stem) else ""
    return _confirm(console, visitor, asked, values, name)


def send_one(console: Console, visitor: Visitor, asked: Asked) -> Response:
    found, manuscript = _found(console, visitor, asked)
    values, name = front_in(asked), asked.form["name"].strip()
    front = {**manuscript.front, **{FRONT[key]: value for key, value in values.items()}}
    joined = replace(manuscript, front=front).joined()
    subject = f"{asked.path['council']}/{name}"
    faults = name_faults(console, visitor.actor, subject)
    if not faults:
        try:
            console.drafts.save(Work(subject, "standard", joined.text), visitor.actor)
            carry(console, found, subject, manuscript)
        except NotationError as error:
            console.drafts.discard(subject, "standard", visitor.actor)
            faults = [Fault(message, field) for message, field in joined.explain(error)]
        except WorkflowError as error:
            faults = list(faults_of(error, "name"))
    if faults:
        return _confirm(console, visitor, asked, values, name, faults)
    notice = (
        "下書きにしました。確かめるところは、書く画面の節の所にも出ます。"
        "もとのページの絵は、1 日の間、見られます。"
    )
    return console.done(asked, url("edit", subject, "standard"), notice)


def _confirm(
    console: Console,
    visitor: Visitor,
    asked: Asked,
    values: Mapping[str, str],
    name: str,
    faults: Sequence[Fault] = (),
) -> Response:
    found, manuscript = _found(console, visitor, asked)
    joined = manuscript.joined()
    return console.page(
        visitor,
        asked,
        "import_one.html",
        f"取り込んだ資料を確かめる: {found.name}",
        faults,
        found=found,
        front={key: FRONT[key] for key in NEW_FIELDS},
        values={FRONT[key]: value for key, value in values.items()},
        name=name,
        general=_remarks(found, joined, "front_"),
        sections=tuple(
            Section(
                number,
                part,
                _remarks(found, joined, f"heading_{number}", f"body_{number}"),
            )
            for number, part in enumerate(manuscript.parts, 1)
        ),
    )


def _remarks(found: Imported, joined: Joined, *fields: str) -> tuple[Remark, ...]:
    """``fields``（``_`` で終わるものは、それで始まるすべて）についての知らせ。"""
    return tuple(
        remark
        for remark in found.draft.remarks
        if any(
            name == (spot := joined.spot(remark.line).field)
            or (name.endswith("_") and spot.startswith(name))
            for name in fields
        )
    )


def picture(console: Console, visitor: Visitor, asked: Asked) -> Response:
    """もとの PDF のページの絵。"""
    found, _ = _found(console, visitor, asked)
    page = asked.path["page"]
    if not (page.isascii() and page.isdigit() and 1 <= int(page[:6]) <= found.draft.pages):
        raise NotFound("そのページはありません。")
    try:
        data = imports_of(console).picture(found, int(page))
    except IntakeError as error:
        raise NotFound(str(error)) from error
    return Response(data, media_type="image/png")


def _found(console: Console, visitor: Visitor, asked: Asked) -> tuple[Imported, Manuscript]:
    council = asked.path["council"]
    found = None
    if visitor.actor.serves(council):
        found = imports_of(console).find(asked.path["key"], visitor.account.name, council)
    manuscript = split(found.draft.text) if found else None
    if found is None or manuscript is None:
        raise NotFound(
            "取り込んだ資料がありません（1 日を過ぎると消えます）。もう一度取り込んでください。"
        )
    return found, manuscript


PAGES = (
    Place("/import/{council}", show, send, label="資料を取り込む"),
    Place("/import/{council}/{key}", show_one, send_one),
    Place("/import/{council}/{key}/page/{page}", picture),
)
