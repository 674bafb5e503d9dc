"""What the case studies' room keeps of a person."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.models import Revision

from casestudies.models import Adoption, AdoptionChange, BriefingTrial, CaseStudyPage, WordImport
from core.personal_data import cuts, deletes, register, table

_CONTACT = {"contact_name": "", "contact_role": "", "contact_email": ""}


def _named_in(person: Any) -> Any:
    """Case studies that name the person as the contact: by the address, which is the person's alone."""
    return CaseStudyPage.objects.filter(contact_email__iexact=person.email).order_by("pk")


def _forget_contact(person: Any) -> int:
    """In the page as it stands and in every saved version, so that no older one brings it back."""
    fields = {name: value for name, value in _CONTACT.items() if hasattr(CaseStudyPage, name)}
    told = 0
    for revision in Revision.objects.filter(content__contact_email__iexact=person.email).iterator():
        revision.content.update(fields)
        Revision.objects.filter(pk=revision.pk).update(content=revision.content)
        told += 1
    return told + int(_named_in(person).order_by().update(**fields))


def _changes(person: Any) -> Any:
    return AdoptionChange.objects.filter(by=person.pk).order_by("pk")


register(
    table(
        name="adoptions",
        order=40,
        what=_("Your records that an organisation tried something"),
        find=lambda person: Adoption.objects.filter(author=person.pk).order_by("pk"),
        fields={
            "id": _("number"),
            "case_study__title": _("what was tried"),
            "organisation__name": _("who tried it"),
            "status": _("how far it is"),
            "started": _("when it began"),
            "ended": _("when it ended"),
            "outcome": _("whether it worked"),
            "reasons": _("why it stopped or failed"),
            "other_reason": _("another reason"),
            "changed": _("what was done differently"),
            "words": _("what happened, in your words"),
            "state": _("whether it is public"),
            "created_at": _("when you recorded it"),
        },
        columns=("casestudies.adoption.author",),
        on_leaving=_("Stays, by “Somebody who has left”."),
        erase=cuts(Adoption, "author"),
    ),
    table(
        name="adoption-changes",
        order=41,
        what=_("Your changes to such records"),
        find=_changes,
        fields={
            "at": _("when"),
            "adoption": _("number of the record"),
            "action": _("what"),
            "before": _("before"),
            "after": _("after"),
        },
        columns=("casestudies.adoptionchange.by",),
        on_leaving=_("Stays without your name."),
        erase=cuts(AdoptionChange, "by"),
    ),
    table(
        name="contact-of",
        order=42,
        what=_("Case studies that name you as the contact"),
        find=_named_in,
        fields={"id": _("number"), "title": _("title"), "contact_name": _("name"), "contact_email": _("address")},
        on_leaving=_("Your name and address are taken out; the organisation names somebody else."),
        erase=_forget_contact,
    ),
    table(
        name="word-files",
        order=43,
        what=_("Texts of Word files that you brought in during the last day"),
        find=lambda person: WordImport.objects.filter(person=person.pk).order_by("pk"),
        fields={"file_name": _("name of the file"), "content": _("its text"), "created_at": _("when")},
        columns=("casestudies.wordimport.person",),
        on_leaving=_("Deleted."),
        erase=deletes(lambda person: WordImport.objects.filter(person=person.pk)),
    ),
    table(
        name="trial-links",
        order=44,
        what=_("Links with which you let somebody read a briefing"),
        find=lambda person: BriefingTrial.objects.filter(given_by=person.pk).order_by("pk"),
        fields={
            "briefing__title": _("which briefing"),
            "organisation__name": _("for which organisation"),
            "note": _("for whom, in your words"),
            "given_at": _("when you gave it"),
            "expires_at": _("until when it worked"),
            "opens": _("how often it was opened"),
            "last_opened_at": _("when it was opened last"),
            "revoked_at": _("when it was taken back"),
        },
        columns=("casestudies.briefingtrial.given_by",),
        on_leaving=_("They stop working. That they were given stays for a year, without your name and words."),
        erase=lambda person: BriefingTrial.objects.filter(given_by=person.pk).update(given_by=None, note=""),
    ),
)
