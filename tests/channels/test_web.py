"""ページの版。出てきた HTML、音声、字幕だけを見る。"""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from accessibility.narration import Clip, Narration, Track
from accessibility.readings import Reader, read_publication
from channels.edition import Edition
from channels.explanations import explained_texts
from channels.web import WebChannel
from channels.wording import Wording
from content.model import Contact, Council, Publication, Register
from content.notation import parse
from tests.channels.html_page import Node, parse_page
from tests.channels.words import GLOSSARY, PROMOTION, WELFARE

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
    links = {named(a): a["href"] for a in page(edition, name).one("article").all("a")}
    assert links["044(739)8711"] == "tel:0447398711"
    assert links["a.b@example.jp"] == "mailto:a.b@example.jp"
    assert links["https://example.jp/guide"] == "https://example.jp/guide"
    assert not any("8737" in text for text in links)


def named(link: Node) -> str:
    """リンクの名前。写しの中のリンクは、写しが読まれないので、別に名前を持つ。"""
    return link.get("aria-label") or link.text


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


@pytest.mark.parametrize("folder", ["", "ruby/"])
def test_別の文章の同じ節へ行ける_同じ節がなければもくじへ(
    book: Publication, tmp_path: Path, folder: str
) -> None:
    source = SOURCE.split("# 資料")[0].replace("### 図と表", "# 図と表")
    plain = publication(source, "plain")
    channel = WebChannel({"kawasaki": COUNCIL}, (book, plain), {})
    edition = channel.render(book, narration(book, tmp_path))
    up = "../" * len(folder.split("/")[1:])
    other = f"{up}../../plain/web/{folder}"
    for name, target in [(FIRST, "philosophy-page.html"), ("documents.html", "index.html")]:
        tools = page(edition, folder + name).one("nav", "tools")
        links = {a.text: a["href"] for a in tools.all("a")}
        assert links["やさしい日本語で読む"] == other + target
    root = page(edition, folder + FIRST)
    links = {a["id"]: a["href"] for a in root.all("a", "same")}
    assert links == {
        "plain_contact": f"{other}philosophy-page.html#contact",
        "plain_figures": f"{other}figures.html",
    }
    for link in root.all("a", "same"):
        named = [root.by_id(id).text for id in link["aria-labelledby"].split()]
        assert named == ["やさしい日本語で読む", root.by_id(link["id"][6:]).text]
    assert not page(edition, folder + "documents.html").all("a", "same")


def test_同じ節がどこにもなければ_別の文章へのリンクはない(edition: Edition) -> None:
    assert not page(edition, FIRST).all("a", "same")


# 分かち書き ---------------------------------------------------------------------


SPACED = "# 章 {#a}\n\n地域の福祉を進めます。電話は044-739-8711に、してください。\n"


@pytest.mark.parametrize("folder", ["", "ruby/"])
@pytest.mark.parametrize("register", ["standard", "plain"])
def test_言葉の間を空ける所は_見せるだけの写しの中にあり_字に空白はない(
    tmp_path: Path, folder: str, register: Register
) -> None:
    source = SOURCE.split("# ")[0] + SPACED
    read = read_publication(publication(source, register), Reader())
    edition = WebChannel({}, (), {}).render(read, narration(read, tmp_path))
    article = page(edition, f"{folder}a.html").one("article")
    welfare, telephone = read.sentences_of("a")
    for sentence, spaces in ((welfare, 2), (telephone, 2)):
        node = article.by_id(sentence.id)
        assert node.one("span", "t").children == [sentence.text]
        assert node.text == sentence.text
        gaps = node.all("span", "w")
        assert len(gaps) == spaces
        assert not [gap for gap in gaps if gap.children]
        assert not [
            w for t in node.all("span", "t") + node.all("span", "u") for w in t.all("span", "w")
        ]
    assert " " not in "".join(
        child
        for n in article.by_id(telephone.id).walk()
        for child in n.children
        if isinstance(child, str)
    )


@pytest.mark.parametrize(("register", "checked"), [("standard", False), ("plain", True)])
def test_どの章にも言葉の間を空ける切りかえがあり_初めの値は文章の種類で決まる(
    tmp_path: Path, register: Register, checked: bool
) -> None:
    book = publication(SOURCE, register)
    edition = WebChannel({}, (), {}).render(book, narration(book, tmp_path))
    for chapter in CHAPTERS:
        for folder in ("", "ruby/"):
            tools = page(edition, f"{folder}{chapter}.html").one("nav", "tools")
            (label,) = tools.all("label")
            assert label.text == "言葉の間を空ける"
            assert ("checked" in label.one("input").attributes) is checked


# 言葉の説明 ---------------------------------------------------------------------

WORDS = (
    SOURCE.split("# ")[0]
    + """# 福祉の章 {#a}

社協〈団体〉が福祉を進めます。福祉の推進です。

# 次の章 {#b}

福祉と、福祉。
"""
)


@pytest.fixture
def explained(tmp_path: Path) -> Edition:
    book = read_publication(publication(WORDS), Reader())
    names = {"kawasaki": {t: Reader().read_text(t) for t in explained_texts(GLOSSARY.entries)}}
    return WebChannel({}, (), names, GLOSSARY).render(book, narration(book, tmp_path))


@pytest.mark.parametrize("folder", ["", "ruby/"])
def test_章に初めて出てくる語は_説明と行き来できる(explained: Edition, folder: str) -> None:
    root = page(explained, f"{folder}a.html")
    article = root.one("article")
    words = [a for u in article.all("span", "u") for a in u.all("a", "word")]
    copies = [a for c in article.all("span", "c") for a in c.all("a", "word")]
    assert [a.text for a in words] == [a["aria-label"] for a in copies] == ["福祉", "推進"]
    assert [a["href"] for a in words] == [a["href"] for a in copies]
    listed = root.one("section", "words").one("dl").all("div")
    assert [d["id"] for d in listed] == [WELFARE.id, PROMOTION.id]
    for link, entry in zip(words, listed, strict=True):
        assert link["href"] == f"#{entry['id']}"
        assert link["role"] == "doc-glossref"
        back = entry.one("dd", "back").one("a")
        sentence = article.by_id(back["href"].removeprefix("#"))
        assert link in sentence.all("a", "word")
        assert back["aria-label"] == f"本文にもどる：{entry.one('dt').text.split('（')[0]}"
    assert listed[0].one("dt").text == "福祉（ふくし）"
    assert WELFARE.explanation in listed[0].text
    assert "やさしい言い方：進めること" in listed[1].text
    following = page(explained, f"{folder}b.html").all("a", "word")
    assert {named(a) for a in following} == {"福祉"}
    assert len({a["href"] for a in following}) == 1
    for name in ("a.html", "b.html"):
        texts = [n.text for n in page(explained, folder + name).all("span", "s")]
        assert "福祉の推進です。" in texts or name == "b.html"
        assert not [a for h in page(explained, folder + name).all("h1") for a in h.all("a")]


def test_説明する語のない章に_言葉の説明の欄はない(edition: Edition) -> None:
    for root in pages(edition).values():
        assert not root.all("section", "words")
        assert "page_word" not in root.ids


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
