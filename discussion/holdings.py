"""What the discussion's room keeps of a person."""

import re
from typing import Any

from django.db.models import Case, F, Value, When
from django.utils.translation import gettext_lazy as _

from core.personal_data import cuts, deletes, register, table
from discussion.models import Ask, AskBacker, AskVersion, Comment, CommentMention, CommentVersion
from moderation.models import ContributionState

ANONYMOUS = _("Stays, by “Somebody who has left”. Delete one first if you do not want it to stay.")


def _title_of_public_ask() -> Case:
    """Nothing of one that was hidden since: its words are its asker’s alone."""
    return Case(When(ask__state=ContributionState.PUBLISHED, then=F("ask__title")), default=Value(""))


def _mentions(person: Any) -> Any:
    return CommentMention.objects.filter(person=person.pk).order_by("pk")


def _forget_mentions(person: Any) -> int:
    """In the words of others the name goes too: it stands there so that the person is told."""
    names = {person.name}
    for mention in _mentions(person).select_related("comment"):
        comment = mention.comment
        names.add(mention.written)
        if comment.body:
            words = str(_("somebody who has left"))
            Comment.objects.filter(pk=comment.pk).update(body=comment.body.replace(f"@{mention.written}", words))
    for name in filter(None, names):
        _forget_in_versions(name)
    return deletes(_mentions)(person)


def _forget_in_versions(name: str) -> None:
    """Nothing says of an earlier version whom it named. Somebody else of that name loses it there too, where only
    moderators read it.
    """
    named = re.compile(rf"@{re.escape(name)}(?!\w)", re.IGNORECASE)
    for version in CommentVersion.objects.filter(body__icontains=f"@{name}"):
        version.body = named.sub(lambda _match: str(_("somebody who has left")), version.body)
        version.save(update_fields=["body"])


register(
    table(
        name="comments",
        order=30,
        what=_("Your comments and answers"),
        find=lambda person: (
            Comment.objects.filter(author=person.pk).annotate(ask_title=_title_of_public_ask()).order_by("pk")
        ),
        fields={
            "id": _("number"),
            "created_at": _("when"),
            "page__title": _("on which page"),
            "place__name": _("about which place"),
            "ask_title": _("on which ask"),
            "adoption": _("number of the adoption that it is about"),
            "body": _("what you wrote"),
            "edited_at": _("when you changed it"),
            "state": _("whether it is public"),
            "state_reasons": _("why it is in that state"),
        },
        columns=("discussion.comment.author",),
        on_leaving=ANONYMOUS,
        erase=cuts(Comment, "author"),
    ),
    table(
        name="comments-before",
        order=30,
        what=_("What your comments and answers said before you changed them"),
        find=lambda person: CommentVersion.objects.filter(comment__author=person.pk).order_by("pk"),
        fields={
            "comment": _("number of the comment"),
            "replaced_at": _("when you changed it"),
            "body": _("what you wrote"),
        },
        on_leaving=_("Stays with them, for moderators alone."),
    ),
    table(
        name="mentions",
        order=31,
        what=_("Comments that name you"),
        find=_mentions,
        fields={"comment": _("number of the comment"), "written": _("your name as it stands there")},
        columns=("discussion.commentmention.person",),
        on_leaving=_("Your name is taken out."),
        erase=_forget_mentions,
    ),
    table(
        name="asks",
        order=32,
        what=_("What you asked"),
        find=lambda person: Ask.objects.filter(author=person.pk).order_by("pk"),
        fields={
            "id": _("number"),
            "created_at": _("when"),
            "title": _("the question"),
            "body": _("the problem"),
            "state": _("whether it is public"),
            "state_reasons": _("why it is in that state"),
            "closed_at": _("when it was closed"),
            "closed_reason": _("why it was closed"),
        },
        columns=("discussion.ask.author",),
        on_leaving=ANONYMOUS,
        erase=cuts(Ask, "author"),
    ),
    table(
        name="asks-before",
        order=32,
        what=_("What your asks said before you changed them"),
        find=lambda person: AskVersion.objects.filter(ask__author=person.pk).order_by("pk"),
        fields={
            "ask": _("number of the ask"),
            "replaced_at": _("when you changed it"),
            "title": _("the question"),
            "body": _("the problem"),
        },
        on_leaving=_("Stays with them, for moderators alone."),
    ),
    table(
        name="asks-backed",
        order=33,
        what=_("Asks of others that you have too"),
        find=lambda person: (
            AskBacker.objects.filter(person=person.pk).annotate(ask_title=_title_of_public_ask()).order_by("pk")
        ),
        fields={"ask_title": _("the question"), "created_at": _("when you said so")},
        columns=("discussion.askbacker.person",),
        on_leaving=_("Deleted."),
        erase=deletes(lambda person: AskBacker.objects.filter(person=person.pk)),
    ),
)
