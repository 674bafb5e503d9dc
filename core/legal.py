"""The pages that the law asks for: what the software knows is filled in, what only the operator knows is theirs to add.

The headings are those of the law and of the regulators' guidance: the right to be informed (UK GDPR, articles 13 and
14), PECR for cookies, the Online Safety Act 2023 for terms and complaints (sections 10, 21), the Data Protection Act
2018, section 164A, for complaints about personal data, and SI 2018/952 for the accessibility statement, some of whose
words are fixed.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core import personal_data, retention
from core.cookies import cookies, entries
from core.models import OperatorSettings

WHO = ("controller_name", "controller_address", "contact_email")
# What the operator still owes each page while it is empty.
OWED = {
    "privacy": (*WHO, "data_protection_contact", "ico_number", "lawful_basis", "recipients", "transfers"),
    "cookies": (),
    "terms": (*WHO, "accountable_person", "law"),
    "complaints": (*WHO, "complaints_email"),
    "accessibility": (
        "controller_name",
        "accessibility_email",
        "accessibility_days",
        "accessibility_status",
        "accessibility_tested",
        "accessibility_prepared",
        "accessibility_reviewed",
    ),
}


def missing(page: str, operator: OperatorSettings) -> list[str]:
    """What the operator has not filled in, by the names of the settings."""
    return [
        str(OperatorSettings._meta.get_field(name).verbose_name) for name in OWED[page] if not getattr(operator, name)
    ]


def _page(name: str, more: Callable[[], dict[str, Any]] = dict) -> Callable[[HttpRequest], HttpResponse]:
    def view(request: HttpRequest) -> HttpResponse:
        operator = OperatorSettings.load()
        context = {"operator": operator, "missing": missing(name, operator), **more()}
        return render(request, f"core/legal/{name}.html", context)

    view.__name__ = name
    return view


privacy = _page("privacy", lambda: {"rules": retention.rules(), "holdings": personal_data.holdings()})
cookie_page = _page("cookies", lambda: {"cookies": cookies(), "entries": entries()})
terms = _page("terms")
complaints = _page("complaints")
accessibility = _page("accessibility")
