"""The reasons that a new installation begins with. Staff change them in the CMS; nothing of theirs is changed back."""

from moderation.models import Reason

# code, reason, rule, reason in Welsh, rule in Welsh, whether it is given for changes, refusals, people
FIRST = (
    (
        "unclear",
        "Another place could not act on it yet: something is unclear or missing",
        "What is published is clear enough for another place to act on it.",
        "Ni allai lle arall weithredu arno eto: mae rhywbeth yn aneglur neu ar goll",
        "Mae’r hyn a gyhoeddir yn ddigon clir i le arall weithredu arno.",
        "changes, refusing",
    ),
    (
        "no_source",
        "A figure or claim needs a source",
        "Figures and claims name their source.",
        "Mae angen ffynhonnell ar ffigur neu honiad",
        "Mae ffigurau a honiadau yn enwi eu ffynhonnell.",
        "changes, refusing",
    ),
    (
        "personal_data",
        "It contains personal details of somebody",
        "Nobody’s personal details are published without their agreement.",
        "Mae’n cynnwys manylion personol rhywun",
        "Ni chyhoeddir manylion personol neb heb eu cytundeb.",
        "changes, refusing, people",
    ),
    (
        "off_topic",
        "It is not about this subject",
        "What is written belongs to the subject that it stands under.",
        "Nid yw’n ymwneud â’r pwnc hwn",
        "Mae’r hyn a ysgrifennir yn perthyn i’r pwnc y mae oddi tano.",
        "changes, refusing, people",
    ),
    (
        "promotion",
        "It promotes a product or service",
        "The network is not for advertising products or services.",
        "Mae’n hyrwyddo cynnyrch neu wasanaeth",
        "Nid yw’r rhwydwaith ar gyfer hysbysebu cynhyrchion na gwasanaethau.",
        "changes, refusing, people",
    ),
    (
        "abuse",
        "It attacks or insults somebody",
        "We argue about what was tried, and attack or insult nobody.",
        "Mae’n ymosod ar rywun neu’n ei sarhau",
        "Rydym yn dadlau am yr hyn a roddwyd ar brawf, heb ymosod ar neb na’i sarhau.",
        "changes, refusing, people",
    ),
    (
        "unlawful",
        "It may be against the law",
        "Nothing is published that may be against the law.",
        "Gall fod yn erbyn y gyfraith",
        "Ni chyhoeddir dim a all fod yn erbyn y gyfraith.",
        "changes, refusing, people",
    ),
    (
        "duplicate",
        "It repeats something that is already here",
        "Everything is said once.",
        "Mae’n ailadrodd rhywbeth sydd yma eisoes",
        "Dywedir popeth unwaith.",
        "changes, refusing",
    ),
    (
        "repeated_breach",
        "The rules were broken again after a decision about it",
        "Whoever goes on breaking the rules after they were told may lose the right to write here.",
        "Torrwyd y rheolau eto ar ôl penderfyniad yn eu cylch",
        "Gall pwy bynnag sy’n dal i dorri’r rheolau ar ôl cael gwybod golli’r hawl i ysgrifennu yma.",
        "people",
    ),
    (
        "impersonation",
        "The account pretends to be somebody else",
        "People write in their own name, and speak for an organisation only if it is theirs.",
        "Mae’r cyfrif yn esgus bod yn rhywun arall",
        "Mae pobl yn ysgrifennu yn eu henw eu hunain, ac yn siarad dros sefydliad dim ond os ydynt yn perthyn iddo.",
        "people",
    ),
)


def ensure_reasons() -> None:
    """Where there is none at all, make the first list."""
    if Reason.objects.exists():
        return
    Reason.objects.bulk_create(
        Reason(
            code=code,
            label=label,
            rule=rule,
            label_cy=label_cy,
            rule_cy=rule_cy,
            for_changes="changes" in uses,
            for_refusing="refusing" in uses,
            for_people="people" in uses,
            sort_order=10 * number,
        )
        for number, (code, label, rule, label_cy, rule_cy, uses) in enumerate(FIRST, start=1)
    )
