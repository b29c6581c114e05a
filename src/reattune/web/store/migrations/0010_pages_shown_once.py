from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0009_ending_sessions"),
    ]

    operations = [
        migrations.AddField(
            model_name="takenform",
            name="shown_once",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
