"""`python -m bench province [N] [SECONDS]`: what officers and people wait for, on a province with its history.

The demonstration is filled with N dossiers of past years and some open ones by the product's own generator. Steps, lists and
following are complete requests through the web server; beside each pgbench runs a transaction of the same rows in the same round.
Lists and following are measured once on a tenth of the history and once on all of it.
"""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import cycle
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

from django.db import connection
from django.db.models import Count, Sum
from django.utils import timezone

from bench.filing import CLIENTS, ROUNDS, TOKEN, Table
from bench.place import WORKERS, Figures, Place, beside_raw
from motcua.accounts.models import Assignment, Person
from motcua.accounts.permissions import Role
from motcua.accounts.testing import a_session
from motcua.demo import loading
from motcua.demo.filling.filling import Order, fill
from motcua.dossiers.models import OPEN, Dossier, State, StepInterval, Tally
from motcua.journal.models import Entry

OPEN_ONES = 20_000
LISTED = 50
HEADERS = {"Content-Type": "application/x-www-form-urlencoded", "Accept-Encoding": "gzip"}

Ask = Callable[[int], None]


def measure(where: Place, *, past: int, seconds: float) -> Figures:
    """Fill, ask, fill on, ask again."""
    now = timezone.now().replace(second=0, microsecond=0)
    loading.load(now=now, dossiers=0)
    begun = time.monotonic()
    still_open = min(OPEN_ONES, past)
    fill(Order(past // 10, still_open, seed=1, now=now), hands=WORKERS)
    _look_over()
    where.serve()
    raw = {"follow": _raw_following(where), "list": _raw_list(where), "step": _raw_step(where)}
    _hammer(where, _followings(), seconds=2)
    young = {name: _rounds(where, asks, raw[name], seconds) for name, asks in _looks().items()}
    fill(Order(past - past // 10, 0, seed=2, now=now), hands=WORKERS)
    filling = time.monotonic() - begun
    _look_over()
    told: Figures = {name: _rounds(where, asks, raw[name], seconds) for name, asks in _looks().items()}
    told["step"] = _rounds(where, _steps(), raw["step"], seconds)
    for name, before in young.items():
        told[name]["history"] = told[name]["p50_ms"] / before["p50_ms"]
    dossiers = Dossier.objects.count()
    return {"rows": told, "dossiers": dossiers, "open": still_open, "filling": filling, "year_ms": _year()}


def _look_over() -> None:
    """The planner learns how large the tables are now."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("ANALYZE")


def _rounds(where: Place, asks: Iterator[Ask], raw: Path, seconds: float) -> Figures:
    """Rounds of requests and of the raw transaction, one after the other."""
    rates, raws, waits, processor = [], [], [], []
    for _ in range(ROUNDS):
        before = where.processor_seconds()
        took, told = _hammer(where, asks, seconds=seconds)
        processor.append((where.processor_seconds() - before) / max(len(told), 1) * 1000)
        rates.append(len(told) / took)
        waits += told
        raws.append(where.pgbench(raw, seconds=max(1, seconds), clients=CLIENTS))
    return {
        **beside_raw(rates, raws, waits, processor),
        "asked": len(waits),
    }


def _hammer(where: Place, asks: Iterator[Ask], *, seconds: float) -> tuple[float, list[float]]:
    """Four people asking one thing after the other until the time is up; how long it took, and each waiting time in ms."""
    waits: list[float] = []
    lock = threading.Lock()
    until = time.monotonic() + seconds
    wrong: list[BaseException] = []

    def person() -> None:
        while time.monotonic() < until and not wrong:
            with lock:
                ask = next(asks, None)
            if ask is None:
                return
            began = time.perf_counter()
            try:
                ask(where.port)
            except (OSError, SystemExit) as error:
                wrong.append(error)
                return
            waits.append((time.perf_counter() - began) * 1000)

    people = [threading.Thread(target=person) for _ in range(CLIENTS)]
    began = time.monotonic()
    for one in people:
        one.start()
    for one in people:
        one.join()
    if wrong:
        raise SystemExit(str(wrong[0]))
    return time.monotonic() - began, waits


def _request(port: int, method: str, path: str, *, cookies: str, told: dict[str, object] | None = None) -> str:
    """One request; returns the cookies to send with the next one."""
    web = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    body = urlencode({**told, "csrfmiddlewaretoken": TOKEN}) if told else None
    web.request(method, path, body=body, headers={**HEADERS, "Cookie": f"csrftoken={TOKEN}; {cookies}"})
    answer = web.getresponse()
    answer.read()
    web.close()
    if answer.status not in (200, 302):
        raise SystemExit(f"{method} {path} answered {answer.status}.")
    given = [value.split(";", 1)[0] for name, value in answer.getheaders() if name.lower() == "set-cookie"]
    return "; ".join(one for one in given if not one.startswith("csrftoken"))


# What is asked ---------------------------------------------------------------------------------------------------------


def _looks() -> dict[str, Iterator[Ask]]:
    return {"follow": _followings(), "list": _lists()}


def _followings() -> Iterator[Ask]:
    """Code and second fact told, the dossier seen: two requests."""
    found = Dossier.objects.filter(state__in=OPEN).exclude(phone="").order_by("pk").values_list("code", "phone")

    def following(code: str, phone: str) -> Ask:
        def ask(port: int) -> None:
            cookies = _request(port, "POST", "/tra-cuu/", cookies="", told={"code": code, "second_fact": phone[-4:]})
            _request(port, "GET", f"/ho-so/{code}/", cookies=cookies)

        return ask

    return cycle([following(*one) for one in found[:2_000]])


def _lists() -> Iterator[Ask]:
    """The lists of officers who have a whole page of work."""
    full = Dossier.objects.filter(state=State.IN_PROGRESS).values("at_unit", "at_role").annotate(many=Count("pk"))
    places = full.filter(many__gte=LISTED).order_by("-many")[:40] or full.order_by("-many")[:5]
    officers = [_officer(place["at_unit"], place["at_role"]) for place in places]
    sessions = [a_session(officer) for officer in officers if officer]

    def listing(session: str) -> Ask:
        return lambda port: _request(port, "GET", "/motcua/", cookies=f"sessionid={session}") and None

    return cycle([listing(session) for session in sessions])


def _steps() -> Iterator[Ask]:
    """Each an officer's step done, once."""
    running = StepInterval.objects.filter(
        ended_at=None, step__role=Role.PROCESSING_OFFICER, dossier__state=State.IN_PROGRESS, step__position=2
    )
    rows = running.order_by("pk").values_list("pk", "dossier__code", "unit", "step__role")
    sessions: dict[tuple[int, str], str] = {}
    for pk, code, unit, role in rows:
        if (unit, role) not in sessions:
            officer = _officer(unit, role)
            if officer is None:
                continue
            sessions[unit, role] = a_session(officer)
        yield _step(code, pk, sessions[unit, role])


def _step(code: str, pk: int, session: str) -> Ask:
    path, told = f"/motcua/ho-so/{code}/xong-buoc/", {"at_step": pk, "note": "Đã kiểm tra."}
    return lambda port: _request(port, "POST", path, cookies=f"sessionid={session}", told=told) and None


def _officer(unit: int, role: str) -> Person | None:
    found = Assignment.objects.filter(unit=unit, role=role, valid_to=None).select_related("person").first()
    return found.person if found else None


def _year() -> float:
    """The year's figures of every agency and event from the daily counts, in ms: the best of the middle of twenty."""
    today, taken = timezone.localdate(), []
    for _ in range(20):
        began = time.perf_counter()
        rows = Tally.objects.filter(day__year=today.year).values("agency", "event").annotate(total=Sum("count"))
        assert list(rows)
        taken.append((time.perf_counter() - began) * 1000)
    return median(taken)


# The same rows, raw ----------------------------------------------------------------------------------------------------


def _script(where: Place, name: str, lines: Sequence[str]) -> Path:
    path = where.folder / f"{name}.sql"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _ids() -> tuple[int, int]:
    """Between which numbers every one is a dossier's: the last that were filled in."""
    last = Dossier.objects.filter(state=State.IN_PROGRESS).latest("pk").pk
    numbers = set(Dossier.objects.filter(pk__gt=last - LISTED * 8, pk__lte=last).values_list("pk", flat=True))
    first = last
    while first - 1 in numbers:
        first -= 1
    return first, last


def _raw_following(where: Place) -> Path:
    first, last = _ids()
    return _script(
        where,
        "follow",
        [
            f"\\set id random({first}, {last})",
            "SELECT * FROM dossiers_dossier WHERE id = :id;",
            "SELECT * FROM journal_entry WHERE subject = 'dossier:' || :id::bigint ORDER BY number;",
            "SELECT * FROM dossiers_stepinterval WHERE dossier_id = :id;",
        ],
    )


def _raw_list(where: Place) -> Path:
    busiest = Dossier.objects.filter(state=State.IN_PROGRESS).values("at_unit").annotate(many=Count("pk"))
    unit = busiest.order_by("-many").first()
    assert unit is not None
    return _script(
        where,
        "list",
        [
            "SELECT d.code, d.owner_name, d.due_at, v.name FROM dossiers_dossier d"
            " JOIN catalogue_procedureversion v ON v.id = d.procedure_version_id"
            f" WHERE d.at_unit_id = {unit['at_unit']} AND d.state IN ({', '.join(repr(str(s)) for s in OPEN)})"
            f" ORDER BY d.due_at, d.id LIMIT {LISTED};",
        ],
    )


def _raw_step(where: Place) -> Path:
    """One step ended, the next begun, the dossier moved, a line and a job."""
    first, last = _ids()
    interval = StepInterval.objects.filter(ended_at=None).latest("pk")
    entry = Entry.objects.filter(event="dossier.step_done").latest("pk")
    with connection.cursor() as cursor:
        cursor.execute("CREATE SEQUENCE bench_steps")
        # It has ended at once, so that what the product counts as running is not touched.
        ended = {"ended_at": "now()", "outcome": "'DONE'"}
        begun = Table("dossiers_stepinterval").again(cursor, interval.pk, dossier_id=":id", **ended)
        line = Table("journal_entry").again(cursor, entry.pk, subject="'raw:' || nextval('bench_steps')")
    lines = [
        f"\\set id random({first}, {last})",
        "BEGIN;",
        "SELECT id FROM dossiers_dossier WHERE id = :id FOR UPDATE;",
        "UPDATE dossiers_stepinterval SET note = note WHERE dossier_id = :id AND ended_at IS NOT NULL AND started_at ="
        " (SELECT max(started_at) FROM dossiers_stepinterval WHERE dossier_id = :id);",
        begun + ";",
        "UPDATE dossiers_dossier SET at_role = at_role WHERE id = :id;",
        line + " RETURNING id AS entry \\gset",
        "INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES"
        " ('default', 'journal.tell', jsonb_build_object('listener', 'bench', 'entry', :entry::bigint));",
        "COMMIT;",
    ]
    return _script(where, "step", lines)


# As docs/performance.md tells it ---------------------------------------------------------------------------------------

NAMES = {
    "step": ("a step of the life cycle", "300/s, 0.19 of raw, 30 ms"),
    "follow": ("following by code (two requests)", "1,500/s, 10 ms"),
    "list": (f"work list, {LISTED} rows", "300/s, 40 ms"),
}


def text(told: Figures, *, machine: str, commit: str, day: str) -> str:
    rows = "".join(
        f"| {NAMES[name][0]} | {one['rate']:.0f} | {one['raw']:.0f} | {one['ratio']:.3f} | {one['processor_ms']:.1f} ms"
        f" | {one['p50_ms']:.0f} ms / {one['p99_ms']:.0f} ms | {_times(one)} | {NAMES[name][1]} |\n"
        for name, one in told["rows"].items()
    )
    return f"""## A province with its history

Measured by `./run bench province` on {machine}, on {day}, at commit `{commit}`, on {told["dossiers"]:,} dossiers, {told["open"]:,} of them open, written by `./run fill` in
{told["filling"] / 60:.1f} minutes while both cores were shared as they were in this run. Complete requests by {CLIENTS} clients: session, permission, CSRF check, rules, journal and jobs included; raw is
pgbench with the same rows in the same rounds. History: the median wait on all of it against that on a tenth of it; the bar is 1.3.

| | a second | raw | share of raw | processor | waiting, median / 99 of 100 | history | bar |
|---|---|---|---|---|---|---|---|
{rows}
The figures of a year for every agency, added from the daily counts: {told["year_ms"]:.0f} ms; there is no page yet that shows them.

Statements, asserted by `tests/test_statements.py`: filing 13 (the bar is 10), a step 19 (8), following 2 and 13, a work list 5 for one row as for many.
"""


def _times(one: Figures) -> str:
    return f"{one['history']:.2f}" if "history" in one else "–"
