"""更新の知らせ（フィード）。サイト全体の Atom と、出版物ごとのポッドキャスト。

ポッドキャストのアプリに住所を入れると、音声の版を節ごとに聞ける（音声は audio の版のファイルそのもの）。
アプリは相対の住所を読めないので、どのリンクも ``base_url`` から始まる。
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.utils import format_datetime

from channels import facts
from channels.edition import CatalogueEntry, Content, Download, Edition, edition_folder
from channels.pages import HOME, Page, Templates, chapter_file, hub_path
from channels.wording import Wording
from content.japan import JAPAN
from content.model import Publication

ATOM = "feed.xml"
COVER = "assets/cover.png"
FEED = "feed"
PODCAST = "podcast.xml"
_EPISODE = "mp3"


def podcast_path(publication: Publication) -> str:
    """``kawasaki/plan-6/standard/feed/podcast.xml``。"""
    return f"{edition_folder(publication.id, publication.register, FEED)}/{PODCAST}"


def has_podcast(entry: CatalogueEntry) -> bool:
    """音声の版があるか。"""
    return _audio(entry) is not None


@dataclass(frozen=True, slots=True)
class Episode:
    """番組の 1 回分。音声の版の、節ひとつ。``date`` は RFC 5322 の日時、``id`` は変わらない名前。"""

    number: int
    title: str
    id: str
    url: str
    page: str
    bytes: int
    seconds: int
    date: str


@dataclass(frozen=True, slots=True)
class News:
    """更新の 1 件。``updated`` は RFC 3339 の日時。``editions`` は受け取れるもの（住所、形式、バイト）。"""

    id: str
    title: str
    issuer: str
    url: str
    updated: str
    podcast: str


class Feeds:
    """すべての版ができてから、``feed.xml`` と、音声の版ごとの ``podcast.xml`` を作る。

    ``base_url`` は、このサイトの住所（終わりの / はない）。
    """

    def __init__(self, base_url: str) -> None:
        self._base = base_url
        self._wording = Wording.load({})
        self._templates = Templates()

    def render(self, catalogue: Sequence[CatalogueEntry]) -> Mapping[str, Content]:
        output: dict[str, Content] = {}
        entries = facts.in_order(catalogue)
        for entry in entries:
            if audio := _audio(entry):
                path = podcast_path(entry.publication)
                output[path] = self._podcast(entry, audio, path)
        news = sorted(map(self._news, entries), key=lambda n: n.updated, reverse=True)
        output[ATOM] = self._templates.render(
            "feed/atom.xml",
            self._page(ATOM),
            id=_id(self._base or "tsutawaru"),
            home=self._url(HOME),
            own=self._url(ATOM),
            news=news,
            updated=news[0].updated if news else "1970-01-01T00:00:00Z",
        )
        return dict(sorted(output.items()))

    def _podcast(self, entry: CatalogueEntry, audio: Edition, path: str) -> bytes:
        publication = entry.publication
        return self._templates.render(
            "feed/podcast.xml",
            self._page(path),
            title=facts.title(publication, self._wording),
            issuer=publication.plan.issuer,
            notice=entry.council.texts_notice,
            proofread=facts.text(facts.proofread(publication, self._wording)),
            home=self._url(hub_path(publication.id)),
            own=self._url(path),
            cover=self._url(COVER),
            language=publication.language,
            episodes=tuple(self._episodes(entry, audio)),
        )

    def _episodes(self, entry: CatalogueEntry, audio: Edition) -> Iterator[Episode]:
        publication = entry.publication
        pages = _pages(entry)
        downloads = [d for d in audio.downloads if d.format == _EPISODE]
        for number, download in enumerate(downloads, 1):
            yield Episode(
                number,
                download.title.text,
                # 日付の変わった節は、直した音声として届く。
                _id(publication.id, publication.register, download.path, str(publication.date)),
                self._url(f"{audio.folder}/{download.path}"),
                self._url(pages.get(download.title.id, hub_path(publication.id))),
                download.bytes,
                round(download.seconds or 0),
                # 日付の順に並べるアプリでも、節の順になるように、1 分ずつずらす。
                format_datetime(_moment(publication) + datetime.timedelta(minutes=number)),
            )

    def _news(self, entry: CatalogueEntry) -> News:
        publication = entry.publication
        return News(
            _id(publication.id, publication.register),
            facts.title(publication, self._wording),
            publication.plan.issuer,
            self._url(next(iter(_pages(entry).values()), hub_path(publication.id))),
            _moment(publication).isoformat(),
            self._url(podcast_path(publication)) if has_podcast(entry) else "",
        )

    def _page(self, path: str) -> Page:
        return Page(path, self._wording)

    def _url(self, path: str) -> str:
        return f"{self._base}/{path}"


def _audio(entry: CatalogueEntry) -> Edition | None:
    return next((e for e in entry.editions if any(map(_is_episode, e.downloads))), None)


def _is_episode(download: Download) -> bool:
    return download.format == _EPISODE


def _pages(entry: CatalogueEntry) -> dict[str, str]:
    """見出しの文の id ごとの、その節のページの場所。ページの版がなければ空。"""
    publication = entry.publication
    web = next((e for e in entry.editions if e.channel == "web"), None)
    if web is None:
        return {}
    return {
        section.heading.id: f"{web.folder}/{chapter_file(chapter[0].id)}"
        + ("" if section is chapter[0] else f"#{section.id}")
        for chapter in publication.chapters
        for section in chapter
    }


def _moment(publication: Publication) -> datetime.datetime:
    return datetime.datetime.combine(publication.date, datetime.time(), JAPAN)


def _id(*parts: str) -> str:
    """いつも同じ名前（RFC 9562 の UUID 版 5）。住所が変わっても、別の知らせにならない。"""
    return uuid.uuid5(uuid.NAMESPACE_URL, "/".join(parts)).urn
