"""Reasons as a list, sanctions and appeals; and the log refuses to be emptied at once, too.

Changing columns makes SQLite build the log's table anew, which loses its triggers: they are put back
(`docs/decisions/0031-decisions-and-appeals.md`).
"""

from importlib import import_module
from typing import Any

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

earlier = import_module("moderation.migrations.0003_policy_and_log")


def guard(apps: Any, schema_editor: Any) -> None:
    earlier.put_triggers_back(apps, schema_editor)
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            """CREATE TRIGGER moderation_decision_no_truncate BEFORE TRUNCATE ON moderation_decision
            FOR EACH STATEMENT EXECUTE FUNCTION moderation_append_only()"""
        )


def unguard(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER moderation_decision_no_truncate ON moderation_decision")


class Migration(migrations.Migration):
    dependencies = [
        ("contenttypes", "0002_remove_content_type_name"),
        ("moderation", "0003_policy_and_log"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Appeal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("words", models.TextField(max_length=4000, verbose_name="why the decision was wrong")),
                ("created_at", models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ("deadline", models.DateTimeField()),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("upheld", "The decision stands"), ("overturned", "The decision was overturned")],
                        max_length=10,
                        verbose_name="outcome",
                    ),
                ),
                ("reply", models.TextField(blank=True, max_length=4000, verbose_name="answer")),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "appeal",
                "verbose_name_plural": "appeals",
                "ordering": ["created_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Reason",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "code",
                    models.CharField(
                        help_text="Stands in the log and in the CSV, and cannot be changed later.",
                        max_length=40,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-z][a-z0-9_]*\\Z", "Small letters, digits and underscores."
                            )
                        ],
                        verbose_name="code",
                    ),
                ),
                (
                    "label",
                    models.CharField(
                        help_text="What the person is told, for example in the mail.",
                        max_length=160,
                        verbose_name="reason in English",
                    ),
                ),
                ("label_cy", models.CharField(blank=True, max_length=160, verbose_name="reason in Welsh")),
                (
                    "rule",
                    models.CharField(
                        help_text="The rule behind it, in a sentence: it stands in the moderation policy.",
                        max_length=300,
                        verbose_name="rule in English",
                    ),
                ),
                ("rule_cy", models.CharField(blank=True, max_length=300, verbose_name="rule in Welsh")),
                ("for_changes", models.BooleanField(default=True, verbose_name="for asking for changes")),
                ("for_refusing", models.BooleanField(default=True, verbose_name="for declining and hiding")),
                (
                    "for_people",
                    models.BooleanField(default=False, verbose_name="for warning, limiting, suspending and banning"),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="in use")),
                ("sort_order", models.PositiveSmallIntegerField(default=100, verbose_name="order")),
            ],
            options={
                "verbose_name": "reason for a decision",
                "verbose_name_plural": "reasons for decisions",
                "ordering": ["sort_order", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Sanction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("warn", "Warning"),
                            ("limit", "Everything held"),
                            ("suspend", "Suspension"),
                            ("ban", "Ban"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("starts_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="from")),
                ("ends_at", models.DateTimeField(blank=True, null=True, verbose_name="until")),
                ("lifted_at", models.DateTimeField(blank=True, null=True)),
                ("seconded_at", models.DateTimeField(blank=True, null=True)),
                ("closed_account", models.BooleanField(default=False)),
            ],
            options={
                "verbose_name": "sanction",
                "verbose_name_plural": "sanctions",
                "ordering": ["-starts_at", "-pk"],
            },
        ),
        migrations.AddField(
            model_name="decision",
            name="answers",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="answered_by",
                to="moderation.decision",
            ),
        ),
        migrations.AddField(
            model_name="decision",
            name="reason_words",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="decision",
            name="reasons_before",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="decision",
            name="state_before",
            field=models.CharField(blank=True, max_length=10),
        ),
        migrations.AlterField(
            model_name="decision",
            name="action",
            field=models.CharField(
                choices=[
                    ("approve", "Approve"),
                    ("ask_for_changes", "Ask for changes"),
                    ("decline", "Decline"),
                    ("hide", "Hide"),
                    ("restore", "Restore"),
                    ("dismiss_report", "Dismiss the report"),
                    ("warn", "Warn"),
                    ("limit", "Hold everything for a time"),
                    ("suspend", "Suspend"),
                    ("ban", "Ban"),
                    ("lift", "End it early"),
                    ("undo", "Take the decision back"),
                    ("uphold", "Uphold the decision"),
                    ("overturn", "Overturn the decision"),
                ],
                max_length=20,
                verbose_name="decision",
            ),
        ),
        migrations.AlterField(
            model_name="decision",
            name="reason",
            field=models.CharField(blank=True, max_length=40, verbose_name="reason"),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.UniqueConstraint(fields=("answers", "action"), name="decision_answered_once_by_each"),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("answers__isnull", False),
                    models.Q(("action__in", ["undo", "uphold", "overturn"]), _negated=True),
                    _connector="OR",
                ),
                name="decision_answers_something",
            ),
        ),
        migrations.AddField(
            model_name="appeal",
            name="by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="appeals",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="appeal",
            name="decided_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="appeal",
            name="decision",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="appeal", to="moderation.decision"
            ),
        ),
        migrations.AddField(
            model_name="appeal",
            name="first_decided_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="reason",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("code", ""), _negated=True),
                    models.Q(("label", ""), _negated=True),
                    models.Q(("rule", ""), _negated=True),
                ),
                name="reason_says_something",
            ),
        ),
        migrations.AddField(
            model_name="sanction",
            name="decision",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="sanction", to="moderation.decision"
            ),
        ),
        migrations.AddField(
            model_name="sanction",
            name="lifted_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="sanction",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="sanctions", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="sanction",
            name="proposed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="sanction",
            name="seconded_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="sanction",
            name="seconding",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="seconded_ban",
                to="moderation.decision",
            ),
        ),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.CheckConstraint(condition=models.Q(("words", ""), _negated=True), name="appeal_says_why"),
        ),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.CheckConstraint(
                condition=models.Q(("created_at__lte", models.F("deadline"))), name="appeal_in_time"
            ),
        ),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at", None), ("decided_by", None), ("outcome", ""), ("reply", "")),
                    models.Q(
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                        ("outcome__in", ["upheld", "overturned"]),
                        models.Q(("reply", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="appeal_decided_with_an_answer",
            ),
        ),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_by", None),
                    ("first_decided_by", None),
                    models.Q(("decided_by", models.F("first_decided_by")), _negated=True),
                    _connector="OR",
                ),
                name="appeal_decided_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_by", None),
                    ("by", None),
                    models.Q(("decided_by", models.F("by")), _negated=True),
                    _connector="OR",
                ),
                name="appeal_not_decided_by_oneself",
            ),
        ),
        migrations.AddIndex(
            model_name="sanction",
            index=models.Index(fields=["person", "kind"], name="sanction_person"),
        ),
        migrations.AddConstraint(
            model_name="sanction",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["warn", "limit", "suspend", "ban"])), name="sanction_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="sanction",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at", None), ("ends_at__gt", models.F("starts_at")), _connector="OR"),
                name="sanction_ends_later",
            ),
        ),
        migrations.AddConstraint(
            model_name="sanction",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("kind", "warn"), _negated=True), ("ends_at", None), _connector="OR"),
                name="sanction_warning_has_no_end",
            ),
        ),
        migrations.AddConstraint(
            model_name="sanction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "suspend"), _negated=True), ("ends_at__isnull", False), _connector="OR"
                ),
                name="sanction_suspension_ends",
            ),
        ),
        migrations.AddConstraint(
            model_name="sanction",
            constraint=models.CheckConstraint(
                condition=models.Q(("lifted_by", None), ("lifted_at__isnull", False), _connector="OR"),
                name="sanction_lifted_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="sanction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        models.Q(("kind", "ban"), _negated=True),
                        ("proposed_by", None),
                        ("seconded_at", None),
                        ("seconded_by", None),
                        ("seconding", None),
                    ),
                    models.Q(
                        ("kind", "ban"),
                        ("proposed_by__isnull", False),
                        ("seconded_at", None),
                        ("seconded_by", None),
                        ("seconding", None),
                        ("closed_account", False),
                        ("ends_at__isnull", False),
                    ),
                    models.Q(
                        ("kind", "ban"),
                        ("proposed_by__isnull", False),
                        ("seconded_by__isnull", False),
                        ("seconding__isnull", False),
                        ("ends_at", None),
                        ("seconded_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="sanction_ban_takes_two",
            ),
        ),
        migrations.AddConstraint(
            model_name="sanction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("seconded_by", None),
                    models.Q(("seconded_by", models.F("proposed_by")), _negated=True),
                    _connector="OR",
                ),
                name="sanction_second_is_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="sanction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("proposed_by", None), models.Q(("proposed_by", models.F("person")), _negated=True), _connector="OR"
                ),
                name="sanction_not_of_oneself",
            ),
        ),
        migrations.AddConstraint(
            model_name="sanction",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "ban"), ("lifted_at", None)),
                fields=("person",),
                name="sanction_one_ban_at_a_time",
            ),
        ),
        migrations.RunPython(guard, unguard),
    ]
