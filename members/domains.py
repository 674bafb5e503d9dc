"""Which email domains may say that somebody belongs to an organisation (`docs/decisions/0035-people.md`).

Refused: what anybody may register below (`gov.uk`, `co.uk`; from the public suffix list that comes with the package
`publicsuffixlist`, no network), mail that anybody may have (`gmail.com`: `free_mail.txt`), and mail that a whole
government or profession shares (`nhs.net`: `shared_mail.txt`), however sure somebody is that it is theirs.
"""

from functools import cache
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.validators import validate_domain_name
from django.utils.translation import gettext as _
from publicsuffixlist import PublicSuffixList


def _listed(name: str) -> frozenset[str]:
    lines = (Path(__file__).parent / name).read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


FREE_MAIL, SHARED = _listed("free_mail.txt"), _listed("shared_mail.txt")


def normalised(domain: str) -> str:
    """Lower case, without the dot at the end or an @ in front, in the form that mail is addressed with (`xn--`)."""
    plain = domain.strip().removeprefix("@").rstrip(".").lower()
    try:
        return plain.encode("idna").decode() if not plain.isascii() else plain
    except UnicodeError:
        return plain


def domain_of(address: str) -> str:
    """What stands after the last @."""
    return normalised(address.rpartition("@")[2])


def why_refused(domain: str) -> str:
    """In words; empty if an organisation may have it. Asked again at each joining: the lists grow."""
    plain = normalised(domain)
    try:
        validate_domain_name(plain)
    except ValidationError:
        return _("This is not a domain. Write what stands after the @, for example stockport.gov.uk.")
    if "." not in plain or plain.rpartition(".")[2].isdecimal():
        return _("This is not a domain. Write what stands after the @, for example stockport.gov.uk.")
    if _suffixes().is_public(plain):
        return _("Many bodies have names below “%(domain)s”, so it says nothing about one of them.") % {"domain": plain}
    if _is_or_below(plain, FREE_MAIL):
        return _("Anybody may have an address at “%(domain)s”.") % {"domain": plain}
    if plain in SHARED or _below_one_of(plain, {"onmicrosoft.com"}):
        return _("Many bodies share “%(domain)s”, so it says nothing about one of them.") % {"domain": plain}
    return ""


def candidates(domain: str) -> list[str]:
    """The domain itself and each above it that could be somebody's: `a.b.stockport.gov.uk` down to that of the council.

    Never a public suffix, whatever stands in the database.
    """
    labels = normalised(domain).split(".")
    above = [".".join(labels[start:]) for start in range(len(labels) - 1)]
    return [one for one in above if not why_refused(one)]


@cache
def _suffixes() -> PublicSuffixList:
    """Its list of private suffixes as well: below `github.io` everybody is somebody else. An unknown ending counts."""
    return PublicSuffixList(accept_unknown=True, only_icann=False)


def _is_or_below(domain: str, hosts: frozenset[str]) -> bool:
    return domain in hosts or _below_one_of(domain, hosts)


def _below_one_of(domain: str, hosts: "frozenset[str] | set[str]") -> bool:
    labels = domain.split(".")
    return any(".".join(labels[start:]) in hosts for start in range(1, len(labels) - 1))
