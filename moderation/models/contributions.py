"""What people contribute, and the state that moderation keeps for it."""

from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from accounts.models import User


class ContributionState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    HELD = "held", _("Waiting for a moderator")
    PUBLISHED = "published", _("Published")
    HIDDEN = "hidden", _("Hidden")
    REMOVED = "removed", _("Removed")


# The only moves there are. Declining and deleting end in “removed”; asking for changes gives it back as a draft.
MOVES: dict[str, frozenset[str]] = {
    ContributionState.DRAFT: frozenset(
        {ContributionState.HELD, ContributionState.PUBLISHED, ContributionState.REMOVED}
    ),
    ContributionState.HELD: frozenset(
        {
            ContributionState.HELD,
            ContributionState.PUBLISHED,
            ContributionState.DRAFT,
            ContributionState.REMOVED,
        }
    ),
    ContributionState.PUBLISHED: frozenset(
        {
            ContributionState.PUBLISHED,
            ContributionState.HELD,
            ContributionState.HIDDEN,
            ContributionState.REMOVED,
        }
    ),
    # Hidden again: what readers’ reports hid, a moderator then hides with a reason.
    ContributionState.HIDDEN: frozenset(
        {ContributionState.HIDDEN, ContributionState.PUBLISHED, ContributionState.REMOVED}
    ),
    ContributionState.REMOVED: frozenset(),
}

# What a moderator declined can come back: the decision was taken back, or overturned on appeal. What its author
# removed never does. Which of the two it was, `state_reasons` says (`ReasonCode.DECISION` or `BY_AUTHOR`).
RETURNS = frozenset({ContributionState.HELD, ContributionState.PUBLISHED})

# What a new row may be. Services begin with a draft or with what waits; what is loaded in bulk may be public at once.
# Hidden and removed say that somebody took a thing away, and nobody has.
BIRTHS = frozenset({ContributionState.DRAFT, ContributionState.HELD, ContributionState.PUBLISHED})

OWN_ONLY = (ContributionState.HELD, ContributionState.DRAFT)


class ContributionQuerySet(models.QuerySet[Any]):
    def published(self) -> Self:
        return self.filter(state=ContributionState.PUBLISHED)

    def held(self) -> Self:
        return self.filter(state=ContributionState.HELD)

    def shown_to(self, user: "User | Any") -> Self:
        """Published ones, and a person's own that wait for a moderator or for the person's changes."""
        published = models.Q(state=ContributionState.PUBLISHED)
        if not user.is_authenticated:
            return self.filter(published)
        return self.filter(published | models.Q(author=user, state__in=OWN_ONLY))


class Contribution(models.Model):
    """Something that a person adds and a moderator may judge: a comment, an ask, a record.

    `state_reasons` are the codes of why it is in its state (`moderation.policy.ReasonCode`); the policy has the words.
    `state_changed_at` is when it came into it: how long a held one has waited counts from there. Only
    `moderation.services` changes the state.
    """

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="%(class)ss"
    )
    state = models.CharField(_("state"), max_length=10, choices=ContributionState, default=ContributionState.HELD)
    state_reasons = models.JSONField(default=list, blank=True)
    state_changed_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = ContributionQuerySet.as_manager()

    class Meta:
        abstract = True
