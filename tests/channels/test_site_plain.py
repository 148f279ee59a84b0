"""やさしい日本語のページの、ページの下の言葉。"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from accessibility.narration import Narration, Track
from accessibility.plain import check_text
from channels.web import WebChannel
from channels.wording import Wording
from content.inline import parse_inline
from content.model import Contact, Council, Publication, Register
from content.notation import parse
from tests.channels.html_page import Node, parse_page
from tests.conftest import CHECKOUT

OWN: dict[str, str] = yaml.safe_load(
    (CHECKOUT / "channels/templates/wording.plain.yaml").read_text("utf-8")
)
COUNCIL = Council("kawasaki", "川崎市社協", (Contact("計画", "企画の係", "044-739-8711"),))
SOURCE = """---
表題: 第6期の計画
発行: 川崎市社協
計画: 推進計画
期: 6
日付: 2026-11-22
出典: ホームページ
---

# 話 {#talk}

話を聞きます。
"""


def book(register: Register) -> Publication:
    return parse(SOURCE, "kawasaki/plan-6", register)


def footer(register: Register, name: str, folder: Path) -> Node:
    publication = book(register)
    mp3 = folder / "talk.mp3"
    mp3.write_bytes(b"mp3")
    narration = Narration("声", publication.sections, (Track("talk", mp3, mp3, 1.0, ()),))
    channel = WebChannel({"kawasaki": COUNCIL}, (publication,), {})
    return parse_page(channel.render(publication, narration).files[name]).one("footer")


@pytest.mark.parametrize("name", ["index.html", "talk.html", "ruby/talk.html"])
def test_やさしい日本語のページでは_ページの下の言葉もやさしい(tmp_path: Path, name: str) -> None:
    said = footer("plain", name, tmp_path).text
    for part in (
        "わからないときに聞く所",
        "計画のことを聞きたいとき",
        "ファックス書いてありません",
        "寄附〈お金や物を出して助けること〉をしたいとき、急ぐとき、",
        "どこに言えばよいかは、まだここに書いてありません。",
        "人が確かめたか：未校正（",  # 校正の有無の言葉は、どの版でも同じ
        "このページの使いやすさは、コンピューターだけで調べました。",
    ):
        assert part in re.sub(r"\s+", "", said), part
    for hard in ("登録されていません", "申し出", "窓口", "自動検査", "出典", "問い合わせ先"):
        assert hard not in said


def test_もとの文章のページでは_ページの下の言葉はそのまま(tmp_path: Path) -> None:
    said = footer("standard", "talk.html", tmp_path).text
    assert "合理的配慮の申し出" in said and "自動検査だけで確かめています" in said
    assert not [key for key in OWN if "{" not in OWN[key] and plain_text(key) in said]


def plain_text(key: str) -> str:
    return Wording.load({}).in_register("plain").text(key)


def test_やさしい言い方は_もとの言い方と同じ名前で_同じ値を持つ() -> None:
    standard = Wording.load({}).entries
    for key, text in OWN.items():
        assert standard[key] != text
        values = [sorted(re.findall(r"{\w+}", entry)) for entry in (standard[key], text)]
        assert values[0] == values[1], key


@pytest.mark.parametrize("key", OWN)
def test_やさしい言い方には_直すものがなく_どの漢字にも読みがある(key: str) -> None:
    runs = parse_inline(re.sub(r"{\w+}", "", OWN[key]))
    assert not check_text("".join(run.text for run in runs)).warnings
    assert not re.search("[々一-鿿]", "".join(run.text for run in runs if not run.fixed))
