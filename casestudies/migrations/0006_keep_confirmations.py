"""When a case study was last confirmed moves beside its text, where no old revision can bring back an old date."""

from typing import Any

from django.db import migrations


def keep(apps: Any, schema_editor: Any) -> None:
    page, standing = apps.get_model("casestudies", "CaseStudyPage"), apps.get_model("casestudies", "Standing")
    confirmed = page.objects.exclude(confirmed_on=None).values_list("pk", "confirmed_on")
    standing.objects.bulk_create(
        [standing(page_id=pk, confirmed_on=on) for pk, on in confirmed.iterator()], batch_size=500
    )


class Migration(migrations.Migration):
    dependencies = [("casestudies", "0005_evidence_and_adoption")]

    operations = [migrations.RunPython(keep, migrations.RunPython.noop)]
