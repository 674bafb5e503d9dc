"""What moderation keeps of a person. The log of decisions is appended to and never changed: it keeps a bare number."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.personal_data import Holding, Row, both, cuts, deletes, register, table
from moderation.locked_cases import decisions_open_to
from moderation.models import Appeal, ApprovalLink, Claim, Decision, Report, Sanction
from moderation.own_notes import case_notes, note_to

NUMBER = _("Stays with a bare number: decisions are never changed or deleted.")


def _reports(person: Any) -> Any:
    return Report.objects.filter(Q(reporter=person.pk) | Q(reporter_email__iexact=person.email)).order_by("pk")


def _approval_links(person: Any) -> Any:
    return ApprovalLink.objects.filter(Q(person=person.pk) | Q(email__iexact=person.email)).order_by("pk")


def _forget_reporter(person: Any) -> int:
    """What a form asked about the reporter goes as well, unless the case is open and the answer is owed to the law."""
    _reports(person).order_by().exclude(handled_at=None).update(answers={})
    return int(_reports(person).order_by().update(reporter=None, reporter_email=""))


def _as_they_may_read_it(holding: Holding, note: str) -> Holding:
    """With the note of staff in it as its person may read it."""

    def rows(person: Any) -> Iterator[Row]:
        for row in holding.rows(person):
            yield {**row, note: note_to(person, row[note])}

    return replace(holding, rows=rows)


DECISIONS = _as_they_may_read_it(
    table(
        name="decisions",
        order=70,
        what=_("Moderators’ decisions about what you wrote, with the reasons and the notes that only moderators see"),
        find=lambda person: decisions_open_to(person, Decision.objects.filter(author=person.pk)).order_by("pk"),
        fields={
            "decided_at": _("when"),
            "subject_title": _("about what"),
            "action": _("what was decided"),
            "reason": _("the rule"),
            "words": _("what you were told"),
            "private_note": _("the note that only moderators see"),
            "step": _("who decided: your organisation or the network"),
            "waited_since": _("since when it had waited"),
        },
        columns=("moderation.decision.author",),
        on_leaving=NUMBER,
    ),
    note="private_note",
)

SANCTIONS_SO_FAR = _as_they_may_read_it(
    table(
        name="sanctions",
        order=72,
        what=_("Warnings, limits, suspensions and bans"),
        find=lambda person: Sanction.objects.filter(person=person.pk).order_by("pk"),
        fields={
            "kind": _("what"),
            "starts_at": _("from"),
            "ends_at": _("until"),
            "lifted_at": _("when it was lifted"),
            "decision__words": _("what you were told"),
            "decision__private_note": _("the note that only moderators see"),
        },
        columns=(
            "moderation.sanction.person",
            "moderation.sanction.lifted_by",
            "moderation.sanction.proposed_by",
            "moderation.sanction.seconded_by",
        ),
        on_leaving=NUMBER,
    ),
    note="decision_private_note",
)

register(
    DECISIONS,
    SANCTIONS_SO_FAR,
    Holding(
        name="case-notes",
        order=74,
        what=_("Moderators’ notes in cases about what you wrote, and in those that you reported"),
        rows=case_notes,
        fields={
            "at": _("when"),
            "case": _("the reference of the case"),
            "about": _("what was said to be wrong"),
            "note": _("the note; who else is in it is taken out"),
        },
        on_leaving=_("Stays with the case, which no longer says whose it is."),
    ),
    table(
        name="decisions-made",
        order=71,
        what=_("Decisions that you made as a moderator or an approver"),
        find=lambda person: Decision.objects.filter(moderator=person.pk).order_by("pk"),
        fields={"decided_at": _("when"), "action": _("what you decided"), "subject_title": _("about what")},
        columns=("moderation.decision.moderator",),
        on_leaving=NUMBER,
    ),
    table(
        name="appeals",
        order=73,
        what=_("Your appeals, and what came of them"),
        find=lambda person: Appeal.objects.filter(by=person.pk).order_by("pk"),
        fields={
            "created_at": _("when"),
            "words": _("what you wrote"),
            "outcome": _("what was decided"),
            "reply": _("what you were told"),
            "decided_at": _("when it was decided"),
        },
        columns=("moderation.appeal.by", "moderation.appeal.first_decided_by", "moderation.appeal.decided_by"),
        on_leaving=_("Stays without your name."),
        erase=cuts(Appeal, "by"),
    ),
    table(
        name="reports",
        order=74,
        what=_("What you reported"),
        find=_reports,
        fields={
            "created_at": _("when"),
            "kind": _("what was wrong"),
            "details": _("what you wrote"),
            "answers": _("what else the form asked"),
            "reporter_email": _("the address that you gave"),
            "handled_at": _("when it was dealt with"),
        },
        columns=("moderation.report.reporter", "moderation.report.handled_by", "moderation.reportline.by"),
        on_leaving=_("Stays without your name and address."),
        erase=_forget_reporter,
    ),
    table(
        name="approval-links",
        order=75,
        what=_("Pages that you were asked to sign off by a link in a mail"),
        find=_approval_links,
        fields={
            "created_at": _("when"),
            "expires_at": _("until when the link worked"),
            "used_at": _("when you used it"),
        },
        columns=("moderation.approvallink.person", "moderation.approvallink.asked_by"),
        on_leaving=_("Your address is deleted."),
        erase=both(
            lambda person: _approval_links(person).order_by().update(email="nobody@invalid.example", person=None),
            cuts(ApprovalLink, "asked_by"),
        ),
    ),
    table(
        name="claims",
        order=76,
        what=_("What you were reviewing in the queue"),
        find=lambda person: Claim.objects.filter(by=person.pk).order_by("pk"),
        fields={"kind": _("what kind of thing"), "since": _("since when"), "until": _("until when")},
        columns=("moderation.claim.by",),
        on_leaving=_("Deleted."),
        erase=deletes(lambda person: Claim.objects.filter(by=person.pk)),
    ),
)
