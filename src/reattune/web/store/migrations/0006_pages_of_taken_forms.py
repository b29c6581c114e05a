from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0005_taken_forms"),
    ]

    operations = [
        migrations.AddField(
            model_name="takenform",
            name="page",
            field=models.BinaryField(null=True),
        ),
        # What an earlier version kept is sealed with another key: nothing opens it.
        migrations.RunSQL("DELETE FROM store_takenform", migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="guesses",
            name="last",
            field=models.DateTimeField(db_index=True),
        ),
    ]
