"""点字の版の検査。よい版を 1 か所こわし、その決まりの名前で見つかることを確かめる。"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from accessibility.audit.braille import MESSAGES, audit_files
from tests.channels.books import narrated
from tests.channels.braille_book import channel

Files = dict[str, bytes]
Break = Callable[[Files], None]
TEXT = "plan-braille.txt"


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Files:
    book = narrated("# はじめに {#start}\n\n名前です。\n", tmp_path_factory.mktemp("cache"))
    return {k: v for k, v in channel().render(*book).files.items() if isinstance(v, bytes)}


def replaced(name: str, old: bytes, new: bytes) -> Break:
    def change(files: Files) -> None:
        assert old in files[name]
        files[name] = files[name].replace(old, new, 1)

    return change


def cut(name: str, count: int) -> Break:
    return lambda files: files.update({name: files[name][:-count]})


BREAKS: list[tuple[str, str, Break]] = [
    ("braille-missing", "", lambda files: files.pop(TEXT) and None),
    ("braille-missing", "plan.bes", lambda files: files.pop("plan.bes") and None),
    ("braille-cells", TEXT, replaced(TEXT, "⠂".encode(), b"x")),
    ("braille-cells", TEXT, replaced(TEXT, "⠂".encode(), "⡀".encode())),
    ("braille-unknown", TEXT, replaced(TEXT, "⠂⠂⠂".encode(), "⠿⠿⠿".encode())),
    ("braille-wide", TEXT, replaced(TEXT, "⠂".encode(), "⠂⠂".encode())),
    ("braille-tall", TEXT, replaced(TEXT, b"\f", b"\n" * 18 + b"\f")),
    ("braille-broken", TEXT, lambda files: files.update({TEXT: b"\xff"})),
    ("braille-broken", "plan.bes", replaced("plan.bes", b"%BET400%", b"%BET500%")),
    ("braille-broken", "plan.bes", replaced("plan.bes", b"E53318", b"E53218")),
    ("braille-broken", "plan.bes", replaced("plan.bes", b"\xfd", b"\xfe")),
    ("braille-broken", "plan.bes", cut("plan.bes", 1)),
    ("braille-broken", "plan.bse", replaced("plan.bse", b"3218\r\n", b"3219\r\n")),
    ("braille-broken", "plan.bse", replaced("plan.bse", b"K", b"k")),
    ("braille-broken", "plan.brf", cut("plan.brf", 1)),
    ("braille-broken", "plan.brf", replaced("plan.brf", b"\f", b"")),
    ("braille-differs", "plan.brf", replaced("plan.brf", b"K", b"L")),
    ("braille-differs", "plan.bse", replaced("plan.bse", b"K", b"L")),
    ("braille-differs", "plan.bes", replaced("plan.bes", b"\xa5", b"\xa7")),
    ("braille-proofread", TEXT, replaced(TEXT, "⠟⠴⠐⠳⠎⠀⠪⠒⠻⠃".encode(), "⠟⠴⠐⠳⠎⠀⠪⠒⠻".encode())),
]  # fmt: skip


def test_よい版に見つかるものはない(good: Files) -> None:
    assert audit_files(good) == ()


@pytest.mark.parametrize(("code", "place", "change"), BREAKS)
def test_こわした所が決まりの名前で見つかる(
    good: Files, code: str, place: str, change: Break
) -> None:
    files = dict(good)
    change(files)
    found = [f for f in audit_files(files) if f.code == code]
    assert found, audit_files(files)
    assert found[0].place == place
    assert found[0].message.endswith("。")


def test_決まりにはどれも試験がある() -> None:
    assert {code for code, *_ in BREAKS} == set(MESSAGES)
