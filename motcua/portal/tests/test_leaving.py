"""A person takes everything of theirs along, and leaves."""

import io
import json
from datetime import timedelta
from zipfile import ZipFile

import pytest
from django.core.cache import cache
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from motcua.accounts import second_factor
from motcua.accounts.models import DataCopy, Identity, Person
from motcua.accounts.testing import PASSWORD, a_citizen, a_session, an_officer, sign_in
from motcua.dossiers import joining, mandates
from motcua.dossiers.models import Dossier, InformChoice, MandateScope, PaperFile, State
from motcua.dossiers.testing import MONDAY, a_dossier, a_draft, a_one_stop
from motcua.files import outgoing
from motcua.journal.models import Entry
from motcua.messaging.models import Channel, Message, Purpose
from motcua.messaging.sending import send
from motcua.portal import own_data

pytestmark = pytest.mark.django_db
NUMBER = "008085000456"


@pytest.fixture(autouse=True)
def nothing_counted_yet(db):
    cache.clear()


@pytest.fixture
def pao(office, client):
    sign_in(client, office.citizen)
    return office.citizen


def said(response):
    return response.content.decode()


def make_waiting():
    for job in ProcrastinateJob.objects.filter(task_name="portal.make_copy", status="todo"):
        own_data.make(job.args["copy"], at=timezone.now())


def unpacked(response):
    return ZipFile(io.BytesIO(b"".join(response.streaming_content)))


def test_a_copy_holds_the_account_the_dossiers_and_the_papers(client, office, pao):
    filed, draft = a_dossier(office, State.RETURNED), a_draft(office)

    client.post("/tai-khoan/du-lieu/")
    assert "đang được lập" in said(client.get("/tai-khoan/du-lieu/"))
    make_waiting()
    copy = DataCopy.objects.get()
    assert f"/tai-khoan/du-lieu/{copy.public_id}/" in said(client.get("/tai-khoan/du-lieu/"))
    archive = unpacked(client.get(f"/tai-khoan/du-lieu/{copy.public_id}/"))

    account = json.loads(archive.read("tai-khoan.json"))
    told = json.loads(archive.read(f"ho-so/{filed.code}/ho-so.json"))
    assert (account["họ và tên"], account["số điện thoại"]) == (pao.full_name, pao.phone)
    assert told["thủ tục"] == filed.procedure_version.name and told["diễn biến"] and told["tờ khai"]
    assert PASSWORD not in str(account) and pao.password not in str(account)
    inside = [one["tệp"] for one in told["giấy tờ, kết quả"]]
    assert inside and all(archive.read(name) for name in inside)
    assert f"ho-so/ban-nhap-{draft.pk}/ho-so.json" in archive.namelist()


def test_it_holds_nothing_of_others_and_nobody_else_fetches_it(client, office, pao):
    theirs = a_dossier(a_one_stop("Ủy ban nhân dân xã Minh Thanh", code="2.000635"))
    own_data.ask(pao, at=timezone.now())
    make_waiting()
    copy = DataCopy.objects.get()

    assert theirs.code not in str(unpacked(client.get(f"/tai-khoan/du-lieu/{copy.public_id}/")).namelist())
    sign_in(client, a_citizen("Ma Thị Dung"))
    assert client.get(f"/tai-khoan/du-lieu/{copy.public_id}/").status_code == 404


def test_what_does_not_fit_is_named(client, office, pao, monkeypatch):
    filed = a_dossier(office, State.SUBMITTED)
    monkeypatch.setattr(own_data, "MOST_BYTES", 0)
    own_data.ask(pao, at=timezone.now())
    make_waiting()

    copy = DataCopy.objects.get()
    archive = unpacked(client.get(f"/tai-khoan/du-lieu/{copy.public_id}/"))
    named = json.loads(archive.read(f"ho-so/{filed.code}/ho-so.json"))["giấy tờ, kết quả"]
    assert copy.left_out == PaperFile.objects.count() == len(named) > 0
    assert not any(one["có trong tệp nén"] for one in named)
    assert "tệp không chứa hết" in said(client.get("/tai-khoan/du-lieu/"))


def test_a_copy_is_made_once_at_a_time_and_three_times_a_day(pao):
    now = timezone.now()
    assert own_data.ask(pao, at=now) == own_data.ask(pao, at=now)
    make_waiting()
    for _ in range(2):
        own_data.ask(pao, at=now)
        make_waiting()

    with pytest.raises(own_data.TooOften):
        own_data.ask(pao, at=now)
    assert DataCopy.objects.count() == 3


def test_a_copy_is_gone_after_its_days(client, pao):
    own_data.ask(pao, at=timezone.now())
    make_waiting()
    copy = DataCopy.objects.get()
    name = own_data.name_of(copy)

    own_data.forget(copy.expires_at - timedelta(minutes=1))
    assert outgoing.is_kept(name)
    own_data.forget(copy.expires_at)

    assert not outgoing.is_kept(name) and not DataCopy.objects.exists()
    assert client.get(f"/tai-khoan/du-lieu/{copy.public_id}/").status_code == 404


def test_who_leaves_takes_the_account_along_and_leaves_what_was_filed(client, office, pao):
    filed, draft = a_dossier(office, State.SUBMITTED), a_draft(office)
    second_factor.enrol_totp(pao, "A" * 32)
    Identity.objects.create(
        person=pao, issuer="https://vneid.example.vn", subject="pao", level=1, id_number=NUMBER,
        created_at=MONDAY, used_at=MONDAY,
    )  # fmt: skip
    InformChoice.objects.create(person=pao, kind="ended", channel=Channel.SMS, wanted=False)
    send(Channel.SMS, pao.phone, "…", purpose=Purpose.DOSSIER, at=MONDAY)
    own_data.ask(pao, at=timezone.now())
    make_waiting()
    elsewhere, phone, name = a_session(pao), pao.phone, pao.full_name
    client.cookies["sessionid"] = a_session(pao, second_factor=True)
    page = said(client.get("/tai-khoan/dong/"))
    assert "hồ sơ đã nộp được lưu theo quy định về lưu trữ" in page and "1 bản nháp" in page

    assert client.post("/tai-khoan/dong/").status_code == 422
    assert Person.objects.get(pk=pao.pk).is_active and Dossier.objects.filter(pk=draft.pk).exists()
    client.post("/tai-khoan/dong/", {"sure": "1"})

    gone = Person.objects.get(pk=pao.pk)
    assert (gone.full_name, gone.phone, gone.id_number, gone.is_active) == ("Tài khoản đã đóng", "", "", False)
    assert not second_factor.kept(gone) and not Identity.objects.exists() and not DataCopy.objects.exists()
    assert not InformChoice.objects.exists()
    assert Message.objects.get().to == "" and not Dossier.objects.filter(pk=draft.pk).exists()
    filed.refresh_from_db()
    assert filed.owner_name == name and filed.state == State.SUBMITTED and filed.account == gone
    line = Entry.objects.get(event="person.closed")
    assert line.facts == {} and name not in str(line.__dict__) and phone not in str(line.__dict__)
    for cookie in (client.cookies["sessionid"].value, elsewhere):
        client.cookies["sessionid"] = cookie
        assert client.get("/tai-khoan/")["Location"].startswith("/dang-nhap/")


def test_the_telephone_may_open_a_new_account_afterwards(pao):
    phone = pao.phone

    joining.leave(pao, at=MONDAY)

    assert a_citizen("Người Khác", phone).pk != pao.pk


def test_mandates_that_were_given_end(pao):
    Person.objects.filter(pk=pao.pk).update(id_number=NUMBER)
    pao.refresh_from_db()
    agent = a_citizen("Triệu Thị Mùi")
    Person.objects.filter(pk=agent.pk).update(id_number="008190001111")
    agent.refresh_from_db()
    mandate = mandates.give(
        agent_name=agent.full_name, agent_id_number=agent.id_number, agent_phone=agent.phone,
        scope=MandateScope.ALL, by=pao, at=MONDAY,
    )  # fmt: skip

    joining.leave(pao, at=MONDAY)

    mandate.refresh_from_db()
    assert mandate.ended_at == MONDAY and mandate.ended_by == pao


def test_an_officer_does_not_leave_by_the_portal(client, office):
    lan = an_officer(office.one_stop)
    sign_in(client, lan)

    refused = client.post("/tai-khoan/dong/", {"sure": "1"})

    assert refused.status_code == 422 and "do cơ quan quản lý" in said(refused)
    assert Person.objects.get(pk=lan.pk).is_active and "Đóng tài khoản" not in said(client.get("/tai-khoan/"))
