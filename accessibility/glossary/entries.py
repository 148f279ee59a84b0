"""言葉の説明の 1 語と、その表の読み方。

タブ区切りの表で、見出しは「語・読み・やさしい語・説明・分類」。

- 語: 見出しの語を先に、ほかの書き方を「/」で続ける。動詞は辞書形で書く（活用した形も見つける）。
- 読み: 見出しの語の読み。ひらがなと「ー」だけ。
- やさしい語: 文の中で、その語と置き替えられる語。合うものがなければ空。「…すること」で終わるものは、
  「推進する」のように「する」が続くとき、「こと」を取って置き替える（進めること → 進める）。
- 説明: 1 つの文。「…ことです。」「…人です。」のように、その語の意味から始め、それだけで答えになる。
- 分類: ``TAGS`` のどれか。いくつもあれば「/」で続ける。
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256

from content.problems import Problems

HEADER = ("語", "読み", "やさしい語", "説明", "分類")

TAGS = {
    "福祉": "暮らしを助けるしくみと、その団体や人",
    "相談": "困りごとを聞くことと、助け方",
    "介護": "年をとった人の暮らし",
    "障害": "障害のある人の暮らし",
    "子ども": "子どもと、育てる人",
    "健康": "体と心の病気や元気",
    "災害": "地震や大雨などに備えることと、そのあと",
    "お金": "寄附、貸すお金、もらえるお金、費用",
    "権利": "その人らしく暮らすことを守るしくみ",
    "参加": "ボランティアと、地域の活動",
    "情報": "知らせることと、受け取ること",
    "計画": "計画や報告に出てくる、かたい言い方",
    "行政": "役所と団体の仕事や手続き",
}
"""分類の名前と、その範囲。これだけを使う。"""

_READING = re.compile("[ぁ-ゖー]+")


@dataclass(frozen=True, slots=True)
class Entry:
    """言葉の説明の 1 語。"""

    words: tuple[str, ...]
    """見出しの語と、ほかの書き方（社会福祉協議会、社協）。"""
    reading: str
    """見出しの語の読み（ひらがな）。"""
    easier: str
    """文の中で置き替えられる、やさしい語。なければ空。"""
    explanation: str
    """それだけで答えになる 1 文。「。」で終わる。"""
    tags: tuple[str, ...]

    @property
    def meaning(self) -> str:
        """名詞で終わる説明（「…こと」「…人」）。語のすぐ後の〈…〉に書ける。"""
        return self.explanation.removesuffix("。").removesuffix("です")

    def instead(self, following: str) -> str:
        """``following``（文の、この語より後）が続くときの、やさしい語。推進する → 進める。"""
        verb = following.startswith(("する", "し", "すれ", "さ"))
        return self.easier.removesuffix("こと") if verb else self.easier

    @property
    def id(self) -> str:
        """HTML の id にできる、見出しの語だけで決まる名前。"""
        return "w_" + sha256(self.words[0].encode()).hexdigest()[:8]


def parse_glossary(text: str, file: str) -> tuple[Entry, ...]:
    """表の文字を、書いてある順の語にする。``file`` は誤りの説明に使うファイル名。

    誤りがあれば、すべてを集めた ``content.problems.NotationError``。
    """
    problems = Problems(file)
    lines = text.splitlines()
    if not lines or tuple(lines[0].split("\t")) != HEADER:
        problems.add(1, f"見出しが違います。「{'（タブ）'.join(HEADER)}」と書いてください。")
        raise problems.error()
    entries: list[Entry] = []
    written: dict[str, int] = {}
    for number, line in enumerate(lines[1:], 2):
        if not line.strip() or line.startswith("#"):
            continue
        fields = line.split("\t")
        if len(fields) != len(HEADER):
            problems.add(
                number,
                f"欄が {len(fields)} 個あります。「{'（タブ）'.join(HEADER)}」の {len(HEADER)} つにしてください。",
            )
            continue
        words, reading, easier, explanation, tags = fields
        entry = Entry(tuple(words.split("/")), reading, easier, explanation, tuple(tags.split("/")))
        for message in _faults(entry):
            problems.add(number, message)
        for word in entry.words:
            if word in written:
                problems.add(
                    number,
                    f"「{word}」は {written[word]} 行目にもあります。どちらかを消してください。",
                )
            written.setdefault(word, number)
        entries.append(entry)
    if problems:
        raise problems.error()
    return tuple(entries)


def _faults(entry: Entry) -> list[str]:
    """1 語の誤り。"""
    head = entry.words[0]
    faults = [
        f"「{field}」の前か後ろに空白があります。消してください。"
        for field in (*entry.words, entry.reading, entry.easier, entry.explanation, *entry.tags)
        if field != field.strip()
    ]
    if short := [word for word in entry.words if len(word) < 2]:
        faults.append(
            f"語「{short[0]}」が短すぎます。1 字の語はほかの語の中に出るので、2 字からの語を書いてください。"
        )
    if not _READING.fullmatch(entry.reading):
        faults.append(f"「{head}」の読み「{entry.reading}」を、ひらがなだけで書いてください。")
    if entry.easier in entry.words or entry.easier.endswith("。"):
        faults.append(
            f"「{head}」のやさしい語「{entry.easier}」を、置き替えられる別の語にするか、空にしてください。"
        )
    if len(entry.explanation) < 2 or entry.explanation.find("。") != len(entry.explanation) - 1:
        faults.append(f"「{head}」の説明を、「。」で終わる 1 つの文にしてください。")
    faults.extend(
        f"「{head}」の分類「{tag}」は使えません。{'、'.join(TAGS)}から選んでください。"
        for tag in entry.tags
        if tag not in TAGS
    )
    return faults
