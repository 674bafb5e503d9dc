"""Previews of the kinds of mail that there are, each from the latest real thing that suits."""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from datetime import timedelta

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.models import Comment as EditorComment
from wagtail.models import PageSubscription

from accounts.mail import lifetime_of
from accounts.models import User
from casestudies.models import Adoption
from casestudies.selectors import due
from core.models import Event, EventTarget, Topic
from digests import similar, stories
from digests.ask_notices import who_has_done_it
from digests.models import (
    Cadence,
    DigestEvent,
    DigestRecipient,
    DigestRun,
    Follow,
    FollowRequest,
    MailKind,
    SearchMatch,
)
from digests.rendering import account, digest
from digests.rendering.letters import Nothing, Written
from digests.rendering.previews import previews, sample
from digests.sealing import SEALED, seal
from digests.targets import COUNCILS_LIKE, SAVED_SEARCH, Target
from discussion.models import Ask, Comment, CommentMention
from moderation.models import Decision, DecisionAction, Step
from moderation.permissions import reviewable_by

LATEST_EVENTS = 300
LOOKED_THROUGH = 200
# Each costs a search.
ASKS_LOOKED_THROUGH = 5
ORDINARY = 8
Result = Written | Exception


# --- Digests -------------------------------------------------------------------------------------


def _brought(person: User) -> list[tuple[int, set[int]]]:
    """The latest events of what they follow, newest first, each with the follows that bring it, as in a run.

    A search brings what it has brought in the runs that there were.
    """
    follows: dict[Target, list[int]] = {}
    for one in Follow.objects.wanted().filter(person=person):
        follows.setdefault(one.target, []).append(one.pk)
    brought: dict[int, set[int]] = {}
    for event, target in [*_named(person, follows), *_found(person, follows), *_likes(person, follows)]:
        brought.setdefault(event, set()).update(follows[target])
    return sorted(brought.items(), reverse=True)[:LATEST_EVENTS]


def _named(person: User, follows: dict[Target, list[int]]) -> list[tuple[int, Target]]:
    """Event and followed thing, of what events name by themselves. Adds what lies under a followed topic."""
    topics = {pk: by for (kind, pk), by in follows.items() if kind == "topic"}
    for topic in Topic.objects.filter(parent__in=topics):
        follows.setdefault(("topic", topic.pk), []).extend(topics.get(topic.parent_id or 0, []))
    touching = EventTarget.objects.filter(
        kind__in={kind for kind, _pk in follows},
        object_id__in={pk for _kind, pk in follows},
        event__in=DigestEvent.objects.values("event"),
    ).exclude(event__actor=person)
    rows = touching.order_by("-event").values_list("event", "kind", "object_id", "event__kind")
    return [
        (event, (kind, pk))
        for event, kind, pk, what in rows[:LATEST_EVENTS]
        if (kind, pk) in follows and kind in stories.through(what)
    ]


def _found(person: User, follows: Collection[Target]) -> list[tuple[int, Target]]:
    searches = [pk for kind, pk in follows if kind == SAVED_SEARCH]
    rows = SearchMatch.objects.filter(search__in=searches).exclude(event__actor=person).order_by("-event")
    return [(event, (SAVED_SEARCH, pk)) for event, pk in rows.values_list("event", "search")[:LATEST_EVENTS]]


def _likes(person: User, follows: Collection[Target]) -> list[tuple[int, Target]]:
    followed = [pk for kind, pk in follows if kind == COUNCILS_LIKE]
    if not followed:
        return []
    published = DigestEvent.objects.filter(event__kind=similar.PUBLISHED).exclude(event__actor=person)
    kinds = dict(published.order_by("-event").values_list("event", "event__kind")[:LATEST_EVENTS])
    touched: dict[int, set[Target]] = {event: set() for event in kinds}
    for event, kind, pk in EventTarget.objects.filter(event__in=kinds).values_list("event", "kind", "object_id"):
        touched[event].add((kind, pk))
    found = similar.match(kinds, touched, followed=followed)
    return [(event, target) for target, events in found.items() for event in events]


def _digest(
    person: User, brought: Sequence[tuple[int, Collection[int]]], *, first: bool = False
) -> digest.Digest | None:
    now = timezone.now()
    run = DigestRun(cadence=Cadence.WEEKLY, window_start=now - timedelta(days=7), window_end=now)
    by_follow: dict[int, list[int]] = defaultdict(list)
    for event, follows in brought:
        for follow in follows:
            by_follow[follow].append(event)
    recipient = DigestRecipient(run=run, person=person, items=[list(one) for one in sorted(by_follow.items())])
    for one in digest.digests_of([recipient]):
        one.first = first
        return one if one.entries else None
    return None


def _week(person: User, *, first: bool = False) -> Result:
    found = _digest(person, _brought(person)[:ORDINARY], first=first)
    return digest.letter(found) if found else Nothing(_no_news())


def _no_news() -> str:
    return _("Nothing that they follow has had any news yet, or they follow nothing.")


@previews(MailKind.DIGEST, "ordinary", gettext_lazy("An ordinary week"))
def ordinary(person: User) -> Result:
    return _week(person)


@previews(MailKind.DIGEST, "first", gettext_lazy("The first one, with its introduction"))
def first(person: User) -> Result:
    return _week(person, first=True)


@previews(MailKind.DIGEST, "thin", gettext_lazy("A thin week: one thing"))
def thin(person: User) -> Result:
    """The latest single thing that may be told."""
    alone = (_digest(person, [item]) for item in _brought(person)[:LOOKED_THROUGH])
    found = next((one for one in alone if one), None)
    return digest.letter(found) if found else Nothing(_no_news())


@previews(MailKind.DIGEST, "over-the-cap", gettext_lazy("More than fits, with the link to the rest"))
def over_the_cap(person: User) -> Result:
    found = _digest(person, _brought(person))
    if found is None or len(found.entries) <= digest.CAP:
        return Nothing(_("What they follow has never had so much news: the latest events are fewer than fit."))
    return digest.letter(found)


# --- Decisions and reviews -----------------------------------------------------------------------


def _decision_preview(action: DecisionAction, step: Step | None = None) -> Callable[[User], Result]:
    def make(person: User) -> Result:
        decisions = Decision.objects.filter(author=person, action=action)
        if step is not None:
            decisions = decisions.filter(step=step)
        latest = decisions.order_by("-pk").first()
        if latest is None:
            return Nothing(_("Nothing of theirs was ever decided like this."))
        return sample(MailKind.DECISION, person, payload={"decision": latest.pk})

    return make


for _action in DecisionAction:
    if _action != DecisionAction.DISMISS_REPORT:
        previews(MailKind.DECISION, _action.value, _action.label)(
            _decision_preview(_action, Step.NETWORK if _action == DecisionAction.APPROVE else None)
        )
previews(MailKind.DECISION, "signed-off", gettext_lazy("Signed off by the organisation"))(
    _decision_preview(DecisionAction.APPROVE, Step.ORGANISATION)
)


@previews(MailKind.REVIEW, "waits", gettext_lazy("Something waits for their approval"))
def review(person: User) -> Result:
    waiting = reviewable_by(person).order_by("-pk").first()
    if waiting is None:
        return Nothing(_("Nothing waits for their approval."))
    return sample(MailKind.REVIEW, person, payload={"task_state": waiting.pk})


# --- Replies, adoptions, questions ---------------------------------------------------------------


@previews(MailKind.REPLY, "answered", gettext_lazy("Somebody answered their comment"))
def reply(person: User) -> Result:
    events = Event.objects.filter(kind=stories.COMMENT_PUBLISHED, data__reply_to_author_id=person.pk)
    latest = events.order_by("-pk").first()
    if latest is None:
        return Nothing(_("Nobody has answered a comment of theirs."))
    return sample(MailKind.REPLY, person, payload={"comment": latest.subject_id})


@previews(MailKind.MENTION, "named", gettext_lazy("A comment names them"))
def mention(person: User) -> Result:
    latest = CommentMention.objects.filter(person=person, comment__state="published").order_by("-pk").first()
    if latest is None:
        return Nothing(_("No comment names them."))
    return sample(MailKind.MENTION, person, payload={"comment": latest.comment_id})


@previews(MailKind.ADOPTION, "recorded", gettext_lazy("Another place tries what they wrote about"))
def adoption(person: User) -> Result:
    latest = list(Adoption.objects.published().select_related("case_study").order_by("-pk")[:LOOKED_THROUGH])
    theirs = due.originators([one.case_study for one in latest if one.case_study.live]) if latest else {}
    own = next((one for one in latest if person.pk in theirs.get(one.case_study_id, ())), None)
    if own is None:
        return Nothing(_("Nobody has recorded that they try what this person wrote about."))
    return sample(MailKind.ADOPTION, person, payload={"adoption": own.pk})


@previews(MailKind.QUESTION, "due", gettext_lazy("Everything of theirs that is due"))
def question(person: User) -> Result:
    today = timezone.localdate()
    pages = list(due.case_studies_to_ask_about(today)[:LOOKED_THROUGH])
    adoptions = [one for one, _months in due.adoptions_to_ask_about(today)][:LOOKED_THROUGH]
    asked = {
        "case_studies": [pk for pk, people in due.responsible_for_case_studies(pages).items() if person.pk in people],
        "adoptions": [pk for pk, people in due.responsible_for_adoptions(adoptions).items() if person.pk in people],
    }
    if not any(asked.values()):
        return Nothing(_("Nothing of theirs is due."))
    return sample(MailKind.QUESTION, person, payload=asked)


@previews(MailKind.ASK, "asked", gettext_lazy("Somebody asks about what they have done"))
def asked_about(person: User) -> Result:
    latest = Ask.objects.published().open().exclude(author=person).prefetch_related("topics").newest()
    for ask in latest[:ASKS_LOOKED_THROUGH]:
        if case_study := dict(who_has_done_it(ask)).get(person.pk):
            return sample(MailKind.ASK, person, payload={"ask": ask.pk, "case_study": case_study})
    return Nothing(_("Nobody asks about what this person has done."))


@previews(MailKind.ANSWER, "answered", gettext_lazy("Somebody answered what they asked"))
def answered(person: User) -> Result:
    answers = Comment.objects.published().filter(ask__author=person, ask__state="published").exclude(author=person)
    latest = answers.order_by("-pk").first()
    if latest is None:
        return Nothing(_("Nobody has answered what this person asked."))
    return sample(MailKind.ANSWER, person, payload={"comment": latest.pk})


@previews(MailKind.ANSWER, "helped", gettext_lazy("An answer of theirs helped"))
def helped(person: User) -> Result:
    ask = Ask.objects.published().settled().filter(accepted__author=person).order_by("-pk").first()
    if ask is None:
        return Nothing(_("Nobody has said that an answer of theirs helped."))
    return sample(MailKind.ANSWER, person, payload={"helped": ask.accepted_id, "ask": ask.pk})


@previews(MailKind.ANSWER, "written-up", gettext_lazy("A case study came of what they asked"))
def written_up(person: User) -> Result:
    ask = Ask.objects.published().filter(author=person, case_study__live=True).order_by("-pk").first()
    if ask is None:
        return Nothing(_("No case study has come of what this person asked."))
    return sample(MailKind.ANSWER, person, payload={"written_up": ask.case_study_id, "ask": ask.pk})


@previews(MailKind.SITE, "comments", gettext_lazy("Comments in the editor"))
def comments_in_the_editor(person: User) -> Result:
    """The latest on a page whose comments they follow, by the words with which Wagtail sends it."""
    pages = PageSubscription.objects.filter(user=person, comment_notifications=True).values("page")
    latest = EditorComment.objects.filter(page__in=pages).exclude(user=person).order_by("-pk").first()
    if latest is None:
        return Nothing(_("Nobody has commented on a draft whose comments they follow."))
    context = {
        "settings": settings,
        "user": person,
        "editor": latest.user,
        "page": latest.page.specific,
        "new_comments": [latest],
    }
    name = "wagtailadmin/notifications/updated_comments"
    facts: dict[str, str] = {
        "subject": render_to_string(f"{name}_subject.txt", context),
        "text": render_to_string(f"{name}.txt", context),
    }
    return sample(MailKind.SITE, person, payload={SEALED: seal(facts)})


# --- Following, addresses, accounts --------------------------------------------------------------


@previews(MailKind.FOLLOW, "confirm", gettext_lazy("Confirm a follow, to somebody without an account"))
def confirm_follow(person: User) -> Result:
    latest = FollowRequest.objects.filter(confirmed_at=None).order_by("-pk").first()
    if latest is None:
        return Nothing(_("Nobody waits to confirm a follow."))
    return sample(MailKind.FOLLOW, person, payload={"request": latest.pk})


@previews(MailKind.ADDRESS, "test", gettext_lazy("Does this address work?"))
def address_test(person: User) -> Result:
    return sample(MailKind.ADDRESS, person)


def _account_preview(name: str, *, by_code: bool) -> Callable[[User], Result]:
    """The facts are invented: a real code or link would sign somebody in."""
    address = f"{settings.BASE_URL}/account/preview/"
    facts = {
        "ip": "192.0.2.1",
        "user_agent": "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0",
        "from_email": "before@example.org",
        "to_email": "after@example.org",
        "deleted_email": "before@example.org",
        "activate_url": address,
        "password_reset_url": address,
        "signup_url": address,
        **({"code": "ABCD-2345"} if by_code else {}),
    }

    def make(person: User) -> Result:
        lifetime = lifetime_of(name, by_code=by_code)
        payload = {"mail": name, SEALED: seal({**facts, "at": timezone.now().isoformat()})}
        worthless = timezone.now() + lifetime if lifetime else None
        if name == account.TO_STRANGERS:
            stranger = {"address": person.email, "language": person.language}
            return sample(MailKind.ACCOUNT, None, payload=payload, **stranger)
        return sample(MailKind.ACCOUNT, person, payload=payload, worthless_after=worthless)

    return make


for _name in account.WORDS:
    previews(MailKind.ACCOUNT, _name.replace("_", "-"), _name.replace("_", " ").capitalize())(
        _account_preview(_name, by_code=_name.endswith("code"))
    )
