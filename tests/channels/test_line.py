"""LINE のメッセージ。どんな文字からも、にせの LINE（tests/line_platform）が断らないものができること。"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
import regex
from hypothesis import example, given
from hypothesis import strategies as st
from linebot.v3.messaging import ValidateMessageRequest

from channels import line
from channels.line import Message, audio, card, choices, one_call, text
from channels.line_limits import graphemes, pieces, shortened, uri, utf16
from tests.line_platform.limits import graphemes as strict_graphemes
from tests.line_platform.limits import limit_problems
from tests.line_platform.limits import utf16 as strict_utf16
from tests.line_platform.structure import nodes, structure_problems

FAMILY, YOSHI, FLAG = "👨‍👩‍👧‍👦", "𠮷", "🇯🇵"
AWKWARD = (
    FAMILY, YOSHI, FLAG, "が", "葛󠄀", "e\u0301", "\u0301", "\u200d", "\ud842", "\udfb7", "\x00", "\r\n",
    "\n", "\t", " ", "　", "。", "…", "\u202e", "\ufeff", "\x85", "\u2028", "あ", "%", "#", "\\", '"',
)  # fmt: skip
anything = st.lists(
    st.one_of(
        st.sampled_from(AWKWARD),
        st.characters(),
        st.builds(
            lambda piece, times: piece * times, st.sampled_from(AWKWARD), st.integers(1, 1000)
        ),
    ),
    max_size=12,
).map("".join)
pairs = st.lists(st.tuples(anything, anything), max_size=16)
urls = st.one_of(
    anything,
    anything.map(lambda path: f"https://example.jp/{path}"),
    st.sampled_from(["tel:044-739-8711", "javascript:alert(1)", "http://[", "https://x.jp:port/"]),
)
links = st.lists(st.tuples(anything, urls), max_size=6)


def problems(messages: Sequence[Message]) -> list[Any]:
    """にせの LINE が断る理由。"""
    body = {"messages": list(messages)}
    return structure_problems(body, ValidateMessageRequest) or limit_problems(
        nodes(body, ValidateMessageRequest)
    )


def accepted(messages: Sequence[Message]) -> bool:
    return not messages or not problems(messages)


def said_by(message: Message) -> str:
    """カードか文字の本文。"""
    if message["type"] == "text":
        return str(message["text"])
    return str(message["contents"]["body"]["contents"][0]["text"])


# どんな文字でも ---------------------------------------------------------------------


@given(anything, pairs)
@example("あ" * 30000, [("a", "b")] * 20)
@example("e" + "\u0301" * 12000, [])
@example("\ud842\udfb7", [("\ud842", "\udfb7")])
def test_文字は断られない(said: str, quick: list[tuple[str, str]]) -> None:
    assert accepted(text(said, quick))


@given(anything, links, pairs, anything)
@example("あ" * 1500, [("開く", "https://x.jp")], [], "")
@example("あ" * 1501, [("開く", "https://x.jp")], [], "")
@example("あ", [("開く", "https://x.jp/" + "a" * 980)] * 40, [], "")
@example("あ", [(FAMILY * 30, "https://x.jp/計画?区=多摩#節")], [], "")
def test_カードは断られない(
    said: str, buttons: list[tuple[str, str]], quick: list[tuple[str, str]], alt: str
) -> None:
    assert accepted(card(said, buttons, quick, alt=alt))


@given(anything, pairs, pairs)
def test_選ぶものは断られない(
    question: str, options: list[tuple[str, str]], quick: list[tuple[str, str]]
) -> None:
    assert accepted(choices(question, options, quick))


@given(urls, st.integers(-1, 10**9), anything)
@example("https://x.jp/音声.m4a", 9000, "聞く")
@example("https://x.jp/" + "a" * 1988, 9000, "聞く")
def test_音声は断られない(url: str, milliseconds: int, label: str) -> None:
    assert accepted(audio(url, milliseconds, label))


@given(st.lists(st.tuples(anything, pairs), max_size=7))
def test_1度の呼び出しは断られない(groups: list[tuple[str, list[tuple[str, str]]]]) -> None:
    assert accepted(one_call(text(said, quick) for said, quick in groups))


@given(anything)
def test_数え方は別の実装と同じ(said: str) -> None:
    assert (utf16(said), graphemes(said)) == (strict_utf16(said), strict_graphemes(said))


@given(anything, st.integers(1, 40))
def test_短くしても字の途中では切らない(said: str, most: int) -> None:
    short = shortened(said, most)
    assert graphemes(short) <= most
    whole = regex.findall(r"\X", shortened(said, 10**6))
    kept = regex.findall(r"\X", short)
    if kept != whole:
        assert kept.pop() == "…"
        assert kept == whole[: len(kept)]


ordinary = st.lists(st.sampled_from([FAMILY, YOSHI, FLAG, "が", "葛󠄀", "。", "あいう"])).map("".join)


@given(ordinary, st.integers(12, 60))
def test_分けても字の途中では切らず_つなぐと元に戻る(said: str, most: int) -> None:
    found = pieces(said, most, 10**6)
    assert all(utf16(piece) <= most for piece in found)
    assert "".join(found) == said
    assert sum(map(graphemes, found)) == graphemes(said)


# 形 -------------------------------------------------------------------------------


def test_短い文字は1つで_そのまま() -> None:
    assert text("こんにちは。\r\n伝わる\rです。") == [
        {"type": "text", "text": "こんにちは。\n伝わる\nです。"}
    ]
    assert text(" 　\n") == []


def test_長い文字は文の終わりで分けて続く() -> None:
    sentence = "多摩区の計画です。"
    messages = text(sentence * 700, [("くわしく", "もっとくわしく")])
    assert [len(m["text"]) for m in messages] == [4995, 1305]
    assert "".join(m["text"] for m in messages) == sentence * 700
    assert "quickReply" not in messages[0]
    assert len(messages[1]["quickReply"]["items"]) == 1


def test_長すぎる文字は5つ目が省略で終わる() -> None:
    messages = text("あ" * 40000)
    assert len(messages) == 5
    assert [m["text"][-1] for m in messages] == ["あ"] * 4 + ["…"]


def test_クイックリプライは押した言葉を言い_13個まで() -> None:
    (message,) = text("どうしますか。", [(f"{n}番", f"{n}") for n in range(20)])
    items = message["quickReply"]["items"]
    assert len(items) == 13
    assert items[1]["action"] == {"type": "message", "label": "1番", "text": "1"}


def test_カードは文章の全部とボタンを持ち_altTextも全部() -> None:
    said = "サロンは毎月第2火曜日です。" * 20
    (message,) = card(said, [("計画を読む", "https://x.jp/多摩区/plan.html#salon")])
    assert message["altText"] == said_by(message) == said
    (button,) = message["contents"]["footer"]["contents"]
    assert button["action"] == {
        "type": "uri",
        "label": "計画を読む",
        "uri": "https://x.jp/%E5%A4%9A%E6%91%A9%E5%8C%BA/plan.html#salon",
    }


def test_人に見られたくない答えのaltTextは別の言葉にできる() -> None:
    (message,) = card("110 に電話", [("電話する", "tel:110")], alt="返事があります")
    assert message["altText"] == "返事があります"
    assert said_by(message) == "110 に電話"


def test_altTextに全部が入らない答えは文字で送る() -> None:
    (message,) = card(YOSHI * 751, [("開く", "https://x.jp")])
    assert message["type"] == "text"
    assert card(YOSHI * 750, [("開く", "https://x.jp")])[0]["type"] == "flex"


def test_大きすぎるカードは文字で送る() -> None:
    buttons = [("開く", "https://x.jp/" + "a" * 980)]
    assert card("あ", buttons * 20)[0]["type"] == "flex"
    assert card("あ", buttons * 40) == text("あ")


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "/plan.html",
        "",
        "ftp://x.jp/a",
        "https:///a",
        "https://x.jp/" + "a" * 988,
    ],
)
def test_開けないURLのボタンは出さない(url: str) -> None:
    assert uri(url) is None
    assert card("答えです。", [("開く", url)]) == text("答えです。")


@pytest.mark.parametrize("url", ["tel:%238008", "line://ti/p/@x", "http://x.jp/?q=%E3%81%82&r=a+b"])
def test_すでに正しいURLは変えない(url: str) -> None:
    assert uri(url) == url


def test_選ぶボタンは言葉を言う() -> None:
    (message,) = choices(
        "どれですか\n1 サロン\n2 会食", [("1 サロン", "サロンとは"), ("2 会食", "会食とは")]
    )
    assert message["altText"] == "どれですか\n1 サロン\n2 会食"
    actions = [b["action"] for b in message["contents"]["footer"]["contents"]]
    assert [(a["label"], a["text"]) for a in actions] == [
        ("1 サロン", "サロンとは"),
        ("2 会食", "会食とは"),
    ]


def test_ボタンの字は読みやすい濃さ() -> None:
    red, green, blue = (
        (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4)
        for v in (int(line.BUTTON[i : i + 2], 16) / 255 for i in (1, 3, 5))
    )
    assert 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05) >= 7


def test_音声は本当の長さを持つ() -> None:
    assert audio("https://x.jp/音声.m4a", 9012, "聞く") == [
        {
            "type": "audio",
            "originalContentUrl": "https://x.jp/%E9%9F%B3%E5%A3%B0.m4a",
            "duration": 9012,
        }
    ]


def test_httpsでない音声はリンクの文字にする() -> None:
    (message,) = audio("http://127.0.0.1:8000/a.m4a", 9012, "音声で聞く")
    assert message == {"type": "text", "text": "音声で聞く\nhttp://127.0.0.1:8000/a.m4a"}


def test_1度の呼び出しは5個まで_クイックリプライは最後に() -> None:
    messages = one_call([text("一", [("前", "前")]), text("二", [("後", "後")]), text("三")])
    assert [m["text"] for m in messages] == ["一", "二", "三"]
    assert ["quickReply" in m for m in messages] == [False, False, True]
    assert messages[-1]["quickReply"]["items"][0]["action"]["label"] == "後"
    assert len(one_call([text("あ")] * 9)) == 5
    assert one_call([]) == []
