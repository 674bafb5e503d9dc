"""How long this room keeps what it knows of people."""

from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.utils.translation import gettext_lazy as _

from core.retention import Rule, register

register(
    Rule(
        name="where-signed-in",
        order=21,
        what=_("From where, and with which browser, you are signed in on a device"),
        kept=timedelta(0),
        since=_("its end: when you sign out, or two weeks after you signed in"),
        why=_("So that you see where you are signed in, and can end it"),
        due=lambda now: UserSession.objects.exclude(
            session_key__in=Session.objects.filter(expire_date__gte=now).values("session_key")
        ),
    ),
)
