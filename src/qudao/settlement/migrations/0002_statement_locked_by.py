"""Who locked a statement: the signature of our side."""

from django.db import migrations

from qudao.kernel import records


class Migration(migrations.Migration):
    dependencies = [("settlement", "0001_initial")]

    operations = [
        migrations.AddField("statement", "locked_by", records.code(80, default="")),
    ]
