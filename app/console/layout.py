"""ひな形（Jinja2）。文字はすべて、HTML として無害にしてから入れる。"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from app.console import words
from content.workflow.people import ROLES

if TYPE_CHECKING:
    from jinja2 import Environment


def render(template: str, **values: object) -> bytes:
    return _environment().get_template(template).render(**values).encode()


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("app.console"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"when": words.when, "moment": words.moment, "local": words.local}
    environment.globals |= {
        "STATES": words.STATES,
        "KINDS": words.KINDS,
        "ACTIONS": words.ACTIONS,
        "ACCOUNT_ACTIONS": words.ACCOUNT_ACTIONS,
        "ROLES": ROLES,
    }
    return environment
