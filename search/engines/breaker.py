"""A circuit breaker: after a failure, leave the engine alone for a while instead of waiting for it in each request."""

import threading
import time

REST_SECONDS = 15.0


class CircuitBreaker:
    """Closed at first. A failure opens it; after a rest one caller may try, while the others keep away."""

    def __init__(self, *, rest: float = REST_SECONDS) -> None:
        self._rest = rest
        self._lock = threading.Lock()
        self._open_until = 0.0
        self._is_open = False

    def allows(self) -> bool:
        if not self._is_open:
            return True
        with self._lock:
            now = time.monotonic()
            if now < self._open_until:
                return False
            self._open_until = now + self._rest
            return True

    def failed(self) -> None:
        with self._lock:
            self._is_open = True
            self._open_until = time.monotonic() + self._rest

    def succeeded(self) -> None:
        if self._is_open:
            with self._lock:
                self._is_open = False

    @property
    def is_open(self) -> bool:
        return self._is_open
