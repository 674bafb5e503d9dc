"""The demonstration's adoptions: two from public sources, and examples among invented councils.

An adoption between real councils is there only where a public source shows it, in the editors' own words; no result is
made up. The examples belong to organisations and a person that say of themselves that they are a demonstration.
"""

from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction

from accounts.models import User
from casestudies.adoption_facts import AdoptionFacts, MeasureFacts
from casestudies.models import Adoption, CaseStudyPage
from casestudies.services import record_adoption, record_from_source
from members.models import Organisation, Role
from members.services import OrganisationFacts, add_member, onboard_organisation
from moderation import services as moderation

EDITOR, MODERATOR = "administrator@demo.example", "moderator@demo.example"


def make_organisations(content: dict[str, Any]) -> int:
    """The invented councils that try things out; those that are there stay as they are."""
    for one in content["organisations"]:
        if not Organisation.objects.filter(slug=one["slug"]).exists():
            onboard_organisation(facts=OrganisationFacts(**one, is_demonstration=True))
    return len(content["organisations"])


@transaction.atomic
def make_person(content: dict[str, Any], *, password: str) -> User:
    """Somebody invented, who leads all the invented councils."""
    email, name = content["person"]["email"], content["person"]["name"]
    person = User.objects.filter(email=email).first()
    if person is None:
        person = User.objects.create_user(email, password, name=name, is_demonstration=True)
        EmailAddress.objects.create(user=person, email=email, verified=True, primary=True)
    for one in content["organisations"]:
        organisation = Organisation.objects.get(slug=one["slug"])
        add_member(organisation=organisation, person=person, role=Role.LEAD, by=None)
    return person


def make_adoptions(content: dict[str, Any]) -> int:
    """Record what is not recorded yet, and let the moderator approve what the policy holds. How many are new."""
    person = User.objects.get(email=content["person"]["email"])
    editor, moderator = User.objects.get(email=EDITOR), User.objects.get(email=MODERATOR)
    new = 0
    for one in content["adoptions"]:
        page = CaseStudyPage.objects.get(import_id=one["case_study"])
        slug, gss_code = one.get("organisation"), one.get("organisation_gss")
        organisation = Organisation.objects.get(**({"slug": slug} if slug else {"gss_code": gss_code}))
        if Adoption.objects.standing().filter(case_study=page, organisation=organisation).exists():
            continue
        with transaction.atomic():
            if "source_url" in one:
                adoption, verdict = record_from_source(
                    case_study=page,
                    organisation=organisation,
                    facts=_facts(one),
                    source_url=one["source_url"],
                    source_title=one["source_title"],
                    by=editor,
                )
            else:
                adoption, verdict = record_adoption(
                    case_study=page, organisation=organisation, facts=_facts(one), by=person
                )
            if not verdict.publish:
                moderation.decide_contribution(contribution=adoption, action="approve", by=moderator)
        new += 1
    return new


def _facts(one: dict[str, Any]) -> AdoptionFacts:
    own = one.get("own")
    plain = ("started", "ended", "outcome", "reasons", "other_reason", "changed", "words")
    return AdoptionFacts(
        status=one["status"],
        own_case_study=CaseStudyPage.objects.get(import_id=own) if own else None,
        measures=[MeasureFacts(**measure) for measure in one.get("measures", ())],
        **{name: one[name] for name in plain if name in one},
    )
