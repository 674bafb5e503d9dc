"""The letters about reports: to whoever reported something, to whoever wrote it, and to those who must act."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urljoin

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core import post
from core.post import Facts, Words
from moderation.models import LineKind, Report, ReportKind, ReportOutcome
from moderation.notices import writer_has_until
from moderation.report_kinds import FACTS
from moderation.subjects import title_of, url_of

if TYPE_CHECKING:
    from accounts.models import User

SAMPLE = {"reference": "R-7KQ4-M2XP", "kind": "defamation", "title": "A market in an empty shop", "words": ""}
NOTICE = {
    **SAMPLE,
    "url": "/ask/1/",
    "by_when": "2030-03-08T00:00:00+00:00",
    "statement": "The shopkeeper has never paid her traders.",
    "meaning": "That she is dishonest.",
    "wrong": "All traders were paid each Friday.",
    "name": "",
    "email": "",
    "token": "forged",
}
# Of these the letters do not even say what they were about: a mail is read on shared screens.
DISCREET = (ReportKind.CHILD_ABUSE, ReportKind.INTIMATE_IMAGE)


def confirm_receipt(report: Report) -> bool:
    """True if there was somebody to write to."""
    return _to_reporter(report, "report_received", key=f"report-received-{report.pk}")


def tell_progress(report: Report, *, words: str, key: str) -> bool:
    return _to_reporter(report, "report_progress", key=key, words=words)


def tell_outcome(report: Report, *, words: str = "", incomplete: bool = False) -> bool:
    """With what the writer of the words answered to a notice; who they are only if they agreed to it."""
    answer = report.poster_answer
    gives = answer.get("give") == "yes"
    return _to_reporter(
        report,
        "report_outcome",
        key=_outcome_key(report),
        words=words,
        outcome=report.outcome,
        incomplete="yes" if incomplete else "",
        stays="yes" if answer.get("remove") == "no" else "",
        writer=f"{answer.get('name', '')}, {answer.get('postal', '')}" if gives else "",
    )


def take_outcome_back(report: Report) -> None:
    """Its letter stays in the outbox if it has not left; if it has, another says that we look again."""
    key = _outcome_key(report)
    if not post.withdraw(key=key):
        _to_reporter(report, "report_reopened", key=key.replace("outcome", "reopened"))


def _outcome_key(report: Report) -> str:
    """One for each time that the case was decided: it may be opened again."""
    times = report.lines.filter(what=LineKind.DECIDED).count()
    return f"report-outcome-{report.pk}" + (f"-{times}" if times > 1 else "")


def tell_passed_on(report: Report) -> bool:
    return _to_reporter(report, "notice_went", key=f"notice-went-{report.pk}", by_when=_writer_until(report))


def pass_notice_on(report: Report, *, poster: "User", token: str) -> None:
    """The complainant's name and address only if they agreed to each; never by accident: they are not in the facts."""
    answers = report.answers
    facts = {
        **_facts(report),
        "url": url_of(report.subject),
        "by_when": _writer_until(report),
        "statement": answers.get("statement", ""),
        "meaning": answers.get("meaning", ""),
        "wrong": answers.get("wrong", ""),
        "name": answers.get("name", "") if answers.get("give_name") == "yes" else "",
        "email": report.contact if answers.get("give_email") == "yes" else "",
        "token": token,
    }
    name, key = "notice_of_complaint", f"notice-of-complaint-{report.pk}"
    if poster.is_active:
        post.send(name=name, key=key, person=poster, facts=facts)
    else:
        post.send(name=name, key=key, address=poster.email, language=poster.language, facts=facts)


def _writer_until(report: Report) -> str:
    return writer_has_until(report.passed_on_at).isoformat() if report.passed_on_at else ""


def alert(report: Report, *, people: Iterable["User"]) -> None:
    """That it came, and cannot wait."""
    _to_who_can_act(report, "report_alert", people, key=f"report-alert-{report.pk}")


def tell_our_turn(report: Report, *, people: Iterable["User"]) -> None:
    """That the writer of the words has answered a notice, or has let the five days pass."""
    answered = "yes" if report.poster_answer else ""
    key = f"notice-{'answered' if answered else 'silent'}-{report.pk}"
    _to_who_can_act(report, "notice_our_turn", people, key=key, answered=answered)


def _to_who_can_act(report: Report, name: str, people: Iterable["User"], *, key: str, **more: str) -> None:
    facts = {"reference": report.reference, "number": str(report.pk), "due": report.due_at.isoformat(), **more}
    for person in people:
        post.send(name=name, key=f"{key}-{person.pk}", person=person, facts=facts)


def _facts(report: Report) -> dict[str, str]:
    subject = None if report.kind in DISCREET else report.subject
    title = title_of(subject) if subject is not None else ""
    return {"reference": report.reference, "kind": report.kind, "title": title}


def _to_reporter(report: Report, name: str, *, key: str, **facts: str) -> bool:
    to: dict[str, Any]
    if report.reporter is not None and report.reporter.is_active:
        to = {"person": report.reporter}
    elif report.contact:
        to = {"address": report.contact, "language": report.language}
    else:
        return False
    post.send(name=name, key=key, facts={**_facts(report), **facts}, **to)
    return True


def _absolute(name: str, *arguments: Any) -> str:
    return urljoin(settings.BASE_URL, reverse(name, args=arguments))


def _complain_about(facts: Facts) -> str:
    """The form of a complaint, with the reference in its field."""
    return f"{_absolute('complain')}?{urlencode({'kind': ReportKind.COMPLAINT.value, 'case': facts['reference']})}"


def _what(facts: Facts) -> list[str]:
    kind = _("You said: %(kind)s.") % {"kind": ReportKind(facts["kind"]).label}
    return [_("It is about “%(title)s”.") % facts, kind] if facts.get("title") else [kind]


def _why() -> str:
    return _("You get this mail because you, or somebody with your address, reported something to us.")


def _when(facts: Facts) -> str:
    """“the end of 7 March 2030”: the moment is midnight, so the day before it is named."""
    moment = timezone.localtime(datetime.fromisoformat(facts["by_when"])) - timedelta(minutes=1)
    return date_format(moment, "j F Y")


@post.words("report_received", sample=SAMPLE)
def _received(facts: Facts) -> Words:
    lines = [str(FACTS[facts["kind"]].promise)]
    if facts["kind"] == ReportKind.DEFAMATION:
        lines.append(
            _(
                "This confirms that we have received your notice of complaint under section 5 of the Defamation Act "
                "2013."
            )
        )
    if facts["kind"] == ReportKind.PERSONAL_DATA:
        lines.append(
            _(
                "If you are not content with how we deal with it, you may complain to the Information Commissioner’s "
                "Office: ico.org.uk."
            )
        )
    return Words(
        subject=_("We have your report %(reference)s") % facts,
        lead=_("We have your report"),
        before=_what(facts),
        lines=[*lines, _("Keep the reference if you want to ask about it: %(reference)s.") % facts],
        second=(_absolute("moderation_policy"), _("How we decide")),
        why=_why(),
    )


@post.words("report_progress", sample={**SAMPLE, "words": "We have asked the council for the source."})
def _progress(facts: Facts) -> Words:
    return Words(
        subject=_("Your report %(reference)s: how it stands") % facts,
        lead=_("How your report stands"),
        before=_what(facts),
        quote=facts["words"],
        quote_from=_("A moderator of the network writes:"),
        lines=[_("You can answer this by making a new report that names %(reference)s.") % facts],
        url=_complain_about(facts),
        action=_("Write to us"),
        why=_why(),
    )


def _outcomes() -> dict[str, str]:
    return {
        ReportOutcome.ACTED: _("We agreed with you, and have taken it away."),
        ReportOutcome.LEFT: _("We have looked at it and left it as it is."),
        ReportOutcome.ANSWERED: _("This is our answer."),
        ReportOutcome.GONE: _("Whoever wrote it has taken it away."),
        ReportOutcome.MISUSED: _(
            "We have looked at it and left it as it is. Please report only what you believe should not be here: "
            "reports that are made to harm count for less."
        ),
    }


def _came_of_it(facts: Facts) -> list[str]:
    """Of an incomplete notice, as SI 2013/3028 has it: that it is, and what a complete one says."""
    if not facts.get("incomplete"):
        return [_outcomes()[facts["outcome"]]]
    return [
        _("Your notice lacks something that the law asks for. We did not pass it on, and left the words as they are."),
        _(
            "A notice of complaint gives your name and email address; the words, where they stand, what they say about "
            "you and why that harms you; what is untrue in them, or an opinion without ground; that you do not know "
            "enough about the writer to bring proceedings; and whether we may give them your name and address."
        ),
        _("You can send a complete one at any time."),
    ]


def _of_the_writer(facts: Facts) -> list[str]:
    if facts["outcome"] != ReportOutcome.LEFT or not facts.get("stays"):
        return []
    who = (
        _("They let us give you their name and address: %(writer)s") % facts
        if facts["writer"]
        else _("They do not let us give you their name and address. A court can order us to.")
    )
    return [_("Whoever wrote the words does not agree that they go."), who]


@post.words(
    "report_outcome", sample={**SAMPLE, "kind": "wrong", "outcome": "left", "words": "The figure has a source."}
)
def _outcome(facts: Facts) -> Words:
    return Words(
        subject=_("Your report %(reference)s: what we did") % facts,
        lead=_("What came of your report"),
        before=[
            *_what(facts),
            *_came_of_it(facts),
            *_of_the_writer(facts),
        ],
        quote=facts["words"],
        quote_from=_("The moderator’s reason:") if facts["words"] else "",
        lines=[_("If you think that this is wrong, tell us: somebody else looks at it.")],
        url=_complain_about(facts),
        action=_("Complain about this decision"),
        second=(_absolute("moderation_policy"), _("How we decide")),
        why=_why(),
    )


@post.words("report_reopened", sample=SAMPLE)
def _reopened(facts: Facts) -> Words:
    return Words(
        subject=_("Your report %(reference)s: we look at it again") % facts,
        lead=_("We look at your report again"),
        before=_what(facts),
        lines=[_("We wrote to you that we had decided. That was taken back; you hear from us when it is decided.")],
        second=(_absolute("moderation_policy"), _("How we decide")),
        why=_why(),
    )


@post.words("notice_went", sample={**NOTICE})
def _went(facts: Facts) -> Words:
    return Words(
        subject=_("Your report %(reference)s: the notice was passed on") % facts,
        lead=_("Your notice of complaint was passed on"),
        before=_what(facts),
        lines=[
            _("Whoever wrote the words has it now, and has until the end of %(day)s to answer.")
            % {"day": _when(facts)},
            _("Without an answer, or if they agree, we take the words away within 48 hours (working days) after that."),
            _("If they do not agree, we tell you, and whether they let us give you their name and address."),
        ],
        why=_why(),
    )


@post.words("notice_of_complaint", sample=NOTICE)
def _notice(facts: Facts) -> Words:
    who = ", ".join(part for part in (facts["name"], facts["email"]) if part)
    said = [
        _("The words: %(statement)s") % facts,
        _("What they are said to mean: %(meaning)s") % facts,
        _("What is said to be untrue or unfounded: %(wrong)s") % facts,
        _("From: %(who)s") % {"who": who} if who else _("The complainant does not want to be named to you."),
    ]
    return Words(
        subject=_("Somebody complains about what you wrote: answer by %(day)s") % {"day": _when(facts)},
        lead=_("Somebody complains that what you wrote is untrue and harms them"),
        before=[
            _("It is about “%(title)s”.") % facts,
            _(
                "We must pass this notice on to you under section 5 of the Defamation Act 2013. We have not judged "
                "whether it is right."
            ),
        ],
        quote="\n\n".join(said),
        quote_from=_("The notice says:"),
        url=_absolute("notice_answer", facts["token"]),
        action=_("Answer the notice"),
        lines=[
            _("You have until the end of %(day)s. You can agree that your words go, or say that they should stay.")
            % {"day": _when(facts)},
            _("If you do not answer, the law has us take them away."),
            _(
                "If you want them to stay, you have to give us your full name and postal address. We give them to the "
                "complainant only if you agree, or if a court orders it."
            ),
        ],
        second=(urljoin(settings.BASE_URL, facts["url"]), _("What you wrote")),
        why=_("You get this mail because it is about something that you wrote. The law asks us to send it."),
    )


ALERT = {"reference": "R-7KQ4-M2XP", "number": "1", "due": "2030-03-08T09:00:00+00:00"}


def _due(facts: Facts) -> list[str]:
    """Nothing for a letter of an earlier version, which said no time."""
    if not facts.get("due"):
        return []
    moment = timezone.localtime(datetime.fromisoformat(facts["due"]))
    return [_("Its time is up on %(time)s.") % {"time": date_format(moment, "j F Y, H:i")}]


@post.words("report_alert", sample=ALERT)
def _alert(facts: Facts) -> Words:
    return Words(
        subject=_("A report that cannot wait: %(reference)s") % facts,
        lead=_("A report came in that cannot wait"),
        before=[
            _("What it is about is hidden where our rules say so. Open the case and do what it says."),
            *_due(facts),
        ],
        url=_absolute("moderation_report", int(facts["number"])),
        action=_("Open the case"),
        why=_("You get this mail because you work on such reports."),
    )


@post.words("notice_our_turn", sample={**ALERT, "answered": "yes"})
def _our_turn(facts: Facts) -> Words:
    said = (
        (_("The writer has answered: %(reference)s"), _("The writer has answered a notice of complaint"))
        if facts["answered"]
        else (_("The writer has not answered: %(reference)s"), _("The writer has not answered a notice of complaint"))
    )
    return Words(
        subject=said[0] % facts,
        lead=said[1],
        before=[_("The law gives us 48 hours, weekends and bank holidays apart."), *_due(facts)],
        url=_absolute("moderation_report", int(facts["number"])),
        action=_("Open the case"),
        why=_("You get this mail because you work on such reports."),
    )
