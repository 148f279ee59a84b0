"""メッセージの構造と限度。正しいものを通し、誤ったものを必ず断ること（断れない検査は検査ではない）。"""

from __future__ import annotations

import pytest

from tests.line_platform import LinePlatform
from tests.line_platform.calling import (
    ASK,
    AUDIO,
    BUTTONS,
    CARD,
    CONFIRM,
    FAMILY,
    JSON,
    TEXT,
    changed,
    quick,
    reply,
)

BACK = {"type": "postback", "label": "聞く", "data": "ask=1"}
COLUMN = {"text": "計画", "actions": [ASK]}
BUBBLE = CARD["contents"]


def carousel(columns: JSON) -> JSON:
    template = {"type": "carousel", "columns": columns}
    return {"type": "template", "altText": "計画", "template": template}


def bubbles(*contents: JSON) -> JSON:
    return {**CARD, "contents": {"type": "carousel", "contents": list(contents)}}


# 正しいもの -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "message",
    [
        TEXT,
        CARD,
        AUDIO,
        BUTTONS,
        CONFIRM,
        quick(*["あ"] * 13),
        {**TEXT, "text": "𠮷" * 2500},
        quick(FAMILY * 20),
        changed(CONFIRM, "template.text", FAMILY * 240),
        changed(CARD, "contents.body.contents.1.action.uri", "tel:044-739-8711"),
        changed(CARD, "contents.body.contents.1.action.label", "あ" * 40),
        changed(BUTTONS, "template.actions.0", BACK),
        carousel([COLUMN] * 10),
        bubbles(*[BUBBLE] * 12),
    ],
)
def test_正しいメッセージは届く(line: LinePlatform, message: JSON) -> None:
    status, answer = reply(line, message)
    assert (status, answer.get("details")) == (200, None)
    assert [r.message for r in line.replies(line.resident())] == [message]
    assert len(answer["sentMessages"]) == 1


# 構造と限度 -----------------------------------------------------------------------

WRONG = [
    ("知らない項目", changed(TEXT, "colour", "red"), "messages[0].colour"),
    ("Python の名前", {**TEXT, "quick_reply": {"items": []}}, "messages[0].quick_reply"),
    ("知らない種類", {"type": "hologram"}, "messages[0].type"),
    ("種類がない", {"text": "あ"}, "messages[0].type"),
    ("null", {**TEXT, "quoteToken": None}, "messages[0].quoteToken"),
    ("本文がない", {"type": "text"}, "messages[0].text"),
    ("本文が数", changed(TEXT, "text", 3), "messages[0].text"),
    ("本文が空", changed(TEXT, "text", ""), "messages[0].text"),
    ("本文が空白", changed(TEXT, "text", " 　\n"), "messages[0].text"),
    ("本文が長い", changed(TEXT, "text", "𠮷" * 2500 + "あ"), "messages[0].text"),
    ("片方だけの代用対", changed(TEXT, "text", "\ud842"), "messages[0].text"),
    ("altText が長い", changed(CARD, "altText", FAMILY * 137), "messages[0].altText"),
    ("altText がない", changed(CARD, "altText", None), "messages[0].altText"),
    ("Flex の深い所の知らない項目", changed(CARD, "contents.body.contents.0.wrapped", True),
     "messages[0].contents.body.contents[0].wrapped"),
    ("Flex の誤った値", changed(CARD, "contents.body.layout", "diagonal"),
     "messages[0].contents.body.layout"),
    ("Flex の空の文字", changed(CARD, "contents.body.contents.0.text", ""),
     "messages[0].contents.body.contents[0].text"),
    ("Flex の色", changed(CARD, "contents.body.contents.0.color", "black"),
     "messages[0].contents.body.contents[0].color"),
    ("Flex の大きさ", changed(CARD, "contents.body.contents.0.size", "huge"),
     "messages[0].contents.body.contents[0].size"),
    ("Flex のボタンの label がない", changed(CARD, "contents.body.contents.1.action.label", None),
     "messages[0].contents.body.contents[1].action.label"),
    ("Flex のボタンの label が長い",
     changed(CARD, "contents.body.contents.1.action.label", "あ" * 41),
     "messages[0].contents.body.contents[1].action.label"),
    ("baseline の箱の中のボタン", changed(CARD, "contents.body.layout", "baseline"),
     "messages[0].contents.body.contents[1]"),
    ("何もない Flex", changed(CARD, "contents.body", None), "messages[0].contents"),
    ("30 KB より大きい Flex", changed(CARD, "contents.body.contents.0.text", "あ" * 10300),
     "messages[0].contents"),
    ("決まっていない URI",
     changed(CARD, "contents.body.contents.1.action.uri", "javascript:alert(1)"),
     "messages[0].contents.body.contents[1].action.uri"),
    ("日本語のままの URI",
     changed(CARD, "contents.body.contents.1.action.uri", "https://x.jp/計画"),
     "messages[0].contents.body.contents[1].action.uri"),
    ("長い URI", changed(CARD, "contents.body.contents.1.action.uri", "https://x.jp/" + "a" * 988),
     "messages[0].contents.body.contents[1].action.uri"),
    ("http の音声", changed(AUDIO, "originalContentUrl", "http://x.jp/a.m4a"),
     "messages[0].originalContentUrl"),
    ("音声の長さがない", changed(AUDIO, "duration", None), "messages[0].duration"),
    ("音声の長さが小数", changed(AUDIO, "duration", 9.5), "messages[0].duration"),
    ("音声の長さが 0", changed(AUDIO, "duration", 0), "messages[0].duration"),
    ("クイックリプライが 14", quick(*["あ"] * 14), "messages[0].quickReply.items"),
    ("クイックリプライが 0", {**TEXT, "quickReply": {"items": []}}, "messages[0].quickReply.items"),
    ("クイックリプライの label が 21 字", quick(FAMILY * 21),
     "messages[0].quickReply.items[0].action.label"),
    ("クイックリプライの言葉が長い",
     changed(quick("あ"), "quickReply.items.0.action.text", "あ" * 301),
     "messages[0].quickReply.items[0].action.text"),
    ("ボタンが 5 つ", changed(BUTTONS, "template.actions", [ASK] * 5),
     "messages[0].template.actions"),
    ("題のあるボタンの本文が 61 字",
     changed(changed(BUTTONS, "template.title", "題"), "template.text", "あ" * 61),
     "messages[0].template.text"),
    ("ボタンの題が 41 字", changed(BUTTONS, "template.title", "あ" * 41), "messages[0].template.title"),
    ("ボタンの本文が 161 字", changed(BUTTONS, "template.text", "あ" * 161),
     "messages[0].template.text"),
    ("確かめの本文が 241 字", changed(CONFIRM, "template.text", FAMILY * 241),
     "messages[0].template.text"),
    ("postback の data が長い", changed(BUTTONS, "template.actions.0", {**BACK, "data": "𠮷" * 150 + "a"}),
     "messages[0].template.actions[0].data"),
    ("postback の data がない", changed(BUTTONS, "template.actions.0", {**BACK, "data": ""}),
     "messages[0].template.actions[0].data"),
    ("postback の displayText が長い",
     changed(BUTTONS, "template.actions.0", {**BACK, "displayText": FAMILY * 301}),
     "messages[0].template.actions[0].displayText"),
    ("11 枚のカルーセル", carousel([COLUMN] * 11), "messages[0].template.columns"),
    ("動作の数の違うカルーセル", carousel([COLUMN, {**COLUMN, "actions": [ASK, ASK]}]),
     "messages[0].template.columns"),
    ("カルーセルの本文が 121 字", carousel([{**COLUMN, "text": "あ" * 121}]),
     "messages[0].template.columns[0].text"),
    ("大きさの違う Flex のカルーセル", bubbles(BUBBLE, {**BUBBLE, "size": "kilo"}),
     "messages[0].contents.contents"),
    ("13 枚の Flex のカルーセル", bubbles(*[BUBBLE] * 13), "messages[0].contents.contents"),
    ("50 KB より大きい Flex のカルーセル",
     bubbles(*[changed(CARD, "contents.body.contents.0.text", "あ" * 4500)["contents"]] * 4),
     "messages[0].contents"),
    ("確かめの動作が 1 つ", changed(CONFIRM, "template.actions", [ASK]),
     "messages[0].template.actions"),
    ("オブジェクトでない", "こんにちは", "messages[0]"),
]  # fmt: skip


@pytest.mark.parametrize(("message", "place"), [w[1:] for w in WRONG], ids=[w[0] for w in WRONG])
def test_誤ったメッセージは場所を言って断る(line: LinePlatform, message: JSON, place: str) -> None:
    hanako = line.resident()
    token = line.issue_token(hanako)
    status, answer = reply(line, message, token=token)
    assert status == 400
    assert place in [detail["property"] for detail in answer["details"]]
    assert line.replies(hanako) == []
    assert line.calls[-1].status == 400
    # 断られた呼び出しは、返信用のトークンを使わない。
    assert reply(line, TEXT, token=token)[0] == 200
