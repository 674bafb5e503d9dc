"""What the mail room keeps of a person."""

from typing import Any

from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from core.personal_data import both, cuts, deletes, register, table
from digests.models import (
    AllowedAgain,
    DigestRecipient,
    Follow,
    FollowRequest,
    MailPreference,
    OutgoingEmail,
    StaffDeed,
    Suppression,
)

GOES = _("Deleted.")


def _mails(person: Any) -> Any:
    """To the person, and those that went to the address before there was an account."""
    return OutgoingEmail.objects.filter(Q(person=person.pk) | Q(person=None, address__iexact=person.email))


def _requests(person: Any) -> Any:
    return FollowRequest.objects.filter(Q(person=person.pk) | Q(address__iexact=person.email)).order_by("pk")


def _at_the_address(model: Any) -> Any:
    def find(person: Any) -> Any:
        return model.objects.annotate(lower=Lower("address")).filter(lower=person.email.lower())

    return find


def _deeds(person: Any) -> Any:
    return StaffDeed.objects.filter(Q(person=person.pk) | Q(address__iexact=person.email)).order_by("pk")


def _forget_mails(person: Any) -> int:
    DigestRecipient.objects.filter(person=person.pk).delete()
    return deletes(_mails)(person)


register(
    table(
        name="follows",
        order=60,
        what=_("What you follow and followed, how often you get mail of it, and when you stopped"),
        find=lambda person: Follow.objects.filter(person=person.pk).order_by("pk"),
        fields={
            "target_kind": _("kind of thing"),
            "target_id": _("its number"),
            "cadence": _("how often; empty for as often as the rest"),
            "created_at": _("since when"),
            "last_mailed_at": _("when a mail last had it"),
            "ended_at": _("when it ended"),
            "ended_reason": _("why it ended"),
        },
        columns=("digests.follow.person",),
        on_leaving=GOES,
        erase=deletes(lambda person: Follow.objects.filter(person=person.pk)),
    ),
    table(
        name="mail-preferences",
        order=61,
        what=_("How often and about what you want mail"),
        find=lambda person: MailPreference.objects.filter(person=person.pk),
        fields={
            "cadence": _("how often"),
            "send_hour": _("at which hour"),
            "replies": _("replies to you"),
            "adoptions": _("others who try what you wrote about"),
            "questions": _("whether what you wrote is still true"),
            "mentions": _("comments that name you"),
            "reviews": _("pages that wait for your approval"),
            "answers": _("answers to what you asked"),
            "asks": _("asks about what you have done"),
            "paused_until": _("until when mail is paused"),
            "stopped_at": _("when you stopped all mail"),
        },
        columns=("digests.mailpreference.person",),
        on_leaving=GOES,
        erase=deletes(lambda person: MailPreference.objects.filter(person=person.pk)),
    ),
    table(
        name="follow-requests",
        order=62,
        what=_("That you asked for mail from a page and confirmed your address, with the words that you agreed to"),
        find=_requests,
        fields={
            "address": _("address"),
            "target_kind": _("kind of thing"),
            "target_id": _("its number"),
            "wording": _("the words that you agreed to"),
            "asked_at": _("when you asked"),
            "confirmed_at": _("when you confirmed"),
        },
        columns=("digests.followrequest.person",),
        on_leaving=GOES,
        erase=deletes(_requests),
    ),
    table(
        name="mails",
        order=63,
        what=_("Mails to you: when, what about, whether they arrived, and for a month what they said"),
        find=lambda person: _mails(person).order_by("pk"),
        fields={
            "created_at": _("when it was written"),
            "sent_at": _("when it was sent"),
            "kind": _("what kind of mail"),
            "subject": _("subject"),
            "text": _("what it said, while that is kept"),
            "state": _("what became of it"),
            "address": _("where it went"),
            "error": _("what the mail server said"),
        },
        columns=("digests.outgoingemail.person",),
        on_leaving=_("Deleted. What mails to others said of you goes within 30 days."),
        erase=_forget_mails,
    ),
    table(
        name="digests",
        order=64,
        what=_("Which news was in your digests"),
        find=lambda person: DigestRecipient.objects.filter(person=person.pk).order_by("pk"),
        fields={
            "run__window_end": _("until when the news were"),
            "state": _("what became of it"),
            "items": _("numbers of the follows, each with the numbers of the news that it brought"),
        },
        columns=("digests.digestrecipient.person",),
        on_leaving=GOES,
    ),
    table(
        name="address-trouble",
        order=65,
        what=_("That mail to your address came back or was not wanted"),
        find=_at_the_address(Suppression),
        fields={"kind": _("why"), "reason": _("what the mail server said"), "since": _("since when")},
        on_leaving=GOES,
        erase=deletes(_at_the_address(Suppression)),
    ),
    table(
        name="address-allowed",
        order=66,
        what=_("That your address gets mail again"),
        find=lambda person: AllowedAgain.objects.filter(Q(person=person.pk) | Q(address__iexact=person.email)).order_by(
            "pk"
        ),
        fields={"at": _("when"), "how": _("how we know"), "reason": _("why")},
        columns=("digests.allowedagain.person", "digests.allowedagain.by"),
        on_leaving=GOES,
        erase=both(
            deletes(lambda person: AllowedAgain.objects.filter(Q(person=person.pk) | Q(address__iexact=person.email))),
            cuts(AllowedAgain, "by"),
        ),
    ),
    table(
        name="staff-and-your-mail",
        order=67,
        what=_("Who of the staff read your mail history, or did something with mail to you"),
        find=_deeds,
        fields={
            "at": _("when"),
            "what": _("what they did"),
            "words": _("about what"),
            "by": _("number of the account of who did it; ask us who it is"),
        },
        columns=("digests.staffdeed.person", "digests.staffdeed.by"),
        on_leaving=_("Deleted; that somebody looked stays for two years as bare numbers."),
        erase=both(deletes(_deeds), cuts(StaffDeed, "by")),
    ),
)
