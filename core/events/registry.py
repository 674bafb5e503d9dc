"""Who wants to hear of which events. Packages register in their `events.py`, imported by `AppConfig.ready`."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.models import Event

Handler = Callable[[Sequence["Event"]], None]


@dataclass(frozen=True, kw_only=True)
class Consumer:
    """A named listener. `kinds` are exact or end in `*`; the handler must be safe to repeat."""

    name: str
    kinds: frozenset[str]
    batch_size: int
    handle: Handler

    def wants(self, kind: str) -> bool:
        return any(fnmatchcase(kind, pattern) for pattern in self.kinds)


_registry: dict[str, Consumer] = {}


def consumer(name: str, *, kinds: Iterable[str], batch_size: int = 100) -> Callable[[Handler], Handler]:
    """Register the decorated function under `name`; it is called with up to `batch_size` events, oldest first."""

    def register(handle: Handler) -> Handler:
        existing = _registry.get(name)
        if existing and existing.handle.__qualname__ != handle.__qualname__:
            raise ValueError(f"Two consumers are called {name!r}.")
        _registry[name] = Consumer(name=name, kinds=frozenset(kinds), batch_size=batch_size, handle=handle)
        return handle

    return register


def consumers() -> dict[str, Consumer]:
    return _registry


def consumers_of(kind: str) -> list[Consumer]:
    return [one for one in _registry.values() if one.wants(kind)]
