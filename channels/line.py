"""LINE のメッセージ。ふつうの値から、いつも LINE の限度に収まる JSON を作る。

作るものはどれもメッセージの列で、``one_call`` が 1 度の呼び出しにまとめる。line-bot-sdk のモデルで
組み立てないのは、答え 1 つに数倍の CPU がかかるため（クイックリプライ 4 つの文字で 330 µs が 40 µs）。
構造は、試験がすべて SDK のモデルと並べて確かめる。
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from channels.line_limits import cut, json_bytes, pieces, sendable, shortened, uri

Message = Mapping[str, Any]
Pair = tuple[str, str]

MESSAGES = 5  # 1 度の呼び出しに
TEXT, ALT, LABEL, SAID = 5000, 1500, 20, 300
QUICK_REPLIES = 13
AUDIO_URL = 2000
BUBBLE_BYTES = 30 * 1024
# 白い字との明暗の差は 10.0（WCAG 2.2 の 1.4.6 は 7 以上）。LINE の緑は 2.4 しかない。
BUTTON = "#0B4A8F"


def text(said: str, quick_replies: Sequence[Pair] = ()) -> list[Message]:
    """文字のメッセージ。長ければ、文の終わりで分けて続ける。空なら 0 個。

    ``quick_replies`` は ``(見える言葉, 押した人が言う言葉)``。スマートフォンだけに出る。
    """
    messages = [{"type": "text", "text": piece} for piece in pieces(said, TEXT, MESSAGES)]
    return _with_quick_replies(messages, quick_replies)


def card(
    said: str, links: Sequence[Pair], quick_replies: Sequence[Pair] = (), *, alt: str = ""
) -> list[Message]:
    """文章と、その下のボタン。``links`` は ``(見える言葉, URL)``。

    ``alt`` は通知と、カードを出せない機械での文字。ふつうは文章の全部。文章の全部が ``alt`` に入らないか、
    30 KB を超えるなら、文字のメッセージにする。開けない URL は出さない。
    """
    actions = [
        {"type": "uri", "label": _label(label, str(address)), "uri": address}
        for label, address in ((label, uri(url)) for label, url in links)
        if address is not None
    ]
    return _bubble(said, actions, alt, quick_replies)


def choices(
    question: str, options: Sequence[Pair], quick_replies: Sequence[Pair] = (), *, alt: str = ""
) -> list[Message]:
    """質問と、その下の選ぶボタン。``options`` は ``(見える言葉, 押した人が言う言葉)``。

    ボタンの言葉は 20 字で切れるので、番号と全部の言葉は ``question`` に書いておく。
    """
    return _bubble(question, _said_actions(options), alt, quick_replies)


def audio(
    url: str, milliseconds: int, label: str, quick_replies: Sequence[Pair] = ()
) -> list[Message]:
    """音声。``milliseconds`` は本当の長さ。

    LINE が受け付けるのは https の URL だけ。そうでなければ、``label`` と URL の文字にする。
    """
    address = uri(url, AUDIO_URL)
    if address is None or not address.startswith("https://") or milliseconds <= 0:
        return text(f"{label}\n{address or ''}", quick_replies)
    message = {"type": "audio", "originalContentUrl": address, "duration": milliseconds}
    return _with_quick_replies([message], quick_replies)


def one_call(groups: Iterable[Sequence[Message]]) -> list[Message]:
    """1 度の呼び出しで送る、多くとも 5 個。

    LINE が出すクイックリプライは最後のメッセージのものだけなので、最後に付いていたものを最後に移す。
    """
    messages = [dict(message) for group in groups for message in group]
    offered = [m.pop("quickReply") for m in messages if "quickReply" in m]
    kept = messages[:MESSAGES]
    if offered and kept:
        kept[-1]["quickReply"] = offered[-1]
    return list[Message](kept)


def _bubble(
    said: str, actions: Sequence[Message], alt: str, quick_replies: Sequence[Pair]
) -> list[Message]:
    said = sendable(said)
    shown = sendable(alt) or said
    if not said or not actions or (cut(shown, ALT) != shown):
        return text(said, quick_replies)
    bubble = {
        "type": "bubble",
        "body": _box([{"type": "text", "text": said, "wrap": True, "scaling": True}]),
        "footer": _box(
            [
                {
                    "type": "button",
                    "style": "primary",
                    "color": BUTTON,
                    "height": "sm",
                    "scaling": True,
                    "action": action,
                }
                for action in actions
            ]
        ),
    }
    if json_bytes(bubble) > BUBBLE_BYTES:
        return text(said, quick_replies)
    return _with_quick_replies(
        [{"type": "flex", "altText": shown, "contents": bubble}], quick_replies
    )


def _box(contents: Sequence[Message]) -> Message:
    return {"type": "box", "layout": "vertical", "spacing": "md", "contents": contents}


def _said_actions(pairs: Sequence[Pair]) -> list[Message]:
    """押すと言葉を言う動作。見える言葉か、言う言葉のないものは出さない。"""
    return [
        {"type": "message", "label": _label(label, said), "text": shortened(said, SAID)}
        for label, said in pairs
        if sendable(said)
    ]


def _label(label: str, otherwise: str) -> str:
    return shortened(label, LABEL) or shortened(otherwise, LABEL)


def _with_quick_replies(
    messages: Sequence[Mapping[str, Any]], pairs: Sequence[Pair]
) -> list[Message]:
    actions = _said_actions(pairs)[:QUICK_REPLIES]
    if not (messages and actions):
        return list(messages)
    items = [{"type": "action", "action": action} for action in actions]
    return [*messages[:-1], {**messages[-1], "quickReply": {"items": items}}]
