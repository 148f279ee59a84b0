"""``ask``・``rank``: 質問に答える、文章を近い順に並べる。"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from accessibility.cache import Cache
from app.arguments import DONE, BadCall, Refused, count, listed, standard_input
from app.settings import Settings
from content.model import REGISTERS
from content.store import Store


def ask(options: argparse.Namespace, settings: Settings) -> int:
    """質問が「-」なら、1 行に 1 つの質問を読み、1 行に 1 つの JSON を書く。"""
    # 読みと索引の部品は重いので、ほかの命令を待たせないように、ここで読み込む。
    from app.knowledge import knowledge
    from bot.answer import ask_lines

    if options.register not in REGISTERS:
        raise BadCall(
            f"--register {options.register} は使えません。{listed(REGISTERS)} のどちらかにしてください。"
        )
    with Store.open_filled(settings.database_url) as store:
        known = knowledge(store.published(), Cache(settings.cache))
    lines = standard_input() if options.question == "-" else [options.question]
    for answer in ask_lines(known.brain, lines, options.register, settings.base_url):
        if options.json or options.question == "-":
            print(json.dumps(answer, ensure_ascii=False), flush=True)
        else:
            print(_shown(answer))
    return DONE


def _shown(answer: dict[str, Any]) -> str:
    lines = [answer["text"]]
    if answer["note"]:
        lines.append(f"（{answer['note']}）")
    lines += [f"もとの文章: {s['title']} {s['url']}" for s in answer["sources"]]
    lines += [f"・{s['label']}" for s in answer["suggestions"]]
    return "\n".join(lines)


def rank(options: argparse.Namespace, settings: Settings) -> int:
    from bot.search import RankError
    from bot.search import rank as rank_all

    most = count(options.k, "-k", 10_000)
    try:
        with (
            Path(options.passages).open(encoding="utf-8-sig") as passages,
            Path(options.queries).open(encoding="utf-8-sig") as queries,
        ):
            rank_all(
                passages,
                queries,
                most,
                sys.stdout.write,
                names=(options.passages, options.queries),
                cache=Cache(settings.cache),
            )
    except RankError as error:
        raise Refused(str(error)) from error
    except OSError as error:
        raise BadCall(f"{error.filename} を開けません。場所を確かめてください。") from error
    except UnicodeDecodeError as error:
        raise BadCall(
            "文章か質問のファイルが UTF-8 ではありません。UTF-8 で保存してください。"
        ) from error
    return DONE
