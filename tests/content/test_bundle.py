"""原稿のフォルダ: 読み方、誤りの知らせ、書いて読むと元に戻ること。"""

from __future__ import annotations

import datetime
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings

from app.slots import no_sounds
from content.bundle import BUNDLED, Bundle, load_folder, write_folder
from content.council import parse_council, write_council
from content.model import Contact, Council
from content.notation import NotationError
from content.pictures import MAX_BYTES
from tests.content.arbitrary import JPEG, PNG, bundles, councils

PLAN = """\
---
表題: 第6期計画
発行: 川崎市社会福祉協議会
計画: 地域福祉活動推進計画
日付: 2026-11-22
出典: 冊子
---

# はじめに {#intro}

文。
"""
MAP = f"{PLAN}\n![地図](map.png)\n"


@pytest.fixture
def kawasaki(tmp_path: Path) -> Path:
    folder = tmp_path / "kawasaki"
    folder.mkdir()
    (folder / "council.yaml").write_text("名称: 川崎市社会福祉協議会\n", "utf-8")
    (folder / "plan-6.md").write_text(PLAN, "utf-8")
    return folder


def problems(folder: Path) -> list[tuple[str, int, str]]:
    with pytest.raises(NotationError) as caught:
        load_folder(folder)
    return [(p.file, p.line, p.message) for p in caught.value.problems]


# 読む -----------------------------------------------------------------------------


def test_council_folder_is_read(kawasaki: Path) -> None:
    (kawasaki / "plan-6.plain.md").write_text(PLAN, "utf-8")
    (kawasaki / "plan-6-tama.md").write_text(PLAN, "utf-8")
    (kawasaki / "readings.tsv").write_bytes("\ufeff社協\tしゃきょう\r\n".encode())
    (kawasaki / "synonyms.tsv").write_bytes("寄合処/サロン\n".encode())
    (kawasaki / "excuses.tsv").write_bytes("決まり\t言葉\t理由\n".encode())
    bundle = load_folder(kawasaki)
    assert bundle.councils == (Council("kawasaki", "川崎市社会福祉協議会"),)
    assert [(p.id, p.register) for p in bundle.publications] == [
        ("kawasaki/plan-6", "standard"),
        ("kawasaki/plan-6", "plain"),
        ("kawasaki/plan-6-tama", "standard"),
    ]
    assert bundle.readings == (("kawasaki", "社協\tしゃきょう\r\n"),)
    assert bundle.synonyms == (("kawasaki", "寄合処/サロン\n"),)
    assert bundle.excuses == (("kawasaki", "決まり\t言葉\t理由\n"),)


def test_folder_of_councils_is_read(kawasaki: Path) -> None:
    other = kawasaki.parent / "yokohama"
    other.mkdir()
    (other / "council.yaml").write_text("名称: 横浜市社会福祉協議会\n", "utf-8")
    (other / "about.md").write_text(PLAN, "utf-8")
    (kawasaki.parent / "README.md").write_text("原稿ではない\n", "utf-8")
    (kawasaki.parent / ".git").mkdir()
    bundle = load_folder(kawasaki.parent)
    assert [c.id for c in bundle.councils] == ["kawasaki", "yokohama"]
    assert [p.id for p in bundle.publications] == ["kawasaki/plan-6", "yokohama/about"]


def test_id_is_the_name_the_folder_was_given(
    kawasaki: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (kawasaki.parent / "kawasaki-2026").symlink_to(kawasaki)
    monkeypatch.chdir(kawasaki)
    assert [c.id for c in load_folder(kawasaki.parent / "kawasaki-2026").councils] == [
        "kawasaki-2026"
    ]
    assert [c.id for c in load_folder(Path()).councils] == ["kawasaki"]


def test_pictures_lie_beside_the_notation_or_in_its_own_folder(kawasaki: Path) -> None:
    (kawasaki / "plan-6.md").write_text(MAP, "utf-8")
    (kawasaki / "plan-6.plain.md").write_text(MAP, "utf-8")
    (kawasaki / "map.png").write_bytes(PNG)
    (kawasaki / "plan-6.plain").mkdir()
    (kawasaki / "plan-6.plain" / "map.png").write_bytes(PNG + b"plain")
    standard, plain = load_folder(kawasaki).publications
    assert [p.data for p in standard.pictures] == [PNG]
    assert [p.data for p in plain.pictures] == [PNG + b"plain"]


def test_bundled_plans_can_be_read() -> None:
    bundle = load_folder(BUNDLED)
    assert [c.id for c in bundle.councils] == ["kawasaki"]
    assert bundle.publications


# 誤りの知らせ ---------------------------------------------------------------------


def test_missing_folder_is_reported(tmp_path: Path) -> None:
    folder = tmp_path / "none"
    assert problems(folder) == [(str(folder), 1, "フォルダがありません。場所を確かめてください。")]


def test_file_instead_of_folder_is_reported(kawasaki: Path) -> None:
    file = kawasaki / "plan-6.md"
    assert problems(file) == [
        (str(file), 1, "フォルダではありません。原稿のあるフォルダを選んでください。")
    ]


def test_folder_that_cannot_be_opened_is_reported(tmp_path: Path) -> None:
    folder = tmp_path / "loop"
    folder.symlink_to(folder)  # root でも開けないフォルダ
    assert problems(folder) == [
        (str(folder), 1, "フォルダを開けません。読み取りの権限を確かめてください。")
    ]


def test_folder_without_notation_is_reported(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    assert problems(tmp_path) == [
        (
            str(tmp_path),
            1,
            "原稿（.md）がありません。社協のフォルダに council.yaml と原稿を置いてください。",
        )
    ]


def test_council_without_notation_is_reported(kawasaki: Path) -> None:
    (kawasaki / "plan-6.md").unlink()
    expected = [
        (
            "kawasaki",
            1,
            "原稿（.md）がありません。council.yaml と同じフォルダに原稿を置いてください。",
        )
    ]
    assert problems(kawasaki) == expected
    assert problems(kawasaki.parent) == expected


def test_plain_edition_without_the_standard_one_is_reported(kawasaki: Path) -> None:
    (kawasaki / "plan-7.plain.md").write_text(PLAN, "utf-8")
    assert problems(kawasaki) == [
        (
            "kawasaki/plan-7.plain.md",
            1,
            "ふつうの版（plan-7.md）がありません。同じフォルダに置いてください。",
        )
    ]


def test_fault_of_the_standard_edition_is_not_blamed_on_the_plain_one(kawasaki: Path) -> None:
    (kawasaki / "plan-6.md").write_text(f"{PLAN}\n#見出し\n", "utf-8")
    (kawasaki / "plan-6.plain.md").write_text(PLAN, "utf-8")
    assert [file for file, _, _ in problems(kawasaki)] == ["kawasaki/plan-6.md"]


def test_plain_edition_may_leave_out_sections(kawasaki: Path) -> None:
    (kawasaki / "plan-6.md").write_text(
        f"{PLAN}\n# 目標 {{#goals}}\n\n# 終わり {{#end}}\n", "utf-8"
    )
    (kawasaki / "plan-6.plain.md").write_text(f"{PLAN}\n# おわり {{#end}}\n", "utf-8")
    _, plain = load_folder(kawasaki).publications
    assert [s.id for s in plain.sections] == ["intro", "end"]


def test_sections_of_the_plain_edition_that_differ_are_reported(kawasaki: Path) -> None:
    (kawasaki / "plan-6.md").write_text(f"{PLAN}\n# 目標 {{#goals}}\n", "utf-8")
    goals_first = PLAN.replace("# はじめに", "# めあて {#goals}\n\n# はじめに")
    (kawasaki / "plan-6.plain.md").write_text(f"{goals_first}\n# おわり {{#end}}\n", "utf-8")
    assert problems(kawasaki) == [
        (
            "kawasaki/plan-6.plain.md",
            11,
            "見出し「はじめに」の順が、ふつうの版（plan-6.md）と違います。同じ順に並べてください。",
        ),
        (
            "kawasaki/plan-6.plain.md",
            15,
            "見出し「おわり」の目印「end」が、ふつうの版（plan-6.md）にありません。"
            "ふつうの版の、同じ内容の見出しと同じ {#目印} を付けてください。",
        ),
    ]


def test_missing_council_file_is_reported(kawasaki: Path) -> None:
    (kawasaki / "council.yaml").unlink()
    expected = [
        (
            "kawasaki/council.yaml",
            1,
            "ファイルがありません。フォルダに置いてください。",
        )
    ]
    assert problems(kawasaki) == expected
    assert problems(kawasaki.parent) == expected


def test_names_that_cannot_be_ids_are_reported(kawasaki: Path) -> None:
    folder = kawasaki.rename(kawasaki.parent / "川崎")
    (folder / "第6期.md").write_text(PLAN, "utf-8")
    assert problems(folder) == [
        (
            "川崎",
            1,
            "社協のフォルダの名前は、半角の英小文字と数字と - だけにしてください（例 kawasaki）。",
        ),
        (
            "川崎/第6期.md",
            1,
            "原稿のファイルの名前は、半角の英小文字と数字と - だけにしてください（例 plan-6.md）。",
        ),
    ]


def test_text_that_is_not_utf8_is_reported_on_its_line(kawasaki: Path) -> None:
    (kawasaki / "plan-6.md").write_bytes(PLAN.encode() + "川崎".encode("cp932"))
    assert problems(kawasaki) == [
        (
            "kawasaki/plan-6.md",
            12,
            "文字コードが UTF-8 ではありません。UTF-8 で保存してください。",
        )
    ]


def test_file_that_cannot_be_opened_is_reported(kawasaki: Path) -> None:
    (kawasaki / "plan-7.md").mkdir()
    assert problems(kawasaki) == [
        (
            "kawasaki/plan-7.md",
            1,
            "ファイルを開けません。読み取りの権限を確かめてください。",
        )
    ]


def test_readings_with_a_null_character_are_reported(kawasaki: Path) -> None:
    (kawasaki / "readings.tsv").write_bytes("社協\tしゃきょう\n\0\n".encode())
    assert problems(kawasaki) == [
        (
            "kawasaki/readings.tsv",
            2,
            "目に見えない文字（U+0000）があります。消してください。",
        )
    ]


def test_picture_faults_are_reported(kawasaki: Path) -> None:
    (kawasaki / "plan-6.md").write_text(MAP, "utf-8")
    fault = problems(kawasaki)
    assert fault == [
        (
            "kawasaki/plan-6.md",
            13,
            "画像「map.png」が見つからないか、読めません。"
            "PNG か JPEG のファイルを、画面から加えるか、原稿と同じフォルダに置いてください。",
        )
    ]
    (kawasaki / "map.png").mkdir()
    assert problems(kawasaki) == fault
    (kawasaki / "map.png").rmdir()
    (kawasaki / "map.png").write_bytes(PNG + bytes(MAX_BYTES))
    ((_, _, message),) = problems(kawasaki)
    assert message == "画像「map.png」が大きすぎます。20 MB までに小さくしてください。"
    (kawasaki / "map.png").write_bytes(JPEG)
    ((_, _, message),) = problems(kawasaki)
    assert message == (
        "画像「map.png」の中身が PNG ではありません。名前の終わりに合う形式で保存してください。"
    )


def test_picture_outside_the_folder_is_not_read(kawasaki: Path) -> None:
    (kawasaki.parent / "secret.png").write_bytes(PNG)
    (kawasaki / "plan-6.md").write_text(f"{PLAN}\n![図](../secret.png)\n", "utf-8")
    ((_, _, message),) = problems(kawasaki)
    assert "フォルダを付けずに" in message


def test_faults_of_all_files_are_reported_at_once(kawasaki: Path) -> None:
    (kawasaki / "council.yaml").write_text("名前: 川崎市社会福祉協議会\n", "utf-8")
    (kawasaki / "plan-6.md").write_text(PLAN.replace("文。", "漢字《かんじ》"), "utf-8")
    (kawasaki / "plan-7.md").write_text(f"{PLAN}\n#見出し\n", "utf-8")
    assert [(file, line) for file, line, _ in problems(kawasaki)] == [
        ("kawasaki/council.yaml", 1),
        ("kawasaki/council.yaml", 1),
        ("kawasaki/plan-6.md", 11),
        ("kawasaki/plan-7.md", 13),
    ]


# 社協の身もと ---------------------------------------------------------------------


def test_council_file_is_read() -> None:
    assert parse_council(
        """\
# 川崎市社会福祉協議会
名称: 川崎市社会福祉協議会
問い合わせ先:
  - 目的: 計画
    名前: 総務部
    電話: 044(739)8711
    確認日: 2026-11-22
  - 目的: 合理的配慮
    名前: 多摩区社会福祉協議会
    区: 多摩区
文章について: 計画の文章は、
  社協のものです。
""",
        "kawasaki",
    ) == Council(
        "kawasaki",
        "川崎市社会福祉協議会",
        (
            Contact("計画", "総務部", "044(739)8711", checked_on=datetime.date(2026, 11, 22)),
            Contact("合理的配慮", "多摩区社会福祉協議会", ward="多摩区"),
        ),
        "計画の文章は、 社協のものです。",
    )


COUNCIL_FAULTS = {
    "no name": ("文章について: あ", 1, "「名称」がありません。「名称: …」の行を足してください。"),
    "unknown": (
        "名称: あ\n電話: 1",
        2,
        "「電話」という項目はありません。使えるのは 名称、問い合わせ先、文章について です。",
    ),
    "contact without purpose": (
        "名称: あ\n問い合わせ先:\n  - 名前: い",
        3,
        "「目的」がありません。「目的: …」の行を足してください。",
    ),
    "contact of text": (
        "名称: あ\n問い合わせ先:\n  - い",
        2,
        "「問い合わせ先」には「- 項目: 値」を並べてください。",
    ),
    "contact alone": (
        "名称: あ\n問い合わせ先:\n  目的: 計画",
        2,
        "「問い合わせ先」には「- 項目: 値」を並べてください。",
    ),
    "contact in a circle": (
        "名称: あ\n問い合わせ先: &a\n  - 目的: 計画\n    名前: *a",
        4,
        "「名前」には文字を書いてください。",
    ),
    "date": (
        "名称: あ\n問い合わせ先:\n  - 目的: 計画\n    名前: う\n    確認日: 昨日",
        5,
        "「確認日: 昨日」は、実際にある日付を 2026-04-01 の形で書いてください。",
    ),
    "purpose": (
        "名称: あ\n問い合わせ先:\n  - 名前: う\n    目的: 配慮",
        4,
        "「目的: 配慮」は、計画、相談、災害、寄附、緊急、合理的配慮 のどれかにしてください。",
    ),
    "telephone in words": (
        "名称: あ\n問い合わせ先:\n  - 目的: 計画\n    名前: う\n    電話: 準備中",
        5,
        "「電話: 準備中」は、番号だけを 044-739-8711 の形で書いてください。",
    ),
    "telephone without digits": (
        "名称: あ\n問い合わせ先:\n  - 目的: 計画\n    名前: う\n    電話: 0---",
        5,
        "「電話: 0---」は、番号だけを 044-739-8711 の形で書いてください。",
    ),
    "fax with an extension": (
        "名称: あ\n問い合わせ先:\n  - 目的: 計画\n    名前: う\n    ファックス: 044-739-8737 内線 12",
        5,
        "「ファックス: 044-739-8737 内線 12」は、番号だけを 044-739-8711 の形で書いてください。",
    ),
    "mail": (
        "名称: あ\n問い合わせ先:\n  - 目的: 計画\n    名前: う\n    メール: kikaku＠example.jp",
        5,
        "「メール: kikaku＠example.jp」は、半角で kikaku@example.jp の形で書いてください。",
    ),
    "tab": (
        "名称: あ\n\t文章について: い",
        2,
        "「項目: 値」の形で書いてください。: は半角で、後に空白を 1 つ置きます。"
        '値に : や # や [ があるときは、値を " で囲んでください。',
    ),
    "list": (
        "- 名称: あ",
        1,
        "「項目: 値」の形で書いてください。: は半角で、後に空白を 1 つ置きます。"
        '値に : や # や [ があるときは、値を " で囲んでください。',
    ),
    "control character": (
        "名称: あ\n文章について: い\a",
        2,
        "使えない文字があります。消してください。",
    ),
}


@pytest.mark.parametrize(("text", "line", "message"), COUNCIL_FAULTS.values(), ids=COUNCIL_FAULTS)
def test_fault_in_the_council_file_is_reported(text: str, line: int, message: str) -> None:
    with pytest.raises(NotationError) as caught:
        parse_council(text, "kawasaki")
    assert [(p.file, p.line, p.message) for p in caught.value.problems] == [
        ("council.yaml", line, message)
    ]


# 行き来 ---------------------------------------------------------------------------


@settings(max_examples=100)
@given(councils("kawasaki"))
def test_any_council_survives_writing_and_reading(council: Council) -> None:
    assert parse_council(write_council(council), council.id) == council


@settings(max_examples=60)  # 保管庫の試験も、同じ書き出しを 40 例で確かめる
@given(bundles())
def test_any_bundle_survives_writing_and_reading(bundle: Bundle) -> None:
    with tempfile.TemporaryDirectory() as folder:
        write_folder(bundle, Path(folder), no_sounds)
        assert load_folder(Path(folder)) == bundle


def test_pictures_of_one_name_and_two_contents_are_kept_apart(
    kawasaki: Path, tmp_path: Path
) -> None:
    for register, data in (("", PNG), (".plain", PNG + b"plain")):
        (kawasaki / f"plan-6{register}.md").write_text(MAP, "utf-8")
        (kawasaki / f"plan-6{register}").mkdir()
        (kawasaki / f"plan-6{register}" / "map.png").write_bytes(data)
    bundle = load_folder(kawasaki)
    write_folder(bundle, tmp_path / "out", no_sounds)
    assert load_folder(tmp_path / "out") == bundle


def test_writing_twice_gives_the_same_files(tmp_path: Path) -> None:
    bundle = load_folder(BUNDLED)
    for folder in ("one", "two", "two"):
        write_folder(bundle, tmp_path / folder, no_sounds)
    one, two = (
        {p.relative_to(f): p.read_bytes() for p in f.rglob("*") if p.is_file()}
        for f in (tmp_path / "one", tmp_path / "two")
    )
    assert one == two
    assert Path("kawasaki/council.yaml") in one


def test_files_of_others_stay(tmp_path: Path) -> None:
    (tmp_path / "kawasaki").mkdir()
    (tmp_path / "kawasaki" / "memo.txt").write_text("控え", "utf-8")
    write_folder(load_folder(BUNDLED), tmp_path, no_sounds)
    assert (tmp_path / "kawasaki" / "memo.txt").read_text("utf-8") == "控え"
