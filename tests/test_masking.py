"""What a fault quotes of people does not reach the log: read where the product writes it (nhật ký không có dữ liệu cá nhân)."""

import asyncio
import io
import logging
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.http import HttpResponse
from django.urls import path
from procrastinate.contrib.django import app

from motcua.accounts.models import Person
from motcua.accounts.permissions import public
from motcua.accounts.testing import a_citizen
from motcua.config.masking import masked

PERSONAL = {
    "name": "Nguyễn Thị Hoa",
    "phone": "0912 345 678",
    "id_number": "008092012345",
    "email": "hoa.nguyen@vidu.vn",
    "address": "thôn Khuổi Phát, xã Hùng Đức",
}


@public
def crashing(request):
    raise ValueError(f"không đọc được {dict(request.POST.items())}")


@public
def doubling(request):
    Person.objects.create(username="hai", full_name=request.POST["name"], phone=request.POST["phone"])
    return HttpResponse()


urlpatterns = [path("vo/", crashing), path("trung/", doubling)]


@pytest.fixture
def log(monkeypatch):
    """The handlers of the settings, writing to where they can be read."""
    written = io.StringIO()
    [console] = [handler for handler in logging.getLogger().handlers if handler.name == "console"]
    assert console in logging.getLogger("gunicorn.error").handlers
    monkeypatch.setattr(console, "stream", written)
    return written


def names_nobody(text):
    told = [value for value in PERSONAL.values() if value in text]
    return told == [] and "345678" not in text and "Khuổi" not in text


@pytest.mark.urls(__name__)
def test_a_page_that_crashes_tells_where_and_not_whom(client, log):
    client.raise_request_exception = False

    assert client.post("/vo/", PERSONAL).status_code == 500

    text = log.getvalue()
    assert "ERROR django.request Internal Server Error: /vo/" in text
    assert "in crashing" in text and "ValueError: không đọc được {'name': " in text
    assert names_nobody(text)


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_a_row_the_database_refuses_is_not_quoted(client, log):
    a_citizen("Hoàng Văn Bé", PERSONAL["phone"])
    client.raise_request_exception = False

    assert client.post("/trung/", PERSONAL).status_code == 500

    text = log.getvalue()
    assert 'unique constraint "a_phone_belongs_to_one_account"' in text and "DETAIL: […]" in text
    assert names_nobody(text) and "already exists" not in text


@app.task(name="tests.crash", queue="crashing")
def crash(**person):
    raise LookupError(f"không gửi được cho {person['name']} <{person['email']}>")


async def work_once(working):
    async with working.open_async():
        await working.run_worker_async(
            queues=["crashing"], wait=False, install_signal_handlers=False, listen_notify=False
        )


@pytest.mark.django_db(transaction=True)
def test_a_job_that_fails_tells_which_and_not_with_what(log):
    crash.defer(**PERSONAL)

    with app.replace_connector(app.connector.get_worker_connector()) as working, ThreadPoolExecutor() as thread:
        thread.submit(asyncio.run, work_once(working)).result()

    text = log.getvalue()
    assert "tests.crash[" in text and "LookupError: không gửi được cho" in text
    assert names_nobody(text)


@pytest.mark.parametrize(
    "written",
    [
        "0912345678",
        "0912.345.678",
        "+84 912 345 678",
        "008092012345",
        "070912345",
        "a.b+c@vi-du.com.vn",
        "Lý A Pao",
        "Lò Thị Muôn",
        "NGUYỄN VĂN AN",
        "Nguye\u0302\u0303n Thi\u0323 Lan",
    ],
)
def test_however_it_is_written(written):
    for around in ("{}", "({})", "x='{}', y", "gửi {}.", "about {} by person 7", "phone:{}", "/tim/?q={}&trang=2"):
        assert written not in masked(around.format(written)), around


@pytest.mark.parametrize(
    "line",
    [
        "wrong sign-in from 127.0.0.1 for person 17",
        "Job dossiers.tell[123456](subject='dossier:4711') ended with status: Error",
        "Not Found: /ho-so/000.00.12.H60-211230-0001/ H60.12-250701-0001",
        'File "/srv/motcua/motcua/accounts/views.py", line 1234, in save',
        "2026-11-26 05:33:46,540 lúc 2026-01-02 03:04:05+07:00",
        "0a1b2c3d-0000-4000-8000-000000000000 of 1764123456.123456",
        "Hồ sơ đang chờ bổ sung; Internal Server Error",
    ],
)
def test_what_names_nobody_stays(line):
    assert masked(line) == line


def test_nobody_writes_a_line_of_their_own_into_the_log(log):
    logging.getLogger("motcua").warning("Not Found: %s", "/x\r\n2026-11-26 05:33:46 ERROR motcua giả")

    assert log.getvalue().count("\n") == 1 and "/x\\r\\n2026" in log.getvalue()
    try:
        raise ValueError("x\n2026-11-26 05:33:46 ERROR motcua giả")
    except ValueError:
        logging.getLogger("motcua").exception("vỡ")
    assert "\n2026-11-26 05:33:46 ERROR motcua giả" not in log.getvalue()


@pytest.mark.parametrize("piece", ["a", "Ă", "Ă ", "'", "'ă", "0 ", "9", "a@", "DETAIL: x\n"])
def test_a_line_made_long_on_purpose_is_masked_in_a_moment(piece):
    began = time.perf_counter()

    masked(piece * 200_000)

    assert time.perf_counter() - began < 2
