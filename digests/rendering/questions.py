"""The mail that asks: is it still true, and how is it going?"""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from digests import questions, tokens
from digests.models import MailKind, OutgoingEmail
from digests.questions import ADOPTION, Question
from digests.rendering.letters import Nothing, Written, compose, list_headers, writes
from digests.rendering.notices import unwanted_among

CAP = 20


@writes(MailKind.QUESTION)
def write_questions(mails: Sequence[OutgoingEmail]) -> dict[int, Written]:
    """What is still due, and still this reader's to answer, is asked; in a number of queries that does not depend on
    how many mails there are.
    """
    unwanted = unwanted_among(mails, tokens.QUESTIONS)
    written: dict[int, Written] = {}
    for language in sorted({mail.tongue for mail in mails}):
        own = [mail for mail in mails if mail.tongue == language]
        with translation.override(language):
            asked = questions.of_mails(
                (mail.reader.pk, mail.payload["case_studies"], mail.payload["adoptions"]) for mail in own
            )
            for mail, found in zip(own, asked, strict=True):
                due = [one for one in found if one.open]
                if mail.pk in unwanted:
                    written[mail.pk] = Nothing("They do not want to be asked.")
                elif not due:
                    written[mail.pk] = Nothing("Nothing is left to ask this person.")
                else:
                    written[mail.pk] = _letter(mail, due)
    return written


def _letter(mail: OutgoingEmail, due: list[Question]) -> Written:
    stop_url = tokens.stop_link(person=mail.reader.pk, what=tokens.QUESTIONS)
    return compose(
        "question", context(mail, due, stop_url=stop_url), headers=list_headers(name="questions", stop_url=stop_url)
    )


def context(mail: OutgoingEmail, due: list[Question], *, stop_url: str) -> dict[str, Any]:
    """What the templates show. Each thing has its own link, to its place on the page of answers."""
    shown = due[:CAP]
    return {
        "subject_line": _subject(due),
        "entries": [
            {
                "title": one.title,
                "url": tokens.absolute(one.url),
                "question": question_words(one),
                "since": since_words(one),
                "answer_url": tokens.answer_link(mail=mail.pk, person=mail.reader.pk, anchor=one.anchor),
            }
            for one in shown
        ],
        "more": len(due) - len(shown),
        "answer_url": tokens.answer_link(mail=mail.pk, person=mail.reader.pk),
        "days": tokens.ANSWER_LIFETIME.days,
        "account_url": tokens.absolute(reverse("confirm_case_studies")),
        "stop_url": stop_url,
    }


def question_words(one: Question) -> str:
    if one.kind == ADOPTION:
        return _("%(said)s How is it going?") % {"said": questions.status_words(one.about)}
    return _("Is it still true?")


def since_words(one: Question) -> str:
    """Whose it is, and when somebody last said how it is."""
    day = _day(one)
    if one.kind == ADOPTION:
        return _("%(who)s · last heard of on %(day)s") % {"who": one.who, "day": day}
    return _("%(who)s · last confirmed on %(day)s") % {"who": one.who, "day": day}


def _day(one: Question) -> str:
    from django.utils.formats import date_format

    return date_format(one.since or timezone.localdate(), "j F Y")


def _subject(due: list[Question]) -> str:
    adoptions = sum(one.kind == ADOPTION for one in due)
    if len(due) == 1:
        words = _("How is it going? %(title)s") if adoptions else _("Is it still true? %(title)s")
        return words % {"title": due[0].title}
    studies = len(due) - adoptions
    parts = []
    if studies:
        parts.append(
            ngettext("is %(n)d case study still true", "are %(n)d case studies still true", studies) % {"n": studies}
        )
    if adoptions:
        parts.append(
            ngettext("how is %(n)d adoption going", "how are %(n)d adoptions going", adoptions) % {"n": adoptions}
        )
    joined = _("%(one)s, and %(other)s?") % {"one": parts[0], "other": parts[1]} if len(parts) == 2 else f"{parts[0]}?"
    return joined[:1].upper() + joined[1:]
