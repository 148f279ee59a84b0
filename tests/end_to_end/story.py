"""社協の 1 日の試験の道具: 本物の ``tsutawaru serve``、職員の机、印刷した資料。"""

from __future__ import annotations

import datetime
import io
import re
import socket
import subprocess
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, Response, expect
from sqlalchemy import update

from app.console.sessions import IDLE
from app.console.tables import SESSION
from content.bundle import load_folder
from content.database import open_database, writing
from content.store import Store
from tests.conftest import COMMAND, Tsutawaru

PASSWORD = "りんごとみかんとぶどう"
BUILT = 180_000
"""版を作るのを待つ間（ミリ秒）。"""
PATIENT = 60_000
"""答えを待つ間（ミリ秒）。初めての検査や、大きなファイルは、混んだ機械では時間がかかる。"""
ABOUT = """---
表題: 海辺の社協について
発行: 海辺社会福祉協議会
計画: 福祉計画
日付: 2026-04-01
出典: 試験
---

# わたしたち {#us}

海辺で働いています。
"""
SHEET = """<!doctype html><html lang="ja"><meta charset="utf-8">
<style>body { font: 11pt/1.7 "Noto Sans CJK JP", "IPAGothic", sans-serif } h1 { font-size: 24pt } h2 { font-size: 17pt }</style>
<h1>海辺のまちの計画</h1>
<h2>朝市</h2>
<p>朝市では、網元の家で生魚を配ります。買い物が大変な人にも、声をかけて、家まで届けます。</p>
<h2>見守り</h2>
<p>毎週木曜日に、ひとり暮らしの人の家を訪ねます。困りごとを聞き、相談の窓口につなぎます。</p>
</html>"""
"""2 つの節のある資料。「生魚」は、2 つの辞書で読みが違う。"""


class Town:
    """海辺社会福祉協議会。まだ何も公開していない。"""

    def __init__(self, home: Path, tsutawaru: Tsutawaru) -> None:
        self.tsutawaru, self.out = tsutawaru, home / "out"
        self.database = tsutawaru.environment["TSUTAWARU_DATABASE_URL"]
        folder = home / "umibe"
        folder.mkdir()
        (folder / "council.yaml").write_text("名称: 海辺社会福祉協議会\n", encoding="utf-8")
        (folder / "about.md").write_text(ABOUT, encoding="utf-8")
        with Store.open(self.database) as store:
            store.load(load_folder(folder))

    def first_administrator(self, name: str) -> None:
        words = ("staff", "add", name, "--role", "administrator", "--password-stdin")
        made = self.tsutawaru(*words, input=f"{PASSWORD}\n")
        assert made.returncode == 0 and "/staff/login" in made.stdout, made.stderr

    @contextmanager
    def serving(self) -> Iterator[str]:
        """動いているサーバーの場所。"""
        with socket.create_server(("127.0.0.1", 0)) as probe:
            url = f"http://127.0.0.1:{probe.getsockname()[1]}"
        command = [*COMMAND, "serve", "--out", str(self.out), "--port", url.rpartition(":")[2]]
        environment = {**self.tsutawaru.environment, "TSUTAWARU_BASE_URL": url}
        server = subprocess.Popen(command, env=environment)
        deadline = time.monotonic() + 180
        try:
            while not _answers(url):
                assert server.poll() is None and time.monotonic() < deadline
                time.sleep(0.1)
            yield url
        finally:
            server.terminate()
            server.wait(timeout=60)

    def expire(self, name: str) -> None:
        """``name`` の人のログインを、時間が過ぎたものにする。"""
        engine = open_database(self.database)
        long_ago = datetime.datetime.now(datetime.UTC) - IDLE - datetime.timedelta(minutes=1)
        with writing(engine) as connection:
            mine = update(SESSION).where(SESSION.c.account == name)
            connection.execute(mine.values(seen_at=long_ago))
        engine.dispose()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=5):
            return True
    except OSError:
        return False


class Desk:
    """ひとりの机。``page`` は、その人の見ているページ。"""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url

    def open(self, path: str) -> Response:
        found = self.page.goto(self.url + path)
        assert found is not None
        return found

    def log_in(self, name: str, password: str = PASSWORD) -> None:
        self.page.get_by_label("名前").fill(name)
        self.page.get_by_label("パスワード").fill(password)
        self.press("ログインする")

    @property
    def main(self) -> Locator:
        return self.page.get_by_role("main")

    def press(self, name: str) -> None:
        self.go(self.main.get_by_role("button", name=name))

    def follow(self, name: str) -> None:
        self.go(self.main.get_by_role("link", name=name))

    def go(self, place: Locator) -> None:
        """押して、次のページが着くのを待つ。"""
        with self.page.expect_navigation(timeout=PATIENT):
            place.first.click()

    def said(self, words: str) -> None:
        """できたという知らせ。"""
        expect(self.main.get_by_role("status").filter(has_text=words)).to_be_visible(
            timeout=PATIENT
        )

    def refused(self, words: str) -> None:
        """できないという知らせ。ページの始めに、1 つだけ出る。"""
        expect(self.main.get_by_role("alert")).to_contain_text(words, timeout=PATIENT)

    def shows(self, words: str) -> None:
        expect(self.main).to_contain_text(words, timeout=PATIENT)

    def tamper(self, selector: str, value: str) -> None:
        """隠した項目やボタンの値を、書きかえる。"""
        self.page.locator(selector).first.evaluate("(e, value) => { e.value = value }", value)

    def wait_for_build(self) -> None:
        """公開のページで、版ができるのを待つ。"""
        expect(self.page.locator("#progress")).to_contain_text("公開しました。", timeout=BUILT)

    def sound(self, source: str) -> tuple[float, float]:
        """音の長さ（秒）と、いちばん大きい所（0 から 1）。ブラウザーが読めるものだけ。"""
        length, loudest = self.page.evaluate(
            """async source => {
              const data = await (await fetch(source)).arrayBuffer();
              const context = new OfflineAudioContext(1, 1, 44100);
              const sound = await context.decodeAudioData(data);
              const loudest = sound.getChannelData(0).reduce((a, b) => Math.max(a, Math.abs(b)), 0);
              return [sound.duration, loudest];
            }""",
            source,
        )
        return float(length), float(loudest)

    def play(self, player: Locator) -> None:
        """聞こえはじめるまで、鳴らす。"""
        player.evaluate(
            """(player, patient) => new Promise((done, failed) => {
              player.ontimeupdate = () => player.currentTime > 0.2 && done(player.pause());
              player.onerror = failed;
              player.play().catch(failed);
              setTimeout(() => failed(new Error("鳴らない")), patient);
            })""",
            PATIENT,
        )

    def open_chapter(self, text: str, heading: str) -> Locator:
        """公開したページ（ふりがなあり）の、その章の本文。"""
        self.open(f"/{text}/web/ruby/index.html")
        self.go(self.page.get_by_role("link", name=heading))
        return self.page.locator("article")

    def data(self, path: str) -> bytes:
        """配っているファイル。"""
        found = self.page.request.get(self.url + path)
        assert found.ok, (path, found.status)
        return found.body()


class Office:
    """机を並べる。断りの答え（4xx）のほかの、ブラウザーの苦情は ``troubles`` に集まる。"""

    def __init__(self, url: str, browser: Browser, stack: ExitStack) -> None:
        self.url, self._browser, self._stack = url, browser, stack
        self.troubles: list[str] = []

    def desk(self, name: str = "") -> Desk:
        """``name`` がなければ、ログインの前。"""
        page = self._stack.enter_context(self._browser.new_context()).new_page()
        page.on("console", lambda m: self._complain(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("dialog", lambda dialog: self.troubles.append(dialog.message))
        desk = Desk(page, self.url)
        desk.open("/staff")
        if name:
            desk.log_in(name)
            expect(page.locator("h1")).to_have_text("最初のページ", timeout=PATIENT)
        return desk

    def newcomer(self, abe: Desk, name: str, shown: str, role: str) -> Desk:
        """管理者がアカウントを作り、本人が、1 度だけのアドレスでパスワードを決める。"""
        abe.open("/staff/people")
        abe.follow("アカウントを作る")
        abe.page.get_by_label("ログインの名前").fill(name)
        abe.page.get_by_label("画面に出す名前").fill(shown)
        abe.page.get_by_label(role).check()
        abe.press("アカウントを作る")
        abe.press("パスワードを決めるページを作る")
        link = abe.page.get_by_label(f"{shown} さんに渡すアドレス").input_value()
        desk = self.desk()
        desk.page.goto(link)
        desk.page.locator("#new_password").fill(PASSWORD)
        desk.page.get_by_label("新しいパスワード（もう一度）").fill(PASSWORD)
        desk.press("パスワードを決める")
        desk.said("パスワードを決めて、ログインしました。")
        desk.page.goto(link)
        desk.refused("もう使えません")
        return desk

    def _complain(self, text: str) -> None:
        if "the server responded with a status of 4" not in text:
            self.troubles.append(text)


def printed(browser: Browser) -> bytes:
    """``SHEET`` を、ブラウザーで印刷した PDF。"""
    page = browser.new_page()
    page.set_content(SHEET)
    data = page.pdf(format="A4")
    page.close()
    return data


def soon() -> datetime.datetime:
    """予約できる、いちばん近い時刻（日本の時刻）。"""
    jst = datetime.timezone(datetime.timedelta(hours=9))
    now = datetime.datetime.now(jst) + datetime.timedelta(seconds=20)
    return now.replace(second=0, microsecond=0) + datetime.timedelta(minutes=1)


def inside(data: bytes, *endings: str) -> str:
    """zip の中の、``endings`` で終わるファイルの文字。"""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        names = [name for name in package.namelist() if name.endswith(endings)]
        return "\n".join(package.read(name).decode() for name in sorted(names))


def stripped(data: bytes, *endings: str) -> str:
    """``inside`` から、ふりがなとタグを除いたもの。"""
    text = re.sub(r"<r[tp]\b.*?</r[tp]>", "", inside(data, *endings))
    return re.sub(r"<[^>]+>", "", text)
