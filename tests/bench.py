"""速さの測定（make bench）。比は、同じ機械で続けて測った CPU 時間や経過時間から求める。"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from accessibility.cache import Cache
from accessibility.readings import Reader
from accessibility.voices import OpenJTalk
from app.books import books
from content.bundle import BUNDLED, load_folder


@dataclass(frozen=True)
class Cost:
    cpu: float
    wall: float
    peak_mb: float


def child(*arguments: str, environment: dict[str, str] | None = None) -> Cost:
    """子プロセス（とその子）の CPU 時間、経過時間、いちばん大きいプロセスのメモリー。"""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, *arguments],
        env={**os.environ, **(environment or {})},
        stdout=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - start
    if status:
        raise SystemExit(f"{arguments} が失敗しました。")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(cpu, wall, usage.ru_maxrss / 1024)


def publish(folder: Path, name: str, workers: int = 1) -> Cost:
    """``folder`` の原稿（plans）から、すべての版を ``name`` に作る。控えは ``name`` ごとに別である。"""
    environment = {
        "TSUTAWARU_DATABASE_URL": f"sqlite:///{folder / name}.db",
        "TSUTAWARU_CACHE": str(folder / f"{name}-cache"),
    }
    arguments = ("publish", folder / "plans", "--out", folder / name, "--workers", workers)
    return child("-m", "app", *map(str, arguments), environment=environment)


def change_one_sentence(folder: Path) -> None:
    """いちばん大きい原稿の、終わりに近い段落の文をひとつ直す。"""
    plan = max(folder.rglob("*.md"), key=lambda path: path.stat().st_size)
    text = plan.read_text("utf-8")
    before, end, after = text.rpartition("ます。")
    plan.write_text(f"{before}ますので、ご覧ください。{after}", "utf-8")
    assert end


def bare_voice() -> None:
    """付属の計画の同じ文を、声にするだけ（符号化も控えもない）。CPU 秒と音の秒を標準出力に書く。"""
    voice = OpenJTalk()
    with tempfile.TemporaryDirectory() as folder:
        jobs = [j for b in books(load_folder(BUNDLED), voice, Cache(Path(folder))) for j in b.jobs]
    sentences = [s for job in jobs for s in job.sentences]
    distinct = list({tuple(r.words for r in s.runs): s for s in sentences}.values())
    start = time.process_time()
    seconds = sum(len(speech.samples) / speech.rate for speech in voice.speak(distinct))
    print(time.process_time() - start, seconds, len(distinct))


def reading() -> float:
    """付属の計画の 1 文に読みを付ける CPU 秒。"""
    reader = Reader()
    sentences = [s for p in load_folder(BUNDLED).publications for s in p.sentences]
    reader.read(sentences[0])
    start = time.process_time()
    for sentence in sentences:
        reader.read(sentence)
    return (time.process_time() - start) / len(sentences)


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="tsutawaru-bench-") as name:
        folder = Path(name)
        shutil.copytree(BUNDLED, folder / "plans")
        command = [sys.executable, "-m", "tests.bench", "voice"]
        voice = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        one = publish(folder, "one")
        two = publish(folder, "two", workers=2)
        again = min((publish(folder, "one") for _ in range(3)), key=lambda cost: cost.cpu)
        change_one_sentence(folder / "plans")
        changed = publish(folder, "one")
    print(f"読み（CPU）: 1 文 {reading() * 1000:.2f} ミリ秒（めざす値 1.5 以下）")
    voice_cpu, seconds, sentences = map(float, voice.split())
    print(
        f"声だけ: CPU {voice_cpu:.1f} 秒（{sentences:.0f} 文、音声 {seconds:.0f} 秒、RTF {voice_cpu / seconds:.4f}）"
    )
    print(
        f"すべての版: CPU {one.cpu:.1f} 秒、経過 {one.wall:.1f} 秒、最大メモリー {one.peak_mb:.0f} MB"
    )
    print(f"すべての版 ÷ 声だけ（CPU）: {one.cpu / voice_cpu:.2f}（めざす値 1.30 以下）")
    print(
        f"2 プロセス: 経過 {two.wall:.1f} 秒、1 プロセスの {one.wall / two.wall:.2f} 倍（めざす値 1.7 以上）"
    )
    for what, cost, aim in (("変わらない内容をもう一度", again, 1), ("1 文を直して", changed, 3)):
        print(
            f"{what}（CPU）: {cost.cpu:.2f} 秒、すべての {cost.cpu / one.cpu:.2%}"
            f"（めざす値 {aim} % 以下）"
        )


if __name__ == "__main__":
    if sys.argv[1:] == ["voice"]:
        bare_voice()
    else:
        main()
