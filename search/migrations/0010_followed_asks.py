"""Followed searches bring asks as well, so those that asked for case studies only because there was nothing else ask
for both. Filters that no ask has keep their searches as they were."""

import hashlib
from urllib.parse import urlencode

from django.db import migrations

# In the order in which the address of a search has them.
FACETS = ("topic", "region", "tier", "council", "place")


def bring_asks(apps, schema_editor):
    SavedSearch = apps.get_model("search", "SavedSearch")
    for saved in SavedSearch.objects.all().iterator():
        filters = {name: values for name, values in saved.filters.items() if name != "type" and values}
        if saved.filters.get("type") != ["case_study"] or not set(filters) <= set(FACETS):
            continue
        pairs = [("q", saved.text)] if saved.text else []
        pairs += [(name, value) for name in FACETS for value in filters.get(name, ())]
        asked = urlencode([(name, value.casefold()) for name, value in pairs])
        saved.key, saved.filters = hashlib.sha256(asked.encode()).hexdigest(), filters
        saved.save(update_fields=["key", "filters"])


class Migration(migrations.Migration):
    dependencies = [("search", "0009_search_counts")]

    operations = [migrations.RunPython(bring_asks, migrations.RunPython.noop)]
