from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0002_a_dossier_knows_its_case")]

    operations = [
        migrations.AddIndex(
            model_name="stepinterval",
            index=models.Index(
                condition=models.Q(("ended_at__isnull", True)), fields=["unit"], name="running_steps_of_a_unit"
            ),
        ),
    ]
