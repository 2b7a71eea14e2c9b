from django.db import migrations

LEARN = """
CREATE FUNCTION catalogue_learn_spoken_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO catalogue_knownword (word)
    WITH told AS (SELECT string_to_array(said_folded, ' ') AS words FROM fresh)
    SELECT word FROM told, unnest(words) AS word WHERE word <> ''
    UNION
    SELECT words[at] || ' ' || words[at + 1] FROM told, generate_subscripts(words, 1) AS at WHERE at < cardinality(words)
    ORDER BY 1
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER words_of_new_synonyms AFTER INSERT ON catalogue_synonym
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION catalogue_learn_spoken_words();
CREATE TRIGGER words_of_changed_synonyms AFTER UPDATE ON catalogue_synonym
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION catalogue_learn_spoken_words();
UPDATE catalogue_synonym SET means = means;
"""
FORGET = """
DROP TRIGGER words_of_new_synonyms ON catalogue_synonym;
DROP TRIGGER words_of_changed_synonyms ON catalogue_synonym;
DROP FUNCTION catalogue_learn_spoken_words();
"""


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0010_files_of_procedures_are_brought_in")]

    operations = [migrations.RunSQL(LEARN, FORGET)]
