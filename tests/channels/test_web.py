"""ページの版。出てきた HTML、音声、字幕だけを見る。"""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from accessibility.narration import Clip, Narration, Track
from channels.edition import Edition
from channels.web import WebChannel
from channels.wording import Wording
from content.model import Contact, Council, Publication, Register
from content.notation import parse
from tests.channels.html_page import Node, parse_page

PICTURE = b"\x89PNG\r\n\x1a\n picture"

SOURCE = """---
表題: ｜第《だい》6｜期《き》の計画
発行: 川崎市社会福祉協議会
計画: 地域福祉活動推進計画
期: 6
日付: 2026-11-22
出典: ホームページ
---

# ｜理念《りねん》 <b>&"太字"</b> {#philosophy-page}

｜住民《じゅうみん》が｜支《ささ》えます。ICT〈｜情報《じょうほう》の技術〉を使います。

## 連絡先 {#contact}

- ｜電話《でんわ》は044(739)8711、FAX 044-739-8737、メールは a.b@example.jp へ。
- 案内は https://example.jp/guide です。

> ｜注《ちゅう》の文。

### 図と表 {#figures}

表: ｜記号《きごう》の意味

| 記号 | 意味 |
|---|---|
| A | ｜続《つづ》ける |
| B | 直す |

| 年 | 事業 |
|---|---|
| | まつり |
| 2020 | |

![｜集会《しゅうかい》のようす]()

![地図](map 1.png)

# 資料 {#documents}

- 概要版[PDF/1.5MB]
- 本編[PDF/783KB](https://example.jp/a.pdf)
"""

COUNCIL = Council(
    "kawasaki",
    "川崎市社会福祉協議会",
    (Contact("計画", "企画経営担当", "044(739)8711", "044(739)8737", "kikaku@example.jp"),),
    "文章は社協のものです。",
)


def publication(source: str = SOURCE, register: Register = "standard") -> Publication:
    return parse(source, "kawasaki/plan-6", register, load_picture=lambda name: PICTURE)


def narration(book: Publication, folder: Path) -> Narration:
    """文 1 つが 1.5 秒の音声。中身は節の id なので、つなぎ方が分かる。"""
    tracks = []
    for section in book.sections:
        mp3 = folder / f"{section.id}.mp3"
        mp3.write_bytes(f"<{section.id}>".encode())
        ids = [s.id for s in section.sentences if s.text]
        clips = tuple(Clip(id, i * 1.5, (i + 1) * 1.5) for i, id in enumerate(ids))
        tracks.append(Track(section.id, mp3, mp3, len(ids) * 1.5, clips))
    return Narration("合成音声 Mei（CC BY 3.0）", book.sections, tuple(tracks))


@pytest.fixture
def book() -> Publication:
    return publication()


@pytest.fixture
def edition(book: Publication, tmp_path: Path) -> Edition:
    return WebChannel({"kawasaki": COUNCIL}, (), {}).render(book, narration(book, tmp_path))


def page(edition: Edition, name: str) -> Node:
    return parse_page(edition.files[name])


def pages(edition: Edition) -> dict[str, Node]:
    return {n: parse_page(c) for n, c in edition.files.items() if n.endswith(".html")}


CHAPTERS = ("philosophy-page", "documents")
FIRST, RUBY = "philosophy-page.html", "ruby/philosophy-page.html"


def test_章ごとのページと音声と合図と_ふりがなありの同じ組ができる(edition: Edition) -> None:
    html = {"index.html", *(f"{c}.html" for c in CHAPTERS)}
    media = {f"{c}.{ending}" for c in CHAPTERS for ending in ("mp3", "vtt")}
    assert set(edition.files) == {
        *html,
        *(f"ruby/{name}" for name in html),
        *media,
        "pictures/map 1.png",
    }
    assert edition.folder == "kawasaki/plan-6/standard/web"
    assert edition.main == ""


def test_同じ出版物からは_1バイトも違わない版ができる(book: Publication, tmp_path: Path) -> None:
    spoken = narration(book, tmp_path)
    first, second = (
        WebChannel({"kawasaki": COUNCIL}, (), {}).render(book, spoken) for _ in range(2)
    )
    assert first == second
    assert list(first.files) == sorted(first.files)


def test_章の音声は節の音声をつないだもので_合図の時刻もつながる(
    book: Publication, edition: Edition
) -> None:
    assert edition.files["philosophy-page.mp3"] == b"<philosophy-page><contact><figures>"
    cues = edition.files["philosophy-page.vtt"]
    assert isinstance(cues, bytes)
    head, *blocks = cues.decode().strip().split("\n\n")
    assert head == "WEBVTT"
    spoken = [s.id for section in book.chapters[0] for s in section.sentences if s.text]
    assert [b.split("\n")[0] for b in blocks] == spoken
    times = [re.findall(r"\d\d:\d\d:\d\d\.\d{3}", b) for b in blocks]
    assert times[0] == ["00:00:00.000", "00:00:01.500"]
    assert all(before[1] == after[0] for before, after in pairwise(times))
    assert times[-1][1] == f"00:00:{len(spoken) * 1.5:06.3f}"
    seconds = sum(1.5 for section in book.sections for s in section.sentences if s.text)
    assert edition.seconds == seconds


@pytest.mark.parametrize("folder", ["", "ruby/"])
def test_どの文も_id_の付いた場所に_もとの文字のまま1度だけある(
    book: Publication, edition: Edition, folder: str
) -> None:
    for sections in book.chapters:
        article = page(edition, f"{folder}{sections[0].id}.html").one("article")
        for sentence in (s for section in sections for s in section.sentences):
            node = article.by_id(sentence.id)
            shown = node.one("img")["alt"] if node.tag == "figure" else node.text
            assert shown == sentence.text


def test_ふりがなは_読み上げにも検索にも出ない写しだけにある(edition: Edition) -> None:
    plain, ruby = page(edition, FIRST), page(edition, RUBY)
    assert not plain.all("ruby")
    hidden = [n for n in ruby.walk() if n.has_class("r")]
    assert hidden
    for node in hidden:
        assert node["aria-hidden"] == "true"
        assert "inert" in node.attributes
        assert node["translate"] == "no"
    assert sum(len(n.all("ruby")) for n in hidden) == len(ruby.all("ruby"))
    (word,) = [r for r in ruby.one("article").all("ruby") if r.children[0] == "住民"]
    assert word.one("rt").text == "じゅうみん"
    assert [rp.text for rp in word.all("rp")] == ["（", "）"]


@pytest.mark.parametrize("name", [FIRST, RUBY])
def test_電話とメールはリンクになり_ファックスに電話はかからない(
    edition: Edition, name: str
) -> None:
    links = {a.text: a["href"] for a in page(edition, name).one("article").all("a")}
    assert links["044(739)8711"] == "tel:0447398711"
    assert links["a.b@example.jp"] == "mailto:a.b@example.jp"
    assert links["https://example.jp/guide"] == "https://example.jp/guide"
    assert not any("8737" in text for text in links)


@pytest.mark.parametrize("name", [FIRST, RUBY])
def test_言葉の説明は控えめな書き方になる(edition: Edition, name: str) -> None:
    notes = page(edition, name).one("article").all("span", "x")
    assert "〈情報の技術〉" in {n.text for n in notes}


def test_文章の中の_HTML_は文字として出る(edition: Edition) -> None:
    for name, root in pages(edition).items():
        assert not root.all("b"), name
    assert page(edition, FIRST).one("h1").text == '理念 <b>&"太字"</b>'


def test_どのページの_id_も1つずつで_見出しは飛ばない(edition: Edition) -> None:
    for name, root in pages(edition).items():
        repeated = [id for id, count in Counter(root.ids).items() if count > 1]
        assert not repeated, name
        levels = [int(n.tag[1]) for n in root.walk() if re.fullmatch("h[1-6]", n.tag)]
        assert levels.count(1) == 1, name
        assert all(b <= a + 1 for a, b in pairwise(levels)), name


def test_外の部品も_ページの中の命令や飾りもない(edition: Edition) -> None:
    for name, root in pages(edition).items():
        for node in root.walk():
            assert node.tag != "style"
            assert not [a for a in node.attributes if a == "style" or a.startswith("on")], name
            assert node.tag != "script" or (node["src"] and not node.children), name
            source = node.get("src") or (node.get("href") if node.tag == "link" else "") or ""
            assert ":" not in source, f"{name}: {source}"


def test_資料は種類と大きさを示し_リンクがなければ未登録と言う(edition: Edition) -> None:
    unlinked, linked = page(edition, "documents.html").one("ul", "documents").all("li")
    assert unlinked.text == "概要版[PDF/1.5MB] リンク未登録"
    assert not unlinked.all("a")
    assert linked.one("a")["href"] == "https://example.jp/a.pdf"
    assert linked.text == "本編[PDF/783KB]"


def test_写真は_ないものはないと言い_あるものは説明を付けて置く(edition: Edition) -> None:
    for name in (FIRST, RUBY):
        article = page(edition, name).one("article")
        absent = article.one("figure", "absent")
        assert "写真（もとの冊子に載っています）" in absent.text
        assert absent.one("figcaption").text == "集会のようす"
        image = article.one("img")
        assert image["alt"] == "地図"
        assert image["src"] == ("" if name == FIRST else "../") + "pictures/map%201.png"
    assert edition.files["pictures/map 1.png"] == PICTURE


def test_表は題名と見出しの欄を持つ(edition: Edition) -> None:
    first, second = page(edition, FIRST).all("table")
    assert first.one("caption").text == "記号の意味"
    scopes = [(th.text, th["scope"]) for th in first.all("th")]
    assert scopes == [("記号", "col"), ("意味", "col"), ("A", "row"), ("B", "row")]
    # 空の欄のある列は、行を言い当てないので見出しにしない。
    assert [th["scope"] for th in second.all("th")] == ["col", "col"]
    assert page(edition, FIRST).one("aside")["role"] == "note"


def test_もとの資料にないことは_書かれていないと示す(edition: Edition) -> None:
    facts = {
        row.one("dt").text: [dd.text for dd in row.all("dd")]
        for row in page(edition, "index.html").one("dl", "facts").all("div")
    }
    missing = ["もとの資料に書かれていません"]
    assert facts["期間"] == facts["基本理念"] == facts["目標"] == missing
    assert facts["何期目か"] == ["第6期"]
    assert facts["発行"] == ["川崎市社会福祉協議会"]
    assert "延長" not in facts
    assert "区" not in facts


def test_ふりがなの有無は_同じ章どうしで行き来できる(edition: Edition) -> None:
    assert toggle(page(edition, FIRST)) == ("ふりがなを付ける", "ruby/philosophy-page.html")
    assert toggle(page(edition, RUBY)) == ("ふりがなを外す", "../philosophy-page.html")


def toggle(root: Node) -> tuple[str, str]:
    link = root.one("nav", "tools").all("a")[0]
    return link.text, link["href"]


def test_別の文章の同じ章へ行ける_同じ章がなければもくじへ(
    book: Publication, tmp_path: Path
) -> None:
    plain = publication(SOURCE.split("# 資料")[0], "plain")
    channel = WebChannel({"kawasaki": COUNCIL}, (book, plain), {})
    edition = channel.render(book, narration(book, tmp_path))
    for name, target in [
        (FIRST, "../../plain/web/philosophy-page.html"),
        ("documents.html", "../../plain/web/index.html"),
    ]:
        links = {a.text: a["href"] for a in page(edition, name).one("nav", "tools").all("a")}
        assert links["やさしい日本語で読む"] == target


def test_問い合わせ先は目的ごとで_ないものをほかで代わりにしない(
    book: Publication, edition: Edition, tmp_path: Path
) -> None:
    footer = page(edition, FIRST).all("footer")[-1]
    assert "044(739)8711" in footer.text
    assert "044(739)8737" in footer.text
    assert "kikaku@example.jp" in footer.text
    unset = "まだ登録されていません：暮らしの相談、災害のとき、寄附、緊急のとき、合理的配慮の申し出"
    assert unset in footer.text
    assert "音声：合成音声 Mei（CC BY 3.0）" in footer.text
    assert "校正：未校正（" in footer.text
    assert "自動検査だけ" in footer.text
    assert "文章は社協のものです。" in footer.text

    ward = publication(SOURCE.replace("期: 6\n", "期: 6\n区: 多摩区\n"))
    other = WebChannel({"kawasaki": COUNCIL}, (), {}).render(ward, narration(ward, tmp_path))
    footer = page(other, FIRST).all("footer")[-1]
    assert "044(739)8711" not in footer.text
    assert "登録されていません：計画について、" in footer.text


def test_どのページも_校正が済んだと言う(tmp_path: Path) -> None:
    book = publication(SOURCE.replace("出典:", "校正: 2026-11-20\n出典:"))
    edition = WebChannel({}, (), {}).render(book, narration(book, tmp_path))
    for name, root in pages(edition).items():
        footer = root.all("footer")[-1].text
        assert "校正：校正済（人が、読み方と音声を2026年11月20日に確かめました）" in footer, name
        assert "未校正" not in root.text, name


def test_節の名前が_index_でも_もくじのページは失われない(tmp_path: Path) -> None:
    book = publication(SOURCE.replace("{#documents}", "{#index}"))
    edition = WebChannel({}, (), {}).render(book, narration(book, tmp_path))
    assert page(edition, "index.html").one("h1").text == "第6期の計画"
    assert page(edition, "index_.html").one("h1").text == "資料"
    assert "index_.mp3" in edition.files


def test_言葉の目録の漢字には_すべて読みがある() -> None:
    wording = Wording.load({})
    for key, entry in wording.entries.items():
        values = dict.fromkeys(re.findall(r"\{([a-z]+)\}", entry), "")
        unread = [r.text for r in wording.runs(key, **values) if not r.fixed]
        assert not re.search("[々一-鿿]", "".join(unread)), key


SITE_CSS = Path("channels/templates/assets/site.css")
PAIRS = [
    ("text", "page"),
    ("text", "surface"),
    ("text-quiet", "page"),
    ("text-quiet", "surface"),
    ("link", "page"),
    ("link", "surface"),
    ("link-visited", "page"),
    ("link-visited", "surface"),
    ("on-key", "key"),
    ("spoken-text", "spoken"),
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_文字の濃さは_7対1_以上ある(scheme: str) -> None:
    css = (Path(__file__).parents[2] / SITE_CSS).read_text("utf-8")
    roots = re.findall(r":root \{([^}]*)\}", css)
    colours: dict[str, str] = {}
    for root in roots[:1] if scheme == "light" else roots[:2]:
        colours |= dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", root))
    for text, background in PAIRS:
        assert contrast(colours[text], colours[background]) >= 7, (text, background)
    # 枠と、読んでいる文の下線は、文字ではないので 3:1（WCAG 1.4.11）。
    assert contrast(colours["line-strong"], colours["page"]) >= 3
    assert contrast(colours["spoken-line"], colours["spoken"]) >= 3
    assert contrast(colours["focus"], colours["page"]) >= 3


def contrast(one: str, other: str) -> float:
    """WCAG 2.2 の contrast ratio。"""

    def luminance(colour: str) -> float:
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)
