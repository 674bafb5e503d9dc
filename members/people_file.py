"""A spreadsheet's list of people to invite: read whole, every row judged, nothing done."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import override

from core.html import without_controls
from members.models import Organisation, Role
from members.services import Invited
from members.services.invitations import reasons_against

MOST_ROWS = 500
MOST_BYTES = 512 * 1024
COLUMNS = {"address", "role", "name"}
# What people call the columns in their own spreadsheets.
ALSO = {"email": "address", "email address": "address", "e-mail": "address"}


class FileProblem(Exception):
    """The file as a whole cannot be used; the message says why."""


@dataclass(frozen=True, kw_only=True)
class BadRow:
    """`line` of the file as an editor counts them, the first being 1."""

    line: int
    address: str
    reasons: list[str]


@dataclass(frozen=True, kw_only=True)
class PeopleFile:
    """What a file asks for. Only one without bad rows is acted on."""

    invited: list[Invited]
    bad: list[BadRow]


def read_people(file: BinaryIO, organisation: Organisation) -> PeopleFile:
    """Raises `FileProblem`. No more of the file is read than may be in it."""
    rows = list(_rows(_text(file.read(MOST_BYTES + 1))))
    taken = reasons_against(organisation, [cells.get("address", "") for _line, cells in rows])
    roles = _role_names()
    seen: dict[str, int] = {}
    invited, bad = [], []
    for line, cells in rows:
        address = cells.get("address", "").lower()
        reasons = _wrong(cells, address, roles)
        if not reasons and address in seen:
            reasons.append(_("This address is on line %(line)s already.") % {"line": seen[address]})
        elif not reasons and address in taken:
            reasons.append(taken[address])
        seen.setdefault(address, line)
        if reasons:
            bad.append(BadRow(line=line, address=address[:80], reasons=reasons))
        else:
            role = roles[cells.get("role", "").casefold()]
            invited.append(Invited(address=address, role=role, name=cells.get("name", "")))
    return PeopleFile(invited=invited, bad=bad)


def _text(content: bytes) -> str:
    """UTF-8, or what Excel writes instead: UTF-16 with its mark, or the code page of western Windows."""
    if len(content) > MOST_BYTES:
        raise FileProblem(_("The file is larger than half a megabyte. Send it in parts."))
    encoding = "utf-16" if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        try:
            text = content.decode("cp1252")
        except UnicodeDecodeError as error:
            raise FileProblem(_("This is not text. Save the sheet as “CSV UTF-8” and try again.")) from error
    if "\x00" in text:
        raise FileProblem(_("This is not text. Save the sheet as “CSV UTF-8” and try again."))
    return text


def _rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    first = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if first.count(";") > first.count(",") else ",")
    try:
        names = [ALSO.get(name, name) for name in (_clean(cell).casefold() for cell in next(reader, []))]
        _check_names(names)
        number = 0
        for cells in reader:
            line = reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            number += 1
            if number > MOST_ROWS:
                raise FileProblem(
                    _("There are more than %(most)s people in the file. Send it in parts.") % {"most": MOST_ROWS}
                )
            found = {name: _clean(cell) for name, cell in zip(names, cells, strict=False) if name}
            if any(cell.strip() for cell in cells[len(names) :]):
                found["more"] = "yes"
            yield line, found
    except csv.Error as error:
        raise FileProblem(_("This is not CSV: %(why)s.") % {"why": str(error)}) from error


def _check_names(names: list[str]) -> None:
    given = [name for name in names if name]
    if "address" not in given:
        raise FileProblem(_("The first line must name the columns: address, and role and name if you like."))
    if odd := sorted(set(given) - COLUMNS):
        shown = ", ".join(name[:30] for name in odd[:5])
        raise FileProblem(_("Columns that we do not know: %(names)s. Use address, role, name.") % {"names": shown})
    if len(given) != len(set(given)):
        raise FileProblem(_("A column is there twice."))


def _wrong(cells: dict[str, str], address: str, roles: dict[str, str]) -> list[str]:
    reasons = []
    if not address:
        reasons.append(_("There is no address."))
    else:
        try:
            validate_email(address)
        except ValidationError:
            reasons.append(_("This is not an email address."))
        if len(address) > 254:
            reasons.append(_("The address is too long."))
    if cells.get("role", "").casefold() not in roles:
        shown = {"role": cells["role"][:30], "roles": ", ".join(str(role) for role in Role)}
        reasons.append(_("“%(role)s” is not a role. Use one of: %(roles)s.") % shown)
    if len(cells.get("name", "")) > 120:
        reasons.append(_("The name is longer than 120 characters."))
    if "more" in cells:
        reasons.append(_("There are more cells than columns."))
    return reasons


def _role_names() -> dict[str, str]:
    """By value and by name, in the reader's language and in English; nothing is a member."""
    names: dict[str, str] = {"": Role.MEMBER}
    for role in Role:
        names[str(role.value)] = role
        names[str(role.label).casefold()] = role
        with override("en"):
            names[str(role.label).casefold()] = role
    return names


def _clean(cell: str) -> str:
    return " ".join(without_controls(cell).split())
