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


class Prices(models.TextChoices):
    """In whose money an amount stands; a change in money says which, because ten years of inflation are a third."""

    AS_PAID = "as_paid", _("As paid at the time")
    ADJUSTED = "adjusted", _("Adjusted for inflation")


class IndicatorState(models.TextChoices):
    PROPOSED = "proposed", _("Proposed by an author")
    AGREED = "agreed", _("Agreed by the network")
    MERGED = "merged", _("Merged into another")


class AdoptionStatus(models.TextChoices):
    INTERESTED = "interested", _("Interested")
    PLANNING = "planning", _("Planning")
    TRYING = "trying", _("Trying")
    RUNNING = "running", _("Running")
    STOPPED = "stopped", _("Stopped")


class StopReason(models.TextChoices):
    """Why an adoption stopped or did not work."""

    LEADERSHIP = "leadership", _("Leadership")
    MONEY = "money", _("Money")
    PEOPLE = "people", _("People")
    RULES = "rules", _("Rules")
    TECHNOLOGY = "technology", _("Technology")
    CONTEXT = "context", _("Our place is different")
    NO_EFFECT = "no_effect", _("It had no effect")
    OTHER = "other", _("Something else")


class AdoptionAction(models.TextChoices):
    """What was done to the record of an adoption."""

    RECORDED = "recorded", _("Recorded")
    CORRECTED = "corrected", _("Corrected")
    STATUS_CHANGED = "status_changed", _("Status changed")
    CONFIRMED = "confirmed", _("Confirmed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


MAX_TOPICS = 5
