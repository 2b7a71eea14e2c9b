"""The register on the screen, as a workbook and on paper."""

import io
import re
from datetime import timedelta

import pytest
from python_calamine import CalamineWorkbook

from motcua.counter import exporting
from motcua.counter.tasks import make_export
from motcua.counter.testing import at_the_desk
from motcua.counter.views import register as screen
from motcua.dossiers.models import Export, ExportState, State
from motcua.dossiers.testing import MONDAY, a_dossier, a_one_stop

SPAN = "tu=2023-10-23&den=2023-10-23"


def book(office, side="quay"):
    return f"so={side}-{office.agency.pk}&{SPAN}"


def page(desk, query):
    return desk.get(f"/motcua/so-theo-doi/?{query}")


def made(desk, query, form):
    desk.post(f"/motcua/xuat/moi/?danh-sach=register&{query}", {"format": form, "purpose": "Lưu sổ"})
    export = Export.objects.latest("id")
    make_export(export=export.pk)
    export.refresh_from_db()
    return export, b"".join(desk.get(f"/motcua/xuat/{export.public_id}/tep/").streaming_content)


def test_the_register_opens_at_this_month_of_ones_own_counter(office, monday):
    desk = at_the_desk(office.reception)

    opened = desk.get("/motcua/so-theo-doi/")

    assert opened["Location"] == f"/motcua/so-theo-doi/?so=quay-{office.agency.pk}&tu=2023-10-01&den=2023-10-23"
    assert "Không có hồ sơ nào được tiếp nhận" in desk.get(opened["Location"]).content.decode()


def test_a_row_opens_its_dossier(office, monday):
    dossier = a_dossier(office)

    told = page(at_the_desk(office.reception), book(office)).content.decode()

    assert f'href="/motcua/ho-so/{dossier.code}/"' in told
    assert "Mẫu số 06 – Thông tư 01/2018/TT-VPCP" in told


def test_pages_of_a_register_neither_overlap_nor_leave_anything_out(office, monday, monkeypatch):
    monkeypatch.setattr(screen, "PAGE", 2)
    codes = [a_dossier(office, at=MONDAY + timedelta(minutes=n)).code for n in range(5)]
    desk = at_the_desk(office.leader)

    def codes_on(told):
        return [code for code in codes if f"/ho-so/{code}/" in told]

    def link(told, rel):
        found = re.search(rf'href="(\?[^"]+{rel}=[^"]+)"', told)
        return found and found[1].replace("&amp;", "&")

    seen, told = [], page(desk, book(office, "co-quan")).content.decode()
    while True:
        seen.append(codes_on(told))
        onward = link(told, "sau")
        if not onward:
            break
        told = desk.get(f"/motcua/so-theo-doi/{onward}").content.decode()
    back = desk.get(f"/motcua/so-theo-doi/{link(told, 'truoc')}").content.decode()

    assert seen == [codes[:2], codes[2:4], codes[4:]]
    assert codes_on(back) == codes[2:4]


@pytest.mark.parametrize(
    "query", ["so=quay-1&tu=2023-10-23&den=2023-10-22", "so=x&tu=y&den=z", "so=quay-1&tu=2020-01-01&den=2023-01-01"]
)
def test_a_span_that_is_none_is_said_so(office, monday, query):
    response = page(at_the_desk(office.reception), query.replace("quay-1", f"quay-{office.agency.pk}"))

    assert response.status_code == 422
    assert "field-wrong" in response.content.decode()


def test_the_register_of_another_agency_is_not_opened_and_not_taken_out(office, monday):
    a_dossier(office)
    stranger = at_the_desk(a_one_stop("Ủy ban nhân dân xã Yên Thuận", code="2.000635").leader)

    assert page(stranger, book(office, "co-quan")).status_code == 422
    assert stranger.get(f"/motcua/xuat/moi/?danh-sach=register&{book(office, 'co-quan')}").status_code == 404
    assert stranger.post(f"/motcua/xuat/moi/?danh-sach=register&{book(office, 'co-quan')}", {}).status_code == 404
    assert not Export.objects.exists()


def test_whoever_only_works_at_the_agency_opens_no_counters_register(office, monday):
    assert page(at_the_desk(office.officer), book(office)).status_code == 422


def test_the_workbook_has_the_heading_of_the_form_and_a_number_for_each(office, monday):
    dossiers = [a_dossier(office), a_dossier(office, State.RETURNED)]

    _, raw = made(at_the_desk(office.reception), book(office), "xlsx")

    rows = CalamineWorkbook.from_filelike(io.BytesIO(raw)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows[:4]] == [
        "Mẫu số 06 – Thông tư 01/2018/TT-VPCP",
        "Ủy ban nhân dân xã Hùng Đức",
        "Sổ theo dõi hồ sơ",
        "Từ ngày 23 tháng 10 năm 2023 đến ngày 23 tháng 10 năm 2023",
    ]
    assert rows[4][:2] == ["TT", "Mã hồ sơ"]
    assert [row[:2] for row in rows[5:]] == [[n, one.code] for n, one in enumerate(dossiers, 1)]


def test_the_register_is_printed(office, monday):
    a_dossier(office)

    export, raw = made(at_the_desk(office.reception), book(office), "pdf")

    assert raw.startswith(b"%PDF")
    assert export.size == len(raw)


def test_a_register_too_long_to_print_says_what_to_do(office, monday, monkeypatch):
    monkeypatch.setattr(exporting, "MOST_PRINTED", 1)
    a_dossier(office)
    a_dossier(office)
    desk = at_the_desk(office.reception)
    desk.post(f"/motcua/xuat/moi/?danh-sach=register&{book(office)}", {"format": "pdf", "purpose": "Lưu sổ"})
    export = Export.objects.get()

    make_export(export=export.pk)

    export.refresh_from_db()
    assert export.state == ExportState.REFUSED
    assert (
        "Hãy chọn ít ngày hơn, hoặc xuất dạng Excel" in desk.get(f"/motcua/xuat/{export.public_id}/").content.decode()
    )


def test_a_work_list_is_not_printed_as_a_register(office, monday):
    response = at_the_desk(office.leader).post(
        "/motcua/xuat/moi/?danh-sach=agency", {"format": "pdf", "purpose": "Lưu sổ"}
    )

    assert response.status_code == 422
    assert not Export.objects.exists()
