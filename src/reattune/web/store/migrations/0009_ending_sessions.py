from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0008_current_address"),
    ]

    operations = [
        migrations.AddField(
            model_name="unlockedsession",
            name="ending",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
