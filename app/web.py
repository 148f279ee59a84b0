"""できた版を見せる HTTP の入口。出力先（OUT）のファイルを、そのまま配る。

出力先は、配っている最中に丸ごと入れかわる。だから要求のたびに場所を確かめ、ファイルを 1 度だけ開く。
"""

from __future__ import annotations

import gzip
import os
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from email.utils import formatdate, parsedate_to_datetime
from pathlib import Path
from typing import BinaryIO

import anyio.to_thread
from fastapi import APIRouter, FastAPI, Request
from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

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

_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".vtt": "text/vtt; charset=utf-8",
    ".xml": "application/xml",
    ".rss": "application/rss+xml; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".pdf": "application/pdf",
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
    ".m4b": "audio/mp4",
    ".wav": "audio/wav",
    ".epub": "application/epub+zip",
    ".zip": "application/zip",
}
_COMPRESSED = (".html", ".txt", ".css", ".js", ".json", ".vtt", ".xml", ".rss", ".svg")
_SMALL = 4 << 20
"""これより小さい文字のファイルだけを、縮めて送る（バイト）。"""

_CHUNK = 256 << 10

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
_BROKEN = (
    "うまく表示できませんでした",
    "こちらの不具合です。少し待ってから、もう一度開いてください。",
)


def create_app(out: Path, routers: Sequence[APIRouter] = ()) -> FastAPI:
    """``out`` を配る入口。``routers``（会話、LINE、職員の画面）は、ファイルより先に見る。"""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.add_middleware(_SecurityHeaders)
    app.add_exception_handler(Exception, _broken)
    for router in routers:
        app.include_router(router)

    @app.api_route("/health", methods=["GET", "HEAD"])
    def health() -> Response:
        return JSONResponse({"status": "ok", "published": _published(out)})

    @app.api_route("/{path:path}", methods=["GET", "HEAD"])
    def serve(request: Request) -> Response:
        return _serve(out, request)

    return app


def _published(out: Path) -> bool:
    return (out / "index.html").is_file()


def _serve(out: Path, request: Request) -> Response:
    path: str = request.scope["path"]
    segments = path.split("/")[1:]
    folder = segments[-1] == ""
    found = _find(out, segments[:-1] if folder else segments)
    if found is not None and found.is_dir():
        if not folder:  # 相対リンクが正しく働くように、「/」で終わる場所へ移す
            return RedirectResponse(segments[-1] + "/", status_code=301)
        found = _find(out, [*segments[:-1], "index.html"])
    elif folder:
        found = None
    if found is not None:
        try:
            return _file(found, request)
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError):
            pass
    if not _published(out):
        # 503: ページは「ない」のではなく「まだ」である。検索に載らず、待てば開く。
        return _notice(503, *_NOT_PUBLISHED, headers={"Retry-After": "300"})
    return _not_found(out)


def _find(out: Path, segments: Sequence[str]) -> Path | None:
    """出力先の中の場所。外へ出る道（``..``、シンボリックリンク）と隠しファイルは、ないものとする。"""
    if any(s == "" or s.startswith(".") or "\\" in s or "\0" in s for s in segments):
        return None
    root = out.resolve()
    try:
        found = root.joinpath(*segments).resolve(strict=True)
    except (OSError, RuntimeError):
        return None
    return found if found.is_relative_to(root) else None


# ファイル -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Facts:
    """ファイルの大きさ（バイト）と、確かめのための印。"""

    size: int
    etag: str
    modified: float


def _file(path: Path, request: Request) -> Response:
    stream = path.open("rb")
    try:
        status = os.fstat(stream.fileno())
        etag = f'"{status.st_mtime_ns:x}-{status.st_size:x}"'
        facts = _Facts(status.st_size, etag, status.st_mtime)
        response = _answer(stream, facts, path.suffix.lower(), request)
    except BaseException:
        stream.close()
        raise
    if not isinstance(response, StreamingResponse):
        stream.close()
    return response


def _answer(stream: BinaryIO, facts: _Facts, suffix: str, request: Request) -> Response:
    wanted = request.headers
    headers = {
        "ETag": facts.etag,
        "Last-Modified": formatdate(facts.modified, usegmt=True),
        "Cache-Control": "no-cache",  # 直した文章が、すぐに届くように、毎回確かめさせる
        "Accept-Ranges": "bytes",
        "Content-Type": _TYPES.get(suffix, "application/octet-stream"),
    }
    if suffix in _COMPRESSED:
        headers["Vary"] = "Accept-Encoding"
    if _unchanged(facts, wanted.get("if-none-match"), wanted.get("if-modified-since")):
        return Response(status_code=304, headers=headers)
    span = wanted.get("range")
    if span is not None and _same(facts, wanted.get("if-range")):
        found = _range(span, facts.size)
        if found is not None:
            start, end = found
            if start > end:
                headers["Content-Range"] = f"bytes */{facts.size}"
                return Response(status_code=416, headers=headers)
            headers["Content-Range"] = f"bytes {start}-{end}/{facts.size}"
            return _stream(stream, start, end - start + 1, 206, headers, request)
    elif suffix in _COMPRESSED and facts.size < _SMALL and _accepts_gzip(request):
        body = gzip.compress(stream.read(), mtime=0)
        # 縮めたものは、バイトとしては別物である（RFC 9110 8.8.3）。
        headers |= {"Content-Encoding": "gzip", "ETag": f"W/{facts.etag}"}
        return Response(body, headers=headers)
    return _stream(stream, 0, facts.size, 200, headers, request)


def _stream(
    stream: BinaryIO,
    start: int,
    length: int,
    status: int,
    headers: dict[str, str],
    request: Request,
) -> Response:
    async def body() -> AsyncIterator[bytes]:
        try:
            stream.seek(start)
            left = length
            while left and (data := await anyio.to_thread.run_sync(stream.read, min(left, _CHUNK))):
                left -= len(data)
                yield data
        finally:
            stream.close()

    headers["Content-Length"] = str(length)
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers)
    return StreamingResponse(body(), status_code=status, headers=headers)


def _accepts_gzip(request: Request) -> bool:
    offered = (e.split(";") for e in request.headers.get("accept-encoding", "").split(","))
    return any(
        name.strip() == "gzip" and "q=0" not in [p.strip() for p in parameters]
        for name, *parameters in offered
    )


def _unchanged(facts: _Facts, none_match: str | None, modified_since: str | None) -> bool:
    if none_match is not None:
        tags = [tag.strip().removeprefix("W/") for tag in none_match.split(",")]
        return "*" in tags or facts.etag in tags
    since = _seconds(modified_since)
    return since is not None and int(facts.modified) <= since


def _same(facts: _Facts, if_range: str | None) -> bool:
    """続きを送ってよいか（RFC 9110 13.1.5）。途中で入れかわったファイルの続きは送らない。"""
    if if_range is None or if_range == facts.etag:
        return True
    return int(facts.modified) == _seconds(if_range)


def _seconds(date: str | None) -> float | None:
    try:
        return parsedate_to_datetime(date or "").timestamp()
    except (TypeError, ValueError):
        return None


def _range(text: str, size: int) -> tuple[int, int] | None:
    """``bytes=…`` の最初と最後の位置。満たせない範囲は、最後が最初より前になる。

    読めないか、複数の範囲なら ``None``（全部を送る。RFC 9110 14.2）。
    """
    unit, _, span = text.partition("=")
    first, dash, last = (part.strip() for part in span.partition("-"))
    digits = first + last
    if unit.strip().lower() != "bytes" or not dash or not (digits.isascii() and digits.isdecimal()):
        return None
    if not first:
        start, end = max(0, size - int(last)), size - 1
    else:
        start, end = int(first), min(int(last), size - 1) if last else size - 1
        if last and int(last) < start:
            return None
    return start, end


# 知らせ --------------------------------------------------------------------------


def _not_found(out: Path) -> Response:
    try:
        page = (out / "404.html").read_bytes()
    except OSError:
        return _notice(404, *_NOT_FOUND)
    return Response(page, 404, {"Content-Type": _TYPES[".html"], "Cache-Control": "no-cache"})


def _notice(status: int, title: str, text: str, headers: dict[str, str] | None = None) -> Response:
    body = _NOTICE.format(title=title, text=text)
    return Response(
        body,
        status,
        {"Content-Type": _TYPES[".html"], "Cache-Control": "no-store", **(headers or {})},
    )


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
