"""The words of the mails about one's data."""

from django.utils.translation import gettext as _

from core import post
from core.post import Facts, Words


@post.words("data_ready", sample={"url": "https://network.example/account/data/file/sample/"})
def data_ready(facts: Facts) -> Words:
    return Words(
        subject=_("Your data are ready to download"),
        lead=_("All that we hold about you is in one file."),
        url=facts["url"],
        action=_("Download your data"),
        lines=[
            _("The link works for a week, for you alone: you have to be signed in. Then we erase the file."),
            _("If you did not ask for this, change your password and tell us."),
        ],
        why=_("You get this because somebody who was signed in as you asked for a copy of your data."),
    )


@post.words("leaving_confirm", sample={"url": "https://network.example/account/delete/confirm/sample/"})
def leaving_confirm(facts: Facts) -> Words:
    return Words(
        subject=_("Confirm that you want to delete your account"),
        lead=_("You asked to delete your account. Please confirm that it was you."),
        url=facts["url"],
        action=_("Go on and delete my account"),
        lines=[_("The link works for a day. If it was not you, do nothing: your account stays.")],
        why=_("You get this because somebody who was signed in as you asked to delete your account."),
    )


@post.words("leaving_asked", sample={"url": "https://network.example/account/keep/sample/", "day": "7 December 2026"})
def leaving_asked(facts: Facts) -> Words:
    return Words(
        subject=_("Your account will be deleted on %(day)s") % {"day": facts["day"]},
        lead=_("You asked us to delete your account. We do so on %(day)s.") % {"day": facts["day"]},
        lines=[
            _("Until then everything stays as it is. You can think again: with this button, or on your account page."),
            _("What you contributed stays without your name. What you wrote for an organisation stays with it."),
        ],
        url=facts["url"],
        action=_("Keep my account"),
        why=_("You get this because somebody who was signed in as you asked to delete your account."),
    )


@post.words("leaving_done", sample={})
def leaving_done(facts: Facts) -> Words:
    return Words(
        subject=_("Your account has been deleted"),
        lead=_("Your name, your address and everything that was only yours are gone from the site."),
        lines=[
            _("What you contributed stays, by “Somebody who has left”. We forget that we wrote you this in 28 days."),
        ],
        why=_("You get this because you asked us to delete your account. It is the last mail."),
    )
