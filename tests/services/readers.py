"""People who search, several at a time, while something happens to the server."""

import threading
from contextlib import contextmanager

from django.db import connections
from django.test import Client

from tests.services.own import wait_until

NOTICE = "Search is running on its reserve"


class Readers:
    """What they have seen: how many pages, which had the notice, and whatever was no proper page of results."""

    def __init__(self, *, number=3, address="/search/?q=market"):
        self._address = address
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._read) for _ in range(number)]
        self.pages, self.with_notice, self.wrong = 0, 0, []

    def _read(self):
        client = Client(raise_request_exception=False)
        try:
            while not self._stop.is_set():
                response = client.get(self._address)
                html = response.content.decode()
                if response.status_code != 200 or "results about “market”" not in html:
                    self.wrong.append((response.status_code, html[:500]))
                self.with_notice += NOTICE in html
                self.pages += 1
        except Exception as error:
            self.wrong.append(repr(error))
        finally:
            connections.close_all()

    def see(self, *, notice):
        """Wait until several pages in a row had the notice, or had none."""

        def seen():
            pages, with_notice = self.pages, self.with_notice
            wait_until(lambda: self.wrong or self.pages >= pages + 2 * len(self._threads))
            assert not self.wrong, self.wrong[:3]
            return (self.with_notice - with_notice) >= len(self._threads) if notice else self.with_notice == with_notice

        wait_until(seen)

    @contextmanager
    def reading(self):
        for one in self._threads:
            one.start()
        try:
            yield self
        finally:
            self._stop.set()
            for one in self._threads:
                one.join()
        assert not self.wrong, self.wrong[:3]
