"""Signing off a page by a link, without signing in: for approvers on the way, and for people without an account.

A link is for one step, one text and one reader. It works once, for fourteen days; opening it changes nothing. An
approver’s own link carries their number and needs no row until it is used; a link to a typed address has a row from the
start, because an author or lead vouched for it.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core import post
from members.models import EmailDomain, Organisation
from members.selectors import organisation_of
from moderation.errors import AlreadyDecided, IllegalMove, LinkOver, NotAllowed, OwnWork
from moderation.locked_cases import is_locked
from moderation.models import ApprovalLink, Decision, DecisionAction, ReviewTaskState, Step
from moderation.models.tasks import ACTIONS, content_hash, lock_review
from moderation.permissions import can_ask_to_approve, can_sign_for, wrote
from moderation.services.log import check_reason
from moderation.services.pages import check_still_waits

if TYPE_CHECKING:
    from accounts.models import User

LASTS = timedelta(days=14)
MOST_ASKED = 5
LETTER = "approval_asked"
SALT = "moderation.approve"
SIGNED = (DecisionAction.APPROVE, DecisionAction.ASK_FOR_CHANGES)


@dataclass(frozen=True, kw_only=True)
class SignOff:
    """What a link opens: a step that waits, the text as it was submitted, and for whom."""

    step: ReviewTaskState
    email: str
    person: "User | None"
    link: ApprovalLink | None
    fingerprint: str


def own_link(*, step: ReviewTaskState, person: "User") -> str:
    """The address at which an approver signs off from their mail. Writes nothing."""
    return _address({"step": step.pk, "person": person.pk, "text": step.content_hash[:32]})


@transaction.atomic
def ask_to_approve(*, step: ReviewTaskState, email: str, by: "User") -> ApprovalLink:
    """Send a link to an address at one of the organisation’s own verified domains. Asking again sends nothing new.

    Raises `NotAllowed` (also for an address elsewhere, or of somebody whose membership has ended), `OwnWork` for an
    address of whoever wrote it, `AlreadyDecided`, and `IllegalMove` after five addresses.
    """
    state, email = lock_review(step.pk), email.strip().lower()
    if not can_ask_to_approve(by, state):
        raise NotAllowed(_("Only authors and leads of the organisation ask somebody to sign off."))
    check_still_waits(state)
    organisation = _owner(state)
    domain = email.rpartition("@")[2]
    if not EmailDomain.objects.verified().filter(organisation=organisation, domain__iexact=domain).exists():
        raise NotAllowed(
            _("This is no address of your organisation: only its own verified email domains can be asked.")
        )
    person = _account(email)
    if wrote(state, email=email, person=person):
        raise OwnWork
    if not can_sign_for(organisation, person):
        raise NotAllowed(_("This person no longer belongs to your organisation."))
    found = ApprovalLink.objects.filter(step=state, email=email).first()
    if found:
        return found
    if ApprovalLink.objects.filter(step=state).count() >= MOST_ASKED:
        raise IllegalMove(_("You have asked enough people about this one. Wait for an answer, or ask a lead."))
    link = ApprovalLink.objects.create(
        step=state,
        content_hash=state.content_hash,
        email=email,
        person=person,
        asked_by=by,
        expires_at=timezone.now() + LASTS,
    )
    _send(link, state, organisation)
    return link


def read_link(token: str) -> SignOff:
    """What the link opens now. Raises `LookupError` for a forged one, and `LinkOver` with the reason in words."""
    try:
        value = signing.loads(token, salt=SALT, max_age=LASTS)
    except signing.SignatureExpired:
        raise LinkOver(_("This link was good for 14 days, which are over.")) from None
    except signing.BadSignature:
        raise LookupError(token) from None
    found = _of_address(value["link"]) if "link" in value else _of_person(value)
    _check(found)
    return found


@transaction.atomic
def sign_off(*, token: str, action: str, words: str = "", reason: str = "") -> Decision:
    """Approve, or send back with a comment. Once: a second use raises `LinkOver`, as does everything that ended it."""
    if action not in SIGNED:
        raise IllegalMove(_("That cannot be done by a link."))
    check_reason(action, reason, words)
    asked = read_link(token)
    state = lock_review(asked.step.pk)
    asked = read_link(token)  # once more, now that nobody else can use it
    link = asked.link or _row(asked)
    name = next(name for name, known in ACTIONS.items() if known == action)
    try:
        state.task.specific.on_action(
            state,
            asked.person,
            name,
            comment=words,
            reason=reason,
            private_note=_note(asked),
            link=link,
        )
    except PermissionDenied as denied:
        raise LinkOver(str(denied)) from denied
    decision = Decision.objects.about(state.workflow_state.content_object.specific).latest("pk")
    link.used_at, link.decision = timezone.now(), decision
    link.save(update_fields=["used_at", "decision"])
    return decision


def is_own_work(step: ReviewTaskState, person: Any) -> bool:
    """Whether a signed-in person opened somebody else's link to what they wrote themselves."""
    return wrote(step, email=person.email, person=person)


def domains_to_ask(step: ReviewTaskState) -> list[str]:
    """The verified email domains of the organisation whose step it is."""
    owned = EmailDomain.objects.verified().filter(organisation=_owner(step))
    return list(owned.order_by("domain").values_list("domain", flat=True))


def _note(asked: SignOff) -> str:
    """For the log: by whose address, and who vouched for it."""
    if asked.link and asked.link.asked_by:
        given = {"person": asked.link.asked_by.display_name, "address": asked.email}
        return _("By the link that %(person)s had sent to %(address)s.") % given
    return _("By the link that was sent to %(address)s.") % {"address": asked.email}


def _row(asked: SignOff) -> ApprovalLink:
    return ApprovalLink.objects.create(
        step=asked.step,
        content_hash=asked.step.content_hash,
        email=asked.email,
        person=asked.person,
        expires_at=timezone.now() + LASTS,
    )


def _address(value: dict[str, Any]) -> str:
    token = signing.dumps(value, salt=SALT)
    return settings.BASE_URL + reverse("approve", args=[token])


def _of_address(number: int) -> SignOff:
    link = _links().filter(pk=number).first()
    if link is None:
        raise LinkOver(_("What this link was for is no longer there."))
    return SignOff(step=link.step, email=link.email, person=link.person, link=link, fingerprint=link.content_hash)


def _of_person(value: dict[str, Any]) -> SignOff:
    from accounts.models import User

    step = ReviewTaskState.objects.filter(pk=value["step"]).first()
    person = User.objects.filter(pk=value["person"]).first()
    if step is None or person is None:
        raise LinkOver(_("What this link was for is no longer there."))
    link = _links().filter(step=step, email=person.email.lower()).first()
    return SignOff(step=step, email=person.email.lower(), person=person, link=link, fingerprint=value["text"])


def _links() -> Any:
    return ApprovalLink.objects.select_related("step", "person", "asked_by", "decision__moderator")


def _check(asked: SignOff) -> None:
    """Raise `LinkOver` for whatever ended the link since it was made."""
    step, link = asked.step, asked.link
    if link and link.used_at:
        raise LinkOver(_used(link), used=True)
    page = step.workflow_state.content_object
    if page is None or is_locked(page.specific):
        raise LinkOver(_("What this link was for is no longer there."))
    if link and timezone.now() >= link.expires_at:
        raise LinkOver(_("This link was good for 14 days, which are over."))
    if step.status == step.STATUS_CANCELLED:
        raise LinkOver(_("Its author has taken it back, so nobody needs to sign it off."))
    if step.status == step.STATUS_SKIPPED:
        raise LinkOver(_("Your organisation no longer signs off first, so nobody needs to."))
    try:
        check_still_waits(step)
    except AlreadyDecided as late:
        raise LinkOver(str(late)) from late
    now = content_hash(step.revision)
    if now != step.content_hash or not step.content_hash.startswith(asked.fingerprint):
        raise LinkOver(_("The text has changed since this link was sent. Whoever wrote it can send you a new one."))
    organisation = _owner(step)
    vouched = link is not None and link.asked_by is not None
    if wrote(step, email=asked.email, person=asked.person):
        raise LinkOver(_("You wrote this yourself, so somebody else signs it off."))
    if not can_sign_for(organisation, asked.person, vouched=vouched):
        raise LinkOver(_("You no longer sign off for this organisation."))
    if link and vouched and not asked_by_somebody_who_may(link):
        raise LinkOver(_("Whoever asked you no longer writes for this organisation."))


def asked_by_somebody_who_may(link: ApprovalLink) -> bool:
    """Whether the author or lead who vouched for the address still holds that right."""
    return link.asked_by is not None and can_ask_to_approve(link.asked_by, link.step)


def _used(link: ApprovalLink) -> str:
    done = link.decision.done if link.decision else ""
    return _("This link was used on %(day)s: %(done)s. Nothing more is needed.") % {
        "day": date_format(timezone.localtime(link.used_at), "j F Y"),
        "done": done.lower(),
    }


def _owner(state: ReviewTaskState) -> Organisation:
    """Whose step it is. Raises `IllegalMove` where the network decides."""
    organisation = organisation_of(state.workflow_state.content_object)
    if organisation is None or state.task.specific.step != Step.ORGANISATION:
        raise IllegalMove(_("Only the organisation’s own step is signed off by a link."))
    return organisation


def _account(email: str) -> "User | None":
    from accounts.models import User

    return User.objects.filter(email__iexact=email).first()


def _send(link: ApprovalLink, state: ReviewTaskState, organisation: Organisation) -> None:
    asker = link.asked_by.display_name if link.asked_by else ""
    known = link.person is not None and link.person.is_active
    post.send(
        name=LETTER,
        key=f"approval:{link.pk}",
        person=link.person if known else None,
        address="" if known else link.email,
        language="" if known else (get_language() or "en")[:2],
        facts={
            "title": state.revision.object_str or "",
            "who": asker,
            "organisation": organisation.name,
            "url": _address({"link": link.pk}),
        },
        worthless_after=link.expires_at,
    )
