"""Searches that people follow: one row for one question, however many follow it."""

from django.db import models
from django.utils import timezone


class SavedSearch(models.Model):
    """`key` is the hash of the question in its one form (`search.saved.canonical`); `text` is as the first person
    typed it, and `filters` are facet → values. Who follows it is kept with the follows; nothing here names anybody.

    `wanted_at` is when somebody last asked for it: what nobody follows any more is forgotten a while after that.
    """

    key = models.CharField(max_length=64, unique=True)
    text = models.CharField(max_length=400, blank=True)
    filters = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    wanted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "saved search"
        verbose_name_plural = "saved searches"

    def __str__(self) -> str:
        chosen = (f"{name}={value}" for name, values in self.filters.items() for value in values)
        return " ".join(filter(None, [self.text, *chosen]))
