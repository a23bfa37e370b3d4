from django.db import migrations, models

# What was answered before: an answer belongs to the disputed line of its document, product and lot; where two are
# alike, to the first.
FILL = """
SELECT set_config('app.everyone', 'on', true);
UPDATE settlement_statementline d SET adjusts = (
    SELECT min(l.no) FROM settlement_statementline l
    WHERE l.statement_id = d.statement_id AND l.fact_id IS NOT NULL AND l.dispute_reason <> ''
        AND (l.document_type, l.document_number, l.item_name, l.lot_code)
            = (d.document_type, d.document_number, d.item_name, d.lot_code))
WHERE d.section = 'differences' AND d.fact_id IS NULL;
UPDATE settlement_statementline l SET adjustment = d.amount
FROM (
    SELECT statement_id, adjusts, sum(amount) AS amount FROM settlement_statementline
    WHERE adjusts IS NOT NULL GROUP BY statement_id, adjusts
) d
WHERE l.statement_id = d.statement_id AND l.no = d.adjusts;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('settlement', '0006_fact_late'),
    ]

    operations = [
        migrations.AddField(
            model_name='statementline',
            name='adjusts',
            field=models.IntegerField(null=True),
        ),
        migrations.AddField(
            model_name='statementline',
            name='adjustment',
            field=models.DecimalField(decimal_places=2, default=0, max_digits=18),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
