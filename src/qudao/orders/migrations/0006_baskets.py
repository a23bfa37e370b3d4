from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0005_signed_on'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('basket__isnull', False)), fields=['basket'], name='order_basket'),
        ),
    ]
