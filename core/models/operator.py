"""What only the operator knows: who runs this installation, and what the law wants said in their name."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting
from wagtail.fields import RichTextField

FEATURES = ["h3", "bold", "italic", "ol", "ul", "link"]


# Where the operator says nothing else. What is promised in the form of a complaint is what its clock runs for.
DAYS_FOR_COMPLAINTS = 10


class Law(models.TextChoices):
    ENGLAND_AND_WALES = "england_and_wales", _("England and Wales")
    SCOTLAND = "scotland", _("Scotland")
    NORTHERN_IRELAND = "northern_ireland", _("Northern Ireland")


class Compliance(models.TextChoices):
    FULL = "full", _("fully compliant")
    PARTIAL = "partial", _("partially compliant")
    NOT = "not", _("not compliant")


@register_setting(icon="user")
class OperatorSettings(BaseGenericSetting):
    """The operator's part of the privacy notice, the cookie page, the terms, the complaints page and the accessibility
    statement. The software knows the rest. What is empty is shown as not completed yet (`core.legal`).
    """

    controller_name = models.CharField(_("name of the organisation that runs this site"), max_length=200, blank=True)
    controller_address = models.TextField(_("postal address"), blank=True, max_length=1000)
    contact_email = models.EmailField(_("email address for questions"), blank=True)
    contact_phone = models.CharField(_("telephone number"), max_length=40, blank=True)
    data_protection_contact = models.TextField(
        _("data protection officer, or who answers for data protection"),
        blank=True,
        max_length=1000,
        help_text=_("Name or post, and how to reach them. Public bodies must have a data protection officer."),
    )
    ico_number = models.CharField(_("registration number with the Information Commissioner"), max_length=20, blank=True)
    accountable_person = models.CharField(
        _("who is accountable for illegal content"),
        max_length=200,
        blank=True,
        help_text=_("Name or post of the person in charge of the duties of the Online Safety Act (Ofcom, measure A2)."),
    )
    lawful_basis = RichTextField(
        _("lawful basis"),
        blank=True,
        features=FEATURES,
        help_text=_("For accounts and what is published, for digests, and for moderation: which basis you rely on."),
    )
    recipients = RichTextField(
        _("who receives personal data"),
        blank=True,
        features=FEATURES,
        help_text=_("Your suppliers: hosting, mail, file storage."),
    )
    transfers = RichTextField(
        _("transfers abroad"),
        blank=True,
        features=FEATURES,
        help_text=_("Where the data are held, and what protects them if that is outside the United Kingdom."),
    )
    privacy_more = RichTextField(_("more for the privacy notice"), blank=True, features=FEATURES)

    law = models.CharField(_("law that the terms follow"), max_length=20, choices=Law, blank=True)
    terms_more = RichTextField(_("more for the terms"), blank=True, features=FEATURES)
    complaints_email = models.EmailField(_("email address for complaints"), blank=True)
    complaints_days = models.PositiveSmallIntegerField(
        _("days within which a complaint is usually answered"), null=True, blank=True
    )
    complaints_more = RichTextField(_("more for the complaints page"), blank=True, features=FEATURES)

    accessibility_email = models.EmailField(_("email address for accessibility"), blank=True)
    accessibility_phone = models.CharField(_("telephone number for accessibility"), max_length=40, blank=True)
    accessibility_days = models.PositiveSmallIntegerField(
        _("days within which a request for another format is answered"), null=True, blank=True
    )
    accessibility_status = models.CharField(_("compliance status"), max_length=10, choices=Compliance, blank=True)
    accessibility_problems = RichTextField(
        _("what does not meet the standard"),
        blank=True,
        features=FEATURES,
        help_text=_(
            "What fails, which success criterion of WCAG 2.2, what people can use instead, and when it is mended."
        ),
    )
    accessibility_burden = RichTextField(_("disproportionate burden"), blank=True, features=FEATURES)
    accessibility_tested = models.TextField(_("how it was tested, by whom and when"), blank=True, max_length=2000)
    accessibility_prepared = models.DateField(_("statement prepared on"), null=True, blank=True)
    accessibility_reviewed = models.DateField(_("statement last reviewed on"), null=True, blank=True)

    change_from = models.DateField(
        _("day from which the change holds"),
        null=True,
        blank=True,
        help_text=_(
            "Everybody with an account is told by mail, once, the morning after you save this. Give them a month or "
            "more, and change the words of the pages on the day itself."
        ),
    )
    change_words = models.TextField(
        _("what changes in the terms or the privacy notice"),
        blank=True,
        max_length=1500,
        help_text=_("In a few plain sentences: what it was, what it will be, and why."),
    )
    # How far the mail about which change has come: everybody with a number up to this one has it.
    change_told_of = models.DateField(null=True, blank=True, editable=False)
    change_told_to = models.BigIntegerField(default=0, editable=False)

    panels = [
        HelpPanel(
            _(
                "These words stand on the privacy notice, the cookie page, the terms, the complaints page and the "
                "accessibility statement. What you leave empty is shown there as not completed yet."
            )
        ),
        MultiFieldPanel(
            [
                FieldPanel("controller_name"),
                FieldPanel("controller_address"),
                FieldPanel("contact_email"),
                FieldPanel("contact_phone"),
                FieldPanel("accountable_person"),
            ],
            heading=_("Who runs this site"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("data_protection_contact"),
                FieldPanel("ico_number"),
                FieldPanel("lawful_basis"),
                FieldPanel("recipients"),
                FieldPanel("transfers"),
                FieldPanel("privacy_more"),
            ],
            heading=_("Privacy notice"),
        ),
        MultiFieldPanel([FieldPanel("law"), FieldPanel("terms_more")], heading=_("Terms")),
        MultiFieldPanel(
            [FieldPanel("change_from"), FieldPanel("change_words")],
            heading=_("A change of the terms or the privacy notice"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("complaints_email"),
                FieldPanel("complaints_days", help_text=_("10 if you leave it empty. The clock of each runs for it.")),
                FieldPanel("complaints_more"),
            ],
            heading=_("Complaints"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("accessibility_email"),
                FieldPanel("accessibility_phone"),
                FieldPanel("accessibility_days"),
                FieldPanel("accessibility_status"),
                FieldPanel("accessibility_problems"),
                FieldPanel("accessibility_burden"),
                FieldPanel("accessibility_tested"),
                FieldPanel("accessibility_prepared"),
                FieldPanel("accessibility_reviewed"),
            ],
            heading=_("Accessibility statement"),
        ),
    ]

    class Meta:
        verbose_name = _("operator and legal pages")

    def __str__(self) -> str:
        return str(_("Operator and legal pages"))

    def clean(self) -> None:
        if bool(self.change_from) != bool(self.change_words.strip()):
            missing = "change_words" if self.change_from else "change_from"
            raise ValidationError({missing: _("A change needs both: the day, and what changes.")})

    @property
    def change_is_ahead(self) -> bool:
        return bool(self.change_from and self.change_from > timezone.localdate())

    @property
    def days_for_complaints(self) -> int:
        return self.complaints_days or DAYS_FOR_COMPLAINTS
