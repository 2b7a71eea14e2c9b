from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0007_process_drafts_know_what_they_lack")]

    operations = [
        migrations.AddField(
            model_name="procedureversion",
            name="changed_at",
            field=models.DateTimeField(db_default=Now(), editable=False, verbose_name="công bố hoặc bãi bỏ lúc"),
        ),
        migrations.AddIndex(
            model_name="procedureversion",
            index=models.Index(fields=["changed_at", "id"], name="versions_by_change"),
        ),
    ]
