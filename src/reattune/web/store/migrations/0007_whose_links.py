from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0006_pages_of_taken_forms"),
    ]

    operations = [
        migrations.AddField(
            model_name="sharedlink",
            name="whose",
            field=models.BinaryField(max_length=32, null=True),
        ),
    ]
