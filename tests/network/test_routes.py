"""Who gets what from every address: role × address × state, and no address without a line here."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from core.models import Topic
from digests.models import Follow
from digests.services import follow
from discussion.models import Comment
from members.models import EmailDomain, Invitation, JoinRequest
from members.services import end_membership
from moderation import services as moderation
from moderation.services import report as make_report
from tests import factories

pytestmark = pytest.mark.django_db

ROLES = ("visitor", "subscriber", "lapsed", "author", "approver", "outsider", "moderator", "administrator")
SIGNED_IN = frozenset(ROLES) - {"visitor"}
EVERYBODY = dict.fromkeys(ROLES, 200)
GONE = dict.fromkeys(ROLES, 404)


def only(*roles: str, others: int = 403, visitor: int = 302) -> dict[str, int]:
    """200 for these, 403 (or `others`) for who is signed in, and the way to the sign-in page for a visitor."""
    return {role: 200 if role in roles else visitor if role == "visitor" else others for role in ROLES}


# Approvers of whatever organisation have a queue of their own; what is in it is theirs alone.
QUEUE = only("approver", "outsider", "moderator", "administrator")
MODERATORS = only("moderator", "administrator")


@pytest.fixture
def world():
    """One of everything that an address may name, and one of each person who may ask."""
    stockport, kirklees = factories.organisation("Stockport"), factories.organisation("Kirklees")
    factories.TopicFactory(name="Empty shops", slug="empty-shops")
    factories.PlaceFactory(name="Somewhere", slug="somewhere")
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
    moderator = factories.UserFactory(moderator=True)
    told = {"by": moderator, "reason": "abuse", "words": "No."}
    written = Comment.objects.create(page=public, author=author, body="Mine.", state="held")
    appealed = moderation.decide_contribution(contribution=written, action="decline", **told)
    subscriber = factories.UserFactory()
    sanction = moderation.warn(person=subscriber, **told)
    appeal = moderation.appeal(decision=sanction.decision, by=subscriber, words="Why?")
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
        "stockport": stockport,
        "adoption": adoption.pk,
        "programme": factories.programme(),
        "public": public,
        "members": factories.case_study(stockport, audience="members"),
        "draft": factories.case_study(stockport, live=False),
        "step": review.current_workflow_task_state.pk,
        "held": comment.pk,
        "comment": published.pk,
        "report": make_report(subject=published, kind="spam").pk,
        "public page": public.pk,
        "stockport.slug": stockport.slug,
        "membership": author.memberships.get().pk,
        "join request": JoinRequest.objects.create(person=factories.UserFactory(), organisation=stockport, why="!").pk,
        "invitation": Invitation.objects.create(organisation=stockport, address="new@example.org").pk,
        "domain": EmailDomain.objects.create(organisation=stockport, domain="stockport.gov.uk").pk,
        "public.pk": public.pk,
        "people": {
            "visitor": AnonymousUser(),
            "subscriber": subscriber,
            "lapsed": lapsed,
            "author": author,
            "approver": approver,
            "outsider": factories.member(kirklees, "approver"),
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
    "record an adoption": (lambda world: f"/adoptions/new/?case_study={world['public'].pk}", only(*SIGNED_IN)),
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
    "public case study": (lambda world: world["public"].url, EVERYBODY),
    "members’ case study": (lambda world: world["members"].url, EVERYBODY),
    "draft case study": (lambda world: world["draft"].get_url(), GONE),
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
    "evidence_guide": ((), EVERYBODY),
    "topics": ((), EVERYBODY),
    "topic": (("empty-shops",), EVERYBODY),
    "adoptions_of": (("public.pk",), EVERYBODY),
    "family_tree": (("public.pk",), EVERYBODY),
    "search": ((), EVERYBODY),
    "search_suggest": ((), EVERYBODY),
    "search_csv": ((), EVERYBODY),
    "map": ((), EVERYBODY),
    "feed_search": ((), EVERYBODY),
    "feed_case_studies": ((), EVERYBODY),
    "feed_asks": ((), EVERYBODY),
    "feed_topic": (("empty-shops",), EVERYBODY),
    "feed_council": (("stockport.slug",), EVERYBODY),
    "feed_programme": (("portas-pilots",), EVERYBODY),
    "data": ((), EVERYBODY),
    "data_file": (("measures", "csv"), EVERYBODY),
    "sitemap": ((), EVERYBODY),
    "sitemap_file": (("case-studies", 1), EVERYBODY),
    "robots": ((), EVERYBODY),
    "case_study_measures": (("public page",), EVERYBODY),
    "adoptions": ((), only(*SIGNED_IN)),
    "adoption_new": ((), only(others=404)),
    "adoption": (("adoption",), EVERYBODY),
    "adoption_change": (("adoption",), only("administrator", others=404)),
    "adoption_done": (("adoption",), only("administrator", others=404)),
    "adoption_withdraw": (("adoption",), only("administrator", others=404)),
    "asks": ((), EVERYBODY),
    "ask": (("ask", "ask.slug"), EVERYBODY),
    "ask_new": ((), only(*SIGNED_IN)),
    "ask_edit": (("ask",), only(others=404)),
    "ask_close": (("ask",), only("moderator", "administrator", others=404)),
    "ask_delete": (("ask",), only(others=404)),
    "comment": (("comment",), dict.fromkeys(ROLES, 302)),
    "comment_history": (("comment",), only("moderator", "administrator", others=404)),
    "ask_accept": (("ask", "answer"), only(others=404)),
    "ask_write_up": (("ask",), only("author", "administrator", others=404)),
    "ask_answer": (("ask",), only(*SIGNED_IN)),
    "account_overview": ((), only(*SIGNED_IN)),
    "account_sessions": ((), only(*SIGNED_IN)),
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
    "approve_ask": (("step",), only("author", "administrator", others=404)),
    "moderation_queue": ((), QUEUE),
    "moderation_next": ((), {role: 302 if status == 200 else status for role, status in QUEUE.items()}),
    "moderation_bulk": ((), MODERATORS),
    "moderation_page": (("step",), only("approver", "administrator")),
    "moderation_contribution": (("comment", "held"), MODERATORS),
    "moderation_report": (("report",), MODERATORS),
    "moderation_join": (("join request",), MODERATORS),
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
        {role: 302 if role in {"visitor", "author", "approver"} else 200 for role in ROLES},
    ),
    "leave_council": (("membership",), only("author", others=404)),
    "invitation": (("forged",), dict.fromkeys(ROLES, 410)),
    "prove_domain": (("forged",), dict.fromkeys(ROLES, 410)),
    # Council leads: tests/members/test_people_pages.py.
    "council_people": (("stockport.slug",), only("administrator")),
    "council_people_csv": (("stockport.slug",), only("administrator")),
    "council_invite": (("stockport.slug",), only("administrator")),
    "council_invite_many": (("stockport.slug",), only("administrator")),
    "council_invitations": (("stockport.slug",), only("administrator")),
    "council_requests": (("stockport.slug",), only("administrator")),
    "council_request": (("stockport.slug", "join request"), only("administrator")),
    "council_domains": (("stockport.slug",), only("administrator")),
    "council_changes": (("stockport.slug",), only("administrator")),
    "council_person": (("stockport.slug", "membership"), only("administrator")),
    "council_person_remove": (("stockport.slug", "membership"), only("administrator")),
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
    "adoption_confirm": ("adoption",),
    "comment_add": ("public page",),
    "comment_on_adoption": ("adoption",),
    "comment_reply": ("comment",),
    "comment_edit": ("comment",),
    "comment_delete": ("comment",),
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
}
# Answered for by the libraries that they come from.
THEIRS = ("account_", "mfa_", "wagtail_serve", "wagtailcore_", "wagtaildocs_authenticate", "socialaccount_")
THEIRS += ("openid_connect_", "usersessions_")


def _names(resolver: URLResolver) -> set[str]:
    """The names of all addresses but the CMS's (tests/members/test_cms_doors.py) and the API's (tests/api)."""
    names: set[str] = set()
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            if not str(entry.pattern).startswith(("cms/", "api/")):
                names |= _names(entry)
        elif entry.name:
            names.add(entry.name)
    return names


def test_every_address_gives_each_role_what_it_should(world):
    wrong = {}
    clients = {role: _as(person) for role, person in world["people"].items()}
    for name in [*PAGES, *ROUTES]:
        expected = (PAGES.get(name) or ROUTES[name])[1]
        address = _address(world, name)
        got = {role: client.get(address).status_code for role, client in clients.items()}
        if got != expected:
            wrong[name] = {role: (got[role], expected[role]) for role in ROLES if got[role] != expected[role]}
    assert wrong == {}


def test_nobody_changes_anything_without_signing_in_or_for_somebody_else(world):
    owner = factories.UserFactory()
    topic = Topic.objects.get(slug="empty-shops")
    world["follow"] = follow(person=owner, target=("topic", topic.pk)).pk
    world["public page"] = world["public"].pk
    for name, arguments in POSTS.items():
        address = reverse(name, args=[world[argument] for argument in arguments])
        answer = Client().post(address, {"body": "x", "kind": "topic", "id": topic.pk})
        assert answer.status_code in {302, 403}, name
        assert answer.status_code == 403 or "/account/login/" in answer["Location"], name
    theirs = ("adoption_confirm", "change_follow", "follow_again", "comment_edit", "comment_delete", "ask_reopen")
    people = ("withdraw_join_request", "own_invitation", "council_invitation", "council_domain")
    for name in (*theirs, *people):
        address = reverse(name, args=[world[argument] for argument in POSTS[name]])
        answer = _as(world["people"]["outsider"]).post(address, {"body": "changed", "cadence": "off", "action": "stop"})
        assert answer.status_code in {403, 404}, name
    members_page = reverse("comment_add", args=[world["members"].pk])
    for role in ("subscriber", "lapsed"):
        assert _as(world["people"][role]).post(members_page, {"body": "Let me in"}).status_code in {403, 404}, role
    assert Comment.objects.count() == 4
    assert Follow.objects.active().get().person == owner


def test_no_address_is_without_a_line_here():
    names = {name for name in _names(get_resolver()) if not name.startswith(THEIRS)}
    assert names - {*ROUTES, *POSTS, "ask_by_number"} == set()
