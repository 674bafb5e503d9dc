"""The letter to those whose work a report took from its readers before anybody had looked."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from wagtail.models import Page

from accounts.models import User as Account
from core import post
from members.models import WRITERS
from members.permissions import can_write_for, is_editor
from members.selectors import organisation_of, people_of
from moderation.locked_cases import is_locked
from moderation.models import Report, ReportKind
from moderation.registry import kind_named
from moderation.report_kinds import FACTS, LOCKED
from moderation.subjects import author_of, kind_name, title_of

if TYPE_CHECKING:
    from accounts.models import User

SAMPLE = {
    "thing": "page",
    "title": "A market in an empty shop",
    "kinds": "intimate_image",
    "by_when": "2030-03-08T09:00:00+00:00",
}


def tell_whose_it_is(report: Report) -> None:
    """What happened, what was said of it, by when somebody looks and what then; never who said it. Once for each time.

    Of what a locked case is about nobody is told.
    """
    subject: Any = report.subject
    if report.kind in LOCKED or is_locked(subject):
        return
    together = Report.objects.waiting().about(subject).filter(hid_at=None)
    told = [report, *together] if FACTS[report.kind].counts else [report]
    said = {one.kind for one in told if one.pk == report.pk or FACTS[one.kind].counts}
    facts = {
        "thing": kind_name(subject),
        "title": title_of(subject),
        "kinds": ",".join(kind for kind in ReportKind.values if kind in said),
        "by_when": min(one.due_at for one in told if one.kind in said).isoformat(),
    }
    for person in _whose(subject):
        post.send(name="hidden_by_report", key=f"hidden-{report.pk}-{person.pk}", person=person, facts=facts)


def _whose(subject: Any) -> "Iterable[User]":
    """Its author; of a page everybody who writes for its organisation today."""
    author = Account.objects.filter(pk=author_of(subject) or 0, is_active=True).first()
    organisation = organisation_of(subject) if isinstance(subject, Page) else None
    if organisation is None:
        return [author] if author else []
    people = {one.pk: one for one in people_of(organisation, *WRITERS) if one.is_active}
    if author and (is_editor(author) or can_write_for(author, organisation)):
        people[author.pk] = author
    return people.values()


@post.words("hidden_by_report", sample=SAMPLE)
def _hidden(facts: post.Facts) -> post.Words:
    kinds = "; ".join(str(ReportKind(kind).label) for kind in facts["kinds"].split(","))
    thing = kind_named(facts["thing"])
    until = timezone.localtime(datetime.fromisoformat(facts["by_when"]))
    return post.Words(
        subject=_("Hidden until a moderator has looked"),
        lead=_("Something of yours is hidden until a moderator has looked at it"),
        before=[
            f"{capfirst(thing.label if thing else _('Page'))}: “{facts['title']}”",
            _("This was reported about it: %(kinds)s.") % {"kinds": kinds},
        ],
        lines=[
            _("Nobody has decided yet whether that is right. What was reported is hidden until somebody has looked."),
            _("A moderator looks at it by %(time)s.") % {"time": date_format(until, "j F Y, H:i")},
            _(
                "If it can stay, it is shown again as it was. If it has to go, whoever wrote it is told the reason, "
                "and can appeal."
            ),
        ],
        second=(urljoin(settings.BASE_URL, reverse("moderation_policy")), _("How we decide")),
        why=_("You get this mail because you wrote it, or write for the organisation whose page it is."),
    )
