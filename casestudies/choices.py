"""The words of the convention: outcomes, stages, comparisons."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Outcome(models.TextChoices):
    WORKED = "worked", _("Worked")
    PARTLY_WORKED = "partly_worked", _("Partly worked")
    DID_NOT_WORK = "did_not_work", _("Did not work")
    TOO_EARLY = "too_early", _("Too early to say")


class Stage(models.TextChoices):
    IDEA = "idea", _("Idea")
    TRIAL = "trial", _("Trial")
    RUNNING = "running", _("Running")
    SCALED = "scaled", _("Scaled up")
    ENDED = "ended", _("Ended")


class Audience(models.TextChoices):
    PUBLIC = "public", _("Everybody")
    MEMBERS = "members", _("Members only")


class WrittenBy(models.TextChoices):
    ORGANISATION = "organisation", _("The organisation itself")
    EDITORS = "editors", _("The network’s editors, from public sources")


class Better(models.TextChoices):
    HIGHER = "higher", _("Higher is better")
    LOWER = "lower", _("Lower is better")


class Comparison(models.TextChoices):
    NONE = "none", _("No comparison")
    BEFORE_AND_AFTER = "before_and_after", _("Before and after")
    COMPARISON_GROUP = "comparison_group", _("A comparison group or place")
    RANDOMISED = "randomised", _("Randomised")


class NeedKind(models.TextChoices):
    PEOPLE = "people", _("People")
    PROCESS = "process", _("Process")
    TOOLS = "tools", _("Tools")
    MONEY = "money", _("Money")


class SourceKind(models.TextChoices):
    OFFICIAL = "official", _("Official")
    EVALUATION = "evaluation", _("Evaluation")
    PRESS = "press", _("Press")
    OTHER = "other", _("Other")


MAX_TOPICS = 5
