"""DAISY の試験で使う、書き方のすべてがある本。"""

from __future__ import annotations

from pathlib import Path

from accessibility.cache import Cache
from accessibility.narration import Narration, narrate
from accessibility.voices import Silent
from app.books import Book, books
from app.workers import InlineExecutor
from content.bundle import Bundle
from content.model import Council, Publication
from content.notation import parse
from tests.channels.books import FRONT

PICTURE = b"\x89PNG\r\n\x1a\n picture"

RICH = """# はじめに & <計画> {#start}

｜川崎《かわさき》の文です。〈せつめい〉二つめの文です。

- 箇条書き
- 冊子[PDF/783KB](https://example.jp/a.pdf?a=1&b=2)
- はじめに[PDF/12KB]

1. 一番め
2. 二番め

## 表と写真 {#tables}

表: 記号の意味
| 記号 | 意味 |
|---|---|
| A | |
| 😀 | 😀 |
| 😀 | 見直す |

| 題のない | 表 |
|---|---|

![池の｜鯉《こい》]()

![地図](町の 地図.PNG)

> 注の文です。二つめです。

### 三 {#three}

#### 四 {#four}

##### 五 {#five}

###### 六 {#six}

# 😀 {#emoji}

😀

# 終わりに {#end}

文です。
"""


def rich_book(cache: Path) -> tuple[Publication, Narration]:
    publication = parse(FRONT + RICH, "shiken/plan", load_picture=lambda name: PICTURE)
    bundle = Bundle((Council("shiken", "試験社会福祉協議会"),), (publication,))
    (book,) = books(bundle, Silent(), Cache(cache))
    return book.publication, read_aloud(book)


def read_aloud(book: Book) -> Narration:
    """無音の読み上げ。"""
    tracks = tuple(narrate(book.jobs, InlineExecutor()))
    return Narration(Silent().credit, book.sections, tracks)
