from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('settlement', '0007_adjustment'),
    ]

    operations = [
        migrations.AddField(
            model_name='statementline',
            name='serial_code',
            field=models.CharField(default='', max_length=40),
        ),
    ]
