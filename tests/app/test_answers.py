"""``ask`` と ``rank``: 命令としての約束。答えの良し悪しは tests/bot で確かめる。"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.app.in_process import SameProcess
from tests.conftest import Tsutawaru

KEYS = {"question", "kind", "answered", "text", "sources", "suggestions", "confidence"}


def test_答えは約束の形のJSONで_引用にはもとが1つある(tsutawaru: Tsutawaru) -> None:
    tsutawaru.environment["TSUTAWARU_BASE_URL"] = "https://example.jp/"
    done = tsutawaru("ask", "第6期計画の基本理念は何ですか", "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer.keys() >= KEYS
    assert answer["kind"] == "quote" and answer["answered"] is True
    assert "みんなで支えあい" in answer["text"] and len(answer["text"]) <= 300
    (source,) = answer["sources"]
    assert source.keys() == {"publication", "section", "title", "url", "quote"}
    assert source["publication"].startswith("kawasaki/plan-6")
    assert source["url"].startswith("https://example.jp/kawasaki/plan-6")
    assert 0 <= answer["confidence"] <= 1


def test_標準入力の1行に1つのJSONを返し_タブは会話の続き(tsutawaru: Tsutawaru) -> None:
    lines = (
        "音声版はどこ？\n川崎フロンターレの試合結果\n第6期計画の基本理念は？\tもっとくわしく\n\n"
    )
    done = tsutawaru("ask", "-", input=lines)
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == 4
    assert [a["answered"] for a in answers[:2]] == [True, False]
    assert answers[2]["question"] == "もっとくわしく"


def test_人の読む形では_答えともとの文章の場所を出す(here: SameProcess) -> None:
    done = here("ask", "第6期計画の基本理念は何ですか", "--register", "plain")
    assert done.returncode == 0, done.stderr
    assert "みんなで支えあい" in done.stdout
    assert "もとの文章: " in done.stdout and "kawasaki/plan-6/plain/web/" in done.stdout
    assert "まだない" not in done.stdout


def test_言葉の意味は_言葉の説明のページの文で答える(here: SameProcess) -> None:
    here.environment["TSUTAWARU_BASE_URL"] = "https://example.jp"
    done = here("ask", "アウトリーチって何？", "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    (source,) = answer["sources"]
    assert answer["kind"] == "quote"
    assert source["title"] == "言葉の説明 アウトリーチ"
    assert source["url"] == f"https://example.jp/words.html#{source['section']}"
    assert source["publication"] == "" and source["quote"] in answer["text"]
    assert answer["suggestions"]


def test_知らない文章の名前は断る(here: SameProcess) -> None:
    done = here("ask", "音声", "--register", "easy")
    assert done.returncode == 2
    assert "--register easy は使えません" in done.stderr


def test_文章を近い順に並べる(here: SameProcess, tmp_path: Path) -> None:
    passages = [("a", "図書館は月曜日に休みます。"), ("b", "ごみは朝八時までに出します。")]
    write(tmp_path / "p.jsonl", [{"id": id, "text": text} for id, text in passages])
    write(tmp_path / "q.jsonl", [{"id": 1, "text": "ごみ出しの時間"}, {"id": 2, "text": "図書館"}])
    done = here("rank", "--passages", tmp_path / "p.jsonl", "--queries", tmp_path / "q.jsonl")
    assert done.returncode == 0, done.stderr
    ranked = [json.loads(line) for line in done.stdout.splitlines()]
    assert [r["id"] for r in ranked] == [1, 2]
    assert [r["ranked"][0] for r in ranked] == ["b", "a"]
    for r in ranked:
        assert len(r["ranked"]) == len(r["scores"])
        assert r["scores"] == sorted(r["scores"], reverse=True)


@pytest.mark.parametrize(
    ("passages", "queries", "k", "message"),
    [
        ('{"id": "a", "text": "文"}\nこわれた行\n', '{"id": 1, "text": "文"}\n', "10", "2 行目"),
        ('{"id": "a", "text": "文"}\n', '{"id": 1}\n', "10", "1 行目"),
        ('{"id": "a", "text": "文"}\n', '{"id": 1, "text": "文"}\n', "0", "-k 0 は使えません"),
        (None, '{"id": 1, "text": "文"}\n', "10", "p.jsonl を開けません"),
    ],
)
def test_並べられない入力は日本語の1文で断る(
    here: SameProcess,
    tmp_path: Path,
    passages: str | None,
    queries: str,
    k: str,
    message: str,
) -> None:
    if passages is not None:
        (tmp_path / "p.jsonl").write_text(passages, encoding="utf-8")
    (tmp_path / "q.jsonl").write_text(queries, encoding="utf-8")
    done = here(
        "rank", "--passages", tmp_path / "p.jsonl", "--queries", tmp_path / "q.jsonl", "-k", k
    )
    assert done.returncode in (1, 2)
    assert message in done.stderr
    assert done.stderr.count("\n") == 1


def write(path: Path, records: list[dict[str, object]]) -> None:
    lines = (json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    path.write_text("".join(lines), encoding="utf-8")
