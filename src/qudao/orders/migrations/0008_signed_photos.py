import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0007_shipments_newest'),
    ]

    operations = [
        migrations.CreateModel(
            name='SignedPhoto',
            fields=[
                ('id', models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('entry', models.UUIDField(editable=False, null=True)),
                ('node_id', models.IntegerField(db_index=True)),
                ('no', models.SmallIntegerField()),
                ('digest', models.CharField(max_length=64)),
                ('media_type', models.CharField(max_length=20)),
                ('shipment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='photos', to='orders.shipment')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('shipment', 'no'), name='signed_photo_once')],
            },
        ),
    ]
