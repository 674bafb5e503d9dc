"""What staff may set about moderation, in the CMS. `moderation.policy.Rules` is what the policy reads."""

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

BLOCKED_WORDS = "\n".join(["viagra", "casino", "crypto giveaway", "payday loan", "essay writing service"])


@register_setting(icon="view")
class ModerationSettings(BaseGenericSetting):
    """The numbers and words of the policy in force. `/moderation-policy/` shows the numbers to everybody, and not the
    words: a list of them would tell advertisers what to avoid.
    """

    approvals_for_trust = models.PositiveSmallIntegerField(
        _("approvals that earn trust"),
        default=2,
        validators=[MinValueValidator(1)],
        help_text=_("Until then a moderator looks at everything that a person contributes."),
    )
    forget_rejections_after_days = models.PositiveIntegerField(
        _("days until a refusal no longer counts"),
        default=365,
        validators=[MinValueValidator(1)],
    )
    max_links = models.PositiveSmallIntegerField(_("links that need no second look"), default=2)
    max_per_hour = models.PositiveSmallIntegerField(
        _("contributions an hour that need no second look"), default=10, validators=[MinValueValidator(1)]
    )
    max_open_reports = models.PositiveSmallIntegerField(
        _("open reports about a person that need no second look"), default=1
    )
    reports_that_hide = models.PositiveSmallIntegerField(
        _("independent reports that hide something until a moderator has looked"),
        default=3,
        help_text=_("A report without an account counts half. 0: never. Pages are never hidden in this way."),
    )
    blocked_words = models.TextField(
        _("words that always need a look"),
        default=BLOCKED_WORDS,
        blank=True,
        help_text=_("One word or phrase a line. Whole words; capitals make no difference."),
    )

    page_working_days = models.PositiveSmallIntegerField(
        _("working days to decide about a page"),
        default=5,
        validators=[MinValueValidator(1)],
        help_text=_("Authors and reviewers see the day; after it the page is marked as overdue."),
    )

    panels = [
        MultiFieldPanel(
            [FieldPanel("approvals_for_trust"), FieldPanel("forget_rejections_after_days")], heading=_("Trust")
        ),
        MultiFieldPanel(
            [
                FieldPanel("max_links"),
                FieldPanel("max_per_hour"),
                FieldPanel("max_open_reports"),
                FieldPanel("reports_that_hide"),
                FieldPanel(
                    "blocked_words",
                    help_text=_(
                        "One word or phrase a line, whole words in any case. The public is not shown the list."
                    ),
                ),
            ],
            heading=_("What is held"),
        ),
        FieldPanel("page_working_days"),
    ]

    class Meta:
        verbose_name = _("moderation policy")

    def __str__(self) -> str:
        return str(_("Moderation policy"))
