"""ページの会話（``/chat``）。LINE を使わない人のための、同じ会話。

JavaScript がなくても、すべて使える。送ると、それまでのやりとりの全部があるページが返る。やりとりは、
署名してページの中に入れておき、サーバーには置かない。
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Protocol
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from app.origin import own
from app.transcript import Transcript, opened
from bot.clips import AUDIO_PATH, AudioClips
from bot.furigana import FURIGANA_MODES
from bot.person import Person
from bot.turn import Incoming, Runs, Turn
from channels.pages import CHAT, Footer, Page, Templates
from channels.wording import Wording
from content.model import REGISTERS, Council, Run, Sentence

MOST = 1000
"""一度に書ける字の数。長い相談も、話せる人につなげるように、短すぎない。"""
_LARGEST = 300_000
"""受け取る大きさの上限（バイト）。"""
_TITLE = 30
_HEADERS = {"Cache-Control": "no-store"}


class Talks(Protocol):
    """会話（``bot.conversation.Conversation``）。"""

    @property
    def councils(self) -> tuple[Council, ...]: ...

    @property
    def wards(self) -> tuple[str, ...]: ...

    def turn(self, person: Person, incoming: Incoming) -> Turn: ...


class _Refused(Exception):
    """受け取れないもの。``key`` は言葉の名前。"""

    def __init__(self, status: int, key: str) -> None:
        super().__init__(key)
        self.status, self.key = status, key


def router(
    conversation: Talks,
    audio: AudioClips,
    wording: Wording,
    key: bytes,
    record: Callable[[Turn], None],
    *,
    base_url: str = "",
) -> APIRouter:
    """``/chat`` と、答えの音声。

    ``key`` はやりとりに署名する鍵。``record`` は、答えられなかった質問と「分かりましたか」の返事を残すもの
    （答えが遅れないように、待たずに戻る）。
    ``base_url`` は ``conversation`` がリンクの頭に付けるもの（ページの中では、同じサイトのリンクにする）。
    """
    chat = _Chat(conversation, wording, key, record, base_url)
    api = APIRouter()

    async def fresh(request: Request) -> Response:
        return await run_in_threadpool(chat.fresh)

    async def said(request: Request) -> Response:
        try:
            form = await _form(request)
        except _Refused as error:
            return await run_in_threadpool(chat.fresh, error.status, error.key)
        return await run_in_threadpool(chat.said, form)

    async def sound(request: Request) -> Response:
        parts = request.path_params
        publication = f"{parts['council']}/{parts['name']}"
        data = await run_in_threadpool(audio.cut, publication, parts["register"], parts["clip"])
        return Response(status_code=404) if data is None else _part(request, data)

    api.add_route(f"/{CHAT}", fresh, methods=["GET"], include_in_schema=False)
    api.add_route(f"/{CHAT}", said, methods=["POST"], include_in_schema=False)
    path = f"/{AUDIO_PATH}/{{council}}/{{name}}/{{register}}/{{clip}}.m4a"
    api.add_route(path, sound, methods=["GET"], include_in_schema=False)
    return api


class _Chat:
    """会話のページを作る。"""

    def __init__(
        self,
        conversation: Talks,
        wording: Wording,
        key: bytes,
        record: Callable[[Turn], None],
        base_url: str,
    ) -> None:
        self._conversation = conversation
        self._wording = wording
        self._key = key
        self._record = record
        self._base_url = base_url
        self._templates = Templates()

    def fresh(self, status: int = 200, error: str | None = None) -> Response:
        """始めのあいさつ。"""
        return self._page(self._start(), status=status, error=error)

    def said(self, form: Mapping[str, str]) -> Response:
        transcript = opened(form.get("state", ""), self._key)
        text = (form.get("choice") or form.get("text", "")).strip()
        if transcript is None:
            return self._page(self._start(), status=400, error="chat.error.lost", text=text[:MOST])
        if "settings" in form:
            return self._page(self._chosen(transcript, form), applied=True)
        if not text:
            return self._page(transcript, status=400, error="chat.error.empty")
        if len(text) > MOST:
            return self._page(transcript, status=400, error="chat.error.long", text=text[:MOST])
        return self._page(self._talk(transcript, Incoming("text", text)))

    def _start(self) -> Transcript:
        return self._talk(Transcript(Person()), Incoming("follow"))

    def _talk(self, transcript: Transcript, incoming: Incoming) -> Transcript:
        # ふりがなは、ページを見せるときに付けたり外したりするので、読みはいつも付けておく。
        bare = transcript.person.furigana == "none"
        person = replace(transcript.person, furigana="ruby") if bare else transcript.person
        turn = self._conversation.turn(person, incoming)
        if bare and turn.person.furigana == "ruby":
            turn = replace(turn, person=replace(turn.person, furigana="none"))
        if turn.store:
            self._record(turn)
        return transcript.after(incoming.text, turn, self._base_url)

    def _chosen(self, transcript: Transcript, form: Mapping[str, str]) -> Transcript:
        """読み方と区を選んだあと。知らない値は、前のまま。"""
        person = transcript.person
        register = next((r for r in REGISTERS if r == form.get("register")), person.register)
        furigana = next((f for f in FURIGANA_MODES if f == form.get("furigana")), person.furigana)
        ward = form.get("ward", person.ward)
        known = ward in ("", *self._conversation.wards)
        person = replace(
            person, register=register, furigana=furigana, ward=ward if known else person.ward
        )
        return replace(transcript, person=person)

    def _page(
        self,
        transcript: Transcript,
        *,
        status: int = 200,
        error: str | None = None,
        text: str = "",
        applied: bool = False,
    ) -> Response:
        person = transcript.person
        page = Page(CHAT, self._wording, ruby=person.furigana == "ruby", rooted=True)
        councils = self._conversation.councils
        answered = transcript.exchanges[-1] if len(transcript.exchanges) > 1 else None
        body = self._templates.render(
            "chat.html",
            page,
            footer=Footer(councils[0] if len(councils) == 1 else None),
            exchanges=transcript.exchanges,
            choices=transcript.choices,
            person=person,
            state=transcript.sealed(self._key),
            furigana=[
                (mode, page.text(f"chat.furigana.{mode}"))
                for mode in ("none", "ruby", "hiragana", "brackets")
            ],
            wards=self._wards(page),
            answer=_shortened(answered.text) if answered else "",
            error=page.wording.runs(error, **_LIMITS.get(error, {})) if error else None,
            text=text,
            most=MOST,
            applied=applied,
            sentence=_sentence,
        )
        return Response(body, status, _HEADERS, media_type="text/html")

    def _wards(self, page: Page) -> list[tuple[str, str]]:
        wards = [(ward, ward) for ward in self._conversation.wards]
        return [("", page.text("chat.ward.none")), *wards] if wards else []


_LIMITS: Mapping[str, Mapping[str, int]] = {"chat.error.long": {"most": MOST}}


def _sentence(id: str, runs: Runs) -> Sentence:
    return Sentence(id, runs or (Run(""),))


def _shortened(text: str) -> str:
    return text if len(text) <= _TITLE else text[: _TITLE - 1] + "…"


# 受け取る -------------------------------------------------------------------------


async def _form(request: Request) -> dict[str, str]:
    """送られた項目。ほかのサイトから送られたものや、大きすぎるものは ``_Refused``。"""
    if not own(request.headers):
        raise _Refused(403, "chat.error.elsewhere")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST:
            raise _Refused(413, "chat.error.lost")
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=20)
    except ValueError:
        raise _Refused(400, "chat.error.lost") from None
    return dict(pairs)


# 音声を渡す ------------------------------------------------------------------------


def _part(request: Request, data: bytes) -> Response:
    """音声。続きからの要求（Range）には、その部分だけ。"""
    headers = {
        "Accept-Ranges": "bytes",
        "Cache-Control": "public, max-age=3600",
        "ETag": f'"{hashlib.sha256(data).hexdigest()[:32]}"',
    }
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    asked = request.headers.get("range", "")
    unchanged = request.headers.get("if-range") in (None, headers["ETag"])
    span = _span(asked, len(data)) if asked and unchanged else None
    if span is None:
        return Response(data, 200, headers, media_type="audio/mp4")
    begin, end = span
    if begin >= end:
        return Response(
            status_code=416, headers={**headers, "Content-Range": f"bytes */{len(data)}"}
        )
    headers["Content-Range"] = f"bytes {begin}-{end - 1}/{len(data)}"
    return Response(data[begin:end], 206, headers, media_type="audio/mp4")


def _span(asked: str, length: int) -> tuple[int, int] | None:
    """要求された範囲（始めと、終わりの次）。1 つの範囲でなければ ``None``（全部を渡す）。"""
    unit, _, text = asked.partition("=")
    first, dash, last = text.strip().partition("-")
    numbers = all(not n or (n.isascii() and n.isdigit()) for n in (first, last))
    if unit.strip() != "bytes" or not dash or not numbers or not (first or last):
        return None
    if not first:
        return max(0, length - int(last)), length if int(last) else 0
    return int(first), min(length, int(last) + 1) if last else length
