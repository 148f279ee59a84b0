"""職員の画面を、本物のブラウザーで使う試験の手つき。

リンクやボタンを押した後のページは、いつ着くか分からない。着くのを待つ ``expect_navigation`` か、着くまで見直す
``expect`` を使い、押してすぐに今のページを調べない。
"""

from __future__ import annotations

from playwright.sync_api import Locator, Page

from tests.app.console.room import PASSWORD


def follow(button: Locator) -> None:
    """リンクか、フォームを送るボタンを押し、次のページが着くのを待つ。"""
    with button.page.expect_navigation():
        button.click()


def press(page: Page, name: str) -> None:
    """本文のフォームを送る。"""
    follow(page.get_by_role("main").get_by_role("button", name=name))


def log_in(page: Page, name: str, password: str = PASSWORD) -> None:
    page.get_by_label("名前").fill(name)
    page.get_by_label("パスワード").fill(password)
    follow(page.get_by_role("button", name="ログインする"))
