"""Towns by whose names a reader finds their way on a map. They stand where anybody would look for them, to a kilometre.

The first are on the map of the whole kingdom, the others where it is looked at more closely.
"""

from dataclasses import dataclass

from core import maps

# Name, name in Welsh where it has another, latitude, longitude; by how closely one must look.
_TOWNS: tuple[tuple[tuple[str, str, float, float], ...], ...] = (
    (
        ("London", "Llundain", 51.51, -0.13), ("Birmingham", "", 52.48, -1.90), ("Leeds", "", 53.80, -1.55),
        ("Newcastle", "", 54.97, -1.61), ("Edinburgh", "Caeredin", 55.95, -3.19), ("Glasgow", "", 55.86, -4.25),
        ("Cardiff", "Caerdydd", 51.48, -3.18), ("Belfast", "", 54.60, -5.93), ("Plymouth", "", 50.37, -4.14),
        ("Norwich", "", 52.63, 1.30), ("Inverness", "", 57.48, -4.22), ("Manchester", "Manceinion", 53.48, -2.24),
    ),
    (
        ("Aberdeen", "", 57.15, -2.09), ("Dundee", "", 56.46, -2.97), ("Bristol", "Bryste", 51.45, -2.59),
        ("Liverpool", "Lerpwl", 53.41, -2.98), ("Sheffield", "", 53.38, -1.47), ("Nottingham", "", 52.95, -1.15),
        ("Leicester", "Caerlŷr", 52.64, -1.13), ("Hull", "", 53.74, -0.33), ("York", "Efrog", 53.96, -1.08),
        ("Carlisle", "Caerliwelydd", 54.90, -2.93), ("Swansea", "Abertawe", 51.62, -3.94), ("Bangor", "", 53.23, -4.13),
        ("Aberystwyth", "", 52.42, -4.08), ("Southampton", "", 50.90, -1.40), ("Brighton", "", 50.82, -0.14),
        ("Exeter", "Caerwysg", 50.72, -3.53), ("Truro", "", 50.26, -5.05), ("Cambridge", "Caergrawnt", 52.21, 0.12),
        ("Oxford", "Rhydychen", 51.75, -1.26), ("Derry", "", 55.00, -7.32), ("Stoke-on-Trent", "", 53.00, -2.18),
        ("Lincoln", "", 53.23, -0.54), ("Dover", "", 51.13, 1.31), ("Lerwick", "", 60.15, -1.14),
        ("Stornoway", "", 58.21, -6.39), ("Kirkwall", "", 58.98, -2.96),
    ),
    (
        ("Bradford", "", 53.79, -1.75), ("Coventry", "", 52.41, -1.51), ("Wolverhampton", "", 52.59, -2.13),
        ("Derby", "", 52.92, -1.48), ("Sunderland", "", 54.91, -1.38), ("Middlesbrough", "", 54.57, -1.23),
        ("Preston", "", 53.76, -2.70), ("Blackpool", "", 53.82, -3.05), ("Lancaster", "", 54.05, -2.80),
        ("Chester", "Caer", 53.19, -2.89), ("Wrexham", "Wrecsam", 53.05, -2.99),
        ("Shrewsbury", "Amwythig", 52.71, -2.75),
        ("Hereford", "Henffordd", 52.06, -2.72), ("Worcester", "Caerwrangon", 52.19, -2.22),
        ("Gloucester", "Caerloyw", 51.86, -2.24), ("Swindon", "", 51.56, -1.78), ("Reading", "", 51.45, -0.97),
        ("Bath", "Caerfaddon", 51.38, -2.36), ("Taunton", "", 51.02, -3.10), ("Bournemouth", "", 50.72, -1.88),
        ("Portsmouth", "", 50.80, -1.09), ("Eastbourne", "", 50.77, 0.28), ("Canterbury", "Caergaint", 51.28, 1.08),
        ("Southend", "", 51.54, 0.71), ("Colchester", "", 51.89, 0.90), ("Ipswich", "", 52.06, 1.16),
        ("Peterborough", "", 52.57, -0.24), ("Northampton", "", 52.24, -0.90), ("Milton Keynes", "", 52.04, -0.76),
        ("Luton", "", 51.88, -0.42), ("King’s Lynn", "", 52.75, 0.40), ("Grimsby", "", 53.57, -0.08),
        ("Scarborough", "", 54.28, -0.40), ("Durham", "", 54.78, -1.57), ("Berwick", "", 55.77, -2.01),
        ("Kendal", "", 54.33, -2.75), ("Barrow", "", 54.11, -3.23), ("Perth", "", 56.40, -3.43),
        ("Stirling", "", 56.12, -3.94), ("Ayr", "", 55.46, -4.63), ("Dumfries", "", 55.07, -3.61),
        ("Oban", "", 56.41, -5.47), ("Fort William", "", 56.82, -5.11), ("Wick", "", 58.44, -3.09),
        ("Newport", "Casnewydd", 51.59, -3.00), ("Carmarthen", "Caerfyrddin", 51.86, -4.31),
        ("Haverfordwest", "Hwlffordd", 51.80, -4.97), ("Merthyr Tydfil", "Merthyr Tudful", 51.75, -3.38),
        ("Newtown", "Y Drenewydd", 52.51, -3.31), ("Newry", "", 54.18, -6.34), ("Omagh", "", 54.60, -7.30),
        ("Ballymena", "", 54.86, -6.28), ("Barnstaple", "", 51.08, -4.06), ("Penzance", "", 50.12, -5.54),
    ),
)  # fmt: skip
# Those whose names would run into each other, or over the edge.
_SIDES = {"Glasgow": "end", "Edinburgh": "start", "Norwich": "end"}


@dataclass(frozen=True, kw_only=True)
class Town:
    """`level` 0 is on every map; x and y are in the outline's units; `side` is the end of the name that stands there,
    where it is not its middle.
    """

    name: str
    level: int
    x: float
    y: float
    side: str


def towns(language: str) -> list[Town]:
    found = []
    for level, some in enumerate(_TOWNS):
        for name, welsh, lat, lng in some:
            x, y = maps.project(lat, lng)
            found.append(
                Town(
                    name=welsh if welsh and language == "cy" else name, level=level, x=x, y=y, side=_SIDES.get(name, "")
                )
            )
    return found
