"""ほかの社協の、小さな計画。付属の計画だけに合わせていないことを確かめる。"""

from __future__ import annotations

from accessibility.glossary import Entry
from content.model import Contact, Council, Publication, Register
from content.notation import parse

COUNCIL = Council(
    "kita",
    "北市社会福祉協議会",
    (
        Contact("計画", "北市社協 総務課", "011-111-2222", "011-111-3333", "plan@kita.example"),
        Contact("相談", "北市社協 相談係", "011-444-5555", "", "soudan@kita.example"),
        Contact("計画", "南区社協", "011-999-0000", "", "", ward="南区"),
    ),
)

_HEAD = """---
表題: 第2期北市地域福祉活動計画
発行: 北市社会福祉協議会
計画: 地域福祉活動計画
期: 2
期間: 2021-2025
日付: 2026-11-22
出典: 第2期北市地域福祉活動計画
---
"""

STANDARD = (
    _HEAD
    + """
# 基本理念 {#philosophy}

だれもが役割を持てる北市

# サロンの開催 {#salon}

## ひだまりサロン {#hidamari}

「ひだまりサロン」は、毎週水曜日の午前10時から北会館で開きます。参加費は無料です。定員は20人です。予約はいりません。

# 見守りの活動 {#watch}

ひとり暮らしの高齢者の家を、ボランティアが月に2回訪ねます。困ったことの相談も受けます。
"""
)

PLAIN = (
    _HEAD
    + """
# サロン {#salon}

## ひだまりサロン {#hidamari}

みんなで集まる場所です。水曜日の10時からです。
"""
)

WORDS = (
    Entry(("役割",), "やくわり", "", "その人がする仕事です。", ("参加",)),
    Entry(("ボランティア",), "ぼらんてぃあ", "", "自分から人を助ける人です。", ("参加",)),
    Entry(("見守り隊",), "みまもりたい", "", "町を歩いて、人の安全を見る人たちです。", ("参加",)),
    Entry(("高齢者", "シニア"), "こうれいしゃ", "", "年をとった人です。", ("福祉",)),
    Entry(("広報",), "こうほう", "", "広く知らせることです。", ("情報",)),
    Entry(("後方",), "こうほう", "", "うしろの方です。", ("情報",)),
    Entry(("サロンの開催",), "さろんのかいさい", "", "集まりを開くことです。", ("参加",)),
    Entry(("理念",), "りねん", "", "大切にする考えです。", ("計画",)),
)
"""言葉の説明。"""


def publication(register: Register = "standard") -> Publication:
    text = STANDARD if register == "standard" else PLAIN
    return parse(text, "kita/plan-2", register)
