"""`make messages`: bring the Welsh catalogue in step with the code, and compile it.

Reads the strings out of Python with `ast` and out of templates with Django's own reader, so that no gettext tools are
needed. What is translated stays; what nobody says any more goes; what is new waits with an empty translation, and the
reader sees English for it. The compiled file is committed, because the site must run without this.
"""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import polib
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "locale" / "cy" / "LC_MESSAGES" / "django.po"
PACKAGES = ["accounts", "api", "casestudies", "core", "digests", "discussion"]
PACKAGES += ["members", "moderation", "network", "places", "search", "templates"]
# Each with the place of its singular among the arguments, of its plural and of its context.
CALLS = {
    "_": (0, None, None),
    "gettext": (0, None, None),
    "gettext_lazy": (0, None, None),
    "ngettext": (0, 1, None),
    "ngettext_lazy": (0, 1, None),
    "pgettext": (1, None, 0),
    "pgettext_lazy": (1, None, 0),
    "npgettext": (1, 2, 0),
}
_STRING = r"u?(?:'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\")"
_CALL = re.compile(rf"(?<!\w)(n?p?gettext|_)\(((?:{_STRING}(?:,\s*)?)+)")
# As Django's own Welsh catalogue counts: one, two, eight and eleven apart from the rest.
PLURALS = "nplurals=4; plural=(n==1) ? 0 : (n==2) ? 1 : (n != 8 && n != 11) ? 2 : 3;"


@dataclass(frozen=True, order=True)
class Message:
    context: str
    words: str
    plural: str


def used(*below: str) -> dict[Message, set[str]]:
    """Each string that is said in these folders and files (of the project's root), and the files that say it."""
    found: dict[Message, set[str]] = {}
    for path in _files(below or PACKAGES):
        text = path.read_text(encoding="utf-8")
        said = _in_python(text) if path.suffix == ".py" else _in_template(text, path)
        for message in said:
            found.setdefault(message, set()).add(str(path.relative_to(ROOT)))
    # A catalogue has each string once: what is also said with a plural is that entry.
    for message in [one for one in found if one.plural]:
        found[message] |= found.pop(replace(message, plural=""), set())
    return found


def _files(below: tuple[str, ...] | list[str]) -> Iterator[Path]:
    for name in below:
        path = ROOT / name
        if path.is_file():
            yield path
        else:
            wanted = {".html", ".txt", ".py"}
            yield from sorted(one for one in path.rglob("*") if one.suffix in wanted and "migrations" not in one.parts)


def _in_python(text: str) -> Iterator[Message]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            strings = [one.value if isinstance(one, ast.Constant) else None for one in node.args]
            yield from _said(name, strings)


def _in_template(text: str, path: Path) -> Iterator[Message]:
    if "{% load" not in text and "trans" not in text:
        return
    for name, arguments in _CALL.findall(templatize(text, origin=str(path))):
        yield from _said(name, [ast.literal_eval(one) for one in re.findall(_STRING, arguments)])


def _said(name: str, strings: list[object]) -> Iterator[Message]:
    if name not in CALLS:
        return
    words, plural, context = ("" if at is None else strings[at : at + 1] for at in CALLS[name])
    if words and isinstance(words[0], str) and words[0]:
        yield Message(
            context=str(context[0]) if context else "", words=words[0], plural=str(plural[0]) if plural else ""
        )


def brought_in_step(catalogue: polib.POFile, messages: dict[Message, set[str]]) -> polib.POFile:
    """A catalogue of exactly these strings, with the translations that there are."""
    known = {(one.msgctxt or "", one.msgid): one for one in catalogue}
    new = polib.POFile(wrapwidth=100)
    new.metadata = {
        "Project-Id-Version": "connected-localism",
        "Language": "cy",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": PLURALS,
    }
    for message in sorted(messages, key=lambda one: (min(messages[one]), one)):
        old = known.get((message.context, message.words))
        entry = polib.POEntry(
            msgid=message.words,
            msgctxt=message.context or None,
            occurrences=[(file, "") for file in sorted(messages[message])],
            flags=["python-format"] if "%(" in message.words else [],
            tcomment=old.tcomment if old else "",
        )
        if message.plural:
            entry.msgid_plural = message.plural
            entry.msgstr_plural = dict.fromkeys(range(4), "")
            if old and old.msgid_plural == message.plural:
                entry.msgstr_plural = old.msgstr_plural
        elif old and not old.msgid_plural:
            entry.msgstr = old.msgstr
        new.append(entry)
    return new


def main() -> int:
    settings.configure()
    catalogue = polib.pofile(str(CATALOGUE)) if CATALOGUE.exists() else polib.POFile()
    catalogue = brought_in_step(catalogue, used())
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    catalogue.save(str(CATALOGUE))
    catalogue.save_as_mofile(str(CATALOGUE.with_suffix(".mo")))
    print(f"{len(catalogue)} strings, {len(catalogue.untranslated_entries())} of them not in Welsh yet.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
