from django.db import migrations

from qudao.partners import territories


def load(apps, schema_editor):
    model = apps.get_model("partners", "Territory")
    model.objects.bulk_create(territories.rows(model), ignore_conflicts=True)
    if model.objects.count() < len(territories.divisions()):
        raise RuntimeError("territories are missing")


class Migration(migrations.Migration):
    dependencies = [("partners", "0001_initial")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
