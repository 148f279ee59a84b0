"""DAISY 2.02 の検査。よい本を 1 か所こわし、その決まりの名前で見つかることを確かめる。"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from accessibility import sound
from accessibility.audit.daisy import audit, audit_files
from accessibility.audit.daisy_messages import MESSAGES
from channels.daisy import book_files, zipped
from tests.channels.daisy_books import rich_book

Files = dict[str, bytes]
Break = Callable[[Files], None]

PAGE = '<span class="page-normal" id="n99"><a href="s014.smil#{}">{}</a></span></body>'

DISC = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml"><head><title>CD</title></head>
<body><a href="1/ncc.html">一</a><a href="2/ncc.html">二</a></body></html>
"""


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return book_files(*rich_book(tmp_path_factory.mktemp("cache")))


def edit(name: str, old: str, new: str, count: int = 1) -> Break:
    """ファイルの中の ``old``（正規表現）を、初めの ``count`` か所だけ置きかえる。"""

    def change(files: Files) -> None:
        text, done = re.subn(old, new, files[name].decode(), count=count, flags=re.S)
        assert done, f"{name} に {old} がない"
        files[name] = text.encode()

    return change


def rename(old: str, new: str) -> Break:
    def change(files: Files) -> None:
        files[new] = files.pop(old)

    return change


def add(name: str, data: bytes = b"x") -> Break:
    return lambda files: files.update({name: data})


def audio(change: Callable[[bytes], bytes]) -> Break:
    return lambda files: files.update({"s001.mp3": change(files["s001.mp3"])})


def header(index: int, change: Callable[[int], int], *, every: bool = True) -> Break:
    """MP3 のフレームの頭の、``index`` 番目のバイトを変える。"""

    def changed(data: bytes) -> bytes:
        made, position = bytearray(data), 0
        while position < len(data):
            length = 72 * sound.BIT_RATE * 1000 // sound.RATE + (data[position + 2] >> 1 & 1)
            made[position + index] = change(data[position + index])
            position += length if every else len(data)
        return bytes(made)

    return audio(changed)


def info_frame(data: bytes) -> bytes:
    return data[:13] + b"Info" + data[17:]


def all_in_folder(files: Files) -> None:
    for name in list(files):
        files[f"book/{name}"] = files.pop(name)


# 決まりの名前ごとに、こわし方をひとつ以上。
BROKEN: dict[str, list[Break]] = {
    "file-folder": [rename("style.css", "css/style.css"), all_in_folder],
    "file-name": [rename("p001.png", "地図.png"), rename("p001.png", "a b.png")],
    "file-case": [add("P001.png")],
    "file-empty": [add("style.css", b"")],
    "file-type": [add("book.opf")],
    "file-unused": [add("p002.png")],
    "file-missing": [
        lambda files: files.update({"s001.mp3x": files.pop("s001.mp3")}),
        edit("text.html", 'src="p001.png"', 'src="https://example.jp/p001.png"'),
        edit("text.html", 'href="style.css"', 'href="http://[x"'),
    ],
    "fragment-missing": [
        edit("s001.smil", "#opening_-1", "#opening_-9"),
        edit("ncc.html", r"s002\.smil#p1", "s002.smil#p99"),
        edit("s001.smil", r"text\.html#opening_-1", "p001.png#x"),
    ],
    "ncc-missing": [rename("ncc.html", "index.html")],
    "xml-encoding": [
        lambda files: files.update({"ncc.html": files["ncc.html"].decode().encode("cp932", "ignore")}),
        edit("text.html", 'encoding="utf-8"', 'encoding="us-ascii"'),
        edit("ncc.html", 'encoding="utf-8"', 'encoding="utf-8te"'),
    ],
    "xml-broken": [edit("text.html", "</p>", "", 1), edit("s001.smil", "</par>", "&nbsp;</par>")],
    "doctype": [edit("ncc.html", "<!DOCTYPE[^>]*>", "<!DOCTYPE html>"), edit("s001.smil", "1.0", "2.0", 9)],
    "namespace": [edit("text.html", ' xmlns="[^"]*"', "")],
    "id-syntax": [edit("ncc.html", 'id="n2"', 'id="2"'), edit("text.html", "opening_-1", "あ")],
    "id-twice": [edit("ncc.html", 'id="n2"', 'id="n1"')],
    "meta-missing": [
        edit("ncc.html", f'<meta name="{name}"[^>]*>', "")
        for name in ("dc:title", "dc:creator", "dc:identifier", "ncc:totalTime", "ncc:pageFront")
    ],
    "meta-repeated": [edit("ncc.html", '(<meta name="dc:date"[^>]*>)', r"\1\1")],
    "meta-unknown": [edit("ncc.html", "</head>", '<meta name="ncc:tocitems" content="1"/></head>')],
    "meta-value": [
        edit("ncc.html", "2026-04-01", value, 9) for value in ("2026-02-30", "2026年", "２０２６-04-01")
    ]
    + [
        edit("ncc.html", "Daisy 2.02", "DAISY 2.02"),
        edit("ncc.html", '(ncc:totalTime" content=)"[^"]*"', r'\1"61 s"'),
        edit("ncc.html", '(ncc:pageFront" content=)"0"', r'\1"０"'),
        edit("ncc.html", "1 of 1", "2 of 1"),
        edit("ncc.html", "audioFullText", "fullText"),
    ],
    "meta-charset": [
        edit("ncc.html", "charset=utf-8", "charset=shift_jis"),
        edit("ncc.html", '(ncc:charset" content=)"utf-8"', r'\1"shift_jis"'),
    ],
    "meta-count": [
        edit("ncc.html", f'({name}" content=)"[0-9]+"', r'\1"5"')
        for name in ("ncc:tocItems", "ncc:depth", "ncc:files", "ncc:pageNormal", "ncc:footnotes")
    ],
    "total-time": [edit("ncc.html", '(ncc:totalTime" content=)"[^"]*"', r'\1"00:00:01"')],
    "ncc-title": [edit("ncc.html", ' class="title"', ""), edit("ncc.html", "<h1.*?</h1>", "")],
    "ncc-element": [edit("ncc.html", "</body>", '<p id="x"><a href="s001.smil#p1">p</a></p></body>')],
    "ncc-id": [edit("ncc.html", ' id="n3"', "")],
    "ncc-link": [
        edit("ncc.html", r"<a [^>]*>(.*?)</a>", r"\1"),
        edit("ncc.html", r"(<a [^>]*>).*?</a>", r"\1</a>"),
        edit("ncc.html", r"s001\.smil#p1", "s001.mp3"),
        edit("ncc.html", "</h1>", "余り</h1>"),
    ],
    "ncc-target": [edit("ncc.html", r"s001\.smil#p1", "s001.smil#a1")],
    "ncc-order": [
        edit("ncc.html", r"(s002\.smil#p1.*?</h1>)", r'\1<h1 id="x"><a href="s001.smil#p2">x</a></h1>')
    ],
    "heading-skip": [
        edit("ncc.html", r"<h2( id.*?)</h2>", r"<h3\1</h3>"),
        edit("text.html", r"<h2( id.*?)</h2>", r"<h3\1</h3>"),
    ],
    "page-number": [
        edit("ncc.html", "</body>", PAGE.format("p1", page)) for page in ("１", "iv", "0")
    ],
    "page-skippable": [edit("ncc.html", "</body>", PAGE.format("p2", "1"))],
    "smil-shape": [
        edit("s001.smil", "<layout>.*</layout>", ""),
        edit("s001.smil", "</region>|(<region[^>]*>)", r"\1\1"),
        edit("s001.smil", "</seq>", "</seq><seq/>"),
        edit("s001.smil", "<seq (.*)</seq>", r"<par \1</par>"),
        edit("s001.smil", "<head>.*</head>", ""),
        edit("s001.smil", "</seq>", "<audio/></seq>"),
        edit("s001.smil", "</seq>", "余り</seq>"),
    ],
    "smil-meta": [
        edit("s002.smil", "tsutawaru_", "other_"),
        edit("s002.smil", "Daisy 2.02", "Daisy 3"),
        edit("s002.smil", "ncc:generator", "ncc:title"),
    ],
    "smil-attribute": [
        edit("s001.smil", "<seq ", '<seq fill="freeze" '),
        edit("s001.smil", "<audio ", '<audio begin="0s" '),
    ],
    "smil-duration": [
        edit("s001.smil", 'dur="[^"]*"', 'dur="1.000s"'),
        edit("s001.smil", ' dur="[^"]*"', ""),
        edit("s001.smil", 'dur="([^"]*)s"', r'dur="\1"'),
    ],
    "smil-time": [
        edit("s002.smil", '(totalElapsedTime" content=)"[^"]*"', r'\1"00:00:00.000"'),
        edit("s002.smil", '<meta name="ncc:timeInThisSmil"[^>]*>', ""),
    ],
    "smil-first": [edit("s001.smil", "#opening_-0", "#opening_-1")],
    "smil-orphan": [lambda files: files.update({"s099.smil": files["s001.smil"]})],
    "par-shape": [
        edit("s001.smil", "<audio [^>]*>", ""),
        edit("s001.smil", "<text [^>]*>", ""),
        edit("s001.smil", "(<audio [^>]*>)", r"\1\1"),
        edit("s001.smil", "<audio [^>]*>", "<seq></seq>"),
    ],
    "par-endsync": [edit("s001.smil", ' endsync="last"', "")],
    "media-id": [edit("s001.smil", ' id="a1"', ""), edit("s001.smil", ' id="t1"', "")],
    "clip-syntax": [
        edit("s001.smil", 'clip-begin="npt=', 'clip-begin="'),
        edit("s001.smil", ' clip-end="[^"]*"', ""),
        edit("s001.smil", "npt=0", "npt=０"),
    ],
    "clip-order": [edit("s001.smil", r'clip-end="npt=[^"]*"', 'clip-end="npt=0.000s"')],
    "clip-outside": [edit("s001.smil", r'(.*)clip-end="npt=[^"]*"', r'\1clip-end="npt=99.000s"')],
    "text-mixed": [edit("s001.smil", r"text\.html#opening_-1", "ncc.html#n1")],
    "master": [
        edit("master.smil", r"s001\.smil", "s002.smil"),
        edit("master.smil", "tsutawaru_", "other_"),
        edit("master.smil", '(timeInThisSmil" content=)"[^"]*"', r'\1"00:00:01.000"'),
    ],
    "text-element": [edit("text.html", "川崎", "<ruby>川崎<rt>かわさき</rt></ruby>")],
    "text-attribute": [edit("text.html", "<table ", '<table role="table" ')],
    "text-language": [edit("text.html", ' xml:lang="ja"', "")],
    "text-vertical": [add("style.css", b"body { -webkit-writing-mode: vertical-rl; }")],
    "text-order": [
        edit("text.html", "(<p><span id=.opening_-1.*?</p>)(.*?)(<h1.*?</h1>)", r"\2\3\1"),
    ],
    "text-silent": [
        edit("text.html", "<body>", "<body><p>声のない文</p>"),
        edit("text.html", "</body>", "余り</body>"),
    ],
    "image-alternative": [edit("text.html", '(<img [^>]*) alt="[^"]*"', r"\1")],
    "audio-broken": [audio(lambda data: data[:1000] + b"\0" * 5000 + data[1000:]), add("s001.mp3")],
    "audio-rate": [header(2, lambda byte: byte & 0xF3 | 0x04)],
    "audio-stereo": [header(3, lambda byte: byte & 0x3F)],
    "audio-variable": [header(2, lambda byte: byte & 0x0F | 0x90, every=False)],
    "audio-tag": [audio(lambda data: b"ID3\x03\x00\x00\x00\x00\x00\x0a" + b"\0" * 10 + data)],
    "audio-info": [audio(info_frame)],
    "audio-unheard": [audio(lambda data: data * 3)],
}  # fmt: skip


# 2 冊の入った CD のこわし方。
BROKEN_DISC: dict[str, list[Break]] = {
    "disc-link": [
        edit("discinfo.html", "<body>", "<body><p>説明</p>"),
        edit("discinfo.html", "<body>.*</body>", "<body></body>"),
        edit("discinfo.html", "1/ncc.html", "ncc.html"),
        edit("discinfo.html", ">一<", "><"),
    ],
    "disc-identifier": [edit("2/ncc.html", "other_", "tsutawaru_")],
    "ncc-missing": [edit("discinfo.html", "1/ncc.html", "3/ncc.html"), rename("1/ncc.html", "1/x.html")],
    "file-unused": [add("3/ncc.html"), add("label.txt")],
    "meta-value": [edit("1/ncc.html", "2026-04-01", "2026")],
}  # fmt: skip


def disc(good: Files) -> Files:
    made = {"discinfo.html": DISC.encode()}
    for name, data in good.items():
        made[f"1/{name}"] = data
        made[f"2/{name}"] = data.replace(b"tsutawaru_", b"other_")
    return made


def codes(files: Mapping[str, bytes]) -> set[str]:
    return {finding.code for finding in audit_files(files)}


DISC_CASES = [(code, number) for code in BROKEN_DISC for number in range(len(BROKEN_DISC[code]))]


@pytest.mark.parametrize(("code", "number"), DISC_CASES, ids=[f"{c}-{n}" for c, n in DISC_CASES])
def test_CDのこわれた所をその名前で見つける(good: Files, code: str, number: int) -> None:
    files = disc(good)
    assert audit_files(files) == ()
    BROKEN_DISC[code][number](files)
    assert f"daisy-{code}" in codes(files)


CASES = [(code, number) for code in BROKEN for number in range(len(BROKEN[code]))]


@pytest.mark.parametrize(("code", "number"), CASES, ids=[f"{c}-{n}" for c, n in CASES])
def test_こわれた所をその名前で見つける(good: Files, code: str, number: int) -> None:
    files = dict(good)
    BROKEN[code][number](files)
    assert files != good
    found = audit_files(files)
    assert f"daisy-{code}" in {f.code for f in found}
    assert all(f.place and f.message.endswith("。") and "{" not in f.message for f in found)


def test_よい本からは何も見つからない(good: Files) -> None:
    assert audit_files(good) == ()


def test_決まりの名前のすべてに試験がある() -> None:
    assert set(BROKEN) | set(BROKEN_DISC) | {"zip-broken"} == set(MESSAGES)


def test_フォルダもzipも調べる(good: Files, tmp_path: Path) -> None:
    folder, archive = tmp_path / "book", tmp_path / "book.zip"
    folder.mkdir()
    for name, data in good.items():
        (folder / name).write_bytes(data)
    archive.write_bytes(zipped(good))
    assert audit(folder) == audit(archive) == ()
    (folder / "s001.mp3").unlink()
    assert "daisy-file-missing" in {f.code for f in audit(folder)}
    archive.write_bytes(b"not a zip")
    assert [f.code for f in audit(archive)] == ["daisy-zip-broken"]


SOUND: dict[str, Break] = {
    "XML 宣言がない": edit("text.html", r"<\?xml[^>]*\?>\n", ""),
    "XML 宣言に文字コードがない": edit("ncc.html", ' encoding="utf-8"', ""),
    "一重の引用符と大文字": edit("s001.smil", 'version="1.0" encoding="utf-8"', "version='1.0' encoding='UTF-8'"),
    "UTF-8 の印（BOM）": lambda files: files.update({"text.html": b"\xef\xbb\xbf" + files["text.html"]}),
    "大文字の拡張子": lambda files: files.update(
        {"p001.PNG": files.pop("p001.png"), "text.html": files["text.html"].replace(b"p001.png", b"p001.PNG")}
    ),
}  # fmt: skip


@pytest.mark.parametrize("change", SOUND.values(), ids=SOUND)
def test_決まりに合う別の書き方も通る(good: Files, change: Break) -> None:
    files = dict(good)
    change(files)
    assert files != good
    assert audit_files(files) == ()


def test_本文の拡張子はhtmでもよく_同じように調べる(good: Files) -> None:
    files = {
        name: data.replace(b"text.html", b"text.htm") if name.endswith(".smil") else data
        for name, data in good.items()
    }
    files["text.htm"] = files.pop("text.html")
    assert audit_files(files) == ()
    edit("text.htm", "</head>", "<style>p { writing-mode: vertical-rl }</style></head>")(files)
    assert codes(files) == {"daisy-text-vertical"}


def test_ページのある本も通る(good: Files) -> None:
    files = dict(good)
    edit("ncc.html", "</body>", PAGE.format("p2", "1"))(files)
    edit("s014.smil", '<par endsync="last" id="p2"', r'\g<0> system-required="pagenumber-on"')(
        files
    )
    for name, count in (("pageNormal", 1), ("maxPageNormal", 1), ("tocItems", 15)):
        edit("ncc.html", f'(ncc:{name}" content=)"[0-9]+"', rf'\1"{count}"')(files)
    assert codes(files) == set()
