"""The few people, organisations and pages that every test uses."""

import factory
from django.contrib.auth.models import Group

from accounts.models import User
from casestudies.models import Adoption, CaseStudyPage, CaseStudyPlace
from core.models import Topic
from members.models import Organisation
from members.roles import EDITORS, MODERATORS
from members.services import OrganisationFacts, add_member, onboard_organisation
from places.models import Place, ProgrammeIndexPage, ProgrammePage


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    name = factory.Sequence(lambda n: f"Person {n}")

    class Params:
        administrator = factory.Trait(is_superuser=True, is_staff=True)

    @factory.post_generation
    def verified(self, create, extracted, **kwargs):
        from allauth.account.models import EmailAddress

        if create and extracted is not False:
            EmailAddress.objects.create(user=self, email=self.email, verified=True, primary=True)

    @factory.post_generation
    def moderator(self, create, extracted, **kwargs):
        if extracted:
            self.groups.add(Group.objects.get(name=MODERATORS))

    @factory.post_generation
    def editor(self, create, extracted, **kwargs):
        if extracted:
            self.groups.add(Group.objects.get(name=EDITORS))


def organisation(short_name: str = "Stockport", **facts) -> Organisation:
    return onboard_organisation(
        facts=OrganisationFacts(name=f"{short_name} Council", short_name=short_name, **facts), by=None
    )


def member(of: Organisation, role: str = "member", **person) -> User:
    user = UserFactory(**person)
    add_member(organisation=of, person=user, role=role, by=None)
    return user


class TopicFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Topic

    name = factory.Sequence(lambda n: f"Topic {n}")
    slug = factory.Sequence(lambda n: f"topic-{n}")


class PlaceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Place

    name = factory.Sequence(lambda n: f"Town {n}")
    slug = factory.Sequence(lambda n: f"town-{n}")
    lat = 53.4
    lng = -2.16


def programme(title: str = "Portas Pilots", live: bool = True) -> ProgrammePage:
    page = ProgrammeIndexPage.objects.get().add_child(
        instance=ProgrammePage(title=title, summary="Money and advice for high streets.", live=False)
    )
    if live:
        page.save_revision().publish()
        page.refresh_from_db()
    return page


_numbers = iter(range(1, 1_000_000))


def case_study(of: Organisation, *, live: bool = True, topics=(), places=(), tags=(), **fields) -> CaseStudyPage:
    """A published case study of an organisation, or a draft with `live=False`."""
    values = {
        "title": f"Case study {next(_numbers)}",
        "summary": "Traders opened a market in an empty shop.",
        "problem": "<p>One shop in four was empty.</p>",
        "approach": "<p>We let the shop by the week.</p>",
        "results": "<p>Three stalls became shops.</p>",
        "did_not_work": "<p>The first two weeks were empty.</p>",
        "outcome": "worked",
        "started": "2019-04",
        "contact_name": "Sam Officer",
        "contact_email": "sam@example.org",
        **fields,
    }
    page = CaseStudyPage(live=False, **values)
    # Before the page is saved, so that it is saved once.
    page.topics.set(topics)
    page.tags.add(*tags)
    page.case_study_places.add(*(CaseStudyPlace(place=place) for place in places))
    of.page.refresh_from_db()
    of.page.add_child(instance=page)
    if live:
        page.save_revision().publish()
        page.refresh_from_db()
    else:
        page.save_revision()
    return page


def adoption(of: CaseStudyPage, by: Organisation, **fields) -> Adoption:
    """A published one that somebody with authority recorded, unless the fields say otherwise."""
    values = {"status": "running", "state": "published", "verified": True, "started": "2024-03", **fields}
    return Adoption.objects.create(case_study=of, organisation=by, **values)
