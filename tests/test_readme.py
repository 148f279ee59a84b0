"""README に書いたことが本当かどうか。"""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from app.settings import Settings, SettingsError
from content.notation import parse
from tests.app.in_process import SameProcess
from tests.conftest import CHECKOUT, Tsutawaru

README = (CHECKOUT / "README.md").read_text(encoding="utf-8")
JPEG = b"\xff\xd8\xff\xe0"
COMMANDS = re.findall(r"^\| `tsutawaru ([^`]+)`", README, re.M)


@pytest.fixture
def here(tmp_path: Path, shared_cache: Path) -> SameProcess:
    return SameProcess(tmp_path, shared_cache)


def test_makeの命令がある() -> None:
    makefile = (CHECKOUT / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"\bmake ([a-z-]+)", README, re.A)):
        assert re.search(rf"^{target}:", makefile, re.M), target


def test_make_publishは付属の計画を_outに作る() -> None:
    done = subprocess.run(
        ["make", "--dry-run", "--always-make", "publish"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ".venv/bin/tsutawaru publish content/plans --out out" in done.stdout
    assert "--require-hashes" in done.stdout


@pytest.mark.parametrize("usage", COMMANDS)
def test_命令の表の書き方は命令の助けと同じ(here: SameProcess, usage: str) -> None:
    name = usage.split()[0]
    help = here(name, "--help")
    assert help.returncode == 0, help.stderr
    for option in re.findall(r"(?<!\S)\[?(--?[a-z]+)", usage):
        assert re.search(rf"(?<![\w-]){option}\b", help.stdout), option


def test_表にない命令はない(tsutawaru: Tsutawaru) -> None:
    listed = re.findall(r"^    (\w+) ", tsutawaru("--help").stdout, re.M)
    assert sorted(listed) == sorted(usage.split()[0] for usage in COMMANDS)


def test_原稿の見本は読める() -> None:
    sample = re.search(r"```\n(---\n.*?)```", README, re.S)
    assert sample
    publication = parse(sample[1], "shiken/plan", load_picture=lambda name: JPEG)
    (section,) = publication.sections
    assert publication.plan.number == 5
    assert [type(b).__name__ for b in section.blocks] == [
        "Paragraph",
        "List",
        "List",
        "Table",
        "Image",
        "Note",
    ]


def test_設定の環境変数はすべて効く() -> None:
    names = set(re.findall(r"TSUTAWARU_[A-Z_]+", README))
    plain = Settings.from_environment({})
    for name in names:
        try:
            assert Settings.from_environment({name: "https://example.jp/"}) != plain, name
        except SettingsError as error:  # 読んで、使えないか、ほかにも要ると言う
            assert name in str(error) or "も要ります" in str(error)


def test_英語の部分にあるフォルダがある() -> None:
    folders = re.findall(r"^\| `(\w+/)` \|", README, re.M)
    assert len(folders) == 5
    for folder in folders:
        assert (CHECKOUT / folder).is_dir()


def test_始めかたの命令は本物の命令(here: SameProcess) -> None:
    blocks = re.findall(r"```sh\n(.*?)```", README, re.S)
    lines = [line for block in blocks for line in block.splitlines()]
    made = [line for line in lines if line.startswith("make ")]
    set_ = [line for line in lines if line.startswith("export ")]
    told = [line for line in lines if line.startswith(".venv/bin/tsutawaru ")]
    assert sorted(lines) == sorted([*made, *set_, *told])
    assert {"make publish", "make test", "make line-demo"} == set(made)
    for line in set_:
        name, value = line.removeprefix("export ").split("=")
        assert value == "…" or Settings.from_environment({name: value}).base_url == value
    for line in told:
        assert here(*shlex.split(line)[1:], "--help").returncode == 0, line
