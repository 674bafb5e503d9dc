"""Mails about asks: to who has done it, to the asker, and to who helped."""

from collections.abc import Sequence
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.names import name_of
from casestudies.models import CaseStudyPage
from digests import stories, tokens
from digests.models import MailKind, OutgoingEmail
from digests.rendering.letters import Nothing, Written, writes
from digests.rendering.notices import by_language, stoppable_notice, unwanted_among
from discussion.contributions import address
from discussion.models import Ask, Comment

WORDS_LENGTH = 600


@writes(MailKind.ASK)
def write_asks(mails: Sequence[OutgoingEmail]) -> dict[int, Written]:
    """Somebody asks about what the reader has done; nothing if it is gone, closed or no longer wanted."""
    unwanted = unwanted_among(mails, tokens.ASKS)
    insiders = stories.readers_of_members_text({mail.reader.pk for mail in mails})
    found = Ask.objects.published().filter(pk__in={mail.payload["ask"] for mail in mails})
    asks = found.select_related("author", "organisation", "accepted").in_bulk()
    pages = CaseStudyPage.objects.live().in_bulk({mail.payload["case_study"] for mail in mails})
    written: dict[int, Written] = {}
    for language, own in by_language(mails):
        with translation.override(language):
            for mail in own:
                ask, page = asks.get(mail.payload["ask"]), pages.get(mail.payload["case_study"])
                if ask is None or not ask.takes_answers or ask.is_settled or mail.pk in unwanted:
                    written[mail.pk] = Nothing("The ask needs no answer any more, or they do not want to be asked.")
                elif page is None or (page.is_members_only and mail.reader.pk not in insiders):
                    written[mail.pk] = Nothing("What they have done is no longer there for them.")
                else:
                    written[mail.pk] = _ask(mail, ask, page)
    return written


def _ask(mail: OutgoingEmail, ask: Ask, page: CaseStudyPage) -> Written:
    names = {"title": ask.title, "who": name_of(ask.author), "case_study": page.title}
    return stoppable_notice(
        mail,
        {
            "subject_line": _("Can you help? %(title)s") % names,
            "lead": _("%(who)s asks: %(title)s") % names,
            "about": _("It is like “%(case_study)s”, which you know from your own work.") % names,
            "words_from": _("%(who)s writes:") % names,
            "words": stories.excerpt(ask.body, WORDS_LENGTH),
            "action_url": tokens.absolute(ask.get_absolute_url()),
            "action_text": _("Read it and answer"),
            "more": _("Two sentences help. If it did not work for you, that helps as much."),
            "why": _(
                "You get this mail because you wrote that case study, look after it, or recorded that you tried the "
                "same. At most five people are asked, and you at most twice a week."
            ),
        },
        notice=tokens.ASKS,
        about=("ask", ask.pk),
    )


@writes(MailKind.ANSWER)
def write_answers(mails: Sequence[OutgoingEmail]) -> dict[int, Written]:
    """What came of an ask: an answer, thanks for one, or a case study."""
    written_up = [mail for mail in mails if "written_up" in mail.payload]
    answers = [mail for mail in mails if "written_up" not in mail.payload]
    return {**(_answers(answers) if answers else {}), **(_written_up(written_up) if written_up else {})}


def _answers(mails: Sequence[OutgoingEmail]) -> dict[int, Written]:
    """Somebody answered the reader’s ask, or said that the reader’s answer helped; nothing if it is gone."""
    unwanted = unwanted_among(mails, tokens.ANSWERS)
    ids = {mail.payload.get("comment") or mail.payload["helped"] for mail in mails}
    found = Comment.objects.published().filter(pk__in=ids, ask__state="published")
    answers = found.select_related("author", "ask__author", "ask__accepted").in_bulk()
    written: dict[int, Written] = {}
    for language, own in by_language(mails):
        with translation.override(language):
            for mail in own:
                helped = "helped" in mail.payload
                answer = answers.get(mail.payload.get("comment") or mail.payload["helped"])
                ask = answer.ask if answer else None
                if answer is None or ask is None or mail.pk in unwanted:
                    written[mail.pk] = Nothing("The answer is gone, or they do not want to be told.")
                elif (answer.author_id if helped else ask.author_id) != mail.reader.pk:
                    written[mail.pk] = Nothing("It is no longer theirs.")
                elif helped and ask.accepted_id != answer.pk:
                    written[mail.pk] = Nothing("Another answer was chosen since.")
                else:
                    written[mail.pk] = _helped(mail, ask, answer) if helped else _answer(mail, ask, answer)
    return written


def _answer(mail: OutgoingEmail, ask: Ask, answer: Comment) -> Written:
    names = {"title": ask.title, "who": name_of(answer.author)}
    return stoppable_notice(
        mail,
        {
            "subject_line": _("%(who)s answered: %(title)s") % names,
            "lead": _("%(who)s answered what you asked: “%(title)s”") % names,
            "words_from": _("%(who)s writes:") % names,
            "words": stories.excerpt(answer.body, WORDS_LENGTH),
            "action_url": tokens.absolute(address(answer)),
            "action_text": _("Read it and reply"),
            "more": _("If it helped, say so on the page: it then stands on top for everybody with the same problem."),
            "why": _("You get this mail because you asked."),
        },
        notice=tokens.ANSWERS,
        about=("ask", ask.pk),
    )


def _helped(mail: OutgoingEmail, ask: Ask, answer: Comment) -> Written:
    names = {"title": ask.title, "who": name_of(ask.author)}
    return stoppable_notice(
        mail,
        {
            "subject_line": _("Your answer helped: %(title)s") % names,
            "lead": _("%(who)s says that your answer to “%(title)s” helped. Thank you.") % names,
            "words_from": _("You wrote:"),
            "words": stories.excerpt(answer.body, WORDS_LENGTH),
            "action_url": tokens.absolute(address(answer)),
            "action_text": _("See it on the site"),
            "why": _("You get this mail because you answered."),
        },
        notice=tokens.ANSWERS,
        about=("ask", ask.pk),
    )


def _written_up(mails: Sequence[OutgoingEmail]) -> dict[int, Written]:
    """A case study began with the reader’s ask; nothing if one of the two is gone, or they were parted."""
    unwanted = unwanted_among(mails, tokens.ANSWERS)
    found = Ask.objects.published().filter(pk__in={mail.payload["ask"] for mail in mails})
    asks = found.select_related("accepted").in_bulk()
    written: dict[int, Written] = {}
    for language, own in by_language(mails):
        with translation.override(language):
            cards = stories.case_study_cards({mail.payload["written_up"] for mail in own})
            for mail in own:
                ask, card = asks.get(mail.payload["ask"]), cards.get(mail.payload["written_up"])
                theirs = ask is not None and ask.author_id == mail.reader.pk and mail.pk not in unwanted
                if ask is None or card is None or ask.case_study_id != mail.payload["written_up"] or not theirs:
                    written[mail.pk] = Nothing("The ask or its case study is gone, or they do not want to be told.")
                else:
                    written[mail.pk] = _became(mail, ask, card)
    return written


def _became(mail: OutgoingEmail, ask: Ask, card: dict[str, Any]) -> Written:
    names = {"title": ask.title, "case_study": card["title"], "who": card["byline"]}
    more = _("If it answers your question, close your ask on its page. Until you do, it stays open for more answers.")
    return stoppable_notice(
        mail,
        {
            "subject_line": _("Written up: %(title)s") % names,
            "lead": _("What you asked has become a case study: “%(case_study)s”") % names,
            "about": _("You asked: “%(title)s”") % names,
            "words_from": _("%(who)s writes:") % names,
            "words": card["summary"],
            "action_url": tokens.absolute(card["url"]),
            "action_text": _("Read the case study"),
            "more": more if ask.takes_answers and not ask.is_settled else "",
            "why": _("You get this mail because you asked."),
        },
        notice=tokens.ANSWERS,
        about=("ask", ask.pk),
    )
