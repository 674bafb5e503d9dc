"""Councils from a CSV file of open data: read, validate every row, then onboard each in one transaction."""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_domain_name
from django.utils.text import slugify

from core.html import without_controls
from members.models import Organisation, OrganisationKind, Tier
from members.services import OrganisationFacts

REQUIRED = {"gss_code", "name", "nice_name", "type"}
GSS_CODE = re.compile(r"[A-Z]\d{8}", re.ASCII)
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
is_website = URLValidator(schemes=["http", "https"])
# Columns that become a field as they are, with the name of that field.
TEXTS = {"name": "name", "nice_name": "short_name", "nation": "nation", "region": "region", "website": "website",
         "rural_urban": "rural_urban", "emissions_label": "emissions_label"}  # fmt: skip
# The words of mySociety's column `type`, and ours.
TIERS = {
    "county": Tier.COUNTY,
    "district": Tier.DISTRICT,
    "unitary": Tier.UNITARY,
    "metropolitan": Tier.METROPOLITAN,
    "london-borough": Tier.LONDON,
    "parish": Tier.PARISH,
    "wales": Tier.WALES,
    "scotland": Tier.SCOTLAND,
    "northern-ireland": Tier.NORTHERN_IRELAND,
}


class CouncilsFileProblem(Exception):
    """The file as a whole cannot be read; the message says why."""


@dataclass(frozen=True, kw_only=True)
class RejectedCouncil:
    line: int
    reasons: list[str]


def read_councils(path: Path) -> Iterator[OrganisationFacts | RejectedCouncil]:
    """Yield the facts of each council, or why its row cannot be used. Raises `CouncilsFileProblem`.

    Reads once who has which address already, so that a row that cannot be onboarded is refused with the others.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            missing = REQUIRED - set(reader.fieldnames or [])
            if missing:
                raise CouncilsFileProblem(
                    f"{path.name}: the first line must name the columns {', '.join(sorted(REQUIRED))}; "
                    f"missing: {', '.join(sorted(missing))}."
                )
            yield from _unique(_facts(reader.line_num, row) for row in reader)
    except FileNotFoundError as error:
        raise CouncilsFileProblem(f"There is no file {path}.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise CouncilsFileProblem(f"{path} cannot be read as UTF-8 text: {error}.") from error
    except csv.Error as error:
        raise CouncilsFileProblem(f"{path.name} is not CSV: {error}.") from error


def _unique(
    rows: Iterable[tuple[int, OrganisationFacts | RejectedCouncil]],
) -> Iterator[OrganisationFacts | RejectedCouncil]:
    seen: dict[str, int] = {}
    there = {slug: (name, gss) for slug, name, gss in Organisation.objects.values_list("slug", "name", "gss_code")}
    codes = {gss for _, gss in there.values()}
    for line, row in rows:
        if isinstance(row, OrganisationFacts):
            name, gss = there.get(row.slug, ("", ""))
            if gss and gss != row.gss_code and row.gss_code not in codes:
                reason = f"The address “{row.slug}” belongs to {name} ({gss}). Give another govuk_slug."
                yield RejectedCouncil(line=line, reasons=[reason])
                continue
            twice = [key for key in (row.gss_code, row.slug) if key and key in seen]
            if twice:
                yield RejectedCouncil(line=line, reasons=[f"“{twice[0]}” is on line {seen[twice[0]]} already."])
                continue
            seen |= {row.gss_code: line, row.slug: line}
        yield row


def _facts(line: int, row: dict[Any, Any]) -> tuple[int, OrganisationFacts | RejectedCouncil]:
    reasons: list[str] = []
    cells = {name: without_controls(cell or "").strip() for name, cell in row.items() if isinstance(name, str)}
    if row.get(None):
        reasons.append("There are more cells than columns.")
    reasons += [f"{name}: this field is required." for name in sorted(REQUIRED) if not cells.get(name)]
    reasons += _wrong_texts(cells)

    def number(name: str, low: float, high: float) -> float | None:
        text = cells.get(name, "")
        if not text:
            return None
        if not NUMBER.fullmatch(text):
            reasons.append(f"{name}: “{text}” is not a number.")
            return None
        value = float(text)
        if not low <= value <= high:
            reasons.append(f"{name}: {text} is not between {low:g} and {high:g}.")
            return None
        return value

    population, decile = number("population", 0, 1e8), number("imd", 1, 10)
    numbers: dict[str, Any] = {
        "lat": number("lat", 49.0, 61.5),
        "lng": number("lng", -9.0, 2.5),
        "area_km2": number("area_km2", 0, 1e6),
        "density": number("density", 0, 1e6),
        "deprivation_score": number("imd_score", 0, 100),
    }
    tier = TIERS.get(cells.get("type", "").lower())
    if tier is None and cells.get("type"):
        reasons.append(f"type: “{cells['type']}” is not one of {', '.join(sorted(TIERS))}.")
    slug = slugify(cells.get("govuk_slug") or cells.get("nice_name", ""))[:120]
    if not slug and cells.get("nice_name"):
        given = "govuk_slug" if cells.get("govuk_slug") else "nice_name"
        reasons.append(f"{given}: “{cells[given]}” gives no address. Use Latin letters.")
    domains = [cells.get("email_domain", ""), *cells.get("email_domain_alt", "").replace(";", " ").split()]
    reasons += [f"email_domain: “{one}” is not a domain, like stockport.gov.uk." for one in domains if _no_domain(one)]
    if reasons or tier is None:
        return line, RejectedCouncil(line=line, reasons=reasons)
    return line, OrganisationFacts(
        name=cells["name"],
        short_name=cells["nice_name"],
        slug=slug,
        kind=OrganisationKind.COUNCIL,
        tier=tier,
        gss_code=cells["gss_code"],
        nation=cells.get("nation", ""),
        region=cells.get("region", ""),
        website=cells.get("website", ""),
        population=int(population) if population is not None else None,
        deprivation_decile=int(decile) if decile is not None else None,
        rural_urban=cells.get("rural_urban", ""),
        emissions_label=cells.get("emissions_label", ""),
        county_gss=cells.get("county_gss", ""),
        email_domains=tuple(domain for domain in domains if domain),
        **numbers,
    )


def _wrong_texts(cells: dict[str, str]) -> list[str]:
    reasons = []
    for name in ("gss_code", "county_gss"):
        if cells.get(name) and not GSS_CODE.fullmatch(cells[name]):
            reasons.append(f"{name}: “{cells[name][:40]}” is not a GSS code, a letter and eight digits.")
    for name, field in TEXTS.items():
        longest: int = getattr(Organisation._meta.get_field(field), "max_length", 0)
        if len(cells.get(name, "")) > longest:
            reasons.append(f"{name}: use at most {longest} characters.")
    try:
        is_website(cells.get("website") or "https://example.org/")
    except ValidationError:
        reasons.append(f"website: “{cells['website'][:80]}” is not an address that begins with http:// or https://.")
    return reasons


def _no_domain(text: str) -> bool:
    try:
        validate_domain_name(text or "example.org")
    except ValidationError:
        return True
    return len(text) > 120
