"""言葉の意味を尋ねる質問。説明のある言葉そのものを尋ねたときだけ、審査を経た説明で答える。"""

from __future__ import annotations

import pytest

from accessibility.glossary import Glossary
from bot.answer import Brain, to_json
from bot.reply import Answer
from tests.bot.kita import COUNCIL, WORDS, publication


@pytest.fixture(scope="module")
def kita() -> Brain:
    books = [publication(), publication("plain")]
    return Brain(books, [COUNCIL], glossary=Glossary(WORDS), vectors=False, ways=())


def explained(answer: Answer) -> bool:
    return any(source.url.startswith("words.html#") for source in answer.sources)


@pytest.mark.parametrize(
    "question",
    [
        "ボランティアって何？",
        "ボランティアとは",
        "ボランティアの意味は？",
        "ボランティアってどういう意味ですか",
        "ぼらんてぃあってなに",
        "ﾎﾞﾗﾝﾃｨｱ って なんですか",
        "「ボランティア」って、何のこと？",
        "すみません、ボランティアとは何ですか。教えてください。",
        "計画に出てくるボランティアという言葉の意味がわかりません",
        "ボランティア　意味",
        "ボランティアは何ですか",
        "ボランティアって誰",
        "ボランティアさんてどんな人？",
        "ボランティアとはどういうことを言いますか",
    ],
)
def test_a_word_is_explained_with_the_reviewed_text(kita: Brain, question: str) -> None:
    answer = kita.answer([question])
    assert answer.kind == "quote"
    assert answer.text == answer.sources[0].quote == "ボランティアは、自分から人を助ける人です。"


def test_the_answer_leads_to_its_page_and_to_the_plan(kita: Brain) -> None:
    for register in ("standard", "plain"):
        answer = kita.answer(["ボランティアとは"], register=register)
        (source,) = answer.sources
        entry = next(e for e in WORDS if e.words == ("ボランティア",))
        assert (source.publication, source.register, source.section) == ("", register, entry.id)
        assert source.title == "言葉の説明 ボランティア"
        assert source.url == f"words.html#{entry.id}"
        assert answer.offer == "この言葉は、計画の次の所に出てきます。"
        (suggestion,) = answer.suggestions
        assert kita.answer([suggestion.question]).sources[0].section == "watch"
        assert kita.near(source) == answer.suggestions
        assert kita.more(source).sources[0].section == "watch"
        other = kita.in_register(source, "plain" if register == "standard" else "standard")
        assert other.text == answer.text
        assert other.sources[0].register != register
    json = to_json(kita.answer(["役割とは"]), "https://a.example")
    assert json["answered"]
    assert json["sources"][0]["url"].startswith("https://a.example/words.html#w_")


def test_the_reading_is_the_reviewed_one(kita: Brain) -> None:
    (source,) = kita.answer(["役割とは"]).sources
    (sentence,) = source.sentences
    assert [(run.text, run.reading) for run in sentence.runs if run.fixed] == [("役割", "やくわり")]
    assert sentence.text == source.quote


def test_another_spelling_is_answered_with_both(kita: Brain) -> None:
    assert kita.answer(["シニアって何"]).text == "シニア（高齢者）は、年をとった人です。"
    assert kita.answer(["こうれいしゃって何"]).text == "高齢者は、年をとった人です。"


def test_one_sound_of_two_words_is_asked_back(kita: Brain) -> None:
    answer = kita.answer(["こうほうって何ですか"])
    assert answer.kind == "choices"
    assert sorted(s.label for s in answer.suggestions) == ["広報", "後方"]
    for suggestion in answer.suggestions:
        chosen = kita.answer([suggestion.question])
        assert chosen.text.startswith(f"{suggestion.label}は、")
    assert kita.answer(["広報って何ですか"]).text == "広報は、広く知らせることです。"


def test_what_the_plan_defines_is_answered_by_the_plan(kita: Brain) -> None:
    assert not explained(kita.answer(["サロンの開催って何"]))
    assert explained(kita.answer(["サロンの開催の意味は"]))
    assert "役割を持てる北市" in kita.answer(["理念は何ですか"]).text
    assert explained(kita.answer(["理念って何ですか"]))


@pytest.mark.parametrize(
    "question",
    [
        "ボランティア",
        "ボランティアって何をするの",
        "ボランティアって何人",
        "ボランティアは何曜日ですか",
        "ボランティアの申し込みって何",
        "第2期のボランティアとは",
        "南区のボランティアとは",
        "ボランティア保険とは",
        "見守りって何",
        "ふるさと納税って何",
        "高齢者は誰が訪ねますか",
        "役割って誰",
        "それってどういう意味",
        "ボランティアって何。参加費はいくら",
        "死にたいって何",
    ],
)
def test_only_the_word_itself_is_explained(kita: Brain, question: str) -> None:
    assert not explained(kita.answer([question]))


def test_a_second_word_follows_the_first(kita: Brain) -> None:
    assert explained(kita.answer(["ボランティアとは", "じゃあ、役割は？"]))
    assert not explained(kita.answer(["ひだまりサロンはどこ", "じゃあ、役割は？"]))
    more = kita.answer(["ボランティアとは", "もっとくわしく"])
    assert more.sources[0].section == "watch"


def test_without_a_glossary_nothing_is_explained() -> None:
    bare = Brain([publication()], [COUNCIL], vectors=False, ways=())
    assert not bare.answer(["役割の意味は"]).answered or not explained(
        bare.answer(["役割の意味は"])
    )
