"""質問に答えるために、公開中の原稿から作るもの。読みの付いた出版物と、答えるもの（Brain）。"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from accessibility.cache import Cache
from accessibility.glossary import Glossary
from accessibility.readings import Reader, read_publication
from app.arguments import Refused
from app.books import read_names
from app.product import product_digest
from app.readers import remembering_readers
from app.slots import CHANNELS
from channels.wording import Names
from content.bundle import Bundle
from content.model import Council, Publication

if TYPE_CHECKING:
    from bot.answer import Brain


@dataclass(frozen=True, slots=True)
class Knowledge:
    """``reader`` は、返事の言葉に読みを付けるもの。``names`` は、社協や問い合わせ先の名前の読み。"""

    brain: Brain
    councils: tuple[Council, ...]
    publications: tuple[Publication, ...]
    reader: Reader
    names: Names


def knowledge(bundle: Bundle, cache: Cache) -> Knowledge:
    """``bundle`` の出版物から答えるもの。言い換えの表に誤りがあれば ``Refused``。"""
    from bot.answer import Brain
    from bot.synonyms import SynonymsError

    readers = remembering_readers(bundle, cache, product_digest())
    publications = tuple(read_publication(p, readers[p.council]) for p in bundle.publications)
    named = read_names(bundle, readers)
    for remembering in readers.values():
        remembering.save()
    synonyms = "\n".join(text for _, text in bundle.synonyms)
    try:
        brain = Brain(
            publications,
            bundle.councils,
            glossary=Glossary.load(),
            synonyms=synonyms,
            ways=CHANNELS,
            cache=cache,
        )
    except SynonymsError as error:
        raise Refused(str(error)) from error
    names = {text: runs for each in named.values() for text, runs in each.items()}
    reader = next(iter(readers.values()), Reader())
    return Knowledge(brain, bundle.councils, publications, reader, names)
