"""ページを読む道具。書き方に厳しい HTML の木（閉じ忘れや、重なった id を見のがさない）。"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "img", "track", "br", "hr", "input"}
_NOT_IN_P = {"p", "div", "ul", "ol", "dl", "table", "section", "nav", "figure", "aside", "h1", "h2"}


@dataclass
class Node:
    tag: str
    attributes: dict[str, str]
    children: list[Node | str] = field(default_factory=list)

    def __getitem__(self, name: str) -> str:
        return self.attributes[name]

    def get(self, name: str) -> str | None:
        return self.attributes.get(name)

    def has_class(self, name: str) -> bool:
        return name in (self.get("class") or "").split()

    def walk(self) -> Iterator[Node]:
        yield self
        for child in self.children:
            if isinstance(child, Node):
                yield from child.walk()

    def all(self, tag: str, cls: str | None = None) -> list[Node]:
        return [n for n in self.walk() if n.tag == tag and (cls is None or n.has_class(cls))]

    def one(self, tag: str, cls: str | None = None) -> Node:
        (node,) = self.all(tag, cls)
        return node

    def by_id(self, id: str) -> Node:
        (node,) = [n for n in self.walk() if n.get("id") == id]
        return node

    @property
    def ids(self) -> list[str]:
        return [n["id"] for n in self.walk() if "id" in n.attributes]

    @property
    def text(self) -> str:
        """読み上げソフトや検索に伝わる文字（隠した写しと、写しを見せないときの文を除く）。"""
        return "".join(
            child if isinstance(child, str) else child.text
            for child in self.children
            if isinstance(child, str)
            or not (child.get("aria-hidden") == "true" or child.has_class("u"))
        )


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("#root", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = Counter(name for name, _ in attrs)
        assert max(names.values(), default=1) == 1, f"<{tag}> に同じ属性が 2 つあります"
        if tag in _NOT_IN_P:
            assert all(n.tag != "p" for n in self.open), f"<p> の中に <{tag}> があります"
        node = Node(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        raise AssertionError(f"<{tag}/> は HTML の書き方ではありません")

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"<{self.open[-1].tag}> を </{tag}> で閉じています"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def parse_page(data: object) -> Node:
    """HTML を読む。閉じ方と入れ子が正しくなければ ``AssertionError``。"""
    assert isinstance(data, bytes)
    parser = _Parser()
    parser.feed(data.decode())
    parser.close()
    assert parser.open == [parser.root], "閉じていない要素があります"
    return parser.root
