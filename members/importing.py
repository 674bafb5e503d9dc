"""Councils from a CSV file of open data: read, validate every row, then onboard each in one transaction."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.text import slugify

from members.models import OrganisationKind, Tier
from members.services import OrganisationFacts

REQUIRED = {"gss_code", "name", "nice_name", "type"}
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
    """Yield the facts of each council, or why its row cannot be used. Raises `CouncilsFileProblem`."""
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
    for line, row in rows:
        if isinstance(row, OrganisationFacts):
            twice = [key for key in (row.gss_code, row.slug) if key and key in seen]
            if twice:
                yield RejectedCouncil(line=line, reasons=[f"“{twice[0]}” is on line {seen[twice[0]]} already."])
                continue
            seen |= {row.gss_code: line, row.slug: line}
        yield row


def _facts(line: int, row: dict[Any, Any]) -> tuple[int, OrganisationFacts | RejectedCouncil]:
    reasons: list[str] = []
    cells = {name: (cell or "").strip().replace("\0", "") for name, cell in row.items() if isinstance(name, str)}
    if row.get(None):
        reasons.append("There are more cells than columns.")
    reasons += [f"{name}: this field is required." for name in sorted(REQUIRED) if not cells.get(name)]

    def number(name: str, low: float, high: float) -> float | None:
        text = cells.get(name, "")
        if not text:
            return None
        try:
            value = float(text)
        except ValueError:
            reasons.append(f"{name}: “{text}” is not a number.")
            return None
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
    slug = slugify(cells.get("govuk_slug") or cells.get("nice_name", ""))
    if reasons or tier is None:
        return line, RejectedCouncil(line=line, reasons=reasons)
    domains = [cells.get("email_domain", ""), *cells.get("email_domain_alt", "").replace(";", " ").split()]
    return line, OrganisationFacts(
        name=cells["name"],
        short_name=cells["nice_name"],
        slug=slug,
        kind=OrganisationKind.COUNCIL,
        tier=tier,
        gss_code=cells["gss_code"],
        nation=cells.get("nation", ""),
        region=cells.get("region", ""),
        website=_website(cells.get("website", "")),
        population=int(population) if population is not None else None,
        deprivation_decile=int(decile) if decile is not None else None,
        rural_urban=cells.get("rural_urban", ""),
        emissions_label=cells.get("emissions_label", ""),
        county_gss=cells.get("county_gss", ""),
        email_domains=tuple(domain for domain in domains if domain),
        **numbers,
    )


def _website(text: str) -> str:
    return text if text.startswith(("http://", "https://")) else ""
