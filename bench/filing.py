"""Filing through HTTP, beside a raw transaction of the same rows in the same run.

Filing is the POST that turns a complete draft, its papers already stored, into a dossier: session, permission, CSRF, validation,
code, journal and job included. The raw run writes a dossier with a form of 2 kB, three papers with a file each, the clock, the
journal line and the job in one transaction of pgbench.
"""

from __future__ import annotations

import http.client
import threading
import time
from datetime import timedelta
from pathlib import Path

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench.place import Figures, Place, beside_raw
from motcua.accounts.testing import a_session, sign_in
from motcua.dossiers.models import Dossier, PaperFile, RuleSet
from motcua.dossiers.testing import OneStop, a_draft, a_one_stop, a_stored_file
from motcua.journal.models import Entry

OFFICES = 8
CLIENTS = 4
ROUNDS = 3
WARM = 40
TOKEN = "a" * 32  # a CSRF secret: cookie and field agree
LONG = "Đề nghị giải quyết theo quy định, các giấy tờ kèm theo đều là bản chụp từ bản chính. " * 14
FORM = [{"key": "noi_dung", "type": "long_text", "label": "Nội dung", "required": True}]
PAPERS = [{"key": f"giay_{n}", "name": f"Giấy tờ số {n}", "originals": 1, "required": True} for n in (1, 2, 3)]


def measure(where: Place, *, seconds: float) -> Figures:
    """Interleaved rounds; rates are medians, waiting times are over all rounds."""
    offices = _offices()
    statements = _statements(offices[0])
    raw = _raw_script(where)
    where.serve()
    need = round(seconds * 400)
    rates, raws, waits, processor = [], [], [], []
    _file(where, _drafts(offices, WARM), seconds=60)
    for _ in range(ROUNDS):
        drafts = _drafts(offices, need)
        before = where.processor_seconds()
        took, told = _file(where, drafts, seconds=seconds)
        processor.append((where.processor_seconds() - before) / len(told) * 1000)
        rates.append(len(told) / took)
        waits += told
        raws.append(where.pgbench(raw, seconds=seconds, clients=CLIENTS))
    return {
        **beside_raw(rates, raws, waits, processor),
        "statements": statements,
        "clients": CLIENTS,
        "filed": len(waits),
    }


def _offices() -> list[OneStop]:
    """Eight communes under rules that let the portal take filings today."""
    offices = [
        a_one_stop(f"Ủy ban nhân dân xã số {n}", code=f"1.90000{n}", form=FORM, components=PAPERS)
        for n in range(OFFICES)
    ]
    RuleSet.objects.exclude(key="ND107_2021").delete()
    RuleSet.objects.update(valid_to=None)
    return offices


def _drafts(offices: list[OneStop], many: int) -> list[tuple[str, str]]:
    """Complete drafts in turn over the offices, as (address name, session); copies of one made by the steps."""
    made = []
    at = timezone.now() - timedelta(minutes=5)
    for office, number in zip(offices, _shares(many), strict=True):
        session = a_session(office.citizen)
        office.citizen.dossiers.filter(code=None).delete()
        first = a_draft(office, at=at, form={"noi_dung": LONG})
        copies = copies_of(first, number)
        made.append([(str(copy.public_id), session) for copy in copies])
    return [one for together in zip(*made, strict=False) for one in together]


def copies_of(first: Dossier, number: int) -> list[Dossier]:
    """As many drafts like a complete one, with papers of their own."""
    at = timezone.now() - timedelta(minutes=5)
    copies = Dossier.objects.bulk_create(_like(first) for _ in range(number))
    papers = [
        paper.__class__(
            dossier=copy, component_id=paper.component_id, position=paper.position, name=paper.name, originals=1
        )
        for copy in copies
        for paper in first.papers.all()
    ]
    stored = a_stored_file(at=at)
    laid = type(papers[0]).objects.bulk_create(papers)
    PaperFile.objects.bulk_create(PaperFile(paper=paper, file=stored, name="giay.pdf", added_at=at) for paper in laid)
    return copies


def _shares(many: int) -> list[int]:
    return [many // OFFICES + 1] * OFFICES


def _like(dossier: Dossier) -> Dossier:
    kept = {
        field.attname: getattr(dossier, field.attname)
        for field in Dossier._meta.concrete_fields
        if field.name not in ("id", "public_id")
    }
    return Dossier(**kept)


def _file(where: Place, drafts: list[tuple[str, str]], *, seconds: float) -> tuple[float, list[float]]:
    """Four people filing one dossier after the other until the time is up; how long it took, and each waiting time in ms."""
    waits: list[float] = []
    todo = iter(drafts)
    lock = threading.Lock()
    until = time.monotonic() + seconds

    def person() -> None:
        while time.monotonic() < until:
            with lock:
                one = next(todo, None)
            if one is None:
                return
            began = time.perf_counter()
            status = _post(where.port, *one)
            waits.append((time.perf_counter() - began) * 1000)
            if status != 302:
                raise SystemExit(f"Filing answered {status}.")

    people = [threading.Thread(target=person) for _ in range(CLIENTS)]
    began = time.monotonic()
    for one in people:
        one.start()
    for one in people:
        one.join()
    return time.monotonic() - began, waits


def _post(port: int, draft: str, session: str) -> int:
    web = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    web.request(
        "POST",
        f"/ho-so-nhap/{draft}/nop/",
        body=f"csrfmiddlewaretoken={TOKEN}",
        headers={
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": f"sessionid={session}; csrftoken={TOKEN}",
            "Accept-Encoding": "gzip",
        },
    )
    answer = web.getresponse()
    answer.read()
    web.close()
    return answer.status


def _statements(office: OneStop) -> int:
    """How many statements one filing sends, transactions not counted."""
    draft = a_draft(office, at=timezone.now() - timedelta(minutes=5), form={"noi_dung": LONG}).public_id
    client = Client(headers={"host": "127.0.0.1"})
    sign_in(client, office.citizen)
    with CaptureQueriesContext(connection) as sent:
        answer = client.post(f"/ho-so-nhap/{draft}/nop/")
    assert answer.status_code == 302, answer.status_code
    control = ("BEGIN", "COMMIT", "SET", "SAVEPOINT", "RELEASE")
    return sum(not query["sql"].startswith(control) for query in sent.captured_queries)


def _raw_script(where: Place) -> Path:
    """The rows of the dossier just filed, written again and again by pgbench under new numbers."""
    dossier = Dossier.objects.filed().latest("id")
    with connection.cursor() as cursor:
        cursor.execute("CREATE SEQUENCE bench_codes")
        lines = [
            "\\set day random(1, 8)",
            "BEGIN;",
            "INSERT INTO dossiers_codecounter (agency_id, day, last) SELECT agency_id, CURRENT_DATE + 1, 1 FROM"
            " (SELECT id AS agency_id FROM organisations_agency ORDER BY id LIMIT 1 OFFSET :day - 1) a ON CONFLICT (agency_id, day)"
            " DO UPDATE SET last = dossiers_codecounter.last + 1;",
            Table("dossiers_dossier").again(
                cursor,
                dossier.pk,
                code="'RAW-' || nextval('bench_codes')",
                public_id="gen_random_uuid()",
            )
            + " RETURNING id AS dossier \\gset",
        ]
        for paper in dossier.papers.all():
            lines.append(
                Table("dossiers_paper").again(cursor, paper.pk, dossier_id=":dossier") + " RETURNING id AS paper \\gset"
            )
            file = paper.files.get()
            lines.append(Table("dossiers_paperfile").again(cursor, file.pk, paper_id=":paper") + ";")
        interval = dossier.clock.get()
        lines.append(Table("dossiers_clockinterval").again(cursor, interval.pk, dossier_id=":dossier") + ";")
        entry = Entry.objects.filter(subject=dossier.subject).latest("number")
        lines.append(
            Table("journal_entry").again(cursor, entry.pk, subject="'dossier:' || :dossier::bigint")
            + " RETURNING id AS entry \\gset"
        )
        lines.append(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES"
            " ('default', 'journal.tell', jsonb_build_object('listener', 'bench', 'entry', :entry::bigint));"
        )
        lines.append("COMMIT;")
    script = where.folder / "filing.sql"
    script.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return script


class Table:
    """A table whose row can be written again as an INSERT of literals."""

    def __init__(self, name: str) -> None:
        self.name = name

    def again(self, cursor, pk: int, **other: str) -> str:
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
            " AND attgenerated = '' AND attname <> 'id' ORDER BY attnum",
            [self.name],
        )
        columns = [row[0] for row in cursor.fetchall()]
        cursor.execute(
            f"SELECT {', '.join(f'quote_nullable({column})' for column in columns)} FROM {self.name} WHERE id = %s",
            [pk],
        )
        # pgbench reads a colon before a letter as a variable of its own.
        literals = [str(value).replace("\n", " ") for value in cursor.fetchone()]
        values = [other.get(column, literal) for column, literal in zip(columns, literals, strict=True)]
        return f"INSERT INTO {self.name} ({', '.join(columns)}) VALUES ({', '.join(values)})"
