import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("moderation", "0004_reasons_sanctions_appeals"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="moderationsettings",
            name="page_working_days",
            field=models.PositiveSmallIntegerField(
                default=5,
                help_text="Authors and reviewers see the day; after it the page is marked as overdue.",
                validators=[django.core.validators.MinValueValidator(1)],
                verbose_name="working days to decide about a page",
            ),
        ),
        migrations.CreateModel(
            name="Claim",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40)),
                ("number", models.BigIntegerField()),
                ("since", models.DateTimeField(default=django.utils.timezone.now)),
                ("until", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="claims",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "claim",
                "verbose_name_plural": "claims",
                "constraints": [models.UniqueConstraint(fields=("kind", "number"), name="claim_once")],
            },
        ),
        migrations.CreateModel(
            name="OverdueAlert",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40)),
                ("number", models.BigIntegerField()),
                ("since", models.DateTimeField()),
                ("hours", models.PositiveSmallIntegerField()),
                ("sent_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "verbose_name": "alert about a wait",
                "verbose_name_plural": "alerts about waits",
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "number", "since", "hours"), name="overdue_alert_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ApprovalLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("content_hash", models.CharField(max_length=64)),
                ("email", models.EmailField(max_length=254, verbose_name="email address")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "decision",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="approval_link",
                        to="moderation.decision",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "step",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="approval_links",
                        to="moderation.reviewtaskstate",
                    ),
                ),
            ],
            options={
                "verbose_name": "link to sign off",
                "verbose_name_plural": "links to sign off",
                "constraints": [models.UniqueConstraint(fields=("step", "email"), name="approval_link_once")],
            },
        ),
    ]
