"""The form of a comment. The services check the text again; the form keeps what was typed."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from core.forms import GovukForm
from core.plain_text import tidy
from discussion.models import BODY_LENGTH
from discussion.offers import Offer
from discussion.services import NAME_LENGTH


class CommentForm(GovukForm):
    """`ask_name` for people whose account has no name yet; `offers` are boxes to tick (`discussion.offers`)."""

    show_error_summary = False

    name = forms.CharField(label=_("Your name, as others will see it"), max_length=NAME_LENGTH)
    body = forms.CharField(
        label=_("Your comment"),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=BODY_LENGTH,
        strip=True,
        help_text=_("Plain text. Addresses become links, and lines that begin with a dash become a list."),
        error_messages={"required": _("Write your comment.")},
    )

    def __init__(self, *args: Any, ask_name: bool = False, offers: Iterable[Offer] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not ask_name:
            del self.fields["name"]
        for offer in offers:
            self.fields[offer.field] = forms.BooleanField(
                label=str(offer.label), help_text=str(offer.help_text), required=False
            )

    def say_whom_to_name(self, words: str) -> None:
        """`words` of `mentions.hint`, as text: help is markup, and people call themselves what they like."""
        body = self.fields["body"]
        body.help_text = format_html("{} {}", body.help_text, words) if words else body.help_text

    def clean_body(self) -> str:
        body = tidy(self.cleaned_data["body"])
        if not body:
            raise forms.ValidationError(_("Write your comment."))
        return body


class AnswerForm(CommentForm):
    """The same, in the words of an ask."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].label = _("Your answer")
        self.fields["body"].help_text = _(
            "Plain text. What you did, and how it went. The address of a case study on this site is shown as a card."
        )
