"""A membership that is over, in whatever way, gives nothing at the next request, whatever the door."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image as Pixels
from wagtail.documents import get_document_model
from wagtail.images import get_image_model

from casestudies.models import Document, Photo
from digests.services import follow_search
from members import permissions, selectors, services
from members.errors import NotAllowed
from members.models import Membership, Organisation, Role
from search import engines, indexing
from search.state import SearchState
from tests import factories
from tests.digests.helpers import send_now

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wagtail_indices")]
WORD = "zeppelin"
# What nobody gets there, a member or not: these are for the public, and know no session.
NEVER = {"feed", "api", "open data"}


@pytest.fixture
def world(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    council = factories.organisation("Stockport")
    author = factories.member(council, "author", name="Ann Author")
    picture = BytesIO()
    Pixels.new("RGB", (40, 30), "green").save(picture, "JPEG")
    image = get_image_model().objects.create(
        title="Market", file=ImageFile(picture, name="market.jpg"), collection=council.collection
    )
    paper = get_document_model().objects.create(
        title="Paper", file=ContentFile(b"%PDF-1.7", name="paper.pdf"), collection=council.collection
    )
    page = _secret(council, author, "Quiet scheme")
    page.photos.add(Photo(image=image, alternative_text="A stall"))
    page.documents.add(Document(document=paper))
    page.save()
    page.save_revision().publish()
    draft = factories.case_study(council, live=False, title="Own draft", owner=author)
    indexing.rebuild(engines.database())
    follow_search(person=author, state=SearchState(text=WORD, filters={}))
    return {"council": council, "author": author, "page": page, "draft": draft, "image": image, "paper": paper}


def _secret(council, author, title):
    body = f"<p>The {WORD} hangar was empty.</p>"
    return factories.case_study(council, title=title, audience="members", problem=body, owner=author)


def _opens(world) -> set[str]:
    """The doors that open for the author now, each asked once, as a new request."""
    client = Client()
    client.force_login(world["author"])
    page, draft = world["page"], world["draft"]

    def has(url: str, words: str = WORD) -> bool:
        answer = client.get(url)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        return answer.status_code == 200 and words in content.decode(errors="replace")

    doors = {
        "page": has(page.url),
        "search": has(f"/search/?q={WORD}", page.title),
        "list for a spreadsheet": has(f"/search/results.csv?q={WORD}", page.title),
        "feed": has(f"/feeds/search/?q={WORD}", page.title),
        "api": has(f"/api/case-studies/{page.pk}"),
        "open data": has("/data/case-studies.csv"),
        "photo": client.get(world["image"].file.url).status_code == 200,
        "document": client.get(world["paper"].url).status_code == 200,
        "cms": client.get("/cms/").status_code == 200,
        "own draft": client.get(f"/cms/pages/{draft.pk}/edit/").status_code == 200,
        "preview of the draft": client.get(f"/cms/pages/{draft.pk}/view_draft/").status_code == 200,
        "the council’s photos": client.get("/cms/images/").status_code == 200,
        "comment": client.post(reverse("comment_add", args=[page.pk]), {"body": "Well."}).status_code == 302,
        "named contact": has(page.url, "sam@example.org"),
    }
    title = f"Next scheme {timezone.now():%f}"
    _secret(world["council"], world["author"], title)
    indexing.rebuild(engines.database())
    doors["mail"] = any(title in str(message) for message in send_now())
    return {name for name, is_open in doors.items() if is_open}


def _is_kept_out(world) -> bool:
    """Predicate, queryset and the one-query twin for many agree that this is a subscriber."""
    person = type(world["author"]).objects.get(pk=world["author"].pk)
    council = Organisation.objects.get(pk=world["council"].pk)
    said = {
        permissions.is_member(person),
        permissions.has_role(person, council),
        permissions.can_write_for(person, council),
        Organisation.objects.writable_by(person).exists(),
        person.pk in selectors.members_among([person.pk]),
        person in selectors.people_of(council, Role.AUTHOR),
        selectors.own_organisation(person) is not None,
    }
    assert len(said) == 1
    return said == {False}


def test_the_next_request_is_a_subscribers(world):
    author, council = world["author"], world["council"]
    membership = author.memberships.get()
    everything = _opens(world)
    past = timezone.now() - timedelta(seconds=1)

    def its_day_is_over():
        Membership.objects.filter(pk=membership.pk).update(expires_at=past)

    def organisation_left():
        Organisation.objects.filter(pk=council.pk).update(left_at=past)

    assert {"page", "search", "photo", "document", "cms", "own draft", "comment", "mail"} <= everything
    assert not everything & NEVER
    assert not _is_kept_out(world)
    for lapse, revive in (
        (its_day_is_over, lambda: services.set_expiry(membership=membership, expires_at=None, by=None)),
        (organisation_left, lambda: services.leave_network(organisation=council, left_at=None, by=None)),
        (lambda: services.end_membership(membership=membership, by=None), None),
    ):
        lapse()
        # The groups may know nothing of it yet: what Wagtail answers is settled at its door.
        assert _is_kept_out(world)
        assert _opens(world) == set(), lapse
        if revive:
            revive()
            assert not _is_kept_out(world), lapse
            assert set(author.groups.all()) == {council.authors}, "back where they were"
    world["draft"].refresh_from_db()
    assert world["draft"].owner == author, "what they wrote stays with the organisation, in their name"


def test_nightly_the_groups_follow_and_nobody_elses_change():
    council = factories.organisation("Stockport")
    author, approver, lead = (factories.member(council, role) for role in ("author", "approver", "lead"))
    moderator = factories.UserFactory(moderator=True)
    past = timezone.now() - timedelta(days=1)
    Membership.objects.filter(person__in=[author, approver]).update(expires_at=past)
    assert services.settle_everybody() == 2
    assert services.settle_everybody() == 0
    groups = {person: person.groups.count() for person in (author, approver, lead, moderator)}
    assert groups == {author: 0, approver: 0, lead: 2, moderator: 1}
    # A lapsed lead looks after nobody; a lapsed membership starts anew when somebody is added again.
    Membership.objects.filter(person=lead).update(expires_at=past)
    with pytest.raises(NotAllowed):
        services.add_member(organisation=council, person=moderator, role="member", by=lead)
    services.add_member(organisation=council, person=author, role="approver", by=None)
    assert [(one.role, one.ended_at) for one in author.memberships.order_by("pk")] == [
        ("author", past),
        ("approver", None),
    ]
    assert set(author.groups.all()) == {council.approvers}
    with pytest.raises(NotAllowed):
        services.leave_network(organisation=council, left_at=past, by=moderator)
