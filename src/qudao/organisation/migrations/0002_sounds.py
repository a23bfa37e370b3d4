from django.db import migrations, models

from qudao.kernel import search_keys


def fill(apps, schema_editor):
    """People who are there already sort by their sound as well."""
    people = list(apps.get_model("organisation", "Person").objects.only("pk", "name"))
    for one in people:
        one.sounds = search_keys.sounds(one.name)
    apps.get_model("organisation", "Person").objects.bulk_update(people, ["sounds"], batch_size=1000)


class Migration(migrations.Migration):

    dependencies = [
        ('organisation', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='person',
            name='sounds',
            field=models.CharField(default='', max_length=400),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
