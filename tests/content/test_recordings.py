"""人の録音を使うと決めるまで: だれが決められるか、どれが待っているか、同時に決めたらどうなるか。"""

from __future__ import annotations

import datetime
import hashlib
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from content.bundle import Bundle
from content.model import Council
from content.notation import NotationError, parse
from content.recorded import Recording, text_key
from content.workflow import Actor, NotAllowed, OutOfDate, WorkflowError
from content.workflow.recordings import Take, Takes
from tests.app.console.room import STANDARD
from tests.content.office import ABE, KATO, NOON, SATO, STRANGER, SUZUKI, Office

SUBJECT = "umibe/plan-1"
TIMES = (("market-1", 0.0, 1.0), ("market-2", 1.0, 3.0))


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with Office(database_url) as office:
        yield office


@pytest.fixture
def takes(office: Office) -> Takes:
    return Takes(office.engine, lambda: NOON)


def add(takes: Takes, author: Actor = SUZUKI, section: str = "market") -> Take:
    """``author`` が入れた録音。"""
    sound = (b"mp3", b"aac")
    takes.add(SUBJECT, "standard", section, "要約", sound, TIMES, "山田", author)
    return takes.of(SUBJECT, "standard")[0]


def now(takes: Takes, take: Take) -> Take:
    return next(t for t in takes.of(take.subject, take.kind) if t.id == take.id)


def test_two_people_at_once_leave_one_recording_in_use(office: Office) -> None:
    def slow_clock() -> datetime.datetime:
        time.sleep(0.05)  # ほかの人が割りこむ間
        return NOON

    takes = Takes(office.engine, slow_clock)
    pairs = [(add(takes), SATO), (add(takes), KATO), (add(takes), ABE)]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda pair: takes.use(pair[0], [1.5], pair[1]), pairs))
    assert len(takes.used()) == 1


def test_the_second_to_use_the_same_recording_is_told(takes: Takes) -> None:
    take = add(takes)
    takes.use(take, [1.2], SATO)
    with pytest.raises(OutOfDate, match="もう使っています"):
        takes.use(take, [1.8], KATO)
    used = now(takes, take)
    assert (used.used_by, used.times[1][1]) == (SATO.name, 1.2)


def test_bad_borders_leave_the_recording_in_use(takes: Takes) -> None:
    first, second = add(takes), add(takes)
    takes.use(first, [1.0], SATO)
    with pytest.raises(WorkflowError, match="より後になるように"):
        takes.use(second, [9.0], SATO)
    assert [take.id for take in takes.used()] == [first.id]


@pytest.mark.parametrize(
    ("author", "actor", "said"),
    [
        (SUZUKI, SUZUKI, "確かめる人か管理者です"),
        (SATO, SATO, "自分が入れた録音は"),
        (ABE, ABE, "自分が入れた録音は"),
        (SUZUKI, STRANGER, "受け持ちではありません"),
    ],
)
def test_uploader_and_writer_cannot_use(
    takes: Takes, author: Actor, actor: Actor, said: str
) -> None:
    take = add(takes, author)
    with pytest.raises(NotAllowed, match=said):
        takes.use(take, [1.0], actor)
    assert takes.used() == ()


@pytest.mark.parametrize(("author", "actor"), [(SUZUKI, SATO), (SATO, ABE), (ABE, KATO)])
def test_another_reviewer_or_administrator_can_use(
    takes: Takes, author: Actor, actor: Actor
) -> None:
    take = add(takes, author)
    takes.use(take, [1.4], actor)
    assert now(takes, take).used and now(takes, take).times[1] == ("market-2", 1.4, 3.0)


def test_borders_in_use_need_the_same_check(takes: Takes) -> None:
    take = add(takes, SATO)
    takes.correct(take, [1.1], SUZUKI)  # まだ使っていない
    takes.use(take, [1.2], KATO)
    for actor in (SUZUKI, SATO):
        # 使う前に開いた画面から直しても、同じ。
        with pytest.raises(NotAllowed):
            takes.correct(take, [1.9], actor)
    takes.correct(take, [1.3], ABE)
    assert now(takes, take).times[0][2] == 1.3
    takes.end(take, KATO)
    with pytest.raises(OutOfDate, match="使っていません"):
        takes.end(take, KATO)
    takes.correct(take, [1.5], SUZUKI)
    assert now(takes, take).times[0][2] == 1.5


def test_the_newest_never_used_recording_waits(takes: Takes) -> None:
    def waiting() -> list[int]:
        return [take.id for take in takes.waiting()]

    old, new, other = add(takes), add(takes), add(takes, section="night")
    assert waiting() == [new.id, other.id]
    takes.use(new, [1.0], SATO)
    assert waiting() == [other.id]  # 古いものは、もう待っていない
    takes.end(new, SATO)
    assert waiting() == [other.id]
    again = add(takes)
    assert waiting() == [again.id, other.id]
    assert old.waiting


# 原稿フォルダの録音 -----------------------------------------------------------------

LOADED = f"{SUBJECT}（standard）の録音 market"


def folder(place: Path, mp3: bytes, digest: str = "") -> Bundle:
    """録音のある原稿のフォルダ。``digest`` がなければ、録音は今の文章のもの。"""
    text = parse(STANDARD, SUBJECT)
    files = place / "market.mp3", place / "market.m4a"
    files[0].write_bytes(mp3)
    files[1].write_bytes(b"aac")
    name = hashlib.sha256(mp3).hexdigest()
    digest = digest or text_key(text.sections[0].sentences)
    recording = Recording(SUBJECT, "standard", "market", digest, name, TIMES, "海野")
    council = Council("umibe", "海辺社会福祉協議会")
    return Bundle((council,), (text,), recordings=(recording,), sounds={name: files})


def test_a_folder_recording_of_another_text_leaves_the_used_one(
    office: Office, takes: Takes, tmp_path: Path
) -> None:
    take = add(takes)
    takes.use(take, [1.0], SATO)
    report = office.store.load(folder(tmp_path, b"other", "前の文章"))
    assert LOADED in report.unchanged and LOADED not in report.added
    assert [t.id for t in takes.used()] == [take.id]


def test_a_folder_recording_that_replaces_a_staff_one_is_told(
    office: Office, takes: Takes, tmp_path: Path
) -> None:
    takes.use(add(takes), [1.0], SATO)
    report = office.store.load(folder(tmp_path, b"other"))
    assert LOADED in report.added and report.replaced == (LOADED,)
    assert [t.reader for t in takes.used()] == ["海野"]
    # 前のフォルダの録音に代わっても、職員の決めたことは変わらない。
    assert office.store.load(folder(tmp_path, b"again")).replaced == ()


def test_known_folder_sounds_are_not_read_and_missing_ones_are_named(
    office: Office, tmp_path: Path
) -> None:
    bundle = folder(tmp_path, b"other")
    (tmp_path / "market.m4a").unlink()
    with pytest.raises(NotationError, match=r"market\.m4a.*ファイルを開けません。"):
        office.store.load(bundle)
    assert office.store.is_empty()
    assert LOADED in office.store.load(folder(tmp_path, b"other")).added
    for path in tmp_path.glob("market.*"):
        path.unlink()
    assert LOADED in office.store.load(bundle).unchanged
