"""The words of the lowest room's letters."""

from django.utils.translation import gettext as _

from core import post
from core.dates import readable
from core.post import Facts, Words

_SAMPLE = {"title": "Illegal content risk assessment 2026", "day": "2026-12-01", "url": "https://network.example/"}


def _dated(facts: Facts) -> Facts:
    """With the day in the words of the reader's language."""
    return {**facts, "day": readable(facts["day"], "day")}


def _why() -> str:
    return _("You get this because you administer the network.")


@post.words("record_due_soon", sample=_SAMPLE)
def record_due_soon(facts: Facts) -> Words:
    facts = _dated(facts)
    return Words(
        subject=_("To be reviewed by %(day)s: %(title)s") % facts,
        lead=_("One of the records that the law asks you to keep is due for its review."),
        before=[_("“%(title)s” is to be reviewed by %(day)s.") % facts],
        url=facts["url"],
        action=_("Open the record"),
        why=_why(),
    )


@post.words("record_due", sample=_SAMPLE)
def record_due(facts: Facts) -> Words:
    facts = _dated(facts)
    return Words(
        subject=_("Due for review now: %(title)s") % facts,
        lead=_("The review of one of the records that the law asks you to keep is due."),
        before=[
            _("“%(title)s” was to be reviewed by %(day)s. Write a new version, with a new date of review.") % facts
        ],
        url=facts["url"],
        action=_("Open the record"),
        why=_why(),
    )


@post.words("record_missing", sample={**_SAMPLE, "title": "Illegal content risk assessment"})
def record_missing(facts: Facts) -> Words:
    facts = _dated(facts)
    return Words(
        subject=_("Not written yet: %(title)s") % facts,
        lead=_("One of the records that the law asks whoever runs this network to make is not there."),
        before=[
            _("“%(title)s” is to be written by %(day)s: within three months of going live.") % facts,
            _("If it was written somewhere else, add it with its date, so that its review is not forgotten."),
        ],
        url=facts["url"],
        action=_("Write it"),
        why=_why(),
    )


@post.words(
    "terms_change",
    sample={"day": "2027-03-01", "what": "Photos are kept for one year.", "url": "https://network.example/terms/"},
)
def terms_change(facts: Facts) -> Words:
    facts = _dated(facts)
    return Words(
        subject=_("Our terms or our privacy notice change on %(day)s") % facts,
        lead=_("From %(day)s something is different in the terms or the privacy notice of Connected Localism:") % facts,
        before=[*facts["what"].splitlines()],
        url=facts["url"],
        action=_("Read the terms"),
        lines=[
            _("Until then everything stays as it is. If you do not agree, you can delete your account before that day.")
        ],
        why=_("You get this because you have an account. It is sent once."),
    )
