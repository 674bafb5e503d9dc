"""The mail that says that another place tries what its reader wrote about, and how it went."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from casestudies.models import Adoption
from casestudies.selectors.due import originators
from digests import adoption_news, stories, tokens
from digests.models import MailKind, OutgoingEmail
from digests.rendering.letters import Nothing, Written, writes
from digests.rendering.notices import by_language, stoppable_notice, unwanted_among


@writes(MailKind.ADOPTION)
def write_adoptions(mails: Sequence[OutgoingEmail]) -> dict[int, Written]:
    """Another place tries what the reader wrote about; nothing if it is gone, or is no longer the reader's."""
    unwanted = unwanted_among(mails, tokens.ADOPTIONS)
    insiders = stories.readers_of_members_text({mail.reader.pk for mail in mails})
    adoptions = adoption_news.published({mail.payload["adoption"] for mail in mails})
    pages = [one.case_study for one in adoptions.values() if one.case_study.live]
    theirs = originators(pages) if pages else {}
    written: dict[int, Written] = {}
    for language, own in by_language(mails):
        with translation.override(language):
            for mail in own:
                adoption = adoptions.get(mail.payload["adoption"])
                if adoption is None or mail.pk in unwanted:
                    written[mail.pk] = Nothing("The adoption is gone, or they no longer want to be told.")
                elif mail.reader.pk not in theirs.get(adoption.case_study_id, ()):
                    written[mail.pk] = Nothing("The case study is gone, or is no longer theirs.")
                elif adoption.case_study.is_members_only and mail.reader.pk not in insiders:
                    written[mail.pk] = Nothing("Its reader may no longer read it.")
                else:
                    written[mail.pk] = _adoption(mail, adoption)
    return written


def _adoption(mail: OutgoingEmail, adoption: Adoption) -> Written:
    words = adoption_news.sentence(adoption)
    return stoppable_notice(
        mail,
        {
            "subject_line": f"{adoption_news.sentence(adoption, with_reasons=False)}: {adoption.case_study.title}",
            "lead": words,
            "about": _about(adoption),
            "words_from": _("What happened:"),
            "words": stories.excerpt(adoption.words, 400),
            "action_url": tokens.absolute(reverse("adoption", args=[adoption.pk])),
            "action_text": _("Read it and write to them"),
            "more": _(
                "The record has a thread of its own: ask what they changed, or say what you would do now. It is "
                "theirs, so you cannot alter it; if something in it is wrong, you can report it."
            ),
            "why": _("You get this mail because you wrote the case study, or look after it for your organisation."),
        },
        notice=tokens.ADOPTIONS,
        about=("case_study", adoption.case_study_id),
    )


def _about(adoption: Adoption) -> str:
    """Which case study, and whose word it is where it is not the adopting organisation's own."""
    names = {"title": adoption.case_study.title, "source": adoption_news.source_of(adoption)}
    if names["source"]:
        return _("This is about “%(title)s”. It is %(source)s.") % names
    return _("This is about “%(title)s”.") % names
