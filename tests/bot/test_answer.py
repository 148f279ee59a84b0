"""答え。引用は原稿のまま、書かれていないことは答えず、人の目的に合う問い合わせ先だけを示す。"""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accessibility.glossary import Glossary
from bot.answer import Brain, ask_lines, to_json
from bot.crisis import fold
from bot.reply import MAX_BRIEF, MAX_QUOTE
from bot.terms import normalize
from content.bundle import BUNDLED, load_folder
from content.notation import parse
from tests.bot.kita import COUNCIL, PLAIN, WORDS, publication


@pytest.fixture(scope="module")
def brain() -> Brain:
    """ベクトルのない機械と同じ頭。決まりは、ベクトルがなくても変わらない。"""
    bundle = load_folder(BUNDLED)
    return Brain(bundle.publications, bundle.councils, glossary=Glossary.load(), vectors=False)


@pytest.fixture(scope="module")
def kita() -> Brain:
    books = [publication(), publication("plain")]
    return Brain(books, [COUNCIL], glossary=Glossary(WORDS), vectors=False, ways=())


@pytest.fixture(scope="module")
def texts() -> str:
    """原稿の文字のすべて。"""
    publications = load_folder(BUNDLED).publications
    return "".join(s.text for p in publications for s in p.sentences)


def _letters(text: str) -> str:
    return re.sub(r"\W", "", text)


QUOTED = [
    "第6期計画の基本理念は",
    "寄合処って何",
    "点検状況のAはどういう意味",
    "第4期計画の策定委員会は何回開かれた？",
    "多摩区の重点項目2は",
    "いちにのさんはどこでやっていますか",
    "災害のときの取組",
    "寄附をしたい",
]


@pytest.mark.parametrize("question", QUOTED)
def test_a_quote_is_the_reviewed_text(brain: Brain, texts: str, question: str) -> None:
    answer = brain.answer([question])
    assert answer.kind == "quote"
    (source,) = answer.sources
    for line in source.quote.splitlines():
        bare = re.sub(r"^(?:・|\d+\. )", "", line)
        assert all(cell in texts for cell in bare.split("："))
    assert source.quote in answer.text
    assert [_letters(s.text) for s in source.sentences] == [
        t for t in (_letters(s.text) for s in source.sentences) if t in _letters(source.quote)
    ]


@pytest.mark.parametrize("question", QUOTED)
def test_a_quote_fits_a_telephone(brain: Brain, question: str) -> None:
    answer = brain.answer([question])
    assert len(answer.text) <= MAX_QUOTE
    assert len(answer.brief) <= MAX_BRIEF
    assert answer.text.startswith(answer.brief.removesuffix("…"))
    assert all(len(s.label) <= 20 for s in answer.suggestions)


def test_the_line_that_answers_comes_first(brain: Brain) -> None:
    answer = brain.answer(["点検状況のDはどういう意味ですか"])
    assert answer.sources[0].quote.startswith("・D：項目廃止")


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("第7期計画の基本理念は？", "第7期"),
        ("麻生区では何をしていますか", "麻生区"),
        ("市役所の地域福祉計画の目標は", "市役所"),
        ("横浜市の計画を教えて", "そちらの社会福祉協議会"),
        ("第6期計画は何年度から何年度まで", "もとの資料に書かれていません"),
        ("寄合処の開館時間は何時から？", "見つけられませんでした"),
        ("いちにのさんの参加費はいくら", "見つけられませんでした"),
        ("多摩区の第5期の重点項目", "見つけられませんでした"),
        ("第4期計画の基本理念は何ですか", "見つけられませんでした"),
        ("おすすめのラーメン屋", "見つけられませんでした"),
    ],
)
def test_what_is_not_written_is_declined(brain: Brain, question: str, reason: str) -> None:
    answer = brain.answer([question])
    assert answer.kind == "decline"
    assert not answer.answered
    assert reason in answer.text
    assert not answer.sources


def test_telephone_fax_and_mail_are_together(brain: Brain) -> None:
    for question in ("電話番号は", "ファックスの番号", "メールアドレスは？", "麻生区の計画"):
        answer = brain.answer([question])
        for text in (answer.text, answer.brief if "044" in answer.brief else answer.text):
            assert "044(739)8711" in text
            assert "044(739)8737" in text
            assert "kikaku@csw-kawasaki.or.jp" in text


@pytest.mark.parametrize(
    "question", ["寄附の窓口の電話番号", "多摩区社協の電話番号", "相談の電話番号は"]
)
def test_another_purpose_or_ward_never_stands_in(brain: Brain, question: str) -> None:
    answer = brain.answer([question])
    assert answer.kind == "decline"
    assert "まだ登録されていません" in answer.text
    assert "739" not in answer.text
    assert not answer.contacts


def test_crisis_comes_before_everything_and_is_private(brain: Brain) -> None:
    answer = brain.answer(["第6期計画の目標は", "夫に殴られて… 赤ちゃんもいます"])
    assert answer.kind == "crisis"
    assert answer.private
    assert "110" in answer.brief
    assert "サロン" not in answer.text


def test_a_worry_is_handed_to_people(brain: Brain, kita: Brain) -> None:
    answer = brain.answer(["一人暮らしで孤独です"])
    assert (answer.kind, answer.private) == ("people", True)
    assert "「暮らしの相談」の問い合わせ先は、まだ登録されていません" in answer.text
    assert "739" not in answer.text
    assert "相談" in answer.sources[0].quote
    other = kita.answer(["困りごとを相談したい"])
    assert [c.telephone for c in other.contacts] == ["011-444-5555"]
    assert "ファックス：登録されていません" in other.text


def test_greetings_are_not_questions(brain: Brain) -> None:
    answer = brain.answer(["こんにちは"])
    assert answer.kind == "choices"
    assert answer.text.startswith("こんにちは")


def test_a_contradicted_premise_is_not_confirmed(brain: Brain) -> None:
    answer = brain.answer(["第4期の策定委員会は10回開いたんですよね"])
    assert "7回" in answer.text
    assert answer.lead.startswith("計画には、次のように書かれています")
    assert to_json(answer, "")["note"] == answer.lead
    assert brain.answer(["第6期は令和10年までですよね"]).kind == "decline"


def test_two_questions(brain: Brain) -> None:
    answer = brain.answer(["第5期の理念は何ですか？期間も教えてください"])
    assert "みんなで支え合い" in answer.text
    assert any("期間" in s.label for s in answer.suggestions)


@pytest.mark.parametrize(
    ("turns", "needle"),
    [
        (["第5期計画の基本理念は", "目標は？"], "お互いを認め合う"),
        (["第6期の理念は何ですか", "じゃあ第5期は？"], "みんなで支え合い"),
        (["いちにのさんって何ですか", "それはどこでやってますか"], "長尾"),
        (["第4期計画の期間は", "第3期は？"], "2012年度"),
        (["多摩区の重点項目1は", "2は？"], "多世代交流"),
        (["多摩区の重点項目4は何ですか", "もっとくわしく"], "担い手の育成"),
    ],
)
def test_a_follow_up_carries_the_topic(brain: Brain, turns: list[str], needle: str) -> None:
    answer = brain.answer(turns)
    assert answer.kind == "quote"
    assert needle in answer.text


def test_a_follow_up_keeps_the_ward(brain: Brain) -> None:
    answer = brain.answer(["多摩区の重点項目は", "麻生区は？"])
    assert answer.kind == "decline"
    assert "麻生区" in answer.text


@pytest.mark.parametrize("question", ["それはいつ？", "もっとくわしく", "それどこ", "ほかには？"])
def test_a_follow_up_without_context_asks_back(brain: Brain, question: str) -> None:
    answer = brain.answer([question])
    assert answer.kind == "choices"
    assert answer.suggestions


def test_every_suggestion_leads_to_its_passage(brain: Brain) -> None:
    seen = 0
    for question in QUOTED:
        answer = brain.answer([question])
        for suggestion in answer.suggestions:
            followed = brain.answer([suggestion.question])
            assert followed.kind == "quote"
            bare = suggestion.label.removesuffix("…").split(" ", 1)[-1]
            assert bare[:8] in followed.sources[0].title
            seen += 1
    assert seen > 10


def test_choices_never_look_the_same(brain: Brain) -> None:
    """市と区の計画に同じ見出しがあっても、どちらのことか分かる。"""
    publications = load_folder(BUNDLED).publications
    every = Brain(publications, [], vectors=False, sure=2.0)  # いつも選んでもらう
    seen = 0
    for question in ("全体の目標を教えて", "第6期の基本理念は", "具体的な取組は何ですか"):
        answer = every.answer([question])
        shown = [fold(s.question if s.label.endswith("…") else s.label) for s in answer.suggestions]
        assert len(set(shown)) == len(shown)
        assert len({s.question for s in answer.suggestions}) == len(shown)
        seen += any(s.label.startswith(("多摩区", "川崎市")) for s in answer.suggestions)
        for suggestion in answer.suggestions:
            assert len(suggestion.label) <= 20
            assert brain.answer([suggestion.question]).kind == "quote"
    assert seen


def test_the_rest_of_the_section(brain: Brain) -> None:
    source = brain.answer(["第5期計画はどんな計画ですか"]).sources[0]
    more = brain.more(source)
    assert more.kind == "quote"
    assert "ヒアリングやアンケート" in more.text
    assert source.quote not in more.text
    end = brain.more(more.sources[0])
    assert end.kind == "quote"
    assert end.sources[0].section != source.section


def test_other_register_falls_back_with_a_note(kita: Brain) -> None:
    plain = kita.answer(["ひだまりサロンって何"], register="plain")
    assert plain.sources[0].register == "plain"
    assert "みんなで集まる場所です" in plain.text
    assert plain.note == ""
    standard = kita.answer(["見守りの活動について"], register="plain")
    assert standard.sources[0].register == "standard"
    assert "やさしい日本語の文章がまだない" in standard.note
    again = kita.in_register(plain.sources[0], "standard")
    assert "毎週水曜日の午前10時" in again.text


@pytest.mark.parametrize(
    ("question", "register", "note"),
    [
        ("ひだまりサロンは何曜日", "plain", ""),
        ("ひだまりサロンの参加費はいくら", "standard", "やさしい日本語の文章には書いていない"),
    ],
)
def test_what_the_plain_text_leaves_out_is_answered_by_the_standard_text(
    kita: Brain, question: str, register: str, note: str
) -> None:
    answer = kita.answer([question], register="plain")
    assert answer.sources[0].register == register
    assert note in answer.note
    assert bool(note) == bool(answer.note)


def test_words_of_the_plain_text_find_the_section_too(kita: Brain) -> None:
    told = f"{PLAIN}\n# 見守り {{#watch}}\n\n年をとった人の家に行って、元気かどうか聞きます。\n"
    books = [publication(), parse(told, "kita/plan-2", "plain")]
    wider = Brain(books, [COUNCIL], vectors=False, ways=())
    question = ["元気かどうか聞きに来てくれますか"]
    assert not kita.answer(question).answered
    found = wider.answer(question).sources[0]
    assert (found.section, found.register) == ("watch", "standard")
    # 説明の言葉に当たっただけでは、答えない
    assert not wider.answer(["元気な犬はいますか"]).answered


def test_a_plain_reader_hears_plain_phrases_and_plain_names(brain: Brain) -> None:
    for question in ("第7期計画の理念は？", "麻生区の計画", "おすすめのラーメン屋", "電話番号は"):
        hard = brain.answer([question]).text
        easy = brain.answer([question], register="plain").text
        assert hard != easy
        assert not re.search("お尋ね|お知り|られません|登録され|問い合わせ先", easy), easy
    quoted = brain.answer(["寄合処って何"], register="plain")
    assert quoted.sources[0].register == "plain"
    for suggestion in quoted.suggestions:
        followed = brain.answer([suggestion.question], register="plain").sources[0]
        assert followed.register == "plain"
        assert suggestion.label.removesuffix("…").split(" ", 1)[-1][:8] in followed.title


@pytest.mark.parametrize("question", QUOTED)
def test_the_plain_answer_is_of_the_same_passage(brain: Brain, question: str) -> None:
    (standard,) = brain.answer([question]).sources
    answer = brain.answer([question], register="plain")
    (plain,) = answer.sources
    assert (plain.publication, plain.register) == (standard.publication, "plain")
    assert standard.section.startswith(plain.section) or plain.section
    assert "/plain/" in plain.url or "/standard/" not in standard.url
    assert len(answer.text) <= MAX_QUOTE
    more = brain.more(plain)
    assert not more.sources or more.sources[0].register == "plain"
    back = brain.in_register(plain, "standard").sources[0]
    assert (back.section, back.register) == (plain.section, "standard")


@pytest.mark.parametrize(
    ("question", "needle"),
    [
        ("ひだまりサロンは何時からですか", "午前10時"),
        ("ひだまりサロンは何曜日", "水曜日"),
        ("ひだまりサロンの参加費はいくら", "無料"),
        ("ひだまりサロンはどこでやるの", "北会館"),
        ("見守りは月に何回", "2回"),
        ("第2期計画の期間は", "2021年度"),
        ("計画の問い合わせ先は", "011-111-3333"),
        ("南区の計画の電話番号", "011-999-0000"),
    ],
)
def test_what_another_council_wrote_is_answered(kita: Brain, question: str, needle: str) -> None:
    answer = kita.answer([question])
    assert answer.answered, answer.text
    assert needle in answer.text


@pytest.mark.parametrize(
    "question", ["ひだまりサロンの電話番号", "第6期の理念", "川崎市の計画", "理念はいくら"]
)
def test_what_another_council_did_not_write(kita: Brain, question: str) -> None:
    assert not kita.answer([question]).answered


def test_nothing_is_published_yet() -> None:
    empty = Brain([], [], vectors=False, ways=())
    assert empty.answer(["第6期の理念"]).kind in ("decline", "choices")
    assert empty.answer(["電話番号"]).kind == "decline"
    assert empty.answer(["死にたい"]).kind == "crisis"


def test_the_contract_of_ask(brain: Brain) -> None:
    lines = ["第6期の目標は\n", "第5期計画の基本理念は\t目標は？\n", "株価\n"]
    found = list(ask_lines(brain, lines, "standard", "https://plans.example/"))
    assert [f["answered"] for f in found] == [True, True, False]
    first = found[0]
    assert set(first) >= {
        "question",
        "kind",
        "answered",
        "text",
        "sources",
        "suggestions",
        "confidence",
    }
    assert first["sources"][0]["url"].startswith("https://plans.example/kawasaki/")
    assert set(first["sources"][0]) == {"publication", "section", "title", "url", "quote"}
    assert 0 <= first["confidence"] <= 1
    assert found[1]["question"] == "目標は？"


def test_json_is_the_answer(brain: Brain) -> None:
    answer = brain.answer(["電話番号は"])
    assert to_json(answer, "")["text"] == answer.text


@given(st.lists(st.text(max_size=60), min_size=1, max_size=3))
def test_any_words_get_an_answer_within_the_limits(brain: Brain, turns: list[str]) -> None:
    answer = brain.answer(turns)
    assert answer.text
    assert answer.brief
    assert len(answer.brief) <= MAX_BRIEF
    assert answer.kind != "quote" or len(answer.text) <= MAX_QUOTE
    assert brain.answer(turns) == answer
    assert normalize(answer.text)


def test_a_very_long_story_is_read_to_its_end(brain: Brain) -> None:
    answer = brain.answer(["きのうは雨でした。" * 10_000 + "第6期計画の基本理念は何ですか"])
    assert "みんなで支えあい" in answer.text
    assert brain.answer(["きのうは雨でした。" * 10_000 + "もう死にたい"]).kind == "crisis"
