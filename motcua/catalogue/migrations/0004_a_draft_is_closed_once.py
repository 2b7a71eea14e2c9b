from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0003_versions_keep_their_keywords")]

    operations = [
        migrations.RemoveConstraint(model_name="draft", name="a_procedure_has_one_open_draft"),
        migrations.RenameField(model_name="draft", old_name="discarded_at", new_name="closed_at"),
        migrations.AlterField(
            model_name="draft",
            name="closed_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="công bố hoặc bỏ lúc"),
        ),
        migrations.AddConstraint(
            model_name="draft",
            constraint=models.UniqueConstraint(
                condition=models.Q(("closed_at__isnull", True)),
                fields=("code",),
                name="a_procedure_has_one_open_draft",
            ),
        ),
    ]
