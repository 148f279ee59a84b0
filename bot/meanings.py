"""言葉の意味を尋ねる質問と、言葉の説明（``accessibility.glossary``）。

「アウトリーチって何」のように、言葉ひとつの意味だけを尋ねたときに、審査を経た説明をそのまま見せる。
「協働の取組って何」や「アウトリーチって何をするの」は、計画のことなので、ここでは答えない。
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal

from accessibility.glossary import Entry, Glossary
from bot.choices import suggestions
from bot.context import parts
from bot.crisis import fold
from bot.lexicon import normalize_lines
from bot.passages import Passage, Version
from bot.quote import brief
from bot.reply import Answer, Source, Suggestion
from bot.shelf import OFFERED, Shelf
from bot.terms import normalize
from channels.pages import WORDS
from channels.wording import Wording
from content.model import Register, Run, Sentence

Kind = Literal["sense", "what", "value", "who"]
"""尋ね方。「の意味」、「とは」「って何」、「は何ですか」、「って誰」。"""

# 尋ね方の部品。どれも表記をそろえた（``normalize``）質問と比べる。
_NAMED = r"(?:という|っていう|とかいう|って)(?:の|言葉|ことば|単語|用語)"
_JOINT = r"(?:っ?て|とは|は|の|という|[、,\s])*"
_TOPIC = r"(?:って|とは|は|が|を|も)?"
_WHAT = (
    r"(?:いったい|一体|そもそも)?(?:何|なに|なん|なあに)"
    r"(?:の(?:こと|略)|という(?:意味|こと)|を(?:指|さ)(?:す|します)(?:の|言葉)?)?"
)
_SUCH = r"(?:どういう|どうゆう|どんな|どういった|(?:何|なに)を?する)"
_THING = r"(?:こと|もの|言葉|ことば|人|ひと|所|ところ|場所|団体|仕事|制度|仕組み|しくみ|考え|考え方|サービス)"
_END = (
    r"(?:です|でしょう|でした|なの|なん(?:です|でしょう|だろう)?|だろう|だ|を(?:言|い|指|さ)[^\s、]{1,3})?"
    r"(?:っけ)?(?:か|かな|かね|かしら|ね|よ|の|ん|や|じゃ)*"
)
_PLEASE = (
    r"(?:教え|おしえ|説明し|せつめいし)て(?:ください|下さい|ほしい(?:です)?|くれ(?:る|ます)か?"
    r"|(?:もらえ|いただけ)(?:る|ます)か)?|(?:知|し)りたい(?:の?です|んです)?(?:が|けど)?"
    r"|お(?:願|ねが)いします|(?:よく)?(?:分|わ)か(?:らない|りません)(?:の?です|んです)?(?:が|けど)?"
)


def _asked(tail: str) -> re.Pattern[str]:
    return re.compile(rf"(?P<word>.+?)(?:さん)?(?:{_NAMED})?{tail}[、,\s]*(?:{_PLEASE})?")


_ASKED: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (
        "sense",
        _asked(
            rf"{_JOINT}(?:{_SUCH}|何の|なんの|何という|何を)?(?:意味|いみ|定義)(?:する|します)?{_TOPIC}(?:{_WHAT})?{_END}"
        ),
    ),
    ("what", _asked(rf"(?:っ?て|とは|は|[、,\s])+{_SUCH}{_THING}{_TOPIC}{_END}")),
    ("what", _asked(rf"(?:っ?て|とは|っていうのは|というのは)[、,\s]*(?:{_WHAT})?{_TOPIC}{_END}")),
    ("who", _asked(rf"(?:っ?て|とは|は)[、,\s]*(?:誰|だれ|どなた){_END}")),
    ("value", _asked(rf"は[、,\s]*{_WHAT}{_END}")),
)
_FRAME = re.compile(
    r"^(?:(?:すみません|すいません|あの|あのう|ねえ|ところで|じゃあ?|では|それと|あと)[、,\s]*)*"
    r"(?:(?:この|社協の|地域福祉)?計画(?:の中)?(?:に|で)?"
    r"(?:出てくる|でてくる|出て来る|書いてある|書かれている|使われている|ある|いう|言う)[、,\s]*)?"
)
_THEN = re.compile(
    r"(?:じゃあ?|では|なら|それなら|それと|あと)?[、,\s]*(?P<word>.+?)(?:は|って|とは)?"
)
_COURTESY = re.compile(
    rf"(?:すみません|すいません|こんにちは|はじめまして|(?:意味が)?(?:{_PLEASE}))"
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """意味を尋ねられた言葉。

    ``word`` は書かれたまま。``entries`` は、その言葉の説明（かなで書かれて、いくつかの言葉に当たることがある）。
    """

    word: str
    entries: tuple[Entry, ...]
    kind: Kind = "what"


class Meanings:
    """言葉の説明。作ったあとは変わらない。``shelf`` は計画の文章、``said`` は答えの言葉。"""

    def __init__(self, glossary: Glossary, shelf: Shelf, said: Mapping[Register, Wording]) -> None:
        self._glossary = glossary
        self._shelf = shelf
        self._said = said
        self._spelt: dict[str, tuple[Entry, ...]] = {}
        sounding: dict[str, list[Entry]] = defaultdict(list)
        for entry in glossary.entries:
            for word in entry.words:
                self._spelt.setdefault(fold(word), (entry,))
            sounding[fold(entry.reading)].append(entry)
        self._sounding = {reading: tuple(found) for reading, found in sounding.items()}

    def asked(self, turns: Sequence[str]) -> Meaning | None:
        """最後の質問が、説明のある言葉の意味だけを尋ねているか。「じゃあ、醸成は？」のような続きも。"""
        pieces = [p for p in parts(turns[-1]) if not _COURTESY.fullmatch(p)]
        if len(pieces) != 1:
            return None
        text = _FRAME.sub("", normalize(pieces[0]), count=1).rstrip("。?!… ")
        # 分かち書きで打つ人もいる（「サロンって どういう いみ」）。
        for asking, (kind, pattern) in product((text, "".join(text.split())), _ASKED):
            match = pattern.fullmatch(asking)
            found = self._known(match["word"]) if match else ()
            if kind == "who":
                found = tuple(e for e in found if e.explanation.endswith("人です。"))
            if match and found:
                return Meaning(match["word"], found, kind)
        then = _THEN.fullmatch(text)
        if then and len(turns) > 1 and (found := self._known(then["word"])):
            before = self.asked(turns[:-1])
            return Meaning(then["word"], found, before.kind) if before else None
        return None

    def of(self, source: Source) -> Meaning | None:
        """``source`` が言葉の説明なら、その言葉。"""
        if not source.url.startswith(f"{WORDS}#"):
            return None
        entry = next((e for e in self._glossary.entries if e.id == source.section), None)
        return Meaning(entry.words[0], (entry,)) if entry else None

    def planned(self, meaning: Meaning) -> bool:
        """計画の文章が、その言葉を自分で説き明かしているか。"""
        return any(
            _defines(p.version("standard"), entry, meaning.kind)
            for entry in meaning.entries
            for p in self._shelf.plans
        )

    def used(self, meaning: Meaning) -> tuple[Passage, ...]:
        """その言葉の出てくる計画の文章。見出しに出てくるもの、新しい計画のものから。"""
        (entry,) = meaning.entries

        def told(text: str) -> bool:
            mentions = self._glossary.find(text) if any(w in text for w in entry.words) else ()
            return any(m.entry is entry for m in mentions)

        def order(passage: Passage) -> tuple[bool, int, str, str]:
            heading = passage.version("standard").heading
            return (
                not told(heading),
                -(passage.plan.number or 0),
                passage.plan.ward or "",
                passage.id,
            )

        found = [p for p in self._shelf.plans if told(p.version("standard").text)]
        return tuple(sorted(found, key=order))

    def explained(self, meaning: Meaning, register: Register) -> Answer:
        """言葉の説明と、その言葉の出てくる文章へ行く道。"""
        (entry,) = meaning.entries
        said, head = self._said[register], Run(entry.words[0], entry.reading, fixed=True)
        name: tuple[Run, ...] = (head,)
        # 略した言い方で尋ねた人には、その言い方で答える（CSW（コミュニティソーシャルワーカー）は、…）
        other = next((w for w in entry.words[1:] if fold(w) == fold(meaning.word)), "")
        if other:
            name = (Run(f"{other}（"), head, Run("）"))
        runs = said.runs("answer.meaning", word=name, explanation=entry.explanation)
        sentence = Sentence("", runs)
        title = said.text("answer.meaning.title", word=entry.words[0])
        url = f"{WORDS}#{entry.id}"
        source = Source("", register, entry.id, title, url, sentence.text, (sentence,))
        used = self.used(meaning)
        offered = suggestions(used[:OFFERED], register)
        text = sentence.text
        if beside := self._beside(entry, used, text):
            text += said.text("answer.meaning.written", words=beside)
        return Answer(
            "",
            "quote",
            text,
            brief(text),
            (source,),
            offered,
            1.0,
            offer=said.text("answer.meaning.used") if offered else "",
        )

    def _beside(self, entry: Entry, used: Sequence[Passage], shown: str) -> str:
        """計画がその言葉にかっこで添えた言い方（CSW（地域福祉コーディネーター））。もう見せたものは除く。"""
        names = "|".join(map(re.escape, entry.words))
        pattern = re.compile(rf"(?:{names})（([^（）]+)）")
        bodies = (p.version("standard").body for p in used)
        found = (m for body in bodies for m in pattern.finditer(body))
        told = (m[0] for m in found if m[1] not in shown and self._glossary.get(m[1]))
        return next(told, "")

    def which(self, meaning: Meaning) -> tuple[Suggestion, ...]:
        """かなで書かれた言葉の、どれのことか（「きょうどう」は、協働か共同か）。"""
        said = self._said["standard"]
        words = (entry.words[0] for entry in meaning.entries)
        return tuple(Suggestion(w, said.text("answer.meaning.ask", word=w)) for w in words)

    def _known(self, word: str) -> tuple[Entry, ...]:
        """``word`` そのものの説明。漢字でもかなでもよい。"""
        key = fold(word)
        return self._spelt.get(key) or self._sounding.get(key, ())


def _defines(version: Version, entry: Entry, kind: Kind) -> bool:
    """「Aとは、…」「…をAと呼びます」のような文か、A のことだけの節があるか。

    「Aの意味は」なら、節だけでは意味にならない。「Aは何ですか」なら、「基本A」の節の中身のことでもある。
    """
    heading, body = fold(version.heading), normalize_lines(version.body)
    for word in entry.words:
        name = fold(word)
        if heading == fold(f"{word}とは") or (heading == name and kind != "sense"):
            return True
        if kind == "value" and heading.endswith(name):
            return True
        told = re.escape(normalize(word))
        if re.search(
            rf"(?:^|[。\n])「?{told}」?とは[、,]|{told}」?と(?:呼|いいます|言います)", body
        ):
            return True
    return False
