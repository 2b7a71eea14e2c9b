"""Several dossiers of one person in one go: the person stays, one receipt for all (giấy hẹn chung)."""

import re

import pytest

from motcua.accounts.permissions import Role
from motcua.accounts.testing import an_officer
from motcua.catalogue.testing import a_procedure
from motcua.counter.testing import address, at_the_desk, what_is_typed
from motcua.dossiers import together
from motcua.dossiers.models import Dossier, ReceivedTogether
from motcua.dossiers.testing import MONDAY, TUESDAY, a_walk_in, it_is
from motcua.organisations.models import UnitKind
from motcua.organisations.testing import a_unit, an_agency

from .test_reception import page_of, text, value_of

pytestmark = pytest.mark.usefixtures("monday")


@pytest.fixture
def extract(office):
    """Another procedure of the same desk."""
    return a_procedure("2.000635", name="Cấp bản sao trích lục hộ tịch", form=[])


def named(page):
    return re.search(r'name="reception" value="([^"]+)"', page)[1]


def test_the_button_for_more_receives_and_asks_only_what_comes_next(office, extract):
    desk = at_the_desk(office.reception)

    answer = desk.post(page_of(office), what_is_typed(office, submitter_name="Lý Thị Mẩy", then="more"))
    first = Dossier.objects.get()
    choosing = text(desk.get(answer.url))
    page = text(desk.get(f"/motcua/tiep-nhan/2.000635/?cung={first.code}"))

    assert answer.url == f"/motcua/tiep-nhan/?cung={first.code}"
    assert "Thêm hồ sơ cho Lý A Pao" in choosing
    assert f"/motcua/tiep-nhan/{office.version.code}/?cung={first.code}" in choosing
    assert "data-print-frame" not in choosing
    assert [value_of(page, name) for name in ("owner_name", "owner_id_number", "phone", "submitter_name")] == [
        "Lý A Pao",
        "008885123456",
        office.citizen.phone,
        "Lý Thị Mẩy",
    ]
    assert value_of(page, "cung") == first.code


def test_at_the_end_one_receipt_lists_them_all(office, extract):
    desk = at_the_desk(office.reception)
    first = a_walk_in(office)

    typed = what_is_typed(office, extract, cung=first.code, **{"form-noi_dung": "Trích lục khai sinh"})
    answer = desk.post("/motcua/tiep-nhan/2.000635/", typed)
    second = Dossier.objects.latest("pk")
    page = text(desk.get(answer.url))
    printed = desk.get(address(second, "common_receipt"))

    assert answer.url == f"{address(second, 'received')}?in=1"
    assert together.all_of(first) == [first, second]
    assert "Đã tiếp nhận 2 hồ sơ" in page
    assert f'src="{address(second, "common_receipt")}#navpanes=0"' in page
    assert first.code in page
    assert printed.headers["Content-Type"] == "application/pdf"
    assert printed.content.startswith(b"%PDF")
    assert desk.get(address(first, "common_receipt")).status_code == 200
    assert second.slips.count() == 1


def test_pressing_twice_makes_nothing_twice(office, extract):
    desk = at_the_desk(office.reception)
    first = a_walk_in(office)
    once = named(text(desk.get(f"/motcua/tiep-nhan/2.000635/?cung={first.code}")))
    typed = what_is_typed(office, extract, cung=first.code, reception=once, **{"form-noi_dung": "Trích lục"})

    answers = [desk.post("/motcua/tiep-nhan/2.000635/", typed).url for _ in range(2)]

    assert answers[0] == answers[1]
    assert Dossier.objects.count() == 2
    assert ReceivedTogether.objects.count() == 1


def test_what_is_refused_receives_nothing_and_stays_in_the_same_visit(office, extract):
    first = a_walk_in(office)

    answer = at_the_desk(office.reception).post(
        "/motcua/tiep-nhan/2.000635/", what_is_typed(office, extract, cung=first.code, owner_name="")
    )

    assert answer.status_code == 422
    assert value_of(text(answer), "cung") == first.code
    assert Dossier.objects.get() == first
    assert not ReceivedTogether.objects.exists()


def test_zero_ends_the_visit_and_prints(office):
    first = a_walk_in(office)

    answer = at_the_desk(office.reception).get(f"/motcua/tiep-nhan/?cung={first.code}&tim=0")

    assert answer.url == f"{address(first, 'received')}?in=1"


def test_the_next_day_a_new_receipt_begins_and_the_officer_is_told(office, extract, monkeypatch):
    first = a_walk_in(office, at=MONDAY)
    it_is(monkeypatch, TUESDAY)
    desk = at_the_desk(office.reception)

    page = text(desk.get(f"/motcua/tiep-nhan/2.000635/?cung={first.code}", follow=True))
    typed = what_is_typed(office, extract, cung=first.code, **{"form-noi_dung": "Trích lục"})
    desk.post("/motcua/tiep-nhan/2.000635/", typed)

    assert f"Không tiếp nhận cùng hồ sơ {first.code} được nữa." in page
    assert value_of(page, "owner_name") == ""
    assert Dossier.objects.count() == 2
    assert not ReceivedTogether.objects.exists()


def test_nobody_goes_on_with_a_colleagues_visit_or_reads_its_receipt_elsewhere(office, extract):
    first, second = a_walk_in(office), a_walk_in(office)
    together.join(second, after=first, by=office.reception, at=MONDAY)
    colleague = an_officer(office.one_stop, Role.RECEPTION_OFFICER, "Ma Thị Hoa")
    stranger = an_officer(a_unit(an_agency("Ủy ban nhân dân xã Kim Quan"), UnitKind.ONE_STOP))

    page = text(at_the_desk(colleague).get(f"/motcua/tiep-nhan/2.000635/?cung={first.code}"))

    assert value_of(page, "owner_name") == ""
    assert "Không tiếp nhận cùng hồ sơ" in page
    assert "Thêm hồ sơ cho cùng người này" not in text(at_the_desk(colleague).get(address(first, "received")))
    assert at_the_desk(colleague).get(address(first, "common_receipt")).status_code == 200
    assert at_the_desk(stranger).get(address(first, "common_receipt")).status_code == 404
    assert at_the_desk(stranger).get(f"/motcua/tiep-nhan/?cung={first.code}").status_code == 404


def test_a_dossier_alone_has_no_common_receipt(office):
    dossier = a_walk_in(office)
    desk = at_the_desk(office.reception)

    assert desk.get(address(dossier, "common_receipt")).status_code == 404
    assert "Thêm hồ sơ cho cùng người này" in text(desk.get(address(dossier, "received")))
