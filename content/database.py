"""データベースへの接続。開くとき、表をいまの形に移す。SQLite と PostgreSQL で動く。"""

from __future__ import annotations

import datetime
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import (
    URL,
    Connection,
    DateTime,
    Dialect,
    Engine,
    TypeDecorator,
    create_engine,
    event,
    func,
    inspect,
    make_url,
    select,
    text,
)
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    InterfaceError,
    NoSuchModuleError,
    OperationalError,
)
from sqlalchemy.exc import TimeoutError as NoConnection

LATEST = "0010"
"""``migrations/versions`` のいちばん新しい版。"""

Clock = Callable[[], datetime.datetime]
"""いまの時刻（時差つき）。"""

_WAIT_SECONDS = 30
_KEPT, _MORE = 8, 56
"""持ちつづける接続と、足りないときに足す接続の数。合わせて、同時に使うスレッドの数（会話などの 40、職員の画面の
16、裏のもの 8 つ）だけあるので、書く順番を待つ人がいても、ほかの人は接続を待たない。"""
_TURN = (
    0x74757461  # PostgreSQL の勧告ロックの番号（"tuta"）。ほかの製品と重ならなければ何でもよい。
)


class StoreError(Exception):
    """データベースを使えない。説明は日本語の 1 文（何が、どこで、どうすればよいか）。"""


class UtcDateTime(TypeDecorator[datetime.datetime]):
    """UTC の時刻。SQLite は時差を捨てるので、入れるときに UTC にし、出すときに付けなおす。"""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(
        self, value: datetime.datetime | None, dialect: Dialect
    ) -> datetime.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"時差のない時刻です: {value}")
        return value.astimezone(datetime.UTC)

    def process_result_value(
        self, value: datetime.datetime | None, dialect: Dialect
    ) -> datetime.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            return value.replace(tzinfo=datetime.UTC)
        return value.astimezone(datetime.UTC)


def open_database(url: str) -> Engine:
    """``url`` のデータベースを開く。なければ作り、古ければ表を移す。開けなければ ``StoreError``。"""
    parsed = _parse_url(url)
    where = _shown(parsed)
    sqlite = parsed.get_backend_name() == "sqlite"
    if sqlite:
        _make_folder(parsed)
    try:
        engine = create_engine(
            parsed,
            connect_args={"timeout": _WAIT_SECONDS} if sqlite else {},
            pool_pre_ping=True,
            # メモリーの中のデータベースは、接続を分け合わない。
            **({} if _in_memory(parsed) else {"pool_size": _KEPT, "max_overflow": _MORE}),
            hide_parameters=True,  # 失敗の説明に、書こうとした値（人の言葉など）を出さない
        )
    except ModuleNotFoundError as error:
        raise StoreError(
            f"データベース「{where}」を使うための {error.name} がありません。"
            "pip install 'psycopg[binary]' を実行してください。"
        ) from error
    if sqlite:
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    try:
        _migrate(engine, where)
    except (DatabaseError, sqlite3.DatabaseError) as error:
        engine.dispose()
        raise StoreError(_reason(error, where)) from error
    except BaseException:
        engine.dispose()
        raise
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """読むためのトランザクション。"""
    with _speaking(engine), engine.begin() as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """書くためのトランザクション。ほかのプロセスも含めて、1 つずつ順に走る。"""
    with _speaking(engine), engine.connect() as connection:
        connection = connection.execution_options(writing=True)
        with connection.begin():
            if connection.dialect.name == "postgresql":
                connection.execute(select(func.pg_advisory_xact_lock(_TURN)))
            yield connection


@contextmanager
def _speaking(engine: Engine) -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError, NoConnection) as error:
        raise StoreError(
            f"データベース「{_shown(engine.url)}」を読み書きできませんでした。"
            "ほかのプログラムが使いつづけていないか、空き容量と権限があるかを確かめてください。"
        ) from error


def _parse_url(url: str) -> URL:
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
    except (ArgumentError, NoSuchModuleError, ValueError):
        backend = ""
    if backend == "postgres":
        backend = "postgresql"
    if backend not in ("sqlite", "postgresql"):
        raise StoreError(
            f"データベースの場所「{url.split('@')[-1]}」が読み取れません。"
            "sqlite:///var/tsutawaru.db か postgresql://名前:パスワード@ホスト/データベース の形で"
            "書いてください。"
        )
    # 運ぶプログラムを決めておく（SQLAlchemy の版によって選ぶものが違う）。
    return parsed.set(drivername="sqlite" if backend == "sqlite" else "postgresql+psycopg")


def _shown(url: URL) -> str:
    """知らせに出す場所。パスワードを見せない。"""
    if url.get_backend_name() == "sqlite":
        return url.database or ":memory:"
    return url.render_as_string(hide_password=True).replace("+psycopg", "")


def _in_memory(url: URL) -> bool:
    """ファイルのない SQLite か。"""
    name = url.database or ""
    return url.get_backend_name() == "sqlite" and (
        name in ("", ":memory:") or name.startswith("file:")
    )


def _make_folder(url: URL) -> None:
    if _in_memory(url):
        return
    folder = Path(url.database or "").parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"データベースのフォルダ「{folder}」を作れません。"
            "場所と、書き込みの権限を確かめてください。"
        ) from error


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    _use_wal(connection)
    # recursive_triggers: INSERT OR REPLACE が行を除くときにも、消させない引き金（DELETE）が引かれる。
    for pragma in ("foreign_keys = ON", "synchronous = NORMAL", "recursive_triggers = ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _use_wal(connection: sqlite3.Connection) -> None:
    """読む人が書く人を待たない形にする。作ったばかりのデータベースは、まだこの形ではない。"""
    deadline = time.monotonic() + _WAIT_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL").close()
            return
        except sqlite3.OperationalError as error:
            # ほかの接続が書いている間の切りかえだけは、timeout を待たずに断られる。
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
        time.sleep(0.05)


def _begin_sqlite(connection: Connection) -> None:
    # 読んでから書きはじめると、待たずに「ロック中」になることがある。書くなら初めから順番を待つ。
    writing = connection.get_execution_options().get("writing")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _reason(error: DatabaseError | sqlite3.DatabaseError, where: str) -> str:
    # 接続の準備（_prepare_sqlite）の誤りは、SQLAlchemy に包まれずに来る。
    cause = error.orig if isinstance(error, DatabaseError) else error
    if isinstance(cause, sqlite3.OperationalError):
        return (
            f"データベース「{where}」を開けません。"
            "場所と、読み書きの権限と、空き容量を確かめてください。"
        )
    if isinstance(cause, sqlite3.DatabaseError):
        return (
            f"「{where}」はデータベースのファイルではないか、こわれています。"
            "控えから戻すか、別の場所を選んでください。"
        )
    return (
        f"データベース「{where}」につながりません。"
        "サーバーが動いているか、名前とパスワードが正しいかを確かめてください。"
    )


def _migrate(engine: Engine, where: str) -> None:
    with engine.connect() as connection:
        if _version(connection) == LATEST:
            return
    # 表がいまの形なら要らないので、ここで読み込む。
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", "content:migrations")
    with writing(engine) as connection:
        version = _version(connection)
        known = {s.revision for s in ScriptDirectory.from_config(config).walk_revisions()}
        if version is not None and version not in known:
            raise StoreError(
                f"データベース「{where}」は、このプログラムより新しいプログラムが作ったものです。"
                "プログラムを新しくしてください。"
            )
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
