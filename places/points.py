"""What a point on the map may be."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from places.outline import is_on_land

SOUTH, NORTH, WEST, EAST = 49.0, 61.5, -9.0, 2.5


def check_point(*, lat: float, lng: float, is_right: bool = False) -> None:
    """Raise a `ValidationError` at `lat` and `lng` for a point that cannot be; unless somebody says that it
    `is_right`, at `point_is_right` for one that lies in the sea or in another country.
    """
    wrong = [name for name, good in (("lat", SOUTH <= lat <= NORTH), ("lng", WEST <= lng <= EAST)) if not good]
    if wrong:
        swapped = SOUTH <= lng <= NORTH and WEST <= lat <= EAST
        message = (
            _("Latitude and longitude have changed places.")
            if swapped
            else _("This lies far outside the United Kingdom. Check both numbers.")
        )
        raise ValidationError(dict.fromkeys(wrong, message))
    if not is_right and not is_on_land(lat=lat, lng=lng):
        raise ValidationError(
            {
                "point_is_right": _(
                    "This point lies in the sea or outside the United Kingdom. Check both numbers, or say that it is "
                    "right."
                )
            }
        )
