"""会話。人が言ったことと、返ってくることだけで確かめる。"""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from accessibility.glossary import Glossary
from bot.answer import CHOOSE, Brain
from bot.clips import AudioClips
from bot.conversation import Conversation
from bot.furigana import FuriganaMode
from bot.person import Person, forget_turns, person_from_json, person_to_json
from bot.reply import Answer
from bot.turn import Turn
from channels.audio import AudioChannel
from channels.wording import Wording
from content.bundle import BUNDLED, Bundle, load_folder
from content.inline import parse_inline
from content.model import Contact, Council, Register
from content.workflow import EmergencyText
from tests.bot.talking import (
    BODY,
    CONTACT,
    COUNCIL,
    CRISIS,
    LONG,
    NEAR,
    FakeBrain,
    Resident,
    labels,
    publication,
    quote,
    reader,
    source,
    texts,
)
from tests.channels.books import narrated

BOT = Path(__file__).parent.parent.parent / "bot"
KANJI = re.compile(r"[々〆一-鿿]")
RICH_MENU = (
    "質問する",
    "音声で聞く",
    "やさしい日本語",
    "計画を読む",
    "受け取り方",
    "相談・問い合わせ",
)
WATCH = "見守りはありますか"


def known(*answers: Answer) -> FakeBrain:
    return FakeBrain({answer.question: answer for answer in answers})


# 始める ---------------------------------------------------------------------------


def test_友だちになると_だれで何が聞けるかと_書かないでほしいことを言う() -> None:
    turn = Resident().says("", "follow")
    said = turn.bubbles[0].text
    assert "試験社会福祉協議会" in said
    assert "計画" in said
    assert "お名前や病気のことは書かないでください" in said
    assert "やさしい日本語" in said
    assert "ふりがな" in said
    assert "職員に確かめ" in said
    assert labels(turn)[:6] == list(RICH_MENU)


@pytest.mark.parametrize("name", RICH_MENU)
def test_メニューは_言葉でも番号でも同じ返事で_質問とは思わない(name: str) -> None:
    resident, other = Resident(), Resident()
    offered = labels(resident.says("メニュー"))
    other.says("メニュー")
    by_number = resident.says(str(offered.index(name) + 1))
    assert other.says(name) == by_number
    assert by_number.bubbles
    assert not resident.brain.asked
    assert not other.brain.asked


def test_番号は_いろいろに書ける() -> None:
    expected = Resident().says("計画を読む")
    for said in ("4", "４", "④", "4番", "4。", " 4 ", "四", "四番です", "よん"):
        resident = Resident()
        resident.says("メニュー")
        assert (resident.says(said) == expected) == (said != "よん"), said


def test_ない番号は_選べる番号を言って_もう一度示す() -> None:
    resident = Resident()
    before = labels(resident.says("ふりがな"))
    turn = resident.says("9")
    assert "1から4までの番号" in turn.bubbles[0].text
    assert labels(turn) == before
    assert resident.says("3").person.furigana == "hiragana"


def test_見えない字や空の言葉には_メニューを示す() -> None:
    for said in ("", "  ", "\u200b", "\x00\x07", "。。。"):
        turn = Resident().says(said)
        assert turn.bubbles, said


def test_言い方が少し違っても_同じことだと分かる() -> None:
    for said in (
        "もっと詳しく",
        "くわしく。",
        "クワシク",
        "くわしくお願いします",
        "もっとくわしく教えて",
    ):
        resident = Resident(known(quote(WATCH)))
        resident.says(WATCH)
        assert len(resident.brain.asked) == 1
        resident.says(said)
        assert len(resident.brain.asked) == 1, said
    resident.says("くわしい人はだれですか")
    assert len(resident.brain.asked) == 2


# 答える ---------------------------------------------------------------------------


def test_最初の吹き出しが140字までで答え_次に出どころと_分かったかを尋ねる() -> None:
    turn = Resident(known(quote("長い", LONG))).says("長い")
    first, where = turn.bubbles
    assert LONG.startswith(first.text)
    assert first.text.endswith("。")
    assert 100 < len(first.text) <= 140
    assert where.kind == "card"
    assert "出どころ：第6期計画 見守り" in where.text
    assert "この答えで分かりましたか（はい・いいえ）" in where.text
    (link,) = where.links
    assert link.url == "https://example.jp/shiken/plan-6/standard/web/watch.html"
    assert labels(turn) == ["はい", "いいえ", "くわしく", "やさしい日本語", "近い話題"]
    assert link.url in where.alt


def test_続きの文まで区切りがなくても_140字までで_残りはくわしくで言う() -> None:
    text = "切れ目のない文" * 40
    resident = Resident(known(quote("長い", text)))
    first = resident.says("長い").bubbles[0].text
    assert len(first) == 140
    assert first.endswith("…")
    assert first.removesuffix("…") + resident.says("くわしく").bubbles[0].text == text


def test_次のように書かれている_と言うときは_引いた文の前に言う() -> None:
    written = "計画には、次のように書かれています。"
    told = replace(quote(WATCH, note="もとの文章です。"), lead=written)
    first, where = Resident(known(told)).says(WATCH).bubbles
    assert first.text == f"{written}\n{source().quote}"
    assert where.text.startswith("もとの文章です。\n出どころ")
    first, _ = Resident(known(replace(quote("長い", LONG), lead=written))).says("長い").bubbles
    assert len(first.text) <= 140


def test_くわしくで_残りと_節の続きを順に言い_終われば近い話題を示す() -> None:
    answer = quote("長い", LONG)
    short = Answer(
        "短い", "quote", "毎月開きます。", "毎月開きます。", (source(first=1),), confidence=0.9
    )
    resident = Resident(known(answer, short))
    begun = resident.says("長い").bubbles[0].text
    rest = resident.says("くわしく")
    assert begun + rest.bubbles[0].text == LONG
    resident.says("短い")
    more = resident.says("くわしく")
    assert more.bubbles[0].text == "日向のまちで見守りをします。"
    assert labels(Resident().says("くわしく"))[:1] == ["質問する"]
    assert not any("くわしく" in turns for turns, _, _ in resident.brain.asked)


def test_話の流れと_書き方と区を_答える頭に伝える() -> None:
    resident = Resident(person=Person(register="plain", ward="北区"))
    resident.says("ひとつめ")
    resident.says("それはいつ？")
    assert resident.brain.asked[-1] == (("ひとつめ", "それはいつ？"), "plain", "北区")
    for n in range(9):
        resident.says(f"質問その{n}です")
    assert len(resident.brain.asked[-1][0]) <= 5
    assert len(resident.person.turns) <= 4


def test_選んでもらうときは_押しても_番号でも_名前でも同じで_全部の名前を言う() -> None:
    long = "とても長い題名の、活動の見える化と寄附文化のこと"
    options = (*NEAR, type(NEAR[0])(long[:19] + "…", long))
    choices = Answer(
        "何か", "choices", "知りたいことは、次のどれですか。", "知", suggestions=options
    )
    for said in ("1", "基本理念", "第6期計画 基本理念"):
        resident = Resident(known(choices))
        turn = resident.says("何か")
        assert turn.bubbles[0].kind == "choices"
        assert labels(turn) == ["基本理念", "見守り", long, "どれでもない"]
        assert long in turn.bubbles[0].text
        resident.says(said)
        assert resident.brain.asked[-1][0] == ("何か", "第6期計画 基本理念")


def test_どれでもないときは_人に聞けることを言う() -> None:
    choices = Answer("落語の会", "choices", CHOOSE, CHOOSE, suggestions=NEAR)
    resident = Resident(known(choices))
    resident.says("落語の会")
    turn = resident.says("どれでもない")
    assert labels(turn) == ["相談・問い合わせ", "メニュー"]
    assert turn.unanswered == "落語の会"
    assert resident.says("どれでもない").unanswered is None


def test_見つからなければ_聞ける人を_電話とファックスとメールを一緒に示す() -> None:
    turn = Resident().says("落語の会はありますか")
    said = turn.bubbles[0].text
    assert "見つけられませんでした" in said
    for way in (CONTACT.telephone, CONTACT.fax, CONTACT.mail):
        assert way in said
    assert "tel:0440000001" in [link.url for link in turn.bubbles[0].links]
    assert turn.unanswered == "落語の会はありますか"


def test_見つからない質問も_人のことらしければ残さない() -> None:
    for said in ("山田さんの電話番号は", "父が認知症です", "09012345678は私の番号です"):
        assert Resident().says(said).unanswered is None


def test_はいといいえは_尋ねたときだけ数える() -> None:
    resident = Resident(known(quote(WATCH)))
    assert resident.says("はい").feedback is None
    resident.says(WATCH)
    yes = resident.says("はい")
    assert (yes.feedback, yes.unanswered) == ("yes", None)
    assert resident.says("はい").feedback is None
    resident.says(WATCH)
    no = resident.says("2")
    assert (no.feedback, no.unanswered) == ("no", WATCH)
    assert "相談・問い合わせ" in labels(no)


def test_近い話題を示す() -> None:
    resident = Resident(known(quote(WATCH)))
    assert "質問する" in labels(resident.says("近い話題"))
    resident.says(WATCH)
    assert labels(resident.says("近い話題")) == ["基本理念", "見守り", "メニュー"]


# 書き方と区 -------------------------------------------------------------------------


def test_やさしい日本語は_覚えていて_前の答えも言い直す() -> None:
    resident = Resident(known(quote(WATCH)))
    resident.says(WATCH)
    turn = resident.says("やさしい日本語で")
    assert "やさしい日本語でお答えします" in turn.bubbles[0].text
    assert "まだないので、もとの文章です" in texts(turn)
    assert resident.person.register == "plain"
    resident.says(WATCH)
    assert resident.brain.asked[-1][1] == "plain"
    assert "もとの文章" in labels(resident.says("メニュー"))
    assert resident.says("もとの文章").person.register == "standard"


OPENED = EmergencyText(
    "避難所を開きました。", "逃げる所を開きました。", "ひなんする ところが あります。"
)


@pytest.mark.parametrize(
    ("person", "said"),
    [
        (Person(), "避難所を開きました。"),
        (Person("plain"), "逃げる所を開きました。"),
        (Person("plain", "brackets"), "逃（に）げる所（ところ）を開（ひら）きました。"),
        (Person("standard", "hiragana"), "ひなんする ところが あります。"),
    ],
)
def test_緊急のお知らせは_どの返事でも初めに_その人の書き方で言う(
    person: Person, said: str
) -> None:
    resident = Resident(known(quote(WATCH), CRISIS), person=person, notices=lambda: (OPENED,))
    for question in (WATCH, "メニュー", "殴られた"):
        first = resident.says(question).bubbles[0]
        assert said in first.text and said in first.alt


def everything(mode: FuriganaMode, register: Register = "standard") -> list[Turn]:
    """``mode`` の人が聞く、いろいろな返事。"""
    people = Answer("連絡先", "people", "計画の問い合わせ先です。", "計画", contacts=(CONTACT,))
    brain = known(quote(WATCH, note="もとの文章です。"), people, CRISIS)
    person = Person(register, mode)
    resident = Resident(brain, person=person, notices=lambda: (OPENED,))
    said = [
        *RICH_MENU, "メニュー", WATCH, "くわしく", "近い話題", "はい", WATCH, "いいえ", "連絡先",
        "落語の会", "区を選ぶ", "1", "区を決めない", "ありがとう", "99", "殴られた", "もとの文章",
    ]  # fmt: skip
    kinds = ["follow", "join", "sticker", "image", "audio", "file", "location", "mention"]
    turns = [resident.says(text) for text in said]
    return [*turns, *(resident.says("", kind) for kind in kinds)]


def shown(turn: Turn) -> list[str]:
    return [
        text
        for bubble in turn.bubbles
        for text in (
            bubble.text,
            bubble.alt,
            *(link.label for link in bubble.links),
            *(reply.label for reply in bubble.quick_replies),
        )
    ]


def test_ひらがなを選んだ人には_決まった言葉も引いた文も_すべてひらがなで言う() -> None:
    for turn in (*everything("hiragana"), *everything("hiragana", "plain")):
        for text in shown(turn):
            assert not KANJI.search(text), text
    resident = Resident(known(quote(WATCH)), person=Person(furigana="hiragana"))
    said = resident.says(WATCH).bubbles[0].text
    assert said.startswith("ひゅうがの まちで ")  # 職員の決めた読み


def test_かっこを選んだ人には_どの漢字にも_かっこで読みを書く() -> None:
    read = re.compile(r"[0-9々一-鿿ヶ]*[々一-鿿]（[ぁ-んァ-ヴー]+）")
    for turn in everything("brackets"):
        for text in shown(turn):
            assert not KANJI.search(read.sub("", text)), text
    resident = Resident(known(quote(WATCH)), person=Person(furigana="brackets"))
    assert "日向（ひゅうが）のまち" in resident.says(WATCH).bubbles[0].text


def test_ふりがなの選び方は_言葉で選べて_覚えている() -> None:
    resident = Resident()
    assert labels(resident.says("ふりがな"))[:3] == [
        "ふりがな なし", "かっこで ふりがな", "ひらがなで書く",
    ]  # fmt: skip
    for said, mode in (
        ("2", "brackets"),
        ("ひらがなで", "hiragana"),
        ("ふりがな なし", "none"),
        ("ひらがなでかく", "hiragana"),
    ):
        assert resident.says(said).person.furigana == mode
        assert person_from_json(resident.memory).furigana == mode


def test_区は_計画か窓口のある区から選び_覚えている() -> None:
    resident = Resident()
    assert labels(resident.says("区を選ぶ")) == ["北区", "区を決めない"]
    assert resident.says("1").person.ward == "北区"
    resident.says("集まり")
    assert resident.brain.asked[-1][2] == "北区"
    resident.says("区を選ぶ")
    assert resident.says("北区").person.ward == "北区"
    assert resident.says("区を決めない").person.ward == ""


def entries(name: str) -> dict[str, str]:
    found: dict[str, str] = yaml.safe_load((BOT / name).read_text("utf-8"))
    return found


@pytest.mark.parametrize("name", ["wording.yaml", "wording.plain.yaml"])
def test_決まった言葉のすべての漢字に_ふりがながある(name: str) -> None:
    for key, text in entries(name).items():
        if not key.startswith("said."):
            bare = "".join(run.text for run in parse_inline(text) if not run.fixed)
            assert not KANJI.search(bare), key


def test_やさしい言い方は_もとの言い方と同じ名前で_同じ値を持つ() -> None:
    standard, plain = entries("wording.yaml"), entries("wording.plain.yaml")
    for key, text in plain.items():
        assert standard[key] != text
        assert sorted(re.findall(r"{\w+}", standard[key])) == sorted(re.findall(r"{\w+}", text)), (
            key
        )
    # 押すものや、聞き分ける言葉は、どちらの人にも同じ
    assert not any(key.startswith(("label.", "said.")) for key in plain)


# 音声 -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """音声の版のある出力先。"""
    folder = tmp_path_factory.mktemp("out")
    book = BODY.split("---\n\n", 1)[1]
    edition = AudioChannel().render(*narrated(book, tmp_path_factory.mktemp("cache")))
    target = folder / "shiken/plan-6/standard/audio"
    target.mkdir(parents=True)
    for name, data in edition.files.items():
        assert isinstance(data, bytes)
        (target / name).write_bytes(data)
    return folder


def test_音声で聞くと_引いた文の音声と_その文が返る(out: Path) -> None:
    resident = Resident(known(quote(WATCH)), audio=AudioClips(out))
    assert "音声で聞く" in labels(resident.says(WATCH))
    sound, text = resident.says("音声で聞く").bubbles
    assert sound.kind == "audio"
    assert sound.audio is not None
    first, *_, last = source().sentences
    folder = "https://example.jp/chat/audio/shiken/plan-6/standard"
    assert sound.audio.url == f"{folder}/{first.id}.{last.id}.m4a"
    assert sound.audio.milliseconds > 1000
    assert text.text.startswith(source().quote)


def test_音声の版がなければ_音声は勧めず_受け取り方を言う(tmp_path: Path) -> None:
    for audio in (AudioClips(tmp_path), None):
        resident = Resident(known(quote(WATCH)), audio=audio)
        assert "音声で聞く" not in labels(resident.says(WATCH))
        turn = resident.says("音声で聞く")
        assert all(bubble.audio is None for bubble in turn.bubbles)
        assert "音声は、ありません" in turn.bubbles[0].text
        assert turn.bubbles[0].links[0].url == "https://example.jp/receive.html#way_audio"


# 人につなぐ -------------------------------------------------------------------------


def test_危険なときは_人を示し_何も残さず_錠の画面にも中身を出さない() -> None:
    resident = Resident(known(CRISIS, quote(WATCH)))
    resident.says(WATCH)
    before = resident.person.turns
    turn = resident.says("殴られた")
    assert turn.store is False
    assert turn.unanswered is None
    (bubble,) = turn.bubbles
    assert bubble.kind == "card"  # 文字のメッセージは、そのまま錠の画面に出る
    assert "警察 110" in bubble.text
    assert [link.url for link in bubble.links] == ["tel:110"]
    assert bubble.alt == "お返事があります。開いて読んでください。"
    assert resident.person.turns == before
    for word in ("殴", "警察", "110"):
        assert word not in resident.memory


def test_番号のシャープは_電話のリンクでも失われない() -> None:
    lines = (Contact("緊急", "DV相談ナビ", "#8008"),)
    answer = Answer("助けて", "crisis", "話せます。", "話せます。", contacts=lines, private=True)
    turn = Resident(known(answer)).says("助けて")
    assert "#8008" in turn.bubbles[0].text
    assert [link.url for link in turn.bubbles[0].links] == ["tel:%238008"]


def test_困りごとは_人に話すことを勧め_計画の文も示すが_残さない() -> None:
    found = source()
    text = f"人に話してみてください。\n{found.quote}"
    answer = Answer("さびしい", "people", text, "人に", (found,), contacts=(CONTACT,), private=True)
    resident = Resident(known(answer))
    turn = resident.says("さびしい")
    assert turn.store is False
    assert "さびしい" not in resident.memory
    lead, quoted = turn.bubbles
    assert lead.text.startswith("人に話してみてください。")
    assert CONTACT.mail in lead.text
    assert quoted.text == found.quote
    assert {b.alt for b in turn.bubbles} == {"お返事があります。開いて読んでください。"}
    assert all(bubble.links for bubble in turn.bubbles)


def test_相談の窓口がなければ_ないと言い_別の窓口を代わりにしない() -> None:
    turn = Resident().says("相談・問い合わせ")
    said = turn.bubbles[0].text
    assert "相談の中身は、ここには書かないでください" in said
    consult, plan = said.split("◆")[1:]
    assert consult.startswith("暮らしの相談\nまだ登録されていません。")
    assert plan.startswith("計画について\n試験社会福祉協議会 総務部")
    for way in (CONTACT.telephone, CONTACT.fax, CONTACT.mail):
        assert way in plan


def test_区を選んだ人には_その区の窓口も示す() -> None:
    ward = Contact("相談", "北区社協", "044(000)0009", ward="北区")
    council = Council("shiken", "試験社会福祉協議会", (CONTACT, ward))
    for person, seen in ((Person(), False), (Person(ward="北区"), True)):
        said = Resident(person=person, councils=[council]).says("問い合わせ").bubbles[0].text
        assert ("044(000)0009" in said) == seen


# お知らせ、文字でないもの -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("register", "said"),
    [
        ("standard", "【緊急のお知らせ】\n避難所を開きました。"),
        ("plain", "【緊急〈急ぐこと〉のお知らせ】\n逃げる所を開きました。"),
    ],
)
def test_緊急のお知らせは_どの返事でも最初に言い_吹き出しは5つまで(
    register: Register, said: str
) -> None:
    """ページの見出し（緊急のお知らせ）と同じ言葉で言う。"""
    assert Wording.load({}).text("emergency") == "緊急のお知らせ"
    turns = [t for t in everything("none", register) if t.person.register == register]
    assert turns
    for turn in turns:
        assert turn.bubbles[0].text == said
        assert 2 <= len(turn.bubbles) <= 5


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        ("sticker", "スタンプをありがとう"),
        ("image", "写真や動画は、見ることができません"),
        ("video", "写真や動画は、見ることができません"),
        ("audio", "声のメッセージは、聞くことができません"),
        ("file", "ファイルは、開くことができません"),
        ("location", "場所の情報は、使わず、残してもいません"),
    ],
)
def test_文字でないものにも_ていねいに返す(kind: str, word: str) -> None:
    turn = Resident().says("", kind)
    assert word in turn.bubbles[0].text
    assert labels(turn)[:6] == list(RICH_MENU)


def test_グループでは_呼ばれたときだけ答えると言い_呼ばれれば答える() -> None:
    resident = Resident(known(quote(WATCH)))
    assert "呼ばれたときだけ" in resident.says("", "join").bubbles[0].text
    assert "知りたいことを、いっしょに書いて" in resident.says(" ", "mention").bubbles[0].text
    assert resident.says(WATCH, "mention").bubbles[0].text == source().quote


@pytest.mark.parametrize("kind", ["unfollow", "leave", "videoPlayComplete", "unknown", ""])
def test_知らない種類には_何も返さない(kind: str) -> None:
    resident = Resident(person=Person(ward="北区"))
    turn = resident.says("何か", kind)
    assert turn == Turn(Person(ward="北区"))


def test_計画を読むでは_新しい順のリンクと_一覧を示す() -> None:
    (bubble,) = Resident().says("計画を読む").bubbles
    assert [link.url for link in bubble.links] == [
        "https://example.jp/shiken/plan-6/index.html",
        "https://example.jp/index.html",
    ]
    (empty,) = Resident(publications=[], councils=[]).says("計画を読む").bubbles
    assert "まだありません" in empty.text


def test_質問の例は_公開している計画から作る() -> None:
    turn = Resident().says("質問する")
    assert labels(turn) == ["第6期計画の基本理念は何ですか", "音声で聞けるものはありますか"]
    assert labels(Resident(publications=[]).says("質問する")) == ["音声で聞けるものはありますか"]


# 本物の計画で -------------------------------------------------------------------------


@cache
def bundled() -> tuple[Bundle, Brain]:
    bundle = load_folder(BUNDLED)
    glossary = Glossary.load()
    return bundle, Brain(bundle.publications, bundle.councils, glossary=glossary, vectors=False)


def talking() -> Resident:
    bundle, brain = bundled()
    resident = Resident()
    resident.conversation = Conversation(
        brain,
        bundle.councils,
        bundle.publications,
        base_url="https://example.jp",
        notices=lambda: (),
        audio=None,
        read=reader().read,
    )
    return resident


def test_質問の例は_どれも計画の文を引く() -> None:
    examples = talking().says("質問する").bubbles[-1].quick_replies
    assert len(examples) == 3
    for number, example in enumerate(examples, 1):
        resident = talking()
        resident.says("質問する")
        assert resident.says(str(number)).person.last is not None, example.text
        assert bundled()[1].answer([example.text]).kind == "quote"


def test_言葉の意味を尋ねると_説明と_その言葉の出てくる所を示す() -> None:
    resident = talking()
    turn = resident.says("アウトリーチって何？")
    first, where, used = turn.bubbles
    assert first.text.startswith("アウトリーチは、")
    assert "出どころ：言葉の説明 アウトリーチ" in where.text
    assert [link.url.split("#")[0] for link in where.links] == ["https://example.jp/words.html"]
    assert used.text.startswith("この言葉は、計画の次の所に出てきます。")
    assert "音声で聞く" not in labels(turn)
    chosen = resident.says(str(len(labels(turn)))).bubbles[0].text
    assert "早期発見" in chosen
    resident.says("アウトリーチって何？")
    assert "早期発見" in resident.says("くわしく").bubbles[0].text
    resident.says("アウトリーチって何？")
    assert any("生活課題" in label for label in labels(resident.says("近い話題")))
    assert resident.says("はい").bubbles


def test_言葉の説明も_選んだ書き方で言う() -> None:
    resident = talking()
    resident.says("ひらがなで書く")
    for said in ("醸成とは", "くわしく", "やさしい日本語", "近い話題"):
        for text in shown(resident.says(said)):
            assert not KANJI.search(text), text
    resident.says("かっこで ふりがな")
    assert resident.says("醸成とは").bubbles[0].text.startswith("醸成（じょうせい）は、")


def test_やさしい日本語を選ぶと_やさしい文章を引き_そのページを開き_続きも読める() -> None:
    resident = talking()
    resident.says("やさしい日本語")
    turn = resident.says("寄合処って何ですか")
    first, where = turn.bubbles
    assert "寄合処" in first.text and "〈" in first.text
    assert where.text.startswith("書いてあるところ：")
    assert "/plain/web/" in where.links[0].url
    last = turn.person.last
    assert last is not None and last.source.register == "plain"
    assert "もとの文章" in labels(turn)
    told = first.text
    more = resident.says("くわしく").bubbles[0].text
    assert more and more not in told
    near = resident.says("近い話題")
    label, *_ = labels(near)
    chosen = resident.says("1")
    assert "/plain/web/" in chosen.bubbles[-1].links[0].url, label
    resident.says("寄合処って何ですか")
    back = resident.says("もとの文章")
    assert "/standard/web/" in back.bubbles[-1].links[0].url
    assert "多世代の住民" in texts(back)


def test_2つのことを尋ねれば_もうひとつは番号で選べる() -> None:
    resident = talking()
    turn = resident.says("第３期はいつまでですか。ボランティアはどこでできますか")
    assert "2012年度" in turn.bubbles[0].text
    assert "もうひとつの質問は、次から選べます。" in turn.bubbles[-1].text
    assert "ボランティア" in labels(turn)[-1]
    chosen = resident.says(str(len(labels(turn))))
    assert "ボランティア" in chosen.bubbles[0].text


@pytest.mark.parametrize(
    "said", ["第6期計画の基本理念は。あと電話番号も", "電話番号は。あと第6期計画の基本理念も"]
)
def test_文と問い合わせ先を一緒に尋ねれば_どちらも分かる(said: str) -> None:
    resident = talking()
    turn = resident.says(said)
    for way in ("電話：044", "ファックス：044", "メール："):
        assert texts(turn).count(way) == 1
    if "みんなで支えあい" not in texts(turn):
        turn = resident.says("1")
    assert "みんなで支えあい" in texts(turn)


def test_もうひとつの答えが見つからなければ_そう言う() -> None:
    turn = talking().says("第6期計画の基本理念は。麻生区の重点項目は何ですか")
    assert "みんなで支えあい" in turn.bubbles[0].text
    assert "もうひとつの質問の答えは、見つけられませんでした。" in texts(turn)


def test_いくつ尋ねても_選べることは13個まで() -> None:
    said = "".join(f"第{n}期の期間は何ですか。第{n}期の基本理念は何ですか。" for n in range(1, 7))
    turn = talking().says(said)
    assert "もうひとつの質問" in texts(turn)
    assert len(labels(turn)) <= 13


@pytest.mark.parametrize("said", ["😀", "。。。", "？", "あ" * 5000, "ｗｗｗｗ", "!?"])
def test_言葉のないものには_前の答えを繰り返さず_聞き返す(said: str) -> None:
    resident = talking()
    assert resident.says("寄合処って何ですか").person.last is not None
    turn = resident.says(said)
    assert turn.person.last is None
    assert turn.bubbles[0].text.startswith("何についてお知りになりたいですか")


@pytest.mark.parametrize("said", ["取り消し", "what is this?", "うーん"])
def test_関わりのない言葉に_ない区のことを言わない(said: str) -> None:
    resident = talking()
    assert "麻生区" in texts(resident.says("麻生区の重点項目は"))
    assert "麻生区" not in texts(resident.says(said))


def test_続きの言葉なら_ない区のことのままである() -> None:
    resident = talking()
    resident.says("麻生区の重点項目は")
    assert "麻生区の計画は、まだここにありません" in texts(resident.says("それはいつ？"))


def test_あいさつと聞き返しには_どれでもないを添えない() -> None:
    for said in ("hello", "😀"):
        assert "どれでもない" not in labels(talking().says(said))


def test_ルビと言えば_ふりがなを選べる() -> None:
    expected = Resident().says("ふりがな")
    for said in ("ruby", "Ruby", "ルビ"):
        assert Resident().says(said) == expected


# いつでも成り立つこと -----------------------------------------------------------------


@pytest.mark.parametrize("mode", ["none", "brackets", "hiragana"])
def test_選べることは最後の吹き出しだけに付き_13個まで_名前は20字まで(mode: FuriganaMode) -> None:
    for turn in everything(mode):
        *before, last = turn.bubbles
        assert not any(bubble.quick_replies for bubble in before)
        assert len(last.quick_replies) <= 13
        for number, reply in enumerate(last.quick_replies, 1):
            assert len(reply.label) <= 20
            assert reply.label.startswith(f"{number} ")
            assert f"\n{number} " in last.text  # パソコンには、押すものが出ない
            assert 0 < len(reply.text) <= 300


@settings(max_examples=60)
@given(
    st.lists(st.text(max_size=40), max_size=3), st.sampled_from(["none", "brackets", "hiragana"])
)
def test_どんな言葉にも返事をして_覚え書きは元に戻る(said: list[str], mode: FuriganaMode) -> None:
    resident = Resident(known(quote("あ")), person=Person(furigana=mode))
    for text in [*said, "あ", *said]:
        turn = resident.says(text)
        assert 1 <= len(turn.bubbles) <= 5
        assert all(bubble.text for bubble in turn.bubbles)
        assert turn.person.furigana in ("none", "brackets", "hiragana")
        json.loads(resident.memory)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["register", "furigana", "ward", "turns", "last", "offers", "asked", "source"]
                ),
                inner,
                max_size=5,
            )
        ),
        max_leaves=12,
    )
)
def test_前の版が書いた覚え書きも_読めるところだけを使う(data: object) -> None:
    person = person_from_json(json.dumps(data))
    assert person_from_json(person_to_json(person)) == person


@pytest.mark.parametrize("text", [None, "", "{", "[]", "null", '"あ"', '{"turns": 3}'])
def test_こわれた覚え書きは_初めての人と同じ(text: str | None) -> None:
    assert person_from_json(text) == Person()


def test_忘れるときは_選んだ書き方と区だけを残す() -> None:
    resident = Resident(known(quote(WATCH)), person=Person("plain", "hiragana", "北区"))
    resident.says(WATCH)
    kept = forget_turns(resident.memory)
    assert person_from_json(kept) == Person("plain", "hiragana", "北区")
    assert "見守り" not in kept
    assert forget_turns(kept) == kept


def test_同じ人と同じ言葉からは_いつも同じ返事になる() -> None:
    for mode, said in itertools.product(("none", "hiragana"), (WATCH, "メニュー", "落語の会")):
        person = Person(furigana="hiragana" if mode == "hiragana" else "none")
        first, second = (Resident(known(quote(WATCH)), person=person).says(said) for _ in "12")
        assert first == second


def test_いくつもの社協のときは_名前を並べるか_まとめて言う() -> None:
    councils = [Council(f"c{n}", f"第{n}社協") for n in range(1, 5)]
    for count, name in (
        (2, "第1社協、第2社協の計画"),
        (4, "社会福祉協議会の計画"),
        (0, "社会福祉協議会の計画"),
    ):
        said = Resident(councils=councils[:count]).says("", "follow").bubbles[0].text
        assert name in said
    assert publication().title.text == "第6期計画"
    assert COUNCIL.name not in texts(Resident(councils=[]).says("", "follow"))
