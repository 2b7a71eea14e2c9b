"""What machines ask to watch over the house, and what the operator sees and may do."""

import errno
import json
import logging
import os
import re
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from motcua.accounts.permissions import Role
from motcua.accounts.testing import an_officer, sign_in
from motcua.journal.models import Entry
from motcua.journal.tasks import tell
from motcua.operation import health, queue
from motcua.operation.logs import Line
from motcua.operation.models import Trouble
from motcua.organisations.models import UnitKind
from motcua.organisations.testing import a_unit, an_agency

pytestmark = pytest.mark.django_db

HERE = {"host": "127.0.0.1"}


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path / "files"}},
    }
    settings.VAR = tmp_path
    return tmp_path


def an_operator():
    return an_officer(a_unit(an_agency(), UnitKind.LEADERS), Role.OPERATOR, "Nông Văn Máy")


def a_failed_job():
    number = tell.defer(listener="nobody", entry=0)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed', attempts = 10 WHERE id = %s", [number])
    return number


def ready():
    answer = Client(headers=HERE).get("/van-hanh/san-sang/")
    return answer.status_code, {name: part["well"] for name, part in answer.json()["parts"].items()}


def refusing(number):
    def write():
        raise OSError(number, os.strerror(number))

    return write


def test_whether_the_process_lives_is_answered_without_asking_anything(django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = Client(headers=HERE).get("/van-hanh/song/")

    assert (answer.status_code, answer.content) == (200, b"song\n")


WELL = {"database": True, "migrations": True, "storage": True, "queue": True, "clock": True}


def test_pages_are_served_without_a_worker_but_not_without_storage_or_tables(monkeypatch):
    assert ready() == (200, {**WELL, "queue": False})

    for trouble, status in ((errno.EROFS, 503), (errno.ENOSPC, 200)):
        with monkeypatch.context() as broken:
            broken.setattr(health, "_write_a_little", refusing(trouble))
            assert ready() == (status, {**WELL, "storage": False, "queue": False})

    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'operation'")
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")
    assert ready() == (503, {**WELL, "migrations": False})


def test_a_clock_that_is_an_hour_behind_the_database_is_told(monkeypatch):
    behind = timezone.now() - timedelta(hours=1)
    monkeypatch.setattr(health.timezone, "now", lambda: behind)

    (told,) = (part for part in health.parts() if part.name == "clock")

    assert (told.well, told.needed) == (False, False)
    assert "lệch -3600 giây" in told.said


def test_figures_are_read_by_token_or_on_this_machine_itself(settings):
    def asked(**told):
        return Client(headers={**HERE, **told}).get("/van-hanh/so-lieu/").status_code

    assert asked() == 200
    assert asked(x_forwarded_for="127.0.0.1") == 403
    assert asked(host="testserver") == 403
    assert Client(headers=HERE, REMOTE_ADDR="10.1.2.3").get("/van-hanh/so-lieu/").status_code == 403

    settings.FIGURES_TOKEN = "mã-của-hệ-thống"
    assert asked() == 403
    assert asked(authorization="Bearer mã-khác") == 403
    assert asked(authorization="Bearer mã-của-hệ-thống", x_forwarded_for="10.1.2.3") == 200


def figure(said, name):
    return float(re.search(rf"^motcua_{name} (\S+)$", said, re.M)[1])


def test_figures_tell_what_waits_and_what_failed():
    before = Client(headers=HERE).get("/van-hanh/so-lieu/").content.decode()
    a_failed_job()
    tell.defer(listener="nobody", entry=0)

    said = Client(headers=HERE).get("/van-hanh/so-lieu/").content.decode()

    for name in ("jobs_failed", "jobs_due"):
        assert figure(said, name) == figure(before, name) + 1
    assert "motcua_dossiers_overdue 0.0" in said
    assert "motcua_database_up 1.0" in said
    assert "motcua_request_seconds_bucket" in said


def test_the_operator_has_a_failed_job_done_again_once_and_the_journal_says_who():
    operator, number = an_operator(), a_failed_job()
    client = Client(headers=HERE)
    sign_in(client, operator)
    assert "journal.tell" in client.get("/van-hanh/").content.decode()

    assert client.post(f"/van-hanh/viec/{number}/chay-lai/").status_code == 302

    assert ProcrastinateJob.objects.get(pk=number).status == "todo"
    line = Entry.objects.get(subject=f"job:{number}")
    assert (line.event, line.actor, line.facts["task"]) == ("job.tried_again", operator, "journal.tell")
    again = client.post(f"/van-hanh/viec/{number}/chay-lai/")
    assert again.status_code == 422
    assert "không còn ở trạng thái hỏng" in again.content.decode()
    with pytest.raises(queue.NotFailed):
        queue.try_again(0, by=operator, at=timezone.now())


def test_a_fault_is_counted_by_its_place_and_told_without_its_own_words(monkeypatch, caplog):
    def broken():
        raise ValueError("Lý A Pao, 0912345678")

    monkeypatch.setattr(health, "parts", broken)
    client = Client(headers=HERE, raise_request_exception=False)

    first, second = (client.get("/van-hanh/san-sang/", headers={"x-request-id": f"yeu-cau-{n}"}) for n in (1, 2))

    assert (first.status_code, second["X-Request-ID"]) == (500, "yeu-cau-2")
    trouble = Trouble.objects.get()
    assert (trouble.fault, trouble.route, trouble.times) == ("ValueError", "/van-hanh/san-sang/", 2)
    assert trouble.last_request == "yeu-cau-2"
    lines = [json.loads(Line().format(record)) for record in caplog.records]
    assert "0912345678" not in json.dumps(lines) and "san-sang" in json.dumps(lines)
    (told,) = (line for line in lines[-2:] if line["logger"] == "motcua.requests")
    assert (told["status"], told["route"], told["method"]) == (500, "/van-hanh/san-sang/", "GET")


def test_whoever_comes_while_the_database_is_away_is_told_to_come_again(monkeypatch):
    def away():
        raise OperationalError("connection refused")

    monkeypatch.setattr(health, "parts", away)

    answer = Client(headers=HERE, raise_request_exception=False).get("/van-hanh/san-sang/")

    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert "Những gì đã lưu vẫn còn nguyên" in answer.content.decode()
    assert not Trouble.objects.exists()


def test_a_line_names_the_pattern_of_an_address_and_never_the_address_itself(caplog):
    with caplog.at_level(logging.INFO, logger="motcua.requests"):
        Client(headers=HERE).get("/tra-cuu/000.00.12.H60-211230-0001/")
        Client(headers={**HERE, "x-request-id": "a b\nc"}).get("/khong-co/0912345678/")

    said = "\n".join(Line().format(record) for record in caplog.records)

    assert "211230" not in said and "0912345678" not in said
    assert all(json.loads(line)["message"] for line in said.splitlines())
