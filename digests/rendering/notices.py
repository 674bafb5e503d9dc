"""Mails about one thing that concerns their reader: a decision, something to decide, a reply."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.names import name_of
from casestudies.models import Adoption
from core.dates import readable
from core.models import Event
from digests import keys, stories, tokens
from digests.models import MailKind, MailPreference, MailState, OutgoingEmail
from digests.rendering.letters import (
    Letter,
    Nothing,
    Written,
    browser_link,
    compose,
    feedback_id,
    list_headers,
    mail_domain,
    writes,
)
from digests.targets import Target
from discussion.models import Ask
from moderation import services as moderation
from moderation.links import appeal_url
from moderation.models import (
    APPEALABLE,
    ContributionState,
    Decision,
    DecisionAction,
    ReviewTaskState,
    Sanction,
    SanctionKind,
    Step,
)
from moderation.permissions import can_review
from moderation.registry import kind_of
from places.models import RecordEntry

Action = DecisionAction
GOOD_NEWS = {Action.APPROVE, Action.RESTORE, Action.LIFT, Action.UNDO, Action.OVERTURN}


@writes(MailKind.DECISION)
def write_decisions(mails: Sequence[OutgoingEmail]) -> dict[int, Written]:
    """What was decided, which rule it was, the words, and what to do now."""
    found = Decision.objects.prefetch_related("subject").in_bulk({mail.payload["decision"] for mail in mails})
    needless = _taken_back(mails, found)
    written: dict[int, Written] = {}
    for mail in mails:
        decision = found.get(mail.payload["decision"])
        if decision is None:
            written[mail.pk] = Nothing("The decision is gone.")
            continue
        if mail.pk in needless:
            written[mail.pk] = Nothing("It was taken back before it was told.")
            continue
        with translation.override(mail.tongue):
            written[mail.pk] = compose(
                "notice",
                {**_decision_context(decision, mail), **browser_link(mail)},
                headers={**feedback_id("decision"), **thread("decision", decision.object_id)},
            )
    return written


def _taken_back(mails: Sequence[OutgoingEmail], found: Mapping[int, Decision]) -> set[int]:
    """The mails about decisions that were taken back, and about their being taken back where nobody had been told."""
    undone = set(Decision.objects.filter(action=Action.UNDO, answers__in=found).values_list("answers", flat=True))
    withdrawn = {mail.pk for mail in mails if mail.payload["decision"] in undone and mail.state != MailState.SENT}
    undoing = {mail.pk: one for mail in mails if (one := found.get(mail.payload["decision"])) and _undoes(one)}
    person = {mail.pk: mail.person_id for mail in mails}
    first = {pk: keys.of_decision(one.answers_id or 0, person[pk] or 0) for pk, one in undoing.items()}
    rows = OutgoingEmail.objects.filter(key__in=first.values()) if first else OutgoingEmail.objects.none()
    own = {mail.pk for mail in mails}
    kept_back = {MailState.PENDING, MailState.SUPPRESSED, MailState.FAILED}
    untold = {
        key
        for key, pk, state in rows.values_list("key", "pk", "state")
        if state in kept_back or (state == MailState.SENDING and pk in own)
    }
    return withdrawn | {pk for pk, key in first.items() if key in untold}


def _undoes(decision: Decision) -> bool:
    return decision.action == Action.UNDO


def _decision_context(decision: Decision, mail: OutgoingEmail) -> dict[str, Any]:
    names = {"title": decision.subject_title}
    signed_off = decision.step == Step.ORGANISATION
    what, short = (words % names for words in _own_words(decision))
    verdict, lead = _verdict(Action(decision.action), signed_off=signed_off)
    sanction = Sanction.objects.filter(decision=decision).first()
    own = mail.person_id == decision.author_id
    appealable = own and decision.action in APPEALABLE
    url, action = _next_step(decision)
    return {
        "subject_line": f"{verdict}: {short}",
        "lead": lead % {**names, "what": what},
        "about": _how_long(sanction) if sanction else "",
        "reason": decision.reason_label,
        "rule": decision.rule,
        "words_from": _("Your organisation’s approver writes:") if signed_off else _("The moderators write:"),
        "words": decision.words,
        "action_url": tokens.absolute(url) if url else "",
        "action_text": action,
        "appeal_url": appeal_url(decision) if appealable else "",
        "appeal_text": _("You can appeal once, until %(day)s. Another moderator looks at it again.")
        % {"day": readable(decision.appeal_until, "day")}
        if appealable
        else "",
        "rules_url": "" if decision.action in GOOD_NEWS else tokens.absolute(reverse("moderation_policy")),
        "why": _("You get this mail because you reported it.")
        if decision.action == Action.DISMISS_REPORT
        else _("You get this mail because it is about your account. Decisions are always sent.")
        if _is_person(decision)
        else _("You get this mail because it is your work. Decisions are always sent.")
        if own
        else _("You get this mail because you look after this page, which has no author. Decisions are always sent."),
    }


def _own_words(decision: Decision) -> tuple[str, str]:
    """What was decided about, at the beginning of a sentence and after a colon."""
    if _is_person(decision):
        return _("Your account"), _("your account")
    if _is_page(decision) or decision.action == Action.DISMISS_REPORT:
        return _("“%(title)s”"), "%(title)s"
    if _model_of(decision) is Ask:
        return _("Your ask “%(title)s”"), _("your ask %(title)s")
    if _model_of(decision) is Adoption:
        return _("Your record “%(title)s”"), _("your record %(title)s")
    if _model_of(decision) is RecordEntry:
        return _("What you wrote (%(title)s)"), _("what you wrote (%(title)s)")
    return _("Your comment on “%(title)s”"), _("your comment on %(title)s")


def _verdict(action: DecisionAction, *, signed_off: bool) -> tuple[str, str]:
    """In two or three words, for the subject; and in a sentence."""
    if action == Action.APPROVE and signed_off:
        return _("Signed off"), _(
            "%(what)s was signed off by your organisation. The network’s moderators look at it next."
        )
    return {
        Action.APPROVE: (_("Published"), _("%(what)s is published.")),
        Action.ASK_FOR_CHANGES: (_("Please change it"), _("%(what)s needs a change before it can be published.")),
        Action.DECLINE: (_("Not accepted"), _("%(what)s was not accepted.")),
        Action.HIDE: (_("Taken off the site"), _("%(what)s was taken off the site.")),
        Action.RESTORE: (_("Back on the site"), _("%(what)s is back on the site.")),
        Action.DISMISS_REPORT: (
            _("Your report"),
            _("We looked at what you reported about “%(title)s” and left it as it is."),
        ),
        Action.WARN: (_("A warning"), _("The moderators warn you: a rule of the network was broken.")),
        Action.LIMIT: (_("Looked at first"), _("A moderator looks at what you write before it appears.")),
        Action.SUSPEND: (_("Suspended"), _("Your account is suspended: you can read, and write nothing.")),
        Action.BAN: (_("Closed"), _("Your account was closed by two moderators.")),
        Action.LIFT: (_("Ended early"), _("What a moderator decided about your account has ended early.")),
        Action.UNDO: (_("Taken back"), _("A decision was taken back. %(what)s is as it was before it.")),
        Action.UPHOLD: (
            _("The decision stands"),
            _("Another moderator has looked at your appeal. The decision stands."),
        ),
        Action.OVERTURN: (
            _("Your appeal succeeded"),
            _("Another moderator has looked at your appeal and overturned the decision."),
        ),
    }[action]


def _next_step(decision: Decision) -> tuple[str, str]:
    """Where the reader goes from here, if there is anything to do or see."""
    subject: Any = decision.subject
    public = getattr(subject, "state", "") == ContributionState.PUBLISHED
    if _is_person(decision) or decision.action == Action.UPHOLD or (decision.action == Action.UNDO and not public):
        return reverse("standing"), _("See where you stand")
    if subject is None:
        return "", ""
    shown = decision.action in GOOD_NEWS
    if _is_page(decision):
        if decision.action in {Action.ASK_FOR_CHANGES, Action.HIDE, Action.DECLINE}:
            return reverse("wagtailadmin_pages:edit", args=[subject.pk]), _("Open it in the editor")
        return (subject.get_url() or "", _("See it on the site")) if subject.live else ("", "")
    if decision.action == Action.ASK_FOR_CHANGES:
        return _where_to_change(subject)
    return (kind_of(subject).url(subject), _("See it on the site")) if shown else ("", "")


def _where_to_change(subject: Any) -> tuple[str, str]:
    if isinstance(subject, RecordEntry):
        return reverse("record_edit", args=[subject.place.slug, subject.pk]), _("Change what you wrote")
    name, words = {
        Adoption: ("adoption_change", _("Change your record")),
        Ask: ("ask_edit", _("Change your ask")),
    }.get(type(subject), ("comment_edit", _("Change your comment")))
    return reverse(name, args=[subject.pk]), words


def _how_long(sanction: Sanction) -> str:
    """Until when it holds, and that a ban was proposed."""
    day = {"day": readable(sanction.ends_at, "day")}
    if sanction.kind == SanctionKind.BAN:
        return (
            _(
                "A moderator has proposed to ban you. Until another has agreed or refused, and until %(day)s at most, "
                "you are suspended."
            )
            % day
        )
    if sanction.kind == SanctionKind.WARN:
        return _("Nothing changes for now. If it happens again, you may lose the right to write here.")
    return _("This holds until %(day)s.") % day if sanction.ends_at else _("This holds until further notice.")


def _is_person(decision: Decision) -> bool:
    return _model_of(decision) is User


def _is_page(decision: Decision) -> bool:
    from wagtail.models import Page

    model = _model_of(decision)
    return model is not None and issubclass(model, Page)


def _model_of(decision: Decision) -> Any:
    return decision.content_type.model_class()


@writes(MailKind.REVIEW)
def write_reviews(mails: Sequence[OutgoingEmail]) -> dict[int, Written]:
    """Something waits for this reader's decision; nothing if somebody has decided, or the right is gone."""
    unwanted = unwanted_among(mails, tokens.REVIEWS)
    states = ReviewTaskState.objects.select_related("workflow_state__requested_by", "revision").in_bulk(
        {mail.payload["task_state"] for mail in mails}
    )
    written: dict[int, Written] = {}
    for mail in mails:
        state = states.get(mail.payload["task_state"])
        if state is None or state.status != state.STATUS_IN_PROGRESS or not can_review(mail.reader, state):
            written[mail.pk] = Nothing("It no longer waits for this person.")
            continue
        if mail.pk in unwanted:
            written[mail.pk] = Nothing("They do not want to be told.")
            continue
        with translation.override(mail.tongue):
            written[mail.pk] = stoppable_notice(
                mail, _review_context(state, mail.reader), notice=tokens.REVIEWS, about=("review", state.pk)
            )
    return written


def _review_context(state: Any, reader: Any) -> dict[str, Any]:
    """An organisation's approver gets a link that needs no sign-in; the network's moderators work in the queue."""
    own = state.task.specific.step == Step.ORGANISATION
    queue_url = tokens.absolute(reverse("moderation_page", args=[state.pk]))
    link = moderation.own_link(step=state, person=reader) if own else ""
    author = state.workflow_state.requested_by
    names = {
        "title": state.revision.object_str,
        "who": name_of(author),
    }
    return {
        "subject_line": _("Waits for your approval: %(title)s") % names,
        "lead": _("%(who)s has submitted “%(title)s”. It waits for your approval.") % names,
        "action_url": link or queue_url,
        "action_text": _("Read it and decide"),
        "more": _(
            "The link works without signing in, once, for 14 days. Do not pass it on: it signs in your name. You can "
            "also sign in and decide here: %(url)s"
        )
        % {"url": queue_url}
        if own
        else "",
        "why": _("You get this mail because you approve what is published.")
        if not own
        else _("You get this mail because you approve what your organisation publishes."),
    }


@writes(MailKind.REPLY)
def write_replies(mails: Sequence[OutgoingEmail]) -> dict[int, Written]:
    """Somebody answered the reader's comment; nothing if it is gone, or may no longer be read."""
    unwanted = unwanted_among(mails, tokens.REPLIES)
    insiders = stories.readers_of_members_text({mail.reader.pk for mail in mails})
    ids = {mail.payload["comment"] for mail in mails}
    events = publications(ids)
    written: dict[int, Written] = {}
    for language, own in by_language(mails):
        with translation.override(language):
            told = stories.load(events.values())
            for mail in own:
                event = events.get(mail.payload["comment"])
                story = told.get(event.pk) if event else None
                if story is None or mail.pk in unwanted:
                    written[mail.pk] = Nothing("The reply is gone, or no longer wanted.")
                elif story.members_only and mail.reader.pk not in insiders:
                    written[mail.pk] = Nothing("Its reader may no longer read it.")
                else:
                    answered = bool(event and event.data.get("reply_to_author_id") == mail.reader.pk)
                    written[mail.pk] = _reply(mail, story, answered=answered)
    return written


def _reply(mail: OutgoingEmail, story: stories.Story, *, answered: bool) -> Written:
    """`answered`: the reader's own comment; otherwise somebody wrote under the reader's record of an adoption."""
    names = {"who": story.voice, "title": story.title}
    subject = _("%(who)s replied to you: %(title)s") if answered else _("%(who)s wrote under your record: %(title)s")
    lead = (
        _("%(who)s replied to your comment on “%(title)s”.")
        if answered
        else _("%(who)s wrote under your record of trying “%(title)s”.")
    )
    return stoppable_notice(
        mail,
        {
            "subject_line": subject % names,
            "lead": lead % names,
            "words_from": _("%(who)s writes:") % names,
            "words": story.words,
            "action_url": tokens.absolute(story.url),
            "action_text": _("Read it and answer"),
            "why": _("You get this mail because you wrote the comment that was answered.")
            if answered
            else _("You get this mail because you recorded this adoption."),
        },
        notice=tokens.REPLIES,
        about=story.root,
    )


def unwanted_among(mails: Sequence[OutgoingEmail], notice: str) -> set[int]:
    """Those of these mails whose reader has switched this kind of notice off. What they got may still be looked at."""
    waiting = [mail for mail in mails if mail.state != MailState.SENT]
    unwilling = MailPreference.objects.unwilling((mail.reader.pk for mail in waiting), notice)
    return {mail.pk for mail in waiting if mail.reader.pk in unwilling}


def publications(comments: Collection[int]) -> dict[int, Event]:
    """Comment → the event that tells of it. One that was hidden and is shown again has another, which tells nobody."""
    found = Event.objects.filter(kind=stories.COMMENT_PUBLISHED, subject_kind="comment", subject_id__in=comments)
    return {event.subject_id: event for event in found.order_by("pk") if not event.data.get("restored")}


def by_language(mails: Sequence[OutgoingEmail]) -> Iterator[tuple[str, list[OutgoingEmail]]]:
    for language in sorted({mail.tongue for mail in mails}):
        yield language, [mail for mail in mails if mail.tongue == language]


def stoppable_notice(mail: OutgoingEmail, context: dict[str, Any], *, notice: str, about: Target) -> Letter:
    """A notice of a kind that its reader may switch off with one click; `notice` is the name of the switch."""
    stop_url = tokens.stop_link(person=mail.reader.pk, what=notice)
    return compose(
        "notice",
        {**context, "stop_url": stop_url, **browser_link(mail)},
        headers={**list_headers(name=notice, stop_url=stop_url), **thread(*about)},
    )


def thread(kind: str, pk: int) -> dict[str, str]:
    """Mails about the same thing stand together in the mail program."""
    thread = f"<{kind}-{pk}.thread@{mail_domain()}>"
    return {"In-Reply-To": thread, "References": thread}
