"""The letters of this room: what they say. Who gets which, and when, is the services' business."""

from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import post
from members.models import Role

COUNCIL = {"organisation": "Stockport Council", "slug": "stockport"}


def _link(name: str, *args: str) -> str:
    return f"{settings.BASE_URL}{reverse(name, args=args)}"


def _role(facts: post.Facts) -> str:
    """What the role lets its holder do, as a sentence of its own."""
    return {
        Role.MEMBER: _("As a member you read what is for members only."),
        Role.AUTHOR: _("As an author you write for the organisation, and read what is for members only."),
        Role.APPROVER: _("As an approver you sign off what the organisation’s authors write."),
        Role.LEAD: _("As its lead you look after the organisation’s people, and write and sign off for it."),
    }[Role(facts["role"])]


def _organisations() -> str:
    return f"{_link('account_overview')}#organisations"


@post.words("invitation", sample=COUNCIL | {"name": "Sam", "role": "author", "by": "Alex Lead", "token": "sample"})
def _invitation(facts: post.Facts) -> post.Words:
    lines = [_role(facts)]
    if facts["name"]:
        hello = _("Hello %(name)s, %(by)s invites you to join %(organisation)s on Connected Localism.") % facts
    else:
        hello = _("%(by)s invites you to join %(organisation)s on Connected Localism.") % facts
    return post.Words(
        subject=_("Join %(organisation)s on Connected Localism") % facts,
        lead=hello,
        before=lines,
        url=_link("invitation", facts["token"]),
        action=_("See the invitation"),
        lines=[
            _("The link is for you alone and works once, until %(until)s. If you did not expect it, do nothing.")
            % facts
        ],
        why=_("You get this because somebody at %(organisation)s gave us your address to invite you.") % facts,
    )


@post.words("join_request", sample=COUNCIL | {"who": "Sam Jones", "at": "sam@example.org", "why": "I work in housing."})
def _join_request(facts: post.Facts) -> post.Words:
    return post.Words(
        subject=_("%(who)s asks to join %(organisation)s") % facts,
        lead=_("%(who)s (%(at)s) asks to join %(organisation)s.") % facts,
        quote=facts["why"],
        quote_from=_("%(who)s writes:") % facts,
        url=_link("council_requests", facts["slug"]),
        action=_("Answer the request"),
        why=_("You get this because you are a lead of %(organisation)s.") % facts,
    )


@post.words("join_approved", sample=COUNCIL | {"role": "member", "reason": "Welcome!"})
def _join_approved(facts: post.Facts) -> post.Words:
    return post.Words(
        subject=_("You now belong to %(organisation)s") % facts,
        lead=_("You asked to join %(organisation)s, and you are in.") % facts,
        before=[_role(facts)],
        quote=facts["reason"],
        quote_from=_("They write:") if facts["reason"] else "",
        url=_organisations(),
        action=_("Your organisations"),
        why=_("You get this because you asked to join."),
    )


@post.words("join_declined", sample=COUNCIL | {"reason": "We do not know you: write to us from your work address."})
def _join_declined(facts: post.Facts) -> post.Words:
    return post.Words(
        subject=_("Your request to join %(organisation)s") % facts,
        lead=_("You asked to join %(organisation)s. The answer is no.") % facts,
        quote=facts["reason"],
        quote_from=_("They write:"),
        lines=[_("Nothing else changes: you can read, follow and comment as before. You may ask again.")],
        url=_organisations(),
        action=_("Your organisations"),
        why=_("You get this because you asked to join."),
    )


@post.words("joined_by_address", sample=COUNCIL)
def _joined_by_address(facts: post.Facts) -> post.Words:
    return post.Words(
        subject=_("You now belong to %(organisation)s") % facts,
        lead=_("Your confirmed email address is at a domain of %(organisation)s, so you have joined it.") % facts,
        before=[_("As a member you read what is for members only.")],
        lines=[
            _("If you want to write for it, ask its lead to make you an author. You can leave at any time."),
        ],
        url=_organisations(),
        action=_("Your organisations"),
        why=_("You get this because you have just joined."),
    )


@post.words("made_member", sample=COUNCIL | {"role": "author", "by": "Alex Lead"})
def _made_member(facts: post.Facts) -> post.Words:
    return post.Words(
        subject=_("You now belong to %(organisation)s") % facts,
        lead=_("%(by)s has added you to %(organisation)s.") % facts,
        before=[_role(facts)],
        lines=[_("If this is a mistake, you can leave at any time.")],
        url=_organisations(),
        action=_("Your organisations"),
        why=_("You get this because you have just been added."),
    )


@post.words("role_changed", sample=COUNCIL | {"role": "approver", "by": "Alex Lead"})
def _role_changed(facts: post.Facts) -> post.Words:
    return post.Words(
        subject=_("Your role at %(organisation)s has changed") % facts,
        lead=_("%(by)s has changed your role at %(organisation)s.") % facts,
        before=[_role(facts)],
        url=_organisations(),
        action=_("Your organisations"),
        why=_("You get this because your rights have changed."),
    )


@post.words("last_day", sample=COUNCIL | {"by": "Alex Lead", "until_day": "2027-01-01T00:00:00+00:00"})
def _last_day(facts: post.Facts) -> post.Words:
    if facts["until_day"]:
        # The moment is the first after the last day.
        last = timezone.localtime(datetime.fromisoformat(facts["until_day"]) - timedelta(microseconds=1))
        given = facts | {"day": date_format(last, "j F Y")}
        lead = _("Your membership of %(organisation)s lasts until the end of %(day)s: %(by)s has set that.") % given
        before = [_("After that day you read what is public, follow it and get digests as before.")]
    else:
        lead = _("Your membership of %(organisation)s has no last day any more: %(by)s has set that.") % facts
        before = []
    return post.Words(
        subject=_("How long you belong to %(organisation)s") % facts,
        lead=lead,
        before=before,
        url=_organisations(),
        action=_("Your organisations"),
        why=_("You get this because your rights have changed."),
    )


@post.words("membership_ended", sample=COUNCIL | {"by": "Alex Lead"})
def _membership_ended(facts: post.Facts) -> post.Words:
    return post.Words(
        subject=_("Your membership of %(organisation)s has ended") % facts,
        lead=_("%(by)s has ended your membership of %(organisation)s.") % facts,
        before=[
            _("Your account stays: you read what is public, follow it and get digests as before."),
            _("What you wrote for the organisation stays with it."),
        ],
        url=_organisations(),
        action=_("Your organisations"),
        lines=[_("If you think that this is a mistake, write to the organisation.")],
        why=_("You get this because your rights have changed."),
    )


@post.words("pages_handed_over", sample=COUNCIL | {"who": "Sam Jones", "pages": "3"})
def _pages_handed_over(facts: post.Facts) -> post.Words:
    number = int(facts["pages"])
    given = facts | {"n": str(number)}
    return post.Words(
        subject=ngettext("%(n)s page of %(who)s is now yours", "%(n)s pages of %(who)s are now yours", number) % given,
        lead=ngettext(
            "What %(who)s wrote for %(organisation)s is in your hands now: %(n)s page.",
            "What %(who)s wrote for %(organisation)s is in your hands now: %(n)s pages.",
            number,
        )
        % given,
        before=[_("You will be asked whether it is still true, and told what others make of it.")],
        url=_link("wagtailadmin_home"),
        action=_("Open your work"),
        why=_("You get this because you write for %(organisation)s.") % facts,
    )


@post.words("pages_taken_over", sample=COUNCIL | {"to": "Sam Jones", "pages": "3"})
def _pages_taken_over(facts: post.Facts) -> post.Words:
    number = int(facts["pages"])
    return post.Words(
        subject=_("%(to)s looks after what you wrote for %(organisation)s") % facts,
        lead=ngettext(
            "A lead of %(organisation)s has handed %(n)s page of yours to %(to)s.",
            "A lead of %(organisation)s has handed %(n)s pages of yours to %(to)s.",
            number,
        )
        % (facts | {"n": str(number)}),
        before=[
            _("Who wrote which version stays on record. Your role is what it was."),
            _("Questions about these pages, such as whether they are still true, go to %(to)s now.") % facts,
        ],
        url=_organisations(),
        action=_("Your organisations"),
        lines=[_("If you think that this is a mistake, write to the organisation.")],
        why=_("You get this because you wrote for %(organisation)s.") % facts,
    )


@post.words(
    "domain_proof",
    sample=COUNCIL | {"domain": "stockport.gov.uk", "below": "", "asked_by": "Alex Lead", "token": "sample"},
)
def _domain_proof(facts: post.Facts) -> post.Words:
    means = _("Then everybody with a confirmed address at %(domain)s can join %(organisation)s as a member.") % facts
    if facts["below"]:
        means += " " + _("So can everybody at a name below it.")
    return post.Words(
        subject=_("Does %(domain)s belong to %(organisation)s?") % facts,
        lead=_("%(asked_by)s says that the email domain %(domain)s belongs to %(organisation)s.") % facts,
        before=[means, _("You read this mailbox, so you can say whether that is right.")],
        url=_link("prove_domain", facts["token"]),
        action=_("Answer"),
        lines=[_("If it is not right, or you do not know, do nothing: without you nothing happens.")],
        why=_("You get this because this mailbox is for whoever runs mail at %(domain)s.") % facts,
    )
