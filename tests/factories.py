"""The few people, organisations and pages that every test uses."""

from dataclasses import asdict
from datetime import timedelta

import factory
from django.contrib.auth.models import Group, Permission
from django.db.models import F, Q
from django.utils import timezone
from django.utils.text import slugify
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission

from accounts.models import User
from casestudies.briefings.trials import give_trial
from casestudies.models import Adoption, BriefingPage, BriefingTrial, CaseStudyPage, CaseStudyPlace
from core import events
from core.models import Topic
from discussion.models import Ask, Comment
from members.models import EmailDomain, Organisation, OrganisationIndexPage, OrganisationPage
from members.roles import EDITORS, MODERATORS, OPERATIONS
from members.services import OrganisationFacts, add_member, onboard_organisation
from places.models import OpportunityPage, Place, ProgrammeIndexPage, ProgrammePage, RecordEntry
from tests.pages import add_page
from tests.remembered import history, remembered


class Remembered(factory.django.DjangoModelFactory):
    """See `tests/remembered.py`."""

    class Meta:
        abstract = True

    @classmethod
    def create(cls, **kwargs):
        return history.call(super().create, (), kwargs, cls.__name__)


class UserFactory(Remembered):
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

    @factory.post_generation
    def operator(self, create, extracted, **kwargs):
        if extracted:
            self.groups.add(Group.objects.get(name=OPERATIONS))


def onboarded(short_name: str = "Stockport", **facts) -> Organisation:
    """Through the service, for tests of what that does."""
    return onboard_organisation(
        facts=OrganisationFacts(name=f"{short_name} Council", short_name=short_name, **facts), by=None
    )


@remembered
def organisation(short_name: str = "Stockport", **facts) -> Organisation:
    """As onboarded; its rows are written in a few statements (see `tests/pages.py`)."""
    values = asdict(OrganisationFacts(name=f"{short_name} Council", short_name=short_name, **facts))
    slug, domains = values.pop("slug") or slugify(short_name), values.pop("email_domains")
    known = Q(slug=slug) | Q(gss_code=values["gss_code"]) if values["gss_code"] else Q(slug=slug)
    index = OrganisationIndexPage.objects.first()
    if index is None or not slug or Organisation.objects.filter(known).exists():
        return onboarded(short_name, **facts)
    of = Organisation(slug=slug, **values)
    of.full_clean(exclude=["authors", "approvers", "collection"], validate_unique=False, validate_constraints=False)
    of.collection = _collection(of.name)
    of.authors, of.approvers = Group.objects.bulk_create(
        Group(name=f"{kind} of {slug}") for kind in ("Authors", "Approvers")
    )
    of.save(force_insert=True)
    EmailDomain.objects.bulk_create(
        EmailDomain(organisation=of, domain=domain)
        for domain in dict.fromkeys(domain.strip().lower() for domain in domains)
        if domain
    )
    page = add_page(OrganisationPage(title=of.name, slug=slug, organisation=of), below=index, live=True)
    _give_rights(of, page)
    events.record(kind="organisation.joined", subject=("organisation", of.pk), data={"name": of.name})
    return of


def _collection(name: str) -> Collection:
    """Below the root, in order of the alphabet."""
    root = Collection.get_first_root_node()
    last = None if root.is_leaf() else root.get_last_child()
    if last and name <= last.name:
        return root.add_child(name=name)
    path = last._inc_path() if last else Collection._get_path(root.path, root.depth + 1, 1)
    Collection.objects.filter(pk=root.pk).update(numchild=F("numchild") + 1)
    return Collection.objects.create(name=name, path=path, depth=root.depth + 1)


def _give_rights(of: Organisation, page: OrganisationPage) -> None:
    files = {f"{verb}_{thing}" for verb in ("add", "change", "choose") for thing in ("image", "document")}
    found = {
        one.codename: one
        for one in Permission.objects.filter(
            Q(content_type__app_label__in=["wagtailimages", "wagtaildocs"], codename__in=files)
            | Q(content_type__app_label="wagtailadmin", codename="access_admin")
            | Q(content_type__app_label="wagtailcore", codename__in=["add_page", "change_page"])
        ).order_by("content_type__app_label", "content_type__model", "codename")
    }
    Group.permissions.through.objects.bulk_create(
        Group.permissions.through(group=group, permission=found["access_admin"]) for group in (of.authors, of.approvers)
    )
    GroupPagePermission.objects.bulk_create(
        GroupPagePermission(group=group, page=page, permission=found[name])
        for group, name in ((of.authors, "add_page"), (of.authors, "change_page"), (of.approvers, "change_page"))
    )
    GroupCollectionPermission.objects.bulk_create(
        GroupCollectionPermission(group=of.authors, collection=of.collection, permission=permission)
        for name, permission in found.items()
        if name in files
    )


@remembered
def member(of: Organisation, role: str = "member", **person) -> User:
    user = UserFactory(**person)
    add_member(organisation=of, person=user, role=role, by=None)
    return user


class TopicFactory(Remembered):
    class Meta:
        model = Topic

    name = factory.Sequence(lambda n: f"Topic {n}")
    slug = factory.Sequence(lambda n: f"topic-{n}")


class PlaceFactory(Remembered):
    class Meta:
        model = Place

    name = factory.Sequence(lambda n: f"Town {n}")
    slug = factory.Sequence(lambda n: f"town-{n}")
    lat = 53.4
    lng = -2.16


@remembered
def programme(title: str = "Portas Pilots", live: bool = True) -> ProgrammePage:
    page = ProgrammePage(title=title, summary="Money and advice for high streets.", live=False)
    below = ProgrammeIndexPage.objects.get()
    # A draft has no revision here: it is as somebody left it who only gave it a name.
    return add_page(page, below=below, live=True) if live else below.add_child(instance=page)


_numbers = iter(range(1, 1_000_000))


@remembered
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
    return add_page(page, below=of.page, live=live)


def opportunity(of: Organisation, *, live: bool = True, topics=(), places=(), **fields) -> OpportunityPage:
    """A published opportunity of an organisation, open now unless it says otherwise, or a draft with `live=False`."""
    now = timezone.now()
    values = {
        "title": f"Opportunity {next(_numbers)}",
        "summary": "Community groups may say that they want to run our libraries.",
        "service": "Branch libraries",
        "opens": now - timedelta(days=3),
        "closes": now + timedelta(days=30),
        "how_to_apply": "<p>Write to us.</p>",
        **fields,
    }
    page = OpportunityPage(live=False, **values)
    page.topics.set(topics)
    page.places.set(places)
    return add_page(page, below=of.page, live=live)


def in_its_state(model, *, state, **fields):
    """A contribution. Nothing is born hidden or removed (`moderation.state_machine`): such a one was public before."""
    if state not in {"hidden", "removed"}:
        return model.objects.create(state=state, **fields)
    late = {"state": state} | {name: "" for name in ("words",) if fields.get(name) == ""}
    made = model.objects.create(state="published", **fields | dict.fromkeys(late.keys() - {"state"}, "Gone."))
    model.objects.filter(pk=made.pk).update(**late)
    for name, value in late.items():
        setattr(made, name, value)
    return made


@remembered
def comment(**fields) -> Comment:
    """A published one, unless the fields say otherwise."""
    return in_its_state(Comment, **{"body": "Which year was that?", "state": "published", **fields})


@remembered
def adoption(of: CaseStudyPage, by: Organisation, **fields) -> Adoption:
    """A published one that somebody with authority recorded, unless the fields say otherwise."""
    values = {"status": "running", "state": "published", "verified": True, "started": "2024-03", **fields}
    return in_its_state(Adoption, case_study=of, organisation=by, **values)


@remembered
def ask(*, topics=(), **fields) -> Ask:
    """A published one, unless the fields say otherwise."""
    values = {
        "title": "How do we fill empty shops for good?",
        "body": "Every second shop in our high street has been empty for more than a year.",
        "state": "published",
        **fields,
    }
    made = in_its_state(Ask, **values)
    made.topics.set(topics)
    return made


@remembered
def answer(of: Ask, by: User, body: str = "We let the first month go free, and three stayed.", **fields) -> Comment:
    return comment(ask=of, author=by, body=body, **fields)


@remembered
def record_entry(place: Place, **fields) -> RecordEntry:
    """A resident's published one, unless the fields say otherwise; a reply if `answers` is among them."""
    when = {} if fields.get("answers") else {"when": "2013-03"}
    words = "Four empty shops in the High Street have new tenants since the spring."
    return in_its_state(RecordEntry, place=place, **{"words": words, "state": "published", **when, **fields})


@remembered
def briefing(of: Organisation, *, live: bool = True, topics=(), **fields) -> BriefingPage:
    """A published briefing of an organisation, or a draft with `live=False`."""
    values = {
        "title": f"Briefing {next(_numbers)}",
        "summary": "What the first year of high street rental auctions showed.",
        "conclusion": "<p>The threat of an auction lets more shops than the auction.</p>",
        "body": "<h2>What we asked</h2><p>Four councils told us.</p><h2>What we heard</h2><p>Letters came first.</p>",
        "authors": "Nia Rees",
        **fields,
    }
    page = BriefingPage(live=False, **values)
    page.topics.set(topics)
    return add_page(page, below=of.page, live=live)


def trial(of: BriefingPage, by_organisation: Organisation, *, by: User, **fields) -> BriefingTrial:
    """A link that a lead gave."""
    made = give_trial(briefing=of, organisation=by_organisation, by=by)
    BriefingTrial.objects.filter(pk=made.pk).update(**fields or {"note": ""})
    made.refresh_from_db()
    return made
