"""分かち書き。文節の切れ目（｜）を、目で決めたものと比べる。"""

from __future__ import annotations

import pytest

from accessibility.phrases import phrase_starts
from content.model import Run
from tests.accessibility.spoken_words import sentence

PHRASES = """
区役所に｜電話して｜ください。
困った｜ことが｜ある｜ときは、だれでも｜相談する｜ことが｜できます。
この｜計画は、2024年度から｜2026年度までの｜3年間の｜計画です。
ひとりで｜暮らしている｜お年寄りの｜家に｜行って、話を｜聞いたり、買い物を｜手伝ったり｜します。
心配な｜ことが｜ありません。お金が｜足りなくて｜困っている｜人に、お金を｜貸しています。
社会福祉協議会〈地域の｜福祉の｜ために｜働く｜団体〉が｜作りました。
わからない｜ときは、電話（044-739-8711）で｜聞いて｜ください。
この｜計画は、市役所の｜計画ではありません。
だれもが｜自分らしく｜暮らせる｜まちを｜作ります。
ボランティア活動に｜参加したい｜人は、社協に｜聞いてみて｜ください。
「みんなの｜家」で、週に｜1回、集まりを｜開いています。
10人以上の｜人が、毎月｜第2土曜日の｜午前10時から｜午後3時まで｜集まります。
親子に｜加え｜高齢者も｜参加します。
見守り活動と｜支え合い活動を｜進めます。
「地域ネットワーク会議」という｜会議を｜使います。
高くないです。食べやすいです。
"""


@pytest.mark.parametrize("marked", PHRASES.split())
def test_文節の前で区切る(marked: str) -> None:
    runs = sentence(marked.replace("｜", "")).runs
    text = "".join(run.text for run in runs)
    starts = phrase_starts(runs)
    assert "".join("｜" * (i in starts) + c for i, c in enumerate(text)) == marked


def test_読みの付いていない文と記号だけの文は区切らない() -> None:
    assert phrase_starts([Run("読みのない文です。")]) == ()
    assert phrase_starts(sentence("♪〜。").runs) == ()


def test_見えない言葉は位置を変えない() -> None:
    runs = sentence("家に行きます。").runs
    hidden = Run("", "", runs[0].words)
    assert phrase_starts((hidden, *runs)) == phrase_starts(runs) == (2,)
