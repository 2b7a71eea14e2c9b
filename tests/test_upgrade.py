"""A database of an earlier release becomes one of today, and nothing in it is lost (nâng cấp).

Each file in tests/releases/ is a database as that release made it (pg_dump): two one-stop offices of synthetic people, a draft
and a dossier in every state. Once there, a file is never changed; a release whose tables matter adds its own.
"""

import gzip
import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from motcua.embedded import OWNER, Cluster

ROOT = Path(__file__).resolve().parents[1]
RELEASES = sorted((ROOT / "tests" / "releases").glob("*.sql.gz"))
# What grows with every release is compared by what was there, all else row by row.
GROWING = {"django_migrations", "django_content_type", "auth_permission"}
COLUMNS = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"

LIFE_GOES_ON = """
import pytest  # with it there, settings take styles as they are written
import django
django.setup()
from datetime import timedelta
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from motcua.accounts.models import Person
from motcua.accounts.testing import sign_in
from motcua.dossiers import processing
from motcua.dossiers.models import Dossier, State

call_command("verify_journal")
settings.ALLOWED_HOSTS = ["testserver"]
desk, citizen = Client(), Client()
sign_in(desk, Person.objects.get(full_name="Nguyễn Thị Lan", assignments__unit__agency__name__endswith="Hùng Đức"))
sign_in(citizen, Dossier.objects.filter(account__isnull=False).first().account)
for dossier in Dossier.objects.filed().filter(agency__name__endswith="Hùng Đức"):
    assert desk.get(f"/motcua/ho-so/{dossier.code}/").status_code == 200, dossier.code
    if dossier.account_id:
        assert citizen.get(f"/ho-so/{dossier.code}/").status_code == 200, dossier.code
for address in ("/", "/ho-so-cua-toi/"):
    assert citizen.get(address).status_code == 200, address
for address in ("/motcua/", "/motcua/cho-tiep-nhan/", "/motcua/tim/?q=2310"):
    assert desk.get(address).status_code == 200, address

dossier = Dossier.objects.filter(state=State.IN_PROGRESS, agency__name__endswith="Hùng Đức").first()
step = processing.running_step(dossier)
officer = Person.objects.get(full_name="Hoàng Văn Hùng", assignments__unit=step.unit)
processing.do_step(dossier, at_step=step.pk, by=officer, at=step.started_at + timedelta(hours=1))
call_command("verify_journal")
"""


@pytest.fixture
def cluster():
    if "host=" not in os.environ["DATABASE_URL"]:
        pytest.skip("bản lưu của bản phát hành cũ chỉ nạp vào PostgreSQL đi kèm (needs the embedded PostgreSQL)")
    var = Path(os.environ.get("MOTCUA_VAR", ROOT / "var"))
    with Cluster(var / "pgtest", forgetful=True).used() as cluster:
        yield cluster


@pytest.fixture(params=RELEASES, ids=lambda path: path.name.removesuffix(".sql.gz"))
def old(request, cluster):
    """The address of a database as that release left it."""
    name = f"upgrade_{os.getpid()}"
    with psycopg.connect(cluster.url(OWNER, "postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        url = cluster.url(OWNER, name)
        psql = [str(cluster.binaries / "psql"), "-q", "-v", "ON_ERROR_STOP=1", "-o", os.devnull, url]
        subprocess.run(psql, input=gzip.decompress(request.param.read_bytes()), check=True)
        yield url
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def columns(url):
    known = {}
    with psycopg.connect(url) as connection:
        for table, column in connection.execute(COLUMNS).fetchall():
            known.setdefault(table, set()).add(column)
    return known


def rows(url, told):
    """Every row as text, with these columns of its table."""
    with psycopg.connect(url) as connection:
        asked = {table: ", ".join(f'"{name}"' for name in sorted(names)) for table, names in told.items()}
        return {
            table: sorted(row for (row,) in connection.execute(f"SELECT jsonb_build_array({what})::text FROM {table}"))
            for table, what in asked.items()
        }


def python(url, *arguments):
    environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "motcua.config.settings"}
    ran = subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@pytest.mark.long
def test_a_database_of_an_earlier_release_keeps_every_row_and_its_dossiers_go_on(old):
    before = columns(old)
    told = rows(old, before)

    python(old, "-m", "django", "migrate", "--verbosity=0")

    after = columns(old)
    assert before.keys() - after.keys() == set()
    assert {table: names - after[table] for table, names in before.items() if names - after[table]} == {}
    for table, kept in rows(old, before).items():
        if table in GROWING:
            assert set(told[table]) <= set(kept), table
        else:
            assert kept == told[table], table
    assert "Nhật ký nguyên vẹn: 55 dòng" in python(old, "-c", LIFE_GOES_ON)
