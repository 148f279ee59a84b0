"""できた版を見せる HTTP の入口。出力先（OUT）のファイルを、そのまま配る。

出力先は、配っている最中に丸ごと入れかわる。starlette の StaticFiles は要求のたびに場所を確かめるので、
入れかわった瞬間から新しいページになる。
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path, PurePosixPath

from fastapi import APIRouter, FastAPI, Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.staticfiles import NotModifiedResponse, StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.counting import Counting, Took

SECURITY = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}

# mimetypes の表は機械ごとに違うので、配る種類はここで決める。
_TEXT_TYPES = {
    ".html": "text/html",
    ".txt": "text/plain",
    ".css": "text/css",
    ".js": "text/javascript",
    ".vtt": "text/vtt",
    ".json": "application/json",
    ".xml": "application/xml",
    ".rss": "application/rss+xml",
    ".svg": "image/svg+xml",
}
_TYPES = _TEXT_TYPES | {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".pdf": "application/pdf",
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
    ".m4b": "audio/mp4",
    ".epub": "application/epub+zip",
    ".zip": "application/zip",
}

_NOTICE = """<!doctype html>
<html lang="ja"><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<main><h1>{title}</h1><p>{text}</p></main></html>
"""
_NOT_PUBLISHED = (
    "まだ公開されていません",
    "計画のページは、これから公開します。しばらくしてから、もう一度開いてください。",
)
_NOT_FOUND = ("ページが見つかりません", "アドレスを確かめるか、最初のページから探してください。")
_REFUSED = ("この操作はできません", "最初のページから、もう一度始めてください。")
_BROKEN = (
    "うまく表示できませんでした",
    "こちらの不具合です。少し待ってから、もう一度開いてください。",
)


Lead = Callable[[str], Awaitable[bytes]]
"""ページの始め（「本文へ進む」の後）に入れる HTML。出力先からの場所から作る。なければ空。"""


async def _no_lead(path: str) -> bytes:
    return b""


def create_app(
    out: Path,
    routers: Sequence[APIRouter] = (),
    *,
    lead: Lead = _no_lead,
    took: Took | None = None,
) -> FastAPI:
    """``out`` を配る入口。``routers``（会話、LINE、職員の画面）は、ファイルより先に見る。

    ``took`` は、ファイルひとつを渡し終えるたびに呼ぶ。
    """
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.add_middleware(_SecurityHeaders)
    app.add_exception_handler(Exception, _broken)
    app.add_exception_handler(HTTPException, _refused)
    for router in routers:
        app.include_router(router)

    @app.api_route("/health", methods=["GET", "HEAD"])
    def health() -> Response:
        return JSONResponse({"status": "ok", "published": _published(out)})

    files: ASGIApp = _Editions(out, lead)
    app.mount("/", _TextCompression(Counting(files, took) if took else files))
    return app


def _published(out: Path) -> bool:
    return (out / "index.html").is_file()


class _Editions(StaticFiles):
    """出力先のファイル。続きからの要求（Range）、304、外へ出る道の断りは StaticFiles がする。"""

    def __init__(self, out: Path, lead: Lead) -> None:
        super().__init__(directory=out, html=True, check_dir=False)
        self._out, self._lead = out, lead

    async def check_config(self) -> None:
        """最初の公開の前は、フォルダがなくてもよい。"""

    async def get_response(self, path: str, scope: Scope) -> Response:
        page = PurePosixPath(path).suffix in ("", ".html")
        lead = await self._lead(path) if page else b""
        try:
            # 頭に入れるものがあれば、ファイルが前のままでも、ページは前と違う。
            asked = _unconditional(scope) if lead else scope
            response = await super().get_response(path, asked)
            if lead and isinstance(response, FileResponse):
                return _led(response, lead, scope)
            if isinstance(response, RedirectResponse):
                # フォルダの名前から。相対なら、間に立つサーバーが https でも同じ場所へ移る。
                return RedirectResponse(PurePosixPath(scope["path"]).name + "/", 301)
            return response
        except HTTPException as error:
            if error.status_code == 405:
                raise
        if not _published(self._out):
            # 503: ページは「ない」のではなく「まだ」である。検索に載らず、待てば開く。
            return _notice(503, *_NOT_PUBLISHED, headers={"Retry-After": "300"})
        return _notice(404, *_NOT_FOUND)

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        if any(part.startswith(".") for part in PurePosixPath(path).parts):
            return "", None
        return super().lookup_path(path)

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        kind = _TYPES.get(Path(full_path).suffix.lower(), "application/octet-stream")
        # no-cache: 直した文章がすぐに届くように、毎回確かめさせる（変わらなければ 304）。
        headers = {"Cache-Control": "no-cache"}
        response = FileResponse(
            full_path, status_code, headers, media_type=kind, stat_result=stat_result
        )
        if self.is_not_modified(response.headers, Headers(scope=scope)):
            return NotModifiedResponse(response.headers)
        return response


_CONDITIONS = (b"if-none-match", b"if-modified-since", b"if-range", b"range")
_BODY = re.compile(rb'<body[^>]*>\s*(?:<a class="skip"[^>]*>.*?</a>\s*)?')


def _unconditional(scope: Scope) -> Scope:
    """ファイルの全部を求めるもの。"""
    return {**scope, "headers": [h for h in scope["headers"] if h[0] not in _CONDITIONS]}


def _led(file: FileResponse, lead: bytes, scope: Scope) -> Response:
    """``file`` のページの始めに ``lead`` を入れたもの。"""
    page = Path(file.path).read_bytes()
    found = _BODY.search(page)
    if found is not None and file.media_type == "text/html":
        page = page[: found.end()] + lead + page[found.end() :]
    headers = {"Cache-Control": "no-cache", "ETag": f'"{hashlib.sha256(page).hexdigest()[:32]}"'}
    known = Headers(scope=scope).get("if-none-match", "")
    if headers["ETag"] in [tag.strip(" W/") for tag in known.split(",")]:
        return NotModifiedResponse(Headers(headers))
    return Response(page, file.status_code, headers, media_type=file.media_type)


class _TextCompression:
    """文字のファイルだけを縮めて送る。音声は縮まず、続きからの要求は縮めると位置がずれる。"""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._compressing = GZipMiddleware(app)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        suffix = PurePosixPath(scope["path"]).suffix or ".html"
        text = suffix in _TEXT_TYPES and "range" not in Headers(scope=scope)
        await (self._compressing if text else self._app)(scope, receive, send)


# 知らせ --------------------------------------------------------------------------


def _notice(status: int, title: str, text: str, headers: dict[str, str] | None = None) -> Response:
    body = _NOTICE.format(title=title, text=text)
    return Response(
        body, status, {"Cache-Control": "no-store", **(headers or {})}, media_type="text/html"
    )


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _notice(error.status_code, *_REFUSED, headers=dict(error.headers or {}))


def _broken(request: Request, error: Exception) -> Response:
    """思わぬ失敗。ここはいちばん外側なので、ヘッダーも自分で付ける。"""
    return _notice(500, *_BROKEN, headers=SECURITY)


class _SecurityHeaders:
    """すべての答えに、安全のためのヘッダーを付ける。"""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, guarded)
