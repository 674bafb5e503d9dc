"""What the pages of people ask for."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.forms import DatePartsWidget, GovukForm
from members.models import Membership, Role
from members.services.domains import MAILBOXES

ROLE_HINTS = _(
    "Members read what is for members only. Authors also write. Approvers also sign off. Leads do all of it and look "
    "after the people."
)


class FindForm(GovukForm):
    q = forms.CharField(label=_("Name or address"), required=False, max_length=80)


class AskToJoinForm(GovukForm):
    why = forms.CharField(
        label=_("Why do you want to join?"),
        max_length=1000,
        help_text=_(
            "What you do there, or who knows you. The organisation’s lead reads it, with your name and address."
        ),
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class InviteForm(GovukForm):
    address = forms.EmailField(label=_("Email address"), max_length=254, help_text=_("The invitation is for it alone."))
    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    role = forms.ChoiceField(
        label=_("Role"), choices=Role.choices, initial=Role.MEMBER, widget=forms.RadioSelect, help_text=ROLE_HINTS
    )


class PeopleFileForm(GovukForm):
    file = forms.FileField(
        label=_("CSV file"),
        help_text=_("The first line names the columns: address, role, name. Without a role somebody becomes a member."),
    )


class PersonForm(GovukForm):
    """Role and last day of one membership."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, widget=forms.RadioSelect, help_text=ROLE_HINTS)
    last_day = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=DatePartsWidget,
        help_text=_("At its end the membership lapses: the person becomes a subscriber. Leave it empty for no end."),
    )

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        self.membership = membership
        last = last_day_of(membership)
        super().__init__(*args, **kwargs | {"initial": {"role": membership.role, "last_day": last}})

    def clean_last_day(self) -> date | None:
        day: date | None = self.cleaned_data["last_day"]
        today = timezone.localdate()
        if day is not None and day < today and day != last_day_of(self.membership):
            raise forms.ValidationError(_("This day is over. To end the membership now, remove the person."))
        if day is not None and day > today + timedelta(days=3660):
            raise forms.ValidationError(_("Choose a day within the next ten years, or none."))
        return day

    @property
    def expires_at(self) -> datetime | None:
        """The first moment after the last day, in London."""
        day = self.cleaned_data["last_day"]
        if day is None:
            return None
        return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


def last_day_of(membership: Membership) -> date | None:
    last = membership.expires_at
    return timezone.localtime(last - timedelta(microseconds=1)).date() if last else None


class HandOverForm(GovukForm):
    """To whom what somebody wrote goes; empty: it stays in their name."""

    to: Any = forms.ModelChoiceField(
        label=_("Hand what they wrote to"),
        queryset=None,
        required=False,
        empty_label=_("Nobody: it stays in their name"),
        help_text=_("Drafts too. Whoever takes over is asked whether it is still true; who wrote it stays on record."),
    )

    def __init__(self, *args: Any, people: Any, own: bool = False, needed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["to"]
        if needed:
            field.required, field.empty_label = True, _("Choose an author or a lead")
        field.queryset = people
        field.label_from_instance = lambda person: person.display_name
        if own:
            field.label = _("Hand what you wrote to")
            field.empty_label = _("Nobody: it stays in your name")


class AnswerForm(GovukForm):
    """The answer to somebody who asks to join."""

    answer = forms.ChoiceField(
        label=_("Your answer"),
        choices=[("approve", _("Let them join")), ("decline", _("Decline"))],
        widget=forms.RadioSelect,
    )
    role = forms.ChoiceField(
        label=_("Role, if they join"), choices=Role.choices, initial=Role.MEMBER, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=_("What they are told"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Needed if you decline."),
    )

    def __init__(self, *args: Any, with_roles: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not with_roles:
            del self.fields["role"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("answer") == "decline" and not cleaned.get("reason", "").strip():
            self.add_error("reason", _("Say why: the person reads it."))
        return cleaned


class DomainForm(GovukForm):
    domain = forms.CharField(
        label=_("Email domain"), max_length=120, help_text=_("What stands after the @, for example stockport.gov.uk.")
    )
    with_subdomains = forms.BooleanField(
        label=_("And every name below it"),
        required=False,
        help_text=_("Only if all of them are yours: schools often have addresses below their council’s domain."),
    )


class SignOffForm(GovukForm):
    requires_approval = forms.BooleanField(
        label=_("One of our approvers signs off first"),
        required=False,
        help_text=_(
            "Switched off, whatever waits for an approver goes on to the network’s moderators, and links to sign off "
            "work no longer."
        ),
    )


class ProofForm(GovukForm):
    mailbox = forms.ChoiceField(label=_("Write to"), widget=forms.Select)

    def __init__(self, *args: Any, domain: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["mailbox"]
        field.choices = [(name, f"{name}@{domain}") for name in MAILBOXES]


class NewPersonForm(GovukForm):
    """An account for whoever was invited: the address is known, and proven by the link."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        help_text=_("Shown beside what you write. You can change it later."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
