"""``export``・``read``・``say``: 文章を書き出す、読みを出す、声にする。"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from accessibility.readings import Reader, read_line
from accessibility.voices import VOICES, Voice
from app.arguments import DONE, BadCall, listed, standard_input
from app.output import OutputError, reason
from app.readers import readers
from app.say import FORMATS
from app.say import say as speak
from app.settings import Settings
from content.bundle import beside, write_folder
from content.store import Store
from content.workflow.proofs import Remark


def export(options: argparse.Namespace, settings: Settings) -> int:
    folder = Path(options.folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadCall(
            f"書き出す先 {folder} は空のフォルダではありません。新しい名前を選んでください。"
        )
    with Store.open_filled(settings.database_url) as store:
        bundle = store.published()
        try:
            write_folder(bundle, folder, store.sound)
            _write_sheets(store.remarks(), folder)
        except OSError as error:
            raise OutputError(
                f"{folder} に書けません{reason(error)}。別の場所を選んでください。"
            ) from error
    print(f"{folder.absolute()} に {len(bundle.publications)} 冊の原稿を書き出しました。")
    return DONE


def _write_sheets(remarks: Iterable[Remark], folder: Path) -> None:
    """校正表（TSV）。人の記録なので、``publish`` は読まない。"""
    from app.console.proof_sheet import sheet

    for (subject, register), mine in groupby(remarks, key=lambda r: (r.subject, r.kind)):
        path = beside(folder, "proofs", subject, register, ".tsv")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(sheet(mine, str, "\t"), encoding="utf-8", newline="")


def read(options: argparse.Namespace, settings: Settings) -> int:
    reader = _reader(options.council, settings)
    for line in standard_input():
        print(read_line(reader, line.rstrip("\n"), ruby=options.ruby))
    return DONE


def _reader(council: str | None, settings: Settings) -> Reader:
    """``council`` の辞書で読むもの。``None`` なら、どの社協の辞書も使わない。"""
    if council is None:
        return Reader()
    with Store.open_filled(settings.database_url) as store:
        known = readers(store.published())
    if council not in known:
        raise BadCall(
            f"「{council}」という社協はありません。--council には {listed(known)} が使えます。"
        )
    return known[council]


def say(options: argparse.Namespace, settings: Settings) -> int:
    voice = voice_named(options.voice)
    file = Path(options.output)
    if file.suffix not in FORMATS:
        raise BadCall(f"-o {file} は使えません。{listed(FORMATS)} で終わる名前にしてください。")
    seconds = speak(options.text, file, voice, _reader(options.council, settings))
    print(f"{file} に {seconds:.1f} 秒の音声を書きました。")
    return DONE


def voice_named(name: str) -> Voice:
    if name not in VOICES:
        raise BadCall(f"「{name}」という声はありません。--voice には {listed(VOICES)} が使えます。")
    return VOICES[name]()
