"""The internal process: a table that is checked, issued by number, and a general one for whoever has none."""

import threading
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from motcua.accounts.permissions import Role
from motcua.catalogue import processes
from motcua.catalogue.models import Process
from motcua.catalogue.processes import WrongProcess
from motcua.catalogue.testing import a_procedure, steps
from motcua.organisations.models import UnitKind
from motcua.organisations.testing import a_unit, an_agency
from motcua.worktime.terms import Term

pytestmark = pytest.mark.django_db


def changed(position, **values):
    """The ordinary table with one row told otherwise."""
    return [row | values if row["position"] == position else row for row in steps()]


# Issuing


def test_a_process_is_issued_as_its_table_says():
    agency = an_agency()
    land, culture = (a_unit(agency, UnitKind.PROFESSIONAL, name) for name in ("Địa chính", "Văn hóa"))
    version = a_procedure(process=False)

    process = processes.issue(version, steps([land, culture]), decision="12/QĐ-UBND")

    assert (process.number, process.general, process.decision) == (1, False, "12/QĐ-UBND")
    assert [
        (step.position, step.unit, step.unit_kind, step.role, step.is_approval) for step in process.steps.all()
    ] == [
        (1, None, UnitKind.ONE_STOP, Role.RECEPTION_OFFICER, False),
        (2, land, UnitKind.PROFESSIONAL, Role.PROCESSING_OFFICER, False),
        (3, culture, UnitKind.PROFESSIONAL, Role.PROCESSING_OFFICER, False),
        (4, None, UnitKind.LEADERS, Role.LEADER, True),
        (5, None, UnitKind.CLERK, Role.CLERK, False),
    ]
    assert process.steps.get(position=2).unit_name == "Địa chính"
    assert process.hours() == 6.5
    assert version.process() == process


def test_the_same_table_again_is_the_same_process():
    version = a_procedure()
    before = version.process()

    assert processes.issue(version, steps()) == before
    assert version.processes.count() == 1


def test_another_table_is_a_process_of_its_own_and_the_old_one_stays():
    version = a_procedure()
    before = version.process()

    second = processes.issue(version, changed(2, hours=3))

    assert second.number == 2
    assert version.process() == second
    assert processes.rows(before)[1]["hours"] == Decimal(2)


def test_the_same_table_under_another_decision_is_another_process():
    version = a_procedure()

    assert processes.issue(version, steps(), decision="12/QĐ-UBND").number == 2


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ([], "ít nhất ba bước"),
        (steps()[:2], "ít nhất ba bước"),
        (steps()[1:], "đánh số liền nhau từ 1"),
        (steps()[::-1], "đánh số liền nhau từ 1"),
        (changed(2, work="  "), "Bước 2 chưa ghi nội dung công việc."),
        (changed(2, unit_kind="HALL"), "Bước 2 chưa ghi bộ phận thực hiện."),
        (changed(2, role="BOSS"), "Bước 2 chưa ghi người thực hiện."),
        (changed(2, hours="hai"), "Bước 2 chưa ghi số giờ."),
        (changed(2, hours=None), "Bước 2 chưa ghi số giờ."),
        (changed(2, hours=0), "Bước 2 phải có số giờ lớn hơn 0."),
        (changed(2, hours="NaN"), "Bước 2 phải có số giờ lớn hơn 0."),
        (changed(2, hours=-1), "Bước 2 phải có số giờ lớn hơn 0."),
        (changed(2, hours=10_000), "Bước 2 phải có số giờ lớn hơn 0"),
        (changed(1, unit_kind=UnitKind.PROFESSIONAL), "Bước 1 phải ở Bộ phận Một cửa."),
        (changed(3, is_approval=False), "đúng một bước phê duyệt"),
        (changed(2, is_approval=True), "đúng một bước phê duyệt"),
        ([*changed(3, is_approval=False)[:3], steps()[3] | {"is_approval": True}], "trước bước cuối"),
        (changed(3, role=Role.CLERK), "Bước 3: Văn thư không được giao việc “Phê duyệt kết quả”."),
        (
            changed(4, role=Role.LEADER),
            "Bước 4: Lãnh đạo cơ quan không được giao việc “Chuyển kết quả về Bộ phận Một cửa”.",
        ),
        (changed(2, role=Role.DIRECTOR), "Bước 2: Giám đốc Trung tâm không được giao việc"),
        (changed(1, role=Role.CLERK), "Bước 1: Văn thư không được giao việc “Chuyển hồ sơ đến cơ quan giải quyết”."),
        (changed(2, hours=37.75), "Tổng thời gian các bước (40,25 giờ) vượt thời hạn giải quyết (40 giờ làm việc)."),
    ],
)
def test_a_table_that_cannot_be_followed_is_refused(table, sentence):
    version = a_procedure(process=False)

    with pytest.raises(WrongProcess) as refusal:
        processes.issue(version, table)

    assert sentence in str(refusal.value)
    assert not Process.objects.exists()


def test_a_table_may_fill_the_term_to_the_minute():
    version = a_procedure(process=False, term=Term.days(5))

    assert processes.issue(version, changed(2, hours="37.5")).hours() == 40


@pytest.mark.parametrize(
    ("term", "hours"),
    [
        (Term.days(5), 40),
        (Term.hours(4), 4),
        (Term.minutes(30), 0.5),
        (Term.calendar_days(7), 40),
        (Term.months(1), 176),
        (None, None),
    ],
)
def test_a_term_is_counted_in_working_hours(term, hours):
    assert processes.hours_allowed(a_procedure(term=term, process=False)) == hours


def test_within_the_day_is_eight_hours():
    assert processes.hours_allowed(a_procedure(same_day=True, process=False)) == 8


def test_the_shortest_channel_sets_the_hours():
    version = a_procedure(process=False, term=Term.days(5))
    version.terms.filter(channel="ONLINE").update(amount=3)

    assert processes.hours_allowed(version) == 24


# The general process


def test_a_procedure_without_a_process_follows_the_general_one():
    version = a_procedure(process=False, term=Term.days(5))
    assert version.process() is None

    process = processes.general(version)

    assert process.general
    assert version.process() == process
    assert [(step.unit, step.unit_kind, step.role, step.hours, step.is_approval) for step in process.steps.all()] == [
        (None, UnitKind.ONE_STOP, Role.RECEPTION_OFFICER, 5, False),
        (None, UnitKind.PROFESSIONAL, Role.PROCESSING_OFFICER, 25, False),
        (None, UnitKind.LEADERS, Role.LEADER, 5, True),
        (None, UnitKind.CLERK, Role.CLERK, 5, False),
    ]


def test_the_general_process_would_pass_as_a_table_of_its_own():
    version = a_procedure(process=False, term=Term.calendar_days(30))

    assert processes.wrong(version, processes.rows(processes.general(version))) is None


def test_asking_again_writes_nothing():
    version = a_procedure(process=False)

    assert processes.general(version) == processes.general(version)
    assert Process.objects.count() == 1


def test_a_process_of_its_own_comes_before_the_general_one():
    version = a_procedure(process=False)
    general = processes.general(version)

    own = processes.issue(version, steps())

    assert (own.number, own.general) == (1, False)
    assert version.process() == own
    assert Process.objects.filter(pk=general.pk).exists()  # dossiers that follow it go on


def test_the_general_table_issued_by_decision_becomes_its_own():
    version = a_procedure(process=False)
    table = processes.rows(processes.general(version))

    assert processes.issue(version, table).number == 1


def test_only_the_general_process_has_number_zero():
    version = a_procedure()
    for wrong in ({"number": 0}, {"number": 2, "general": True}):
        with pytest.raises(IntegrityError, match="the_general_process_is_number_zero"), transaction.atomic():
            version.processes.create(**wrong)


@pytest.mark.parametrize(
    ("term", "hours"),
    [
        (Term.days(5), [5, 25, 5, 5]),
        (Term.days(1), [1, 5, 1, 1]),
        (Term.days(3), [3, 15, 3, 3]),
        (Term.hours(4), [0.5, 2.5, 0.5, 0.5]),
        (Term.hours(2), [0.25, 1.25, 0.25, 0.25]),
        (Term.hours(1), [0.25, 0.25, 0.25, 0.25]),
        (Term.minutes(75), [0.25, 0.5, 0.25, 0.25]),
        (Term.minutes(30), [0, 0, 0, 0]),  # shorter than a quarter of an hour each
        (Term.calendar_days(30), [21.5, 106.75, 21.5, 21.5]),
        (Term.months(2), [44, 220, 44, 44]),
        (None, [0, 0, 0, 0]),  # no term: no time for the steps either
    ],
)
def test_the_general_steps_share_the_term(term, hours):
    version = a_procedure(process=False, term=term)

    assert [step.hours for step in processes.general(version).steps.all()] == hours


def test_the_shares_never_exceed_the_term():
    for quarters in range(4, 2000):
        allowed = Decimal(quarters) / 4 + Decimal("0.1")
        hours = processes.shares(allowed)
        assert min(hours) >= Decimal("0.25")
        assert sum(hours) <= allowed
        assert all(hour % Decimal("0.25") == 0 for hour in hours)


def test_a_term_that_is_a_slip_of_the_pen_fits_the_table_all_the_same():
    version = a_procedure(process=False, term=Term.months(100_000))

    assert processes.general(version).hours() == 10_000


@pytest.mark.django_db(transaction=True)
def test_officers_who_need_it_at_once_find_one_general_process():
    version = a_procedure(process=False)
    start, found, wrong = threading.Barrier(8), [], []

    def need():
        try:
            with transaction.atomic():
                start.wait()
                found.append(processes.general(version).pk)
        except Exception as error:
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=need) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []
    assert len(found) == 8
    assert len(set(found)) == 1
    assert Process.objects.get().steps.count() == 4


@pytest.mark.django_db(transaction=True)
def test_writing_a_process_waits_for_no_dossier_being_filed():
    """A dossier holds its version's key while it is filed; the writer of a process must not wait for that."""
    version = a_procedure(process=False)
    filed, written = threading.Event(), threading.Event()

    def file_a_dossier():
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM catalogue_procedureversion WHERE id = %s FOR KEY SHARE", [version.pk])
                filed.set()
                written.wait(10)
        finally:
            connection.close()

    thread = threading.Thread(target=file_a_dossier)
    thread.start()
    filed.wait(10)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '2s'")
        processes.general(version)
    written.set()
    thread.join()

    assert version.process().general
