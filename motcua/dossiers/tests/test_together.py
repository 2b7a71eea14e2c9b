"""Several dossiers of one person on one receipt (giấy hẹn chung)."""

import pytest

from motcua.accounts.permissions import Role
from motcua.accounts.testing import an_officer
from motcua.catalogue.testing import a_procedure
from motcua.dossiers import together
from motcua.dossiers.models import ReceivedTogether, State
from motcua.dossiers.testing import MONDAY, TUESDAY, a_dossier, a_one_stop, a_walk_in

pytestmark = pytest.mark.django_db


def later(office, version=None, *, at=MONDAY):
    """The next dossier of the same visit, for another procedure where one is named."""
    office.version = version or office.version
    return a_walk_in(office, at=at)


def test_what_is_received_after_another_stands_on_its_receipt():
    office = a_one_stop()
    first = a_walk_in(office)
    second = later(office, a_procedure("2.000635", name="Cấp bản sao trích lục hộ tịch"))
    third = later(office)

    together.join(second, after=first, by=office.reception, at=MONDAY)
    together.join(third, after=second, by=office.reception, at=MONDAY)

    for dossier in (first, second, third):
        assert together.all_of(dossier) == [first, second, third]
    sheet = together.sheet(together.all_of(first), follow_addresses=["https://a/1", "https://a/2", "https://a/3"])
    assert [row.code for row in sheet.rows] == [first.code, second.code, third.code]
    assert [row.request for row in sheet.rows][1] == "Cấp bản sao trích lục hộ tịch"
    assert sheet.rows[0].due_at == "09:00 30/10/2023"
    assert {row.received_at for row in sheet.rows} == {"09:00 23/10/2023"}
    assert [paper.name for paper in sheet.rows[0].papers][0] == "Giấy chứng sinh"
    assert (sheet.owner, sheet.officer) == ("Lý A Pao", "Nguyễn Thị Lan")
    assert together.pdf([first, second, third], follow_addresses=["https://a/1", "", ""]).startswith(b"%PDF")


def test_each_keeps_its_own_slip_code_and_date():
    office = a_one_stop()
    first, second = a_walk_in(office), later(office, a_procedure("2.000635", same_day=True))

    together.join(second, after=first, by=office.reception, at=MONDAY)

    assert first.code != second.code
    assert first.slips.count() == second.slips.count() == 1
    assert second.first_due_at < first.first_due_at


def test_joining_twice_joins_once():
    office = a_one_stop()
    first, second = a_walk_in(office), later(office)

    for _ in range(2):
        together.join(second, after=first, by=office.reception, at=MONDAY)
    together.join(first, after=first, by=office.reception, at=MONDAY)

    assert ReceivedTogether.objects.count() == 1


def test_a_dossier_alone_stands_by_itself():
    dossier = a_walk_in(a_one_stop())

    assert together.all_of(dossier) == [dossier]


def test_what_others_received_another_day_or_online_has_its_own_receipt():
    office = a_one_stop()
    first = a_walk_in(office)
    colleague = an_officer(office.one_stop, Role.RECEPTION_OFFICER, "Ma Thị Hoa")
    online = a_dossier(office, State.ACCEPTED)

    with pytest.raises(together.Apart):
        together.join(later(office, at=TUESDAY), after=first, by=office.reception, at=TUESDAY)
    with pytest.raises(together.Apart):
        together.join(later(office), after=first, by=colleague, at=MONDAY)
    with pytest.raises(together.Apart):
        together.join(later(office), after=online, by=office.reception, at=MONDAY)

    assert not ReceivedTogether.objects.exists()


def test_one_receipt_has_room_for_so_many_and_no_more(monkeypatch):
    monkeypatch.setattr(together, "MOST", 2)
    office = a_one_stop()
    first, second, third = a_walk_in(office), later(office), later(office)
    together.join(second, after=first, by=office.reception, at=MONDAY)

    with pytest.raises(together.Full):
        together.join(third, after=second, by=office.reception, at=MONDAY)

    assert together.all_of(first) == [first, second]
