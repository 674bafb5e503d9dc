"""Signing off a page without an account in the CMS: one link, one person, one text, one use."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from moderation.models.decisions import Decision
from moderation.models.tasks import ReviewTaskState


class ApprovalLink(models.Model):
    """A link that lets one address decide the organisation's step about one text.

    It is bound to the step and to the fingerprint of what was submitted: whatever happens to either ends it. `person`
    is the approver with an account whom it was sent to; without one, `asked_by` (an author or lead of the
    organisation) vouched for the address. The address in its mail carries the number of this row, signed.
    """

    step = models.ForeignKey(ReviewTaskState, on_delete=models.CASCADE, related_name="approval_links")
    content_hash = models.CharField(max_length=64)
    email = models.EmailField(_("email address"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    decision = models.OneToOneField(
        Decision, null=True, blank=True, on_delete=models.PROTECT, related_name="approval_link"
    )

    class Meta:
        verbose_name = _("link to sign off")
        verbose_name_plural = _("links to sign off")
        constraints = [models.UniqueConstraint(fields=["step", "email"], name="approval_link_once")]

    def __str__(self) -> str:
        return f"{self.step_id} ({self.created_at:%Y-%m-%d})"
