from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0006_baskets'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='shipment',
            index=models.Index(fields=['-created_at'], name='shipment_newest'),
        ),
    ]
