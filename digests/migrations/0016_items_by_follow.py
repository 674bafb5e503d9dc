"""What a digest was made of is kept by follow, no longer by event: `[follow, [events]]` instead of `[event, [follows]]`."""

from collections import defaultdict

from django.db import migrations

BATCH = 500


def turn_around(apps, schema_editor):
    """The same both ways. Before this step nothing but a past run was kept so, and after it nothing else."""
    model = apps.get_model("digests", "DigestRecipient")
    recipients = model.objects.exclude(items=[]).order_by("pk").only("items")
    last = 0
    while batch := list(recipients.filter(pk__gt=last)[:BATCH]):
        for recipient in batch:
            turned = defaultdict(list)
            for one, others in recipient.items:
                for other in others:
                    turned[other].append(one)
            recipient.items = sorted(turned.items())
        model.objects.bulk_update(batch, ["items"])
        last = batch[-1].pk


class Migration(migrations.Migration):
    dependencies = [("digests", "0015_kept_mails_in_lz4")]

    operations = [migrations.RunPython(turn_around, turn_around)]
