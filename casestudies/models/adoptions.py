"""Adoption: somebody else tried it, and says what happened."""

from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from casestudies.choices import AdoptionAction, AdoptionStatus, Outcome, StopReason, WrittenBy
from core.dates import PartialDateField, check_order
from members.models import Organisation, Role
from members.permissions import is_editor
from moderation.locked_cases import can_handle_locked, closed_pages, numbers_locked
from moderation.models import OWN_ONLY, Contribution, ContributionState
from moderation.models.contributions import ContributionQuerySet
from moderation.permissions import can_moderate
from moderation.standing import may_contribute
from places.models import Place

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from casestudies.models.measures import AdoptionMeasure

KNOWN_OUTCOMES = (Outcome.WORKED, Outcome.PARTLY_WORKED, Outcome.DID_NOT_WORK)


class AdoptionQuerySet(ContributionQuerySet):
    def visible_to(self, user: Any) -> Self:
        """Published ones of case studies that the person may read. Twin of `permissions.can_read_adoption`."""
        return self.published().filter(case_study__in=self._readable(user))

    def of_person(self, user: Any) -> Self:
        """Whose record it is, in whatever state. Twin of `permissions._is_theirs`, which says why."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        unverified = Q(author=user) | Q(written_by=WrittenBy.EDITORS) if is_editor(user) else Q(author=user)
        spoken_for = Q(organisation__in=Organisation.objects.writable_by(user).values("pk"))
        return self.filter(spoken_for | (Q(verified=False) & unverified))

    def known_to(self, user: Any) -> Self:
        """Twin of `permissions.can_see_adoption`."""
        if can_handle_locked(user):
            return self.all()
        waiting = self.of_person(user).filter(state__in=OWN_ONLY)
        mine = Q(pk__in=waiting.values("pk")) & Q(case_study__in=self._readable(user))
        known = Q(pk__in=self.model.objects.visible_to(user).values("pk")) | mine
        if not can_moderate(user):
            return self.filter(known)
        closed = Q(pk__in=numbers_locked(self.model)) | Q(case_study__in=closed_pages(user))
        return self.filter(known | ~closed)

    def editable_by(self, user: Any) -> Self:
        """Twin of `permissions.can_edit_adoption`."""
        return self.withdrawable_by(user).filter(case_study__in=self._readable(user))

    def withdrawable_by(self, user: Any) -> Self:
        """Twin of `permissions.can_withdraw_adoption`."""
        if not may_contribute(user):
            return self.none()
        return self.of_person(user).filter(state__in=[*OWN_ONLY, ContributionState.PUBLISHED])

    def confirmable_by(self, user: Any) -> Self:
        """Twin of `permissions.can_confirm_adoption`."""
        spoken_for = Organisation.objects.with_role(user, Role.AUTHOR, Role.LEAD)
        if not may_contribute(user):
            return self.none()
        return self.filter(
            organisation__in=spoken_for.values("pk"),
            state__in=[*OWN_ONLY, ContributionState.PUBLISHED],
            case_study__in=self._readable(user),
        )

    @staticmethod
    def _readable(user: Any) -> Any:
        from casestudies.models.case_study import CaseStudyPage

        return CaseStudyPage.objects.visible_to(user).values("pk")

    def standing(self) -> Self:
        """Neither withdrawn nor declined: what a second record would repeat, also one that a moderator hid."""
        return self.exclude(state=ContributionState.REMOVED)

    def without_examples(self) -> Self:
        """Twin of `Adoption.is_example`."""
        invented_person = Q(author__is_demonstration=True) & ~Q(written_by=WrittenBy.EDITORS)
        return self.exclude(organisation__is_demonstration=True).exclude(invented_person)

    def with_known_outcome(self) -> Self:
        return self.filter(outcome__in=KNOWN_OUTCOMES)


class Adoption(Contribution):
    """One organisation tries what a case study describes, in one place.

    `verified` means that somebody with authority for the adopting organisation recorded or confirmed it (its authors
    and leads); what a practitioner recorded, and a moderator let through, is not verified until they do.
    `written_by` editors means that the network wrote it up from `source_url`. `reasons` are codes of `StopReason`.
    `own_case_study` is the adopter's own account, and the next branch of the family tree.
    """

    case_study = models.ForeignKey("casestudies.CaseStudyPage", on_delete=models.CASCADE, related_name="adoptions")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="adoptions")
    place = models.ForeignKey(
        Place, verbose_name=_("place"), null=True, blank=True, on_delete=models.SET_NULL, related_name="adoptions"
    )
    status = models.CharField(_("where it stands"), max_length=12, choices=AdoptionStatus)
    started = PartialDateField(_("started"), help_text=_("A year, like 2013, or a month, like 2013-03"))
    ended = PartialDateField(_("ended"))
    outcome = models.CharField(_("did it work?"), max_length=20, choices=Outcome, blank=True)
    reasons = models.JSONField(_("why it stopped or did not work"), default=list, blank=True)
    other_reason = models.CharField(_("the other reason"), max_length=200, blank=True)
    changed = models.TextField(_("what you changed"), max_length=2000, blank=True)
    words = models.TextField(_("what happened"), max_length=2000, blank=True)
    own_case_study = models.ForeignKey(
        "casestudies.CaseStudyPage", null=True, blank=True, on_delete=models.SET_NULL, related_name="adopted_from"
    )
    verified = models.BooleanField(default=False)
    written_by = models.CharField(max_length=12, choices=WrittenBy, default=WrittenBy.ORGANISATION)
    source_title = models.CharField(_("source"), max_length=200, blank=True)
    source_url = models.URLField(_("address of the source"), max_length=500, blank=True)
    confirmed_on = models.DateField(_("last confirmed"), null=True, blank=True)
    nudged_months = models.PositiveSmallIntegerField(default=0)

    if TYPE_CHECKING:
        measures: RelatedManager[AdoptionMeasure]
        measure_list: list[AdoptionMeasure]  # where a selector has fetched them with the adoption
        changes: RelatedManager["AdoptionChange"]

    objects: ClassVar[Any] = AdoptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("adoption")
        verbose_name_plural = _("adoptions")
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["state", "state_changed_at"], name="adoption_waiting")]
        constraints = [
            models.UniqueConstraint(
                fields=["case_study", "organisation", "place"],
                condition=~Q(state="removed"),
                name="adoption_once_in_a_place",
            ),
            models.UniqueConstraint(
                fields=["case_study", "organisation"],
                condition=Q(place=None) & ~Q(state="removed"),
                name="adoption_once_without_place",
            ),
            models.CheckConstraint(
                condition=Q(own_case_study=None) | ~Q(own_case_study=models.F("case_study")),
                name="adoption_not_of_itself",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "held", "published", "hidden", "removed"]), name="adoption_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.case_study}"

    def clean(self) -> None:
        super().clean()
        check_order(self.started, self.ended)
        if self.ended and self.status != AdoptionStatus.STOPPED:
            raise ValidationError({"status": _("It has an end date. Choose “Stopped”, or remove the date.")})

    @property
    def has_known_outcome(self) -> bool:
        return self.outcome in KNOWN_OUTCOMES

    @property
    def is_example(self) -> bool:
        """Made up by a demonstration. What the editors wrote from a source happened, whoever plays the editor there."""
        invented = bool(self.author and self.author.is_demonstration) and self.written_by != WrittenBy.EDITORS
        return self.organisation.is_demonstration or invented

    @property
    def reason_labels(self) -> list[str]:
        """The reasons in words; the adopter's own words stand for “something else”."""
        labels = dict(StopReason.choices)
        return [
            str(self.other_reason if code == StopReason.OTHER and self.other_reason else labels.get(code, code))
            for code in self.reasons
        ]


class AdoptionChange(models.Model):
    """One step in the history of an adoption: what changed, from what to what. Rows are added, never altered."""

    adoption = models.ForeignKey(Adoption, on_delete=models.CASCADE, related_name="changes")
    action = models.CharField(max_length=20, choices=AdoptionAction)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    before = models.JSONField(default=dict, blank=True)
    after = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("change of an adoption")
        verbose_name_plural = _("changes of adoptions")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.adoption_id}: {self.action}"
