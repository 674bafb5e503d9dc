"""What the records of places say, on other pages.

{% load record %}
{% record_of_programme page %}      a section: the latest entries about a programme, each side by itself, or nothing
"""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.http import urlencode

from places.models import ProgrammePage
from places.record.selectors import accounts_of

register = template.Library()


@register.inclusion_tag("places/record/programme.html")
def record_of_programme(programme: ProgrammePage) -> dict[str, Any]:
    accounts = accounts_of(programme)
    total = sum(account.n for account in accounts)
    query = urlencode({"type": "record", "programme": programme.slug})
    return {"accounts": accounts, "total": total, "url": f"{reverse('search')}?{query}"}
