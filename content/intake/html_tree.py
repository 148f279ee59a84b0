"""HTML の木。標準ライブラリの HTMLParser から作る。閉じ忘れと、閉じすぎを許す。"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from content.intake.draft import IntakeError

_VOID = frozenset(
    re.findall(
        r"\w+",
        "area base br col embed hr img input link meta source track wbr",
    )
)
# 文章ではないもの。中身ごと捨てる。
_DROPPED = frozenset(
    re.findall(
        r"\w+",
        "script style noscript template iframe svg math object canvas audio video select button textarea",
    )
)
BLOCKS = frozenset(
    re.findall(
        r"\w+",
        "address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure "
        "footer form h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section summary table tbody td tfoot th "
        "thead tr ul",
    )
)
# 閉じるタグを書かなくても、次の要素で閉じるもの（HTML 13.1.2.4）。
_CLOSED_BY = {
    "p": BLOCKS,
    "li": frozenset(("li",)),
    "dt": frozenset(("dt", "dd")),
    "dd": frozenset(("dt", "dd")),
    "tr": frozenset(("tr", "tbody", "thead", "tfoot")),
    "td": frozenset(("td", "th", "tr", "tbody", "tfoot")),
    "th": frozenset(("td", "th", "tr", "tbody", "tfoot")),
    "rt": frozenset(("rt", "rp", "rb")),
    "rp": frozenset(("rt", "rp", "rb")),
    "rb": frozenset(("rt", "rp", "rb")),
}
_DEEPEST = 300  # 再帰で読める深さ。ふつうのページは 40 ほど


@dataclass(slots=True)
class Node:
    """要素ひとつ。``has_block`` は、中に段落などの区切りがあること。"""

    tag: str
    attributes: dict[str, str]
    children: list[Node | str] = field(default_factory=list)
    has_block: bool = False

    def walk(self) -> Iterator[Node]:
        """自分と、中のすべての要素。書かれた順。"""
        yield self
        for child in self.children:
            if isinstance(child, Node):
                yield from child.walk()

    @property
    def text(self) -> str:
        return "".join(c if isinstance(c, str) else c.text for c in self.children)


def parse_tree(source: str) -> Node:
    """HTML の文字を木にする。深すぎる入れ子は断る（``IntakeError``）。"""
    builder = _Builder()
    builder.feed(source)
    builder.close()
    return builder.root


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Node("html", {})
        self._open = [self.root]
        self._dropping: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._dropping or tag in _DROPPED:
            if tag not in _VOID:
                self._dropping.append(tag)
            return
        while tag in _CLOSED_BY.get(self._open[-1].tag, ()):
            self._open.pop()
        node = Node(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(node)
        if tag in BLOCKS:
            for above in reversed(self._open):
                if above.has_block:
                    break
                above.has_block = True
        if tag in _VOID:
            return
        self._open.append(node)
        if len(self._open) > _DEEPEST:
            raise IntakeError(
                "HTML の入れ子が深すぎて読めません。ブラウザで開いて、文章だけを新しいページに写してください。"
            )

    def handle_endtag(self, tag: str) -> None:
        if self._dropping:
            # 捨てる部分の中の閉じ忘れで、後ろの文章まで失わないように、外側に合えば閉じる。
            if tag in self._dropping:
                del self._dropping[self._dropping.index(tag) :]
            return
        for depth in range(len(self._open) - 1, 0, -1):
            if self._open[depth].tag == tag:
                del self._open[depth:]
                return

    def handle_data(self, data: str) -> None:
        if not self._dropping:
            self._open[-1].children.append(data)
