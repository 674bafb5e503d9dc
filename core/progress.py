"""Progress of long commands: a bar on a terminal, a plain line now and then elsewhere."""

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from django.core.management.base import OutputWrapper
from tqdm import tqdm

Item = TypeVar("Item")
EVERY = 1000


def progress(items: Iterable[Item], *, out: OutputWrapper, unit: str, total: int | None = None) -> Iterator[Item]:
    """Yield the items and say how many have passed."""
    if out.isatty():
        yield from tqdm(items, total=total, unit=f" {unit}", file=_Terminal(out))
        return
    for number, item in enumerate(items, start=1):
        yield item
        if number % EVERY == 0:
            out.write(f"{number:,}{f' of {total:,}' if total else ''} {unit}")


class _Terminal:
    """tqdm writes without line ends; Django's wrapper would add them."""

    def __init__(self, out: OutputWrapper) -> None:
        self._out = out

    def write(self, text: str) -> Any:
        return self._out.write(text, ending="")

    def flush(self) -> None:
        self._out.flush()
