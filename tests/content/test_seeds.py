"""もとの文章（``seeds/``）と、付属の計画を突き合わせる。失った文も、作った文もないことの証明。

``seeds/000.txt`` は多摩区のちらし（PDF からの抜き出し）、``001.txt`` は市社協のページの抜き出しで、
どちらも手を加えていない。``accounts.tsv`` は、そのすべての文字を順に、どの節に残したか（kept）、
くり返しなのでまとめたか（merged）、なぜ除いたか（dropped）に分けた台帳である。``additions.tsv`` は、
もとにない題名と見出しのすべて。
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import pytest

import content
from content.bundle import load_folder
from content.model import Publication, Table

SEEDS = Path(__file__).parent / "seeds"
PLANS = Path(content.__file__).parent / "plans"

Texts = Mapping[str, tuple[str, ...]]
"""場所（``kawasaki/plan-6#goals``。題名は ``#title``）と、その節の文。"""


@dataclass(frozen=True)
class Piece:
    """台帳の 1 行。``places`` は残した場所（除いたものにはない）。

    ``reason`` は、除いた理由、まとめた理由。残したものでは、迷った置き場所の断り書き。
    """

    seed: str
    verdict: str
    places: tuple[str, ...]
    text: str
    reason: str


def normalise(text: str) -> str:
    """文字の並びだけを比べる形。もとの文章の断片にも、出版物の文にも、同じものを使う。

    除くもの: 頭の印と番号（■ ○ - U+FFFD ① Ⅰ (1)。箇条書きと見出しの記法が表す）、
    見出しの【】、記号と意味の間の「:」（表の欄の境が表す）、空白と改行。
    そろえるもの: 全角と半角（NFKC。～ と ~ も）、kB と KB。ふりがなは Sentence.text に初めからない。
    """
    text = re.sub(r"^(?:[■○\ufffd①-⑳Ⅰ-Ⅻ]|- |[（(]\d[）)])\s*", "", text.strip())
    text = unicodedata.normalize("NFKC", text)
    return re.sub(r"[\s【】:]", "", text).replace("kB]", "KB]")


def squeeze(text: str) -> str:
    return re.sub(r"\s", "", text)


def rows(name: str) -> list[dict[str, str]]:
    with (SEEDS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def texts_of(publications: Iterable[Publication]) -> dict[str, tuple[str, ...]]:
    texts: dict[str, tuple[str, ...]] = {}
    for publication in publications:
        texts[f"{publication.id}#title"] = (publication.title.text,)
        for section in publication.sections:
            texts[f"{publication.id}#{section.id}"] = tuple(s.text for s in section.sentences)
    return texts


def missing(pieces: Iterable[Piece], texts: Texts) -> list[tuple[str, str]]:
    """残したはずなのに、その場所にない断片。"""
    joined = {place: "".join(map(normalise, sentences)) for place, sentences in texts.items()}
    return [
        (place, piece.text)
        for piece in pieces
        for place in piece.places
        if normalise(piece.text) not in joined.get(place, "")
    ]


def invented(pieces: Sequence[Piece], texts: Texts, additions: set[tuple[str, str]]) -> list[str]:
    """もとの文章の、その節に残した断片からは組み立てられない文。

    題名は、その出版物のどの節の断片と比べてもよい。ほかの文は、その節の断片とだけ比べる。
    """
    found: list[str] = []
    for place, sentences in texts.items():
        is_title = place.endswith("#title")
        scope = (
            {t for t in texts if t.split("#")[0] == place.split("#")[0]} if is_title else {place}
        )
        source = [normalise(p.text) for p in pieces if not scope.isdisjoint(p.places)]
        for sentence in sentences:
            text = normalise(sentence)
            if (place, sentence) in additions or text in "".join(source):
                continue
            # 抜き出しで順が入れかわった見出し（名前、番号の順）は、断片を並べかえると組み立てられる。
            for part in sorted(source, key=len, reverse=True):
                text = text.replace(part, "", 1)
            if text:
                found.append(f"{place}: {sentence}")
    return found


@pytest.fixture(scope="module")
def publications() -> dict[str, Publication]:
    bundle = load_folder(PLANS)
    return {p.id: p for p in bundle.publications if p.register == "standard"}


@pytest.fixture(scope="module")
def texts(publications: dict[str, Publication]) -> dict[str, tuple[str, ...]]:
    return texts_of(publications.values())


@pytest.fixture(scope="module")
def pieces() -> list[Piece]:
    return [
        Piece(r["seed"], r["verdict"], tuple(r["place"].split()), r["text"], r["reason"])
        for r in rows("accounts.tsv")
    ]


@pytest.fixture(scope="module")
def additions() -> set[tuple[str, str]]:
    return {(r["place"], r["text"]) for r in rows("additions.tsv")}


@pytest.mark.parametrize("seed", ["000", "001"])
def test_accounts_cover_the_whole_seed_in_order(seed: str, pieces: list[Piece]) -> None:
    """台帳をつなぐと、もとの文章のすべての文字が、もとの順に現れる。"""
    source = (SEEDS / f"{seed}.txt").read_text(encoding="utf-8")
    accounted = "".join(piece.text for piece in pieces if piece.seed == seed)
    assert squeeze(accounted) == squeeze(source)


def test_every_row_has_a_verdict_and_a_place_or_a_reason(pieces: list[Piece]) -> None:
    for piece in pieces:
        assert squeeze(piece.text), piece
        if piece.verdict == "dropped":
            assert piece.reason and not piece.places, piece
        else:
            assert piece.verdict in ("kept", "merged") and piece.places, piece
    assert {piece.seed for piece in pieces} == {"000", "001"}


def test_merged_passages_repeat_kept_ones(pieces: list[Piece]) -> None:
    """まとめたものは、同じ場所に残したものと同じ文字である。"""
    kept = {(p.seed, p.places, squeeze(p.text)) for p in pieces if p.verdict == "kept"}
    for piece in pieces:
        if piece.verdict == "merged":
            assert (piece.seed, piece.places, squeeze(piece.text)) in kept, piece


def test_dropped_text_says_nothing_of_its_own(pieces: list[Piece]) -> None:
    """除いたのは、直前の断片と同じ影文字か、ここに挙げた案内と飾りだけである。"""
    navigation = {"- HOME", "- 地域福祉活動推進計画", "はこちら↓"}
    labels_and_marks = {"関連する取組方針", "||", "(", ")", "、"}
    for previous, piece in pairwise(pieces):
        if piece.verdict == "dropped":
            is_shadow = previous.verdict == "kept" and previous.text.strip() == piece.text.strip()
            assert is_shadow or piece.text in navigation | labels_and_marks, piece


def test_every_kept_piece_is_in_its_section(pieces: list[Piece], texts: Texts) -> None:
    assert missing(pieces, texts) == []


def test_nothing_is_invented(
    pieces: list[Piece], texts: Texts, additions: set[tuple[str, str]]
) -> None:
    assert invented(pieces, texts, additions) == []


def test_additions_are_few_explained_and_used(texts: Texts) -> None:
    """もとにない言葉は、題名と見出しだけである。"""
    for row in rows("additions.tsv"):
        assert row["reason"], row
        assert texts[row["place"]][0] == row["text"], row
    assert len(rows("additions.tsv")) <= 6


def test_losing_any_sentence_is_noticed(
    pieces: list[Piece], texts: Texts, additions: set[tuple[str, str]]
) -> None:
    """どの文をひとつ消しても、照合は気づく（もとにない見出しと、出版物の題名を除く）。"""
    unnoticed = []
    for place, sentences in texts.items():
        for index, sentence in enumerate(sentences):
            rest = sentences[:index] + sentences[index + 1 :]
            if (place, sentence) in additions or place.endswith("#title"):
                continue
            if normalise(sentence) in "".join(map(normalise, rest)):
                continue  # 表の題「点検状況の記号」と、表の見出し「記号」のように、同じ節にまたある言葉
            if not missing(pieces, {**texts, place: rest}):
                unnoticed.append(f"{place}: {sentence}")
    assert unnoticed == []


def test_a_sentence_moved_to_another_section_is_noticed(pieces: list[Piece], texts: Texts) -> None:
    salon, meeting = "kawasaki/plan-6-tama#ichini-no-san", "kawasaki/plan-6-tama#yoriaidokoro"
    *rest, caption = texts[salon]
    moved = {**texts, salon: tuple(rest), meeting: (*texts[meeting], caption)}
    assert missing(pieces, moved) == [(salon, caption)]


@pytest.mark.parametrize(
    "sentence",
    [
        "第6期の計画期間は令和6年度から令和8年度までです。",
        "また多世代の住民が気軽に立ち寄れるよう、現在の5館から全館（7館）で実施します。",
    ],
)
def test_an_invented_sentence_is_noticed(
    sentence: str, pieces: list[Piece], texts: Texts, additions: set[tuple[str, str]]
) -> None:
    place = "kawasaki/plan-6-tama#yoriaidokoro"
    changed = {**texts, place: (*texts[place], sentence)}
    assert invented(pieces, changed, additions) == [f"{place}: {sentence}"]


def test_a_skipped_piece_of_the_seed_is_noticed(pieces: list[Piece], texts: Texts) -> None:
    """場所を書きちがえた台帳も、照合に落ちる。"""
    piece = next(p for p in pieces if p.text.startswith("「SOSかわさき事業"))
    misplaced = replace(piece, places=("kawasaki/plan-6-tama#focus-1",))
    assert missing([misplaced], texts) == [("kawasaki/plan-6-tama#focus-1", piece.text)]


# 本文から取り出す事実 -------------------------------------------------------


def test_the_sixth_plan_states_its_philosophy_goals_and_initiatives(
    publications: dict[str, Publication],
) -> None:
    plan = publications["kawasaki/plan-6"]
    assert plan.philosophy == (
        "みんなで支えあい ともに安心して その人らしく暮らせる 川崎のまちづくり",
        "～ともに目指す地域共生社会の実現～",
    )
    assert plan.goals == (
        "認め合い支え合う心を広げよう",
        "みんなが参加できる地域をつくろう",
        "寄り添い支え合える地域のネットワークをつくろう",
        "未来の福祉を共創しよう",
    )
    assert plan.initiatives == (
        "「伝わる」広報・啓発",
        "福祉人材の発掘・育成・支援",
        "場づくり・機会づくり",
        "活用の見える化 ～寄附文化の醸成～",
        "住民主体の活動の振興",
        "多種多様な社会資源同士の連携強化と協働",
        "持続可能な地域福祉の推進に向けた調査研究の強化",
        "「ふくし」の心が育つ取組",
        "多様化する地域課題・生活課題への対応",
        "災害に強い地域づくり",
    )


def test_the_ward_leaflet_has_four_focus_items(publications: dict[str, Publication]) -> None:
    leaflet = publications["kawasaki/plan-6-tama"]
    assert leaflet.focus_items == (
        "重点項目1 総合相談の充実と適切な支援の実施",
        "重点項目2 多世代交流の促進と地域福祉活動の啓発・推進",
        "重点項目3 地域ネットワークの強化と地域福祉活動推進のための財源確保",
        "重点項目4 福祉教育等の推進による新たな地域福祉の担い手の育成",
    )
    city = publications["kawasaki/plan-6"]
    assert (leaflet.philosophy, leaflet.goals) == (city.philosophy, city.goals)


def test_the_earlier_plans_state_their_philosophy_and_goals(
    publications: dict[str, Publication],
) -> None:
    assert publications["kawasaki/plan-5"].philosophy == (
        "みんなで支え合い ともに安心して その人らしく暮らせる 川崎のまちづくり",
        "～目指せ 地域包括ケアシステムの構築・推進～",
    )
    assert len(publications["kawasaki/plan-5"].goals) == 3
    assert len(publications["kawasaki/plan-3"].goals) == 4
    assert publications["kawasaki/plan-2"].philosophy == ("住民参加による福祉のまちづくり",)
    assert len(publications["kawasaki/plan-1"].philosophy) == 3


@pytest.mark.parametrize(
    ("name", "number", "years", "extended_to", "ward"),
    [
        ("about", None, (None, None), None, None),
        ("plan-1", 1, (2002, 2006), None, None),
        ("plan-2", 2, (2007, 2011), None, None),
        ("plan-3", 3, (2012, 2016), 2017, None),
        ("plan-4", 4, (2018, 2020), None, None),
        ("plan-5", 5, (2021, 2023), None, None),
        ("plan-6", 6, (None, None), None, None),
        ("plan-6-tama", 6, (None, None), None, "多摩区"),
    ],
)
def test_periods_and_wards(
    name: str,
    number: int | None,
    years: tuple[int | None, int | None],
    extended_to: int | None,
    ward: str | None,
    publications: dict[str, Publication],
) -> None:
    """もとの資料にないこと（第6期の年度）は、ないままにする。"""
    plan = publications[f"kawasaki/{name}"].plan
    assert (plan.number, (plan.first_year, plan.last_year)) == (number, years)
    assert (plan.extended_to, plan.ward) == (extended_to, ward)


def test_facts_the_seeds_omit_stay_absent(publications: dict[str, Publication]) -> None:
    assert publications["kawasaki/plan-4"].philosophy == ()
    assert publications["kawasaki/plan-3"].philosophy == ()
    assert publications["kawasaki/plan-1"].goals == ()
    assert all(d.url is None for p in publications.values() for d in p.documents)


def test_documents(publications: dict[str, Publication]) -> None:
    listed = {
        p.name: [f"{d.title}[{d.kind}/{d.size}]" for d in p.documents]
        for p in publications.values()
        if p.documents
    }
    assert listed == {
        "plan-5": [
            "はじめに[PDF/783KB]",
            "第1章 第5期地域福祉活動推進計画作成の趣旨[PDF/1362KB]",
            "第2章 計画策定の前提[PDF/2570KB]",
            "第3章 計画の基本理念、基本目標及び取組[PDF/7564KB]",
            "概要版[PDF/1530KB]",
        ],
        "plan-4": [
            "はじめに[PDF/824KB]",
            "第1章 第4期地域福祉活動推進計画作成の趣旨[PDF/695KB]",
            "第2章 計画の基本理念、基本目標及び取組[PDF/3344KB]",
            "資料[PDF/1215KB]",
            "概要版[PDF/3159KB]",
        ],
        "plan-3": [
            "第3期地域福祉活動推進計画 改訂版[PDF/3.3MB]",
            "報告書一覧の構成について[PDF/212KB]",
            "リンク先（平成28年度進捗状況報告書一覧）[PDF/1453KB]",
            "第3期地域福祉活動推進計画（P1-P34）[PDF/2.9MB]",
            "第3期地域福祉活動推進計画（P35-P45）[PDF/2.6MB]",
            "第3期地域福祉活動推進計画（P46-P64）[PDF/2.7MB]",
        ],
        "plan-2": [
            "第2期地域福祉活動推進計画（ダイジェスト版）[PDF/1.7MB]",
            "第2期地域福祉活動推進計画[PDF/850KB]",
            "第2期地域福祉活動推進計画（改訂版）[PDF/2.9MB]",
        ],
        "plan-1": ["第1期地域福祉活動推進計画[PDF/2.7MB]"],
    }


def test_every_document_of_the_page_is_listed_once(publications: dict[str, Publication]) -> None:
    page = (SEEDS / "001.txt").read_text(encoding="utf-8")
    offered = re.findall(r"^(?:- |.*↓)?(.+)\[(\w+)/(.+)\]$", page, re.MULTILINE)
    listed = [(d.title, d.kind, d.size) for p in publications.values() for d in p.documents]
    assert len(offered) == 20

    def comparable(documents: Iterable[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
        return sorted((normalise(t), kind, size.upper()) for t, kind, size in documents)

    assert comparable(listed) == comparable(offered)


def test_review_marks_are_a_table(publications: dict[str, Publication]) -> None:
    review = publications["kawasaki/plan-3"].section("review")
    assert review is not None
    (table,) = (block for block in review.blocks if isinstance(block, Table))
    assert [tuple(cell.text for cell in row) for row in table.rows] == [
        ("A", "引き続き実践・推進"),
        ("B", "一部改善・工夫し実践する"),
        ("C", "項目の見直しが必要"),
        ("D", "項目廃止"),
    ]


def test_the_only_contact_is_the_one_of_the_page() -> None:
    """電話、ファックス、メールは、必ず 3 つそろえて出せる。目的のちがう連絡先は作らない。"""
    (council,) = load_folder(PLANS).councils
    (contact,) = council.contacts
    assert (contact.purpose, contact.ward) == ("計画", "")
    assert contact.checked_on is None  # もとの資料に、確かめた日はない
    page = squeeze((SEEDS / "001.txt").read_text(encoding="utf-8"))
    assert f"TEL{contact.telephone}FAX{contact.fax}{contact.mail}" in page
    assert squeeze(contact.name) + squeeze(contact.address) in page
