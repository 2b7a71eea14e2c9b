"""`./run faults`: break the running product under load, and look whether anything was lost or done twice (thử lỗi).

The product is started as anybody starts it, in a folder of its own. People file drafts and officers receive and hand them on
through its pages; whatever is not answered they press again, as people do. Meanwhile web, worker and database are killed at
random moments. Afterwards nothing that was acknowledged may be missing or there twice.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

from bench.place import free_port, quantile
from motcua.embedded import OWNER, Cluster
from motcua.serving import MARK, ROOT

FILE = ROOT / "docs" / "faults.md"
TOKEN = "a" * 32  # a CSRF secret: cookie and field agree
FILERS, OFFICERS = 3, 2
PATIENCE = 600.0
STEP = re.compile(rb'name="at_step" value="(\d+)"')


class Finding(NamedTuple):
    """What was done, what was seen, and whether it is as it must be."""

    done: str
    person: str
    operator: str
    well: bool


# The product ----------------------------------------------------------------------------------------------------------


class Product:
    """The whole of it, started as by `./run`, with its words read as an operator reads them."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self.chance = chance
        self.var, self.port = folder / "var", free_port()
        self.cluster = Cluster(self.var / "pg")
        self.output = folder / "said"
        self.process: subprocess.Popen[bytes] | None = None

    def environ(self, **more: str) -> dict[str, str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("MOTCUA_", "DATABASE_"))}
        # The shifted clock is read from a file, so that it can be set back while everything runs.
        path = os.pathsep.join([str(ROOT / "bench" / "clock"), str(ROOT)])
        own = {"MOTCUA_VAR": str(self.var), "MOTCUA_PORT": str(self.port), "MOTCUA_DEMO": "0", "PYTHONPATH": path}
        return {**clean, **own, "MOTCUA_LOG": "json", "MOTCUA_CLOCK": str(self.var.parent / "clock"), **more}

    def start(self) -> None:
        with open(self.output, "ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "motcua"],
                cwd=ROOT,
                env=self.environ(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        self.wait_until(lambda: "Ctrl-C" in self.said(), "the product did not start")

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait()

    def said(self) -> str:
        return self.output.read_text(errors="replace") if self.output.exists() else ""

    def wait_until(self, true: Callable[[], Any], otherwise: str) -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if true():
                return
            if self.process and self.process.poll() is not None:
                raise SystemExit(f"The product ended: {self.said()[-2000:]}")
            time.sleep(0.2)
        raise SystemExit(f"{otherwise}: {self.said()[-2000:]}")

    def processes(self, word: bytes) -> list[int]:
        """Of those started for this folder, whose command has the word."""
        mark, found = f"{MARK}={self.var}".encode(), []
        for one in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if word in (one / "cmdline").read_bytes() and mark in (one / "environ").read_bytes().split(b"\0"):
                    found.append(int(one.name))
        return sorted(found)

    def of(self, part: str) -> int:
        """One process of a part: one of the web's, the one that keeps those, the worker, or the database's first."""
        if part == "database":
            return int((self.cluster.data / "postmaster.pid").read_text().split("\n", 1)[0])
        victims: list[int] = []
        until = time.monotonic() + PATIENCE
        while not victims and time.monotonic() < until:  # the last murder may not be made good yet
            found = self.processes(b"procrastinate" if part == "worker" else b"gunicorn")
            masters = [one for one in found if _parent(one) not in found]
            victims = [one for one in found if one not in masters] if part == "web process" else masters
            time.sleep(0.05)
        return self.chance.choice(victims)

    def ask(
        self, method: str, path: str, session: str = "", body: bytes = b"", kind: str = "", timeout: float = 30
    ) -> tuple[int, bytes]:
        web = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        cookies = f"sessionid={session}; csrftoken={TOKEN}" if session else f"csrftoken={TOKEN}"
        try:
            web.request(
                method,
                path,
                body=body or None,
                headers={"Content-Type": kind or "application/x-www-form-urlencoded", "Cookie": cookies},
            )
            answer = web.getresponse()
            return answer.status, answer.read()
        finally:
            web.close()

    def post(self, path: str, session: str, **fields: str) -> int:
        body = "&".join(f"{name}={value}" for name, value in {"csrfmiddlewaretoken": TOKEN, **fields}.items())
        return self.ask("POST", path, session, body.encode())[0]


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
    except OSError:
        return 0


# The load -------------------------------------------------------------------------------------------------------------


class Load:
    """People and officers; what they were told is written down, and nothing else."""

    def __init__(self, product: Product) -> None:
        from django.utils import timezone

        from bench.filing import LONG, _offices
        from motcua.accounts.testing import a_session
        from motcua.dossiers.testing import a_draft

        self.product, self.offices = product, _offices()
        at = timezone.now() - timedelta(minutes=5)
        # One of each office is never filed; the others are made like it.
        self.patterns = [(a_draft(one, at=at, form={"noi_dung": LONG}), a_session(one.citizen)) for one in self.offices]
        self.lock, self.ended = threading.Lock(), threading.Event()
        self.drafts: list[tuple[str, str]] = []
        self.filed: dict[str, str] = {}  # what was acknowledged, and the session of whose it is
        self.acts: list[tuple[str, str]] = []
        self.last_answer = time.monotonic()
        self.waits: list[float] = []
        self.told: Counter[str] = Counter()
        self.threads: list[threading.Thread] = []

    def lay_out(self, many: int) -> None:
        """More complete drafts, in turn over the offices."""
        from bench.filing import copies_of

        each = many // len(self.patterns) + 1
        made = [[(str(one.public_id), session) for one in copies_of(first, each)] for first, session in self.patterns]
        with self.lock:
            self.drafts += [one for together in zip(*made, strict=True) for one in together]

    def start(self) -> None:
        self.ended.clear()
        self.threads = [threading.Thread(target=self._person) for _ in range(FILERS)]
        self.threads += [threading.Thread(target=self._officer, args=(n,)) for n in range(OFFICERS)]
        for one in self.threads:
            one.start()

    def stop(self) -> None:
        self.ended.set()
        for one in self.threads:
            one.join()

    def _person(self) -> None:
        while not self.ended.is_set():
            with self.lock:
                one = self.drafts.pop() if self.drafts else None
            if one is None:
                time.sleep(0.2)
                continue
            self._press_until_told(*one)

    def _press_until_told(self, draft: str, session: str) -> None:
        """A person presses again until the page says that it was filed; also after the load has ended."""
        began, until = time.monotonic(), time.monotonic() + PATIENCE
        while time.monotonic() < until:
            said = self._try(lambda: self.product.post(f"/ho-so-nhap/{draft}/nop/", session))
            if said == "302":
                with self.lock:
                    self.filed[draft] = session
                    self.last_answer = time.monotonic()
                    self.waits.append(time.monotonic() - began)
                return
            time.sleep(0.3)
        raise SystemExit(f"{draft} could not be filed for {PATIENCE} s.")

    def _try(self, ask: Callable[[], int]) -> str:
        try:
            said = str(ask())
        except TimeoutError:
            said = "no answer in 30 s"
        except (OSError, http.client.HTTPException):
            said = "cut off"
        with self.lock:
            self.told[said] += 1
        return said

    def _officer(self, number: int) -> None:
        """Receives what was filed and hands it to who settles it, one after the other, from the pages."""
        from django.db import connection

        from motcua.accounts.testing import a_session
        from motcua.dossiers.models import Dossier, State

        chance = random.Random(number)
        desks = {office.agency.pk: a_session(office.reception) for office in self.offices}
        while not self.ended.is_set():
            try:
                waiting = Dossier.objects.filter(state__in=(State.SUBMITTED, State.ACCEPTED)).order_by("-id")
                found = list(waiting.values_list("code", "state", "agency_id")[:40])
            except Exception:  # the database was killed a moment ago
                connection.close()
                time.sleep(0.3)
                continue
            if not found:
                time.sleep(0.2)
                continue
            code, state, agency = chance.choice(found)
            self._act(code, "accept" if state == State.SUBMITTED else "hand_to_agency", desks[agency])
        connection.close()

    def _act(self, code: str, act: str, session: str) -> None:
        from django.urls import reverse

        fields = {}
        if act == "hand_to_agency":
            with suppress(OSError, http.client.HTTPException):
                _, page = self.product.ask("GET", reverse("counter:dossier", args=[code]), session)
                if found := STEP.search(page):
                    fields["at_step"] = found[1].decode()
            if not fields:
                return
        if self._try(lambda: self.product.post(reverse(f"counter:{act}", args=[code]), session, **fields)) == "302":
            with self.lock:
                self.acts.append((code, act))


# What is left ---------------------------------------------------------------------------------------------------------


def settled(product: Product) -> bool:
    """Nothing waits, nothing is in work."""
    from django.db import OperationalError, connection

    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'"
                " OR (status = 'todo' AND task_name = 'journal.tell')"
            )
            return not cursor.fetchone()[0]
    except OperationalError:
        connection.close()
        return False


def faults_of(load: Load) -> list[str]:
    """Each sentence is something that must not be."""
    from django.db.models import Count, Sum

    from motcua.dossiers.models import Dossier, Informed, Notice, State, Tally
    from motcua.dossiers.tallies import COUNTED
    from motcua.journal.models import Entry
    from motcua.journal.verifying import verify

    wrong = []
    rows = {str(row.public_id): row for row in Dossier.objects.filter(public_id__in=load.filed)}
    lost = [draft for draft in load.filed if draft not in rows or not rows[draft].code]
    if lost:
        wrong.append(f"{len(lost)} acknowledged dossiers are lost")
    lines = Counter(Entry.objects.values_list("subject", "event"))
    codes = Counter(Dossier.objects.exclude(code=None).values_list("code", flat=True))
    codes_told = [
        facts.get("code") for facts in Entry.objects.filter(event="dossier.submitted").values_list("facts", flat=True)
    ]
    wrong += [f"code {code} was given {many} times" for code, many in codes.items() if many > 1]
    wrong += [
        f"code {code} was told {many} times" for code, many in Counter(filter(None, codes_told)).items() if many > 1
    ]
    wrong += [
        f"{row.code} has {lines[row.subject, 'dossier.submitted']} lines of its filing"
        for row in Dossier.objects.exclude(state=State.DRAFT)
        if lines[row.subject, "dossier.submitted"] != 1
    ]
    subjects = {row.code: row.subject for row in Dossier.objects.exclude(code=None)}
    events = {"accept": "dossier.accepted", "hand_to_agency": "dossier.handed_to_agency"}
    for code, act in load.acts:
        if act == "accept" and lines[subjects[code], events[act]] != 1:
            wrong.append(f"{code}: {act} was told done and has {lines[subjects[code], events[act]]} lines")
    wrong += [f"chain broken: {broken}" for broken in verify()]
    for event in COUNTED:
        counted = Tally.objects.filter(event=event).aggregate(all=Sum("count"))["all"] or 0
        if counted != (there := Entry.objects.filter(event=event).count()):
            wrong.append(f"{event} was counted {counted} times and happened {there} times")
    for model, by in ((Informed, ("entry", "person", "channel")), (Notice, ("entry", "person"))):
        twice = model.objects.values(*by).annotate(many=Count("id")).filter(many__gt=1).count()
        if twice:
            wrong.append(f"{twice} {model._meta.model_name} were written twice")
    untold = Entry.objects.filter(event="dossier.submitted").exclude(pk__in=_told()).count()
    if untold:
        wrong.append(f"{untold} lines of filing were told to no listener")
    return wrong


def _told() -> Any:
    from motcua.dossiers.models import Tallied

    return Tallied.objects.values("entry")


# Killing --------------------------------------------------------------------------------------------------------------


def kill(product: Product, load: Load, *, times: int, chance: random.Random) -> dict[str, Any]:
    """`times` murders at random moments; after each, how long until the next filing was acknowledged."""
    away: dict[str, list[float]] = {"web process": [], "web": [], "worker": [], "database": []}
    order = [list(away)[n % len(away)] for n in range(times)]
    chance.shuffle(order)
    load.start()
    began = time.monotonic()
    for number, part in enumerate(order):
        if len(load.drafts) < 200:
            load.lay_out(400)
        time.sleep(chance.uniform(2, 8))
        killed = time.monotonic()
        os.kill(product.of(part), signal.SIGKILL)
        product.wait_until(lambda killed=killed: load.last_answer > killed, f"nothing was filed after killing {part}")
        away[part].append(load.last_answer - killed)
        print(f"  {number + 1:2d}/{times} {part}: filed again after {away[part][-1]:.1f} s", flush=True)
    load.stop()
    took = time.monotonic() - began
    product.wait_until(lambda: settled(product), "jobs were left")
    return {"away": away, "took": took, "wrong": faults_of(load)}


# The other faults -----------------------------------------------------------------------------------------------------


def restarted_database(product: Product, load: Load) -> Finding:
    """An administrator restarts PostgreSQL in the middle of the day."""
    load.lay_out(100)
    load.start()
    time.sleep(2)
    stopped = time.monotonic()
    met: list[tuple[int, bytes]] = []
    asking = threading.Thread(target=lambda: met.append(_asked_until_it_fails(product)))
    asking.start()
    product.cluster._must(["pg_ctl", "-D", str(product.cluster.data), "-m", "fast", "-w", "stop"])
    asking.join()
    status, page = met[0]
    product.wait_until(lambda: load.last_answer > stopped + 0.5, "nothing was filed after the restart")
    load.stop()
    product.wait_until(lambda: settled(product), "jobs were left")
    said = _line(product, "Cơ sở dữ liệu dừng bất ngờ")
    wrong = faults_of(load)
    return Finding("the database is stopped under load", _sentence(status, page), said, bool(said) and not wrong)


def _asked_until_it_fails(product: Product) -> tuple[int, bytes]:
    """What somebody reads who comes while the database is away."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        with suppress(OSError, http.client.HTTPException):
            status, page = product.ask("GET", "/")
            if status >= 500:
                return status, page
    return 0, b""


def clock_set_back(product: Product, load: Load) -> Finding:
    """The clock of the application's processes is an hour behind from one moment to the next."""
    load.lay_out(100)
    clock = product.var.parent / "clock"
    load.start()
    time.sleep(3)
    with load.lock:
        before, filed, acts = Counter(load.told), len(load.filed), len(load.acts)
    clock.write_text("-3600")
    time.sleep(10)
    load.stop()
    told = _part(product, "clock")
    clock.unlink()
    product.wait_until(lambda: settled(product), "jobs were left")
    bad = {said: many for said, many in (load.told - before).items() if said.startswith("5")}
    back = _lines_that_go_back()
    said = f"{len(load.filed) - filed} filed and {len(load.acts) - acts} acts meanwhile; {bad or 'no page failed'}"
    said += f"; {back} lines of the journal say an earlier time than the line before"
    well = not faults_of(load) and not bad and back > 0 and "lệch" in told
    return Finding("the clock is set back an hour", said, f"clock: {told}", well)


def _lines_that_go_back() -> int:
    """Lines of one dossier that say an earlier time than the line before: the clock did go back, and the chain goes on."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (SELECT at, lag(at) OVER (PARTITION BY subject ORDER BY number) AS before"
            " FROM journal_entry) AS lines WHERE at < before"
        )
        return int(cursor.fetchone()[0])


def paused_worker(product: Product, load: Load, *, seconds: float) -> Finding:
    """A worker stands still for minutes, with jobs in its hands; another takes them up, and the first one goes on afterwards."""
    load.lay_out(300)
    load.start()
    time.sleep(1)
    paused = product.of("worker")
    os.kill(paused, signal.SIGSTOP)
    other = None
    try:
        time.sleep(20)
        load.stop()
        product.wait_until(lambda: "chưa thấy" in _part(product, "queue"), "nobody noticed that no worker works")
        said = _part(product, "queue")
        other = _another_worker(product)
        time.sleep(max(0.0, seconds - 80))
        product.wait_until(lambda: settled(product), "another worker did not take the jobs up")
        os.kill(paused, signal.SIGCONT)
        time.sleep(5)
    finally:
        with suppress(ProcessLookupError):
            os.kill(paused, signal.SIGCONT)
        if other:
            other.terminate()
            other.wait()
    product.wait_until(lambda: settled(product), "jobs were left")
    wrong = faults_of(load)
    return Finding(f"a worker is stopped for {seconds:.0f} s", "nothing, pages go on", f"queue: {said}", not wrong)


def _part(product: Product, name: str) -> str:
    """What the address of readiness says of one part."""
    _, body = product.ask("GET", "/van-hanh/san-sang/")
    return str(json.loads(body)["parts"][name]["said"])


def _another_worker(product: Product) -> subprocess.Popen[bytes]:
    """As on a second machine."""
    first = dict(
        pair.split(b"=", 1)
        for pair in Path(f"/proc/{product.of('worker')}/environ").read_bytes().split(b"\0")
        if b"=" in pair
    )
    return subprocess.Popen(
        [sys.executable, "-m", "django", "procrastinate", "worker"],
        cwd=ROOT,
        env={name.decode(): value.decode() for name, value in first.items()},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def storage(product: Product, load: Load) -> Iterator[Finding]:
    """The disk of the files is full, then cannot be written at all; a small disk is laid over the folder for that."""
    files = product.var / "files"
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(files)], capture_output=True)
    if mounted.returncode:
        print("  skipped: no right to mount a small disk here")
        return
    try:
        (files / "filler").write_bytes(b"x" * (5 * 1024 * 1024 + 900 * 1024))
        yield _upload("the disk of the files is full", product, load, "hết chỗ", "No space left")
        (files / "filler").unlink()
        subprocess.run(["mount", "-o", "remount,ro", str(files)], check=True)
        yield _upload("the storage cannot be written", product, load, "gặp sự cố", "Read-only file system")
        subprocess.run(["mount", "-o", "remount,rw", str(files)], check=True)
        yield _upload("the storage is back", product, load, "", "")
    finally:
        subprocess.run(["umount", "--lazy", str(files)], check=True)


def _upload(done: str, product: Product, load: Load, sentence: str, line: str) -> Finding:
    """Send a paper of a draft, and read what the page and the log say."""
    from motcua.dossiers.models import Dossier

    load.lay_out(1)
    draft, session = load.drafts[-1]
    paper = Dossier.objects.get(public_id=draft).papers.first()
    assert paper is not None  # bench drafts have three
    content = b"%PDF-1.4\n" + os.urandom(300_000) + b"\n%%EOF"
    boundary = "motcua-faults"
    parts = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{TOKEN}\r\n'
        f'--{boundary}\r\nContent-Disposition: form-data; name="paper-{paper.pk}"; filename="giay.pdf"\r\n'
        "Content-Type: application/pdf\r\n\r\n"
    ).encode()
    body = parts + content + f"\r\n--{boundary}--\r\n".encode()
    before = len(product.said())
    status, page = product.ask(
        "POST", f"/ho-so-nhap/{draft}/giay-to/", session, body, f"multipart/form-data; boundary={boundary}"
    )
    ready, _ = product.ask("GET", "/van-hanh/san-sang/")
    time.sleep(0.5)
    told = re.search(r"Kho lưu tệp[^<]*", page.decode())
    said = _line(product, line, before) if line else "–"
    if not sentence:
        return Finding(done, f"{status}: the paper is kept", f"ready: {ready}", status == 302 and ready == 200)
    well = status == 422 and bool(told) and sentence in (told[0] if told else "") and bool(said)
    said = f"{_said(said).replace(str(product.var), 'var')}; readiness {ready}"
    return Finding(done, told[0].strip() if told else f"answer {status}", said, well)


def _said(line: str) -> str:
    """The words of a line of JSON."""
    try:
        return str(json.loads(line)["message"])
    except ValueError:
        return line


def _line(product: Product, word: str, since: int = 0) -> str:
    return next((line for line in product.said()[since:].splitlines() if word in line), "")


def _sentence(status: int, page: bytes) -> str:
    heading = re.search(r"<h1[^>]*>([^<]+)", page.decode(errors="replace"))
    return f"{status}: {heading[1].strip()}" if heading else f"{status or 'no failure was met'}"


# The program ----------------------------------------------------------------------------------------------------------


@contextmanager
def running(seed: int) -> Iterator[Product]:
    with tempfile.TemporaryDirectory(prefix="motcua-faults-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # the database runs as another user
        product = Product(Path(folder), random.Random(seed))
        try:
            product.start()
            key = (product.var / "secret-key").read_text().strip()
            os.environ |= {
                "DATABASE_URL": product.cluster.url(OWNER),
                "MOTCUA_SECRET_KEY": key,
                "MOTCUA_VAR": str(product.var),
                "MOTCUA_STATEMENT_TIMEOUT": "0",
                "DJANGO_SETTINGS_MODULE": "motcua.config.settings",
            }
            import django

            django.setup()
            yield product
        finally:
            product.stop()


def text(told: dict[str, Any], findings: list[Finding], *, seed: int, times: int, load: Load) -> str:
    from bench.report import commit, machine

    away = "\n".join(
        f"| {part} | {len(waits)} | {quantile(waits, 0.5):.1f} s | {max(waits):.1f} s |"
        for part, waits in told["away"].items()
        if waits
    )
    answers = ", ".join(f"{said}: {many}" for said, many in sorted(load.told.items()))
    rows = "\n".join(
        f"| {one.done} | {one.person} | `{one.operator[:160].replace('|', '/')}` | {'as it must be' if one.well else '**no**'} |"
        for one in findings
    )
    wrong = (
        "\n".join(f"* {one}" for one in told["wrong"])
        or "Nothing was lost, doubled or broken, and nobody did anything by hand."
    )
    return f"""# What happens when something breaks

Made by `./run faults --times {times} --seed {seed}`. {machine()}, load average {os.getloadavg()[2]:.0f}. {commit()}

## Killed {times} times under load

{FILERS} people file and {OFFICERS} officers receive and hand on, through the pages of a product started by `./run`; whoever gets no answer presses again. `kill -9` at random moments, {told["took"]:.0f} s in all.
{len(load.filed)} filings and {len(load.acts)} acts of officers were acknowledged. Answers by status: {answers}.

| killed | times | the next filing was acknowledged after (median) | at most |
|---|---|---|---|
{away}

{wrong}

Looked at afterwards: every acknowledged draft is a dossier with a code, no code was given twice, each filing has one line in the journal, each reception told done has one, every chain holds, the daily counts agree with the
journal, no message and no notice was written twice, every filing was told to its listeners, and the queue is empty.

The times are those of a machine that others used too (two cores; the load average stands above): starting the web anew takes five seconds of processor time, and what follows a kill may still be waiting for the one before.

Earlier runs found, and were the reason for: a part that had worked ended the whole program when it was killed three times within ten seconds of its starts; a web process that replaced a killed one loaded its pages only when the first
was asked for; pages were 500 and not 503 while the database was away; nobody was told that a clock was wrong.

## Other faults

| what | the person reads | the operator reads | |
|---|---|---|---|
{rows}
"""


def main(arguments: list[str]) -> int:
    asked = argparse.ArgumentParser(prog="./run faults")
    asked.add_argument("--times", type=int, default=20, help="how often something is killed")
    asked.add_argument("--seed", type=int, default=None, help="the same moments and victims again")
    asked.add_argument("--pause", type=float, default=150, help="seconds a worker stands still")
    asked.add_argument("--write", action="store_true", help=f"write {FILE.relative_to(ROOT)}")
    wanted = asked.parse_args(arguments)
    seed = wanted.seed if wanted.seed is not None else random.SystemRandom().randrange(10_000)
    print(f"./run faults {shlex.join(arguments)} --seed {seed}", flush=True)
    with running(seed) as product:
        load = Load(product)
        load.lay_out(600)
        told = kill(product, load, times=wanted.times, chance=random.Random(seed))
        findings = []
        for fault in (
            lambda: [restarted_database(product, load)],
            lambda: storage(product, load),
            lambda: [clock_set_back(product, load)],
            lambda: [paused_worker(product, load, seconds=wanted.pause)],
        ):
            for finding in fault():
                print(f"  {finding}", flush=True)
                findings.append(finding)
        report = text(told, findings, seed=seed, times=wanted.times, load=load)
    print(report)
    if wanted.write:
        FILE.write_text(report, encoding="utf-8")
    return 0 if not told["wrong"] and all(one.well for one in findings) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
