"""Requests to addresses that somebody typed in: to the public internet, encrypted, and never to our own network."""

import ipaddress
import socket
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from django.conf import settings
from requests.adapters import HTTPAdapter

TIMEOUT_SECONDS = 5
MOST_BYTES = 1_000_000


class NotAllowed(requests.RequestException):
    """The address leads somewhere that we do not go."""


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(ip, "ipv4_mapped", None)
    return (mapped or ip).is_global and not ip.is_multicast


class _Checked:
    """Looks at who answers, before a byte is sent: what a name meant when it was checked proves nothing."""

    def _new_conn(self) -> socket.socket:
        connection: socket.socket = super()._new_conn()  # type: ignore[misc]  # mixed into urllib3's connections
        if not settings.OUTSIDE_MAY_BE_LOCAL and not _is_public(connection.getpeername()[0]):
            connection.close()
            raise NotAllowed("That address is not on the public internet.")
        return connection


class _Https(_Checked, urllib3.connection.HTTPSConnection):
    pass


class _Http(_Checked, urllib3.connection.HTTPConnection):
    pass


class _HttpsPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _Https


class _HttpPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Http


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"https": _HttpsPool, "http": _HttpPool}


class OutsideSession(requests.Session):
    """No redirects, no proxies or passwords of the machine, five seconds, a megabyte; any failure is a
    `requests.RequestException`.
    """

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False
        self.mount("https://", _Adapter())
        self.mount("http://", _Adapter())

    def request(self, method: Any, url: Any, *args: Any, **kwargs: Any) -> requests.Response:
        parts = urlsplit(str(url))
        if parts.username or (parts.scheme != "https" and not settings.OUTSIDE_MAY_BE_LOCAL):
            raise NotAllowed("Only addresses that begin with https:// are asked.")
        kwargs.update({"timeout": TIMEOUT_SECONDS, "allow_redirects": False, "stream": True})
        response = super().request(method, url, *args, **kwargs)
        if response.is_redirect:
            raise NotAllowed("The answer leads somewhere else.")
        body = response.raw.read(MOST_BYTES + 1, decode_content=True)
        if len(body) > MOST_BYTES:
            raise NotAllowed("The answer is too long.")
        response._content = body
        return response
