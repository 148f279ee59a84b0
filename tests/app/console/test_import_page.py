"""資料を取り込むページと、文章を新しく作るページ。"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable

import httpx
import pytest

from app.console.form import LARGEST_UPLOAD
from app.console.imports import Imports
from content.notation import parse
from tests.app.console.page_forms import fields
from tests.app.console.room import Room
from tests.content.intake.material import docx, paragraph, ruby_run, text_run, typeset
from tests.content.intake.test_pdf import locked
from tests.content.intake.test_word import bomb

HERE = "/staff/import/umibe"
PDF = typeset(("第7期の計画", 60, 780, 24), ("みんなで支えあうまちをつくる。", 60, 740, 10))
WORD = docx(
    paragraph(text_run("目標"), style="1")
    + paragraph(ruby_run("多摩", "たま"), text_run("区の<b>計画</b>です。"))
)


def upload(client: httpx.Client, name: str, data: bytes) -> httpx.Response:
    return client.post(HERE, files={"file": (name, data)}, timeout=120)


def make(client: httpx.Client, page: httpx.Response, **changed: str) -> httpx.Response:
    given = {**fields(page), "name": "plan-7", "front_series": "福祉計画", **changed}
    return client.post(page.url.path, data=given)


# 取り込む ------------------------------------------------------------------------------


def test_PDF_を取り込み_もとのページと見比べて_下書きにする(room: Room) -> None:
    with room.logged_in("suzuki") as client:
        page = upload(client, "第7期.pdf", PDF)
        assert page.url.path.startswith(f"{HERE}/")
        assert "みんなで支えあうまちをつくる。" in page.text
        assert "（記入してください）" not in fields(page)["front_issuer"]
        assert fields(page)["front_issuer"] == "海辺社会福祉協議会"
        assert fields(page)["front_date"] == "2026-11-22"
        assert "確かめるところ" in page.text
        picture = re.search(r'<img src="(/staff/import/[^"]*/page/1)"', page.text)
        assert picture is not None
        for _ in range(2):
            shown = client.get(picture[1])
            assert shown.headers["content-type"] == "image/png"
            assert shown.content.startswith(b"\x89PNG")
        assert client.get(picture[1].replace("page/1", "page/2")).status_code == 404
        assert client.get(picture[1].replace("page/1", "page/１")).status_code == 404
        done = make(client, page)
        assert done.url.path == "/staff/edit/umibe/plan-7/standard"
        assert "下書きにしました。" in done.text
        assert page.url.path in client.get(HERE).text
    desk = room.console.approvals.desk("umibe/plan-7", "standard")
    assert desk is not None and desk.state == "draft"
    plan = room.console.approvals.publication(desk.latest)
    assert (plan.plan.issuer, plan.plan.series) == ("海辺社会福祉協議会", "福祉計画")


def test_Word_のふりがなと記号は_そのまま残る(room: Room) -> None:
    with room.logged_in("suzuki") as client:
        page = upload(client, "C:\\計画\\plan-7.docx", WORD)
        assert fields(page)["name"] == "plan-7"
        assert "もとのページ" not in page.text
        assert "<b>計画" not in page.text
        make(client, page)
    desk = room.console.approvals.desk("umibe/plan-7", "standard")
    assert desk is not None
    assert "｜多摩《たま》区の<b>計画</b>です。" in desk.latest.text


def test_決めた名前や項目に誤りがあれば_そこに出て_書いたものは残る(room: Room) -> None:
    with room.logged_in("suzuki") as client:
        page = upload(client, "a.docx", WORD)
        for name in ("", "計画", "Plan", "../x", "plan-1"):
            fault = make(client, page, name=name, front_title="残る題")
            assert fault.status_code == 400
            assert '<a href="#name">' in fault.text
            assert fields(fault)["front_title"] == "残る題"
        fault = make(client, page, front_date="いつか", front_series="")
        assert '<a href="#front_date">' in fault.text and '<a href="#front_series">' in fault.text
        assert room.console.drafts.all_kept(room.actor("suzuki")) == ()
        assert make(client, fault, front_date="2026-12-01").url.path.startswith("/staff/edit/")


# 断る -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "make", "message"),
    [
        ("計画.pdf", locked, "パスワード"),
        ("計画.pdf", lambda: PDF[:300], "壊れている"),
        ("計画.docx", bomb, "大きすぎます"),
        ("計画.docx", lambda: PDF, "中身は Word ではありません"),
        ("計画.exe", lambda: b"MZ", "取り込めません"),
        ("計画.pdf", lambda: b"", "空のファイルです"),
        ("大きい.pdf", lambda: b"%PDF-" + b"0" * LARGEST_UPLOAD, "50 MB までのファイルに"),
    ],
    ids=["暗号", "途中まで", "爆弾", "名前違い", "種類", "空", "50MB"],
)
def test_取り込めないものは_わけを言って断る(
    room: Room, name: str, make: Callable[[], bytes], message: str
) -> None:
    with room.logged_in("suzuki") as client:
        page = upload(client, name, make())
        assert page.status_code == 400
        assert '<a href="#file">' in page.text and message in page.text
        assert "エラー: 資料を取り込む" in page.text
        empty = client.post(HERE, data={})
        assert "ファイルが選ばれていません。" in empty.text
    assert list(room.settings.cache.glob("imports/*/source")) == []


def test_読んでいる間も_ほかのページは開く(room: Room) -> None:
    with room.logged_in("suzuki") as client, room.logged_in("sato") as other:
        worker = threading.Thread(target=upload, args=(client, "a.docx", bomb()))
        worker.start()
        begun, slowest = time.monotonic(), 0.0
        while worker.is_alive():
            start = time.monotonic()
            assert other.get("/staff/login").status_code == 200
            slowest = max(slowest, time.monotonic() - start)
        worker.join()
        whole = time.monotonic() - begun
    assert slowest < whole / 2  # 待たされれば、読み終わるまで返らない


# だれのもの ------------------------------------------------------------------------------


def test_ほかの人の取り込みは見えず_1_日で消える(room: Room) -> None:
    with room.logged_in("suzuki") as client:
        page = upload(client, "計画.docx", WORD)
        with room.logged_in("sato") as other:
            assert other.get(page.url.path).status_code == 404
            assert "計画.docx" not in other.get(HERE).text
        for key in ("a" * 43, "..%2f..%2fetc"):
            assert client.get(f"{HERE}/{key}").status_code == 404
    room.after(hours=25)
    with room.logged_in("suzuki") as client:
        gone = client.get(page.url.path)
        assert gone.status_code == 404 and "1 日を過ぎると消えます" in gone.text
        assert "計画.docx" not in client.get(HERE).text
        upload(client, "次.docx", WORD)
    assert len(list(room.settings.cache.glob("imports/*/source"))) == 1


def test_受け持ちでない社協には_取り込めない(room: Room) -> None:
    with room.logged_in("suzuki") as client:
        for path in ("/staff/import/other", "/staff/new/other", "/staff/import/other/abc"):
            assert client.get(path).status_code == 404
        assert (
            client.post("/staff/import/other", files={"file": ("a.docx", WORD)}).status_code == 404
        )


def test_取り込みは_もとのファイルを変えずに置く(room: Room) -> None:
    imports = Imports(room.settings.cache / "imports", lambda: room.now, lambda: "k" * 43)
    made = imports.add(WORD, "計画.docx", "suzuki", "umibe")
    assert imports.find("k" * 43, "suzuki", "umibe") == made
    assert imports.find("k" * 43, "suzuki", "other") is None
    home = room.settings.cache / "imports" / ("k" * 43)
    assert (home / "source").read_bytes() == WORD
    assert home.stat().st_mode & 0o77 == 0


# 新しく作る ------------------------------------------------------------------------------


def test_何もないところから作り_保存するまでは_稿にならない(room: Room) -> None:
    with room.logged_in("suzuki") as client:
        page = client.get("/staff/new/umibe")
        assert fields(page)["front_issuer"] == "海辺社会福祉協議会"
        fault = client.post("/staff/new/umibe", data={**fields(page), "name": "plan-1"})
        assert fault.status_code == 400
        assert "もうあります" in fault.text and '<a href="#front_title">' in fault.text
        given = {
            **fields(fault),
            "name": "plan-8",
            "front_title": "第8期: 計画",
            "front_series": "計画",
            "front_source": "議事録",
        }
        made = client.post("/staff/new/umibe", data=given)
        assert made.url.path == "/staff/edit/umibe/plan-8/standard"
        assert fields(made)["front_title"] == "第8期: 計画"
        assert room.console.approvals.desk("umibe/plan-8", "standard") is None
        again = client.post("/staff/new/umibe", data=given)
        assert "書きかけがあります" in again.text
        assert client.get("/staff/edit/umibe/plan-8/standard").status_code == 200
        done = client.post(
            made.url.path,
            data={**fields(made), "do": "save", "heading_1": "目標", "body_1": "助け合う。"},
        )
        assert "下書きに保存しました。" in done.text
    desk = room.console.approvals.desk("umibe/plan-8", "standard")
    assert desk is not None
    assert parse(desk.latest.text, "umibe/plan-8").title.text == "第8期: 計画"


# 下書きにした後 -------------------------------------------------------------------------


def test_確かめるところは_確かめるまで書く画面に残る(room: Room) -> None:
    cut = docx(
        paragraph(text_run("目標"), style="1")
        + paragraph(text_run("みんなで、まちを支えるしくみを呼"))
        + paragraph(text_run("び掛けて作ります。"))
        + paragraph(text_run("場所"), style="1")
        + paragraph(text_run("海辺、そして港を使"))
        + paragraph(text_run("って集まります。"))
    )
    with room.logged_in("suzuki") as client:
        edit = make(client, upload(client, "計画.docx", cut))
        assert "確かめるところ 1" in edit.text and "しくみを呼／び掛けて" in edit.text
        places = re.findall(r'name="do" value="(seen:\d+:\d+)"', edit.text)
        assert len(places) == 2
        written = {**fields(edit), "body_2": "書きかけの文。", "do": places[0]}
        after = client.post(edit.url.path, data=written)
        assert "しくみを呼／" not in after.text and "港を使／って集" in after.text
        assert fields(after)["body_2"] == "書きかけの文。"
    room.after(hours=48)
    review = "/staff/review/umibe/plan-7/standard"
    desk = room.console.approvals.desk("umibe/plan-7", "standard")
    assert desk is not None
    seen = {"revision": str(desk.latest.id), "digest": desk.latest.digest}
    with room.logged_in("suzuki") as client:
        told = client.post(review, data={**seen, "action": "submit"})
        assert "確かめるところが 1 残っています" in told.text
    with room.logged_in("sato") as client:
        assert "港を使／って集" in client.get(edit.url.path).text
        assert "確かめるところが 1 残っています" in client.get(review).text
        done = client.post(review, data={**seen, "action": "approve"})
        assert "承認しました" in done.text and "残っています" not in done.text
        assert "港を使" not in re.sub(
            r"<textarea.*?</textarea>", "", client.get(edit.url.path).text, flags=re.S
        )


def test_もとのページの絵は_取り込んだ人に_1_日の間_書く画面からも見られる(room: Room) -> None:
    twice = typeset(
        ("第7期の計画", 60, 780, 24),
        ("みんなで、まちを支える", 60, 740, 10),
        ("しくみを作ります。", 60, 640, 10),
    )
    with room.logged_in("suzuki") as client:
        page = upload(client, "第7期.pdf", twice)
        link = f'href="{page.url.path}#page_1"'
        edit = make(client, page)
        assert "もとの 1 ページ" in edit.text and link in edit.text
        with room.logged_in("sato") as other:
            assert link not in other.get(edit.url.path).text
    room.after(hours=25)
    with room.logged_in("suzuki") as client:
        assert link not in client.get(edit.url.path).text


def test_まだ下書きにしていない資料は_取り込んだ人の最初のページに出る(room: Room) -> None:
    with room.logged_in("suzuki") as client:
        page = upload(client, "計画.docx", WORD)
        home = client.get("/staff").text
        assert "まだ下書きにしていません" in home and f'href="{page.url.path}"' in home
        with room.logged_in("sato") as other:
            assert "計画.docx" not in other.get("/staff").text
        make(client, page)
        assert page.url.path not in client.get("/staff").text
        assert "下書きにしました" in client.get(HERE).text
