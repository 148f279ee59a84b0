"""入口のページ。目録から作られたページの中身と、出力全体のリンク。"""

from __future__ import annotations

import datetime
import posixpath
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from accessibility.glossary import Glossary
from accessibility.narration import Narration, Track
from channels.edition import CatalogueEntry, Content, Download, Edition
from channels.feed import Feeds
from channels.pages import CHAT
from channels.site import WebSite, WorkPages
from channels.web import WebChannel
from content.model import Contact, Council, Publication, Register, Run, Sentence
from content.notation import parse
from tests.channels.html_page import Node, parse_page
from tests.channels.words import COUNCIL as SHAKYO
from tests.channels.words import GLOSSARY, PROMOTION, STIFF, WELFARE

COUNCIL = Council(
    "kawasaki",
    "川崎市<社協>",
    (
        Contact(
            "計画",
            "企画経営担当",
            "044-739-8711",
            "044-739-8737",
            "kikaku@example.jp",
            checked_on=datetime.date(2026, 11, 20),
            source="第3期の冊子",
        ),
        Contact("相談", "多摩区の窓口", "044-000-0000", ward="多摩区"),
    ),
)


def book(name: str, front: str, register: Register = "standard") -> Publication:
    source = f"""---
表題: {name}の計画
発行: 川崎市社協
計画: 推進計画
{front}日付: 2026-11-22
出典: ホームページ
---

# はじめに {{#start}}

はじめの文。

## 基本理念 {{#philosophy}}

支え合い

# 資料 {{#documents}}

- 概要版[PDF/1.5MB]
"""
    return parse(source, f"kawasaki/{name}", register)


SEVENTH = book("plan-7", "期: 7\n期間: 2024-2026\n延長: 2027\n")
WARD = book("plan-7-tama", "期: 7\n区: 多摩区\n")
SIXTH = book("plan-6", "期: 6\n期間: 2017-2019\n")
ABOUT = book("about", "")
PLAIN = book("plan-7", "期: 7\n", "plain")
BOOKS = (ABOUT, PLAIN, SIXTH, SEVENTH, WARD)


def rendered(books: Sequence[Publication], folder: Path) -> dict[str, Content]:
    """本物の publish と同じ順で、すべての版と入口のページ。"""
    channel = WebChannel({"kawasaki": COUNCIL}, books, {})
    output: dict[str, Content] = {}
    entries = []
    for publication in books:
        tracks = []
        for section in publication.sections:
            mp3 = folder / f"{section.id}.mp3"
            mp3.write_bytes(b"mp3")
            tracks.append(Track(section.id, mp3, mp3, 1.0, ()))
        web = channel.render(publication, Narration("声", publication.sections, tuple(tracks)))
        audio = Edition(
            publication.id,
            publication.register,
            "audio",
            {"本.m4b": b"m4b", "本.zip": b"zip", "1.mp3": b"1"},
            main="本.m4b",
            seconds=754.4,
            downloads=(
                Download("本.m4b", "m4b", Sentence("title", (Run("音声の本"),)), 3_449_000, 754.4),
                Download("本.zip", "mp3.zip", Sentence("title", (Run("まとめ"),)), 400_000, 60.0),
                Download("1.mp3", "mp3", Sentence("start", (Run("はじめに"),)), 12_345, 3725.0),
            ),
        )
        for edition in (web, audio):
            output |= {f"{edition.folder}/{n}": c for n, c in edition.files.items()}
        finished = tuple(replace(e, files={}) for e in (web, audio))
        entries.append(CatalogueEntry(publication, COUNCIL, finished))
    sites = (WebSite({}, GLOSSARY), WorkPages({}), Feeds("https://example.jp"))
    site = {name: content for s in sites for name, content in s.render(entries).items()}
    assert not set(site) & set(output)
    return output | dict(site)


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Content]:
    return rendered(BOOKS, tmp_path_factory.mktemp("tracks"))


@pytest.fixture(scope="module")
def pages(output: Mapping[str, Content]) -> dict[str, Node]:
    return {n: parse_page(c) for n, c in output.items() if n.endswith(".html")}


def test_どのリンクも出力の中のページと目印に届く(
    output: Mapping[str, Content], pages: Mapping[str, Node]
) -> None:
    checked = 0
    for name, root in pages.items():
        for node in root.walk():
            href = node.get("href") or node.get("src")
            if not href or urlsplit(href).scheme:
                continue
            parts = urlsplit(href)
            base = "" if parts.path.startswith("/") else posixpath.dirname(name)
            path = unquote(parts.path).lstrip("/") if base == "" else unquote(parts.path)
            target = posixpath.normpath(posixpath.join(base, path)) if path else name
            if target == CHAT:  # ファイルではなく、serve が答える
                continue
            assert target in output, f"{name}: {href}"
            if parts.fragment:
                assert parts.fragment in pages[target].ids, f"{name}: {href}"
            checked += 1
    assert checked > 500


def test_同じ目録からは_いつも同じページができる(tmp_path: Path) -> None:
    first = rendered(BOOKS, tmp_path)
    assert rendered(BOOKS, tmp_path) == first
    turned = rendered(tuple(reversed(BOOKS)), tmp_path)
    assert turned["index.html"] == first["index.html"]


def test_どのページの_id_も1つずつで_見出しの1段目は1つ(pages: Mapping[str, Node]) -> None:
    for name, root in pages.items():
        assert max(Counter(root.ids).values()) == 1, name
        assert len(root.all("h1")) == 1, name
        assert root.one("main")["id"] == "page_main", name
        assert root.one("title").text.strip(), name
        assert root.one("html")["lang"] == "ja", name


def test_最初のページは_新しい期から並び_区の計画はその隣にある(pages: Mapping[str, Node]) -> None:
    shelf = pages["index.html"].one("section", "shelf")
    assert shelf.one("h2").text == "川崎市<社協>"
    order = [h.one("a")["href"] for h in shelf.all("h3")]
    assert order == [
        "kawasaki/plan-7/index.html",
        "kawasaki/plan-7-tama/index.html",
        "kawasaki/plan-6/index.html",
        "kawasaki/about/index.html",
    ]


def test_年度は西暦と元号で示す(pages: Mapping[str, Node]) -> None:
    seventh, sixth = (
        facts(pages["kawasaki/plan-7/index.html"]),
        facts(pages["kawasaki/plan-6/index.html"]),
    )
    assert seventh["期間"] == "2024年度（令和6年度）～2026年度（令和8年度）"
    assert seventh["延長"] == "2027年度（令和9年度）まで延長"
    assert sixth["期間"] == "2017年度（平成29年度）～2019年度（令和元年度）"
    assert facts(pages["kawasaki/plan-7-tama/index.html"])["区"] == "多摩区"


def test_期のない文章には_期や期間がないと言わない(pages: Mapping[str, Node]) -> None:
    assert facts(pages["kawasaki/about/index.html"]) == {
        "発行": "川崎市社協",
        "計画の名前": "推進計画",
        "基本理念": "支え合い",
        "出典": "ホームページ",
        "この版の日付": "2026年11月22日",
        "校正": "未校正（読み方と音声を、人はまだ確かめていません）",
    }
    ward = facts(pages["kawasaki/plan-7-tama/index.html"])
    assert ward["期間"] == ward["目標"] == "もとの資料に書かれていません"


def facts(root: Node) -> dict[str, str]:
    rows = root.one("dl", "facts").all("div")
    return {row.one("dt").text: "、".join(dd.text for dd in row.all("dd")) for row in rows}


def test_計画の入口は_文章ごとに_ふりがなのなしとありを選べる(pages: Mapping[str, Node]) -> None:
    for name in ("kawasaki/plan-7/index.html", "kawasaki/plan-7/ruby/index.html"):
        up = "../" if "ruby" in name else ""
        links = [a["href"] for a in pages[name].all("a", "button")]
        assert links == [
            f"{up}standard/web/index.html",
            f"{up}standard/web/ruby/index.html",
            f"{up}plain/web/index.html",
            f"{up}plain/web/ruby/index.html",
        ]


def test_受け取れるファイルは_すべて大きさと長さを付けて並ぶ(pages: Mapping[str, Node]) -> None:
    downloads = pages["kawasaki/plan-6/index.html"].by_id("downloads")
    files = downloads.one("ul", "downloads").all("a")
    assert {unquote(a["href"]): a.text for a in files} == {
        "standard/audio/本.m4b": "音声の本（M4B、3.4MB、12分34秒）",
        "standard/audio/本.zip": "まとめ（ZIP、0.4MB、1分0秒）",
        "standard/audio/1.mp3": "はじめに（MP3、12KB、1時間2分）",
        "standard/feed/podcast.xml": "plan-6の計画",
    }
    # MP3 は、押すとその場で聞ける。
    assert {unquote(a["href"]) for a in files if "download" in a.attributes} == {
        "standard/audio/本.m4b",
        "standard/audio/本.zip",
    }
    assert "本を聞くためのアプリ" in downloads.text
    assert len(pages["kawasaki/plan-7/index.html"].by_id("downloads").all("h3")) == 2


def test_問い合わせ先は目的ごとに_電話とファックスとメールを必ず並べる(
    pages: Mapping[str, Node],
) -> None:
    sections = {
        s.one("h2").text: s for s in pages["kawasaki/contact.html"].one("main").all("section")
    }
    plan = sections["計画について"].text
    for part in ("044-739-8711", "044-739-8737", "kikaku@example.jp", "2026年11月20日に確かめ"):
        assert part in plan
    assert "出典：第3期の冊子" in plan
    talk = sections["暮らしの相談"].text
    assert "多摩区の窓口（多摩区）" in talk
    assert talk.count("登録されていません") == 3  # ファックス、メール、確かめた日
    for purpose in ("災害のとき", "寄附", "緊急のとき", "合理的配慮の申し出"):
        assert "まだ登録されていません。" in sections[purpose].text


def test_受け取り方は_ある媒体だけを説明する(pages: Mapping[str, Node]) -> None:
    ways = [s.one("h2")["id"] for s in pages["receive.html"].all("section", "way")]
    assert ways == ["way_web", "way_audio", "way_feed"]


def test_受け取り方から_どの計画のページにもファイルにも1回で届く(
    output: Mapping[str, Content], pages: Mapping[str, Node]
) -> None:
    web, audio, feed = pages["receive.html"].all("section", "way")
    assert [a["href"] for a in web.all("a")] == [
        "kawasaki/plan-7/standard/web/index.html",
        "kawasaki/plan-7/plain/web/index.html",
        "kawasaki/plan-7-tama/standard/web/index.html",
        "kawasaki/plan-6/standard/web/index.html",
        "kawasaki/about/standard/web/index.html",
    ]
    links = {unquote(a["href"]): a.text for a in audio.all("a")}
    assert set(links) == {name for name in output if "/audio/" in name}
    assert links["kawasaki/plan-6/standard/audio/本.m4b"] == "音声の本（M4B、3.4MB、12分34秒）"
    podcasts = {name for name in output if name.endswith("/podcast.xml")}
    assert {a["href"] for a in feed.all("a")} == podcasts
    summaries = [d.one("summary").text for d in audio.all("details", "work")]
    assert summaries == ["plan-7の計画", "plan-7-tamaの計画", "plan-6の計画", "aboutの計画"]


def test_ふりがなありのページからは_ふりがなありのページへ進む(pages: Mapping[str, Node]) -> None:
    toggles = {"ふりがなを外す", "ふりがななし"}
    for name, root in pages.items():
        if "ruby/" not in name:
            continue
        for a in root.all("a"):
            href = a["href"].split("#")[0]
            if href.endswith(".html") and a.text not in toggles:
                target = posixpath.normpath(posixpath.join(posixpath.dirname(name), href))
                assert posixpath.basename(posixpath.dirname(target)) == "ruby", f"{name}: {href}"


def test_404のページは_どの場所からも部品とリンクが届く(pages: Mapping[str, Node]) -> None:
    root = pages["404.html"]
    for node in root.walk():
        for name in ("href", "src"):
            value = node.get(name)
            assert value is None or value.startswith(("/", "#", "tel:", "mailto:")), value


@pytest.mark.parametrize("folder", ["", "ruby/"])
def test_言葉の説明のページは_五十音の順で_どの語も指せる(
    pages: Mapping[str, Node], folder: str
) -> None:
    root = pages[f"{folder}words.html"]
    assert [h.text for h in root.one("main").all("h2")] == ["さ行", "は行"]
    terms = [d.text for d in root.one("main").all("dt")]
    assert terms == [
        "実施（じっし）",
        "社会福祉協議会（しゃかいふくしきょうぎかい）",
        "推進（すいしん）",
        "福祉（ふくし）",
    ]
    shown = [d["id"] for d in root.one("main").all("div")]
    assert shown == [STIFF.id, SHAKYO.id, PROMOTION.id, WELFARE.id]
    assert "ほかの言い方：社協" in root.by_id(SHAKYO.id).text
    assert WELFARE.explanation in root.by_id(WELFARE.id).text
    links = {a.text: a["href"] for a in pages[f"{folder}index.html"].one("main").all("a")}
    assert links["むずかしい言葉の説明を見る"] == "words.html"


def test_計画が1つもなくても_ページはできる() -> None:
    site = WebSite({}, Glossary(())).render(())
    assert "まだ計画がありません。" in parse_page(site["index.html"]).text
    assert {"assets/site.css", "assets/player.js", "assets/icon.svg", "404.html"} <= set(site)
