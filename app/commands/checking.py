"""``check``: やさしい日本語かどうかを調べ、直す所と点を出す。"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from dataclasses import asdict
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from app.arguments import DONE, REFUSED, BadCall, Refused, standard_input
from app.output import reason
from app.settings import Settings
from content.bundle import EXCUSES_FILE, load_publication
from content.model import Publication

if TYPE_CHECKING:
    from accessibility.plain import Remark, Report

_SHOWN = 40
_LOWERING = 3
_FRONT = "---"


def check(options: argparse.Namespace, settings: Settings) -> int:
    """調べて、直すものがあれば 1 を返す。``--lines`` は、1 行ごとに点だけを出す。"""
    if options.json and options.lines:
        raise BadCall("--json と --lines は、どちらか 1 つだけにしてください。")
    if options.lines:
        return _lines(standard_input() if options.file == "-" else StringIO(_read(options.file)))
    report = _text("".join(standard_input())) if options.file == "-" else _file(options.file)
    print(_json(report) if options.json else _shown(report))
    return REFUSED if report.warnings else DONE


def _lines(lines: Iterable[str]) -> int:
    """空の行には空の行を返す。"""
    from accessibility.plain.score import line_score
    from accessibility.plain.words import Analyser

    analyser = Analyser()
    for line in lines:
        said = line.strip()
        print(line_score(said, analyser) if said else "")
    return DONE


def _text(text: str) -> Report:
    from accessibility.plain import check_text

    return check_text(text.removesuffix("\n"))


def _file(shown: str) -> Report:
    """原稿なら節ごとに、そうでなければ文字として調べる。"""
    from accessibility.plain import ExcusesError, check_publication, parse_excuses

    path, text = Path(shown).absolute(), _read(shown)
    if path.suffix != ".md" or not text.startswith(_FRONT):
        return _text(text)
    publication = load_publication(path, text, file=shown)
    try:
        table = path.with_name(EXCUSES_FILE)
        excuses = parse_excuses(_read(str(table)), str(table)) if table.exists() else ()
    except ExcusesError as error:
        raise Refused(str(error)) from error
    return check_publication(publication, _standard(path, publication), excuses, text)


def _standard(path: Path, publication: Publication) -> Publication | None:
    """やさしい日本語の版の隣にある、ふつうの版。"""
    beside = path.with_name(f"{publication.name}.md")
    if publication.register == "standard" or not beside.exists():
        return None
    return load_publication(beside, _read(str(beside)), file=str(beside))


def _read(file: str) -> str:
    if not Path(file).exists():
        raise BadCall(f"{file} というファイルはありません。ファイルの名前を確かめてください。")
    try:
        text = Path(file).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadCall(f"{file} は UTF-8 ではありません。UTF-8 で保存してください。") from error
    except OSError as error:
        raise BadCall(f"{file} を開けません{reason(error)}。場所を確かめてください。") from error
    return text.replace("\r\n", "\n")


def _json(report: Report) -> str:
    return json.dumps(
        {
            "score": report.score.index if report.score.measured else None,
            "jreadability": report.jreadability,
            "signals": [asdict(s) | {"points": s.points} for s in report.score.signals],
            "remarks": [
                {
                    "code": r.code,
                    "severity": r.severity,
                    "section": r.section,
                    "line": r.line,
                    "start": r.start,
                    "end": r.end,
                    "text": r.text,
                    "message": r.message,
                    "suggestion": r.suggestion,
                    "excuse": r.excuse,
                }
                for r in report.remarks
            ],
        },
        ensure_ascii=False,
    )


def _shown(report: Report) -> str:
    lines = [line for remark in report.remarks for line in _remark_lines(remark)]
    hints = [r for r in report.remarks if r.severity == "hint" and not r.excuse]
    excused = [r for r in report.remarks if r.excuse]
    lines.append(
        f"直すもの {len(report.warnings)}、考えるもの {len(hints)}、わけがあって認めたもの {len(excused)}"
    )
    return "\n".join(lines + _score_lines(report))


def _score_lines(report: Report) -> list[str]:
    score = report.score
    lines = [score.meaning]
    if score.measured:
        lines = [f"やさしさの点: {score.index:.0f}（100 がいちばんやさしい）。{score.meaning}"]
    lines += [
        f"  {s.label}: {s.shown}（−{s.lost:.1f} 点）。{s.advice}"
        for s in score.lowering[:_LOWERING]
    ]
    if report.jreadability is not None:
        lines.append(f"参考: jReadability {report.jreadability:.2f}（大きいほどやさしい）")
    return lines


def _remark_lines(remark: Remark) -> list[str]:
    mark = "認めた" if remark.excuse else "直す" if remark.open else "考える"
    said = remark.text.strip()
    said = said if len(said) <= _SHOWN else f"{said[:_SHOWN]}…"
    lines = [f"{remark.line} 行目【{mark}】「{said}」{remark.message}（{remark.code}）"]
    if remark.suggestion:
        lines.append(f"    例: {remark.suggestion}")
    if remark.excuse:
        lines.append(f"    認めたわけ: {remark.excuse}")
    return lines
