"""原稿のフォルダを読み、書く。

``<社協>/council.yaml``、``<社協>/readings.tsv``、``<社協>/synonyms.tsv``、``<社協>/excuses.tsv``、
``<社協>/<名前>[.plain].md``、``<社協>/<画像>``。人の録音と校正済のしるしは ``content.recorded``。
2 つの原稿が同じ名前の別の画像を使うときは、画像を ``<社協>/<名前>[.plain]/`` に置く。
"""

from __future__ import annotations

import hashlib
import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from content.council import parse_council, write_council
from content.model import REGISTERS, Council, Publication, Register
from content.notation import NotationError, Problem, parse
from content.notation_write import write
from content.pictures import MAX_BYTES
from content.recorded import (
    PROOFREAD_FILE,
    RECORDINGS_FOLDER,
    Proofread,
    Recording,
    Sounds,
    read_borders,
    read_proofread,
    write_borders,
    write_proofread,
)

BUNDLED = Path(__file__).parent / "plans"
"""この製品に付いてくる計画。"""

COUNCIL_FILE = "council.yaml"
READINGS_FILE, SYNONYMS_FILE, EXCUSES_FILE = "readings.tsv", "synonyms.tsv", "excuses.tsv"
_UNREADABLE = "ファイルを開けません。読み取りの権限を確かめてください。"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")


@dataclass(frozen=True, slots=True)
class Bundle:
    """原稿のひとそろい。社協は id の順、出版物は id と register（standard、plain）の順に並ぶ。

    ``readings`` は社協の id ごとの読みの辞書、``synonyms`` は言い換えの表、``excuses`` は
    やさしい日本語の検査で認めたもの（どれも TSV の文字のまま）。``proofread`` は、職員の画面で校正を終えた
    しるし、``recordings`` は人の録音。``sounds`` は、フォルダから読んだ録音の、音の名前ごとの MP3 と AAC。
    """

    councils: tuple[Council, ...]
    publications: tuple[Publication, ...]
    readings: tuple[tuple[str, str], ...] = ()
    synonyms: tuple[tuple[str, str], ...] = ()
    excuses: tuple[tuple[str, str], ...] = ()
    proofread: tuple[Proofread, ...] = ()
    recordings: tuple[Recording, ...] = ()
    sounds: Mapping[str, tuple[Path, Path]] = field(default_factory=dict, compare=False)


def in_order(publication: Publication) -> tuple[str, int]:
    """``Bundle.publications`` の並べ方。"""
    return publication.id, REGISTERS.index(publication.register)


def load_folder(folder: Path) -> Bundle:
    """フォルダの原稿をすべて読む。``folder`` は社協のフォルダか、社協のフォルダが並ぶフォルダ。

    社協の id はフォルダの名前である。誤りは、すべてのファイルの分を集めて ``NotationError`` で上げる。
    """
    problems: list[Problem] = []
    try:
        roots = _council_folders(folder)
    except FileNotFoundError:
        raise _folder_error(folder, "フォルダがありません。場所を確かめてください。") from None
    except NotADirectoryError:
        raise _folder_error(
            folder, "フォルダではありません。原稿のあるフォルダを選んでください。"
        ) from None
    except OSError as error:
        raise _folder_error(
            error.filename or folder, "フォルダを開けません。読み取りの権限を確かめてください。"
        ) from None
    if not roots:
        raise _folder_error(
            folder,
            "原稿（.md）がありません。社協のフォルダに council.yaml と原稿を置いてください。",
        )
    bundles = [_Folder(root, problems).read() for root in roots]
    if problems:
        raise NotationError(problems)
    return Bundle(
        tuple(c for b in bundles for c in b.councils),
        tuple(sorted((p for b in bundles for p in b.publications), key=in_order)),
        tuple(r for b in bundles for r in b.readings),
        tuple(s for b in bundles for s in b.synonyms),
        tuple(e for b in bundles for e in b.excuses),
        tuple(sorted((m for b in bundles for m in b.proofread), key=_place)),
        tuple(
            sorted(
                (r for b in bundles for r in b.recordings), key=lambda r: (*_place(r), r.section)
            )
        ),
        {name: files for b in bundles for name, files in b.sounds.items()},
    )


def _place(found: Proofread | Recording) -> tuple[str, int]:
    return found.publication, REGISTERS.index(found.register)


def load_publication(path: Path, text: str, *, file: str) -> Publication:
    """原稿ひとつ。``text`` は ``path``（社協のフォルダの中のファイル）の中身。誤りは ``NotationError``。"""
    name, register = _name_and_register(path)
    id = f"{path.parent.name}/{name}"
    return parse(text, id, register, file=file, load_picture=_pictures_for(path))


def sound_files(bundle: Bundle, recording: Recording) -> tuple[bytes, bytes]:
    """フォルダの録音の MP3 と AAC。読めなければ ``NotationError``。"""
    try:
        mp3, aac = (file.read_bytes() for file in bundle.sounds[recording.sound])
    except OSError as error:
        raise _folder_error(error.filename, _UNREADABLE) from None
    return mp3, aac


def _folder_error(folder: Path | str, message: str) -> NotationError:
    return NotationError([Problem(str(folder), 1, message)])


def _council_folders(folder: Path) -> list[Path]:
    # resolve() では、リンクの名前（社協の id になる）がリンク先の名前に変わってしまう。
    folder = Path(os.path.abspath(folder))  # noqa: PTH100
    below = sorted(p for p in folder.iterdir() if p.is_dir() and not p.name.startswith("."))
    councils = [p for p in below if _holds(p, COUNCIL_FILE)]
    if _holds(folder, COUNCIL_FILE) or (not councils and _holds(folder, ".md")):
        return [folder]
    return [p for p in below if p in councils or _holds(p, ".md")]


def _holds(folder: Path, ending: str) -> bool:
    # glob() は開けないフォルダを空とみなすので使わない。
    return any(p.name.endswith(ending) for p in folder.iterdir())


class _Folder:
    """社協のフォルダひとつ。"""

    def __init__(self, root: Path, problems: list[Problem]) -> None:
        self._root = root
        self._problems = problems

    def read(self) -> Bundle:
        id = self._root.name
        if not _NAME.fullmatch(id):
            self._problem(
                self._root,
                "社協のフォルダの名前は、半角の英小文字と数字と - だけにしてください（例 kawasaki）。",
            )
        if not any(self._root.glob("*.md")):
            self._problem(
                self._root,
                "原稿（.md）がありません。council.yaml と同じフォルダに原稿を置いてください。",
            )
        recordings = tuple(self._recordings(id))
        return Bundle(
            tuple(self._council(id)),
            tuple(self._publications()),
            tuple(self._table(id, READINGS_FILE)),
            tuple(self._table(id, SYNONYMS_FILE)),
            tuple(self._table(id, EXCUSES_FILE)),
            tuple(self._proofread(id)),
            tuple(recording for recording, _ in recordings),
            {recording.sound: files for recording, files in recordings},
        )

    def _proofread(self, id: str) -> Iterator[Proofread]:
        path = self._root / PROOFREAD_FILE
        for _, text in self._table(id, PROOFREAD_FILE):
            try:
                for mark in read_proofread(text, id, file=self._shown(path)):
                    if self._has(mark.publication.partition("/")[2], mark.register, path):
                        yield mark
            except NotationError as error:
                self._problems.extend(error.problems)

    def _has(self, name: str, register: Register, path: Path) -> bool:
        """``path`` の言う原稿があるか。"""
        file = f"{name}.md" if register == "standard" else f"{name}.plain.md"
        found = bool(_NAME.fullmatch(name)) and (self._root / file).is_file()
        if not found:
            self._problem(path, f"原稿 {file} がありません。")
        return found

    def _recordings(self, id: str) -> Iterator[tuple[Recording, tuple[Path, Path]]]:
        """録音と、その MP3 と AAC のファイル。節の名前の順。"""
        for path in sorted(self._root.glob(f"{RECORDINGS_FOLDER}/*/*.mp3")):
            if not path.with_suffix(".tsv").exists():
                self._problem(
                    path, "録音の文の切れ目がありません。同じ名前の .tsv を、隣に置いてください。"
                )
        for path in sorted(self._root.glob(f"{RECORDINGS_FOLDER}/*/*.tsv")):
            text, files = self._text(path), (path.with_suffix(".mp3"), path.with_suffix(".m4a"))
            name, register = _name_and_register(Path(f"{path.parent.name}.md"))
            if not self._has(name, register, path):
                continue
            try:
                with files[0].open("rb") as mp3:
                    sound = hashlib.file_digest(mp3, "sha256").hexdigest()
                files[1].stat()
            except OSError:
                self._problem(
                    path, "録音の音がありません。同じ名前の .mp3 と .m4a を、隣に置いてください。"
                )
                continue
            if text is not None:
                place, file = (f"{id}/{name}", register, path.stem, sound), self._shown(path)
                try:
                    yield read_borders(text, *place, file=file), files
                except NotationError as error:
                    self._problems.extend(error.problems)

    def _table(self, id: str, name: str) -> Iterator[tuple[str, str]]:
        path = self._root / name
        if path.exists() and (text := self._text(path)):
            yield id, text

    def _council(self, id: str) -> Iterator[Council]:
        path = self._root / COUNCIL_FILE
        text = self._text(path)
        if text is None:
            return
        try:
            yield parse_council(text, id, file=self._shown(path))
        except NotationError as error:
            self._problems.extend(error.problems)

    def _publications(self) -> Iterator[Publication]:
        standards: dict[str, Publication] = {}
        # 名前の順なので、ふつうの版（.md）はやさしい日本語の版（.plain.md）より先に来る。
        for path in sorted(self._root.glob("*.md")):
            name, register = _name_and_register(path)
            if not _NAME.fullmatch(name):
                self._problem(
                    path,
                    "原稿のファイルの名前は、半角の英小文字と数字と - だけにしてください（例 plan-6.md）。",
                )
                continue
            text = self._text(path)
            if text is None:
                continue
            try:
                publication = load_publication(path, text, file=self._shown(path))
            except NotationError as error:
                self._problems.extend(error.problems)
                continue
            if register == "standard":
                standards[name] = publication
            else:
                self._check_plain(path, text, publication, standards.get(name))
            yield publication

    def _check_plain(
        self, path: Path, text: str, plain: Publication, standard: Publication | None
    ) -> None:
        """やさしい日本語の版の節は、ふつうの版の節のどれかであり、同じ順に並ぶ。"""
        name = f"{plain.name}.md"
        if standard is None:
            if not path.with_name(name).exists():
                self._problem(
                    path, f"ふつうの版（{name}）がありません。同じフォルダに置いてください。"
                )
            return
        places = {section.id: place for place, section in enumerate(standard.sections)}
        last = -1
        for section in plain.sections:
            heading, place = section.heading.text, places.get(section.id)
            if place is None:
                message = (
                    f"見出し「{heading}」の目印「{section.id}」が、ふつうの版（{name}）にありません。"
                    "ふつうの版の、同じ内容の見出しと同じ {#目印} を付けてください。"
                )
            elif place < last:
                message = f"見出し「{heading}」の順が、ふつうの版（{name}）と違います。同じ順に並べてください。"
            else:
                last = place
                continue
            self._problem(path, message, _line_of(section.id, text))

    def _text(self, path: Path) -> str | None:
        try:
            data = path.read_bytes()
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            message = "文字コードが UTF-8 ではありません。UTF-8 で保存してください。"
            self._problem(path, message, data[: error.start].count(b"\n") + 1)
        except FileNotFoundError:
            self._problem(path, "ファイルがありません。フォルダに置いてください。")
        except OSError:
            self._problem(path, _UNREADABLE)
        else:
            if "\0" not in text:
                return text.removeprefix("\ufeff")  # Excel やメモ帳が先頭に付ける印
            line = text[: text.index("\0")].count("\n") + 1
            self._problem(path, "目に見えない文字（U+0000）があります。消してください。", line)
        return None

    def _problem(self, path: Path, message: str, line: int = 1) -> None:
        self._problems.append(Problem(self._shown(path), line, message))

    def _shown(self, path: Path) -> str:
        return path.relative_to(self._root.parent).as_posix()


def _name_and_register(path: Path) -> tuple[str, Register]:
    stem = path.name.removesuffix(".md")
    return (stem.removesuffix(".plain"), "plain") if stem.endswith(".plain") else (stem, "standard")


def _line_of(section_id: str, text: str) -> int:
    """``{#目印}`` のある見出しの行。見出しから目印を作った節なら 1。"""
    mark = f"{{#{section_id}}}"
    lines = enumerate(text.splitlines(), 1)
    return next((n for n, line in lines if line.startswith("#") and mark in line), 1)


def _pictures_for(path: Path) -> Callable[[str], bytes | None]:
    """``path`` の原稿の画像を読む。``plan-6.md`` なら ``plan-6/`` の中を先に、次にその隣を見る。"""

    def load(name: str) -> bytes | None:
        for folder in (path.with_suffix(""), path.parent):
            try:
                with (folder / name).open("rb") as file:
                    return file.read(MAX_BYTES + 1)  # 大きすぎることが分かるだけ読む
            except OSError:
                continue
        return None

    return load


def write_folder(bundle: Bundle, folder: Path, sounds: Sounds) -> None:
    """原稿のフォルダを書く。空のフォルダに書けば ``load_folder(folder)`` は ``bundle`` に等しい。

    ``sounds`` は、録音の音を読む所（``Store.sound``）。今あるファイルは、同じ名前のものだけを書きかえ、
    消しはしない。書けなければ ``OSError``。
    """
    for council in bundle.councils:
        _write(folder / council.id / COUNCIL_FILE, write_council(council).encode())
    for id, text in bundle.readings:
        _write(folder / id / READINGS_FILE, text.encode())
    for id, text in bundle.synonyms:
        _write(folder / id / SYNONYMS_FILE, text.encode())
    for id, text in bundle.excuses:
        _write(folder / id / EXCUSES_FILE, text.encode())
    versions: dict[tuple[str, str], set[bytes]] = defaultdict(set)
    for publication in bundle.publications:
        for picture in publication.pictures:
            versions[publication.council, picture.name].add(picture.data)
    for publication in bundle.publications:
        plain = ".plain" if publication.register == "plain" else ""
        path = folder / publication.council / f"{publication.name}{plain}.md"
        _write(path, write(publication).encode())
        for picture in publication.pictures:
            shared = len(versions[publication.council, picture.name]) == 1
            _write((path.parent if shared else path.with_suffix("")) / picture.name, picture.data)
    for council in bundle.councils:
        if marks := [m for m in bundle.proofread if m.publication.startswith(f"{council.id}/")]:
            _write(folder / council.id / PROOFREAD_FILE, write_proofread(marks).encode())
    for recording in bundle.recordings:
        place = beside(folder, RECORDINGS_FOLDER, recording.publication, recording.register)
        mp3, aac = sounds(recording.sound)
        _write(place / f"{recording.section}.mp3", mp3)
        _write(place / f"{recording.section}.m4a", aac)
        _write(place / f"{recording.section}.tsv", write_borders(recording).encode())


def beside(folder: Path, name: str, publication: str, register: Register, ending: str = "") -> Path:
    """``<社協>/<name>/<名前>[.plain]<ending>``。"""
    council, stem = publication.split("/")
    return folder / council / name / f"{stem}{'.plain' if register == 'plain' else ''}{ending}"


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
