"""読み上げ。文ごとの切れ目（Clip）と節ごとの音声。音声版、ページ、EPUB、DAISY のただひとつの元。"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, as_completed
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np

from accessibility import sound
from accessibility.cache import Cache, digest
from accessibility.heard import Heard
from accessibility.manner import Manner
from accessibility.voices import Voice, words_of
from content.model import Section, Sentence, block_sentences

VERSION = 1
"""音の作り方を変えたら 1 つ増やす（古い控えを使わないため）。"""

# 文の後に足す間（秒）。声そのものにも、文の前後に 0.3 秒ほどの間がある。
_AFTER_HEADING, _AFTER_BLOCK, _AFTER_SECTION = 0.5, 0.35, 0.8


@dataclass(frozen=True, slots=True)
class Clip:
    """文ひとつの時間（秒）。節の音声の始まりから数える。すきまなく並び、後の間も含む。"""

    sentence_id: str
    begin: float
    end: float


@dataclass(frozen=True, slots=True)
class Track:
    """節ひとつの音声。``mp3``（CBR、ID3 なし）と ``aac``（m4a）は、どの版にも同じものを使う。

    ``clips`` の時刻は ``mp3`` の中の時刻（符号器の遅れを足したもの）。``seconds`` は ``mp3`` の長さ。
    mp3 はそのままつなげて 1 本にできる（次の節の時刻は ``seconds`` だけ後になる）。
    """

    section_id: str
    mp3: Path
    aac: Path
    seconds: float
    clips: tuple[Clip, ...]


@dataclass(frozen=True, slots=True)
class Narration:
    """出版物ひとつの読み上げ。

    ``sections`` は読む順の節（始めと終わりの枠を含む）で、``tracks`` と同じ順に並ぶ。
    ``credit`` は声の作り手と条件。``heard`` は音の要約（なければ空。聞いて校正には使えない）。
    """

    credit: str
    sections: tuple[Section, ...]
    tracks: tuple[Track, ...]
    heard: Heard = field(default_factory=Heard)

    @property
    def seconds(self) -> float:
        return sum(t.seconds for t in self.tracks)

    def track(self, section_id: str) -> Track:
        return next(t for t in self.tracks if t.section_id == section_id)


@dataclass(frozen=True, slots=True)
class TrackJob:
    """節ひとつの音声を作る仕事。別のプロセスや機械で、何度やり直してもよい。

    ``key`` は節の音声の、``sentence_keys`` は文の声の、控えの鍵。``gain`` は音の大きさの倍率。
    """

    key: str
    section_id: str
    sentences: tuple[Sentence, ...]
    sentence_keys: tuple[str, ...]
    pauses: tuple[float, ...]
    voice: Voice
    gain: float
    cache: Cache


def track_job(section: Section, voice: Voice, cache: Cache, manner: Manner) -> TrackJob:
    """``section`` を、``manner`` の速さと間と大きさで読む仕事。"""
    voice = voice.at(manner.speed)
    sentences, pauses = zip(*_timed(section, manner.after_sentence), strict=True)
    gain = voice.gain * manner.gain
    settings = (VERSION, voice.id, gain)
    keys = tuple(_sentence_key(sentence, settings) for sentence in sentences)
    spoken = list(zip((s.id for s in sentences), keys, pauses, strict=True))
    key = digest("track", *settings, section.id, spoken)
    return TrackJob(key, section.id, sentences, keys, pauses, voice, gain, cache)


def narrate(
    jobs: Sequence[TrackJob],
    executor: Executor,
    progress: Callable[[TrackJob, bool], None] = lambda job, reused: None,
) -> list[Track]:
    """仕事の順に音声を返す。控えにあるものは作らない。``progress`` には控えを使ったかどうかを渡す。"""
    tracks = [cached_track(job) for job in jobs]
    futures: dict[Future[Track], int] = {}
    # 長い節から始めると、最後に 1 つの仕事だけが残る時間が短い。
    for index in sorted(range(len(jobs)), key=lambda i: -sum(map(_length, jobs[i].sentences))):
        if tracks[index] is None:
            futures[executor.submit(make_track, jobs[index])] = index
        else:
            progress(jobs[index], True)
    try:
        for future in as_completed(futures):
            index = futures[future]
            tracks[index] = future.result()
            progress(jobs[index], False)
    except BaseException:
        for future in futures:
            future.cancel()
        raise
    return [track for track in tracks if track is not None]


def cached_track(job: TrackJob) -> Track | None:
    """控えの音声。ないか、こわれていれば ``None``。"""
    facts = job.cache.get_json(job.key)
    if facts is None:
        return None
    mp3 = job.cache.file(job.key, ".mp3", facts["mp3"])
    aac = job.cache.file(job.key, ".m4a", facts["aac"])
    if mp3 is None or aac is None:
        return None
    clips = tuple(Clip(*clip) for clip in facts["clips"])
    return Track(job.section_id, mp3, aac, facts["seconds"], clips)


def make_track(job: TrackJob) -> Track:
    parts: list[sound.Pcm] = []
    ends: list[int] = []
    length = 0
    for pcm, pause in zip(_spoken(job), job.pauses, strict=True):
        parts += [pcm, np.zeros(round(pause * sound.RATE) if len(pcm) else 0, np.int16)]
        length += len(parts[-2]) + len(parts[-1])
        ends.append(length)
    if not length:  # 読むもののない節（絵文字だけなど）にも、ファイルは 1 つ要る
        parts.append(np.zeros(sound.RATE, np.int16))
    encoded = sound.encode_mp3(parts)
    mp3, mp3_digest = job.cache.put_file(job.key, ".mp3", encoded)
    aac, aac_digest = job.cache.put_file(job.key, ".m4a", sound.encode_aac(parts))
    seconds = sound.mp3_seconds(encoded)
    clips = _clips(job, ends, seconds)
    job.cache.put_json(
        job.key,
        {
            "mp3": mp3_digest,
            "aac": aac_digest,
            "seconds": seconds,
            "clips": [[c.sentence_id, c.begin, c.end] for c in clips],
        },
    )
    return Track(job.section_id, mp3, aac, seconds, clips)


def _clips(job: TrackJob, ends: Sequence[int], seconds: float) -> tuple[Clip, ...]:
    """声のある文の切れ目。最初は 0 秒から、最後は音声の終わりまで。"""
    voiced = [
        (sentence.id, begin, end)
        for sentence, (begin, end) in zip(job.sentences, pairwise([0, *ends]), strict=True)
        if end > begin
    ]
    times = [(end + sound.MP3_DELAY) / sound.RATE for _, _, end in voiced]
    borders = [0.0, *(round(t, 3) for t in times[:-1]), round(seconds, 3)]
    return tuple(
        Clip(id, begin, end)
        for (id, _, _), (begin, end) in zip(voiced, pairwise(borders), strict=False)
    )


def _spoken(job: TrackJob) -> Iterator[sound.Pcm]:
    """文ごとの 22.05 kHz の音。控えにない文だけを声にする。"""
    keys = job.sentence_keys
    cached = {key: job.cache.get(key) for key in dict.fromkeys(keys)}
    missing = {key: s for key, s in zip(keys, job.sentences, strict=True) if cached[key] is None}
    for key, speech in zip(missing, job.voice.speak(list(missing.values())), strict=True):
        pcm = sound.to_pcm(speech.samples, speech.rate, job.gain)
        cached[key] = pcm.astype("<i2").tobytes()
        job.cache.put(key, cached[key] or b"")
    for key in keys:
        yield np.frombuffer(cached[key] or b"", "<i2").astype(np.int16)


def _sentence_key(sentence: Sentence, settings: tuple[int, str, float]) -> str:
    """文の声の鍵。声と、声にする語だけから決まる（同じ言葉なら、どの出版物でも同じ）。"""
    words = [[w.sound, w.accent, w.chained, w.pos] for w in words_of(sentence)]
    return digest("sentence", *settings, words)


def _timed(section: Section, after_sentence: float) -> Iterator[tuple[Sentence, float]]:
    """節の文と、その後の間（秒）。"""
    blocks = [list(block_sentences(block)) for block in section.blocks]
    timed = [(section.heading, _AFTER_HEADING)]
    for sentences in blocks:
        timed += [(sentence, 0.0) for sentence in sentences[:-1]]
        timed += [(sentence, _AFTER_BLOCK) for sentence in sentences[-1:]]
    *before, (last, _) = timed
    yield from ((sentence, pause + after_sentence) for sentence, pause in before)
    yield last, _AFTER_SECTION + after_sentence


def _length(sentence: Sentence) -> int:
    return sum(len(w.sound) for w in words_of(sentence))
