"""答えの音声。音声の版から、引いた文だけを切り出す。"""

from __future__ import annotations

import io
import json
from pathlib import Path

import av
import pytest

from bot.clips import AudioClips
from channels.audio import CLIPS, AudioChannel
from tests.channels.books import narrated

BODY = "# はじめに {#start}\n\n一つ目。二つ目。三つ目。四つ目。\n\n# おわり {#end}\n\n五つ目。\n"
FOLDER = "shiken/plan/standard/audio"


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("out")
    target = folder / FOLDER
    target.mkdir(parents=True)
    edition = AudioChannel().render(*narrated(BODY, tmp_path_factory.mktemp("cache")))
    for name in ("plan.m4b", CLIPS):
        data = edition.files[name]
        assert isinstance(data, bytes)
        (target / name).write_bytes(data)
    return folder


@pytest.fixture
def ids(out: Path) -> list[str]:
    clips = json.loads((out / FOLDER / CLIPS).read_bytes())["clips"]
    return [id for id in clips if id.startswith(("start-", "end-"))]


def seconds(data: bytes | None) -> float:
    assert data is not None
    with av.open(io.BytesIO(data)) as container:
        return (container.duration or 0) / 1e6


def test_続いた文は1つに_離れた文は選んだ順に並べる(out: Path, ids: list[str]) -> None:
    audio = AudioClips(out)
    for chosen, names in (
        (ids[1:2], [ids[1], ids[1]]),
        (ids[1:4], [ids[1], ids[3]]),
        ([ids[3], ids[0], ids[1]], [ids[3], ids[3], ids[0], ids[1]]),
    ):
        clip = audio.find("shiken/plan", "standard", chosen, "https://example.jp")
        assert clip is not None
        name = ".".join(names)
        assert clip.url == f"https://example.jp/chat/audio/shiken/plan/standard/{name}.m4a"
        data = audio.cut("shiken/plan", "standard", name)
        assert seconds(data) == pytest.approx(clip.milliseconds / 1000, abs=0.005)
        assert data == AudioClips(out).cut("shiken/plan", "standard", name)


def test_音声のない文や版には_音声がない(out: Path, ids: list[str], tmp_path: Path) -> None:
    audio = AudioClips(out)
    assert audio.find("shiken/plan", "standard", [], "") is None
    assert audio.find("shiken/plan", "standard", [ids[0], ""], "") is None
    assert audio.find("shiken/plan", "standard", ["start-00000000"], "") is None
    assert audio.find("shiken/plan", "plain", ids[:1], "") is None
    assert audio.find("shiken/other", "standard", ids[:1], "") is None
    assert audio.find("", "standard", ids[:1], "") is None
    assert AudioClips(tmp_path).find("shiken/plan", "standard", ids[:1], "") is None


def test_切り出せない名前は断る(out: Path, ids: list[str]) -> None:
    audio = AudioClips(out)
    first, second, *_ = ids
    for publication, register, name in (
        ("shiken/plan", "standard", first),
        ("shiken/plan", "standard", f"{second}.{first}"),
        ("shiken/plan", "standard", f"{first}.nothing"),
        ("shiken/plan", "standard", ".".join([first, ids[-1]] * 400)),
        ("shiken/plan", "plain", f"{first}.{second}"),
        ("shiken/plan", "../standard", f"{first}.{second}"),
        ("../out/shiken/plan", "standard", f"{first}.{second}"),
        ("shiken/../shiken/plan", "standard", f"{first}.{second}"),
    ):
        assert audio.cut(publication, register, name) is None, (publication, register, name)


def test_こわれた目録や音声では_音声がないだけ(out: Path, ids: list[str], tmp_path: Path) -> None:
    target = tmp_path / FOLDER
    target.mkdir(parents=True)
    audio = AudioClips(tmp_path)
    (target / CLIPS).write_text("{")
    assert audio.find("shiken/plan", "standard", ids[:1], "") is None
    (target / CLIPS).write_bytes((out / FOLDER / CLIPS).read_bytes())
    (target / "plan.m4b").write_text("音ではない", "utf-8")
    assert audio.cut("shiken/plan", "standard", f"{ids[0]}.{ids[0]}") is None
