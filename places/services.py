"""Putting places on the map."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext as _

from members.models import Organisation
from places.models import Place
from places.outline import is_on_land

if TYPE_CHECKING:
    from accounts.models import User

SOUTH, NORTH, WEST, EAST = 49.0, 61.5, -9.0, 2.5


def find_place(*, name: str, organisation: Organisation) -> Place | None:
    """The organisation's own place of this name, however it is written."""
    return Place.objects.filter(organisations=organisation, name__iexact=name.strip()).first()


def check_point(*, lat: float, lng: float, is_right: bool = False) -> None:
    """Raise a `ValidationError` at `lat` for a point that cannot be, or, unless somebody says that it `is_right`, at
    `point_is_right` for one that lies in the sea or in another country.
    """
    if not (SOUTH <= lat <= NORTH and WEST <= lng <= EAST):
        if SOUTH <= lng <= NORTH and WEST <= lat <= EAST:
            raise ValidationError({"lat": _("Latitude and longitude have changed places.")})
        raise ValidationError({"lat": _("This point lies far outside the United Kingdom. Check both numbers.")})
    if not is_right and not is_on_land(lat=lat, lng=lng):
        raise ValidationError(
            {
                "point_is_right": _(
                    "This point lies in the sea or outside the United Kingdom. Check both numbers, or say that it is "
                    "right."
                )
            }
        )


def add_place(*, name: str, lat: float, lng: float, organisation: Organisation, by: "User") -> Place:
    """A new place of an organisation; `by` has been asked whether they speak for it."""
    place = Place(name=name.strip(), slug=_free_slug(name, organisation), lat=lat, lng=lng)
    place.full_clean()
    place.save()
    place.organisations.add(organisation)
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
