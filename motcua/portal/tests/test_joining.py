"""Two accounts of one person become one."""

import re

import pytest
from django.core.cache import cache
from django.utils import timezone

from motcua.accounts import closing, registration, second_factor
from motcua.accounts.models import Identity, Person
from motcua.accounts.testing import PASSWORD, a_citizen, an_officer, sign_in
from motcua.dossiers import joining, mandates
from motcua.dossiers.models import Dossier, MandateScope, State
from motcua.dossiers.testing import MONDAY, a_dossier, a_draft, a_one_stop
from motcua.journal.models import Entry
from motcua.journal.testing import events
from motcua.messaging.testing import run_deliveries, telephones

pytestmark = pytest.mark.django_db

HERS, HELPERS = "0988777666", "0912345678"
NUMBER = "008190000123"


@pytest.fixture(autouse=True)
def nothing_counted_yet(db):
    cache.clear()


@pytest.fixture
def office():
    """Where a helper made the account `office.citizen` and filed from it."""
    return a_one_stop()


@pytest.fixture
def dung():
    """The account of her own."""
    return a_citizen("Ma Thị Dung", HERS)


def said(response):
    return response.content.decode()


def by_password(client, other):
    return client.post("/tai-khoan/gop/mat-khau/", {"login": other.phone or other.username, "password": PASSWORD})


def test_dossiers_drafts_and_mandates_move_and_the_other_account_is_closed(office, dung):
    helped = office.citizen
    filed, draft = a_dossier(office, State.SUBMITTED), a_draft(office)
    agent = a_citizen("Lý A Pao", HELPERS)
    Person.objects.filter(pk=helped.pk).update(id_number=NUMBER)
    Person.objects.filter(pk=agent.pk).update(id_number="008085000456")
    helped.refresh_from_db()
    mandate = mandates.give(
        agent_name=agent.full_name,
        agent_id_number="008085000456",
        agent_phone=HELPERS,
        scope=MandateScope.ALL,
        by=helped,
        at=MONDAY,
    )
    phone = helped.phone

    kept = joining.join(dung, helped, at=MONDAY)

    helped.refresh_from_db(), mandate.refresh_from_db(), kept.refresh_from_db()
    assert set(Dossier.objects.of_account(dung)) == {filed, draft} and mandate.owner_account == dung
    assert (kept.phone, kept.id_number) == (HERS, NUMBER)
    assert not helped.is_active and helped.closed_at == MONDAY and helped.joined_to == dung
    assert not Person.objects.filter(phone=phone).exists() and not helped.has_usable_password()
    line = Entry.objects.get(event="person.joined")
    assert line.facts == {"other": helped.pk, "dossiers": sorted([filed.pk, draft.pk])}
    assert events(helped)[-1] == "person.closed"


def test_an_identity_and_its_name_come_along(dung):
    known = a_citizen("Ma Thị Dung (VNeID)")
    Person.objects.filter(pk=known.pk).update(id_number=NUMBER)
    Identity.objects.create(
        person=known, issuer="https://vneid.example.vn", subject="dung", level=2, id_number=NUMBER,
        created_at=MONDAY, used_at=MONDAY,
    )  # fmt: skip
    known.refresh_from_db()

    joining.join(dung, known, at=MONDAY)

    dung.refresh_from_db()
    assert (dung.full_name, dung.id_number) == ("Ma Thị Dung (VNeID)", NUMBER)
    assert dung.identities.get().subject == "dung"


@pytest.mark.parametrize("against", ["officer", "other number", "second factor", "itself", "closed"])
def test_what_is_not_one_person_s_is_not_joined(office, dung, against):
    a_draft(office)
    other = office.citizen
    if against == "officer":
        other = an_officer(office.one_stop)
    elif against == "other number":
        dung.id_number, other.id_number = NUMBER, "008085000456"
        dung.save(), other.save()
    elif against == "second factor":
        second_factor.enrol_totp(other, "A" * 32)
    elif against == "itself":
        other = dung
    else:
        closing.leave(other, at=MONDAY)

    with pytest.raises((closing.OfficersStay, closing.DifferentPeople, closing.ProvedFromThere, closing.SameAccount, closing.GoneAlready)):  # fmt: skip
        joining.join(dung, other, at=MONDAY)

    assert not Dossier.objects.of_account(dung).exists() and not Entry.objects.filter(event="person.joined").exists()
    assert not Person.objects.filter(joined_to__isnull=False).exists()


def test_by_the_password_of_the_other_account(client, office, dung):
    draft = a_draft(office)
    sign_in(client, dung)
    assert "Tài khoản bạn đang dùng được giữ" in said(client.get("/tai-khoan/gop/"))

    wrong = client.post("/tai-khoan/gop/mat-khau/", {"login": office.citizen.phone, "password": "không phải"})
    assert wrong.status_code == 422 and "chưa đúng" in said(wrong)
    by_password(client, office.citizen)
    page = said(client.get("/tai-khoan/gop/"))
    assert f"Giữ: {dung}" in page and f"Đóng: {office.citizen}" in page
    done = client.post("/tai-khoan/gop/", {"join": "1"})

    draft.refresh_from_db()
    assert done["Location"] == "/tai-khoan/" and draft.account == dung
    assert "Đã gộp" in said(client.get("/tai-khoan/"))


def test_looking_at_both_and_saying_no_changes_nothing(client, office, dung):
    sign_in(client, dung)
    by_password(client, office.citizen)

    client.post("/tai-khoan/gop/", {"no": "1"})

    assert "Hãy chứng minh tài khoản kia" in said(client.post("/tai-khoan/gop/", {"join": "1"}))
    assert Person.objects.filter(closed_at=None, pk__in=[dung.pk, office.citizen.pk]).count() == 2


def test_by_a_code_to_the_other_account_s_telephone(client, office, dung):
    registration.take_address(office.citizen, office.citizen.phone, at=timezone.now())
    sign_in(client, dung)
    with telephones() as company:
        client.post("/tai-khoan/gop/ma/", {"to": office.citizen.phone})
        run_deliveries()
        code = re.match(r"\d{6}", company.received[-1]["text"])[0]
        assert client.post("/tai-khoan/gop/ma/", {"code": code})["Location"] == "/tai-khoan/gop/"
        client.post("/tai-khoan/gop/", {"join": "1"})

    office.citizen.refresh_from_db()
    assert office.citizen.joined_to == dung


def test_a_number_that_is_nobody_s_or_not_proved_is_told_after_the_code(client, office, dung):
    sign_in(client, dung)
    with telephones() as company:
        for to in ("0999888777", office.citizen.phone):  # nobody's; one of another name that was only typed
            client.post("/tai-khoan/gop/ma/", {"to": to})
            run_deliveries()
            code = re.match(r"\d{6}", company.received[-1]["text"])[0]
            refused = client.post("/tai-khoan/gop/ma/", {"code": code})
            assert refused.status_code == 422 and "không có tài khoản nào của bạn" in said(refused)

    assert "beside" not in client.session


def test_nothing_is_joined_without_the_other_s_proof(client, office, dung):
    sign_in(client, dung)

    client.post("/tai-khoan/gop/", {"join": "1", "other": office.citizen.pk})

    office.citizen.refresh_from_db()
    assert office.citizen.is_active


def test_a_proof_ends_with_a_new_password_of_the_other(client, office, dung):
    from motcua.accounts.sign_in import change_password

    sign_in(client, dung)
    by_password(client, office.citizen)
    change_password(office.citizen, "một câu dài và khác hẳn", by=None, at=timezone.now())

    client.post("/tai-khoan/gop/", {"join": "1"})

    office.citizen.refresh_from_db()
    assert office.citizen.is_active
