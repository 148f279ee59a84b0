"""質問が、だれの、第何期の、どの区の、いつの、どんな種類のことを尋ねているか。"""

from __future__ import annotations

import pytest

from bot.slots import SlotReader, Slots, year_names


@pytest.fixture(scope="module")
def reader() -> SlotReader:
    return SlotReader(["川崎市"])


@pytest.mark.parametrize(
    "said",
    [
        "第6期の目標",
        "６期の目標",
        "第六期の目標",
        "だいろっきの もくひょう",
        "第6基の目標",
        "六期 目標",
    ],
)
def test_period_in_any_spelling(reader: SlotReader, said: str) -> None:
    slots = reader.read(said)
    assert slots.numbers == (6,)
    assert "期" not in slots.topic


@pytest.mark.parametrize("said", ["計画の期間", "6期間", "定期的な活動", "4年間"])
def test_what_is_not_a_period(reader: SlotReader, said: str) -> None:
    assert reader.read(said).numbers == ()


@pytest.mark.parametrize(
    ("said", "ward"),
    [
        ("麻生区の重点項目", "麻生区"),
        ("あさおくは なにをしていますか", "麻生区"),
        ("アサオクの計画", "麻生区"),
        ("玉区の計画", "多摩区"),
        ("溝の口のサロン", "高津区"),
        ("川崎区の計画", "川崎区"),
    ],
)
def test_ward_in_any_spelling(reader: SlotReader, said: str, ward: str) -> None:
    assert reader.read(said).wards == (ward,)


@pytest.mark.parametrize("said", ["川崎市社協の目標", "多摩川の花火", "地区社協とは", "全区の計画"])
def test_what_is_not_a_ward(reader: SlotReader, said: str) -> None:
    assert reader.read(said).wards == ()
    assert reader.read(said).elsewhere == ()


@pytest.mark.parametrize(
    "said", ["横浜市の計画", "よこはまの計画", "世田谷区の重点項目", "多摩市の計画", "小樽市社協"]
)
def test_elsewhere(reader: SlotReader, said: str) -> None:
    assert reader.read(said).elsewhere


def test_where_one_lives_is_not_what_is_asked(reader: SlotReader) -> None:
    slots = reader.read("麻生区に住んでいます 赤ちゃんと行けるところ")
    assert (slots.wards, slots.home) == ((), ("麻生区",))


@pytest.mark.parametrize(
    ("said", "city"),
    [
        ("市役所の地域福祉計画の目標", True),
        ("川崎市の第7期地域福祉計画はいつから", True),
        ("川崎市の高齢者保健福祉計画", True),
        ("地域福祉活動推進計画の目標", False),
        ("社協の計画の目標", False),
    ],
)
def test_the_plan_of_the_city_government(reader: SlotReader, said: str, city: bool) -> None:
    assert reader.read(said).city is city


@pytest.mark.parametrize(
    ("said", "year"),
    [("令和3年度の計画", 2021), ("平成29年", 2017), ("H26", 2014), ("2021年度", 2021)],
)
def test_years_are_western(reader: SlotReader, said: str, year: int) -> None:
    assert reader.read(said).years == (year,)


def test_a_year_is_written_in_both_ways() -> None:
    assert year_names(2019).search("平成31年度")
    assert year_names(2019).search("令和1年")
    assert not year_names(2021).search("令和30年")


@pytest.mark.parametrize(
    ("said", "ask"),
    [
        ("開館時間は何時から", "time"),
        ("何曜日にやってますか", "day"),
        ("次は何月何日", "date"),
        ("参加費はいくら", "price"),
        ("電話番号", "contact"),
        ("でんわばんごう おしえて", "contact"),
        ("どこでやっていますか", "place"),
        ("よりあいどころは どこ", "place"),
        ("だれが作りましたか", "person"),
        ("何回開かれた", "number"),
        ("いくつありますか", "how-many"),
        ("いつから始まりましたか", "when"),
        ("申し込み方法", "procedure"),
        ("最寄り駅", "address"),
    ],
)
def test_kind_of_fact(reader: SlotReader, said: str, ask: str) -> None:
    assert reader.read(said).asks_for(ask)


@pytest.mark.parametrize(
    "said", ["よりあいどころを知りたい", "しゃきょうとは", "期間をあわせた計画", "なんですか"]
)
def test_words_that_only_look_like_asking(reader: SlotReader, said: str) -> None:
    assert not reader.read(said).asks_for("place", "day", "when", "why")


def test_evidence_has_the_same_unit(reader: SlotReader) -> None:
    (ask,) = reader.read("策定委員会は何回").asks
    assert ask.evidence is not None
    assert ask.evidence.search("委員会を7回開催")
    assert not ask.evidence.search("7館で実施")


def test_a_claim_is_not_searched_for(reader: SlotReader) -> None:
    slots: Slots = reader.read("寄合処は8館ですよね")
    assert slots.claim
    assert slots.values == ((8, "館"),)
    assert "8" not in slots.topic
    assert not reader.read("寄合処は8館ですか").claim


def test_item_of_a_list(reader: SlotReader) -> None:
    assert reader.read("重点項目の4番目は").item == 4
    assert reader.read("目標の三つ目").item == 3
