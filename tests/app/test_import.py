"""命令 ``tsutawaru import``。"""

from __future__ import annotations

from pathlib import Path

import pytest

from content.notation import parse
from tests.conftest import Tsutawaru

PAGE = "<title>お知らせ</title><h1>お知らせ</h1><p>■日時</p><p>四月一日です。</p>"


def test_原稿を標準出力に知らせを標準エラーに出す(tsutawaru: Tsutawaru, tmp_path: Path) -> None:
    file = tmp_path / "お知らせ.html"
    file.write_text(PAGE, encoding="utf-8")
    done = tsutawaru("import", file)
    assert done.returncode == 0
    publication = parse(done.stdout, "kawasaki/notice")
    assert publication.title.text == "お知らせ"
    assert publication.plan.source == "お知らせ.html"
    lines = done.stderr.splitlines()
    assert lines and all(line.endswith("。") and "行目" in line for line in lines)
    assert any("「日時」" in line for line in lines)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("資料.pdf", b"%PDF-1.7", "壊れている"),
        ("資料.txt", b"x", "取り込めません"),
        ("資料.docx", b"PK\x03\x04", "壊れている"),
    ],
)
def test_読めない資料は1文で断り1で終わる(
    tsutawaru: Tsutawaru, tmp_path: Path, name: str, data: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(data)
    done = tsutawaru("import", tmp_path / name)
    assert (done.returncode, done.stdout) == (1, "")
    assert said in done.stderr and done.stderr.count("\n") == 1 and done.stderr.endswith("。\n")


def test_ないファイルと引数の誤りは2で終わる(tsutawaru: Tsutawaru, tmp_path: Path) -> None:
    for arguments in (("import", tmp_path / "ない.pdf"), ("import", tmp_path), ("import",)):
        done = tsutawaru(*arguments)
        assert done.returncode == 2
        assert done.stderr.count("\n") == 1 and done.stderr.endswith("。\n")
