"""送られたものを読む。ファイルは一時ファイルに受け、全部をメモリーには持たない。"""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import IO
from urllib.parse import parse_qsl

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

MEGABYTE = 1_000_000
LARGEST_UPLOAD = 50 * MEGABYTE
"""受け取るファイルの大きさの上限（バイト）。"""
_LARGEST_TEXT = 8 * MEGABYTE
"""文字の全部の上限（バイト）。かなは、フォームの形では 1 字が 9 バイトになる。"""
_MOST = 5_000
"""項目の数の上限。"""
_IN_MEMORY = MEGABYTE


class FormFault(Exception):
    """送られたものを受け取れない。説明は画面に出せる日本語の文。``field`` は直す項目の名前。"""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Upload:
    """送られたファイル。``file`` は先頭から読める。ページの関数が終わると消える。"""

    name: str
    size: int
    file: IO[bytes]


@dataclass(frozen=True, slots=True)
class Form:
    """送られた項目。改行は ``\\n``。ないものは空の文字。"""

    pairs: tuple[tuple[str, str], ...] = ()
    uploads: Mapping[str, Upload] = field(default_factory=lambda: MappingProxyType({}))
    faults: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def __contains__(self, name: str) -> bool:
        return any(n == name for n, _ in self.pairs)

    def __getitem__(self, name: str) -> str:
        """最後の値。なければ空。"""
        return next((value for n, value in reversed(self.pairs) if n == name), "")

    def all(self, name: str) -> tuple[str, ...]:
        """同じ名前の値のすべて（チェックボックスなど）。"""
        return tuple(value for n, value in self.pairs if n == name)

    def number(self, name: str) -> int | None:
        """数（稿の番号など）。なければ ``None``、読めなければ ``FormFault``。"""
        text = self[name].strip()
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and len(text) < 16):
            raise FormFault("画面の様子が変わっています。ページを開き直してください。", name)
        return int(text)

    def upload(self, name: str) -> Upload:
        """送られたファイル。選ばれていないか、大きすぎれば ``FormFault``。"""
        if name in self.faults:
            raise FormFault(self.faults[name], name)
        if name not in self.uploads:
            raise FormFault("ファイルが選ばれていません。ファイルを選んでください。", name)
        return self.uploads[name]

    def close(self) -> None:
        for upload in self.uploads.values():
            upload.file.close()


async def read_form(request: Request, *, files: bool) -> Form:
    """求めの本文を、終わりまで読む（途中でやめると、ブラウザーは答えを見せない）。

    ``files`` が偽なら、ファイルは受け取らずに捨てる。
    """
    kind, options = parse_options_header(request.headers.get("content-type"))
    if kind == b"multipart/form-data" and options.get(b"boundary"):
        return await _multipart(request.stream(), options[b"boundary"], files)
    body = bytearray()
    large = False
    async for chunk in request.stream():
        large = large or len(body) + len(chunk) > _LARGEST_TEXT
        if not large:
            body += chunk
    if large:
        raise FormFault(_TEXT_TOO_LARGE)
    try:
        text = body.decode("ascii")
        pairs = parse_qsl(text, keep_blank_values=True, errors="replace", max_num_fields=_MOST)
    except ValueError:
        raise FormFault(_UNREADABLE) from None
    return Form(tuple((name, _plain(value)) for name, value in pairs))


_TEXT_TOO_LARGE = "文章が長すぎて受け取れません。いくつかの文章に分けてください。"
_UNREADABLE = "送られたものを読めません。ページを開き直して、もう一度送ってください。"


def _plain(value: str) -> str:
    # フォームの改行は CRLF になる。0 番の文字は、データベースに入らない。
    return value.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


async def _multipart(stream: AsyncIterator[bytes], boundary: bytes, files: bool) -> Form:
    parts = _Parts(files)
    parser = MultipartParser(
        boundary,
        {
            "on_part_begin": parts.begin,
            "on_header_field": parts.header_name,
            "on_header_value": parts.header_value,
            "on_header_end": parts.header_end,
            "on_headers_finished": parts.start,
            "on_part_data": parts.data,
            "on_part_end": parts.end,
        },
    )
    broken = False
    async for chunk in stream:
        if not broken:
            try:
                parser.write(chunk)
            except FormParserError:
                broken = True
    if broken or parts.text_bytes > _LARGEST_TEXT or parts.count > _MOST:
        Form(uploads=parts.uploads).close()
        raise FormFault(_UNREADABLE if broken else _TEXT_TOO_LARGE)
    return Form(tuple(parts.pairs), parts.uploads, parts.faults)


class _Parts:
    """multipart の部分を、来た順に受け取る。"""

    def __init__(self, files: bool) -> None:
        self.pairs: list[tuple[str, str]] = []
        self.uploads: dict[str, Upload] = {}
        self.faults: dict[str, str] = {}
        self.text_bytes = self.count = 0
        self._files = files
        self.begin()

    def begin(self) -> None:
        self._headers: dict[bytes, bytes] = {}
        self._header = self._value = b""
        self._name = self._file_name = ""
        self._file: IO[bytes] | None = None
        self._text = bytearray()
        self._size = 0

    def header_name(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def header_end(self) -> None:
        self._headers[self._header.lower()] = self._value
        self._header = self._value = b""

    def start(self) -> None:
        self.count += 1
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        self._name = options.get(b"name", b"").decode("utf-8", "replace")
        if b"filename" in options:
            self._file_name = _plain(options[b"filename"].decode("utf-8", "replace"))
            if self._file_name and self._files:
                self._file = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - Form.close が閉じる

    def data(self, data: bytes, start: int, end: int) -> None:
        self._size += end - start
        if self._file is not None and self._size <= LARGEST_UPLOAD:
            self._file.write(data[start:end])
        elif not self._file_name:
            self.text_bytes += end - start
            if self.text_bytes <= _LARGEST_TEXT:
                self._text += data[start:end]

    def end(self) -> None:
        if self._file is None:
            if not self._file_name:
                self.pairs.append((self._name, _plain(self._text.decode("utf-8", "replace"))))
        elif self._size > LARGEST_UPLOAD:
            self._file.close()
            self.faults[self._name] = (
                f"「{self._file_name}」は {-(-self._size // MEGABYTE)} MB あります。"
                f"{LARGEST_UPLOAD // MEGABYTE} MB までのファイルにしてください。"
            )
        else:
            self._file.seek(0)
            self.uploads[self._name] = Upload(self._file_name, self._size, self._file)
