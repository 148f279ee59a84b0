"""LINE の限度の表。line-bot-sdk も OpenAPI の定義も確かめない、文章だけで決められた数。

数え方は 2 つある。UTF-16 の単位（𠮷 や絵文字は 2）と、見た目の 1 字（書記素。家族の絵文字も 1）。
https://developers.line.biz/en/docs/messaging-api/text-character-count/
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import regex

from tests.line_platform.structure import JSON, Node, Problem

BUBBLE_BYTES, CAROUSEL_BYTES = 30 * 1024, 50 * 1024


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def graphemes(text: str) -> int:
    return len(regex.findall(r"\X", text))


@dataclass(frozen=True, slots=True)
class TextLimit:
    """``required`` なら、なければならず、空白だけでもいけない。"""

    model: str
    key: str
    count: Callable[[str], int]
    most: int
    required: bool = True


TEXT_LIMITS = (
    TextLimit("TextMessage", "text", utf16, 5000),
    TextLimit("FlexMessage", "altText", utf16, 1500),
    TextLimit("TemplateMessage", "altText", utf16, 1500),
    TextLimit("AudioMessage", "originalContentUrl", utf16, 2000),
    TextLimit("FlexText", "text", utf16, BUBBLE_BYTES),
    TextLimit("MessageAction", "text", graphemes, 300),
    TextLimit("URIAction", "uri", utf16, 1000),
    TextLimit("PostbackAction", "data", utf16, 300),
    TextLimit("PostbackAction", "displayText", graphemes, 300, required=False),
    TextLimit("PostbackAction", "text", graphemes, 300, required=False),
    TextLimit("PostbackAction", "fillInText", graphemes, 300, required=False),
    TextLimit("ButtonsTemplate", "title", graphemes, 40, required=False),
    TextLimit("ButtonsTemplate", "text", graphemes, 160),
    TextLimit("ConfirmTemplate", "text", graphemes, 240),
    TextLimit("CarouselColumn", "title", graphemes, 40, required=False),
    TextLimit("CarouselColumn", "text", graphemes, 120),
    TextLimit("RichMenuRequest", "name", graphemes, 300),
    TextLimit("RichMenuRequest", "chatBarText", graphemes, 14),
)

# 動作（action）の label の限度は、その動作を持つものによって違う。
LABEL_LIMITS = {
    "QuickReplyItem": 20,
    "ButtonsTemplate": 20,
    "ConfirmTemplate": 20,
    "CarouselColumn": 20,
    "ImageCarouselColumn": 12,
    "RichMenuArea": 20,
    "FlexButton": 40,
}

# 項目の数（少なくとも、多くとも）。
ITEM_LIMITS = {
    ("QuickReply", "items"): (1, 13),
    ("ButtonsTemplate", "actions"): (1, 4),
    ("ConfirmTemplate", "actions"): (2, 2),
    ("CarouselTemplate", "columns"): (1, 10),
    ("CarouselColumn", "actions"): (1, 3),
    ("ImageCarouselTemplate", "columns"): (1, 10),
    ("FlexCarousel", "contents"): (1, 12),
    ("RichMenuRequest", "areas"): (1, 20),
}

REQUIRED = {
    "QuickReply": ("items",),
    "QuickReplyItem": ("type", "action"),
    "RichMenuRequest": ("size", "selected", "name", "chatBarText", "areas"),
    "RichMenuSize": ("width", "height"),
    "RichMenuArea": ("bounds", "action"),
    "RichMenuBounds": ("x", "y", "width", "height"),
    "ShowLoadingAnimationRequest": ("chatId",),
}

URI_SCHEMES = ("http", "https", "line", "tel")
IN_BASELINE = {"icon", "text", "filler", "span"}
COLORS = ("color", "backgroundColor", "borderColor")
SIZES = (
    "none xxs xs sm md lg xl xxl 3xl 4xl 5xl full",
    {
        "FlexText": ("size", "margin"),
        "FlexBox": ("spacing", "margin", "cornerRadius", "paddingAll", "paddingTop"),
        "FlexButton": ("margin",),
        "FlexSeparator": ("margin",),
    },
)


def limit_problems(nodes: list[Node]) -> list[Problem]:
    """構造の正しいメッセージの、限度の誤り。"""
    return [problem for node in nodes for problem in _node_problems(node)]


def _node_problems(node: Node) -> Iterator[Problem]:
    value = node.value
    for key in REQUIRED.get(node.model, ()):
        if key not in value:
            yield _problem(node, key, "Required")
    for limit in TEXT_LIMITS:
        if limit.model == node.model:
            yield from _text(node, limit)
    for (model, key), (least, most) in ITEM_LIMITS.items():
        if model == node.model and not least <= len(value.get(key, ())) <= most:
            yield _problem(node, key, f"Size must be between {least} and {most}")
    if node.model.endswith("Action") and node.parent in LABEL_LIMITS:
        yield from _text(node, TextLimit(node.model, "label", graphemes, LABEL_LIMITS[node.parent]))
    for key in sorted(value):
        if isinstance(value[key], str) and any(0xD800 <= ord(c) < 0xE000 for c in value[key]):
            yield _problem(node, key, "Contains an unpaired surrogate")
    if rule := _RULES.get(node.model):
        yield from rule(node)
    yield from _flex_values(node)


def _text(node: Node, limit: TextLimit) -> Iterator[Problem]:
    text = node.value.get(limit.key)
    if text is None:
        if limit.required and not (node.model == "FlexText" and node.value.get("contents")):
            yield _problem(node, limit.key, "Required")
    elif not text.strip():
        yield _problem(node, limit.key, "May not be empty")
    elif limit.count(text) > limit.most:
        yield _problem(node, limit.key, f"Length must be between 0 and {limit.most}")


def _uri(node: Node, key: str, schemes: tuple[str, ...]) -> Iterator[Problem]:
    uri = node.value.get(key, "")
    valid = regex.fullmatch(r"(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+", uri)
    parts = urlsplit(uri) if valid else None
    if parts is None or parts.scheme not in schemes:
        yield _problem(node, key, f"Invalid URI or scheme; allowed: {', '.join(schemes)}")
    elif parts.scheme in ("http", "https") and not parts.hostname:
        yield _problem(node, key, "Invalid URI: no host")


def _audio(node: Node) -> Iterator[Problem]:
    yield from _uri(node, "originalContentUrl", ("https",))
    if node.value["duration"] <= 0:
        yield _problem(node, "duration", "Must be greater than 0")


def _bubble(node: Node) -> Iterator[Problem]:
    if json_bytes(node.value) > BUBBLE_BYTES:
        yield _problem(node, "", "Bubble must be at most 30 KB")
    if not any(node.value.get(key) for key in ("header", "hero", "body", "footer")):
        yield _problem(node, "", "At least one block is required")


def _carousel(node: Node) -> Iterator[Problem]:
    if json_bytes(node.value) > CAROUSEL_BYTES:
        yield _problem(node, "", "Carousel must be at most 50 KB")
    if len({bubble.get("size", "mega") for bubble in node.value["contents"]}) > 1:
        yield _problem(node, "contents", "All bubbles must have the same size")


def _box(node: Node) -> Iterator[Problem]:
    for index, content in enumerate(node.value["contents"]):
        inside = content.get("type")
        if inside == "span" or (node.value["layout"] == "baseline" and inside not in IN_BASELINE):
            yield _problem(node, f"contents[{index}]", "Not allowed in this box")


def _short_with_title(node: Node, most: int) -> Iterator[Problem]:
    decorated = "title" in node.value or "thumbnailImageUrl" in node.value
    if decorated and graphemes(node.value["text"]) > most:
        yield _problem(node, "text", f"Length must be between 0 and {most}")


def _columns(node: Node) -> Iterator[Problem]:
    if len({len(column.get("actions", ())) for column in node.value["columns"]}) > 1:
        yield _problem(node, "columns", "All columns must have the same number of actions")


def _loading(node: Node) -> Iterator[Problem]:
    if node.value.get("loadingSeconds", 20) % 5:
        yield _problem(node, "loadingSeconds", "Must be a multiple of 5")


def _rich_menu(node: Node) -> Iterator[Problem]:
    size = node.value.get("size", {})
    width, height = size.get("width", 0), size.get("height", 0)
    if not (800 <= width <= 2500 and height >= 250 and width / height >= 1.45):
        yield _problem(node, "size", "Width 800-2500, height at least 250, ratio at least 1.45")
    for index, area in enumerate(node.value.get("areas", ())):
        bounds = area.get("bounds", {})
        inside = (
            bounds.get("x", 0) + bounds.get("width", 0) <= width
            and bounds.get("y", 0) + bounds.get("height", 0) <= height
        )
        if not inside:
            yield _problem(node, f"areas[{index}].bounds", "Outside the rich menu")


_RULES: dict[str, Callable[[Node], Iterator[Problem]]] = {
    "URIAction": lambda node: _uri(node, "uri", URI_SCHEMES),
    "AudioMessage": _audio,
    "FlexBubble": _bubble,
    "FlexCarousel": _carousel,
    "FlexBox": _box,
    "ButtonsTemplate": lambda node: _short_with_title(node, 60),
    "CarouselColumn": lambda node: _short_with_title(node, 60),
    "CarouselTemplate": _columns,
    "ShowLoadingAnimationRequest": _loading,
    "RichMenuRequest": _rich_menu,
}


def _flex_values(node: Node) -> Iterator[Problem]:
    if not node.model.startswith("Flex"):
        return
    for key in COLORS:
        if not regex.fullmatch(r"#[0-9A-Fa-f]{6}([0-9A-Fa-f]{2})?", node.value.get(key, "#000000")):
            yield _problem(node, key, "Invalid color")
    words, sized = SIZES
    for key in sized.get(node.model, ()):
        size = node.value.get(key, "md")
        if size not in words.split() and not regex.fullmatch(r"\d+(\.\d+)?(px|%)", size):
            yield _problem(node, key, "Invalid size")


def json_bytes(value: JSON) -> int:
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def png_size(content: bytes) -> tuple[int, int] | None:
    """PNG の幅と高さ（画素）。PNG でなければ ``None``。"""
    if content[:8] != b"\x89PNG\r\n\x1a\n" or content[12:16] != b"IHDR":
        return None
    width, height = struct.unpack(">II", content[16:24])
    return int(width), int(height)


def _problem(node: Node, key: str, message: str) -> Problem:
    place = ".".join(part for part in (node.property, key) if part)
    return Problem(place, message)
