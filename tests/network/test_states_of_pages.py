"""Case studies, briefings and opportunities, step by step (see `states`)."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone
from wagtail.documents import get_document_model
from wagtail.images import get_image_model

from casestudies.briefings.trials import trial_url
from casestudies.models import BriefingDocument, BriefingTrial, Document, Photo
from members.models import OrganisationPage
from moderation import services as moderation
from moderation.models import ReviewTaskState
from moderation.services.approvals import own_link
from tests import factories
from tests.network.states import ALL, MODERATORS, asked_by, check, to  # noqa: F401 - a fixture
from tests.network.test_routes import EVERYBODY, ROLES, quick, world  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db

# A picture of one pixel.
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010100000000376ef9240000000a49444154789c636000000002000148afa471"
    "0000000049454e44ae426082"
)

# Pages: a case study of Stockport’s that the author submitted, step by step to what may become of it. “taken back” has
# been in review too: its step and the link to sign it off are known to whoever had them.
READERS_OF_PAGES = ("visitor", "lapsed", "author", "outsider", "suspended", *MODERATORS)
CASE_STATES = ("taken back", "in review", "with the network", "live", "for members", "unpublished")
UNSEEN = dict.fromkeys(ROLES, 404)
IN_NETWORK = ("member", "author", "approver", "lead", "outsider", "suspended", *MODERATORS)
# Who has nothing to do in the CMS is told so.
IN_CMS = to("author", "approver", "lead", *MODERATORS, **ALL, others=403, outsider=404)
FILES = to("author", "approver", "lead", "suspended", *MODERATORS, **ALL, visitor=404)


def published(live, *, before, members=None):
    """For its readers, a page that waits for the one step is as one that waits for the other."""
    return dict.fromkeys(("in review", "unpublished"), before) | {"live": live, "for members": members or live}


PUBLIC = published(EVERYBODY, before=UNSEEN)
MEMBERS = published(EVERYBODY, before=UNSEEN, members=to(*IN_NETWORK, **ALL, visitor=404))
WRITTEN = {**ALL, "suspended": 403}
CASE_STUDIES = asked_by(
    READERS_OF_PAGES,
    {
        "page": PUBLIC,
        "report": PUBLIC,
        "adoptions_of": MEMBERS,
        "family_tree": MEMBERS,
        "case_study_measures": MEMBERS,
        "photo": published(EVERYBODY, before=FILES, members=to(*IN_NETWORK, **ALL, visitor=404)),
        "document": published(EVERYBODY, before=FILES, members=to(*IN_NETWORK, **ALL, visitor=404)),
        "adoption_new": published(to(*ROLES, **WRITTEN), before=to(**WRITTEN), members=to(*IN_NETWORK, **WRITTEN)),
        "POST comment_add": published(
            to(*ROLES, **WRITTEN, gives=422), before=to(**WRITTEN), members=to(*IN_NETWORK, **WRITTEN, gives=422)
        ),
        "draft": dict.fromkeys(CASE_STATES, IN_CMS),
        # The organisation’s step is its own people’s to look back at; the network’s, its moderators’.
        "moderation_page": dict.fromkeys(CASE_STATES, to("approver", "lead", "administrator", **ALL, others=403)),
        "moderation_page (network)": dict.fromkeys(CASE_STATES[2:], to(*MODERATORS, **ALL, others=403)),
        # What no reader has seen, and what its own people withdrew, no moderator hides or shows.
        "moderation_published": published(
            to(*MODERATORS, **ALL, others=403), before=to(**ALL, others=403, moderator=404, administrator=404)
        ),
        "approve_ask": dict.fromkeys(CASE_STATES, to("author", "lead", "administrator", **WRITTEN)),
        # By the approver’s own link, whoever holds it, but nobody who wrote the page.
        "approve": dict.fromkeys(CASE_STATES, dict.fromkeys(ROLES, 410)) | {"in review": {**EVERYBODY, "author": 410}},
    },
    by_all=("case_study_measures", "adoption_new", "moderation_page"),
)
PAGE_STATES = ("draft", "in review", "live", "unpublished")


def seen(live, *, before):
    return dict.fromkeys(PAGE_STATES, before) | {"live": live}


OPEN = seen(EVERYBODY, before=UNSEEN)
EDITED_BY = dict.fromkeys(PAGE_STATES, IN_CMS)
BRIEFINGS = asked_by(
    READERS_OF_PAGES,
    {
        "briefing": OPEN,
        "report": OPEN,
        "draft": EDITED_BY,
        "document": seen(to(*IN_NETWORK, **ALL, visitor=404), before=FILES),
        "briefing_trial": seen(EVERYBODY, before=dict.fromkeys(ROLES, 410)),
    },
)
OPPORTUNITIES = asked_by(READERS_OF_PAGES, {"page": OPEN, "report": OPEN, "calendar_one": OPEN, "draft": EDITED_BY})


PAGES = {"case study": CASE_STUDIES, "briefing": BRIEFINGS, "opportunity": OPPORTUNITIES}


@pytest.fixture
def pages(world, settings, tmp_path):  # noqa: F811 - the fixture
    """kind → state → the page, with what is named beside it."""
    settings.MEDIA_ROOT = tmp_path
    author, stockport = world["people"]["author"], world["stockport"]
    made, tomorrow = {"briefing": {}, "opportunity": {}}, timezone.now() + timedelta(days=1)
    made["case study"] = {state: _case_study(world["people"], stockport, state) for state in CASE_STATES}
    for kind, make in (("briefing", factories.briefing), ("opportunity", factories.opportunity)):
        for state in PAGE_STATES:
            page = make(stockport, live=state in {"live", "unpublished"})
            found = made[kind][state] = SimpleNamespace(page=page)
            if kind == "briefing":
                # As if given while it was published: of a draft nobody gives one.
                given = {"briefing": page, "organisation": stockport, "given_by": world["people"]["lead"]}
                found.trial = trial_url(BriefingTrial.objects.create(**given, expires_at=tomorrow))
                found.document = _document(stockport, f"{kind} {state}")
                BriefingDocument.objects.create(page=page, document=found.document)
            if state == "in review":
                page.get_workflow().start(page, author)
            elif state == "unpublished":
                page.unpublish()
    return made


def _document(of, name):
    file = ContentFile(b"as if", name=f"{name}.txt")
    return get_document_model().objects.create(title=name, file=file, collection=of.collection)


def _case_study(people, stockport, state):
    page = factories.case_study(stockport, live=False, audience="members" if state == "for members" else "public")
    review = page.get_workflow().start(page, people["author"])
    step = network = ReviewTaskState.objects.get(workflow_state=review)
    link = own_link(step=step, person=people["approver"])
    if state == "taken back":
        review.cancel(user=people["author"])
    elif state != "in review":
        moderation.decide_page(task_state=step, action="approve", by=people["approver"])
        network = ReviewTaskState.objects.filter(workflow_state=review).latest("pk")
        if state != "with the network":
            moderation.decide_page(task_state=network, action="approve", by=people["moderator"])
    page.refresh_from_db()
    if state == "unpublished":
        page.unpublish()
    file = ContentFile(PIXEL, name=f"{state}.png")
    image = get_image_model().objects.create(title=state, file=file, collection=stockport.collection)
    Photo.objects.create(page=page, image=image, alternative_text="A stall")
    document = _document(stockport, state)
    Document.objects.create(page=page, document=document)
    return SimpleNamespace(page=page, step=step.pk, network=network.pk, link=link, photo=image, document=document)


def _page_at(route, thing):
    page = thing.page
    addresses = {
        "page": page.get_url,
        "briefing": lambda: reverse("briefing", args=[page.slug]),
        "report": lambda: reverse("report", args=["page", page.pk]),
        "photo": lambda: thing.photo.file.url,
        "document": lambda: thing.document.url,
        "draft": lambda: reverse("wagtailadmin_pages:view_draft", args=[page.pk]),
        "adoption_new": lambda: f"{reverse('adoption_new')}?case_study={page.pk}",
        "approve": lambda: thing.link,
        "approve_ask": lambda: reverse("approve_ask", args=[thing.step]),
        "moderation_page": lambda: reverse("moderation_page", args=[thing.step]),
        "moderation_page (network)": lambda: reverse("moderation_page", args=[thing.network]),
        "briefing_trial": lambda: thing.trial,
    }
    return addresses[route]() if route in addresses else reverse(route, args=[page.pk])


def test_every_state_of_a_page_gives_each_role_what_it_should(pages, check):  # noqa: F811
    check(PAGES, lambda kind, state, role, route: _page_at(route, pages[kind][state]))


def test_no_kind_of_page_is_without_a_table():
    assert {model._meta.verbose_name for model in OrganisationPage.creatable_subpage_models()} == {*PAGES}
