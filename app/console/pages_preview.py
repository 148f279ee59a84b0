"""公開の前に、どの媒体でどう見えるかを見る。

ページの版の中のリンクは、公開するときと同じ相対の場所なので、``/staff/preview/`` を、サイトの根に見立てる:
``/staff/preview/kawasaki/plan-6/plain/web/index.html``。下見のない場所は、公開中のページに移る。
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse, Response

from app.console.channel_views import Views, framed
from app.console.frame import Asked, Console, NotFound, Place, Visitor, url
from app.console.layout import render
from app.console.pages_broadcast import Shown
from app.console.previewing import Preview, preview_of
from content.model import REGISTERS

if TYPE_CHECKING:
    from bot.turn import Bubble

_TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
}


def show(console: Console, visitor: Visitor, asked: Asked) -> Response:
    if asked.path["register"] not in REGISTERS:  # 計画の入口（…/index.html）など
        return _published(asked.url.partition("/preview/")[2])
    return _page(console, visitor, asked, "preview.html", "下見", lambda views: None)


def show_line(console: Console, visitor: Visitor, asked: Asked) -> Response:
    def chats(views: Views) -> object:
        return [(chat, [_shown(bubble) for bubble in chat.bubbles]) for chat in views.chats()]

    return _page(console, visitor, asked, "preview_line.html", "LINE の下見", chats)


def show_sound(console: Console, visitor: Visitor, asked: Asked) -> Response:
    return _page(console, visitor, asked, "preview_sound.html", "音声の下見", Views.tracks)


def show_text(console: Console, visitor: Visitor, asked: Asked) -> Response:
    return _page(console, visitor, asked, "preview_text.html", "テキストの下見", Views.text)


def show_words(console: Console, visitor: Visitor, asked: Asked) -> Response:
    return _page(console, visitor, asked, "preview_words.html", "言葉の説明の下見", Views.words)


def _page(
    console: Console,
    visitor: Visitor,
    asked: Asked,
    template: str,
    title: str,
    shown: Callable[[Views], object],
) -> Response:
    preview = preview_of(console, visitor, asked)
    title = f"{title}: {preview.title}"
    seen = shown(Views(console, preview))
    return console.page(visitor, asked, template, title, preview=preview, shown=seen)


# ページの版 ------------------------------------------------------------------------


def show_web(console: Console, visitor: Visitor, asked: Asked) -> Response:
    """ページの版のファイルひとつ。"""
    preview = preview_of(console, visitor, asked)
    name = asked.path["page"]
    with tempfile.NamedTemporaryFile() as empty:
        found = Views(console, preview).web(Path(empty.name)).files
        kind = _TYPES.get(PurePosixPath(name).suffix, "")
        data = found.get(name)
        if data is None or not kind:
            raise NotFound("そのページは、この稿にありません。下見のもくじから選び直してください。")
        body = data if isinstance(data, bytes) else data.read_bytes()
    if kind == "text/html":
        body = framed(body, _part("lead", preview), _part("instead", preview))
    return Response(body, media_type=kind)


def _part(name: str, preview: Preview) -> bytes:
    return render("preview_web.html", part=name, preview=preview, url=url)


def show_asset(console: Console, visitor: Visitor, asked: Asked) -> Response:
    """ページの見た目と動きのファイル。公開の前にもある。"""
    from channels.site import ASSETS

    name = asked.path["file"]
    if name not in ASSETS:
        raise NotFound("そのファイルはありません。")
    data = files("channels").joinpath("templates", "assets", name).read_bytes()
    return Response(data, media_type=_TYPES[PurePosixPath(name).suffix])


def elsewhere(console: Console, visitor: Visitor, asked: Asked) -> Response:
    return _published(asked.path["page"])


def _published(path: str) -> Response:
    """公開中のページ。ほかのサイトには移らない。"""
    return RedirectResponse("/" + path.lstrip("/\\"), 303)


# LINE ---------------------------------------------------------------------------


def _shown(bubble: Bubble) -> tuple[Shown, tuple[str, ...]]:
    """吹き出しの見え方と、その下に出る、押して選べるもの。"""
    links = tuple((link.label, link.url) for link in bubble.links)
    return Shown(bubble.text, links), tuple(reply.label for reply in bubble.quick_replies)


_TEXT = "/preview/{council}/{name}/{register}"

PAGES = (
    Place("/preview/assets/{file}", show_asset),
    Place(_TEXT, show, label="下見"),
    Place(f"{_TEXT}/line", show_line),
    Place(f"{_TEXT}/sound", show_sound),
    Place(f"{_TEXT}/text", show_text),
    Place(f"{_TEXT}/words", show_words),
    Place(f"{_TEXT}/web/{{page:path}}", show_web),
    Place("/preview/{page:path}", elsewhere),
)
