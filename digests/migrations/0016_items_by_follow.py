"""What a digest was made of is kept by follow, no longer by event: `[follow, [events]]` instead of `[event, [follows]]`."""

from collections import defaultdict

from django.db import migrations

BATCH = 500


def turn_around(apps, schema_editor):
    """The same both ways. Before this step nothing but a past run was kept so, and after it nothing else."""
    recipients = apps.get_model("digests", "DigestRecipient").objects.exclude(items=[])
    batch = []
    for recipient in recipients.only("items").iterator(chunk_size=BATCH):
        turned = defaultdict(list)
        for one, others in recipient.items:
            for other in others:
                turned[other].append(one)
        recipient.items = sorted(turned.items())
        batch.append(recipient)
        if len(batch) == BATCH:
            recipients.model.objects.bulk_update(batch, ["items"])
            batch = []
    if batch:
        recipients.model.objects.bulk_update(batch, ["items"])


class Migration(migrations.Migration):
    dependencies = [("digests", "0015_kept_mails_in_lz4")]

    operations = [migrations.RunPython(turn_around, turn_around)]
