"""ページの会話。JavaScript のないブラウザーと同じに、ページを受け取り、その中の項目を送り返す。"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
import uvicorn

from app.chat import MOST, router
from app.transcript import EXCHANGES, Transcript, opened
from app.web import create_app
from bot.clips import AudioClips
from bot.conversation import Conversation
from bot.person import Person
from bot.turn import Bubble, Turn
from channels.audio import AudioChannel
from channels.wording import Wording
from content.model import Run
from tests.bot.talking import (
    BODY,
    CONTACT,
    COUNCIL,
    CRISIS,
    NEAR,
    FakeBrain,
    publication,
    quote,
    reader,
    source,
)
from tests.channels.books import narrated
from tests.channels.html_page import Node, parse_page

KEY = b"k" * 32
WATCH = "見守りはありますか"
SOUND = "chat/audio/shiken/plan-6/standard"


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """音声の版のある出力先。"""
    folder = tmp_path_factory.mktemp("out")
    book = BODY.split("---\n\n", 1)[1]
    edition = AudioChannel().render(*narrated(book, tmp_path_factory.mktemp("cache")))
    target = folder / "shiken/plan-6/standard/audio"
    target.mkdir(parents=True)
    for name, data in edition.files.items():
        assert isinstance(data, bytes)
        (target / name).write_bytes(data)
    (folder / "index.html").write_text("計画の一覧", "utf-8")
    return folder


@dataclass
class Chat:
    """JavaScript のない人。``page`` は、いま見ているページ。"""

    client: httpx.Client
    brain: FakeBrain
    recorded: list[Turn] = field(default_factory=list)
    answer: httpx.Response | None = None

    def opens(self) -> Node:
        self.answer = self.client.get("/chat")
        return self.page

    @property
    def page(self) -> Node:
        assert self.answer is not None
        return parse_page(self.answer.content)

    @property
    def state(self) -> str:
        return self.form("chat_form")["state"]

    def form(self, id: str) -> dict[str, str]:
        (form,) = [f for f in self.page.all("form") if f.get("id") == id]
        return {field["name"]: field.get("value") or "" for field in form.all("input")}

    def sends(self, **fields: str) -> Node:
        self.answer = self.client.post("/chat", data={"state": self.state, **fields})
        return self.page

    def replies(self) -> list[str]:
        """返事ごとの、吹き出しの文字。"""
        return ["\n".join(b.text for b in r.all("div", "bubble")) for r in self.log("reply")]

    def log(self, cls: str) -> list[Node]:
        return self.page.by_id("chat_log").all("div", cls)

    def choices(self) -> list[str]:
        buttons = self.page.by_id("chat_next").all("button")
        return [b["value"] for b in buttons]


@pytest.fixture
def chat(out: Path) -> Iterator[Chat]:
    brain = FakeBrain({WATCH: quote(WATCH), "殴られた": CRISIS})
    audio = AudioClips(out)
    conversation = Conversation(
        brain,
        [COUNCIL],
        [publication()],
        base_url="https://example.jp",
        notices=lambda: (),
        audio=audio,
        read=reader().read,
    )
    recorded: list[Turn] = []
    api = router(
        conversation,
        audio,
        Wording.load({}),
        KEY,
        recorded.append,
        base_url="https://example.jp",
    )
    with socket.create_server(("127.0.0.1", 0)) as listener:
        app = create_app(out, [api])
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with httpx.Client(base_url=url, trust_env=False) as client:
            yield Chat(client, brain, recorded)
        server.should_exit = True
        thread.join()


def test_開くと_あいさつと_書くところと_選べることがある(chat: Chat) -> None:
    page = chat.opens()
    assert chat.answer is not None
    assert chat.answer.status_code == 200
    assert chat.answer.headers["cache-control"] == "no-store"
    assert "お名前や病気のことは書かないでください" in chat.replies()[0]
    assert page.by_id("chat_text")["maxlength"] == str(MOST)
    assert [label["for"] for label in page.all("label")] == [
        "chat_text", "chat_register", "chat_furigana", "chat_ward",
    ]  # fmt: skip
    assert chat.choices()[:2] == ["質問する", "音声で聞く"]
    assert "set-cookie" not in chat.answer.headers


def test_送ると_それまでのやりとりの全部があるページになる(chat: Chat) -> None:
    chat.opens()
    chat.sends(text=WATCH)
    page = chat.sends(choice="近い話題", text="書きかけ")
    said = [s.text.replace("\n", "") for s in chat.log("said")]
    assert said == [f"あなた{WATCH}", "あなた近い話題"]
    assert source().quote in chat.replies()[1]
    assert "近い話題です" in chat.replies()[2]
    assert len(chat.replies()) == 3
    assert len(page.ids) == len(set(page.ids))
    assert "近い話題です" in page.by_id("answer").text
    assert page.one("title").text.startswith("近い話題です。")
    assert chat.brain.asked == [((WATCH,), "standard", None)]
    assert [n["data-number"] for n in chat.log("exchange")] == ["0", "1", "2"]
    assert "/shiken/plan-6/standard/web/watch.html" in [a["href"] for a in page.all("a")]


def test_番号でも_ボタンでも選べる(chat: Chat) -> None:
    chat.opens()
    chat.sends(text=WATCH)
    names = [b.text.strip() for b in chat.page.by_id("chat_next").all("button")]
    assert names[:2] == ["1 はい", "2 いいえ"]
    by_number = chat.sends(text=str(chat.choices().index("近い話題") + 1))
    assert "近い話題です" in by_number.by_id("answer").text
    chat.sends(choice=NEAR[0].question)
    assert chat.brain.asked[-1][0][-1] == NEAR[0].question


def test_書いた人の文字は_どこでもただの文字になる(chat: Chat) -> None:
    chat.opens()
    bad = '"><script>alert(1)</script><img src=x onerror=alert(1)>｜あ《い》&amp;'
    page = chat.sends(text=bad)
    assert bad in page.text
    assert len(page.all("script")) == 1  # ページのものだけ
    assert not [img for img in page.all("img") if img["src"] == "x"]
    (value,) = [i["value"] for i in chat.sends(text=bad * 30).all("input") if i.get("id")]
    assert value == (bad * 30)[:MOST]


def test_空や長すぎるものは_直し方を言い_書いたものは残す(chat: Chat) -> None:
    chat.opens()
    chat.sends(text=WATCH)
    for text, message in (("  ", "知りたいことを書いてから"), ("あ" * 1001, "1000字までで")):
        page = chat.sends(text=text)
        assert chat.answer is not None
        assert chat.answer.status_code == 400
        assert message in page.by_id("chat_error").text
        field = page.by_id("chat_text")
        assert field["aria-invalid"] == "true"
        assert field["value"] == text.strip()[:MOST]
        assert page.one("title").text.startswith("確かめてください：")
        assert len(chat.replies()) == 2  # やりとりはそのまま
    assert chat.sends(text=WATCH).by_id("chat_error").text == ""


def test_作りかえたやりとりは使わず_書いたものを残して始め直す(chat: Chat) -> None:
    chat.opens()
    chat.sends(text=WATCH)
    good = chat.state
    turned = "A" if good[-9] != "A" else "B"
    for state in ("", "あ", "AAAA", good[:-9] + turned + good[-8:], good[:40], good + "AAAA"):
        page = chat.sends(state=state, text="続き")
        assert chat.answer is not None
        assert chat.answer.status_code == 400, state
        assert "もう一度、質問を書いて" in page.by_id("chat_error").text
        assert page.by_id("chat_text")["value"] == "続き"
        assert len(chat.replies()) == 1
    assert opened(good, b"x" * 32) is None
    assert opened(good, KEY) is not None


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "own"}, 200),
        ({"Origin": "https://example.jp"}, 403),
        ({"Origin": "null"}, 403),
        ({}, 200),
    ],
)
def test_ほかのサイトから送られたものは受け取らない(
    chat: Chat, headers: dict[str, str], status: int
) -> None:
    chat.opens()
    form = {"state": chat.state, "text": WATCH}
    own = str(chat.client.base_url).rstrip("/")
    sent = {name: own if value == "own" else value for name, value in headers.items()}
    answer = chat.client.post("/chat", data=form, headers=sent)
    assert answer.status_code == status
    assert bool(chat.brain.asked) == (status == 200)
    if status == 403:
        assert "ほかのサイトから" in answer.text


def test_大きすぎるものや_読めないものは_やさしく断る(chat: Chat) -> None:
    for body in (b"text=" + b"a" * 400_000, b"&".join([b"a=1"] * 99), "text=あ".encode(), b"\xff"):
        answer = chat.client.post("/chat", content=body)
        assert answer.status_code in (400, 413)
        assert "もう一度、質問を書いて" in answer.text
    assert not chat.brain.asked


def test_読み方を選ぶと_前のやりとりにもふりがなが付き_覚えている(chat: Chat) -> None:
    chat.opens()
    chat.sends(text=WATCH)
    assert not chat.page.all("ruby")
    page = chat.sends(settings="1", register="plain", furigana="ruby", ward="北区")
    assert "読み方を変えました" in page.by_id("chat_settings").text
    assert len(chat.replies()) == 2
    rubies = [ruby.all("rt")[0].text for ruby in page.by_id("chat_log").all("ruby")]
    assert "ひゅうが" in rubies  # 職員の決めた読み
    assert page.one("body").has_class("with-ruby")
    assert page.all("a")[1]["href"].startswith("/ruby/")
    for name, value in (("register", "plain"), ("furigana", "ruby"), ("ward", "北区")):
        (chosen,) = [
            o for o in page.by_id(f"chat_{name}").all("option") if "selected" in o.attributes
        ]
        assert chosen["value"] == value
    chat.sends(text="あれは")
    assert chat.brain.asked[-1] == ((WATCH, "あれは"), "plain", "北区")
    page = chat.sends(settings="1", furigana="none", register="standard", ward="")
    assert not page.all("ruby")
    assert source().quote in chat.replies()[1]


def test_ひらがなやかっこも選べ_言葉でも選べる(chat: Chat) -> None:
    chat.opens()
    chat.sends(settings="1", furigana="hiragana")
    assert "ひゅうがの まちで" in chat.sends(text=WATCH).by_id("answer").text
    chat.sends(text="かっこで ふりがな")
    assert "日向（ひゅうが）のまち" in chat.sends(text=WATCH).by_id("answer").text
    page = chat.sends(text="ふりがな なし")
    assert "これからは、ふりがなを付けません" in page.by_id("answer").text


def test_知らない読み方や区は_前のまま(chat: Chat) -> None:
    chat.opens()
    page = chat.sends(settings="1", register="x", furigana="<b>", ward="南区")
    for name in ("register", "furigana", "ward"):
        options = page.by_id(f"chat_{name}").all("option")
        assert "selected" in options[0].attributes
    assert "南区" not in page.text


def test_音声は_続きからも渡し_変わらなければ_304(chat: Chat) -> None:
    chat.opens()
    chat.sends(text=WATCH)
    page = chat.sends(choice="音声で聞く")
    player = page.by_id("answer").one("audio")
    assert player["aria-label"].startswith("この答えの音声（")
    address = player["src"]
    assert address.startswith(f"/{SOUND}/")
    whole = chat.client.get(address)
    assert whole.headers["content-type"] == "audio/mp4"
    assert whole.headers["accept-ranges"] == "bytes"
    data = whole.content
    assert data == chat.client.get(address).content
    for asked, begin, end in (
        ("bytes=0-9", 0, 10),
        ("bytes=100-", 100, len(data)),
        ("bytes=-50", len(data) - 50, len(data)),
        (f"bytes=5-{len(data) * 2}", 5, len(data)),
        (f"bytes=-{len(data) * 2}", 0, len(data)),
    ):
        part = chat.client.get(address, headers={"Range": asked})
        assert part.status_code == 206, asked
        assert part.content == data[begin:end]
        assert part.headers["content-range"] == f"bytes {begin}-{end - 1}/{len(data)}"
    for asked in (f"bytes={len(data)}-", "bytes=-0", "bytes=9-3"):
        assert chat.client.get(address, headers={"Range": asked}).status_code == 416, asked
    for asked in ("bytes=x", "lines=0-1", "bytes=-", "bytes=0-1,5-6"):
        assert chat.client.get(address, headers={"Range": asked}).content == data, asked
    tag = whole.headers["etag"]
    assert chat.client.get(address, headers={"If-None-Match": tag}).status_code == 304
    stale = {"Range": "bytes=0-9", "If-Range": '"other"'}
    assert chat.client.get(address, headers=stale).content == data
    head = chat.client.head(address)
    assert head.headers["content-length"] == str(len(data))


@pytest.mark.parametrize("name", ["a", "a.b", "..", "%2e%2e%2fplan", "a.b.c"])
def test_ない音声は_404(chat: Chat, name: str) -> None:
    assert chat.client.get(f"/{SOUND}/{name}.m4a").status_code == 404
    assert chat.client.get(f"/chat/audio/../shiken/plain/{name}.m4a").status_code == 404


def test_答えられなかった質問と_返事を残すが_危険な話は渡さない(chat: Chat) -> None:
    chat.opens()
    chat.sends(text="落語の会はありますか")
    chat.sends(text=WATCH)
    chat.sends(choice="はい")
    page = chat.sends(text="殴られた")
    assert [t.unanswered for t in chat.recorded if t.unanswered] == ["落語の会はありますか"]
    assert [t.feedback for t in chat.recorded if t.feedback] == ["yes"]
    assert all(turn.store for turn in chat.recorded)
    assert "tel:110" in [a["href"] for a in page.by_id("answer").all("a")]


def test_問い合わせ先は_文の中のリンクから_電話もメールもできる(chat: Chat) -> None:
    chat.opens()
    answer = chat.sends(text="相談・問い合わせ").by_id("answer")
    links = [a["href"] for a in answer.all("a")]
    assert links.count("tel:0440000001") == 1
    assert links.count(f"mailto:{CONTACT.mail}") == 1
    assert "/shiken/contact.html" in links


def test_やりとりは_新しいものだけを残す(chat: Chat) -> None:
    chat.opens()
    for n in range(EXCHANGES + 3):
        chat.sends(text=f"質問その{n}です")
    numbers = [int(n["data-number"]) for n in chat.log("exchange")]
    assert numbers == list(range(4, EXCHANGES + 4))
    assert len(chat.state) < 60_000


def test_控えは_どんな文字も元のまま運ぶ() -> None:
    runs = (Run("｜《》\\〈𠮷〉", ""), Run("漢字", "かんじ"), Run("\n", ""), Run("次", "つぎ"))
    turn = Turn(Person(), (Bubble("text", "", "", runs=runs),))
    before = Transcript(Person()).after("｜あ\ud800", turn)
    after = opened(before.sealed(KEY), KEY)
    assert after is not None
    (exchange,) = after.exchanges
    texts = ["".join(run.text for run in line) for line in exchange.shown[0].runs]
    assert texts == ["｜《》\\〈𠮷〉漢字", "次"]
    assert exchange.said == "｜あ?"


def test_会話のページも_安全のためのヘッダーを持つ(chat: Chat) -> None:
    chat.opens()
    assert chat.answer is not None
    policy = chat.answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    for node in chat.page.walk():
        assert not [name for name in node.attributes if name.startswith("on") or name == "style"]
    assert [s["src"] for s in chat.page.all("script")] == ["/assets/chat.js"]
