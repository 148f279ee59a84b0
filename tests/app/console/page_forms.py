"""ページの項目を読む。ブラウザーと同じに、書かれている値をそのまま送り返せる。"""

from __future__ import annotations

from html.parser import HTMLParser

import httpx


class _Fields(HTMLParser):
    """``<main>`` の中の項目と、その値。押さないボタンとファイルは、送られない。"""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self._inside = False
        self._area = self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        match tag:
            case "main":
                self._inside = True
            case _ if not self._inside:
                return
            case "input" if given["type"] in ("checkbox", "radio"):
                if "checked" in given:
                    self.values[name] = given["value"]
            case "input" if given["type"] != "file":
                self.values[name] = given.get("value", "")
            case "select":
                self._select = name
            case "option" if "selected" in given or self._select not in self.values:
                self.values[self._select] = given["value"]
            case "textarea":
                self._area = name
                self.values[name] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.values[self._area] = self.values[self._area].removeprefix("\n")
            self._area = ""
        elif tag == "main":
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._area:
            self.values[self._area] += data


def fields(page: httpx.Response) -> dict[str, str]:
    """ページの項目の、名前と値。"""
    reader = _Fields()
    reader.feed(page.text)
    return reader.values
