"""読みの辞書の間（ま）。声だけが休み、文字、ふりがな、分かち書きは変わらない。"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
import pyopenjtalk
import pytest

from accessibility.cache import Cache
from accessibility.dictionary import PAUSES, Dictionary, Entry, parse_dictionary
from accessibility.frontend import Pause
from accessibility.heard import sentence_key
from accessibility.manner import Manner
from accessibility.narration import narrate, track_job
from accessibility.phrases import phrase_starts
from accessibility.readings import Reader, read_line
from accessibility.remembering import RememberingReader
from accessibility.ruby import ruby_parts, to_notation
from accessibility.voices import (
    OpenJTalk,
    Pyttsx3,
    Silent,
    Speech,
    kana_for_speech,
    njd_features,
    words_of,
)
from app.workers import InlineExecutor
from bot.furigana import written
from content.bundle import BUNDLED, load_folder
from content.inline import parse_inline
from content.model import Run, Section, Sentence

PLAN = "この計画は市民の皆さんと話し合いながら作りました。"
CHILD = "障がいのある人（児）と、その家族を支えます。"


def entry(word: str, reading: str, pause: Pause) -> Dictionary:
    return Dictionary([Entry(word, reading, pause=pause)])


def read(text: str, words: Dictionary | None = None) -> Sentence:
    return Reader(words).read(Sentence("s", parse_inline(text)))


def said(text: str, words: Dictionary | None = None) -> str:
    """声にするかな。間は「、」。"""
    return kana_for_speech(read(text, words))


def labels(sentence: Sentence) -> list[str]:
    return pyopenjtalk.make_label(njd_features(words_of(sentence)))


# 入れる ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pause", "kana"),
    [
        ("", "コノケーカクワシミンノミナサント"),
        ("前", "コノケーカクワ、シミンノミナサント"),
        ("後", "コノケーカクワシミン、ノミナサント"),
        ("前後", "コノケーカクワ、シミン、ノミナサント"),
        ("なし", "コノケーカクワシミンノミナサント"),
    ],
)
def test_語の前と後で休む(pause: Pause, kana: str) -> None:
    assert said(PLAN, entry("市民", "しみん", pause)).startswith(kana)


def test_間は文字のないRunにあり_文字とふりがなには出ない() -> None:
    sentence = read(PLAN, entry("市民", "しみん", "前後"))
    assert sentence.text == PLAN
    before, after = (i for i, run in enumerate(sentence.runs) if not run.text)
    assert [r.text for r in sentence.runs[before : after + 1]] == ["", "市民", ""]
    for run in (sentence.runs[before], sentence.runs[after]):
        assert (run.sound, run.reading, ruby_parts(run)) == ("", "", ())
        assert all(word.is_pause for word in run.words)
    assert to_notation(sentence.runs) == to_notation(read(PLAN).runs)


def test_読みの命令の出力には_入れた間の記号が出ない() -> None:
    for pause in PAUSES:
        reader = Reader(entry("市民", "しみん", pause))
        assert read_line(reader, PLAN) == read_line(Reader(), PLAN)
        assert read_line(reader, CHILD) == read_line(Reader(), CHILD)
        assert read_line(reader, PLAN, ruby=True) == read_line(Reader(), PLAN, ruby=True)


@pytest.mark.parametrize(
    ("text", "pause", "kana"),
    [
        ("市民の声。", "前", "シミンノコエ"),
        ("声は市民。", "後", "コエワシミン"),
        ("声は、市民、です。", "前後", "コエワ、シミン、デス"),
        ("声は（市民）です。", "前後", "コエワ、シミン、デス"),
        ("市民？はい。", "後", "シミン、ハイ"),
        ("市民市民の声", "前後", "シミン、シミン、ノコエ"),
    ],
)
def test_文の端と_もう間のある所には_入れない(text: str, pause: Pause, kana: str) -> None:
    assert said(text, entry("市民", "しみん", pause)) == kana


def test_数と助数詞の間には入れず_読みもふりがなの単位も変わらない() -> None:
    words = entry("人", "にん", "前後")
    assert said("5人の班", words) == "ゴニン、ノハン"
    assert [run.text for run in read("5人の班", words).runs] == ["5人", "", "の", "班"]
    # 数を間で切ると、ロッカイがロクカイになる。
    assert said("6回と回の話", entry("回", "かい", "前")) == "ロッカイト、カイノハナシ"


def test_ルビの指定のある所には_辞書の間も使わない() -> None:
    assert "、" not in said("声は｜市民《しみん》の声", entry("市民", "しみん", "前後"))


def test_とても長い文でも_どの語の前でも休む() -> None:
    text = "この町の市民" * 120
    assert said(text, entry("市民", "しみん", "前")).count("、シミン") == 120


# なし --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "usual", "joined"),
    [
        ("障がいのある人（児）と", "ショーガイノアルヒト、コ、ト", "ショーガイノアルヒトジト"),
        ("人・児・物", "ヒト、コ、モノ", "ヒトジモノ"),
        ("人 児 物", "ヒト、コ、モノ", "ヒトジモノ"),
        ("人「児」「物」", "ヒトコ、モノ", "ヒトジモノ"),
        ("人、児。物、児", "ヒト、コ、モノ、コ", "ヒト、ジ、モノ、ジ"),
        ("人（児）、物", "ヒト、コ、モノ", "ヒトジ、モノ"),
    ],
)
def test_なしの語は_となりの記号の所で休まず_書いた読点では休む(
    text: str, usual: str, joined: str
) -> None:
    words = entry("児", "じ", "なし")
    assert said(text).replace("ジ", "コ") == usual
    assert said(text, words) == joined
    assert read(text, words).text == text


# 変わらないもの --------------------------------------------------------------------------


def silent(run: Run) -> Run:
    """声のこと（アクセント、無声化）を除いた Run。"""
    words = (replace(w, accent=0, sound=w.sound.replace("’", ""), pos="") for w in run.words)
    return replace(run, words=tuple(words))


def plan_sentences() -> Iterator[Sentence]:
    for publication in load_folder(BUNDLED).publications:
        yield from publication.sentences


def test_付属の計画のどの語に間を書いても_文字の側は何も変わらない() -> None:
    paused = 0
    for number, sentence in enumerate(islice(plan_sentences(), 0, None, 9)):
        usual = Reader().read(sentence)
        words = [
            r for r in usual.runs if r.text and r.reading and len(r.words) == 1 and not r.fixed
        ]
        if not words:
            continue
        word = words[number % len(words)]
        # 読みを辞書に書いただけのときと比べる。
        same = Reader(entry(word.text, word.reading or "", "")).read(sentence)
        for pause in PAUSES[1:]:
            done = Reader(entry(word.text, word.reading or "", pause)).read(sentence)
            assert [silent(r) for r in done.runs if r.text] == [silent(r) for r in same.runs]
            assert phrase_starts(done.runs) == phrase_starts(same.runs)
            for mode in ("hiragana", "brackets"):
                assert written(done.runs, mode) == written(same.runs, mode)
            pauses = [w for w in words_of(done) if w.is_pause]
            assert len([x for x in labels(done) if "-pau+" in x]) == len(pauses)
            paused += len(pauses) != len([w for w in words_of(same) if w.is_pause])
    assert paused > 100


# 声 ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "word"),
    [
        *((PLAN, word) for word in ("市民", "皆さん", "計画")),
        # 複合語の途中。前も後も、短いアクセント句になる。
        ("地域福祉計画を作りました。", "計画"),
        ("市民活動団体を支えます。", "活動"),
        ("生活相談員が来ます。", "相談"),
    ],
)
def test_語から作るラベルは_読点を書いたときと同じ(text: str, word: str) -> None:
    """アクセントの切れ方まで、「、」と同じに聞こえる。"""
    (run,) = (r for r in read(text).runs if r.text == word)
    comma = text.replace(word, f"、{word}")
    plain, paused = (entry(word, run.reading or "", pause) for pause in ("", "前"))  # type: ignore[arg-type]  # PAUSES のどれか
    assert labels(read(text, paused)) == labels(read(comma, plain))
    assert labels(read(text, paused)) != labels(read(text, plain))


def seconds(speech: Speech) -> float:
    return len(speech.samples) / speech.rate


def rests(speech: Speech) -> list[tuple[float, float]]:
    """0.1 秒以上の、音のない所（秒）。文の前後を除く。"""
    size = speech.rate // 100
    frames = speech.samples[: len(speech.samples) // size * size].reshape(-1, size)
    loud = np.flatnonzero(np.sqrt((frames**2).mean(axis=1)) > 0.003)
    return [(a / 100, b / 100) for a, b in pairwise(loud) if b - a > 10]


@pytest.mark.parametrize("voice", [OpenJTalk(), Pyttsx3()])
def test_声は_入れた所で_黙る(voice: OpenJTalk | Pyttsx3) -> None:
    usual, before, after = voice.speak(
        [read(PLAN), *(read(PLAN, entry("市民", "しみん", p)) for p in ("前", "後"))]  # type: ignore[arg-type]  # PAUSES のどれか
    )
    assert rests(usual) == []
    (one,), (two,) = rests(before), rests(after)
    for speech, (begin, end) in ((before, one), (after, two)):
        assert seconds(speech) == pytest.approx(seconds(usual) + end - begin, abs=0.15)
    # 「この計画は」の後と、「市民」の後。全体の 4 分の 1 ほどの所である。
    assert 0.15 < one[0] / seconds(usual) < two[0] / seconds(usual) < 0.45


@pytest.mark.parametrize("voice", [OpenJTalk(), Pyttsx3()])
def test_声は_なしの所で_黙らない(voice: OpenJTalk | Pyttsx3) -> None:
    usual, joined = voice.speak([read(CHILD), read(CHILD, entry("児", "じ", "なし"))])
    assert (len(rests(usual)), len(rests(joined))) == (3, 1)


def test_音のない声も_間の分だけ長い() -> None:
    lengths = [
        seconds(next(Silent().speak([read(PLAN, entry("市民", "しみん", pause))])))
        for pause in PAUSES
    ]
    assert np.diff([lengths[0], lengths[1], lengths[3]]) == pytest.approx([0.3, 0.3])
    assert lengths[0] == lengths[4]


# 控え --------------------------------------------------------------------------------


def test_間を変えると_音の控えの鍵と_校正した音の要約が変わる(tmp_path: Path) -> None:
    text = "市の計画（市民）は市民の計画です。"
    sentences = [read(text, entry("市民", "しみん", pause)) for pause in PAUSES]
    jobs = [track_job(Section("a", 1, s), Silent(), Cache(tmp_path), Manner()) for s in sentences]
    assert len({job.key for job in jobs}) == len(PAUSES)
    assert len({job.sentence_keys for job in jobs}) == len(PAUSES)
    assert len({sentence_key(s, "声") for s in sentences}) == len(PAUSES)


def test_文の切れ目は_間の分だけ長く_すきまなく並ぶ(tmp_path: Path) -> None:
    usual, paused = (
        narrate(
            [track_job(Section("a", 1, s), Silent(), Cache(tmp_path), Manner())], InlineExecutor()
        )[0]
        for s in (read(PLAN), read(PLAN, entry("市民", "しみん", "前後")))
    )
    (one,), (two,) = usual.clips, paused.clips
    assert (two.begin, two.end) == (0, round(paused.seconds, 3))
    assert two.end - one.end == pytest.approx(0.6, abs=0.06)


def test_控えた読みにも_間が残る(tmp_path: Path) -> None:
    words = entry("児", "じ", "なし") + entry("家族", "かぞく", "後")
    first = RememberingReader(words, Cache(tmp_path), "key")
    runs = first.read_text(CHILD)
    first.save()
    assert RememberingReader(None, Cache(tmp_path), "key").read_text(CHILD) == runs
    assert runs == Reader(words).read_text(CHILD) != Reader().read_text(CHILD)


# 表 ----------------------------------------------------------------------------------

OLD = "語\t読み\tアクセント\t備考\n"
NEW = "語\t読み\tアクセント\t備考\t間\n"


def test_間の列のある表と_前からの表を読む() -> None:
    rows = "社協\tしゃきょう\t0\t略称\n長尾\tながお\n"
    old, new = parse_dictionary(OLD + rows), parse_dictionary(NEW + rows)
    assert old.entries == new.entries
    table = NEW + "社協\tしゃきょう\t0\t略称\t前後\n長尾\tながお\t\t\tなし\n長沢\tながさわ\n"
    assert [(e.word, e.note, e.pause) for e in parse_dictionary(table).entries] == [
        ("社協", "略称", "前後"),
        ("長尾", "", "なし"),
        ("長沢", "", ""),
    ]
