"""文字の版。"""

from __future__ import annotations

from pathlib import Path

from channels.text import TextChannel
from tests.channels.books import narrated

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

発行 試験社会福祉協議会
もとの資料 試験の冊子

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
