"""にせの LINE のリッチメニュー。"""

from __future__ import annotations

import secrets
from typing import Any

from linebot.v3.messaging import RichMenuRequest

from tests.line_platform.limits import limit_problems, png_size
from tests.line_platform.structure import nodes, structure_problems
from tests.line_platform.wire import Reply, Request, refusal

MAX_IMAGE = 1024 * 1024


class RichMenus:
    def __init__(self) -> None:
        self._menus: dict[str, dict[str, Any]] = {}
        self._images: dict[str, bytes] = {}
        self._default: str | None = None

    def default(self) -> dict[str, Any] | None:
        return None if self._default is None else self._menus[self._default]

    def all(self) -> list[dict[str, Any]]:
        return list(self._menus.values())

    def add(self, definition: dict[str, Any], *, shown: bool) -> str:
        menu = f"richmenu-{secrets.token_hex(16)}"
        self._menus[menu] = {"richMenuId": menu, **definition}
        if shown:
            self._default = menu
        return menu

    def handle(self, request: Request) -> Reply:
        match (request.method, *request.path.strip("/").split("/")[2:]):
            case ("POST", "richmenu"):
                return self._create(request)
            case ("POST", "richmenu", "validate"):
                _check(request)
                return Reply.of({})
            case ("GET", "richmenu", "list"):
                return Reply.of({"richmenus": self.all()})
            case ("GET", "richmenu", menu):
                return Reply.of(self._known(menu))
            case ("DELETE", "richmenu", menu):
                del self._menus[self._known(menu)["richMenuId"]]
                self._images.pop(menu, None)
                self._default = None if self._default == menu else self._default
                return Reply.of({})
            case ("POST", "richmenu", menu, "content"):
                return self._upload(request, self._known(menu))
            case ("GET", "richmenu", menu, "content"):
                if menu not in self._images:
                    raise refusal(404, "Not found")
                return Reply(200, self._images[menu], "image/png")
            case ("GET", "user", "all", "richmenu"):
                if self._default is None:
                    raise refusal(404, "no default richmenu")
                return Reply.of({"richMenuId": self._default})
            case ("POST", "user", "all", "richmenu", menu):
                if self._known(menu)["richMenuId"] not in self._images:
                    raise refusal(400, "must upload richmenu image before applying it to user")
                self._default = menu
                return Reply.of({})
            case ("DELETE", "user", "all", "richmenu"):
                self._default = None
                return Reply.of({})
        raise refusal(404, "Not found")

    def _create(self, request: Request) -> Reply:
        return Reply.of({"richMenuId": self.add(_check(request), shown=False)})

    def _upload(self, request: Request, menu: dict[str, Any]) -> Reply:
        if menu["richMenuId"] in self._images:
            raise refusal(400, "An image has already been uploaded to the richmenu")
        if request.headers.get("content-type") != "image/png":
            raise refusal(415, "Unsupported Media Type")
        if len(request.body) > MAX_IMAGE:
            raise refusal(413, "Image is larger than 1MB")
        if png_size(request.body) != (menu["size"]["width"], menu["size"]["height"]):
            raise refusal(400, "The image size does not match the rich menu")
        self._images[menu["richMenuId"]] = request.body
        return Reply.of({})

    def _known(self, menu: str) -> dict[str, Any]:
        if menu not in self._menus:
            raise refusal(404, "richmenu not found")
        return self._menus[menu]


def _check(request: Request) -> dict[str, Any]:
    body = request.json()
    problems = structure_problems(body, RichMenuRequest) or limit_problems(
        nodes(body, RichMenuRequest)
    )
    if problems:
        raise refusal(400, f"The request body has {len(problems)} error(s)", problems)
    return dict(body)
