"""ページの言葉の目録（``templates/wording.yaml``）。ふりがなの書き方で書き、値をはさみ込む。

文章の種類ごとの言い方は、``templates/wording.<種類>.yaml`` に、同じ名前で書く。
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from content.inline import parse_inline
from content.model import Register, Run

Names = Mapping[str, tuple[Run, ...]]
"""社協や区の名前のような、原稿の項目の文字と、その読みの付いた Run。"""

Value = str | int | tuple[Run, ...]
_PLACE = re.compile(r"\{([a-z]+)\}")


@dataclass(frozen=True, slots=True)
class Wording:
    """言葉の目録。

    ``entries`` は名前と、ふりがなの書き方の文章。
    """

    entries: Mapping[str, str]
    names: Names

    @classmethod
    def load(cls, names: Names) -> Wording:
        return cls(_entries("wording.yaml"), names)

    def in_register(self, register: Register) -> Wording:
        """その文章の読む人への言い方。言い方のない言葉は、同じまま。"""
        return replace(self, entries={**self.entries, **_entries(f"wording.{register}.yaml")})

    def __contains__(self, key: str) -> bool:
        return key in self.entries

    def runs(self, key: str, **values: Value) -> tuple[Run, ...]:
        """言葉ひとつ。``{名前}`` のところに値を入れる。目録にない名前は ``KeyError``。"""
        return tuple(_filled(_parsed(self.entries[key]), values))

    def name(self, text: str) -> tuple[Run, ...]:
        """原稿の項目の文字。読みが付いていなければ、そのまま。"""
        return self.names.get(text, (Run(text),))

    def text(self, key: str, **values: Value) -> str:
        return "".join(run.text for run in self.runs(key, **values))


@cache
def _entries(name: str) -> Mapping[str, str]:
    """目録のファイル。なければ空。"""
    import yaml

    file = files("channels").joinpath("templates", name)
    entries: dict[str, str] = yaml.safe_load(file.read_text("utf-8")) if file.is_file() else {}
    return MappingProxyType(entries)


_parsed = cache(parse_inline)


def _filled(runs: tuple[Run, ...], values: Mapping[str, Value]) -> Iterator[Run]:
    for run in runs:
        if run.fixed:
            yield run
            continue
        for index, piece in enumerate(_PLACE.split(run.text)):
            if index % 2 == 0:
                yield Run(piece)
            elif isinstance(value := values[piece], tuple):
                yield from value
            else:
                yield Run(str(value))
