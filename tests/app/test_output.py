"""出力先の入れかえ。"""

from __future__ import annotations

from pathlib import Path

import pytest

from app.manifest import MANIFEST
from app.output import OutputError, recover, replacing


def names(folder: Path) -> set[str]:
    return {p.name for p in folder.iterdir()}


def test_すべてできてから入れかわる(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with replacing(out) as stage:
        stage.write("a/b", {"one.txt": b"1"})
        stage.write("", {MANIFEST: b"{}"})
        assert not out.exists()
    assert (out / "a/b/one.txt").read_bytes() == b"1"
    with replacing(out) as stage:
        stage.write("", {MANIFEST: b"{}", "two.txt": tmp_path / "out/a/b/one.txt"})
    assert names(out) == {MANIFEST, "two.txt"}
    assert names(tmp_path) == {"out"}


def test_途中で失敗すると前の出力がそのまま残る(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with replacing(out) as stage:
        stage.write("", {MANIFEST: b"first"})
    with pytest.raises(KeyboardInterrupt), replacing(out) as stage:
        stage.write("", {MANIFEST: b"second"})
        raise KeyboardInterrupt
    assert (out / MANIFEST).read_bytes() == b"first"
    assert names(tmp_path) == {"out"}


def test_入れかえの一瞬に止まった出力は前の中身に戻る(tmp_path: Path) -> None:
    out = tmp_path / "out"
    (tmp_path / ".out.tsutawaru" / "old").mkdir(parents=True)
    (tmp_path / ".out.tsutawaru" / "old" / MANIFEST).write_bytes(b"first")
    recover(out)
    assert (out / MANIFEST).read_bytes() == b"first"
    assert names(tmp_path) == {"out"}


def test_入れかえた後に残った前の出力は片づける(tmp_path: Path) -> None:
    out = tmp_path / "out"
    for name, data in ((".out.tsutawaru/old", b"first"), ("out", b"second")):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / MANIFEST).write_bytes(data)
    recover(out)
    assert (out / MANIFEST).read_bytes() == b"second"
    assert names(tmp_path) == {"out"}


def test_書いている最中には直さない(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with replacing(out) as stage:
        stage.write("", {MANIFEST: b"first"})
        recover(out)
        assert stage.folder.is_dir()
    assert (out / MANIFEST).read_bytes() == b"first"


def test_利用者のフォルダには名前が似ていても触れない(tmp_path: Path) -> None:
    for name in ("out.old", "out.new", "out.lock"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "mine.txt").write_text("大事")
    recover(tmp_path / "out")
    with replacing(tmp_path / "out") as stage:
        stage.write("", {MANIFEST: b"{}"})
    for name in ("out.old", "out.new", "out.lock"):
        assert (tmp_path / name / "mine.txt").read_text() == "大事"


def test_いまいる場所とその上は入れかえない(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    for out in (tmp_path / "here", tmp_path, Path("/")):
        with pytest.raises(OutputError, match="いまいるフォルダ"), replacing(out):
            pass


def test_中で起きたほかの失敗は出力先の失敗と言わない(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), replacing(tmp_path / "out"):
        (tmp_path / "nothing").read_bytes()
    assert names(tmp_path) == set()


def test_ほかの目的のフォルダは消さない(tmp_path: Path) -> None:
    letters = tmp_path / "letters"
    letters.mkdir()
    (letters / "mother.txt").write_text("元気ですか")
    with pytest.raises(OutputError, match="この製品が作ったのではないファイル"), replacing(letters):
        pass
    assert (letters / "mother.txt").read_text() == "元気ですか"


def test_フォルダでない出力先を断る(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("file")
    with pytest.raises(OutputError, match="フォルダではありません"), replacing(tmp_path / "out"):
        pass
    with pytest.raises(OutputError, match="書けません"), replacing(tmp_path / "out" / "below"):
        pass


def test_同時に2つは書かない(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with (
        replacing(out) as stage,
        pytest.raises(OutputError, match="別の tsutawaru publish"),
        replacing(out),
    ):
        stage.write("", {MANIFEST: b"{}"})
