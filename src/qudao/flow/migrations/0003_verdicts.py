import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('flow', '0002_file_month'),
    ]

    operations = [
        migrations.AddField(
            model_name='flowrow',
            name='verdict',
            field=models.CharField(db_default='', max_length=12),
        ),
        migrations.CreateModel(
            name='FlowVerdict',
            fields=[
                ('id', models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('entry', models.UUIDField(editable=False, null=True)),
                ('node_id', models.IntegerField(db_index=True)),
                ('verdict', models.CharField(max_length=12)),
                ('ground', models.CharField(max_length=12)),
                ('note', models.CharField(max_length=500)),
                ('judged_by', models.CharField(max_length=80)),
                ('judged_at', models.DateTimeField()),
                ('row', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='verdicts', to='flow.flowrow')),
            ],
            options={
                'abstract': False,
            },
        ),
    ]
