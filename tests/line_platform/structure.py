"""JSON の構造を、line-bot-sdk のモデルと並べて確かめる。

モデルの ``from_dict`` は知らない項目を黙って捨てるので、それだけでは確かめにならない。ここでは
モデルの項目を 1 つずつ JSON と並べ、知らない項目、足りない項目、違う種類の値を場所と一緒に言う。
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic.v1 import BaseModel
from pydantic.v1.fields import SHAPE_LIST, ModelField

JSON = Any


@dataclass(frozen=True, slots=True)
class Problem:
    """``property`` は ``messages[0].text`` のような場所。LINE の誤りの ``details`` の 1 つになる。"""

    property: str
    message: str


@dataclass(frozen=True, slots=True)
class Node:
    """モデルの名前と、その JSON、その場所、それを含むモデルの名前。限度の表を引くための単位。"""

    model: str
    value: dict[str, JSON]
    property: str
    parent: str


def structure_problems(value: JSON, model: type[BaseModel], place: str = "") -> list[Problem]:
    return [found for found in _walk(value, model, place, "") if isinstance(found, Problem)]


def nodes(value: JSON, model: type[BaseModel], place: str = "") -> list[Node]:
    """構造の正しい JSON の、すべてのモデル。外側から順に。"""
    return [found for found in _walk(value, model, place, "") if isinstance(found, Node)]


def _walk(value: JSON, model: type[BaseModel], place: str, parent: str) -> Iterator[Problem | Node]:
    if not isinstance(value, dict):
        yield Problem(place, "Must be a JSON object")
        return
    concrete = _concrete(value, model)
    if concrete is None:
        yield Problem(_at(place, "type"), f"Unknown type {json.dumps(value.get('type'))}")
        return
    yield Node(concrete.__name__, value, place, parent)
    fields = {field.alias: field for field in concrete.__fields__.values()}
    for key in sorted(value.keys() - fields.keys()):
        yield Problem(_at(place, key), f"Unknown property of {concrete.__name__}")
    for key, field in fields.items():
        if key in value:
            yield from _field(value[key], field, _at(place, key), concrete)
        elif field.required:
            yield Problem(_at(place, key), "Required")


def _field(
    value: JSON, field: ModelField, place: str, owner: type[BaseModel]
) -> Iterator[Problem | Node]:
    inner = field.type_
    if value is None:
        yield Problem(place, "Must not be null")
    elif not (isinstance(inner, type) and issubclass(inner, BaseModel)):
        _, errors = field.validate(value, {}, loc=place, cls=owner)
        if errors:
            yield Problem(place, f"Invalid value: {errors!r}")
    elif field.shape == SHAPE_LIST:
        yield from _list(value, field, place, owner)
    else:
        yield from _walk(value, inner, place, owner.__name__)


def _list(
    value: JSON, field: ModelField, place: str, owner: type[BaseModel]
) -> Iterator[Problem | Node]:
    if not isinstance(value, list):
        yield Problem(place, "Must be an array")
        return
    least = getattr(field.outer_type_, "min_items", None) or 0
    most = getattr(field.outer_type_, "max_items", None) or len(value)
    if not least <= len(value) <= most:
        yield Problem(place, f"Size must be between {least} and {most}")
    for index, item in enumerate(value):
        yield from _walk(item, field.type_, f"{place}[{index}]", owner.__name__)


def _concrete(value: dict[str, JSON], model: type[BaseModel]) -> type[BaseModel] | None:
    """``type`` で選ばれるモデル。選ぶもののないモデルは、そのまま。知らない ``type`` なら ``None``。"""
    names = getattr(model, f"_{model.__name__}__discriminator_value_class_map", None)
    if names is None:
        return model
    kind = value.get("type")
    name = names.get(kind) if isinstance(kind, str) else None
    if name is None:
        return None
    subclasses = {c.__name__: c for c in model.__subclasses__()}
    return subclasses[name]


def _at(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key
