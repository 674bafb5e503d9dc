"""The forms of asks. What an ask may look like is `words`’s; the forms keep what was typed."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from casestudies.models import CaseStudyPage
from core.forms import GovukForm
from core.models import Topic
from discussion.asks.services import AskFacts
from discussion.asks.words import checked_body, checked_title
from discussion.citations import cited_in
from discussion.errors import BadField
from discussion.models import MOST_TOPICS, Ask, ClosedReason
from discussion.services import NAME_LENGTH
from members.models import Membership, Organisation
from places.models import Place


class WordsForm(GovukForm):
    """The first step: the words alone. No length is told to the browser, which would cut off what is pasted."""

    show_error_summary = False

    title = forms.CharField(
        label=_("Your question, in one line"),
        help_text=_("As you would ask a colleague: “How do other towns fill empty shops for good?”"),
        error_messages={"required": _("Write your question in one line.")},
    )
    body = forms.CharField(
        label=_("The problem"),
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_(
            "What is wrong, for whom, and what you have tried. Plain text. Everybody can read it: name nobody who has "
            "not agreed."
        ),
        error_messages={"required": _("Describe the problem.")},
    )

    def clean_title(self) -> str:
        return _told(checked_title, self.cleaned_data["title"])

    def clean_body(self) -> str:
        return _told(checked_body, self.cleaned_data["body"])


class AskForm(WordsForm):
    """The words, and whom they concern. `ask_name` for people whose account has no name yet."""

    topic = forms.ChoiceField(label=_("Topic"), error_messages={"required": _("Choose a topic.")})
    topic_2 = forms.ChoiceField(label=_("Another topic"), required=False)
    topic_3 = forms.ChoiceField(label=_("A third topic"), required=False)
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=_("Do you ask for your organisation?"),
        required=False,
        empty_label=_("No, for myself"),
    )
    place = forms.ModelChoiceField(
        Place.objects.none(),
        label=_("Is it about one place?"),
        required=False,
        empty_label=_("No, or not in this list"),
    )
    name = forms.CharField(label=_("Your name, as others will see it"), max_length=NAME_LENGTH)

    def __init__(self, *args: Any, person: Any, ask_name: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = topic_choices()
        for field in ("topic", "topic_2", "topic_3"):
            self.fields[field].choices = choices  # type: ignore[attr-defined]  # a ChoiceField
        own = Membership.objects.active().filter(person=person).values("organisation")
        organisation: Any = self.fields["organisation"]
        organisation.queryset = Organisation.objects.filter(pk__in=own)
        place: Any = self.fields["place"]
        place.queryset = Place.objects.filter(organisations__in=own).distinct()
        if not organisation.queryset.exists():
            del self.fields["organisation"], self.fields["place"]
        if not ask_name:
            del self.fields["name"]

    @property
    def facts(self) -> AskFacts:
        told = self.cleaned_data
        slugs = dict.fromkeys(told[name] for name in ("topic", "topic_2", "topic_3") if told.get(name))
        topics = {one.slug: one for one in Topic.objects.filter(slug__in=slugs)}
        return AskFacts(
            title=told["title"],
            body=told["body"],
            topics=tuple(topics[slug] for slug in slugs if slug in topics)[:MOST_TOPICS],
            organisation=told.get("organisation"),
            place=told.get("place"),
        )


class CloseForm(GovukForm):
    """Why no more answers are wanted, and where to go on."""

    show_error_summary = False

    reason = forms.ChoiceField(label=_("Why do you close it?"), choices=ClosedReason.choices, widget=forms.RadioSelect)
    where = forms.CharField(
        label=_("Address of the other ask, or of the case study"),
        required=False,
        help_text=_("Only if it was asked before, or became a case study. The address of its page on this site."),
    )

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        where, reason = told.get("where", ""), told.get("reason")
        told["duplicate_of"] = told["case_study"] = None
        if reason == ClosedReason.DUPLICATE:
            told["duplicate_of"] = _ask_at(where)
        elif reason == ClosedReason.CASE_STUDY:
            told["case_study"] = CaseStudyPage.objects.filter(pk__in=cited_in(where)[:1]).first()
        return told


class WriteUpForm(GovukForm):
    show_error_summary = False

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Which organisation writes it?"), empty_label=None
    )
    summary = forms.CharField(
        label=_("Summary"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What was tried, where, and what came of it, with a number if you have one."),
    )

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        organisation: Any = self.fields["organisation"]
        organisation.queryset = Organisation.objects.writable_by(person).listed()


def topic_choices() -> list[Any]:
    """The network’s topics, each below the one that it belongs to."""
    topics = list(Topic.objects.with_parents().order_by("order", "name"))
    groups = [
        (top.title, [(one.slug, one.title) for one in topics if top.pk in (one.pk, one.parent_id)])
        for top in topics
        if top.parent_id is None
    ]
    return [("", "–"), *groups]


def _told(check: Callable[[str], str], text: str) -> str:
    try:
        return check(text)
    except BadField as error:
        raise forms.ValidationError(str(error)) from error


def _ask_at(where: str) -> Ask | None:
    """The published ask with this address, or number."""
    number = where.strip().rstrip("/").rpartition("/ask/")[2].partition("-")[0]
    return Ask.objects.published().filter(pk=int(number)).first() if number.isdecimal() and len(number) < 18 else None
