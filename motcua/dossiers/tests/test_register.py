"""The register: what was received, in its order, as the form of the day has it."""

from datetime import date, timedelta

import pytest

from motcua.dossiers import processing, register, results, rules
from motcua.dossiers.models import Dossier, ReturnBy, State
from motcua.dossiers.register import Book
from motcua.dossiers.testing import MONDAY, TUESDAY, a_dossier, a_one_stop, a_walk_in, at_step, to_the_end


@pytest.fixture
def office(db):
    return a_one_stop()


def entered(office, first=date(2023, 10, 23), last=date(2023, 10, 23), *, at_counter=True):
    return register.entered(Dossier.objects.all(), Book(office.agency.pk, at_counter), first, last)


def test_a_register_holds_what_was_received_on_its_days_and_nothing_else(office):
    first, second = a_dossier(office), a_walk_in(office, at=MONDAY + timedelta(hours=3))
    a_dossier(office, State.SUBMITTED)
    a_dossier(office, State.REFUSED)
    a_dossier(office, at=MONDAY - timedelta(days=3))
    tuesday = a_dossier(office, at=TUESDAY)
    a_dossier(a_one_stop("Ủy ban nhân dân xã Yên Thuận", code="2.000635"))

    assert list(entered(office)) == [first, second]
    assert list(entered(office, last=date(2023, 10, 24))) == [first, second, tuesday]
    assert list(entered(office, at_counter=False)) == [first, second]


def test_an_entry_tells_the_whole_way(office):
    dossier = a_walk_in(office)
    dossier = processing.hand_to_agency(
        dossier, at_step=at_step(dossier), by=office.reception, at=MONDAY + timedelta(minutes=30)
    )
    dossier = to_the_end(dossier, office, at=TUESDAY)
    results.hand_over(
        dossier,
        method=ReturnBy.COUNTER,
        recipient_name="Lý Thị Sâu",
        recipient_id_number="008885123457",
        paper_noted="Giấy ủy quyền ngày 20/10/2023",
        by=office.reception,
        at=TUESDAY + timedelta(hours=1),
    )

    (entry,) = register.entries(entered(office))

    assert len(entry.cells()) == len(register.COLUMNS)
    assert (entry.code, entry.sets, entry.owner, entry.agency) == (dossier.code, 1, "Lý A Pao", office.agency.name)
    assert entry.where == f"{dossier.address}, {dossier.phone}"
    assert (entry.accepted_at, entry.due_at) == (MONDAY, dossier.due_at)
    assert entry.handed_at == MONDAY + timedelta(minutes=30)
    assert entry.came_back_at == TUESDAY
    assert entry.returned_at == TUESDAY + timedelta(hours=1)
    assert (entry.method_name, entry.recipient, entry.note) == ("Tại Bộ phận Một cửa", "Lý Thị Sâu", "")


def test_what_ended_otherwise_says_so(office):
    a_dossier(office, State.STOPPED)

    (entry,) = register.entries(entered(office))

    assert entry.came_back_at is None
    assert entry.note == "Dừng giải quyết 23/10/2023"


def test_the_form_of_the_day_names_the_register(db):
    rules.load_rules()

    assert register.forms_of(date(2025, 9, 14))[1:] == ("Mẫu số 06 – Thông tư 01/2018/TT-VPCP", "Sổ theo dõi hồ sơ")
    assert register.forms_of(date(2025, 9, 15))[1:] == ("Mẫu số 07 – Thông tư 03/2025/TT-VPCP", "Sổ theo dõi hồ sơ")
