"""The policy's settings, and what the log says beside the decision itself.

SQLite adds a column with a default by making the table anew, which loses its triggers: they are put back.
"""

from importlib import import_module
from typing import Any

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

append_only = import_module("moderation.migrations.0002_append_only_decisions")


def put_triggers_back(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "sqlite":
        for statement in append_only.SQLITE:
            schema_editor.execute(statement.replace("CREATE TRIGGER", "CREATE TRIGGER IF NOT EXISTS"))


class Migration(migrations.Migration):
    dependencies = [
        ("moderation", "0002_append_only_decisions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ModerationSettings",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "approvals_for_trust",
                    models.PositiveSmallIntegerField(
                        default=2,
                        help_text="Until then a moderator looks at everything that a person contributes.",
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="approvals that earn trust",
                    ),
                ),
                (
                    "forget_rejections_after_days",
                    models.PositiveIntegerField(
                        default=365,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="days until a refusal no longer counts",
                    ),
                ),
                (
                    "max_links",
                    models.PositiveSmallIntegerField(default=2, verbose_name="links that need no second look"),
                ),
                (
                    "max_per_hour",
                    models.PositiveSmallIntegerField(
                        default=10,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="contributions an hour that need no second look",
                    ),
                ),
                (
                    "max_open_reports",
                    models.PositiveSmallIntegerField(
                        default=1, verbose_name="open reports about a person that need no second look"
                    ),
                ),
                (
                    "blocked_words",
                    models.TextField(
                        blank=True,
                        default="viagra\ncasino\ncrypto giveaway\npayday loan\nessay writing service",
                        help_text="One word or phrase a line. Whole words; capitals make no difference.",
                        verbose_name="words that always need a look",
                    ),
                ),
            ],
            options={
                "verbose_name": "moderation policy",
            },
        ),
        migrations.AddField(
            model_name="decision",
            name="author",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="decisions_received",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="decision",
            name="step",
            field=models.CharField(
                choices=[("organisation", "The organisation"), ("network", "The network")],
                default="network",
                max_length=12,
                verbose_name="decided by",
            ),
        ),
        migrations.AddField(
            model_name="decision",
            name="waited_since",
            field=models.DateTimeField(null=True),
        ),
        migrations.RunPython(put_triggers_back, migrations.RunPython.noop),
    ]
