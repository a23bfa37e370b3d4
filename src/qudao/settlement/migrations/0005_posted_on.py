from django.db import migrations, models

FILL = """
SELECT set_config('app.everyone', 'on', true);
UPDATE settlement_cashreceipt SET posted_on = received_on;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('settlement', '0004_credit_application'),
    ]

    operations = [
        migrations.AddField(model_name='fact', name='posted_on', field=models.DateField(null=True)),
        migrations.AddField(model_name='cashreceipt', name='posted_on', field=models.DateField(null=True)),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AlterField(model_name='cashreceipt', name='posted_on', field=models.DateField()),
    ]
