"""The words for what a programme is, whether it can be used, and how a place is summed up."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ProgrammeKind(models.TextChoices):
    RIGHT = "right", _("Right in law")
    FUND = "fund", _("Funded programme")
    WAY = "way", _("Way of working")


class Use(models.TextChoices):
    """What somebody found who looked on a certain day."""

    OPEN = "open", _("Can be used now")
    ASK = "ask", _("Ask before you rely on it")
    CLOSED = "closed", _("Closed")


class SummingUp(models.TextChoices):
    """What an editor did to what a place could mean for others."""

    FIRST = "first", _("Summed up")
    ANEW = "anew", _("Summed up anew")


class LinkKind(models.TextChoices):
    """Where a link stands on the page of a programme."""

    LAW = "law", _("The law itself")
    GUIDANCE = "guidance", _("Guidance for those who use it")
    SOURCE = "source", _("Where the facts on this page come from")
