"""Which parameters the code asks a request for, and where: nobody has to keep a list of them."""

import sys
from contextlib import contextmanager
from pathlib import Path

from django.core.handlers.wsgi import WSGIRequest
from django.http import QueryDict

ROOT = Path(__file__).resolve().parents[2]
ROOMS = (
    "core", "accounts", "members", "moderation", "places", "casestudies", "discussion", "search", "digests", "api",
    "network",
)  # fmt: skip
_OURS = tuple(f"{ROOT / room}/" for room in ROOMS)


class Asked:
    """What was asked for since `begin`: {(method, name): the line of ours that asked}."""

    def __init__(self) -> None:
        self.found: dict[tuple[str, str], str] = {}

    def note(self, method: str, name: object) -> None:
        if not isinstance(name, str) or (method, name) in self.found:
            return
        frame = sys._getframe(2)
        while frame and not frame.f_code.co_filename.startswith(_OURS):
            frame = frame.f_back
        if frame:
            line = f"{Path(frame.f_code.co_filename).relative_to(ROOT)}:{frame.f_lineno}"
            self.found[method, name] = line

    def begin(self) -> dict[tuple[str, str], str]:
        self.found = {}
        return self.found


def _listener(method: str, asked: Asked) -> type[QueryDict]:
    class Listening(QueryDict):
        def __getitem__(self, key):
            asked.note(method, key)
            return super().__getitem__(key)

        def __contains__(self, key):
            asked.note(method, key)
            return super().__contains__(key)

        def get(self, key, default=None):
            asked.note(method, key)
            return super().get(key, default)

        def getlist(self, key, default=None):
            asked.note(method, key)
            return super().getlist(key, default)

    return Listening


@contextmanager
def listening(monkeypatch):
    """Within it, each request notes what of GET and POST it is asked for."""
    asked = Asked()
    kinds = {method: _listener(method, asked) for method in ("GET", "POST")}
    query, posted = WSGIRequest.GET.func, WSGIRequest.POST.fget

    def get(self):
        if "_heard" not in self.__dict__:
            self._heard = query(self)
            self._heard.__class__ = kinds["GET"]
        return self._heard

    def set_query(self, value):
        self._heard = value

    def post(self):
        data = posted(self)
        if type(data) is QueryDict:
            data.__class__ = kinds["POST"]
        return data

    with monkeypatch.context() as patch:
        patch.setattr(WSGIRequest, "GET", property(get, set_query))
        patch.setattr(WSGIRequest, "POST", property(post, WSGIRequest.POST.fset))
        yield asked
