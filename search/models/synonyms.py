"""Words that mean the same, as staff write them down."""

import re

from django.db import models
from django.utils.translation import gettext_lazy as _

from search.text import tidy

_BETWEEN = re.compile(r"[\r\n,;]+")


class SynonymLanguage(models.TextChoices):
    ENGLISH = "en", _("English")
    WELSH = "cy", _("Welsh")
    BOTH = "both", _("English and Welsh together")


class SynonymGroup(models.Model):
    """Who searches for one of `words` finds the others too. `also_finds` goes one way: who searches for one of
    those finds nothing of `words` (“tree” finds “oak”, and “oak” does not find “tree”).

    Changed through `search.services.synonyms`; the rules for its words are in `search.synonym_rules`.
    """

    words = models.TextField(
        _("words that mean the same"),
        help_text=_(
            "One word or phrase on each line, of five words at most. A search for any of them finds all of them. "
            "Capitals, accents, hyphens and plurals make no difference."
        ),
    )
    also_finds = models.TextField(
        _("also finds"),
        blank=True,
        help_text=_(
            "Narrower or related words, one on each line. A search for any of the words above finds these too; a "
            "search for one of these does not find the words above."
        ),
    )
    language = models.CharField(
        _("language"), max_length=4, choices=SynonymLanguage.choices, default=SynonymLanguage.ENGLISH
    )

    class Meta:
        verbose_name = _("group of synonyms")
        verbose_name_plural = _("synonyms")
        ordering = ["words", "pk"]

    def __str__(self) -> str:
        """“pub, public house → inn”"""
        also = f" → {', '.join(self.also_list)}" if self.also_finds else ""
        return f"{', '.join(self.word_list)}{also}"

    @property
    def word_list(self) -> list[str]:
        return terms(self.words)

    @property
    def also_list(self) -> list[str]:
        return terms(self.also_finds)


def terms(text: str) -> list[str]:
    """What stands on the lines of a field, or between its commas. Quotation marks say nothing here."""
    found = (tidy(one).strip("\"“”'‘’ ") for one in _BETWEEN.split(text))
    return [one for one in found if one]
