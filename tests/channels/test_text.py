"""文字の版。"""

from __future__ import annotations

from pathlib import Path

import pytest

from accessibility.narration import Narration
from channels.text import TextChannel
from content.notation import parse
from tests.channels.books import FRONT, narrated
from tests.channels.words import GLOSSARY, PROMOTION, WELFARE

BODY = """# はじめに {#start}

一つめの｜文《ぶん》です。二つめの文です。

- 箇条書き
- 資料[PDF/783KB](https://example.org/plan.pdf)

1. 番号

## 表と写真

表: 記号
| 記号 | 意味 |
|---|---|
| A | 続ける |

![公園の写真]()

> 注の文です。
"""

EXPECTED = """試験の計画

発行：試験社会福祉協議会
計画の名前：地域福祉計画
出典：試験の冊子
この版の日付：2026年4月1日
校正：未校正（読み方と音声を、人はまだ確かめていません）

■ はじめに

　一つめの文です。二つめの文です。

・箇条書き
・資料[PDF/783KB] https://example.org/plan.pdf

1. 番号

■■ 表と写真

（表）記号
・記号：A、意味：続ける

（写真）公園の写真

（注）注の文です。
"""


def test_文字の版はすべての文章をもとの順に持つ(tmp_path: Path) -> None:
    edition = TextChannel().render(*narrated(BODY, tmp_path))
    assert edition.main == "plan.txt"
    assert edition.files == {"plan.txt": EXPECTED.encode()}
    (download,) = edition.downloads
    assert (download.format, download.bytes) == ("txt", len(EXPECTED.encode()))
    assert edition.seconds is None


def test_終わりに_出てくる言葉の説明がある(tmp_path: Path) -> None:
    body = "# 福祉 {#a}\n\n社協〈団体〉の福祉です。福祉を推進します。\n"
    edition = TextChannel(GLOSSARY).render(*narrated(body, tmp_path))
    content = edition.files["plan.txt"]
    assert isinstance(content, bytes)
    assert content.decode().endswith(
        "福祉を推進します。\n\n■ 言葉の説明\n\n"
        f"・福祉（ふくし）：{WELFARE.explanation}\n・推進（すいしん）：{PROMOTION.explanation}\n"
    )


PLAN = "期: 6\n期間: 2017-2019\n延長: 2020\n区: 多摩区\n"
GOALS = "# 目標 {#goals}\n\n- 集まる\n- 話す\n"


@pytest.mark.parametrize(
    ("front", "body", "expected"),
    [
        (
            PLAN,
            GOALS,
            "何期目か：第6期\n期間：2017年度（平成29年度）～2019年度（令和元年度）\n"
            "延長：2020年度（令和2年度）まで延長\n区：多摩区\n"
            "基本理念：もとの資料に書かれていません\n目標：\n・集まる\n・話す\n",
        ),
        (
            "期: 6\n",
            "# 章 {#a}\n",
            "何期目か：第6期\n期間：もとの資料に書かれていません\n"
            "基本理念：もとの資料に書かれていません\n目標：もとの資料に書かれていません\n",
        ),
    ],
)
def test_文字の版の初めに_計画の入口と同じ事実がある(front: str, body: str, expected: str) -> None:
    source = FRONT.replace("日付:", f"{front}日付:") + body
    edition = TextChannel().render(parse(source, "shiken/plan"), Narration("声", (), ()))
    content = edition.files["plan.txt"]
    assert isinstance(content, bytes)
    assert content.decode().split("\n\n")[1] == (
        f"発行：試験社会福祉協議会\n計画の名前：地域福祉計画\n{expected}"
        "出典：試験の冊子\nこの版の日付：2026年4月1日\n"
        "校正：未校正（読み方と音声を、人はまだ確かめていません）"
    )


def test_やさしい日本語の版であることと_校正の済んだ日を示す() -> None:
    source = FRONT.replace("出典:", "校正: 2026-03-20\n出典:") + "# 章 {#a}\n"
    edition = TextChannel().render(parse(source, "shiken/plan", "plain"), Narration("声", (), ()))
    content = edition.files["plan.txt"]
    assert isinstance(content, bytes)
    assert content.decode().startswith("試験の計画（やさしい日本語）\n")
    said = "校正：校正済（人が、読み方と音声を2026年3月20日に確かめました）\n"
    assert said in content.decode()
