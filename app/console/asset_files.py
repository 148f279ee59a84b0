"""画面の見た目と動きのファイル（``assets/``）。住民のページと同じ見た目を土台にする。

最初の公開の前にもあるように、公開する先からではなく、ここから渡す。
"""

from __future__ import annotations

import hashlib
import re
from importlib.resources import files

from fastapi import Request
from starlette.responses import Response

_SHARED = ("site.css", "icon.svg")
"""住民のページのもの。"""
_NAME = re.compile(r"[a-z-]+\.(css|js|svg)")
_TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}


async def asset(request: Request) -> Response:
    """``/staff/assets/名前``。ログインの前のページも使う。"""
    name = request.path_params["name"]
    known = _NAME.fullmatch(name)
    folder = "channels/templates/assets" if name in _SHARED else "app/console/assets"
    package, _, rest = folder.partition("/")
    path = files(package).joinpath(rest, name)
    if known is None or not path.is_file():
        return Response(status_code=404)
    data = path.read_bytes()
    headers = {
        "Cache-Control": "no-cache",
        "ETag": f'"{hashlib.sha256(data).hexdigest()[:32]}"',
    }
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(data, 200, headers, media_type=_TYPES[known[1]])
