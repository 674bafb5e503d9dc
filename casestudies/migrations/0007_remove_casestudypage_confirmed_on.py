from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("casestudies", "0006_keep_confirmations")]

    operations = [migrations.RemoveField(model_name="casestudypage", name="confirmed_on")]
