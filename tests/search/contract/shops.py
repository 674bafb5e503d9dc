"""Five things, one of them for members."""

from tests.search.documents import document

SHOPS = [
    document(
        1,
        "Altrincham’s empty shops filled again",
        summary="A market house with new traders.",
        public_text="The council let the market house to an operator. Vacancy fell to 7.9%.",
        tags=("market",),
        context=("Trafford", "Empty shops", "North West"),
        topic=["empty-shops", "high-streets"],
        council="trafford",
        region="north-west",
        outcome="worked",
        year="2014",
        days=1,
    ),
    document(
        2,
        "Nelson’s vintage market",
        summary="Thousands came, and more shops closed than opened.",
        public_text="The market drew visitors on Saturdays.",
        topic=["high-streets"],
        council="pendle",
        region="north-west",
        outcome="did_not_work",
        year="2012",
        days=2,
    ),
    document(
        3,
        "Preston spends at home",
        summary="Public bodies moved their buying to local firms.",
        topic=["procurement"],
        council="preston",
        region="north-west",
        outcome="worked",
        year="2013",
        days=3,
    ),
    document(
        4,
        "A quiet scheme",
        summary="Members can read what happened to the shops.",
        members_text="The zeppelin hangar was let for a pound. It failed because of damp.",
        members_only=True,
        topic=["empty-shops"],
        council="trafford",
        region="north-west",
        outcome="did_not_work",
        year="2020",
        days=4,
    ),
    document(
        5, "Stockport Council", kind="organisation", council="stockport", region="north-west", tier="metropolitan"
    ),
]
