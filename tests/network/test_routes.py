"""Who gets what from every address: address × role here, and the states of what they name in `test_states_of_….py`.

The addresses are those of the URL map: a new one without a line here fails.
"""

import logging
import re
from contextlib import contextmanager
from datetime import timedelta
from pprint import pformat

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template import engines
from django.template.backends.django import Template as Rendered
from django.template.base import Template
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone

from core.models import Topic
from digests.models import Follow
from digests.services import follow
from discussion.models import Comment
from members.models import EmailDomain, Invitation, JoinRequest
from members.services import add_member, end_membership
from moderation import services as moderation
from moderation.services import report as make_report
from tests import factories

pytestmark = pytest.mark.django_db

# Subscribers have an account and no more, practitioners a name too. The outsider writes for one other council and signs
# off for a second. The suspended one is an author of the same council as the author.
ROLES = (
    "visitor", "subscriber", "practitioner", "member", "lapsed", "author", "approver", "lead", "outsider", "suspended",
    "moderator", "administrator",
)  # fmt: skip
SIGNED_IN = frozenset(ROLES) - {"visitor"}
EVERYBODY = dict.fromkeys(ROLES, 200)
GONE = dict.fromkeys(ROLES, 404)


def only(*roles: str, others: int = 403, visitor: int = 302, **exceptions: int) -> dict[str, int]:
    """200 for these, 403 (or `others`) for who is signed in, and the way to the sign-in page for a visitor."""
    return {role: 200 if role in roles else others for role in ROLES} | {"visitor": visitor} | exceptions


# A form to write with: who is suspended is told before they type.
WRITING = only(*SIGNED_IN, suspended=403)
# Who signs off for whatever organisation has a queue of their own; what is in it is theirs alone.
QUEUE = only("approver", "lead", "outsider", "moderator", "administrator")
# The council’s people are its lead’s, by these addresses.
LEADS = only("lead", "administrator")
MODERATORS = only("moderator", "administrator")


@pytest.fixture
def world():
    """One of everything that an address may name, and one of each person who may ask."""
    stockport, kirklees = factories.organisation("Stockport"), factories.organisation("Kirklees")
    factories.TopicFactory(name="Empty shops", slug="empty-shops")
    somewhere = factories.PlaceFactory(name="Somewhere", slug="somewhere")
    lapsed = factories.member(stockport, "author")
    end_membership(membership=lapsed.memberships.get(), by=None)
    author, approver = factories.member(stockport, "author"), factories.member(stockport, "approver")
    review = factories.case_study(stockport, live=False, title="In review")
    review.get_workflow().start(review, author)
    public = factories.case_study(stockport)
    comment = Comment.objects.create(page=public, author=factories.UserFactory(), body="Held?", state="held")
    published = Comment.objects.create(page=public, author=factories.UserFactory(), body="Good.", state="published")
    adoption = factories.adoption(public, kirklees, author=factories.member(kirklees, "author"))
    topic = Topic.objects.get(slug="empty-shops")
    ask = factories.ask(author=factories.UserFactory(), topics=[topic])
    held_ask = factories.ask(author=factories.UserFactory(), state="held", title="Shall this be read?")
    answer = factories.answer(ask, approver)
    somewhere.organisations.add(stockport)
    entry = factories.record_entry(somewhere, author=factories.UserFactory())
    held_entry = factories.record_entry(somewhere, author=factories.UserFactory(), state="held")
    moderator = factories.UserFactory(moderator=True)
    told = {"by": moderator, "reason": "abuse", "words": "No."}
    written = Comment.objects.create(page=public, author=author, body="Mine.", state="held")
    appealed = moderation.decide_contribution(contribution=written, action="decline", **told)
    subscriber = factories.UserFactory(name="")
    suspended = factories.member(stockport, "author")
    moderation.suspend(person=suspended, until=timezone.now() + timedelta(days=7), **told)
    outsider = factories.member(kirklees, "approver")
    add_member(organisation=factories.organisation("Wigan"), person=outsider, role="author", by=None)
    sanction = moderation.warn(person=subscriber, **told)
    appeal = moderation.appeal(decision=sanction.decision, by=subscriber, words="Why?")
    briefing = factories.briefing(stockport, topics=[topic])
    trial = factories.trial(briefing, stockport, by=factories.UserFactory(administrator=True))
    return {
        "appealed": appealed.pk,
        "appeal": appeal.pk,
        "sanction": sanction.pk,
        "subscriber.pk": subscriber.pk,
        "ask": ask.pk,
        "ask.slug": ask.slug,
        "held ask": held_ask.pk,
        "held ask.slug": held_ask.slug,
        "answer": answer.pk,
        "entry": entry.pk,
        "held entry": held_entry.pk,
        "stockport": stockport,
        "adoption": adoption.pk,
        "programme": factories.programme(),
        "public": public,
        "briefing.slug": briefing.slug,
        "trial": trial.pk,
        "members": factories.case_study(stockport, audience="members"),
        "draft": factories.case_study(stockport, live=False),
        "opportunity": (opportunity := factories.opportunity(stockport)).pk,
        "opportunity page": opportunity,
        "draft opportunity": factories.opportunity(stockport, live=False),
        "step": review.current_workflow_task_state.pk,
        "held": comment.pk,
        "comment": published.pk,
        "report": make_report(subject=published, kind="spam").pk,
        "public page": public.pk,
        "stockport.slug": stockport.slug,
        "membership": author.memberships.get().pk,
        "join request": JoinRequest.objects.create(person=factories.UserFactory(), organisation=stockport, why="!").pk,
        "request without a lead": JoinRequest.objects.create(
            person=factories.UserFactory(), organisation=kirklees, why="!"
        ).pk,
        "invitation": Invitation.objects.create(organisation=stockport, address="new@example.org").pk,
        "domain": EmailDomain.objects.create(organisation=stockport, domain="stockport.gov.uk").pk,
        "public.pk": public.pk,
        "people": {
            "visitor": AnonymousUser(),
            "subscriber": subscriber,
            "practitioner": factories.UserFactory(),
            "member": factories.member(stockport),
            "lapsed": lapsed,
            "author": author,
            "approver": approver,
            "lead": factories.member(stockport, "lead"),
            "outsider": outsider,
            "suspended": suspended,
            "moderator": moderator,
            "administrator": factories.UserFactory(administrator=True),
        },
    }


def _as(person) -> Client:
    client = Client()
    if person.is_authenticated:
        client.force_login(person)
    return client


PAGES = {
    "record an adoption": (lambda world: f"/adoptions/new/?case_study={world['public'].pk}", WRITING),
    "home": (lambda world: "/", EVERYBODY),
    "councils": (lambda world: "/councils/", EVERYBODY),
    "council": (lambda world: world["stockport"].page.url, EVERYBODY),
    "programmes": (lambda world: "/programmes/", EVERYBODY),
    "programme": (lambda world: world["programme"].url, EVERYBODY),
    "ask by its number": (lambda world: f"/ask/{world['ask']}/", dict.fromkeys(ROLES, 301)),
    "held ask": (
        lambda world: reverse("ask", args=[world["held ask"], world["held ask.slug"]]),
        dict.fromkeys(ROLES, 404) | {"moderator": 200, "administrator": 200},
    ),
    "held entry": (
        lambda world: f"/places/somewhere/record/{world['held entry']}/",
        dict.fromkeys(ROLES, 404) | {"moderator": 200, "administrator": 200},
    ),
    "public case study": (lambda world: world["public"].url, EVERYBODY),
    "members’ case study": (lambda world: world["members"].url, EVERYBODY),
    "draft case study": (lambda world: world["draft"].get_url(), GONE),
    "opportunity": (lambda world: world["opportunity page"].url, EVERYBODY),
    "draft opportunity": (lambda world: world["draft opportunity"].get_url(), GONE),
    "unknown page": (lambda world: "/councils/stockport/none/", GONE),
}
# route: (arguments, names of the world's things among them as text; what each role gets)
ROUTES = {
    "healthz": ((), EVERYBODY),
    "readyz": ((), EVERYBODY),
    "inbox": ((), GONE),
    "inbox_letter": (("none.eml",), GONE),
    "inbox_letter_html": (("none.eml",), GONE),
    "media": (("images/none.jpg",), GONE),
    "wagtaildocs_serve": ((9999, "none.pdf"), GONE),
    "places": ((), EVERYBODY),
    "place": (("somewhere",), EVERYBODY),
    # A visitor fills it in first and signs in then.
    "record_add": (("somewhere",), EVERYBODY | {"suspended": 403}),
    "record_entry": (("somewhere", "entry"), EVERYBODY),
    # A resident's entry is the council's to reply to, once: nobody else's.
    "record_reply": (("somewhere", "entry"), only("member", "author", "approver", "lead")),
    "record_edit": (("somewhere", "entry"), only(others=404)),
    "record_withdraw": (("somewhere", "entry"), only(others=404)),
    "record_history": (("somewhere", "entry"), only("moderator", "administrator", others=404)),
    "record_photo": (("somewhere", "entry", "small"), GONE),
    "feed_places": ((), EVERYBODY),
    "feed_place": (("somewhere",), EVERYBODY),
    "evidence_guide": ((), EVERYBODY),
    "briefings": ((), EVERYBODY),
    "briefing": (("briefing.slug",), EVERYBODY),
    # What such a link opens, and for how long: tests/casestudies/test_briefing_trials.py.
    "briefing_trial": (("forged",), dict.fromkeys(ROLES, 410)),
    "council_trials": (("stockport.slug",), LEADS),
    "compare": ((), EVERYBODY),
    "compare_csv": ((), EVERYBODY),
    "compare_in_programme": (("portas-pilots",), EVERYBODY),
    "topics": ((), EVERYBODY),
    "topic": (("empty-shops",), EVERYBODY),
    "adoptions_of": (("public.pk",), EVERYBODY),
    "family_tree": (("public.pk",), EVERYBODY),
    "search": ((), EVERYBODY),
    "search_suggest": ((), EVERYBODY),
    "search_csv": ((), EVERYBODY),
    "map": ((), EVERYBODY),
    "map_part": ((), EVERYBODY),
    "map_points": ((), EVERYBODY),
    "map_embed": ((), EVERYBODY),
    "feed_search": ((), EVERYBODY),
    "feed_case_studies": ((), EVERYBODY),
    "feed_asks": ((), EVERYBODY),
    "feed_briefings": ((), EVERYBODY),
    "feed_topic": (("empty-shops",), EVERYBODY),
    "feed_asks_topic": (("empty-shops",), EVERYBODY),
    "feed_briefings_topic": (("empty-shops",), EVERYBODY),
    "feed_programmes": ((), EVERYBODY),
    "feed_council": (("stockport.slug",), EVERYBODY),
    "feed_programme": (("portas-pilots",), EVERYBODY),
    "opportunities": ((), EVERYBODY),
    "feed_opportunities": ((), EVERYBODY),
    "feed_opportunities_programme": (("portas-pilots",), EVERYBODY),
    "feed_opportunities_council": (("stockport.slug",), EVERYBODY),
    "feed_opportunities_place": (("somewhere",), EVERYBODY),
    "calendar": ((), EVERYBODY),
    "calendar_one": (("opportunity",), EVERYBODY),
    "calendar_programme": (("portas-pilots",), EVERYBODY),
    "calendar_council": (("stockport.slug",), EVERYBODY),
    "calendar_place": (("somewhere",), EVERYBODY),
    "data": ((), EVERYBODY),
    "data_file": (("measures", "csv"), EVERYBODY),
    "sitemap": ((), EVERYBODY),
    "sitemap_file": (("case-studies", 1), EVERYBODY),
    "robots": ((), EVERYBODY),
    "case_study_measures": (("public page",), EVERYBODY),
    "adoptions": ((), only(*SIGNED_IN)),
    "adoption_new": ((), only(others=404, suspended=403)),
    "adoption": (("adoption",), EVERYBODY),
    "adoption_change": (("adoption",), only("administrator", others=404)),
    "adoption_done": (("adoption",), only("administrator", others=404)),
    "adoption_withdraw": (("adoption",), only("administrator", others=404)),
    "asks": ((), EVERYBODY),
    "ask": (("ask", "ask.slug"), EVERYBODY),
    "ask_new": ((), WRITING),
    "ask_edit": (("ask",), only(others=404)),
    "ask_close": (("ask",), only("moderator", "administrator", others=404)),
    "ask_delete": (("ask",), only(others=404)),
    "comment": (("comment",), dict.fromkeys(ROLES, 302)),
    "comment_history": (("comment",), only("moderator", "administrator", others=404)),
    "ask_accept": (("ask", "answer"), only(others=404)),
    "ask_write_up": (("ask",), only("author", "lead", "outsider", "administrator", others=404, suspended=403)),
    "ask_answer": (("ask",), WRITING),
    "account_overview": ((), only(*SIGNED_IN)),
    "account_sessions": ((), only(*SIGNED_IN)),
    "account_data": ((), only(*SIGNED_IN)),
    "account_data_file": (("forged",), dict.fromkeys(ROLES, 302)),
    "account_delete": ((), only(*SIGNED_IN)),
    "account_delete_confirm": (("forged",), only(others=404)),
    "account_keep_link": (("forged",), GONE),
    # Who needs nothing set up is led on (tests/accounts/test_second_step.py).
    "account_second_step": ((), dict.fromkeys(ROLES, 302)),
    "council_sign_in": ((), EVERYBODY),
    "council_connect": ((), dict.fromkeys(ROLES, 302)),
    "following": ((), only(*SIGNED_IN)),
    # Without a thing or a search there is nothing to ask for (tests/digests/test_follow_requests.py).
    "follow_new": ((), GONE),
    "confirm_follow": (("forged",), GONE),
    "stop_mail": (("forged",), GONE),
    "read_mail": (("forged",), GONE),
    "confirm_case_studies": ((), only(*SIGNED_IN)),
    "answer_questions": (("forged",), GONE),
    "address_works": (("forged",), GONE),
    "mail_webhook": (("postmark",), GONE),
    "approve": (("forged",), GONE),
    # Authors and leads of the organisation, and an administrator.
    "approve_ask": (("step",), only("author", "lead", "administrator", others=404, suspended=403)),
    "moderation_queue": ((), QUEUE),
    "moderation_next": ((), {role: 302 if status == 200 else status for role, status in QUEUE.items()}),
    "moderation_bulk": ((), MODERATORS),
    "moderation_page": (("step",), only("approver", "lead", "administrator")),
    "moderation_contribution": (("comment", "held"), MODERATORS),
    "moderation_published": (("public.pk",), MODERATORS),
    "moderation_report": (("report",), MODERATORS),
    # Of a council that has a lead, its lead answers: "council_request".
    "moderation_join": (("request without a lead",), MODERATORS),
    "moderation_decisions": ((), MODERATORS),
    "moderation_person": (("subscriber.pk",), MODERATORS),
    "moderation_ban": ((9999,), MODERATORS | {"moderator": 404, "administrator": 404}),
    "moderation_appeal": (("appeal",), MODERATORS),
    "standing": ((), only(*SIGNED_IN)),
    # To everybody but whose work it was, the decision does not exist (tests/moderation/test_appeals.py).
    "appeal": (("appealed",), dict.fromkeys(ROLES, 404) | {"visitor": 302, "author": 200}),
    "moderation_policy": ((), EVERYBODY),
    "moderation_totals": ((), EVERYBODY),
    "csp_reports": ((), dict.fromkeys(ROLES, 405)),
    "privacy": ((), EVERYBODY),
    "cookies": ((), EVERYBODY),
    "terms": ((), EVERYBODY),
    "complaints": ((), EVERYBODY),
    "accessibility": ((), EVERYBODY),
    "join": ((), only(*SIGNED_IN)),
    # Who belongs to it is sent on to their account.
    "join_council": (
        ("stockport.slug",),
        EVERYBODY | dict.fromkeys(("visitor", "member", "author", "approver", "lead", "suspended"), 302),
    ),
    "leave_council": (("membership",), only("author", others=404)),
    "invitation": (("forged",), dict.fromkeys(ROLES, 410)),
    "prove_domain": (("forged",), dict.fromkeys(ROLES, 410)),
    # Council leads: tests/members/test_people_pages.py.
    "council_people": (("stockport.slug",), LEADS),
    "council_people_csv": (("stockport.slug",), LEADS),
    "council_invite": (("stockport.slug",), LEADS),
    "council_invite_many": (("stockport.slug",), LEADS),
    "council_invitations": (("stockport.slug",), LEADS),
    "council_requests": (("stockport.slug",), LEADS),
    "council_request": (("stockport.slug", "join request"), LEADS),
    "council_domains": (("stockport.slug",), LEADS),
    "council_sign_off": (("stockport.slug",), LEADS),
    "council_changes": (("stockport.slug",), LEADS),
    "council_person": (("stockport.slug", "membership"), LEADS),
    "council_person_hand_over": (("stockport.slug", "membership"), LEADS),
    "council_person_remove": (("stockport.slug", "membership"), LEADS),
    "report": (("comment", "comment"), EVERYBODY),
    "report_thanks": ((), EVERYBODY),
    "report_made": (("forged",), GONE),
    "complain": ((), EVERYBODY),
    "notice_answer": (("forged",), GONE),
}


def _address(world, name: str) -> str:
    if name in PAGES:
        return PAGES[name][0](world)
    first, *rest = (*ROUTES[name][0], None)
    arguments = [argument for argument in (first, *rest) if argument is not None]
    if name in {"report", "moderation_contribution"}:
        return reverse(name, args=[arguments[0], world[arguments[1]]])
    return reverse(name, args=[world.get(argument, argument) for argument in arguments])


# Addresses that only take a POST, with what they say to a visitor and to somebody who has no business there.
POSTS = {
    "moderation_locked_content": ("report",),
    "follow": (),
    "follow_search": (),
    "unfollow": (),
    "mail_settings": (),
    "repair_address": (),
    "change_follow": ("follow",),
    "follow_again": ("follow",),
    "pause_mail": (),
    "account_delete_go": (),
    "account_keep": (),
    "adoption_confirm": ("adoption",),
    "comment_add": ("public page",),
    "comment_on_adoption": ("adoption",),
    "comment_on_place": ("somewhere",),
    "comment_reply": ("comment",),
    "comment_edit": ("comment",),
    "comment_delete": ("comment",),
    "record_reply": ("somewhere", "entry"),
    "record_edit": ("somewhere", "entry"),
    "record_withdraw": ("somewhere", "entry"),
    "ask_similar": (),
    "moderation_claim": (),
    "moderation_undo": ("appealed",),
    "moderation_sanction_end": ("sanction",),
    "moderation_ban_second": ("sanction",),
    "ask_back": ("ask",),
    "ask_reopen": ("ask",),
    "withdraw_join_request": ("join request",),
    "own_invitation": ("invitation",),
    "council_invitation": ("stockport.slug", "invitation"),
    "council_domain": ("stockport.slug", "domain"),
    "council_trial": ("stockport.slug", "trial"),
}
# Answered for by the libraries that they come from.
THEIRS = ("allauth.", "wagtail.", "django.contrib.auth.")


def _names(resolver: URLResolver) -> set[str]:
    """The names of all addresses but the CMS's (tests/members/test_cms_doors.py) and the API's (tests/api)."""
    names: set[str] = set()
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            if not str(entry.pattern).startswith(("cms/", "api/")):
                names |= _names(entry)
        elif entry.name and not entry.lookup_str.startswith(THEIRS):
            names.add(entry.name)
    return names


@pytest.fixture
def quick(monkeypatch, settings):
    """Within `with quick():` a page’s template is not filled in: its view has decided by then who gets it.

    Outside it all but the frame is, which other tests look at for each kind of person.
    """
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.cache"
    frame = engines["django"].get_template("base.html").template
    blocks = dict.fromkeys(re.findall(r"{% block (\w+)", frame.source))
    bare = "".join(f"{{% block {block} %}}{{% endblock %}}" for block in blocks)
    loader = frame.engine.template_loaders[0]
    bare = Template(bare, origin=frame.origin, name="base.html", engine=frame.engine)
    monkeypatch.setitem(loader.get_template_cache, "base.html", bare)
    monkeypatch.setattr(logging.root.manager, "disable", logging.WARNING)

    @contextmanager
    def unfilled():
        with monkeypatch.context() as patch:
            patch.setattr(Rendered, "render", lambda self, context=None, request=None: "")
            yield

    return unfilled


def test_every_address_gives_each_role_what_it_should(world, quick):
    wrong = {}
    clients = {role: _as(person) for role, person in world["people"].items()}
    for name in [*PAGES, *ROUTES]:
        expected = (PAGES.get(name) or ROUTES[name])[1]
        address = _address(world, name)
        # Each answer that there is, is written out in full for the first who gets it.
        first = {status: role for role, status in reversed(expected.items())}.values()
        got = {role: clients[role].get(address).status_code for role in first}
        with quick():
            got |= {role: client.get(address).status_code for role, client in clients.items() if role not in got}
        if got != expected:
            wrong[name] = {role: (got[role], expected[role]) for role in ROLES if got[role] != expected[role]}
    assert not wrong, "(what each got, what it should): " + pformat(wrong, width=200)


def test_nobody_changes_anything_without_signing_in_or_for_somebody_else(world):
    owner = factories.UserFactory()
    topic = Topic.objects.get(slug="empty-shops")
    world["follow"] = follow(person=owner, target=("topic", topic.pk)).pk
    world["public page"] = world["public"].pk
    for name, arguments in POSTS.items():
        address = reverse(name, args=[world.get(argument, argument) for argument in arguments])
        answer = Client().post(address, {"body": "x", "kind": "topic", "id": topic.pk})
        assert answer.status_code in {302, 403}, name
        assert answer.status_code == 403 or "/account/login/" in answer["Location"], name
    theirs = ("adoption_confirm", "change_follow", "follow_again", "comment_edit", "comment_delete", "ask_reopen")
    people = ("withdraw_join_request", "own_invitation", "council_invitation", "council_domain", "council_trial")
    record = ("record_reply", "record_edit", "record_withdraw")
    for name in (*theirs, *people, *record):
        address = reverse(name, args=[world.get(argument, argument) for argument in POSTS[name]])
        answer = _as(world["people"]["outsider"]).post(address, {"body": "changed", "cadence": "off", "action": "stop"})
        assert answer.status_code in {403, 404}, name
    members_page = reverse("comment_add", args=[world["members"].pk])
    for role in ("subscriber", "lapsed"):
        assert _as(world["people"][role]).post(members_page, {"body": "Let me in"}).status_code in {403, 404}, role
    assert Comment.objects.count() == 4
    assert Follow.objects.active().get().person == owner


def test_no_address_is_without_a_line_here():
    names = _names(get_resolver())
    assert names - {*ROUTES, *POSTS, "ask_by_number"} == set()
