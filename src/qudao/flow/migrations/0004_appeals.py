from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('flow', '0003_verdicts'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='flowrow',
            index=models.Index(condition=models.Q(('state', 'appeal')), fields=['verdict'], name='flow_row_appeal'),
        ),
    ]
