from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0007_whose_links"),
    ]

    operations = [
        # Which one it is the next unlocking says.
        migrations.AddField(
            model_name="journaladdress",
            name="current",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
