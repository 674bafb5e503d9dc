"""Where the United Kingdom is, roughly: enough to ask about a point that fell into the sea."""

# South, west, north, east, in degrees: from Scilly to Shetland, from Fermanagh to Lowestoft.
BOX = (49.8, -8.3, 60.95, 1.85)


def is_on_land(*, lat: float, lng: float) -> bool:
    """Whether the point may lie in the United Kingdom."""
    south, west, north, east = BOX
    return south <= lat <= north and west <= lng <= east
