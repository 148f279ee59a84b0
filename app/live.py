"""動いている会話。公開のたびに、新しい原稿で話すように替わる。"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from accessibility.cache import Cache
from app.arguments import Refused
from app.knowledge import Knowledge, knowledge
from app.manifest import MANIFEST
from app.settings import Settings
from bot.clips import AudioClips
from bot.conversation import Conversation
from bot.person import Person
from bot.turn import Incoming, Turn
from channels.wording import Names
from content.model import Council
from content.store import Store, StoreError
from content.workflow import EmergencyText

LOG = logging.getLogger(__name__)

_LOOK_EVERY = 2.0
"""公開されたかを確かめる間（秒）。"""


class LiveConversation:
    """``out`` に公開されている版について話す、ただひとつの会話。

    作るとき（と公開のとき）に、保管庫の公開中の原稿から索引を作る。その数秒の間の質問は、作り終えてから
    新しい原稿で答える（LINE に受け取ったことを返すのは、待たない）。``notices`` は、出ている緊急のお知らせ。
    """

    def __init__(
        self, settings: Settings, out: Path, notices: Callable[[], Sequence[EmergencyText]]
    ) -> None:
        self.audio = AudioClips(out)
        self._settings, self._notices = settings, notices
        self._manifest = out / MANIFEST
        # 読みを付ける部品（Open JTalk）は、2 つのスレッドから同時には使えない。
        self._one_at_a_time = threading.Lock()
        self._seen = self._published()
        self._known, self._conversation = self._load()

    @property
    def councils(self) -> tuple[Council, ...]:
        return self._known.councils

    @property
    def names(self) -> Names:
        """社協や問い合わせ先の名前の読み。"""
        return self._known.names

    @property
    def wards(self) -> tuple[str, ...]:
        return self._conversation.wards

    def keepable(self, person: Person) -> Person:
        with self._one_at_a_time:
            return self._conversation.keepable(person)

    def turn(self, person: Person, incoming: Incoming) -> Turn:
        with self._one_at_a_time:
            return self._conversation.turn(person, incoming)

    async def watch(self) -> None:
        """取り消されるまで、公開されるたびに会話を作り直す。作り直せなければ、前の会話を続ける。"""
        while True:
            await asyncio.sleep(_LOOK_EVERY)
            try:
                await asyncio.to_thread(self.refresh)
            except OSError:
                pass  # 入れかえの途中。次に見る
            except Exception:  # 見張りが終わると、次の公開に気づかない
                LOG.exception("新しい原稿を確かめられません。前の原稿で話し続けます。")

    def refresh(self) -> None:
        """前に見たときから公開されていれば、会話を作り直す。"""
        published = self._published()
        if published == self._seen:
            return
        self._seen = published
        try:
            with self._one_at_a_time:
                self._known, self._conversation = self._load()
        except (StoreError, Refused) as error:
            LOG.error("新しい原稿で話せないので、前の原稿で話し続けます。%s", error)

    def _published(self) -> tuple[int, int] | None:
        try:
            facts = self._manifest.stat()
        except OSError:
            return None
        return facts.st_ino, facts.st_mtime_ns

    def _load(self) -> tuple[Knowledge, Conversation]:
        with Store.open_filled(self._settings.database_url) as store:
            known = knowledge(store.published(), Cache(self._settings.cache))
        conversation = Conversation(
            known.brain,
            known.councils,
            known.publications,
            base_url=self._settings.base_url,
            notices=self._notices,
            audio=self.audio,
            read=known.reader.read,
        )
        return known, conversation
