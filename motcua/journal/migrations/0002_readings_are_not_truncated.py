from django.db import migrations

# A line about a reading is as final as a line of the journal, also for who owns the tables.
KEPT = """
CREATE TRIGGER readings_are_not_truncated BEFORE TRUNCATE ON journal_reading
    FOR EACH STATEMENT EXECUTE FUNCTION journal_is_final();
"""


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_the_journal_is_final")]

    operations = [migrations.RunSQL(KEPT, "DROP TRIGGER readings_are_not_truncated ON journal_reading")]
