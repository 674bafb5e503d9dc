"""Who gets what from an address that names a thing, in every state that the thing can be in.

`test_routes.py` has the address as everybody; here each cell is a state as well. What is not listed for a role is for
them as if it were not there (404), and a visitor who may only read is shown the way to the sign-in page (302).

A table is of one kind of thing: address → state → role → status. “POST …” is the address with an empty form, and what
stands in brackets tells two rows of one address apart.
"""

from datetime import timedelta
from pprint import pformat
from types import SimpleNamespace

import pytest
import time_machine
from django.core import signing
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from wagtail.documents import get_document_model
from wagtail.images import get_image_model

from casestudies.briefings.trials import trial_url
from casestudies.models import BriefingDocument, BriefingTrial, Document, Photo
from discussion.models import Comment
from members.models import OrganisationPage
from moderation import services as moderation
from moderation.models import Report, ReviewTaskState
from moderation.registry import kinds
from moderation.services.approvals import own_link
from moderation.services.report_cases import SALT as NOTICES
from places.models import RecordPhoto
from tests import factories
from tests.network.test_routes import EVERYBODY, POSTS, ROLES, ROUTES, _as, quick, world  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db

# What a browser sends even of a form with nothing in it.
FORM = {"csrfmiddlewaretoken": "x"}
STATES = ("draft", "held", "published", "hidden", "removed")
# The author and the suspended one each have a comment and an ask of their own in each state; the adoption is their
# council’s. All of it is for everybody once it is published, so members are as subscribers here.
WHO = ("visitor", "subscriber", "outsider", "author", "suspended", "moderator", "administrator")
MODERATORS = ("moderator", "administrator")
OWN = ("author", "suspended", *MODERATORS)


def to(*roles, gives=200, others=404, visitor=302, who=WHO, **exceptions):
    return {role: gives if role in roles else others for role in who} | {"visitor": visitor} | exceptions


def all_the(status, **exceptions):
    return dict.fromkeys(WHO, status) | exceptions


NOBODY = to()


def by_state(*, draft, held, published, hidden, removed):
    return dict(zip(STATES, (draft, held, published, hidden, removed), strict=True))


def own_until_published(*, published, gives=200, own=OWN, **more):
    """As long as it waits it is its author’s and the moderators’; what was taken away only theirs."""
    waits, taken = to(*own, gives=gives, **more), to(*MODERATORS, gives=gives, **more)
    return by_state(draft=waits, held=waits, published=published, hidden=taken, removed=taken)


def same(cell, **others):
    return dict.fromkeys(STATES, cell) | others


def asked_by(roles, table, *, by_all=()):
    """The rows of a table for these roles alone, but for those that all are asked."""
    few = {}
    for row, cells in table.items():
        few[row] = {
            state: {who: cell[who] for who in (cell if row in by_all else roles)} for state, cell in cells.items()
        }
    return few


# What each address gives when the thing that it names is in each state. Who is suspended is told so (403) where a form
# would be that they could not send, whosever it is.
READERS = tuple(who for who in WHO if who not in {"visitor", "suspended"})
WAITS = ("draft", "held", "published")
EDITED = same(NOBODY) | dict.fromkeys(WAITS, to("author", suspended=403))
TAKEN_BACK = same(NOBODY) | dict.fromkeys(WAITS, to("author"))
OF_ITS_COUNCIL = same(NOBODY) | dict.fromkeys(WAITS, to("author", "administrator"))
REPORTED = own_until_published(published=all_the(200), visitor=404)
JUDGED = same(to(*MODERATORS, others=403))
COMMENTS = {
    "comment": own_until_published(gives=302, published=all_the(302), visitor=404),
    "comment_history": same(to(*MODERATORS)),
    "moderation_contribution": JUDGED,
    "report": REPORTED,
    "comment_edit": EDITED,
    "comment_delete": TAKEN_BACK,
    "comment_reply": same(NOBODY, published=to(*READERS)),
}
# Who may read it is told why nothing can be added to it now.
REFUSED = own_until_published(gives=403, published=NOBODY, suspended=403)
ASKS = {
    "ask": own_until_published(published=all_the(200), visitor=404),
    "ask_by_number": own_until_published(gives=302, published=all_the(301), visitor=404),
    "ask_edit": EDITED,
    "ask_close": same(NOBODY, published=to("author", *MODERATORS)),
    "ask_delete": TAKEN_BACK,
    "ask_answer": {**REFUSED, "published": to(*READERS, suspended=403)},
    "ask_write_up": same(to(suspended=403), published=to("author", "outsider", "administrator", suspended=403)),
    "report": REPORTED,
    "moderation_contribution": JUDGED,
    "POST ask_back": {**REFUSED, "published": to(*READERS, gives=302, author=403, suspended=403)},
    "POST ask_reopen": same(to(suspended=403), published=to("author", *MODERATORS, gives=302, suspended=403)),
    "POST ask_delete": same(to(suspended=403)) | dict.fromkeys(WAITS, to("author", gives=302, suspended=403)),
}
ADOPTIONS = {
    "adoption": own_until_published(published=all_the(200), visitor=404),
    "adoption_change": OF_ITS_COUNCIL,
    "adoption_done": OF_ITS_COUNCIL,
    "adoption_withdraw": OF_ITS_COUNCIL,
    "comment_on_adoption": same(NOBODY, published=to(*READERS)),
    "report": REPORTED,
    "moderation_contribution": JUDGED,
    "POST adoption_confirm": same(to(suspended=403)) | dict.fromkeys(WAITS, to("author", gives=302, suspended=403)),
}
# The residents’ record: an entry of the practitioner’s own (and one of the suspended’s), at a
# place of Stockport’s, whose people reply for it.
ALL = {"who": ROLES}
RESIDENTS = ("visitor", "practitioner", "author", "suspended", *MODERATORS)
COUNCIL = ("member", "author", "approver", "lead")
RESIDENT = {**ALL, "own": ("practitioner", "suspended", *MODERATORS)}
NOBODYS = to(**ALL)
STOPPED = to(**ALL, suspended=403)
KNOWN = own_until_published(**RESIDENT, published=EVERYBODY, visitor=404)
NO_REPLY = own_until_published(**RESIDENT, gives=403, published=NOBODYS, suspended=403)
ENTRIES = asked_by(
    RESIDENTS,
    {
        "record_entry": KNOWN,
        "record_photo": KNOWN,
        "report": KNOWN,
        "moderation_contribution": same(to(*MODERATORS, **ALL, others=403)),
        "record_history": same(to(*MODERATORS, **ALL)),
        "record_edit": same(NOBODYS) | dict.fromkeys(WAITS, to("practitioner", **ALL, suspended=403)),
        "record_withdraw": same(NOBODYS) | dict.fromkeys(WAITS, to("practitioner", **ALL)),
        "record_reply": {**NO_REPLY, "published": to(*COUNCIL, **ALL, others=403)},
        "POST record_edit": same(STOPPED) | dict.fromkeys(WAITS, to("practitioner", **ALL, gives=422, suspended=403)),
        "POST record_withdraw": same(STOPPED)
        | dict.fromkeys(WAITS, to("practitioner", **ALL, gives=302, suspended=403)),
        "POST record_reply": {**NO_REPLY, "published": to(*COUNCIL, **ALL, gives=422, others=403)},
    },
    by_all=("record_entry", "record_reply"),
)
# What a council says of itself: changed by who wrote it, withdrawn by whoever writes for the council, and answered by
# anybody who does not belong to it.
WRITE = ("author", "lead")
UNREAD = to("author", "administrator", **ALL)
COUNCIL_ENTRIES = {
    "record_edit": same(NOBODYS) | dict.fromkeys(WAITS, to("author", **ALL)),
    "record_withdraw": same(NOBODYS, draft=UNREAD, held=UNREAD, published=to(*WRITE, "administrator", **ALL)),
    "record_reply": {
        **own_until_published(**ALL, own=("author", *MODERATORS), gives=403, published=NOBODYS, suspended=403),
        "published": {**EVERYBODY, **dict.fromkeys((*COUNCIL, "suspended"), 403), "visitor": 302},
    },
}

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

# Cases: a report of a comment, and the author’s appeal against what the moderator decided about a comment of theirs.
REPORT_STATES = ("received", "acknowledged", "in progress", "decided", "locked")
LOCKED = to("administrator", **ALL, others=403)
HANDLED = dict.fromkeys(REPORT_STATES, to(*MODERATORS, **ALL, others=403)) | {"locked": LOCKED}
STAFF = ("visitor", "subscriber", "author", "approver", "suspended", *MODERATORS)
REPORTS = asked_by(
    STAFF,
    {
        "moderation_report": HANDLED,
        "POST moderation_report": {
            state: {role: 422 if status == 200 else status for role, status in cell.items()}
            for state, cell in HANDLED.items()
        },
        # Of no other is anything kept.
        "POST moderation_locked_content": dict.fromkeys(REPORT_STATES, to(**ALL, others=403)) | {"locked": LOCKED},
        # The link in the letter to whoever wrote it is the right.
        "notice_answer": dict.fromkeys(REPORT_STATES, EVERYBODY),
    },
    by_all=("moderation_report",),
)
APPEAL_STATES = ("possible", "too late", "made", "upheld", "overturned")
QUEUE = ("approver", "lead", "outsider", *MODERATORS)
APPEALS = asked_by(
    STAFF,
    {
        "appeal": dict.fromkeys(APPEAL_STATES, to("author", **ALL)),
        "POST appeal": dict.fromkeys(APPEAL_STATES, to("author", **ALL, gives=422)),
        "moderation_appeal": dict.fromkeys(APPEAL_STATES[2:], to(*MODERATORS, **ALL, others=403)),
        "POST moderation_appeal": dict.fromkeys(APPEAL_STATES[2:], to(*MODERATORS, **ALL, others=403, gives=422)),
        # What stands in its way is said on the next page.
        "POST moderation_undo": dict.fromkeys(APPEAL_STATES, to(*QUEUE, **ALL, others=403, gives=302)),
    },
    by_all=("appeal",),
)

CONTRIBUTIONS = {
    "comment": COMMENTS,
    "ask": ASKS,
    "adoption": ADOPTIONS,
    "record": ENTRIES,
    "record (council’s)": COUNCIL_ENTRIES,
}
PAGES = {"case study": CASE_STUDIES, "briefing": BRIEFINGS, "opportunity": OPPORTUNITIES}
CASES = {"report": REPORTS, "appeal": APPEALS}

# What the addresses of `test_routes.py` name, and which tables have it in its states.
NAMED = {
    "comment": ["comment"],
    "held": ["comment"],
    "ask": ["ask"],
    "ask.slug": ["ask"],
    "adoption": ["adoption"],
    "entry": ["record"],
    "public.pk": ["case study"],
    "public page": ["case study"],
    "step": ["case study"],
    "briefing.slug": ["briefing"],
    "opportunity": ["opportunity"],
    "report": ["report"],
    "appeal": ["appeal"],
    "appealed": ["appeal"],
}
# Names an answer too, and is the asker’s alone (tests/discussion/test_asks_pages.py).
ELSEWHERE = {"ask_accept"}
# These have no such states: lists and files, signed links, people and what belongs to a council’s people.
STATELESS = {
    "none.eml", "images/none.jpg", "none.pdf", "forged", "postmark", "somewhere", "small", "empty-shops",
    "portas-pilots", "measures", "csv", "case-studies", "stockport.slug", "subscriber.pk", "membership", "join request",
    "request without a lead", "invitation", "domain", "trial", "follow", "sanction", "answer",
}  # fmt: skip


@pytest.fixture
def contributions(world, settings, tmp_path):  # noqa: F811 - the fixture
    """kind → state → whose → the thing."""
    settings.MEDIA_ROOT = tmp_path
    people, stockport = world["people"], world["stockport"]
    elsewhere = factories.organisation("Bury")
    town = factories.PlaceFactory(name="Town", slug="town")
    town.organisations.add(stockport)
    photo = default_storage.save("residents-record/photo.jpg", ContentFile(b"as if"))
    made = {kind: {} for kind in CONTRIBUTIONS}
    for state in STATES:
        case = factories.case_study(elsewhere)
        tried = factories.adoption(case, stockport, state=state, author=people["author"])
        made["adoption"][state] = dict.fromkeys(ROLES, tried)
        said = factories.record_entry(
            town, author=people["author"], organisation=stockport, side="council", state=state, when="2014"
        )
        made["record (council’s)"][state] = dict.fromkeys(ROLES, said)
        for kind, owner in (("comment", "author"), ("ask", "author"), ("record", "practitioner")):
            own = {}
            for name in (owner, "suspended"):
                if kind == "comment":
                    own[name] = Comment.objects.create(page=case, author=people[name], body=f"{state}.", state=state)
                elif kind == "ask":
                    own[name] = factories.ask(author=people[name], state=state, title=f"What of {state}, asks {name}?")
                else:
                    own[name] = factories.record_entry(town, author=people[name], state=state)
                    RecordPhoto.objects.create(entry=own[name], large=photo, small=photo, width=40, height=30)
            made[kind][state] = {role: own.get(role, own[owner]) for role in ROLES}
    return made


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


@pytest.fixture
def cases(world):  # noqa: F811 - the fixture
    """kind → state → the report; or the decision with the appeal, if there is one."""
    people = world["people"]
    told = {"by": people["moderator"], "reason": "abuse", "words": "No."}

    def a_comment(state):
        return Comment.objects.create(page=world["public"], author=people["author"], body="Well.", state=state)

    reports, appeals, now = {}, {}, timezone.now()
    for state in REPORT_STATES:
        kind = "child_abuse" if state == "locked" else "defamation"
        reports[state] = moderation.report(subject=a_comment("published"), kind=kind, details="Look at this.")
    moved = {"acknowledged": {"acknowledged_at": now}, "in progress": {"started_at": now}}
    for state, facts in moved.items():
        Report.objects.filter(pk=reports[state].pk).update(**facts)
    moderation.dismiss_report(report=reports["decided"], by=people["moderator"])
    for state in APPEAL_STATES:
        with time_machine.travel(now - timedelta(days=31 if state == "too late" else 1), tick=False):
            decision = moderation.decide_contribution(contribution=a_comment("held"), action="decline", **told)
        appeals[state] = SimpleNamespace(decision=decision)
        if state in APPEAL_STATES[2:]:
            appeal = appeals[state].appeal = moderation.appeal(decision=decision, by=people["author"], words="Why?")
            if state != "made":
                moderation.decide_appeal(appeal=appeal, outcome=state, by=people["administrator"], reply="Because.")
    return {"report": reports, "appeal": appeals}


def _contribution_at(route, kind, thing):
    if route in {"report", "moderation_contribution"}:
        return reverse(route, args=[kind.partition(" ")[0], thing.pk])
    if route == "ask":
        return thing.get_absolute_url()
    if route.startswith("record_"):
        return reverse(route, args=["town", thing.pk, *(["small"] if route == "record_photo" else [])])
    return reverse(route, args=[thing.pk])


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


def _case_at(route, thing):
    if route == "notice_answer":
        return reverse(route, args=[signing.dumps(thing.pk, salt=NOTICES)])
    if isinstance(thing, Report):
        return reverse(route, args=[thing.pk])
    return reverse(route, args=[thing.appeal.pk if route == "moderation_appeal" else thing.decision.pk])


@pytest.fixture
def check(world, quick, monkeypatch):  # noqa: F811 - fixtures
    """Ask every cell of some tables; `address(kind, state, role, route)` is where. Fails with all that differ.

    What a page says of the queue beside it, and where an address may have moved to, is not asked for.
    """
    monkeypatch.setattr("moderation.queue.around", lambda *args, **kwargs: None)
    monkeypatch.setattr("wagtail.contrib.redirects.middleware.get_redirect", lambda *args, **kwargs: None)
    clients = {role: _as(world["people"][role]) for role in ROLES}

    def ask(tables, address):
        wrong = {}
        for kind, table in tables.items():
            for row, cells in table.items():
                post, route = row.startswith("POST "), row.removeprefix("POST ")
                for state, expected in cells.items():
                    got = {}
                    with quick():
                        for role in expected:
                            path = address(kind, state, role, route)
                            client = clients[role]
                            with transaction.atomic():
                                got[role] = (client.post(path, FORM) if post else client.get(path)).status_code
                                transaction.set_rollback(True)
                    if got != expected:
                        different = {who: (got[who], expected[who]) for who in got if got[who] != expected[who]}
                        wrong[f"{row} of {kind}, {state}"] = different
        assert not wrong, "(what each got, what it should): " + pformat(wrong, width=200)

    return ask


def test_every_state_of_a_contribution_gives_each_role_what_it_should(contributions, check):
    things = contributions
    check(CONTRIBUTIONS, lambda kind, state, role, route: _contribution_at(route, kind, things[kind][state][role]))


def test_every_state_of_a_page_gives_each_role_what_it_should(pages, check):
    check(PAGES, lambda kind, state, role, route: _page_at(route, pages[kind][state]))


def test_every_state_of_a_case_gives_each_role_what_it_should(cases, check):
    check(CASES, lambda kind, state, role, route: _case_at(route, cases[kind][state]))


def test_no_address_of_such_a_thing_is_without_its_states():
    """As read from the table of addresses, which is read from the URL map."""
    tables = {**CONTRIBUTIONS, **PAGES, **CASES}
    missing = []
    for name, arguments in [*((name, row[0]) for name, row in ROUTES.items()), *POSTS.items()]:
        words = {argument for argument in arguments if isinstance(argument, str)}
        assert words <= {*NAMED, *STATELESS}, f"{name}: has what it names states?"
        for kind in {kind for word in words & {*NAMED} for kind in NAMED[word]}:
            rows = {row.removeprefix("POST ").partition(" (")[0] for row in tables[kind]}
            if name not in rows | ELSEWHERE:
                missing.append((name, kind))
    assert missing == []


def test_no_kind_of_thing_is_without_a_table():
    assert {kind.name for kind in kinds()} == {kind.partition(" ")[0] for kind in CONTRIBUTIONS}
    assert {model._meta.verbose_name for model in OrganisationPage.creatable_subpage_models()} == {*PAGES}
