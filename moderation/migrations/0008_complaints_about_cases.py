from datetime import timedelta

import django.db.models.deletion
from django.db import migrations, models

from moderation.clocks import working_hours_after


def give_the_network_its_hours(apps, schema_editor):
    """A notice that was passed on was due when the writer's five days were over; the law gives 48 hours after them."""
    report = apps.get_model("moderation", "Report")
    waiting = report.objects.filter(handled_at=None, poster_answer={}).exclude(passed_on_at=None)
    for one in waiting.filter(due_at__lte=models.F("passed_on_at") + timedelta(days=6, hours=1)):
        one.due_at = working_hours_after(one.due_at, 48)
        one.save(update_fields=["due_at"])


class Migration(migrations.Migration):
    dependencies = [
        ("moderation", "0007_reopened_cases"),
    ]

    operations = [
        migrations.AddField(
            model_name="report",
            name="about_case",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="complaints",
                to="moderation.report",
                verbose_name="about case",
            ),
        ),
        migrations.RunPython(give_the_network_its_hours, migrations.RunPython.noop),
    ]
