"""読みを直すページ: 語、読み、アクセントと間（聞いて選ぶ）、どこに使うか。"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from starlette.responses import FileResponse, Response

from accessibility.kana import mora_count
from app.console.corrections import (
    COUNCIL,
    HERE,
    TEXT,
    Written,
    faults,
    opened,
    pause_is_idle,
    placed,
    places,
    reading_at,
    remove,
    save,
    sent,
    tried,
)
from app.console.effects import Effects, effects_of
from app.console.form import FormFault
from app.console.frame import Asked, Console, Fault, Place, Visitor, faults_of, url
from app.console.hearing import accent_name, accents, sound_of
from app.console.previewing import Preview, preview_of, spans
from app.console.readings_table import Overtaken, details, entry_for
from app.console.words import PAUSES
from content.model import Sentence
from content.workflow import WorkflowError

_AGAIN = "listen"
"""聞きくらべるボタンの値。"""
_MOST = 60
"""一覧に出す、読みの変わる所の数。"""


def show(console: Console, visitor: Visitor, asked: Asked) -> Response:
    preview = preview_of(console, visitor, asked)
    return _page(console, visitor, asked, preview, opened(preview, asked.query))


def send(console: Console, visitor: Visitor, asked: Asked) -> Response:
    """``do`` が ``listen`` なら、書かれた読みで聞きくらべる。``remove`` なら、辞書から除く。"""
    preview = preview_of(console, visitor, asked)
    written = sent(asked.form)
    written = placed(written, preview.written(written.sentence).text)
    doing = asked.form["do"]
    found = () if doing == "remove" else faults(preview, written)
    if not found and doing == "save" and written.scope == COUNCIL:
        found = _unseen(console, visitor, preview, written)
    if found or doing == _AGAIN:
        return _page(console, visitor, asked, preview, written, found)
    try:
        work = remove if doing == "remove" else save
        notice = work(console, visitor, preview, written)
    except WorkflowError as error:
        # 人の直した読みを見せたので、次は、それを見た上での保存になる。
        fresh = preview_of(console, visitor, asked)
        field = "reading" if isinstance(error, Overtaken) else "scope"
        return _page(console, visitor, asked, fresh, written, faults_of(error, field))
    return console.done(asked, preview.at("readings") + f"#{written.sentence}", notice)


def _unseen(
    console: Console, visitor: Visitor, preview: Preview, written: Written
) -> tuple[Fault, ...]:
    """ほかの所の読みも変わるのに、まだ見せていないこと。"""
    effects = _effects(console, visitor, preview, written)
    if effects.key in ("", written.seen):
        return ()
    message = (
        f"ほかの {len(effects.shifts)} か所の読みも変わります。"
        "一覧を確かめて、よければ、もう一度「保存する」を押してください。"
    )
    return (Fault(message, "shifts"),)


def _effects(console: Console, visitor: Visitor, preview: Preview, written: Written) -> Effects:
    """辞書に書いたときに、変わる所。読みとアクセントが正しいときだけ調べられる。"""
    try:
        after = tried(preview, written)
    except ValueError:
        after = preview.readings.dictionary
    here = (preview.subject, preview.register, written.sentence, written.at, written.end)
    dictionaries = (preview.readings.dictionary, after)
    council = preview.readings.council
    return effects_of(console, visitor, council, written.word, dictionaries, here)


def _page(
    console: Console,
    visitor: Visitor,
    asked: Asked,
    preview: Preview,
    written: Written,
    found: Sequence[Fault] = (),
) -> Response:
    text = preview.written(written.sentence).text
    read = preview.read_one(written.sentence)
    located = bool(written.word) and text.startswith(written.word, written.at)
    end = written.end if located else written.at
    effects = _effects(console, visitor, preview, written) if located else Effects()
    return console.page(
        visitor,
        asked,
        "reading.html",
        f"読みを直す: {written.word}" if written.word else "読みを直す",
        found,
        preview=preview,
        written=written,
        action=preview.at("readings", "word"),
        base=preview.readings.seen,
        parts=(text[: written.at], text[written.at : end], text[end:]),
        now=_now(read, written) if located else None,
        how=_how(preview, read, written),
        entry=entry_for(preview.readings.dictionary, written.word),
        accents=_choices(preview, written) if located else (),
        pauses=_pauses(preview, written),
        idle=located and pause_is_idle(preview, written),
        effects=effects,
        scopes=_scopes(preview, written, effects, located),
        edit=url("edit", preview.subject, preview.register),
        AGAIN=_AGAIN,
        MOST=_MOST,
    )


def _now(read: Sentence, written: Written) -> tuple[str, str]:
    """いまの読みと、アクセント（ひとつの語なら）。"""
    reading = reading_at(read, written.at, written.end)
    words = [
        word
        for b, e, run in spans(read)
        if b < written.end and e > written.at
        for word in run.words
        if not word.is_pause
    ]
    if len(words) != 1:
        return reading, ""
    return reading, accent_name(words[0].accent, mora_count(words[0].sound))


def _how(preview: Preview, read: Sentence, written: Written) -> str:
    """いまの読みの決まり方。"""
    runs = [run for b, e, run in spans(read) if b < written.end and e > written.at]
    if any(run.fixed for run in runs):
        return "文章の中のふりがな（｜漢字《かんじ》）で決まっています"
    if entry := entry_for(preview.readings.dictionary, written.word):
        also = details(replace(entry, note=""))
        return f"社協の読みの辞書にあります{f'（{also}）' if also else ''}"
    return "自動で付けた読みです"


def _choices(preview: Preview, written: Written) -> tuple[tuple[str, str, str], ...]:
    """選べるアクセントの、値、名前、聞く場所。"""

    def sound(accent: str) -> str:
        return preview.sound(
            written.sentence,
            at=written.at,
            word=written.word,
            reading=written.reading,
            accent=accent,
        )

    listed = accents(written.reading)
    return (
        ("", "決めない（いつもの決まりで）", sound("")),
        *((str(n), name, sound(str(n))) for n, name in listed if len(listed) > 1),
    )


def _pauses(preview: Preview, written: Written) -> tuple[tuple[str, str, str], ...]:
    """選べる間の、値、名前、文を聞く場所。"""

    def sound(pause: str) -> str:
        return preview.at(
            *("readings", "word", "sound"),
            sentence=written.sentence,
            at=written.at,
            word=written.word,
            reading=written.reading,
            accent=written.accent,
            pause=pause,
        )

    return tuple((pause, name, sound(pause)) for pause, name in PAUSES.items())


def hear(console: Console, visitor: Visitor, asked: Asked) -> Response:
    """まだ保存していない間で、文を聞く（MP3）。"""
    from accessibility.cache import Cache
    from accessibility.voices import OpenJTalk

    preview = preview_of(console, visitor, asked)
    query = asked.query
    written = replace(
        opened(preview, query),
        reading=query.get("reading", ""),
        accent=query.get("accent", ""),
        pause=query.get("pause", ""),
    )
    for fault in faults(preview, written):
        raise FormFault(fault.message, fault.field)
    sentence = preview.read_one(written.sentence, tried(preview, written))
    path = sound_of(sentence, preview.register, OpenJTalk(), Cache(console.settings.cache))
    headers = {"Cache-Control": "private, no-cache"}
    return FileResponse(path, headers=headers, media_type="audio/mpeg")


def _scopes(
    preview: Preview, written: Written, effects: Effects, located: bool
) -> tuple[tuple[str, str], ...]:
    texts = f"（文章 {len(effects.used)} の {effects.count} か所にある語です）" if located else ""
    count = 0
    if located:
        found = places(preview, replace(written, scope=TEXT))
        count = sum(len(at) for at in found.values())
    here = f"（同じ読みの {count} か所）" if located else ""
    return (
        (COUNCIL, f"この社協のすべての文章{texts}。読みの辞書に書きます"),
        (TEXT, f"この文章だけ{here}。文章の中にふりがなを書きます"),
        (HERE, "この所だけ。文章の中にふりがなを書きます"),
    )


PAGES = (
    Place("/readings/{council}/{name}/{register}/word", show, send),
    Place("/readings/{council}/{name}/{register}/word/sound", hear),
)
