"""An organisation's page and the list of them. Everything that an organisation writes lives beneath its page."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page

from core.models import BasePage
from core.models.pages import PROSE_FEATURES
from members.models.organisations import Organisation


class OrganisationIndexPage(BasePage):
    """`/councils/`"""

    introduction = models.CharField(_("introduction"), max_length=300, blank=True)

    content_panels = [*Page.content_panels, FieldPanel("introduction")]
    parent_page_types = ["core.HomePage"]
    subpage_types = ["members.OrganisationPage"]
    max_count = 1
    is_structure = True
    template = "members/organisation_index_page.html"

    class Meta:
        verbose_name = _("list of organisations")
        verbose_name_plural = _("lists of organisations")


class OrganisationPage(BasePage):
    """`/councils/<slug>/`. Made by onboarding, so that groups, collection and workflow are there from the start."""

    organisation = models.OneToOneField(Organisation, on_delete=models.PROTECT, related_name="page", editable=False)
    about = RichTextField(_("about"), features=PROSE_FEATURES, blank=True)

    content_panels = [*Page.content_panels, FieldPanel("about")]
    # Its address and when it is up are the administrators' business: everything it wrote moves with it.
    promote_panels = [FieldPanel("slug", permission="superuser"), FieldPanel("search_description")]
    settings_panels: list[Any] = []
    parent_page_types = ["members.OrganisationIndexPage"]
    is_creatable = False
    is_structure = True
    comes_with = ("organisation",)
    template = "members/organisation_page.html"

    class Meta:
        verbose_name = _("organisation page")
        verbose_name_plural = _("organisation pages")
