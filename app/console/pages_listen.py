"""文を聞く（MP3）。承認の前の読みの辞書を使う。試しの読みとアクセントでも聞ける。"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import FileResponse, Response

from app.console.form import FormFault
from app.console.frame import Asked, Console, Place, Visitor
from app.console.hearing import around, sound_of
from app.console.previewing import Preview, preview_of
from app.console.readings_table import with_entry

if TYPE_CHECKING:
    from accessibility.dictionary import Dictionary


def listen(console: Console, visitor: Visitor, asked: Asked) -> Response:
    """``?sentence=`` の文。``word`` と ``at`` があれば、その語のまわりだけ。

    ``reading`` と ``accent`` は、その語の、まだ保存していない読みとアクセント。
    """
    from accessibility.cache import Cache
    from accessibility.voices import OpenJTalk

    preview = preview_of(console, visitor, asked)
    query = asked.query
    id, word = query.get("sentence", ""), query.get("word", "")
    trial = _trial(preview, word, query.get("reading", ""), query.get("accent", ""))
    sentence = preview.read_one(id, trial)
    if word:
        at = query.get("at", "0")
        begin = int(at) if at.isascii() and at.isdigit() and len(at) < 6 else 0
        sentence = around(sentence, begin, begin + len(word))
    path = sound_of(sentence, preview.register, OpenJTalk(), Cache(console.settings.cache))
    # 同じ場所でも、読みを直すと音が変わる。
    headers = {"Cache-Control": "private, no-cache"}
    return FileResponse(path, headers=headers, media_type="audio/mpeg")


def _trial(preview: Preview, word: str, reading: str, accent: str) -> Dictionary | None:
    """保存する前の読みを書き足した辞書。試さないなら ``None``。"""
    from accessibility.dictionary import Entry, ReadingsError, parse_dictionary

    if not (word and reading):
        return None
    known = accent.isascii() and accent.isdigit() and len(accent) < 4
    entry = Entry(word, reading, int(accent) if known else None)
    try:
        return parse_dictionary(with_entry(preview.readings.text, entry), "読みの辞書")
    except ReadingsError as error:
        raise FormFault(str(error), "reading") from None


PAGES = (Place("/listen/{council}/{name}/{register}", listen),)
