from django.db import migrations, models

FILL = """
SELECT set_config('app.everyone', 'on', true);
UPDATE settlement_statement s
SET line_count = (SELECT count(*) FROM settlement_statementline l WHERE l.statement_id = s.id);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('settlement', '0002_statement_locked_by'),
    ]

    operations = [
        migrations.AddField(
            model_name='statement',
            name='line_count',
            field=models.IntegerField(default=0),
        ),
        migrations.AddIndex(
            model_name='statementline',
            index=models.Index(condition=models.Q(('state', 'adjusted')), fields=['statement'], name='statement_line_adjusted'),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
