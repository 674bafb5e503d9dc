"""Progress of long commands: a bar on a terminal, a plain line now and then elsewhere."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
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


@contextmanager
def counter(*, out: OutputWrapper, unit: str, total: int) -> Iterator[Callable[[int], None]]:
    """The same for work that counts by itself: call what this yields with how many are done by now."""
    if out.isatty():
        with tqdm(total=total, unit=f" {unit}", file=_Terminal(out)) as bar:

            def show(done: int) -> None:
                bar.update(done - bar.n)

            yield show
        return
    said = 0

    def say(done: int) -> None:
        nonlocal said
        if done // EVERY > said // EVERY:
            out.write(f"{done:,} of {total:,} {unit}")
        said = done

    yield say


class _Terminal:
    """tqdm writes without line ends; Django's wrapper would add them."""

    def __init__(self, out: OutputWrapper) -> None:
        self._out = out

    def write(self, text: str) -> Any:
        return self._out.write(text, ending="")

    def flush(self) -> None:
        self._out.flush()
