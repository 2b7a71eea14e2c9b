from django.db import migrations, models

# Words in one order, so that two imports at once wait for each other instead of for ever.
LEARN = """
CREATE FUNCTION catalogue_learn_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO catalogue_knownword (word)
    WITH told AS (
        SELECT regexp_split_to_array(trim(regexp_replace(text, '[^a-z0-9]+', ' ', 'g')), ' ') AS words
        FROM fresh, unnest(ARRAY[name_folded, words_folded]) AS text
    )
    SELECT word FROM told, unnest(words) AS word WHERE word <> ''
    UNION
    SELECT words[at] || ' ' || words[at + 1] FROM told, generate_subscripts(words, 1) AS at WHERE at < cardinality(words)
    ORDER BY 1
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER words_of_new_versions AFTER INSERT ON catalogue_procedureversion
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION catalogue_learn_words();
CREATE TRIGGER words_of_changed_versions AFTER UPDATE ON catalogue_procedureversion
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION catalogue_learn_words();
"""
FORGET = """
DROP TRIGGER words_of_new_versions ON catalogue_procedureversion;
DROP TRIGGER words_of_changed_versions ON catalogue_procedureversion;
DROP FUNCTION catalogue_learn_words();
"""


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0004_a_draft_is_closed_once")]

    operations = [
        migrations.AddField(
            model_name="synonym",
            name="removed_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="bỏ lúc (để lần nạp sau không thêm lại)"),
        ),
        migrations.CreateModel(
            name="KnownWord",
            fields=[("word", models.TextField(primary_key=True, serialize=False))],
        ),
        migrations.RunSQL(LEARN, FORGET),
    ]
