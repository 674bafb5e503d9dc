"""The words of this room's letters; allauth's own mails have theirs in `digests`."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from core import post


@post.words("second_step_taken_off", sample={})
def _taken_off(facts: post.Facts) -> post.Words:
    return post.Words(
        subject=_("Your second step was taken off"),
        lead=_("Those who run the network have taken the second step off your account"),
        before=[
            _("They were told that your phone or key is lost. You are signed out everywhere."),
            _("If you did not ask for this, answer this mail at once, and set a new password."),
        ],
        url=settings.BASE_URL + reverse("account_login"),
        action=_("Sign in and set up a new one"),
    )
