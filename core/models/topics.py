"""The network's controlled vocabulary: what a case study, an ask or a briefing is about."""

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.snippets.models import register_snippet

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class TopicQuerySet(models.QuerySet["Topic"]):
    def top_level(self) -> "TopicQuerySet":
        return self.filter(parent=None)

    def with_parents(self) -> "TopicQuerySet":
        return self.select_related("parent")


@register_snippet
class Topic(models.Model):
    """A subject on a list of two levels that the network's editors keep. Slugs are unique across both."""

    name = models.CharField(_("name"), max_length=80)
    name_cy = models.CharField(_("name in Welsh"), max_length=80, blank=True)
    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("belongs to"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
        limit_choices_to={"parent": None},
    )
    known = models.TextField(
        _("what is known"),
        blank=True,
        help_text=_("One paragraph for the topic's page: what the case studies show so far, and what they do not."),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    if TYPE_CHECKING:
        children: RelatedManager["Topic"]

    panels = [
        FieldPanel("name"),
        FieldPanel("name_cy"),
        FieldPanel("slug"),
        FieldPanel("parent"),
        FieldPanel("known"),
        FieldPanel("order"),
    ]

    objects = TopicQuerySet.as_manager()

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ["order", "name"]

    def __str__(self) -> str:
        return self.name

    @property
    def title(self) -> str:
        """Its name in the reader's language."""
        return (self.name_cy if get_language() == "cy" else "") or self.name

    @property
    def url(self) -> str:
        return self.get_absolute_url()

    def get_absolute_url(self) -> str:
        return reverse("topic", args=[self.slug])

    def clean(self) -> None:
        if self.parent_id and self.parent_id == self.pk:
            raise ValidationError({"parent": _("A topic cannot belong to itself.")})
        if self.parent is not None and self.parent.parent_id:
            raise ValidationError({"parent": _("Topics have two levels. Choose a topic of the first level.")})
