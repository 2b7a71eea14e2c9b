import unicodedata

from django.db import migrations


def learn(apps, schema_editor):
    """What is already there is searched by its agency too; its words are learnt by the trigger on the way."""
    versions = apps.get_model("catalogue", "ProcedureVersion").objects.select_related("agency")
    fresh = []
    for version in versions.only("id", "words_folded", "agency_text", "agency__name").iterator(chunk_size=500):
        names = f"{version.agency_text} {version.agency.name if version.agency else ''}"
        letters = unicodedata.normalize("NFD", names.lower().replace("đ", "d"))
        folded = "".join(letter for letter in letters if not unicodedata.combining(letter)).split()
        version.words_folded = " ".join([version.words_folded, *folded]).strip()[:4000]
        fresh.append(version)
    versions.model.objects.bulk_update(fresh, ["words_folded"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0005_the_catalogue_knows_its_words")]

    operations = [migrations.RunPython(learn, migrations.RunPython.noop)]
