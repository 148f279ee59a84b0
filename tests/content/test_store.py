"""保管庫: 本物の SQLite と（あれば）本物の PostgreSQL で。"""

from __future__ import annotations

import datetime
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from hypothesis import given, settings
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, StatementError

from app.console import builds
from app.console import tables as console
from bot import tables
from content.bundle import BUNDLED, Bundle, load_folder, write_folder
from content.database import LATEST, open_database, reading, writing
from content.model import Council, Picture, Publication
from content.notation import NotationError, parse
from content.store import METADATA, LoadReport, Store, StoreError
from tests.content.arbitrary import PNG, bundles
from tests.content.office import NOON, SUZUKI, Office

PLAN = """\
---
表題: 第6期計画
発行: 川崎市社会福祉協議会
計画: 地域福祉活動推進計画
日付: 2026-11-22
出典: 冊子
---
# はじめに {{#intro}}
{body}

![地図](map.png)
"""
KAWASAKI = Council("kawasaki", "川崎市社会福祉協議会")
NAME = "kawasaki/plan-6（standard）"


def plan(body: str, picture: bytes = PNG) -> Publication:
    return parse(PLAN.format(body=body), "kawasaki/plan-6", load_picture={"map.png": picture}.get)


def bundle_of(*publications: Publication, readings: str = "社協\tしゃきょう\n") -> Bundle:
    return Bundle((KAWASAKI,), publications, (("kawasaki", readings),))


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with Store.open(database_url, now=lambda: NOON) as store:
        yield store


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    """``store`` と同じデータベースの、職員の部屋。"""
    with Office(database_url) as office:
        yield office


# 入れて、出す ---------------------------------------------------------------------


def test_new_store_is_empty(store: Store) -> None:
    assert store.is_empty()
    assert store.published() == Bundle((), ())


def test_what_was_loaded_is_published(store: Store) -> None:
    bundle = bundle_of(plan("文。"))
    report = store.load(bundle)
    assert report == LoadReport(added=("kawasaki（council）", "kawasaki（readings）", NAME))
    assert store.published() == bundle
    assert not store.is_empty()


def test_loading_twice_changes_nothing(store: Store) -> None:
    bundle = bundle_of(plan("文。"))
    added = store.load(bundle).added
    before = store.history("kawasaki/plan-6", "standard")
    assert store.load(bundle) == LoadReport(unchanged=added)
    assert store.history("kawasaki/plan-6", "standard") == before
    assert store.published() == bundle


def test_revision_knows_its_author_time_origin_and_parent(store: Store, office: Office) -> None:
    store.load(bundle_of(plan("文。")), author="佐藤")
    office.save(plan("直した文。"))
    first, second = store.history("kawasaki/plan-6", "standard")
    assert (first.author, first.origin, first.parent) == ("佐藤", "file", None)
    assert (second.author, second.origin, second.parent) == ("鈴木", "staff", first.id)
    assert first.created_at == second.created_at == NOON
    assert first.created_at.utcoffset() == datetime.timedelta(0)
    assert first.digest != second.digest
    assert "直した文。" in second.text


def test_time_without_zone_is_refused(database_url: str) -> None:
    with (
        Store.open(database_url, now=lambda: NOON.replace(tzinfo=None)) as store,
        pytest.raises(StatementError, match="時差のない時刻"),
    ):
        store.load(bundle_of(plan("文。")))


def test_saved_revision_is_not_published_until_told(store: Store, office: Office) -> None:
    store.load(bundle_of(plan("文。")))
    revision = office.approve(plan("直した文。"))
    assert store.published() == bundle_of(plan("文。"))
    office.approvals.publish(revision.id, revision.digest, SUZUKI)
    assert store.published() == bundle_of(plan("直した文。"))


def test_unknown_council_is_refused_and_nothing_changes(store: Store, office: Office) -> None:
    with pytest.raises(NotationError) as caught:
        store.load(Bundle((), (plan("文。"),)))
    assert str(caught.value) == (
        "kawasaki/plan-6 の 1 行目: 社協「kawasaki」が登録されていません。"
        "そのフォルダに council.yaml を置いて読み込んでください。"
    )
    with pytest.raises(NotationError):
        office.save(plan("文。"))
    assert store.is_empty()
    assert store.history("kawasaki/plan-6", "standard") == ()


def test_publication_of_a_council_loaded_before_is_accepted(store: Store) -> None:
    store.load(bundle_of())
    assert store.load(Bundle((), (plan("文。"),))).added == (NAME,)


@settings(max_examples=40)
@given(bundles())
def test_any_bundle_survives_store_and_export(bundle: Bundle) -> None:
    """原稿 → 保管庫 → 書き出し → 原稿。"""
    with tempfile.TemporaryDirectory() as folder, Store.open("sqlite://") as store:
        store.load(bundle)
        assert store.published() == bundle
        write_folder(store.published(), Path(folder), store.sound)
        assert load_folder(Path(folder)) == bundle
        assert store.load(load_folder(Path(folder))).added == ()


# 後の稿を、前の原稿に戻さない -------------------------------------------------------


def test_file_equal_to_an_earlier_revision_never_supersedes_a_later_one(
    store: Store, office: Office
) -> None:
    store.load(bundle_of(plan("最初の文。")))
    store.load(bundle_of(plan("次の文。")))
    office.publish(plan("職員の文。"))
    for earlier in ("最初の文。", "次の文。", "職員の文。"):
        report = store.load(bundle_of(plan(earlier)))
        assert report.added == report.replaced == ()
        assert store.published() == bundle_of(plan("職員の文。"))


def test_new_file_supersedes_and_says_whose_revision(store: Store, office: Office) -> None:
    store.load(bundle_of(plan("最初の文。")))
    assert store.load(bundle_of(plan("次の文。"))) == LoadReport(
        added=(NAME,), unchanged=("kawasaki（council）", "kawasaki（readings）")
    )
    office.publish(plan("職員の文。"))
    assert store.load(bundle_of(plan("新しい文。"))).replaced == (NAME,)
    assert store.published() == bundle_of(plan("新しい文。"))


def test_new_picture_alone_is_a_new_revision(store: Store) -> None:
    store.load(bundle_of(plan("文。")))
    assert store.load(bundle_of(plan("文。", PNG + b"2"))).added == (NAME,)
    assert store.published() == bundle_of(plan("文。", PNG + b"2"))
    assert store.load(bundle_of(plan("文。"))).added == ()
    assert store.published() == bundle_of(plan("文。", PNG + b"2"))


def test_readings_and_council_follow_the_same_rule(store: Store) -> None:
    store.load(bundle_of(readings="社協\tしゃきょう\n"))
    store.load(bundle_of(readings="社協\tシャキョウ\n"))
    renamed = Bundle((replace(KAWASAKI, name="新しい名前"),), ())
    assert store.load(renamed).added == ("kawasaki（council）",)
    assert store.load(bundle_of(readings="社協\tしゃきょう\n")).added == ()
    assert store.published() == Bundle(renamed.councils, (), (("kawasaki", "社協\tシャキョウ\n"),))


def test_draft_that_was_never_published_is_published_when_it_comes_as_a_file(
    store: Store, office: Office
) -> None:
    store.load(bundle_of())
    draft = office.save(plan("文。"))
    assert store.load(bundle_of(plan("文。"))).added == (NAME,)
    assert store.history("kawasaki/plan-6", "standard") == (draft,)
    assert store.published() == bundle_of(plan("文。"))


def test_revision_written_in_another_form_is_still_equal(database_url: str) -> None:
    """書き出し方が変わった後の版のプログラムが、前の版の稿を新しい原稿と取りちがえない。"""
    with Store.open(database_url, now=lambda: NOON) as store:
        store.load(bundle_of(plan("最初の文。")))
        (revision,) = store.history("kawasaki/plan-6", "standard")
    older = revision.text.replace("最初の文。", "最初の\n文。")
    engine = open_database(database_url)
    with writing(engine) as connection:
        connection.execute(
            text(
                "INSERT INTO revision"
                " (id, subject, kind, text, digest, author, origin, created_at)"
                " SELECT 100, 'kawasaki/plan-7', kind, :text, 'old', author, origin, created_at"
                " FROM revision WHERE id = :id"
            ),
            {"text": older, "id": revision.id},
        )
        connection.execute(
            text(
                "INSERT INTO revision_picture (revision, name, sha256)"
                " SELECT 100, name, sha256 FROM revision_picture WHERE revision = :id"
            ),
            {"id": revision.id},
        )
        connection.execute(
            text("INSERT INTO published VALUES ('kawasaki/plan-7', 'standard', 100)")
        )
    engine.dispose()
    seventh = replace(plan("最初の文。"), id="kawasaki/plan-7")
    with Store.open(database_url, now=lambda: NOON) as store:
        assert store.load(bundle_of(seventh)).added == ()
        assert store.load(bundle_of(replace(plan("次の文。"), id="kawasaki/plan-7"))).added


# 稿は変わらない -------------------------------------------------------------------


@pytest.mark.parametrize("table", ["revision", "picture", "revision_picture", "workflow_event"])
@pytest.mark.parametrize("change", ["UPDATE {} SET {} = {}", "DELETE FROM {}"])
def test_revisions_and_pictures_cannot_be_changed(
    store: Store, database_url: str, table: str, change: str
) -> None:
    bundle = bundle_of(plan("文。"))
    store.load(bundle)
    columns = {"picture": "data", "revision_picture": "name", "workflow_event": "actor"}
    column = columns.get(table, "author")
    engine = open_database(database_url)
    with pytest.raises(DBAPIError, match="forever"), writing(engine) as connection:
        connection.execute(text("DELETE FROM published"))
        connection.execute(text(change.format(table, column, column)))
    engine.dispose()
    assert store.published() == bundle


def test_migrated_tables_are_the_ones_the_program_uses(database_url: str) -> None:
    used = [METADATA, tables.METADATA, console.METADATA, builds.METADATA]
    engine = open_database(database_url)
    with reading(engine) as connection:
        assert compare_metadata(MigrationContext.configure(connection), used) == []
    engine.dispose()


def test_program_knows_its_latest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", "content:migrations")
    assert ScriptDirectory.from_config(config).get_heads() == [LATEST]


# 開く -----------------------------------------------------------------------------


def test_empty_store_is_filled_with_the_bundled_plans(database_url: str) -> None:
    bundled = load_folder(BUNDLED)
    with Store.open_filled(database_url) as store:
        assert store.published() == bundled
        first = bundled.publications[0]
        changed = replace(first, plan=replace(first.plan, source="職員"))
        with Office(database_url) as office:
            office.publish(changed)
    with Store.open_filled(database_url) as store:
        assert changed in store.published().publications
        assert first not in store.published().publications


OPENER = """
import sys
from content.store import Store
with Store.open_filled(sys.argv[1]) as store:
    print(len(store.history("kawasaki", "council")))
"""


def test_processes_may_open_an_empty_database_at_once(database_url: str) -> None:
    openers = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", OPENER, database_url],
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    assert [o.communicate(timeout=300)[0] for o in openers] == ["1\n"] * 4
    assert [o.returncode for o in openers] == [0] * 4


def test_opening_waits_while_another_prepares_the_new_file(tmp_path: Path) -> None:
    """WAL への切りかえは、ほかの接続が書いていると、待たずに断られる（SQLITE_BUSY）。"""
    other = sqlite3.connect(tmp_path / "x.db", isolation_level=None)
    other.execute("CREATE TABLE t (x)")
    other.execute("BEGIN IMMEDIATE")
    with ThreadPoolExecutor() as executor:
        opening = executor.submit(Store.open, f"sqlite:///{tmp_path}/x.db")
        with pytest.raises(TimeoutError):
            opening.result(timeout=0.5)
        other.execute("COMMIT")
        with opening.result(timeout=60) as store:
            assert store.is_empty()
    other.close()


def test_writers_take_turns(database_url: str) -> None:
    engine = open_database(database_url)
    with Store.open(database_url, now=lambda: NOON) as store, ThreadPoolExecutor() as executor:
        with writing(engine):
            loading = executor.submit(store.load, bundle_of(plan("文。")))
            with pytest.raises(TimeoutError):
                loading.result(timeout=0.5)
        assert NAME in loading.result(timeout=60).added
    engine.dispose()


def test_readers_do_not_wait_for_a_writer(database_url: str) -> None:
    with Store.open(database_url, now=lambda: NOON) as store:
        store.load(bundle_of(plan("文。")))
        engine = open_database(database_url)
        with writing(engine) as connection:
            connection.execute(text("DELETE FROM published"))
            assert store.published() == bundle_of(plan("文。"))
        engine.dispose()
        assert store.published() == Bundle((), ())


def test_database_of_a_newer_program_is_refused(database_url: str) -> None:
    engine = open_database(database_url)
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(StoreError) as caught:
        Store.open(database_url)
    assert str(caught.value).endswith(
        "は、このプログラムより新しいプログラムが作ったものです。プログラムを新しくしてください。"
    )


def test_file_that_is_not_a_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("大切な覚え書き\n" * 100, "utf-8")
    with pytest.raises(StoreError) as caught:
        Store.open(f"sqlite:///{file}")
    assert str(caught.value) == (
        f"「{file}」はデータベースのファイルではないか、こわれています。"
        "控えから戻すか、別の場所を選んでください。"
    )
    assert file.read_text("utf-8") == "大切な覚え書き\n" * 100


def test_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("フォルダではない", "utf-8")
    with pytest.raises(StoreError) as caught:
        Store.open(f"sqlite:///{tmp_path}/var/x/tsutawaru.db")
    assert str(caught.value) == (
        f"データベースのフォルダ「{tmp_path}/var/x」を作れません。"
        "場所と、書き込みの権限を確かめてください。"
    )


def test_database_that_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as caught:
        Store.open(f"sqlite:///{tmp_path}")
    assert str(caught.value) == (
        f"データベース「{tmp_path}」を開けません。"
        "場所と、読み書きの権限と、空き容量を確かめてください。"
    )


def test_read_only_database_is_refused(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "x.db").close()
    with pytest.raises(StoreError, match="読み書きの権限"):
        Store.open(f"sqlite:///file:{tmp_path}/x.db?mode=ro&uri=true")


def test_database_that_breaks_later_is_reported(tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path}/x.db", now=lambda: NOON) as store:
        store.load(bundle_of(plan("文。")))
        with sqlite3.connect(tmp_path / "x.db") as other:
            other.execute("DROP TABLE published")
        other.close()
        with pytest.raises(StoreError) as caught:
            store.published()
    assert str(caught.value) == (
        f"データベース「{tmp_path}/x.db」を読み書きできませんでした。"
        "ほかのプログラムが使いつづけていないか、空き容量と権限があるかを確かめてください。"
    )


@pytest.mark.parametrize("url", ["", "var/tsutawaru.db", "mysql://u:secret@host/db", "postgresql:"])
def test_unknown_kind_of_database_is_refused(url: str) -> None:
    with pytest.raises(StoreError) as caught:
        Store.open(url)
    assert "sqlite:///var/tsutawaru.db か postgresql://" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_unreachable_server_is_refused_without_showing_the_password() -> None:
    with pytest.raises(StoreError) as caught:
        Store.open("postgres://user:secret@127.0.0.1:1/plans")
    assert str(caught.value) == (
        "データベース「postgresql://user:***@127.0.0.1:1/plans」につながりません。"
        "サーバーが動いているか、名前とパスワードが正しいかを確かめてください。"
    )


def test_picture_is_kept_once_for_all_revisions(store: Store, database_url: str) -> None:
    store.load(bundle_of(plan("文。"), replace(plan("文。"), register="plain")))
    store.load(bundle_of(plan("次の文。")))
    engine = open_database(database_url)
    with reading(engine) as connection:
        assert connection.execute(text("SELECT count(*) FROM picture")).scalar() == 1
    engine.dispose()
    assert {p.pictures for p in store.published().publications} == {(Picture("map.png", PNG),)}


def test_clock_is_asked_only_for_new_revisions(database_url: str) -> None:
    asked: list[datetime.datetime] = []

    def clock() -> datetime.datetime:
        asked.append(NOON)
        return NOON

    with Store.open(database_url, now=clock) as store:
        store.load(bundle_of(plan("文。")))
        assert len(asked) == 3
        store.load(bundle_of(plan("文。")))
        store.published()
    assert len(asked) == 3
