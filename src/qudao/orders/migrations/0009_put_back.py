from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0008_signed_photos'),
    ]

    operations = [
        migrations.AddField(
            model_name='shipment',
            name='put_back_by',
            field=models.CharField(default='', max_length=80),
        ),
        migrations.AddField(
            model_name='shipment',
            name='put_back_at',
            field=models.DateTimeField(null=True),
        ),
    ]
