"""A test's world, made once a run: what a factory wrote the first time is written again from memory.

Most tests begin alike: a council, a member, a case study. Each starts from the same database, so the same calls in
the same order write the same rows under the same keys. The first time, the statements of a factory and its answer are
kept; a later test that makes the same calls in the same order from its beginning gets the same rows by those
statements, without the work of finding out what they are, and a copy of the answer of its own. The moments of a call
are told anew, in their order, each a microsecond after the one before it.

Nothing is remembered where anything else might have a hand in it. A test's history ends (and every factory does its
work again) with the first row that something else writes, with a rollback, a request, or an argument that is not plain
data or a row; while something is patched; where a call leaves behind more than rows (a cache, an unknown thing to do
on commit); and on other databases than SQLite, where keys do not start again with each test. If a statement from
memory gives another key or touches another number of rows than it did, the test fails.

To use it for the world of a module: `@remembered` on the function that makes it (below `@pytest.fixture`). Not where a
hash of a text with moments in it is kept, as the step of a review does: the moments are told anew, the hash is not.
"""

import enum
import functools
import io
import pickle
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

import time_machine
from django.conf import settings
from django.core.cache import caches
from django.core.signals import request_started
from django.db import connection, models, transaction
from django.db.backends.sqlite3.base import FORMAT_QMARK_REGEX
from django.utils import timezone, translation

from core.events import registry
from core.events.record import _waiting
from tests.background import TestBackend

PLAIN = (type(None), bool, int, float, str, bytes, Decimal)
MOMENT = re.compile(r"\d{4}-\d\d-\d\d([ T])\d\d:\d\d:\d\d(?:\.(\d{6}|\d{3}))?(Z|\+00:00)?")
WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")
TICK = timedelta(microseconds=1)
MAX_KEPT = 6000
MISSING = object()


class CannotTell(Exception):
    """What this call does is not told by its arguments and the calls before it."""


class Statement(NamedTuple):
    sql: str
    rows: list[list[Any]]
    many: bool
    last_key: int | None


# A moment of a test: in which of its calls, and the how-manieth there.
Place = tuple[int, int]


class Shifted(NamedTuple):
    """A text with moments in it: the pieces between them, and each as its place and how it is said."""

    pieces: list[str]
    moments: list[tuple["Place", str]]


@dataclass
class Deed:
    """What a call did: its statements, what it left to do on commit, and how answer and arguments were afterwards."""

    statements: list[Statement]
    on_commit: list[tuple[Any, bool]]
    memory: bytes
    moments: int
    rows_written: int


class History:
    """Of one process. `so_far` stands for all calls of the running test; None: something else had a hand in it."""

    def __init__(self) -> None:
        self.kept: dict[tuple[int, Any], Deed] = {}
        self.steps: dict[Any, int] = {}
        self.so_far: int | None = None
        self.total = 0
        self.moments: list[list[datetime]] = []
        self.busy = False
        self.patches: Any = None
        self.counts = {"told": 0, "made": 0, "apart": 0}

    def begin(self) -> None:
        """A test begins; nothing of it is done yet."""
        self.so_far, self.busy, self.patches, self.moments = None, False, None, []
        if connection.vendor == "sqlite" and connection.connection is not None and not connection.in_atomic_block:
            self.total = connection.connection.total_changes
            self.so_far = 0

    def mind(self, patches: Any) -> None:
        """The test's monkeypatch, while nothing of the test's own is patched."""
        self.patches, self.patched = patches, _patched(patches)

    def end(self, *args: Any, **kwargs: Any) -> None:
        self.so_far = None

    def call(self, make: Any, args: tuple[Any, ...], kwargs: dict[str, Any], answered_by: Any) -> Any:
        if self.busy or not self._unbroken():
            self.counts["apart"] += not self.busy
            return make(*args, **kwargs)
        try:
            known = _within_reach((args, kwargs))
            step = (self.so_far, (answered_by, self._around(), _told((args, kwargs)), _shape(known)))
        except CannotTell:
            self.so_far = None
            self.counts["apart"] += 1
            return make(*args, **kwargs)
        deed = self.kept.get(step)
        self.counts["told" if deed else "made"] += 1
        if deed:
            answer = _do_again(deed, known)
        else:
            deed, answer = self._watch(make, args, kwargs, known)
            if deed is None:
                self.so_far = None
                return answer
            if len(self.kept) < MAX_KEPT:
                self.kept[step] = deed
        self.so_far = self.steps.setdefault(step, len(self.steps) + 1)
        self.total = connection.connection.total_changes
        return answer

    def _unbroken(self) -> bool:
        if self.so_far is None:
            return False
        if (
            self.patches is None
            or not connection.in_atomic_block
            or connection.needs_rollback
            or connection.connection.total_changes != self.total
            or _patched(self.patches) != self.patched
            or TestBackend.keeps_indices
            or _waiting.get(None) is not None
        ):
            self.so_far = None
        return self.so_far is not None

    def _around(self) -> tuple[Any, ...]:
        """What a factory may look at besides its arguments and the database."""
        now = timezone.now()
        if self.so_far == 0:
            opened = connection.connection
            keys = opened.execute("SELECT name, seq FROM sqlite_sequence ORDER BY name").fetchall()
            base = (*keys, *opened.execute("SELECT COUNT(*) FROM wagtailcore_page").fetchone())
        else:
            base = ()
        return (
            base,
            time_machine.escape_hatch.is_travelling(),
            now.date(),
            timezone.localdate(now),
            translation.get_language(),
            _settings(),
            tuple(registry.consumers()),
            tuple(_name(function) for _, function, _ in connection.run_on_commit),
        )

    def _watch(self, make: Any, args: Any, kwargs: Any, known: dict[Any, models.Model]) -> tuple[Deed | None, Any]:
        before = {path: _state(one) for path, one in known.items()}
        waiting, total = len(connection.run_on_commit), connection.connection.total_changes
        cached = _cached()
        log: list[tuple[str, Any, bool, int | None]] = []
        self.busy = True
        begun = timezone.now()
        try:
            with connection.execute_wrapper(_listener(log)):
                answer = make(*args, **kwargs)
        except BaseException:
            self.so_far = None
            raise
        finally:
            self.busy = False
        ended = timezone.now()
        if self.so_far is None or _cached() != cached:
            return None, answer
        calendar = Calendar(self.moments, begun, ended, log)
        try:
            deed = Deed(
                statements=[_statement(calendar, *entry) for entry in log],
                on_commit=[(_named(function), robust) for _, function, robust in connection.run_on_commit[waiting:]],
                memory=_remember(calendar, known, before, answer),
                moments=len(calendar.own),
                rows_written=connection.connection.total_changes - total,
            )
        except (CannotTell, pickle.PicklingError, TypeError, AttributeError):
            return None, answer
        self.moments.append(calendar.own)
        return deed, answer


history = History()
request_started.connect(history.end, dispatch_uid="tests.remembered")


def remembered(make: Any) -> Any:
    """A function that makes rows from plain data and rows."""

    @functools.wraps(make)
    def made(*args: Any, **kwargs: Any) -> Any:
        return history.call(make, args, kwargs, f"{make.__module__}.{make.__qualname__}")

    return made


def watch_rollbacks(opened: Any) -> None:
    """What was undone is no longer what the calls so far have made."""
    for name in ("_savepoint_rollback", "_rollback"):
        undo = getattr(opened, name)

        def undone(*args: Any, _undo: Any = undo) -> Any:
            history.end()
            return _undo(*args)

        setattr(opened, name, undone)


class Calendar:
    """The moments of a test's calls so far and of the one that is watched, whose statements are in the log."""

    def __init__(self, earlier: list[list[datetime]], begun: datetime, ended: datetime, log: list[Any]) -> None:
        said = {
            _read(match)
            for _, params, many, _ in log
            for row in (params if many else [params])
            for value in row
            if isinstance(value, str)
            for match in MOMENT.finditer(value)
            if match[2] is None or len(match[2]) == 6
        }
        self.own = sorted({begun, *(moment for moment in said if begun <= moment <= ended)})
        self.first = earlier[0][0] if earlier else begun
        self.places: dict[datetime, Place] = {}
        self.cut: dict[datetime, Place] = {}
        for call, moments in enumerate([*earlier, self.own]):
            for number, moment in enumerate(moments):
                self.places.setdefault(moment, (call, number))
                self.cut.setdefault(_cut(moment), (call, number))

    def place(self, moment: datetime) -> Place:
        """Reckoned from now (in a month, three days ago) is not among them."""
        found = self.places.get(moment) or self.cut.get(moment)
        if found is None:
            raise CannotTell
        return found

    def place_if_of_the_test(self, moment: datetime) -> Place | None:
        """None for one that stays as it is: an object may hold rows that were there before the test."""
        return self.place(moment) if moment >= self.first else None


def _cut(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _read(match: re.Match[str]) -> datetime:
    return datetime.fromisoformat(match[0]).replace(tzinfo=UTC)


def _settings() -> tuple[Any, ...]:
    """What is set otherwise than in the settings file."""
    held, found = settings._wrapped, []
    while hasattr(held, "default_settings"):
        found += [
            (name, repr(value)) for name, value in vars(held).items() if name not in {"default_settings", "_deleted"}
        ]
        held = held.default_settings
    return tuple(found)


def _patched(patches: Any) -> tuple[int, int, Any]:
    return len(patches._setattr), len(patches._setitem), patches._cwd


def _cached() -> list[Any]:
    return [sorted(getattr(caches[name], "_cache", ())) for name in ("default", "shared")]


def _name(function: Any) -> str:
    return f"{getattr(function, '__module__', '')}.{getattr(function, '__qualname__', '')}"


def _named(function: Any) -> Any:
    """A function of a module; one that was made on the way knows things of its own."""
    if "<" in getattr(function, "__qualname__", "<") or hasattr(function, "__self__"):
        raise CannotTell
    return function


# What a call was asked.


def _told(value: Any) -> Any:
    """The value as part of a key."""
    if isinstance(value, models.Model):
        return (value._meta.label, value._state.adding, tuple(_field(value, field) for field in _fields(type(value))))
    if isinstance(value, enum.Enum):
        return (type(value), value.name)
    if type(value) in PLAIN or type(value) is date:
        return (type(value), value)
    if isinstance(value, (list, tuple)):
        return (type(value), *map(_told, value))
    if isinstance(value, dict):
        return tuple((_told(key), _told(one)) for key, one in value.items())
    raise CannotTell


@functools.cache
def _fields(kind: type[models.Model]) -> tuple[Any, ...]:
    return tuple(kind._meta.concrete_fields)


def _field(row: models.Model, field: Any) -> Any:
    value = row.__dict__.get(field.attname, MISSING)
    if isinstance(value, datetime):
        return "a moment"
    if value is MISSING or type(value) in PLAIN:
        return value
    return repr(value)


def _within_reach(told: Any) -> dict[Any, models.Model]:
    """The rows among the arguments and those that hang on them, each by its way from there."""
    found: dict[Any, models.Model] = {}
    seen: set[int] = set()
    waiting: list[tuple[Any, Any]] = [((), told)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, models.Model):
            if id(value) in seen:
                continue
            seen.add(id(value))
            found[path] = value
            waiting += [((*path, name), one) for name, one in value._state.fields_cache.items() if one is not None]
            parent = value.__dict__.get("_cached_parent_obj")
            if parent is not None:
                waiting.append(((*path, "parent"), parent))
        elif isinstance(value, (list, tuple)):
            waiting += [((*path, number), one) for number, one in enumerate(value)]
        elif isinstance(value, dict):
            waiting += [((*path, key), one) for key, one in value.items()]
    return found


def _shape(known: dict[Any, models.Model]) -> tuple[Any, ...]:
    return tuple((path, type(one), one.pk) for path, one in known.items())


# What a call did.


def _listener(log: list[Any]) -> Any:
    def listen(execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        verb = sql.lstrip()[:8].upper()
        if not verb.startswith(WRITES):
            return execute(sql, params, many, context)
        params = [tuple(one) for one in params] if many else tuple(params or ())
        answer = execute(sql, params, many, context)
        key = context["cursor"].cursor.lastrowid if verb.startswith("INSERT") and not many else None
        log.append((sql, params, many, key))
        return answer

    return listen


def _statement(calendar: Calendar, sql: str, params: Any, many: bool, last_key: int | None) -> Statement:
    rows = params if many else [params]
    return Statement(
        FORMAT_QMARK_REGEX.sub("?", sql).replace("%%", "%"),
        [[_shiftable(calendar, one) for one in row] for row in rows],
        many,
        last_key,
    )


def _shiftable(calendar: Calendar, value: Any) -> Any:
    if isinstance(value, datetime):
        raise CannotTell
    if not isinstance(value, str):
        return value
    pieces, moments, end = [], [], 0
    for match in MOMENT.finditer(value):
        moment = _read(match)
        place = calendar.place(moment)
        how = f"{match[1]}{len(match[2] or '')}{match[3] or ''}"
        if _say(moment, how) != match[0]:
            raise CannotTell
        pieces.append(value[end : match.start()])
        moments.append((place, how))
        end = match.end()
    return Shifted([*pieces, value[end:]], moments) if moments else value


def _say(moment: datetime, how: str) -> str:
    """As the database's own text, or as in JSON: to the microsecond or cut to the millisecond."""
    digits = how[1:2]
    text = moment.strftime(f"%Y-%m-%d{how[0]}%H:%M:%S")
    if moment.microsecond:
        text += f".{moment.microsecond:06}"[: 4 if digits == "3" else 7]
    return text + how[2:]


def _told_now(value: Any) -> Any:
    if type(value) is not Shifted:
        return value
    said = [value.pieces[0]]
    for (place, how), piece in zip(value.moments, value.pieces[1:], strict=True):
        said += [_say(_moment(place, UTC), how), piece]
    return "".join(said)


def _state(row: models.Model) -> tuple[dict[str, Any], dict[str, Any], bool, Any]:
    own = {name: value for name, value in vars(row).items() if name != "_state"}
    return own, dict(row._state.fields_cache), row._state.adding, row._state.db


def _changed(before: dict[str, Any], after: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    return (
        {name: value for name, value in after.items() if before.get(name, MISSING) is not value},
        [name for name in before if name not in after],
    )


def _remember(calendar: Calendar, known: dict[Any, models.Model], before: dict[Any, Any], answer: Any) -> bytes:
    """The answer and what became of the rows within reach, such that these are named and not copied."""
    changes = {}
    for path, row in known.items():
        own, cache, adding, db = _state(row)
        changed = (_changed(before[path][0], own), _changed(before[path][1], cache), adding, db)
        if changed[0] != ({}, []) or changed[1] != ({}, []) or (adding, db) != before[path][2:]:
            changes[path] = changed
    names = {id(row): path for path, row in known.items()}

    class Pickler(pickle.Pickler):
        def persistent_id(self, one: Any) -> Any:
            return names.get(id(one)) if isinstance(one, models.Model) else None

        def reducer_override(self, one: Any) -> Any:
            if type(one) is datetime and (place := calendar.place_if_of_the_test(one)) is not None:
                return _moment, (place, one.tzinfo)
            return NotImplemented

    kept = io.BytesIO()
    Pickler(kept, protocol=pickle.HIGHEST_PROTOCOL).dump((answer, changes))
    return kept.getvalue()


def _moment(place: Place, zone: Any) -> datetime:
    """As it is in the running test."""
    call, number = place
    return history.moments[call][number].astimezone(zone)


def _do_again(deed: Deed, known: dict[Any, models.Model]) -> Any:
    begun = timezone.now()
    history.moments.append([begun + TICK * number for number in range(deed.moments)])
    opened = connection.connection
    total = opened.total_changes
    for statement in deed.statements:
        rows = [[_told_now(value) for value in row] for row in statement.rows]
        if statement.many:
            opened.executemany(statement.sql, rows)
            continue
        cursor = opened.execute(statement.sql, rows[0])
        cursor.fetchall()
        assert statement.last_key in {None, cursor.lastrowid}, f"another key than remembered: {statement.sql}"
    assert opened.total_changes - total == deed.rows_written, "other rows than remembered"
    for function, robust in deed.on_commit:
        transaction.on_commit(function, robust=robust)

    class Unpickler(pickle.Unpickler):
        def persistent_load(self, path: Any) -> Any:
            return known[path]

    answer, changes = Unpickler(io.BytesIO(deed.memory)).load()
    for path, ((own, gone), (cache, uncached), adding, db) in changes.items():
        row = known[path]
        vars(row).update(own)
        row._state.fields_cache.update(cache)
        for name in gone:
            vars(row).pop(name, None)
        for name in uncached:
            row._state.fields_cache.pop(name, None)
        row._state.adding, row._state.db = adding, db
    return answer
