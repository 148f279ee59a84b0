"""会話と答えの言葉の目録（``wording.yaml``）。

やさしい日本語を選んだ人には、``wording.plain.yaml`` にある言い方を、同じ名前の言葉の代わりに言う。
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from channels.wording import Wording
from content.model import Register


def load_wording(register: Register = "standard") -> Wording:
    return Wording(_entries(register), {})


@cache
def _entries(register: Register) -> Mapping[str, str]:
    entries = _read("wording.yaml")
    if register == "plain":
        entries |= _read("wording.plain.yaml")
    return MappingProxyType(entries)


def _read(name: str) -> dict[str, str]:
    import yaml

    entries: dict[str, str] = yaml.safe_load(files("bot").joinpath(name).read_text("utf-8"))
    return entries
