"""What the search keeps, and for how long."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.retention import Rule, register
from search import counting

register(
    Rule(
        name="searches-counted",
        order=60,
        what=_("How often a text was searched for on a day, without anything about who searched"),
        kept=counting.KEPT,
        since=_("the day"),
        why=_("To see what people miss here; nobody can be told by it"),
        run=lambda now: counting.forget(today=timezone.localdate(now)),
    )
)
