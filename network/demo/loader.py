"""Loads the files in `content/` through the network's own services, in the order in which things happen in life.

Safe to repeat: what is there already is found by its slug, email or import id and left alone.
"""

import csv
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Q

from accounts.models import User
from casestudies.importing import Known, Rejection, import_case_studies, read_rows, validate
from casestudies.models import CaseStudyPage
from core.delivery import deliver_all
from core.models import HomePage, InformationPage, Topic
from digests import services as digests
from digests.models import Cadence
from discussion.models import Comment
from discussion.services import add_comment
from members.importing import RejectedCouncil, read_councils
from members.models import Organisation, OrganisationKind
from members.roles import EDITORS, MODERATORS, NETWORK_ORGANISATION_SLUG
from members.services import OrganisationFacts, add_member, onboard_organisation
from moderation import services as moderation
from network.demo.adoptions import make_adoptions, make_organisations, make_person
from network.demo.asks import make_asks
from network.demo.briefings import make_briefings
from network.demo.chosen_results import choose_results
from network.demo.opportunities import make_opportunities
from network.demo.record import make_records
from places.models import Place, ProgrammeIndexPage, ProgrammePage, ProgrammeSource, ProgrammeStep
from search.services.synonyms import add_first_synonyms

CONTENT = Path(__file__).parent / "content"
CASE_STUDY_FILES = ("case_studies_a.jsonl", "case_studies_b.jsonl")
DRAFT_FILE = "exampleford.json"
EXAMPLES_FILE = "examples.jsonl"
ADOPTIONS_FILE = "adoptions.json"
ASKS_FILE = "asks.json"
BRIEFINGS_FILE = "briefings.json"
OPPORTUNITIES_FILE = "opportunities.json"
RECORD_FILE = "record.json"
CHOSEN_FILE = "chosen_results.json"
# Known to everybody who reads this: such people exist in demonstration mode only, which a public site refuses.
PASSWORD = (CONTENT / "password.txt").read_text().strip()
FOOTER_PAGES = ("about", "how-it-works")
SKIPPED_PAGES = ("moderation-policy",)  # rendered from the policy in force, at its own address
Say = Callable[[str], Any]


class DemoProblem(Exception):
    """The content files do not fit the code; the message lists every row that does not."""


def is_loaded() -> bool:
    return User.objects.filter(is_demonstration=True).exists() and CaseStudyPage.objects.exists()


def load(*, say: Say) -> None:
    """Load everything; each step is complete or not there at all."""
    say(f"topics: {_topics()}")
    say(f"groups of synonyms: {add_first_synonyms()}")
    say(f"organisations: {_organisations()}")
    say(f"programmes: {_programmes()}")
    say(f"standing pages: {_information_pages()}")
    say(f"people: {_people()}")
    # Some of the people follow before the second file comes, so that there is something new for them.
    first, *rest = CASE_STUDY_FILES
    # What is made up comes first, and so stands last wherever the newest come first.
    say(f"case studies: {_case_studies(EXAMPLES_FILE, first)}")
    say(f"follows: {_follows()}")
    say(f"more case studies: {_case_studies(*rest, DRAFT_FILE)}")
    say(f"new adoptions: {make_adoptions(_json(ADOPTIONS_FILE))}")
    say(f"comments: {_comments()}")
    say(f"asks: {make_asks(_json(ASKS_FILE))}")
    say(f"briefings: {make_briefings(_json(BRIEFINGS_FILE))}")
    say(f"entries in records of places: {make_records(_json(RECORD_FILE))}")
    # One of them is about the place that the records make.
    say(f"opportunities: {make_opportunities(_json(OPPORTUNITIES_FILE))}")
    say(f"searches with chosen results: {choose_results(_json(CHOSEN_FILE))}")
    say(f"deliveries to search and to readers: {deliver_all()}")
    say(f"mails sent: {_digest()}")


def _json(name: str) -> Any:
    return json.loads((CONTENT / name).read_text(encoding="utf-8"))


@transaction.atomic
def _topics() -> int:
    with (CONTENT / "topics.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        parent = Topic.objects.get(slug=row["level1_slug"]) if row["level2_slug"] else None
        Topic.objects.get_or_create(
            slug=row["level2_slug"] or row["level1_slug"],
            defaults={
                "name": row["level2"] or row["level1"],
                "parent": parent,
                "known": row["known"],
                "order": round(float(row["order"]) * 10),
            },
        )
    return len(rows)


def _organisations() -> int:
    rows = list(read_councils(CONTENT / "organisations.csv"))
    problems = [f"line {row.line}: {' '.join(row.reasons)}" for row in rows if isinstance(row, RejectedCouncil)]
    if problems:
        raise DemoProblem("organisations.csv: " + "; ".join(problems))
    ours = [
        OrganisationFacts(
            name="The network’s editors",
            short_name="Network editors",
            slug=NETWORK_ORGANISATION_SLUG,
            kind=OrganisationKind.NETWORK,
        ),
        OrganisationFacts(
            name="Exampleford Borough Council (demonstration)",
            short_name="Exampleford (demonstration)",
            slug="exampleford",
            tier="district",
            nation="England",
            region="East Midlands",
            lat=52.95,
            lng=-0.9,
            population=98_000,
            area_km2=233.0,
            density=420.6,
            rural_urban="Urban with rural areas",
            deprivation_decile=5,
            deprivation_score=22.0,
            is_demonstration=True,
            email_domains=("exampleford.example",),
        ),
    ]
    for facts in [*rows, *ours]:
        if isinstance(facts, OrganisationFacts) and not Organisation.objects.filter(page__slug=facts.slug).exists():
            onboard_organisation(facts=facts)
    return len(rows) + len(ours) + make_organisations(_json(ADOPTIONS_FILE))


@transaction.atomic
def _programmes() -> int:
    index = ProgrammeIndexPage.objects.get()
    programmes = _json("programmes.json")
    for one in programmes:
        if ProgrammePage.objects.filter(slug=one["slug"]).exists():
            continue
        page = ProgrammePage(
            live=False,
            **{
                name: one.get(name) or ""
                for name in (
                    "title", "slug", "summary", "kind", "use", "started", "ended", "what_it_is", "current_state",
                    "who_may_use", "legal_basis", "nation", "in_force",
                )
            },
            checked_on=date.fromisoformat(one["checked_on"]),
        )  # fmt: skip
        index.refresh_from_db()
        index.add_child(instance=page)
        page.steps.set([ProgrammeStep(sort_order=order, **step) for order, step in enumerate(one["steps"])])
        page.sources.set([ProgrammeSource(sort_order=order, **source) for order, source in enumerate(one["sources"])])
        page.save()
        page.save_revision().publish()
    return len(programmes)


@transaction.atomic
def _information_pages() -> int:
    home = HomePage.objects.get()
    pages = [page for page in _json("pages.json") if page["slug"] not in SKIPPED_PAGES]
    for one in pages:
        if InformationPage.objects.filter(slug=one["slug"]).exists():
            continue
        home.refresh_from_db()
        page = InformationPage(
            title=one["title"],
            slug=one["slug"],
            summary=one["summary"],
            body=one["body"],
            show_in_footer=one["slug"] in FOOTER_PAGES,
            live=False,
        )
        home.add_child(instance=page)
        page.save_revision().publish()
    return len(pages)


@transaction.atomic
def _people() -> int:
    people = _json("people.json")["people"]
    for one in people:
        person = User.objects.filter(email=one["email"]).first()
        if person is None:
            person = User.objects.create_user(one["email"], PASSWORD, name=one["name"], is_demonstration=True)
            EmailAddress.objects.create(user=person, email=one["email"], verified=True, primary=True)
        if one["organisation"]:
            organisation = Organisation.objects.get(slug=one["organisation"])
            add_member(organisation=organisation, person=person, role=one["role"], by=None)
        if one["role"] == "moderator":
            person.groups.add(Group.objects.get(name=MODERATORS))
        elif one["role"] == "administrator":
            person.is_superuser = person.is_staff = True
            person.save(update_fields=["is_superuser", "is_staff"])
            person.groups.add(Group.objects.get(name=EDITORS))
    make_person(_json(ADOPTIONS_FILE), password=PASSWORD)
    return len(people) + 1


def _case_studies(*names: str) -> int:
    known = Known()
    total = 0
    for name in names:
        rows = list(validate(_rows(name), known=known))
        problems = [f"line {row.line}: {' '.join(row.reasons)}" for _, row in rows if isinstance(row, Rejection)]
        if problems:
            raise DemoProblem(f"{name}: " + "; ".join(problems))
        import_case_studies(rows, known=known, publish=name != DRAFT_FILE)
        total += len(rows)
    return total


def _rows(name: str) -> Any:
    if name != DRAFT_FILE:
        return read_rows(CONTENT / name)
    from casestudies.importing import RawRow

    return [RawRow(line=1, values=_json(name))]


def _person(email: str) -> User:
    return User.objects.get(email=email)


def _follows() -> int:
    """Those whose target is there: a case study of the second file cannot be followed before it is published."""
    made = 0
    for one in _json("people.json")["follows"]:
        pk = _target_id(one["kind"], one["target"])
        if pk is not None:
            digests.follow(person=_person(one["by"]), target=(one["kind"], pk), cadence=one["cadence"])
            made += 1
    return made


def _target_id(kind: str, name: str) -> int | None:
    rows: Any = {
        "topic": Topic.objects.filter(slug=name),
        "organisation": Organisation.objects.filter(Q(slug=name) | Q(gss_code=name)),
        "programme": ProgrammePage.objects.filter(slug=name),
        "place": Place.objects.filter(slug=name),
        "case_study": CaseStudyPage.objects.listed().filter(import_id=name),
    }[kind]
    return rows.values_list("pk", flat=True).first()


@transaction.atomic
def _comments() -> int:
    """Written by their people, judged by the policy, then approved by the moderator where the content says so."""
    if Comment.objects.filter(author__is_demonstration=True).exists():
        return 0
    moderator = User.objects.get(email="moderator@demo.example")
    made: list[Comment] = []
    for one in _json("people.json")["comments"]:
        page = CaseStudyPage.objects.get(import_id=one["case_study"])
        reply_to = made[one["reply_to"]] if one["reply_to"] is not None else None
        comment, verdict = add_comment(page=page, body=one["body"], by=_person(one["by"]), reply_to=reply_to)
        if one["state"] == "published" and not verdict.publish:
            moderation.decide_contribution(contribution=comment, action="approve", by=moderator)
        made.append(comment)
    return len(made)


def _digest() -> int:
    """The first digest goes out at once, so that the inbox has something to read."""
    for cadence in Cadence.values:
        if cadence != Cadence.OFF:
            digests.plan_now(cadence=cadence)
    return digests.send_waiting().sent
