"""命令 tsutawaru。版を作る試験は、利用者と同じように別のプロセスで呼ぶ。"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import pty
import re
import signal
import subprocess
import termios
import time
from pathlib import Path

import av
import pytest

from app.slots import CHANNELS
from content.bundle import BUNDLED, load_folder
from tests.app.in_process import SameProcess
from tests.conftest import COMMAND, Tsutawaru, files_in

COUNCIL = "名称: テスト社会福祉協議会\n"
FRONT = "---\n表題: テスト計画\n発行: テスト社会福祉協議会\n計画: テスト計画\n日付: 2026-04-01\n出典: 試験\n---\n\n"


def folder_with(tmp_path: Path, body: str, name: str = "plan.md") -> Path:
    council = tmp_path / "plans" / "tesuto"
    council.mkdir(parents=True, exist_ok=True)
    (council / "council.yaml").write_text(COUNCIL, encoding="utf-8")
    (council / name).write_text(FRONT + body, encoding="utf-8")
    return council.parent


def japanese_sentence(text: str) -> bool:
    return "Traceback" not in text and text.rstrip().endswith("。") and "\n" not in text.rstrip()


# publish ------------------------------------------------------------------------


def test_付属の計画のすべての版が目録のとおりにできる(published: Path) -> None:
    rows = json.loads((published / "manifest.json").read_bytes())["editions"]
    ids = {(p.id, p.register) for p in load_folder(BUNDLED).publications}
    assert {(r["publication"], r["register"], r["channel"]) for r in rows} == {
        (*id, channel) for id in ids for channel in CHANNELS
    }
    for row in rows:
        path = published / row["path"]
        if path.is_dir():
            files = files_in(path)
            lines = sorted(f"{hashlib.sha256(d).hexdigest()}  {n}\n" for n, d in files.items())
            assert row["bytes"] == sum(map(len, files.values()))
            assert row["sha256"] == hashlib.sha256("".join(lines).encode()).hexdigest()
        else:
            data = path.read_bytes()
            assert (row["bytes"], row["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
        assert (row["seconds"] is None) == (row["channel"] in ("braille", "text"))


def test_音声の長さは目録のとおり(published: Path) -> None:
    for row in json.loads((published / "manifest.json").read_bytes())["editions"]:
        if row["channel"] == "audio":
            with av.open(str(published / row["path"])) as book:
                assert book.duration is not None
                assert book.duration / av.time_base == pytest.approx(row["seconds"], abs=1.0)


def test_もう一度作っても2つのプロセスで作っても1バイトも変わらない(
    tsutawaru: Tsutawaru, tmp_path: Path
) -> None:
    plans = folder_with(tmp_path, "# はじめに\n\nこんにちは。\n\n# おわりに\n\nさようなら。\n")
    outs = []
    for name, workers in (("one", "1"), ("two", "2")):
        tsutawaru.environment["TSUTAWARU_CACHE"] = str(tmp_path / f"cache-{name}")
        done = tsutawaru(
            "publish", plans, "--out", tmp_path / name, "--voice", "silent", "--workers", workers
        )
        assert done.returncode == 0, done.stderr
        outs.append(files_in(tmp_path / name))
    assert outs[0] == outs[1]


def test_どこに何ができて何秒かかったかを言う(tsutawaru: Tsutawaru, tmp_path: Path) -> None:
    plans = folder_with(tmp_path, "# はじめに\n\nこんにちは。\n")
    done = tsutawaru("publish", plans, "--out", tmp_path / "out", "--voice", "silent")
    assert str(tmp_path / "out") in done.stdout
    assert "1 冊" in done.stdout and "秒" in done.stdout
    assert done.stderr == ""


def test_端末では進みぐあいの棒を出す(tsutawaru: Tsutawaru, tmp_path: Path) -> None:
    plans = folder_with(tmp_path, "# はじめに\n\n棒が右へのびます。\n")
    terminal, other_end = pty.openpty()
    termios.tcsetwinsize(other_end, (24, 80))
    subprocess.run(
        [*COMMAND, "publish", plans, "--out", tmp_path / "out", "--voice", "silent"],
        env=tsutawaru.environment,
        stdout=subprocess.DEVNULL,
        stderr=other_end,
        timeout=60,
        check=True,
    )
    os.close(other_end)
    shown = b""
    with contextlib.suppress(OSError):  # もう一方の端が閉じると、読み終わりは失敗になる
        while data := os.read(terminal, 65536):
            shown += data
    assert re.search(r"音声と版: 100%\|.*13/13 .*0 版は前のまま", shown.decode())


def test_選んだ媒体だけを作る(tsutawaru: Tsutawaru, tmp_path: Path) -> None:
    plans = folder_with(tmp_path, "# はじめに\n\nこんにちは。\n")
    done = tsutawaru(
        "publish", plans, "--out", tmp_path / "out", "--voice", "silent", "--only", "text"
    )
    assert done.returncode == 0, done.stderr
    assert sorted(files_in(tmp_path / "out")) == [
        "manifest.json",
        "tesuto/plan/standard/text/plan.txt",
    ]


FAULTS = [
    ("# 見出し\n\n### 飛んだ\n\n文。\n", "plan.md の 11 行目", "「##」に"),
    ("# 見出し\n\n漢字《かんじ》です。\n", "plan.md の 11 行目", "｜漢字《かんじ》"),
    ("文だけ。\n", "plan.md の 9 行目", "見出しを書いて"),
]


def test_原稿の誤りは場所と直し方を言い何も公開しない(tsutawaru: Tsutawaru, tmp_path: Path) -> None:
    plans = folder_with(tmp_path, "# はじめに\n\nこんにちは。\n")
    publish = ("publish", plans, "--out", tmp_path / "out", "--voice", "silent", "--only", "text")
    assert tsutawaru(*publish).returncode == 0
    before = files_in(tmp_path / "out")
    for body, place, advice in FAULTS:
        folder_with(tmp_path, body)
        done = tsutawaru(*publish)
        assert done.returncode == 1, body
        assert place in done.stderr and advice in done.stderr and "Traceback" not in done.stderr
        assert files_in(tmp_path / "out") == before


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("publish",), 2, "--out がありません"),
        (("publish", "--out", "OUT", "--voice", "robot"), 2, "「robot」という声はありません"),
        (("publish", "--out", "OUT", "--only", "web,fax"), 2, "「fax」という媒体はありません"),
        (("publish", "--out", "OUT", "--workers", "0"), 2, "--workers 0 は使えません"),
        (("publish", "--out", "OUT", "--workers", "２"), 2, "--workers ２ は使えません"),
        (("publish", "nowhere", "--out", "OUT"), 2, "nowhere という原稿のフォルダはありません"),
        (("publish", "--out", "/proc/nowhere/out", "--voice", "silent"), 1, "書けません"),
        (("publish", "--out"), 2, "--out には値が 1 つ要ります"),
        (("publish", "--out", "OUT", "--loud"), 2, "--loud は使えません"),
        (("sing",), 2, "「sing」という命令はありません"),
        ((), 2, "がありません"),
        (("publish", "--out", "."), 1, "いまいるフォルダ"),
        (("publish", "--out", "/"), 1, "いまいるフォルダ"),
        (("publish", "--o", "OUT"), 2, "--out がありません"),
        (("read", "--ruby=x"), 2, "書き方が違います"),
        (("read", "--council", "yokohama"), 2, "「yokohama」という社協はありません"),
        (("say", "-5度です", "-o", "OUT.wav"), 2, "-- を書いて"),
        (("say", "こんにちは", "-o", "hello.ogg"), 2, ".wav、.mp3、.m4a"),
        (("say", "こんにちは", "-o", "/proc/hello.wav"), 1, "書けません"),
        (("say", "😀", "-o", "OUT.wav"), 1, "読む言葉がありません"),
        (("serve", "--port", "eighty"), 2, "--port eighty は使えません"),
    ],
)
def test_命令の誤りは日本語の1文で言う(
    here: SameProcess, tmp_path: Path, arguments: tuple[str, ...], code: int, message: str
) -> None:
    done = here(*(a.replace("OUT", str(tmp_path / "out")) for a in arguments))
    assert (done.returncode, done.stdout) == (code, "")
    assert message in done.stderr
    assert japanese_sentence(done.stderr)
    assert not (tmp_path / "out").exists()


def test_プロセスの終わりにも_誤りの番号と1文だけを残す(tsutawaru: Tsutawaru) -> None:
    for arguments, code, message in (
        (("sing",), 2, "「sing」という命令はありません"),
        (("serve", "--host", "nosuch.invalid"), 1, "--host と --port"),
    ):
        done = tsutawaru(*arguments)
        assert (done.returncode, done.stdout) == (code, "")
        assert message in done.stderr and japanese_sentence(done.stderr)


def test_データベースが開けないときは日本語の1文で言う(
    tsutawaru: Tsutawaru, tmp_path: Path
) -> None:
    (tmp_path / "broken.db").write_bytes(b"this is not a database, " * 100)
    tsutawaru.environment["TSUTAWARU_DATABASE_URL"] = f"sqlite:///{tmp_path / 'broken.db'}"
    done = tsutawaru("publish", "--out", tmp_path / "out", "--voice", "silent")
    assert done.returncode == 1
    assert japanese_sentence(done.stderr)


def test_音声の控えが使えないときは出力先のせいにしない(
    tsutawaru: Tsutawaru, tmp_path: Path
) -> None:
    tsutawaru.environment["TSUTAWARU_CACHE"] = "/proc/nowhere"
    plans = folder_with(tmp_path, "# はじめに\n\nこんにちは。\n")
    publish = ("publish", plans, "--out", tmp_path / "out", "--voice", "silent")
    done = tsutawaru(*publish, "--workers", "2")
    assert done.returncode == 1
    assert japanese_sentence(done.stderr) and "TSUTAWARU_CACHE" in done.stderr


def test_出力先が使えないときは保管庫も変えない(tsutawaru: Tsutawaru, tmp_path: Path) -> None:
    plans = folder_with(tmp_path, "# はじめに\n\nこんにちは。\n")
    assert tsutawaru("publish", plans, "--out", "/proc/x", "--voice", "silent").returncode == 1
    assert not (tmp_path / "tsutawaru.db").exists()


def test_文字だけなら音声を作らない(tsutawaru: Tsutawaru, tmp_path: Path) -> None:
    plans = folder_with(tmp_path, "# はじめに\n\nこんにちは。\n")
    publish = ("publish", plans, "--out", tmp_path / "out", "--voice", "silent")
    assert tsutawaru(*publish).returncode == 0
    done = tsutawaru(*publish, "--only", "text")
    assert "音声の節は 0 を作り、0 は" in done.stdout
    assert "audio、braille、daisy、epub、web は、--only で選ばなかった" in done.stdout
    assert "serve" not in done.stdout


def test_原稿フォルダにないのに公開するものを言う(tsutawaru: Tsutawaru, tmp_path: Path) -> None:
    plans = folder_with(tmp_path, "# はじめに\n\nこんにちは。\n")
    publish = ("publish", plans, "--out", tmp_path / "out", "--only", "text")
    assert "原稿フォルダにはない" not in tsutawaru(*publish).stdout
    (plans / "tesuto" / "plan.md").rename(plans / "tesuto" / "plan-1.md")
    assert "tesuto/plan（standard）" in tsutawaru(*publish).stdout


def long_plan(tmp_path: Path) -> Path:
    """声を作り終わる前に止められる、長い原稿（どの文も違う）。"""
    sentence = "社会福祉協議会は、地域の福祉をみんなで進めるための民間の団体です。"
    chapters = (f"# {n} 章\n\n{n}回めです。{sentence}\n\n" for n in range(40))
    return folder_with(tmp_path, "".join(chapters))


def wait_for_a_sound(process: subprocess.Popen[str], cache: Path) -> None:
    """声を作りはじめ、``cache`` に音が 1 つ増えるまで待つ。"""
    before = len(list(cache.glob("??/*.m4a")))
    while len(list(cache.glob("??/*.m4a"))) == before:
        assert process.poll() is None
        time.sleep(0.02)


def test_止める合図では_前の出力が残り_子のプロセスは残らない(
    tsutawaru: Tsutawaru, tmp_path: Path
) -> None:
    cache, out = tmp_path / "cache", tmp_path / "out"
    tsutawaru.environment["TSUTAWARU_CACHE"] = str(cache)
    plans = folder_with(tmp_path, "# はじめに\n\nこんにちは。\n")
    first = tsutawaru("publish", plans, "--out", out, "--only", "text")
    assert first.returncode == 0, first.stderr
    before = files_in(out)
    long_plan(tmp_path)
    for how, workers in ((signal.SIGINT, 1), (signal.SIGTERM, 2), (signal.SIGKILL, 2)):
        process = subprocess.Popen(
            [*COMMAND, "publish", plans, "--out", out, "--workers", str(workers)],
            env=tsutawaru.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        wait_for_a_sound(process, cache)
        children = descendants(process.pid)
        assert workers == 1 or len(children) >= workers
        process.send_signal(how)
        _, error = process.communicate(timeout=60)  # 子が標準エラーを持ったままなら、終わらない
        assert files_in(out) == before
        if how is signal.SIGKILL:
            assert (process.returncode, error) == (-how, "")
        else:
            assert process.returncode == 130
            assert japanese_sentence(error) and "途中で止めました" in error
            assert not (tmp_path / ".out.tsutawaru" / "new").exists()
        deadline = time.monotonic() + 30
        while any(map(alive, children)):
            assert time.monotonic() < deadline, how
            time.sleep(0.1)


def alive(pid: int) -> bool:
    """動いているか。終わって、片づけを待つだけのもの（Z）は数えない。"""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def descendants(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in found]


def test_変わった文字も長い文も版になる(tsutawaru: Tsutawaru, tmp_path: Path) -> None:
    long = "とても長い文は、どこまでも続き、" * 250
    body = (
        "# 😀と𠮷野家とﾊﾝｶｸ\n\n<script>alert(1)</script> & <b>太字</b>です。\n\n"
        f"👨‍👩‍👧‍👦 ｶﾞｷﾞｸﾞ e\u0301 ①～③。\n\n{long}。\n\n# 😀\n\n🎉\n"
    )
    plans = folder_with(tmp_path, body)
    done = tsutawaru("publish", plans, "--out", tmp_path / "out", "--voice", "silent")
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "out/tesuto/plan/standard/text/plan.txt").read_text(encoding="utf-8")
    assert "<script>alert(1)</script> & <b>太字</b>です。" in text and long in text
    for page in (tmp_path / "out").rglob("*.html"):
        assert "<script>alert" not in page.read_text(encoding="utf-8")


# そのほか ---------------------------------------------------------------------------


def test_書き出した原稿をもう一度公開しても同じ版になる(
    tsutawaru: Tsutawaru, tmp_path: Path
) -> None:
    done = tsutawaru("export", tmp_path / "exported")
    assert done.returncode == 0, done.stderr
    assert load_folder(tmp_path / "exported") == load_folder(BUNDLED)
    again = tsutawaru("export", tmp_path / "exported")
    assert again.returncode == 2 and "空のフォルダではありません" in again.stderr


def test_読みは1行に1行を返す(here: SameProcess) -> None:
    done = here("read", input="社会福祉協議会は、川崎市にあります。\n\nTELは044-739-8711です。\n")
    assert done.stdout.split("\n") == [
        "シャカイフクシキョーギカイワ、カワサキシニアリマス",
        "",
        done.stdout.split("\n")[2],
        "",
    ]
    assert "ゼロヨンヨン" in done.stdout
    ruby = here("read", "--ruby", input="社会福祉協議会は、川崎市にあります。\n")
    assert "｜川崎《かわさき》｜市《し》にあります。" in ruby.stdout


def test_社協の辞書とふりがなの指定で読む(here: SameProcess) -> None:
    line = "ふくし寄合処で、｜今日《こんにち》の話をする《。\n"
    broken = here("read", input=line)  # 書きかけのふりがなは、ふつうの字として読む
    assert broken.returncode == 0 and "コンニチノ" not in broken.stdout
    line = line.replace("《。", "。")
    plain = here("read", input=line)
    kawasaki = here("read", "--council", "kawasaki", input=line)
    assert "コンニチノ" in plain.stdout and "コンニチノ" in kawasaki.stdout
    assert "ヨリアイドコロ" in kawasaki.stdout


@pytest.mark.parametrize("suffix", ["wav", "mp3", "m4a"])
def test_文を声のファイルにする(here: SameProcess, tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"hello.{suffix}"
    done = here("say", "こんにちは。社会福祉協議会です。", "-o", file)
    assert done.returncode == 0, done.stderr
    with av.open(io.BytesIO(file.read_bytes())) as container:
        stream = container.streams.audio[0]
        assert (stream.rate, stream.channels) == (22_050, 1)
        assert container.duration is not None
        assert 3 < container.duration / av.time_base < 6


def test_パイプの読み手が先に終わっても黙って終わる(tsutawaru: Tsutawaru) -> None:
    process = subprocess.Popen(
        [*COMMAND, "read"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **tsutawaru.environment},
    )
    assert process.stdin and process.stdout
    process.stdout.close()
    _, error = process.communicate(("福祉\n" * 5000).encode(), timeout=60)
    assert error == b""
