"""What the places' room keeps of a person."""

from collections.abc import Iterator
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.files.storage import default_storage
from django.utils.translation import gettext_lazy as _
from wagtail.models import Revision

from core.personal_data import both, cuts, register, table
from places.models import OpportunityPage, RecordEntry, RecordPhoto, RecordVersion
from places.photos import forget_photos

_CONTACT = {"contact_name": "", "contact_email": "", "contact_phone": ""}


def _entries(person: Any) -> Any:
    return RecordEntry.objects.filter(author=person.pk).order_by("pk")


def _photos(person: Any) -> Iterator[tuple[str, bytes]]:
    """Those of the person's entries, as they are kept: without what the phone had added."""
    for photo in RecordPhoto.objects.filter(entry__in=_entries(person)).order_by("pk"):
        if default_storage.exists(photo.large):
            with default_storage.open(photo.large) as file:
                yield f"{photo.entry_id}.jpg", file.read()


def _waiting(person: Any) -> Any:
    return RecordPhoto.objects.filter(by=person.pk, entry=None).order_by("pk")


def _forget_waiting(person: Any) -> int:
    return forget_photos(_waiting(person))


def _named_in(person: Any) -> Any:
    """Opportunities that name the person as the contact: by the address, which is the person's alone."""
    return OpportunityPage.objects.filter(contact_email__iexact=person.email).order_by("pk")


def _forget_contact(person: Any) -> int:
    """In the page as it stands and in every saved version, so that no older one brings it back."""
    told = 0
    versions = Revision.objects.filter(content_type=ContentType.objects.get_for_model(OpportunityPage))
    for version in versions.filter(content__contact_email__iexact=person.email).iterator():
        Revision.objects.filter(pk=version.pk).update(content=version.content | _CONTACT)
        told += 1
    return told + int(_named_in(person).order_by().update(**_CONTACT))


register(
    table(
        name="residents-record",
        order=34,
        what=_("What you wrote in the records of places, with your photos"),
        find=_entries,
        files=_photos,
        fields={
            "id": _("number"),
            "created_at": _("when"),
            "place__name": _("about which place"),
            "side": _("for whom you wrote: resident, council or editors"),
            "organisation__name": _("for which council"),
            "answers": _("number of the entry that it replies to"),
            "words": _("what changed"),
            "when": _("the year or month that you gave"),
            "lesson": _("what another place could learn"),
            "source_url": _("your source"),
            "photo__alt": _("what your photo shows"),
            "edited_at": _("when you changed it"),
            "state": _("whether it is public"),
            "state_reasons": _("why it is in that state"),
        },
        columns=("places.recordentry.author",),
        on_leaving=_("Stays, by “Somebody who has left”. Withdraw one first if you do not want it to stay."),
        erase=cuts(RecordEntry, "author"),
    ),
    table(
        name="residents-record-before",
        order=34,
        what=_("What your entries in the records of places said before you changed them"),
        find=lambda person: RecordVersion.objects.filter(entry__author=person.pk).order_by("pk"),
        fields={
            "entry": _("number"),
            "replaced_at": _("when you changed it"),
            "words": _("what changed"),
            "when": _("the year or month that you gave"),
            "lesson": _("what another place could learn"),
            "source_url": _("your source"),
        },
        on_leaving=_("Stays with them, for moderators alone."),
    ),
    table(
        name="photos-not-sent",
        order=35,
        what=_("Photos that wait while you finish an entry"),
        find=_waiting,
        fields={"created_at": _("when"), "alt": _("what it shows")},
        columns=("places.recordphoto.by",),
        on_leaving=_("Deleted."),
        erase=both(_forget_waiting, cuts(RecordPhoto, "by")),
    ),
    # Before the case studies' contacts, which are looked for in the versions of every page.
    table(
        name="contact-for",
        order=36,
        what=_("Opportunities that name you as the contact"),
        find=_named_in,
        fields={
            "id": _("number"),
            "title": _("title"),
            "contact_name": _("name"),
            "contact_email": _("address"),
            "contact_phone": _("contact: telephone"),
        },
        on_leaving=_("Your name and address are taken out; the organisation names somebody else."),
        erase=_forget_contact,
    ),
)
