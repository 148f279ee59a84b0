"""更新の知らせ（Atom）とポッドキャスト。"""

from __future__ import annotations

import datetime
import posixpath
from collections.abc import Mapping
from dataclasses import replace
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest

from channels.audio import AudioChannel
from channels.edition import CatalogueEntry, Content
from channels.feed import Feeds
from channels.site import WebSite, WorkPages
from channels.text import TextChannel
from channels.web import WebChannel
from content.model import Council
from tests.channels.books import narrated
from tests.channels.html_page import parse_page
from tests.channels.words import GLOSSARY

BASE = "https://shakyo.example.jp"
ATOM = "{http://www.w3.org/2005/Atom}"
ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
COUNCIL = Council("shiken", "試験社会福祉協議会", (), "文章は<社協>のものです。")
BODY = "# 章 & 節 {#a}\n\n文です。\n\n## 小さな節 {#b}\n\n二つめの文です。\n"
PODCAST = "shiken/plan/standard/feed/podcast.xml"


@pytest.fixture(scope="module")
def entry(tmp_path_factory: pytest.TempPathFactory) -> CatalogueEntry:
    publication, narration = narrated(BODY, tmp_path_factory.mktemp("cache"))
    web = WebChannel({COUNCIL.id: COUNCIL}, [publication], {})
    editions = tuple(
        channel.render(publication, narration) for channel in (web, AudioChannel(), TextChannel())
    )
    return CatalogueEntry(publication, COUNCIL, editions)


@pytest.fixture(scope="module")
def made(entry: CatalogueEntry) -> Mapping[str, Content]:
    return Feeds(BASE).render([entry])


def tree(made: Mapping[str, Content], name: str) -> ET.Element:
    data = made[name]
    assert isinstance(data, bytes)
    return ET.fromstring(data)


def local(url: str | None) -> str:
    assert url is not None
    assert url.startswith(f"{BASE}/")
    return urlsplit(url).path.removeprefix("/")


def test_音声の版の節が順に並び_ファイルと大きさと長さが合う(
    entry: CatalogueEntry, made: Mapping[str, Content]
) -> None:
    audio = next(e for e in entry.editions if e.channel == "audio")
    items = tree(made, PODCAST).findall("channel/item")
    sections = [d for d in audio.downloads if d.format == "mp3"]
    assert [i.findtext("title") for i in items] == [d.title.text for d in sections]
    for number, (item, download) in enumerate(zip(items, sections, strict=True), 1):
        enclosure = item.find("enclosure")
        assert enclosure is not None
        name = local(enclosure.get("url")).removeprefix(f"{audio.folder}/")
        content = audio.files[name]
        assert isinstance(content, bytes)
        assert enclosure.get("length") == str(len(content))
        assert enclosure.get("type") == "audio/mpeg"
        assert item.findtext(f"{ITUNES}episode") == str(number)
        seconds = float(item.findtext(f"{ITUNES}duration") or "nan")
        assert abs(seconds - (download.seconds or 0)) <= 0.5


def test_節のページに戻れる(entry: CatalogueEntry, made: Mapping[str, Content]) -> None:
    web = next(e for e in entry.editions if e.channel == "web")
    pages = {i.findtext("title"): i.findtext("link") for i in tree(made, PODCAST).iter("item")}
    assert local(pages["章 & 節"]) == f"{web.folder}/a.html"
    assert pages["小さな節"] == f"{BASE}/{web.folder}/a.html#b"
    assert "a.html" in web.files


def test_日付の順に並べても節の順になり_名前は重ならない(made: Mapping[str, Content]) -> None:
    items = tree(made, PODCAST).findall("channel/item")
    dates = [parsedate_to_datetime(i.findtext("pubDate") or "") for i in items]
    assert dates == sorted(dates)
    assert len(set(dates)) == len(dates)
    assert len({i.findtext("guid") for i in items}) == len(items)


def test_日付の変わった出版物の節は_新しい音声として届く(entry: CatalogueEntry) -> None:
    later = replace(entry, publication=replace(entry.publication, date=datetime.date(2027, 1, 1)))

    def names(entry: CatalogueEntry) -> list[str | None]:
        feed = tree(Feeds(BASE).render([entry]), PODCAST)
        return [item.findtext("guid") for item in feed.iter("item")]

    assert not set(names(entry)) & set(names(later))


def test_Atomは新しいものを先にし_ポッドキャストを教える(entry: CatalogueEntry) -> None:
    newer = replace(
        entry,
        publication=replace(entry.publication, id="shiken/new", date=datetime.date(2027, 1, 1)),
        editions=(),
    )
    feed = tree(Feeds(BASE).render([entry, newer]), "feed.xml")
    entries = feed.findall(f"{ATOM}entry")
    updated = [e.findtext(f"{ATOM}updated") for e in entries]
    assert updated == ["2027-01-01T00:00:00+09:00", "2026-04-01T00:00:00+09:00"]
    assert feed.findtext(f"{ATOM}updated") == updated[0]
    related = [[link.get("href") for link in e.findall(f"{ATOM}link")] for e in entries]
    assert related[0] == [f"{BASE}/shiken/new/index.html"]
    assert f"{BASE}/{PODCAST}" in related[1]
    ids = [e.findtext(f"{ATOM}id") for e in entries] + [feed.findtext(f"{ATOM}id")]
    assert len(set(ids)) == 3


def test_音声の版がなければ番組は作らない(entry: CatalogueEntry) -> None:
    silent = replace(entry, editions=tuple(e for e in entry.editions if e.channel != "audio"))
    assert list(Feeds(BASE).render([silent])) == ["feed.xml"]


def test_出版物がなくても正しいAtomになる() -> None:
    feed = tree(Feeds(BASE).render([]), "feed.xml")
    assert feed.findtext(f"{ATOM}updated")
    assert feed.find(f"{ATOM}entry") is None


def test_権利の断りと校正の有無を言う(made: Mapping[str, Content]) -> None:
    channel = tree(made, PODCAST).find("channel")
    assert channel is not None
    assert channel.findtext("copyright") == COUNCIL.texts_notice
    assert "未校正" in (channel.findtext("description") or "")


def test_入口のページから_番組と更新の知らせに行ける(
    entry: CatalogueEntry, made: Mapping[str, Content]
) -> None:
    pages = {**WebSite({}, GLOSSARY).render([entry]), **WorkPages({}).render([entry]), **made}
    for name in ("shiken/plan/index.html", "receive.html"):
        page = parse_page(pages[name])
        (link,) = [a for a in page.all("a") if a["href"].endswith("podcast.xml")]
        assert posixpath.normpath(posixpath.join(posixpath.dirname(name), link["href"])) in pages
    (feed,) = [
        n for n in parse_page(pages["index.html"]).all("link") if n.get("rel") == "alternate"
    ]
    assert feed["href"] in pages
    assert "assets/cover.png" in pages


def test_いつも同じバイトになる(entry: CatalogueEntry) -> None:
    assert Feeds(BASE).render([entry]) == Feeds(BASE).render([entry])
