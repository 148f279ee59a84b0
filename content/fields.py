"""「項目: 値」で書く部分（原稿の先頭と ``council.yaml``）を、行番号つきで読み、書く。"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import yaml

from content.problems import Problems

_FORM = (
    "「項目: 値」の形で書いてください。: は半角で、後に空白を 1 つ置きます。"
    '値に : や # や [ があるときは、値を " で囲んでください。'
)
_LIKELY_FAULT = re.compile(r"\s*(?:- )?[^\s:：\"'#\[{]+(?:：|:(?=\S))")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_CONTROL = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffd]")


@dataclass(frozen=True, slots=True)
class Field:
    """値ひとつ。``value`` は文字列か、項目の表の並びか、そのほかの（使わない）形なら ``None``。

    型の推測はしない（「6」も「はい」も文字）。
    """

    value: str | tuple[Fields, ...] | None
    line: int


class Fields:
    """項目の表。誤りは ``problems`` に集め、代わりの値（空や ``None``）を返して読みつづける。"""

    def __init__(self, fields: Mapping[str, Field], line: int, problems: Problems) -> None:
        self._fields = dict(fields)
        self._line = line
        self._problems = problems

    def allow(self, *names: str) -> None:
        for name, field in self._fields.items():
            if name not in names:
                self._problems.add(
                    field.line,
                    f"「{name}」という項目はありません。使えるのは {'、'.join(names)} です。",
                )

    def text(self, name: str, default: str | None = None) -> str:
        """値。``default`` がなければ、書いてあることを求める。"""
        field = self._fields.get(name)
        if field is None or field.value == "":
            if default is None:
                self._problems.add_missing(self.line(name), name)
            return default or ""
        if not isinstance(field.value, str):
            self._problems.add(field.line, f"「{name}」には文字を書いてください。")
            return ""
        return field.value

    def line(self, name: str) -> int:
        return self._fields[name].line if name in self._fields else self._line

    def number(self, name: str) -> int | None:
        text = self.text(name, "")
        if not text:
            return None
        if not re.fullmatch(r"[1-9]\d{0,8}", text, re.ASCII):
            self._problems.add(
                self.line(name), f"「{name}: {text}」は数字（例 6）で書いてください。"
            )
            return None
        return int(text)

    def date(self, name: str) -> datetime.date | None:
        text = self.text(name, "")
        if not text:
            return None
        try:
            if not _DATE.fullmatch(text):
                raise ValueError(text)
            return datetime.date.fromisoformat(text)
        except ValueError:
            self._problems.add(
                self.line(name),
                f"「{name}: {text}」は、実際にある日付を 2026-04-01 の形で書いてください。",
            )
            return None

    def records(self, name: str) -> tuple[Fields, ...]:
        """``- 項目: 値`` が並ぶ値。"""
        field = self._fields.get(name)
        if field is None or field.value == "":
            return ()
        if not isinstance(field.value, tuple):
            self._problems.add(field.line, f"「{name}」には「- 項目: 値」を並べてください。")
            return ()
        return field.value


def parse_fields(text: str, first_line: int, problems: Problems) -> Fields | None:
    """YAML の簡単な形を読む。``first_line`` は ``text`` の 1 行目の、ファイルの中での行。

    形の誤りで読めないときは、誤りを集めて ``None`` を返す。
    """
    try:
        node = yaml.compose(text, Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as error:
        problems.add(first_line + _fault(text, error), _FORM)
        return None
    except yaml.reader.ReaderError as error:
        line = first_line + text[: error.position].count("\n")
        problems.add(line, "使えない文字があります。消してください。")
        return None
    if node is None:
        return Fields({}, first_line, problems)
    if not isinstance(node, yaml.MappingNode):
        problems.add(first_line + node.start_mark.line, _FORM)
        return None
    return _FieldReader(text.split("\n"), first_line, problems).table(node)


def _fault(text: str, error: yaml.MarkedYAMLError) -> int:
    """誤りのある行（0 から）。YAML は全角の「：」に次の行で気づくので、先にそれを探す。"""
    for number, line in enumerate(text.split("\n")):
        if _LIKELY_FAULT.match(line):
            return number
    return error.problem_mark.line if error.problem_mark else 0


class _FieldReader:
    def __init__(self, lines: Sequence[str], first_line: int, problems: Problems) -> None:
        self._lines = lines
        self._first_line = first_line
        self._problems = problems

    def table(self, node: yaml.MappingNode, *, nested: bool = False) -> Fields:
        fields: dict[str, Field] = {}
        for key, value in node.value:
            line = self._first_line + key.start_mark.line
            if not isinstance(key, yaml.ScalarNode):
                self._problems.add(line, _FORM)
            elif key.value in fields:
                self._problems.add(line, f"「{key.value}」が 2 度あります。1 つにしてください。")
            elif isinstance(value, yaml.ScalarNode):
                fields[key.value] = Field(self._scalar(key.value, value), line)
            else:
                # 表の段を 2 つまでにすると、YAML の別名で輪になった表も止まる。
                fields[key.value] = Field(None if nested else self._records(value), line)
        return Fields(fields, self._first_line + node.start_mark.line, self._problems)

    def _records(self, node: yaml.Node) -> tuple[Fields, ...] | None:
        if not isinstance(node, yaml.SequenceNode):
            return None
        if not all(isinstance(value, yaml.MappingNode) for value in node.value):
            return None
        return tuple(self.table(value, nested=True) for value in node.value)

    def _scalar(self, name: str, node: yaml.ScalarNode) -> str:
        value = str(node.value).strip()
        line = self._first_line + node.start_mark.line
        if _CONTROL.search(value):
            self._problems.add(
                line, f"「{name}」に、改行か目に見えない文字があります。1 行で書いてください。"
            )
        # YAML は空白の後の # から右を捨てる。書いた文が黙って消えないように断る。
        end = node.end_mark
        if end.line < len(self._lines) and node.style not in ("|", ">"):
            rest = self._lines[end.line][end.column :]
            if rest.lstrip().startswith("#"):
                self._problems.add(
                    self._first_line + end.line,
                    f'「{name}」の # から後ろは読まれません。値を " で囲んでください。',
                )
        return value


def write_fields(fields: Mapping[str, str | Sequence[Mapping[str, str]]]) -> str:
    """「項目: 値」の行。空の値は書かない。YAML として読み返せるように、要るときは引用符で囲む。"""
    present = {
        name: value if isinstance(value, str) else [_present(record) for record in value]
        for name, value in fields.items()
        if value
    }
    return yaml.dump(present, Dumper=_Plain, allow_unicode=True, sort_keys=False, width=10**9)


def _present(record: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in record.items() if value}


class _Plain(yaml.SafeDumper):
    """数や日付に見える値も、引用符で囲まない（読むときに型を推測しないので）。"""

    yaml_implicit_resolvers = {}  # noqa: RUF012 (PyYAML がクラス変数として読む)
