"""やさしい文章が、ふつうの文章にある事実だけを言っているか。認めたもの（excuses.tsv）の読み方。"""

from __future__ import annotations

import pytest

from accessibility.plain import (
    Excuse,
    ExcusesError,
    Remark,
    Report,
    check_publication,
    parse_excuses,
)
from content.bundle import BUNDLED, load_folder
from content.notation import parse

FRONT = """\
---
表題: 第6期計画
発行: 川崎市社会福祉協議会
計画: 地域福祉活動推進計画
期: 6
期間: 2024-2026
日付: 2026-11-22
出典: 冊子
---

"""


def pair(standard: str, plain: str) -> Report:
    """「# 見出し」の 1 つの節だけの、ふつうの版とやさしい版を比べた結果。"""
    return compare(f"# 第7章 相談 {{#talk}}\n\n{standard}\n", f"# 相談 {{#talk}}\n\n{plain}\n")


def compare(standard: str, plain: str) -> Report:
    return check_publication(
        parse(FRONT + plain, "kawasaki/plan-6", "plain"),
        parse(FRONT + standard, "kawasaki/plan-6"),
    )


def words(report: Report, prefix: str) -> list[str]:
    return [r.text for r in report.remarks if r.code.startswith(prefix)]


@pytest.mark.parametrize(
    ("standard", "plain"),
    [
        ("4館あります。", "４つの館があります。"),
        ("3つの柱です。", "三つの柱です。"),
        ("三つの柱です。", "3つの柱です。"),
        ("１，５００人が来ました。", "1500人が来ました。"),
        ("150万人です。", "1500000人です。"),
        ("平成24年度に始めました。", "2012年度（平成24年度）に始めました。"),
        ("2012年度に始めました。", "平成24年度に始めました。"),
        ("令和元年です。", "2019年です。"),
        ("平成24年度～28年度です。", "2012年度（平成24年度）から2016年度（平成28年度）までです。"),
        ("4月1日に始めます。", "４月１日に始めます。"),
        ("15時に始めます。", "午後3時に始めます。"),
        ("14:30に始めます。", "午後2時30分に始めます。"),
        ("10時半に始めます。", "午前10時30分に始めます。"),
        ("電話は044(739)8711です。", "電話は044-739-8711です。"),
        ("相談を受けます。", "一つの相談も、一人ひとりの話も、一緒に聞きます。"),
        ("相談を受けます。", "1つずつ、十分に聞きます。"),
        ("相談を受けます。", "第6期の計画です。"),
        ("相談を受けます。", "計画は2024年度から2026年度までです。"),
        ("相談を受けます。", "第7章の話です。"),
        ("- 犬\n- 猫\n- 鳥", "3つあります。"),
    ],
)
def test_same_number_in_another_way(standard: str, plain: str) -> None:
    assert words(pair(standard, plain), "unfaithful-number") == []


@pytest.mark.parametrize(
    ("standard", "plain", "number"),
    [
        ("4館あります。", "5館あります。", "5"),
        ("3つの柱です。", "四つの柱です。", "四"),
        ("平成24年度です。", "2013年度です。", "2013年"),
        ("平成24年度です。", "24人が来ました。", "24"),
        ("平成24年度です。", "平成25年度です。", "平成25年"),
        ("4月1日です。", "4月2日です。", "4月2日"),
        ("午後3時です。", "午前3時です。", "午前3時"),
        ("電話は044(739)8711です。", "電話は044-739-8712です。", "044-739-8712"),
        ("相談を受けます。", "相談〈3人で話すこと〉を受けます。", "3"),
    ],
)
def test_number_that_the_source_does_not_say(standard: str, plain: str, number: str) -> None:
    assert words(pair(standard, plain), "unfaithful-number") == [number]


@pytest.mark.parametrize(
    ("standard", "plain"),
    [
        ("多摩区の「ふくし」の会です。", "多摩区の「ふくし」の会です。"),
        ("ＳＮＳを使います。", "SNSを使います。"),
        ("社会福祉協議会です。", "社協です。"),
        ("相談を受けます。", "「困っています」と言ってください。"),
        ("相談を受けます。", "川崎市社会福祉協議会が聞きます。"),
        ("相談を受けます。", "パンとジュースがあります。"),
        ("サロン「いちにのさん！」です。", "「いちにのさん！」という会です。"),
        ("kikaku@csw-kawasaki.or.jp", "メールは kikaku@csw-kawasaki.or.jp です。"),
    ],
)
def test_same_name(standard: str, plain: str) -> None:
    assert words(pair(standard, plain), "unfaithful-name") == []


@pytest.mark.parametrize(
    ("standard", "plain", "name"),
    [
        ("多摩区です。", "高津区です。", "高津区"),
        ("SNSを使います。", "LINEを使います。", "LINE"),
        ("相談を受けます。", "「ふくし相談」に来てください。", "ふくし相談"),
        ("相談を受けます。", "地域包括支援センターに来てください。", "地域包括支援センター"),
        ("相談を受けます。", "相談〈横浜で話すこと〉を受けます。", "横浜"),
        ("ミサタマドンです。", "タマミサドンです。", "タマミサドン"),
        ("- 計画[PDF/1MB]", "- 高津区の計画[PDF/1MB]", "高津区"),
        ("a@example.jp", "b@example.jp に書いてください。", "b@example.jp"),
    ],
)
def test_name_that_the_source_does_not_say(standard: str, plain: str, name: str) -> None:
    assert words(pair(standard, plain), "unfaithful-name") == [name]


def test_each_section_has_its_own_source() -> None:
    standard = "# あ {#a}\n\n3人です。\n\n# い {#b}\n\n5人です。\n"
    plain = "# あ {#a}\n\n5人です。\n\n# い {#b}\n\n5人です。5人です。\n"
    remarks = [r for r in compare(standard, plain).remarks if r.code == "unfaithful-number"]
    assert [(r.section, r.text, r.severity, r.line) for r in remarks] == [("a", "5", "warning", 13)]


def test_section_folded_into_the_one_above_is_part_of_its_source() -> None:
    standard = "# あ {#a}\n\n3人です。\n\n## い {#b}\n\n5人です。\n\n# う {#c}\n\n7人です。\n"
    plain = "# あ {#a}\n\n3人と5人です。7人です。\n\n# う {#c}\n\n7人です。\n"
    report = compare(standard, plain)
    assert words(report, "unfaithful") == ["7"]
    assert words(report, "missing-section") == ["い"]


def test_missing_section_is_a_hint_at_the_section_before_it() -> None:
    standard = "# あ {#a}\n\n本です。\n\n# い {#b}\n\n本です。\n"
    (remark,) = [
        r for r in compare(standard, "# あ {#a}\n\n本です。\n").remarks if "missing" in r.code
    ]
    assert (remark.section, remark.severity, remark.line) == ("b", "hint", 11)


def test_bundled_plain_pages_have_no_warning_left() -> None:
    """直さないと決めたものは、わけとともに excuses.tsv にある。"""
    bundle = load_folder(BUNDLED)
    standard = {p.id: p for p in bundle.publications if p.register == "standard"}
    tables = {council: parse_excuses(table) for council, table in bundle.excuses}
    plain = [p for p in bundle.publications if p.register == "plain"]
    assert plain
    for p in plain:
        report = check_publication(p, standard[p.id], tables.get(p.council, ()))
        assert report.warnings == ()
        assert not [r for r in report.remarks if r.code == "unused-excuse"]


# 認めたもの ------------------------------------------------------------------------

TABLE = "決まり\t言葉\t理由\t原稿\n"


def test_excuses_are_read() -> None:
    table = (
        "\ufeff"
        + TABLE
        + "# 注\n\nformal\t等\t団体の名前の一部\n passive \t 作られ \t引用\tplan-6\n"
    )
    assert parse_excuses(table) == (
        Excuse("formal", "等", "団体の名前の一部"),
        Excuse("passive", "作られ", "引用", "plan-6"),
    )


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("", "e.tsv の 1 行目: 見出しがありません。"),
        ("formal\t等\t理由\n", "e.tsv の 1 行目: 見出しがありません。"),
        (TABLE + "formal\n", "e.tsv の 2 行目: 決まりと言葉を、タブで区切って書いてください。"),
        (TABLE + "\n\t等\t理由\n", "e.tsv の 3 行目: 決まりと言葉を"),
        (TABLE + "formal\t等\t \n", "e.tsv の 2 行目: 「等」を認める理由がありません。"),
        (TABLE + "a\tb\tc\td\te\n", "e.tsv の 2 行目: 欄が多すぎます。"),
    ],
)
def test_fault_in_excuses_is_told(table: str, said: str) -> None:
    with pytest.raises(ExcusesError) as caught:
        parse_excuses(table, "e.tsv")
    assert str(caught.value).startswith(said)


def check(excuses: tuple[Excuse, ...]) -> tuple[Report, list[Remark]]:
    plain = parse(FRONT + "# あ {#a}\n\n公園が作られます。\n", "kawasaki/plan-6", "plain")
    report = check_publication(plain, excuses=excuses)
    return report, [r for r in report.remarks if r.code == "passive"]


def test_excused_remark_stays_with_its_reason_and_is_no_warning() -> None:
    report, (remark,) = check((Excuse("passive", "作られます", "決まった言い方"),))
    assert (remark.severity, remark.excuse) == ("warning", "決まった言い方")
    assert report.warnings == ()


@pytest.mark.parametrize(
    "excuse",
    [
        Excuse("passive", "作られ", "言葉が違う"),
        Excuse("formal", "作られます", "決まりが違う"),
        Excuse("passive", "作られます", "原稿が違う", "plan-5"),
    ],
)
def test_excuse_for_something_else_does_not_excuse(excuse: Excuse) -> None:
    report, (remark,) = check((excuse,))
    assert remark.excuse == ""
    assert report.warnings == (remark,)


def test_excuse_of_this_text_that_excuses_nothing_is_a_hint() -> None:
    report, _ = check((Excuse("formal", "等", "古い", "plan-6"), Excuse("formal", "等", "全部")))
    unused = [r for r in report.remarks if r.code == "unused-excuse"]
    assert [r.severity for r in unused] == ["hint"]
    assert "「等」（formal）" in unused[0].message
