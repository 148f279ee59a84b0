"""書き出す: 人の録音も、校正済のしるしも、校正表も。読めば、同じ版ができる。"""

from __future__ import annotations

import csv
import json
import os
import subprocess
from pathlib import Path

import pytest

from app.slots import no_sounds
from content.bundle import load_folder, write_folder
from content.database import open_database
from content.store import Store, utc_now
from content.workflow import Actor
from content.workflow.recordings import Takes
from tests.app.console.editions import build
from tests.app.console.room import SUBJECT, Room
from tests.app.console.test_proof import FAULT, TABLE, confirm, finish, hear_all, sentences
from tests.app.console.test_proof import PAGE as PROOF
from tests.app.console.test_recordings import PAGE, reading, upload, use
from tests.conftest import COMMAND, files_in

__all__ = ["room"]
from tests.app.console.conftest import room


@pytest.fixture
def exported(room: Room, tmp_path: Path) -> Path:
    """朝市の節は人の声、ふつうの文章は校正済。校正表に 1 行。書き出したフォルダ。"""
    build(room)
    with room.logged_in("suzuki") as suzuki, room.logged_in("sato") as sato:
        upload(suzuki, reading())
        use(sato, sato.get(PAGE).text)
        build(room)
        id = str(sentences(suzuki)[3]["id"])
        suzuki.post(PROOF, data={**FAULT, "sentence": id, "words": '=タブ\tと「引用"」'})
        hear_all(suzuki)
        finish(suzuki, room)
        decision = {"do": "decide", "remark": "1", "state": "declined", "reason": "正しい"}
        sato.post(TABLE, data=decision)
        assert "校正済です" in confirm(sato, room).text
    run(room.settings.database_url, tmp_path / "cache", "export", tmp_path / "exported")
    return tmp_path / "exported"


def run(database: str, cache: Path, *arguments: str | Path) -> str:
    done = started(database, cache, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def started(database: str, cache: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        "TSUTAWARU_DATABASE_URL": database,
        "TSUTAWARU_CACHE": str(cache),
        "TSUTAWARU_SECRET_KEY": "試験の鍵",
    }
    command = [*COMMAND, *map(str, arguments)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def check_proof_sheet(exported: Path) -> None:
    """校正表は、出版物ごとの、表計算で読める表になる。"""
    path = exported / "umibe/proofs/plan-1.tsv"
    assert [p.name for p in path.parent.iterdir()] == ["plan-1.tsv"]
    with path.open(encoding="utf-8", newline="") as file:
        head, row = csv.reader(file, delimiter="\t")
    found = dict(zip(head, row, strict=True))
    assert found["言葉"] == "'=タブ\tと「引用\"」"  # 式として読ませない
    assert (found["聞いた人"], found["決めたこと"], found["わけ"]) == (
        "suzuki",
        "直さない",
        "正しい",
    )


def test_書き出して_新しい保管庫に読めば_1バイトも違わない版ができる(
    room: Room, exported: Path, tmp_path: Path, shared_cache: Path
) -> None:
    check_proof_sheet(exported)
    first, second, new = tmp_path / "first", tmp_path / "second", tmp_path / "new"
    new.mkdir()
    run(room.settings.database_url, shared_cache, "publish", "--out", first, "--voice", "silent")
    fresh = f"sqlite:///{new / 'tsutawaru.db'}"
    publish = ("publish", exported, "--out", second, "--voice", "silent")
    run(fresh, new / "cache", *publish)  # 控えからでなく、はじめから作る
    made = files_in(first)
    assert made == files_in(second)
    facts = json.loads(made[f"{SUBJECT}/standard/audio/sentences.json"])
    said = json.dumps(facts, ensure_ascii=False)
    assert "山田花子" in said and "済みました" in said
    with Store.open(room.settings.database_url) as old, Store.open(fresh) as store:
        assert store.published() == old.published() == load_folder(exported)
        assert len(store.published().recordings) == len(store.published().proofread) == 1
        write_folder(store.published(), tmp_path / "again", store.sound)
        report = store.load(load_folder(exported))
        assert report.added == report.replaced == ()
        assert f"{SUBJECT}（standard）の録音 market" in report.unchanged
    sheets = {name for name in files_in(exported) if "/proofs/" in name}
    assert files_in(tmp_path / "again").keys() == files_in(exported).keys() - sheets

    # 職員がやめた録音を、フォルダから使い始めない。
    engine = open_database(fresh)
    takes = Takes(engine, utc_now)
    (take,) = takes.used()
    assert take.author == take.used_by == "原稿フォルダ"
    takes.end(take, Actor("sato", "reviewer"))
    engine.dispose()
    with Store.open(fresh) as store:
        assert store.load(load_folder(exported)).added == ()
        assert store.published().recordings == ()


def test_フォルダの録音の切れ目が音に合わなければ_入れる前に_所を言って断る(
    exported: Path, tmp_path: Path
) -> None:
    table = exported / "umibe/recordings/plan-1/market.tsv"
    lines = table.read_text("utf-8").splitlines()
    id, begin, _ = lines[-1].split("\t")
    lines[-1] = f"{id}\t{begin}\t900.0"
    table.write_text("\n".join(lines), "utf-8")
    database = f"sqlite:///{tmp_path / 'new.db'}"
    publish = ("publish", exported, "--out", tmp_path / "out", "--voice", "silent")
    done = started(database, tmp_path / "cache", *publish)
    assert done.returncode != 0 and "Traceback" not in done.stderr
    assert "umibe/recordings/plan-1/market.tsv" in done.stderr
    assert "文の切れ目（900.00 秒まで）が、音の長さ" in done.stderr
    table.with_suffix(".mp3").write_bytes(b"not a sound")
    assert "MP3 ではありません。" in started(database, tmp_path / "cache", *publish).stderr
    with Store.open(database) as store:
        assert store.is_empty()


def test_録音のないフォルダには_録音の場所を作らない(room: Room, tmp_path: Path) -> None:
    with Store.open(room.settings.database_url) as store:
        write_folder(store.published(), tmp_path / "plain", no_sounds)
    names = {p.name for p in (tmp_path / "plain/umibe").iterdir()}
    assert names == {"council.yaml", "plan-1.md", "plan-1.plain.md"}
