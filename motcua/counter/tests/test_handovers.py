"""Lists of handing over on the screen."""

import re
from datetime import timedelta

import pytest

from motcua.accounts.testing import sign_in
from motcua.counter.testing import at_the_desk
from motcua.dossiers.models import HandoverList, State
from motcua.dossiers.testing import MONDAY, a_dossier, a_one_stop, it_is

LISTS = "/motcua/ban-giao/"


@pytest.fixture(autouse=True)
def afternoon(monkeypatch):
    it_is(monkeypatch, MONDAY + timedelta(hours=6))


def fields(page):
    """What the first form on the page would send."""
    form = re.search(r'<form method="post" action="/motcua/ban-giao/lap/".*?</form>', page, re.DOTALL)[0]
    hidden = dict(re.findall(r'<input type="hidden" name="(kind|counter|unit|public_id)" value="([^"]+)"', form))
    return {**hidden, "interval": re.findall(r'name="interval" value="(\d+)"', form)}


def a_list(office):
    desk = at_the_desk(office.reception)
    response = desk.post(f"{LISTS}lap/", fields(desk.get(LISTS).content.decode()))
    assert response.status_code == 302, response.content.decode()
    return HandoverList.objects.latest("id")


def test_the_counter_lists_what_it_handed_on_and_the_agency_signs(office):
    dossiers = [a_dossier(office), a_dossier(office)]

    one = a_list(office)
    taker = at_the_desk(office.officer)
    waiting = taker.get(LISTS).content.decode()
    taker.post(f"{LISTS}{one.pk}/ky-nhan/", {})

    assert "Chờ bạn ký nhận." in waiting
    told = taker.get(f"{LISTS}{one.pk}/").content.decode()
    assert all(dossier.code in told for dossier in dossiers)
    assert "Đã ký nhận đủ: Hoàng Văn Hùng" in told
    assert "ky-nhan" not in told


def test_pressing_twice_makes_one_list(office):
    a_dossier(office)
    desk = at_the_desk(office.reception)
    sent = fields(desk.get(LISTS).content.decode())

    first, second = (desk.post(f"{LISTS}lap/", sent) for _ in range(2))

    assert first["Location"] == second["Location"]
    assert HandoverList.objects.count() == 1


def test_an_old_page_is_told_that_another_list_has_it(office):
    a_dossier(office)
    desk = at_the_desk(office.reception)
    old = fields(desk.get(LISTS).content.decode())
    a_list(office)

    response = desk.post(f"{LISTS}lap/", {**old, "public_id": "00000000-0000-4000-8000-000000000000"})

    assert response.status_code == 422
    assert "vừa được đưa vào danh sách khác" in response.content.decode()
    assert HandoverList.objects.count() == 1


def test_what_is_missing_is_named_and_taken_back(office):
    a_dossier(office)
    one = a_list(office)
    item = one.items.get()
    at_the_desk(office.officer).post(f"{LISTS}{one.pk}/ky-nhan/", {f"missing_{item.pk}": "thiếu tờ khai"})
    giver = at_the_desk(office.reception)
    told = giver.get(f"{LISTS}{one.pk}/").content.decode()
    assert "Còn mở: bên nhận báo thiếu 1 hồ sơ" in told
    assert "thiếu tờ khai" in told

    giver.post(f"{LISTS}{one.pk}/rut/{item.pk}/")

    one.refresh_from_db()
    item.refresh_from_db()
    assert item.taken_back_by == office.reception
    assert fields(giver.get(LISTS).content.decode())["interval"] == [str(item.interval_id)]


def test_a_list_is_printed_for_either_side(office):
    a_dossier(office)
    one = a_list(office)

    for side in (office.reception, office.officer):
        printed = at_the_desk(side).get(f"{LISTS}{one.pk}/in/")
        assert printed["Content-Type"] == "application/pdf"
        assert printed.content.startswith(b"%PDF")


def test_another_agency_finds_no_list_of_ours(office):
    a_dossier(office)
    one = a_list(office)
    elsewhere = a_one_stop("Ủy ban nhân dân xã Yên Thuận", code="2.000635")

    for stranger in (elsewhere.reception, elsewhere.officer, elsewhere.clerk):
        desk = at_the_desk(stranger)
        assert "Chưa có danh sách nào" in desk.get(LISTS).content.decode()
        for address in (f"{LISTS}{one.pk}/", f"{LISTS}{one.pk}/in/"):
            assert desk.get(address).status_code == 404
        assert desk.post(f"{LISTS}{one.pk}/ky-nhan/").status_code == 404
        assert desk.post(f"{LISTS}{one.pk}/rut/{one.items.get().pk}/").status_code == 404
        assert desk.post(f"{LISTS}lap/", forged(office, one)).status_code == 422
    one.refresh_from_db()
    assert one.received_at is None
    assert HandoverList.objects.count() == 1


def forged(office, one):
    """A form of our counter, sent by somebody else."""
    return {
        "kind": "DOSSIERS",
        "counter": office.agency.pk,
        "unit": office.professional.pk,
        "public_id": "00000000-0000-4000-8000-000000000000",
        "interval": [one.items.get().interval_id],
    }


def test_many_lists_cost_no_more_statements_than_one(office, django_assert_max_num_queries):
    for _ in range(4):
        a_dossier(office)
        a_list(office)
    a_dossier(office)
    a_dossier(office)
    desk = at_the_desk(office.reception)

    with django_assert_max_num_queries(9):
        told = desk.get(LISTS).content.decode()

    assert told.count("Chờ bên nhận kiểm đếm") == 4


def test_a_form_that_is_none_is_not_found(office):
    a_dossier(office)
    desk = at_the_desk(office.reception)
    sent = fields(desk.get(LISTS).content.decode())

    for wrong in ({"kind": "X"}, {"unit": "a"}, {"public_id": "1"}, {"interval": ["x"]}, {"counter": "999999"}):
        assert desk.post(f"{LISTS}lap/", {**sent, **wrong}).status_code == 404
    assert not HandoverList.objects.exists()


def test_results_are_listed_by_whoever_sent_them(office):
    dossier = a_dossier(office, State.READY)
    desk = at_the_desk(office.clerk)
    page = desk.get(LISTS).content.decode()

    desk.post(f"{LISTS}lap/", fields(page))

    assert dossier.code in page
    one = HandoverList.objects.get()
    assert (one.kind, one.unit) == ("RESULTS", office.clerks)
    told = at_the_desk(office.reception).get(f"{LISTS}{one.pk}/").content.decode()
    assert f'action="{LISTS}{one.pk}/ky-nhan/"' in told


def test_without_a_second_factor_nobody_signs(office, client):
    a_dossier(office)
    one = a_list(office)
    sign_in(client, office.officer, second_factor=False)

    assert client.post(f"{LISTS}{one.pk}/ky-nhan/").status_code == 302

    one.refresh_from_db()
    assert one.received_at is None
