"""The database itself keeps what was written, whoever asks and however."""

import os
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from django.db.utils import ProgrammingError

from motcua.embedded import APPLICATION, OWNER
from motcua.journal.models import Entry, Reading
from motcua.journal.reading import read
from motcua.journal.recording import record

from .cast import NINE, Thing, a_person, set_guard

pytestmark = pytest.mark.django_db


@pytest.fixture
def line():
    return record("thing.made", about=Thing(), by=None, at=NINE)


def refused(statement, by=None):
    """Say it in SQL, as the owner of the database or as another role; what the database answers."""
    with pytest.raises(DatabaseError) as answer, transaction.atomic(), connection.cursor() as cursor:
        if by:
            cursor.execute(f"SET LOCAL ROLE {by}")
        cursor.execute(statement)
    return str(answer.value)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal_entry SET event = 'thing.kept'",
        "UPDATE journal_entry SET facts = facts",
        "DELETE FROM journal_entry",
        "INSERT INTO journal_entry SELECT * FROM journal_entry ON CONFLICT (id) DO UPDATE SET event = ''",
        "MERGE INTO journal_entry USING (SELECT 1) AS one ON true WHEN MATCHED THEN DELETE",
    ],
)
def test_a_line_can_be_neither_changed_nor_removed(line, statement):
    if statement.startswith("INSERT"):
        statement = statement.replace("SELECT * FROM", "OVERRIDING SYSTEM VALUE SELECT * FROM")

    assert "The journal is final" in refused(statement)

    line.refresh_from_db()
    assert line.event == "thing.made"


def test_the_journal_cannot_be_emptied(line):
    set_guard("entries_are_not_truncated", on=True)  # the database of tests allows it elsewhere (conftest.py)

    assert "TRUNCATE of journal_entry is refused" in refused("TRUNCATE journal_entry CASCADE")

    assert Entry.objects.get() == line


def test_the_orm_is_refused_as_well(line):
    line.event = "thing.kept"
    for act in (line.save, line.delete, Entry.objects.all().delete, lambda: Entry.objects.update(event="thing.kept")):
        with pytest.raises(DatabaseError, match="The journal is final"), transaction.atomic():
            act()

    assert Entry.objects.get().event == "thing.made"


def test_the_products_own_role_may_only_add_and_read(line):
    for statement in (
        "UPDATE journal_entry SET event = ''",
        "DELETE FROM journal_entry",
        "TRUNCATE journal_entry CASCADE",
        "UPDATE journal_reading SET purpose = ''",
        "DELETE FROM journal_reading",
        "TRUNCATE journal_reading",
        "ALTER TABLE journal_entry DISABLE TRIGGER ALL",
    ):
        said = refused(statement, by=APPLICATION)
        assert "permission denied" in said or "must be owner" in said

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {APPLICATION}")
        second = record("thing.kept", about=Thing(), by=None, at=NINE)
        assert second.previous_hash == line.hash
        cursor.execute("RESET ROLE")


def test_a_reading_can_be_neither_changed_nor_removed():
    read(Thing(), reader=a_person(), at=NINE, purpose="xử lý hồ sơ")

    for statement in ("UPDATE journal_reading SET purpose = ''", "DELETE FROM journal_reading"):
        assert "The journal is final" in refused(statement)

    assert Reading.objects.get().purpose == "xử lý hồ sơ"


def test_the_readings_cannot_be_emptied():
    read(Thing(), reader=a_person(), at=NINE, purpose="xử lý hồ sơ")
    set_guard("readings_are_not_truncated", on=True, table="journal_reading")  # as for the journal above

    assert "TRUNCATE of journal_reading is refused" in refused("TRUNCATE journal_reading CASCADE")

    assert Reading.objects.exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal_entry SET event = ''",
        "DELETE FROM journal_entry",
        "TRUNCATE journal_entry, journal_reading CASCADE",
        "UPDATE journal_reading SET purpose = ''",
        "DELETE FROM journal_reading",
        "DROP TABLE journal_reading",
        "ALTER TABLE journal_reading DISABLE TRIGGER ALL",
        "DROP TRIGGER an_entry_is_final ON journal_entry",
        "CREATE OR REPLACE FUNCTION journal_is_final() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "GRANT UPDATE ON journal_entry TO motcua_app",
        f"SET ROLE {OWNER}",
        "SET session_replication_role = 'replica'",
        "SELECT setval(pg_get_serial_sequence('journal_entry', 'id'), 1)",
    ],
)
def test_no_way_round_it_is_open_to_the_product_as_it_runs(statement):
    """Signed in as the role itself, as ./run does, not as the owner who put on its coat."""
    if "host=" not in os.environ["DATABASE_URL"]:
        pytest.skip("vai trò này chỉ có không mật khẩu ở PostgreSQL đi kèm (needs the embedded PostgreSQL)")
    address = urlsplit(os.environ["DATABASE_URL"])._replace(
        netloc=f"{APPLICATION}@", path=f"/{connection.settings_dict['NAME']}"
    )
    with psycopg.connect(address.geturl(), options="-c lock_timeout=2s") as as_the_product:
        as_the_product.execute("SELECT 1 FROM journal_entry, journal_reading")

        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            as_the_product.execute(statement)
            # GRANT without the right to give is a warning, and gives nothing.
            as_the_product.execute("UPDATE journal_entry SET event = ''")


def test_a_person_who_did_something_cannot_be_deleted_under_the_journal():
    lan = a_person()
    record("thing.made", about=Thing(), by=lan, at=NINE)

    assert "journal_entry" in refused(f"DELETE FROM {lan._meta.db_table}; SET CONSTRAINTS ALL IMMEDIATE")


def test_a_server_without_the_products_role_takes_the_same_migration():
    from importlib import import_module

    written = import_module("motcua.journal.migrations.0001_the_journal_is_final").FINAL.replace(
        APPLICATION, "nobody_of_that_name"
    )
    only_rights = written[written.index("DO $$") :]

    with connection.cursor() as cursor:
        cursor.execute(only_rights)  # says nothing
        with pytest.raises(ProgrammingError), transaction.atomic():
            cursor.execute("GRANT SELECT ON journal_entry TO nobody_of_that_name")
