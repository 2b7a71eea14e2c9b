"""`python -m bench export`: a list of 100,000 dossiers taken out as a file, in a process of its own whose memory is measured.

The dossiers are copies of a real one, written by the database itself; the job runs as in the worker and its highest resident
memory, interpreter and libraries included, is what the kernel says of that process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta

from django.db import connection
from django.db.models import Model
from django.utils import timezone

from bench.place import Figures, Place
from motcua.dossiers.models import Dossier, Export, ExportFormat, StepInterval
from motcua.dossiers.testing import a_one_stop, a_walk_in

ROWS = 100_000
JOB = """
import json, resource, sys, time
import django
django.setup()
from motcua.counter.exporting import make
from motcua.dossiers.models import Export
from django.utils import timezone
begun = time.monotonic()
make(int(sys.argv[1]), at=timezone.now())
took = time.monotonic() - begun
export = Export.objects.get(pk=sys.argv[1])
assert export.state == "DONE", export.problem
print(json.dumps({"rows": export.total, "size": export.size, "seconds": took,
                  "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))
"""


def measure(where: Place) -> Figures:
    """Both forms a work list is taken out in, one after the other."""
    office = a_one_stop("Ủy ban nhân dân xã Tân Trào", code="2.000908")
    at = timezone.now()
    _many(a_walk_in(office, at=at - timedelta(days=1)), ROWS - 1)
    told: Figures = {}
    for form in (ExportFormat.XLSX, ExportFormat.CSV):
        export = Export.objects.create(
            by=office.leader,
            what="agency",
            query={"lien-he": True},
            format=form,
            purpose="Đo tốc độ",
            asked_at=at,
        )
        told[form.value] = _job(where, export)
    return told


def _many(dossier: Dossier, number: int) -> None:
    """Copies with a code and an address of their own, each at the step of the first."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        listed = _columns(Dossier, "public_id", "code")
        cursor.execute(
            f"INSERT INTO dossiers_dossier (public_id, code, {listed}) "  # noqa: S608 names of our own columns
            f"SELECT gen_random_uuid(), code || '-' || n, {listed} FROM dossiers_dossier, generate_series(1, %s) AS n WHERE id = %s",
            [number, dossier.pk],
        )
        listed = _columns(StepInterval, "dossier_id")
        cursor.execute(
            f"INSERT INTO dossiers_stepinterval (dossier_id, {listed}) SELECT copy.id, {listed} "  # noqa: S608
            "FROM (SELECT id FROM dossiers_dossier WHERE id > %s) AS copy, "
            f"(SELECT {listed} FROM dossiers_stepinterval WHERE dossier_id = %s) AS one",
            [dossier.pk, dossier.pk],
        )
        cursor.execute("ANALYZE")


def _columns(model: type[Model], *but: str) -> str:
    fields = [field for field in model._meta.concrete_fields if field.attname not in ("id", *but)]
    return ", ".join(f'"{field.column}"' for field in fields)


def _job(where: Place, export: Export) -> Figures:
    ran = subprocess.run(
        [sys.executable, "-c", JOB, str(export.pk)], env=os.environ.copy(), capture_output=True, text=True, check=True
    )
    told: Figures = json.loads(ran.stdout.splitlines()[-1])
    return told


def text(told: Figures) -> str:
    """The section of docs/performance.md."""
    rows = "".join(
        f"| {form} | {one['rows']:,} | {one['seconds']:.0f} s | {one['memory'] / 2**20:.0f} MB | {one['size'] / 2**20:.1f} MB |\n"
        for form, one in told.items()
    )
    return f"""## Exports

A work list of 100,000 dossiers taken out by the job an officer asks for: twenty cells a row, addresses included. Memory is the highest the
process of the job had, interpreter and libraries included; the bar is 300 MB.

| | rows | time | memory | file |
|---|---|---|---|---|
{rows}"""
