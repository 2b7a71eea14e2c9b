from django.db import migrations


def any_desk_receives(apps, schema_editor):
    """Not bound to administrative boundaries within the province (NĐ 118/2025/NĐ-CP; one-stop.md §1.2)."""
    apps.get_model("dossiers", "RuleSet").objects.filter(key="ND118_2025").update(any_desk_receives=True)


class Migration(migrations.Migration):
    dependencies = [
        ("dossiers", "0022_the_rules_say_whether_any_desk_receives"),
    ]

    operations = [migrations.RunPython(any_desk_receives, migrations.RunPython.noop)]
