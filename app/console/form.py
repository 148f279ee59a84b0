"""送られたものを読む。ファイルは一時ファイルに受け、全部をメモリーには持たない。"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import IO
from urllib.parse import parse_qsl

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from content.intake.characters import typed

LOG = logging.getLogger(__name__)

MEGABYTE = 1_000_000
LARGEST_UPLOAD = 50 * MEGABYTE
"""受け取るファイルの大きさの上限（バイト）。"""
_LARGEST_TEXT = 8 * MEGABYTE
"""文字の全部の上限（バイト）。かなは、フォームの形では 1 字が 9 バイトになる。"""
_LARGEST_SMALL_TEXT = 64_000
"""だれの送ったものか分からないときの、文字の全部の上限（バイト）。名前とパスワードには足りる。"""
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


async def read_form(request: Request, *, files: bool, large: bool = True) -> Form:
    """求めの本文を、終わりまで読む（途中でやめると、ブラウザーは答えを見せない）。

    ``files`` が偽なら、ファイルは受け取らずに捨てる。``large`` が偽なら、短い文字だけを受け取る。
    """
    most = _LARGEST_TEXT if large else _LARGEST_SMALL_TEXT
    kind, options = parse_options_header(request.headers.get("content-type"))
    if kind == b"multipart/form-data" and options.get(b"boundary"):
        return await _multipart(request.stream(), options[b"boundary"], _Parts(files, most))
    body = bytearray()
    over = False
    async for chunk in request.stream():
        over = over or len(body) + len(chunk) > most
        if not over:
            body += chunk
    if over:
        raise FormFault(_TEXT_TOO_LARGE)
    try:
        text = body.decode("ascii")
        pairs = parse_qsl(text, keep_blank_values=True, errors="replace", max_num_fields=_MOST)
    except ValueError:
        raise FormFault(_UNREADABLE) from None
    # フォームの改行は CRLF になる。0 番の文字は、データベースに入らない。どちらも ``typed`` が直す。
    return Form(tuple((name, typed(value)) for name, value in pairs))


_TEXT_TOO_LARGE = "文章が長すぎて受け取れません。いくつかの文章に分けてください。"
_UNREADABLE = "送られたものを読めません。ページを開き直して、もう一度送ってください。"


async def _multipart(stream: AsyncIterator[bytes], boundary: bytes, parts: _Parts) -> Form:
    parser = None
    with suppress(FormParserError):  # 長すぎる boundary
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
    try:
        async for chunk in stream:
            if parser is not None and not parts.over:
                try:
                    parser.write(chunk)
                except FormParserError:
                    parser = None
        if parser is None or parts.over:
            raise FormFault(_TEXT_TOO_LARGE if parser is not None else _UNREADABLE)
    except BaseException:
        parts.close()
        raise
    return Form(tuple(parts.pairs), parts.uploads, parts.faults)


class _Parts:
    """multipart の部分を、来た順に受け取る。文字は ``most`` バイトまで。"""

    def __init__(self, files: bool, most: int) -> None:
        self.pairs: list[tuple[str, str]] = []
        self.uploads: dict[str, Upload] = {}
        self.faults: dict[str, str] = {}
        self.text_bytes = self.count = 0
        self._files, self._most = files, most
        self._file: IO[bytes] | None = None
        self.begin()

    @property
    def over(self) -> bool:
        """多すぎる。この後は、読んで捨てる。"""
        return self.text_bytes > self._most or self.count > _MOST

    def close(self) -> None:
        """受け取ったものと、受け取りかけのものを捨てる。"""
        Form(uploads=self.uploads).close()
        self._drop()

    def begin(self) -> None:
        self._headers: dict[bytes, bytes] = {}
        self._header = self._value = b""
        self._name = self._file_name = ""
        self._file = None
        self._full = False
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
        self.text_bytes += len(self._name)
        if b"filename" in options:
            self._file_name = typed(options[b"filename"].decode("utf-8", "replace"))
            if self._file_name and self._files:
                self._file = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - Form.close が閉じる

    def data(self, data: bytes, start: int, end: int) -> None:
        self._size += end - start
        if self._file is not None and self._size <= LARGEST_UPLOAD and not self._full:
            try:
                self._file.write(data[start:end])
            except OSError as error:
                LOG.error("送られたファイルを置けません（%s）", error)
                self._full = True
        elif not self._file_name:
            self.text_bytes += end - start
            if self.text_bytes <= self._most:
                self._text += data[start:end]

    def end(self) -> None:
        if self._file is None:
            if not self._file_name:
                self.pairs.append((self._name, typed(self._text.decode("utf-8", "replace"))))
        elif self._full:
            self._drop()
            self.faults[self._name] = f"「{self._file_name}」を受け取れませんでした。{_FULL}"
        elif self._size > LARGEST_UPLOAD:
            self._drop()
            self.faults[self._name] = (
                f"「{self._file_name}」は {-(-self._size // MEGABYTE)} MB あります。"
                f"{LARGEST_UPLOAD // MEGABYTE} MB までのファイルにしてください。"
            )
        else:
            self._file.seek(0)
            if self._name in self.uploads:  # 同じ名前のものは、最後のものだけを渡す
                self.uploads[self._name].file.close()
            self.uploads[self._name] = Upload(self._file_name, self._size, self._file)
            self._file = None

    def _drop(self) -> None:
        """受け取りかけのファイルを捨てる。"""
        if self._file is not None:
            with suppress(OSError):  # 書ききれなかったものは、閉じるときにも失敗する
                self._file.close()
            self._file = None


_FULL = "サーバーの空きが足りないようです。システムの担当に知らせてください。"
