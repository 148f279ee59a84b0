"""ページの案内（ナビ、パンくず、フッター）を除く。"""

from __future__ import annotations

import re

from content.intake.draft import Remark
from content.intake.html_tree import Node

_TAGS = frozenset(("nav", "footer", "aside", "dialog"))
_ROLES = frozenset(("navigation", "banner", "contentinfo", "search", "complementary"))
_NAMES = re.compile(
    r"(?:^|[\s_-])(?:[gls]?nav|navi|navigation|global-?nav|bread-?crumbs?|pankuzu|topic-?path|side-?bar|side-?menu|"
    r"menu|footer|page-?top|skip(?:-?link)?|sns|share|site-?map|pager|pagination)(?:$|[\s_-])",
    re.I,
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_HOME = re.compile(r"(?:home|top|ホーム|トップ)", re.I)


def without(tree: Node) -> tuple[Node, tuple[Remark, ...]]:
    """本文と、除いたものの知らせ。main があれば、その中だけを本文とする。"""
    mains = [n for n in tree.walk() if n.tag == "main" or n.attributes.get("role") == "main"]
    body = mains[0] if mains else tree
    removed: list[str] = []
    _remove(body, removed, inside=bool(mains))
    _remove_crumbs(body, removed)
    shown = [text for text in removed if text]
    if not shown:
        return body, ()
    message = f"ページの案内（ナビなど）を {len(shown)} か所除きました。本文でないことを確かめてください。"
    return body, (Remark("navigation", message, "／".join(t[:12] for t in shown)),)


def _remove(node: Node, removed: list[str], *, inside: bool) -> None:
    kept: list[Node | str] = []
    for child in node.children:
        if isinstance(child, Node):
            if child.tag == "title" or _hidden(child):
                continue
            if _guide(child, inside):
                removed.append("".join(child.text.split()))
                continue
            _remove(child, removed, inside=inside or child.tag == "article")
        kept.append(child)
    node.children = kept


def _guide(node: Node, inside: bool) -> bool:
    """案内か。本文の中の header（記事の題）は案内ではない。"""
    if node.tag in _TAGS or node.attributes.get("role") in _ROLES:
        return True
    if node.tag == "header" and not inside:
        return not any(n.tag == "h1" for n in node.walk())
    names = f"{node.attributes.get('class', '')} {node.attributes.get('id', '')}"
    # 名前だけで決めると本文を失うことがあるので、見出しを含むものは残す。
    return bool(_NAMES.search(names)) and not any(
        n.tag in ("h1", "h2", "h3", "main") for n in node.walk()
    )


def _hidden(node: Node) -> bool:
    return "hidden" in node.attributes or bool(_HIDDEN.search(node.attributes.get("style", "")))


def _remove_crumbs(body: Node, removed: list[str]) -> None:
    """名前のないパンくず: 本文のいちばん前にある、「ホーム」で始まる箇条書き。"""
    for node in body.walk():
        if node.tag in ("ul", "ol"):
            if _HOME.match(node.text.strip()):
                removed.append("".join(node.text.split()))
                node.children = []
            return
        if any(isinstance(child, str) and child.strip() for child in node.children):
            return
