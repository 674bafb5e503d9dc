"""The mail that says that a comment names its reader."""

from collections.abc import Sequence

from django.utils import translation
from django.utils.translation import gettext as _

from digests import stories, tokens
from digests.models import MailKind, OutgoingEmail
from digests.rendering.letters import Nothing, Written, writes
from digests.rendering.notices import by_language, publications, stoppable_notice, unwanted_among
from discussion.models import CommentMention


@writes(MailKind.MENTION)
def write_mentions(mails: Sequence[OutgoingEmail]) -> dict[int, Written]:
    """Nothing if the comment is gone, no longer names the reader, or may no longer be read by them."""
    people = {mail.reader.pk for mail in mails}
    ids = {mail.payload["comment"] for mail in mails}
    unwanted = unwanted_among(mails, tokens.MENTIONS)
    insiders = stories.readers_of_members_text(people)
    named = set(CommentMention.objects.filter(comment__in=ids, person__in=people).values_list("comment", "person"))
    events = publications(ids)
    written: dict[int, Written] = {}
    for language, own in by_language(mails):
        with translation.override(language):
            told = stories.load(events.values())
            for mail in own:
                comment, person = mail.payload["comment"], mail.reader.pk
                story = told.get(events[comment].pk) if comment in events else None
                if story is None or (comment, person) not in named or mail.pk in unwanted:
                    written[mail.pk] = Nothing("The comment is gone, names them no more, or is not wanted.")
                elif story.members_only and person not in insiders:
                    written[mail.pk] = Nothing("Its reader may no longer read it.")
                else:
                    written[mail.pk] = _mention(mail, story)
    return written


def _mention(mail: OutgoingEmail, story: stories.Story) -> Written:
    names = {"who": story.voice, "title": story.title}
    return stoppable_notice(
        mail,
        {
            "subject_line": _("%(who)s named you: %(title)s") % names,
            "lead": _("%(who)s named you in a comment on “%(title)s”.") % names,
            "words_from": _("%(who)s writes:") % names,
            "words": story.words,
            "action_url": tokens.absolute(story.url),
            "action_text": _("Read it and answer"),
            "why": _("You get this mail because a comment names you."),
        },
        notice=tokens.MENTIONS,
        about=story.root,
    )
