"""Followed searches bring briefings and entries of places' records as well. What asked for all that there was asks for all
that there is now; whose filters some of it has not, names the kinds that have them, as a search made today does."""

import hashlib
from urllib.parse import urlencode

from django.db import migrations

# In the order in which the address of a search has them.
FACETS = (
    "type", "outcome", "topic", "programme", "stage", "evidence", "cost", "year", "region", "tier", "council", "place",
)  # fmt: skip
COMMON = {"topic", "council", "tier", "region"}
BEFORE = {
    "ask": COMMON | {"place"},
    "case_study": set(FACETS),
    "opportunity": COMMON | {"place", "programme"},
}
NOW = {**BEFORE, "briefing": COMMON | {"programme"}, "record": COMMON | {"place", "programme", "year"}}


def with_these(kinds, chosen):
    return sorted(name for name, filters in kinds.items() if chosen <= filters)


def bring_all(apps, schema_editor):
    SavedSearch = apps.get_model("search", "SavedSearch")
    for saved in SavedSearch.objects.all().iterator():
        filters = {name: values for name, values in saved.filters.items() if name != "type" and values}
        if sorted(saved.filters.get("type") or BEFORE) != with_these(BEFORE, set(filters)):
            continue
        types = with_these(NOW, set(filters))
        if types != sorted(NOW):
            filters["type"] = types
        pairs = [("q", saved.text)] if saved.text else []
        pairs += [(name, value) for name in FACETS for value in filters.get(name, ())]
        asked = urlencode([(name, value.casefold()) for name, value in pairs])
        key = hashlib.sha256(asked.encode()).hexdigest()
        if key == saved.key or SavedSearch.objects.filter(key=key).exists():
            continue
        saved.key, saved.filters = key, filters
        saved.save(update_fields=["key", "filters"])


class Migration(migrations.Migration):
    dependencies = [("search", "0011_vectors_at_hand")]

    operations = [migrations.RunPython(bring_all, migrations.RunPython.noop)]
