"""Putting places on the map."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext as _

from members.models import Organisation
from places import events
from places.models import Place

if TYPE_CHECKING:
    from accounts.models import User


def find_place(*, name: str, organisation: Organisation) -> Place | None:
    """The organisation's own place of this name, however it is written."""
    return Place.objects.filter(organisations=organisation, name__iexact=name.strip()).first()


def add_place(*, name: str, lat: float, lng: float, organisation: Organisation, by: "User") -> Place:
    """A new place of an organisation; `by` has been asked whether they speak for it."""
    place = Place(name=name.strip(), slug=_free_slug(name, organisation), lat=lat, lng=lng)
    place.full_clean()
    place.save()
    place.organisations.add(organisation)
    events.place_saved(place, by=by, is_new=True)
    return place


def _free_slug(name: str, organisation: Organisation) -> str:
    """`newport`, or `newport-shropshire`, or a number after it: two places may share a name."""
    wanted = [slugify(name)[:100] or "place"]
    wanted.append(f"{wanted[0][:60]}-{organisation.slug}"[:110])
    taken: set[Any] = set(Place.objects.filter(slug__startswith=wanted[0][:60]).values_list("slug", flat=True))
    for slug in [*wanted, *(f"{wanted[1]}-{number}" for number in range(2, 1000))]:
        if slug not in taken:
            return slug
    raise ValidationError({"new_place": _("There are too many places of this name.")})
