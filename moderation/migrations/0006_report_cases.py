"""Reports become cases: a reference, a clock, a log that is only added to, and what a locked case keeps.

The group for locked cases is made empty: an administrator names who is in it.
"""

from datetime import timedelta
from importlib import import_module
from typing import Any

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import moderation.models.reports
from members.roles import LOCKED_CASES

append_only = import_module("moderation.migrations.0002_append_only_decisions")
TABLE = "moderation_reportline"


def fill(apps: Any, schema_editor: Any) -> None:
    """The reports of before get a reference, the clock that they had, and the outcome that can be told of them."""
    reports = apps.get_model("moderation", "Report").objects
    for one in reports.iterator(chunk_size=500):
        one.reference = moderation.models.reports.new_reference()
        one.due_at = one.created_at + timedelta(hours=48)
        one.save(update_fields=["reference", "due_at"])


def make_group(apps: Any, schema_editor: Any) -> None:
    apps.get_model("auth", "Group").objects.get_or_create(name=LOCKED_CASES)


def guard(apps: Any, schema_editor: Any) -> None:
    statements = {"sqlite": append_only.SQLITE, "postgresql": append_only.POSTGRESQL[1:]}
    for statement in statements[schema_editor.connection.vendor]:
        schema_editor.execute(
            statement.replace(append_only.TABLE, TABLE).replace("decisions are", "the log of cases is")
        )


def unguard(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_no_update")
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_no_delete")
    else:
        schema_editor.execute(f"DROP TRIGGER {TABLE}_append_only ON {TABLE}")


class Migration(migrations.Migration):
    dependencies = [
        ("contenttypes", "0002_remove_content_type_name"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("moderation", "0005_claims_and_approval_links"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PreservedContent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("content", models.JSONField()),
                ("kept_until", models.DateTimeField(db_index=True)),
            ],
            options={
                "verbose_name": "preserved content",
                "verbose_name_plural": "preserved contents",
            },
        ),
        migrations.CreateModel(
            name="ReportLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("received", "Received"),
                            ("acknowledged", "Receipt confirmed to whoever reported it"),
                            ("hidden", "Hidden until somebody has looked"),
                            ("shown", "Shown again"),
                            ("alerted", "People who can act were told at once"),
                            ("preserved", "Content and author’s data kept for the authorities"),
                            ("note", "Note"),
                            ("written", "Written to whoever reported it"),
                            ("passed_on", "Notice passed to the writer"),
                            ("poster_answered", "The writer answered"),
                            ("nca", "Reported to the National Crime Agency"),
                            ("opened", "Content of a locked case opened"),
                            ("decided", "Decided"),
                            ("erased", "Personal details erased, their time being over"),
                        ],
                        max_length=16,
                    ),
                ),
                ("words", models.TextField(blank=True)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "verbose_name": "line of a case",
                "verbose_name_plural": "lines of cases",
                "ordering": ["at", "pk"],
            },
        ),
        migrations.AddField(
            model_name="moderationsettings",
            name="reports_that_hide",
            field=models.PositiveSmallIntegerField(
                default=3,
                help_text="A report without an account counts half. 0: never. Pages are never hidden in this way.",
                verbose_name="independent reports that hide something until a moderator has looked",
            ),
        ),
        migrations.AddField(
            model_name="report",
            name="acknowledged_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="report",
            name="answers",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="report",
            name="due_at",
            field=models.DateTimeField(db_index=True, default=django.utils.timezone.now, verbose_name="due"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="report",
            name="erased_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="report",
            name="hid_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="report",
            name="hid_revision",
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="report",
            name="language",
            field=models.CharField(default="en", max_length=2),
        ),
        migrations.AddField(
            model_name="report",
            name="nca_reference",
            field=models.CharField(blank=True, max_length=80, verbose_name="reference of the National Crime Agency"),
        ),
        migrations.AddField(
            model_name="report",
            name="nca_reported_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="report",
            name="outcome",
            field=models.CharField(
                blank=True,
                choices=[
                    ("acted", "Taken away"),
                    ("left", "Left as it is"),
                    ("answered", "Answered"),
                    ("gone", "It was no longer there"),
                    ("misused", "Misuse of reporting"),
                ],
                max_length=10,
                verbose_name="outcome",
            ),
        ),
        migrations.AddField(
            model_name="report",
            name="passed_on_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="report",
            name="poster_answer",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="report",
            name="reference",
            field=models.CharField(max_length=12, null=True, verbose_name="reference"),
        ),
        migrations.AddField(
            model_name="report",
            name="started_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="report",
            name="visitor",
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AlterField(
            model_name="report",
            name="content_type",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to="contenttypes.contenttype"
            ),
        ),
        migrations.AlterField(
            model_name="report",
            name="kind",
            field=models.CharField(
                choices=[
                    ("child_abuse", "It shows or supports the sexual abuse of a child"),
                    ("intimate_image", "It is an intimate picture of somebody who did not agree to it"),
                    ("illegal", "It may be against the law"),
                    ("defamation", "It is untrue and harms somebody’s good name (defamation)"),
                    ("personal_data", "It contains personal details"),
                    ("abuse", "It attacks or insults somebody"),
                    ("wrong", "It is wrong or misleading"),
                    ("spam", "It is advertising or spam"),
                    ("other", "Something else"),
                    ("complaint", "A complaint about how we run the network"),
                ],
                max_length=20,
                verbose_name="what is wrong",
            ),
        ),
        migrations.AlterField(
            model_name="report",
            name="object_id",
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="report",
            index=models.Index(fields=["visitor", "created_at"], name="report_visitor"),
        ),
        migrations.AddField(
            model_name="preservedcontent",
            name="report",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="preserved", to="moderation.report"
            ),
        ),
        migrations.AddField(
            model_name="reportline",
            name="by",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="reportline",
            name="report",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="moderation.report"
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="report",
            name="reference",
            field=models.CharField(
                default=moderation.models.reports.new_reference, max_length=12, unique=True, verbose_name="reference"
            ),
        ),
        migrations.RunPython(make_group, migrations.RunPython.noop),
        migrations.RunPython(guard, unguard),
    ]
