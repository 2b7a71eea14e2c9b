"""Whoever asks door after door learns of nobody: who exists reads like who does not (không lộ danh sách người).

Same words, same status, same statements to the database; what is told apart by time alone is the business of the doors themselves.
"""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver

from motcua.accounts import attempts, one_time_codes
from motcua.accounts.models import Person
from motcua.accounts.testing import a_citizen, an_officer, sign_in
from motcua.dossiers import mandates
from motcua.dossiers.models import MandateScope, PaperFile, State
from motcua.dossiers.testing import MONDAY, a_dossier, a_draft, a_one_stop, it_is
from motcua.messaging.models import Channel

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday(monkeypatch):
    it_is(monkeypatch, MONDAY)
    monkeypatch.setattr(attempts, "PUZZLED", {})
    cache.clear()


@pytest.fixture
def office():
    return a_one_stop()


def told(method, address, *values, client=None, **data):
    """Status, page and statements of one question, without what was asked itself and what differs each time."""
    client = client or Client()
    cache.clear()
    with CaptureQueriesContext(connection) as sent:
        answer = getattr(client, method)(address, data, follow=True)
    page = answer.content.decode()
    for value in (*values, *data.values()):
        page = page.replace(str(value), "…")
    page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)
    page = re.sub(r"Cookie[^<]*", "", page)
    asked = (re.sub(r"'[^']*'|\b\d+\b", "?", one["sql"]) for one in sent.captured_queries)
    # A name is looked for where names are, a number where numbers are; the rest is one and the same.
    statements = [re.sub(r"(phone|username)", "name", one) for one in asked if "SAVEPOINT" not in one]
    return answer.status_code, page, statements


def test_signing_in_says_the_same_of_everybody(office):
    lan = an_officer(office.one_stop)
    closed = a_citizen("Lý Thị Mai")
    closed.is_active = False
    closed.save()

    answers = [
        told("post", "/dang-nhap/", login=login, password="mat-khau-sai-0000")
        for login in ("0999999999", "khong.co.ai", office.citizen.phone, lan.username, closed.phone)
    ]

    assert {answer[0] for answer in answers} == {422}
    assert len({answer[1] for answer in answers}) == 1
    assert len({tuple(answer[2]) for answer in answers}) == 1


def test_a_code_is_sent_to_everybody_alike(office, monkeypatch):
    monkeypatch.setattr(one_time_codes, "channels", lambda: [Channel.SMS])

    answers = [told("post", "/dang-nhap/ma/", to=to) for to in ("0999999999", office.citizen.phone)]

    masked = [(status, re.sub(r"\d|\*", "", page), len(statements)) for status, page, statements in answers]
    assert masked[0][0] == 200
    assert masked[0] == masked[1]


def test_following_says_the_same_of_every_code(office):
    dossier, draft = a_dossier(office, State.IN_PROGRESS), a_draft(office)

    answers = [
        told("post", "/tra-cuu/", code=code, second_fact="0000")
        for code in ("000.00.99.H60-231023-0001", dossier.code, str(draft.public_id))
    ]

    assert {answer[0] for answer in answers} == {422}
    assert len({answer[1] for answer in answers}) == 1
    assert len({tuple(answer[2]) for answer in answers[:2]}) == 1


def test_what_is_somebody_elses_reads_like_what_is_not_there(office):
    dossier, draft = a_dossier(office, State.RETURNED), a_draft(office)
    paper = PaperFile.objects.filter(paper__dossier=dossier).first()
    stranger = Client()
    sign_in(stranger, a_citizen("Ma Thị Dung"))
    nowhere, no_draft = "000.00.99.H60-231023-0001", str(uuid4())
    pairs = [
        (f"/ho-so/{dossier.code}/{rest}", f"/ho-so/{nowhere}/{rest}")
        for rest in ("", "da-nop/", "ket-qua/", "rut/", "bo-sung/", "to-khai/", f"giay-to/{paper.pk}/", "tin-nhan/")
    ]
    pairs += [
        (f"/ho-so-nhap/{draft.public_id}/{rest}", f"/ho-so-nhap/{no_draft}/{rest}")
        for rest in ("", "chu-ho-so/", "giay-to/", "kiem-tra/", f"giay-to/{paper.pk}/")
    ]

    for client in (Client(), stranger):
        for there, not_there in pairs:
            named = (dossier.code, nowhere, draft.public_id, no_draft)
            one, other = (told("get", address, *named, client=client) for address in (there, not_there))
            assert one[:2] == other[:2], there
            assert one[0] in (200, 404), there  # 200: sent to sign in, both alike


def test_no_search_finds_a_person(office):
    a_dossier(office, State.IN_PROGRESS, owner_name="Triệu Thị Hoa Mười")

    for asked in ("Triệu Thị Hoa Mười", office.citizen.full_name, office.citizen.phone, "008085001234"):
        for address in (f"/tim-kiem/?q={asked}", f"/dia-danh/?q={asked}", f"/api/v1/procedures?q={asked}"):
            page = Client().get(address).content.decode().replace(asked, "")
            assert "Triệu Thị Hoa" not in page and office.citizen.phone not in page


def test_a_mandate_is_not_a_way_to_ask_who_has_an_account(office):
    owner, agent = office.citizen, a_citizen("Triệu Thị Mùi", "0911222333")
    Person.objects.filter(pk=owner.pk).update(id_number="008190000001")
    Person.objects.filter(pk=agent.pk).update(id_number="008190000002")
    owner.refresh_from_db()
    right = {"agent_name": agent.full_name, "agent_phone": agent.phone, "agent_id_number": "008190000002"}
    told = set()

    for wrong in (
        {"agent_name": "Lý Thị Khác"},
        {"agent_phone": "0999999999"},
        {"agent_id_number": "008190009999"},
    ):
        with pytest.raises(mandates.NoSuchAgent) as refused:
            mandates.give(**right | wrong, scope=MandateScope.FILE, by=owner, at=MONDAY)
        told.add(str(refused.value))

    assert len(told) == 1


def addresses(patterns, before=""):
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from addresses(one.url_patterns, before + str(one.pattern))
        elif isinstance(one, URLPattern):
            yield before + str(one.pattern)


def test_no_address_of_people_counts_up():
    """A number in an address is either public, or of something within a dossier or an account that was asked for first."""
    counted = {
        one for one in addresses(get_resolver().url_patterns) if "<int:" in one and not one.startswith("motcua/")
    }
    within = re.compile(r"^(ho-so|ho-so-nhap)/<(code|uuid):\w+>/|^tai-khoan/|^gui-tep/|^co-quan/<int:agency>/|^ui/")
    jobs = {"van-hanh/viec/<int:pk>/chay-lai/"}  # of the queue, for operators

    assert {one for one in counted if not within.match(one) and not one.startswith("api/v1/")} == jobs
