"""The built pages: files by exact address from a list made once, so that no address reaches any other file."""

from __future__ import annotations

import hashlib
import mimetypes
import re
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

__all__ = ["BUILT", "Pages"]

BUILT = Path(__file__).parent.parent / "static"

# The addresses that the application in the browser knows (frontend/src/addresses.ts); anything else does not exist.
_PAGE = re.compile(
    r"/(setup|login|account|mine|(join|device)/[^/]+"
    r"|studies/[^/]+(/(seeds|curate(/(selection|rules|checklist|decisions))?|generate(/runs/[^/]+)?|assess|propagate"
    r"|report|release|mine|offers|withdrawals|trace/.+|(review|rate)(/[^/]+)?|workshop(/(setup|bridge|lead|lessons|debriefs|[^/]+/[^/]+))?))?)?/?"
)
_HASHED = re.compile(r"/assets/.+")  # Vite puts a hash of the content into these names

_NOT_BUILT = """\
The pages of Seedbed have not been built.

In a checkout, build them with:    python hatch_build.py
An installed package has them; if you read this there, install it again:    pip install --force-reinstall seedbed
"""


@dataclass(frozen=True, slots=True)
class _File:
    content: bytes
    kind: str
    tag: str


class Pages:
    """Answers GET and HEAD for everything that is not under /api. The files are held in memory: about 1 MB."""

    def __init__(self, folder: Path = BUILT) -> None:
        self._folder = folder
        self._built = -1
        self._files: dict[str, _File] = {}

    def __call__(self, request: Request) -> Response:
        self._look()
        path = request.scope["path"]
        if path in self._files and path != "/index.html":
            return self._send(request, self._files[path], for_ever=_HASHED.fullmatch(path) is not None)
        if not _PAGE.fullmatch(path):
            return PlainTextResponse("There is nothing here.\n", 404)
        index = self._files.get("/index.html")
        if index is None:
            return PlainTextResponse(_NOT_BUILT, 503, {"Cache-Control": "no-store"})
        return self._send(request, index, for_ever=False)

    @staticmethod
    def _send(request: Request, file: _File, *, for_ever: bool) -> Response:
        headers = {
            "Cache-Control": "public, max-age=31536000, immutable" if for_ever else "no-cache",
            "ETag": file.tag,
        }
        if request.headers.get("if-none-match") == file.tag:
            return Response(status_code=304, headers=headers)
        return Response(file.content, media_type=file.kind, headers=headers)

    def _look(self) -> None:
        """Read the files, again when they were built anew."""
        try:
            built = (self._folder / "index.html").stat().st_mtime_ns
        except OSError:
            built = 0
        if built == self._built:
            return
        self._built = built
        paths = [path for path in self._folder.rglob("*") if path.is_file()] if built else []
        shown = {f"/{path.relative_to(self._folder).as_posix()}": path for path in paths}
        self._files = {name: _read(path) for name, path in shown.items() if "/." not in name}


def _read(path: Path) -> _File:
    content = path.read_bytes()
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if kind in ("application/javascript", "text/javascript", "image/svg+xml", "application/json"):
        kind = f"{kind}; charset=utf-8"
    return _File(content, kind, f'"{hashlib.sha256(content).hexdigest()[:32]}"')
