from django.db import migrations, models

FILL = """
SELECT set_config('app.everyone', 'on', true);
UPDATE orders_order o SET line_count = (SELECT count(*) FROM orders_orderline l WHERE l.order_id = o.id),
    signed_on = CASE WHEN o.status = 'signed' AND NOT EXISTS (
        SELECT 1 FROM orders_orderline l WHERE l.order_id = o.id AND l.signed < l.quantity
    ) THEN (
        SELECT max((sh.signed_at AT TIME ZONE 'Asia/Shanghai')::date) FROM orders_shipment sh WHERE sh.order_id = o.id
    ) END;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0004_indexes_of_figures'),
    ]

    operations = [
        migrations.AddField(
            model_name='order',
            name='line_count',
            field=models.SmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='order',
            name='signed_on',
            field=models.DateField(null=True),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
