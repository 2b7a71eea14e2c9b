import shutil
import subprocess
from datetime import timedelta

import pytest

from motcua.accounts.permissions import Role
from motcua.accounts.testing import an_officer
from motcua.catalogue.models import Fee
from motcua.catalogue.testing import a_procedure
from motcua.dossiers import intake, processing, results, slips, supplement
from motcua.dossiers.models import FormSet, OwnerKind, ReturnBy, Slip, SlipKind, State
from motcua.dossiers.paper_forms import Count, PaperLine
from motcua.dossiers.papers import Brought
from motcua.dossiers.rules import NoRules
from motcua.dossiers.supplement import Item
from motcua.dossiers.testing import (
    MONDAY,
    TUESDAY,
    WEDNESDAY,
    a_dossier,
    a_draft,
    a_one_stop,
    a_stored_file,
    a_walk_in,
    at_step,
    owner,
    to_the_end,
)
from motcua.organisations.models import AgencyKind, Level, UnitKind
from motcua.organisations.testing import a_place, a_unit, an_agency
from motcua.worktime.terms import Term

pytestmark = pytest.mark.django_db

SEPTEMBER_15 = MONDAY.replace(year=2025, month=9, day=15)
SEPTEMBER_12 = MONDAY.replace(year=2025, month=9, day=12)  # the Friday before


def receipt(dossier):
    return slips.sheet(dossier.slips.get(kind=SlipKind.RECEIPT))


def control(dossier, office):
    return slips.sheet(slips.issue(dossier, SlipKind.CONTROL, by=office.reception, at=WEDNESDAY))


# Which form ----------------------------------------------------------------------------------------------------------


def test_the_forms_switch_on_15_september_2025():
    office = a_one_stop()
    before, after = a_walk_in(office, at=SEPTEMBER_12), a_walk_in(office, at=SEPTEMBER_15)

    assert receipt(before).form == "Mẫu số 01 – Thông tư 01/2018/TT-VPCP"
    assert not receipt(before).as_table
    assert receipt(after).form == "Mẫu số 01 – Thông tư 03/2025/TT-VPCP"
    assert receipt(after).as_table


def test_the_control_slip_is_number_5_and_since_that_day_number_6():
    office = a_one_stop()
    dossier = a_walk_in(office, at=SEPTEMBER_12)

    old = slips.sheet(slips.issue(dossier, SlipKind.CONTROL, by=office.reception, at=SEPTEMBER_12))
    new = slips.sheet(slips.issue(dossier, SlipKind.CONTROL, by=office.reception, at=SEPTEMBER_15))

    assert (old.form[:9], new.form[:9]) == ("Mẫu số 05", "Mẫu số 06")
    assert old.title == new.title == "Phiếu kiểm soát quá trình giải quyết hồ sơ"


def test_title_and_number_are_data():
    office = a_one_stop()
    dossier = a_walk_in(office)
    forms = FormSet.objects.get(key="TT01_2018")
    forms.slips["RECEIPT"] = {"number": "09", "title": "Giấy hẹn"}
    forms.save()

    assert receipt(dossier).form.startswith("Mẫu số 09 –")
    assert receipt(dossier).title == "Giấy hẹn"


def test_no_slip_is_issued_on_a_day_without_forms():
    office = a_one_stop()
    dossier = a_walk_in(office)
    FormSet.objects.filter(key="TT03_2025").update(valid_from=SEPTEMBER_15.date() + timedelta(days=1))

    with pytest.raises(NoRules):
        slips.issue(dossier, SlipKind.CONTROL, by=office.reception, at=SEPTEMBER_15)

    assert not Slip.objects.filter(kind=SlipKind.CONTROL).exists()


# The heading ---------------------------------------------------------------------------------------------------------


def test_each_form_has_the_number_its_text_gives():
    office = a_one_stop()
    accepted, refused = a_dossier(office, State.AWAITING_APPLICANT), a_dossier(office, State.REFUSED)

    numbers = {slip.kind: slips.number(slip) for dossier in (accepted, refused) for slip in dossier.slips.all()}

    assert numbers == {"RECEIPT": "……/BPTNTKQ", "SUPPLEMENT": "……/HDHS", "REFUSAL": "……"}


def test_a_commune_names_itself_over_its_reception_desk():
    office = a_one_stop("Ủy ban nhân dân phường Phan Thiết, thành phố Tuyên Quang")
    office.agency.place = a_place("Phường Phan Thiết")
    office.agency.save()

    told = receipt(a_walk_in(office))

    assert told.above == "Ủy ban nhân dân phường Phan Thiết,\nthành phố Tuyên Quang"
    assert told.office == told.office_label == "Bộ phận Tiếp nhận và Trả kết quả"
    assert (told.place, told.day) == ("Phan Thiết", "ngày 23 tháng 10 năm 2023")


def test_a_desk_that_became_a_centre_is_called_one():
    office = a_one_stop()
    office.one_stop.name = "Trung tâm Phục vụ hành chính công xã Hùng Đức"
    office.one_stop.save()
    dossier = a_walk_in(office)

    assert receipt(dossier).office == "Trung tâm Phục vụ hành chính công"
    assert slips.number(dossier.slips.get()) == "……/TTPVHCC"


def test_the_centre_of_the_province_stands_under_its_committee():
    office, department, lan = a_centre()
    dossier = intake.receive(office.version, agency=department, by=lan, at=MONDAY, papers=[], **owner(office))

    told = receipt(dossier)

    assert told.above == "Ủy ban nhân dân tỉnh Tuyên Quang"
    assert told.office == "Trung tâm Phục vụ hành chính công"
    assert told.office_name == "tỉnh Tuyên Quang"
    assert told.number == "……/TTPVHCC"
    assert told.place == "Tuyên Quang"
    assert told.return_at == "Trung tâm Phục vụ hành chính công tỉnh Tuyên Quang"


def a_centre():
    """A department whose procedures are received at the province's centre."""
    office = a_one_stop()
    province = a_place("Tỉnh Tuyên Quang", level=Level.PROVINCE)
    above = {"level": Level.PROVINCE, "place": province}
    committee = an_agency("Ủy ban nhân dân tỉnh Tuyên Quang", **above)
    bureau = an_agency(
        "Văn phòng Ủy ban nhân dân tỉnh Tuyên Quang", kind=AgencyKind.DEPARTMENT, parent=committee, **above
    )
    centre = an_agency(
        "Trung tâm Phục vụ hành chính công tỉnh Tuyên Quang", kind=AgencyKind.CENTRE, parent=bureau, **above
    )
    department = an_agency(
        "Sở Tư pháp tỉnh Tuyên Quang", kind=AgencyKind.DEPARTMENT, at_centre=True, short_name="Sở Tư pháp", **above
    )
    a_unit(department, UnitKind.PROFESSIONAL, "Phòng Hành chính tư pháp")
    a_unit(department, UnitKind.LEADERS, "Lãnh đạo Sở")
    a_unit(department, UnitKind.CLERK, "Văn phòng Sở")
    lan = an_officer(a_unit(centre, UnitKind.ONE_STOP, "Quầy tiếp nhận"), Role.RECEPTION_OFFICER, "Ma Thị Lan")
    office.version = a_procedure("2.000635", agency=department, level=Level.PROVINCE, name="Bản sao trích lục")
    return office, department, lan


@pytest.mark.parametrize(
    ("name", "told"),
    [("Phường 7", "Phường 7"), ("Thị trấn Na Hang", "Na Hang"), ("Xã Xã Mới", "Xã Mới"), ("Hoàng Sa", "Hoàng Sa")],
)
def test_a_place_is_named_without_its_level_unless_it_is_a_number(name, told):
    office = a_one_stop()
    office.agency.place = a_place(name)
    office.agency.save()

    assert receipt(a_walk_in(office)).place == told


def test_a_demonstration_marks_its_papers(settings):
    dossier = a_walk_in(a_one_stop())

    settings.DEMONSTRATION = True
    assert receipt(dossier).mark == "Dữ liệu trình diễn, cơ cấu năm 2021. Không có giá trị sử dụng."
    settings.DEMONSTRATION = False
    assert receipt(dossier).mark == ""


# The receipt ---------------------------------------------------------------------------------------------------------


def test_a_receipt_holds_what_was_put_on_the_counter():
    office = a_one_stop(term=Term.days(5))
    first = office.version.components.first()
    brought = [
        Brought(first, first.name, 1, 0),
        Brought(None, "Quyết định của tòa án", 1, 2),
        Brought(None, "Ảnh 4×6", 0, 0),
    ]

    dossier = intake.receive(
        office.version, agency=office.agency, by=office.reception, at=MONDAY, papers=brought, sets=2, **owner(office)
    )

    told = receipt(dossier)
    assert told.papers == [
        PaperLine(name=first.name, counts=[Count(kind="Bản chính", amount="1")]),
        PaperLine(
            name="Quyết định của tòa án",
            counts=[Count(kind="Bản chính", amount="1"), Count(kind="Bản sao", amount="2")],
        ),
        PaperLine(name="Ảnh 4×6", counts=[]),
    ]
    assert (told.sets, told.term) == ("2 (bộ)", "5 ngày làm việc")
    assert told.received_at == "09 giờ 00 phút, ngày 23 tháng 10 năm 2023"
    assert told.due_at == "09 giờ 00 phút, ngày 30 tháng 10 năm 2023"
    assert (told.submitter, told.officer) == ("Lý A Pao", "Nguyễn Thị Lan")


def test_the_receipt_of_an_online_filing_lists_only_what_was_sent():
    office = a_one_stop()
    draft = a_draft(office)
    left_out = draft.papers.filter(files=None).get()
    later = draft.papers.get(component__may_bring_later=True)
    later.files.all().delete()
    later.bring_later = True
    later.save()
    dossier = intake.submit(draft, by=office.citizen, at=MONDAY)
    dossier = intake.accept(dossier, by=office.reception, at=MONDAY)

    told = {line.name: line.counts for line in receipt(dossier).papers}

    assert left_out.name not in told
    assert told["Giấy chứng sinh"] == [Count(kind="Bản điện tử", amount="1")]
    assert told[f"{later.name} (sẽ mang đến)"] == [Count(kind="Bản chính", amount="1")]


def test_a_receipt_printed_again_shows_what_it_showed():
    office = a_one_stop(term=Term.days(5))
    dossier = a_dossier(office, State.AWAITING_APPLICANT)
    shown = receipt(dossier)
    paper_file = dossier.papers.first().files.get()
    paper_file.replaced_at = WEDNESDAY
    paper_file.save()
    dossier.papers.first().files.create(
        file=a_stored_file(b"%PDF-1.4 b"), name="b.pdf", added_at=WEDNESDAY, added_by=office.citizen
    )
    dossier = supplement.answer(dossier, by=office.reception, at=WEDNESDAY)
    assert dossier.due_at != dossier.first_due_at

    assert receipt(dossier) == shown


def test_a_procedure_without_a_term_leaves_the_due_date_to_the_pen():
    told = receipt(a_walk_in(a_one_stop(term=None)))

    assert (told.term, told.due_at) == ("Không quy định", "")


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({}, "Bộ phận Tiếp nhận và Trả kết quả, Ủy ban nhân dân xã Hùng Đức"),
        (
            {"return_by": ReturnBy.POST, "return_address": "Thôn Khuổi Phát"},
            "Tại nhà (qua dịch vụ bưu chính công ích), Thôn Khuổi Phát",
        ),
        ({"return_by": ReturnBy.ONLINE}, "Bản điện tử trên Cổng"),
    ],
)
def test_a_receipt_says_where_the_result_is_returned(facts, told):
    assert receipt(a_walk_in(a_one_stop(), **facts)).return_at == told


@pytest.mark.parametrize(
    ("fees", "told"),
    [
        ([], ""),
        ([{"name": "Lệ phí", "amount": 8000}], "Lệ phí: 8.000 đồng"),
        ([{"name": "Lệ phí", "amount": 0, "case": "Đúng hạn"}], "Lệ phí: Miễn phí"),
        ([{"name": "Lệ phí", "amount": None}], ""),
        ([{"name": "Phí", "amount": 5000}, {"name": "Lệ phí", "amount": 3000}], "Phí: 5.000 đồng; Lệ phí: 3.000 đồng"),
        ([{"name": "Phí", "amount": 5000, "case": "a"}, {"name": "Phí", "amount": 9000, "case": "b"}], ""),
        ([{"name": "Phí", "amount": 5000}, {"name": "Phí", "amount": 1000, "channel": "ONLINE"}], "Phí: 5.000 đồng"),
    ],
)
def test_a_receipt_names_a_fee_only_where_nothing_about_it_is_open(fees, told):
    office = a_one_stop()
    for position, fee in enumerate(fees):
        Fee.objects.create(version=office.version, position=position, **fee)

    assert receipt(a_walk_in(office)).fee == told


def test_the_submitter_signs_and_a_firm_that_named_nobody_leaves_the_line_empty():
    office = a_one_stop()

    sent = a_walk_in(office, submitter_name="Lý Thị Sính")
    firm = a_walk_in(office, owner_kind=OwnerKind.ENTERPRISE, owner_name="Công ty TNHH Hùng Đức")

    assert receipt(sent).submitter == "Lý Thị Sính"
    assert receipt(firm).submitter == ""


# Supplement and refusal ----------------------------------------------------------------------------------------------


def test_a_supplement_slip_lists_papers_and_fields_by_name():
    office = a_one_stop()
    dossier = a_dossier(office, State.SUBMITTED)
    asked = dossier.papers.first()
    items = [
        Item("chụp lại cho rõ", paper=asked),
        Item("ghi đủ chữ đệm", field="ten_con"),
        Item("Giấy ủy quyền"),
        Item(f"{asked.name} phải có dấu", paper=asked),
    ]
    supplement.request(dossier, items=items, reason="Ảnh mờ.", by=office.reception, at=TUESDAY)

    told = slips.sheet(dossier.slips.get(kind=SlipKind.SUPPLEMENT), follow_address="https://example.vn/tra-cuu/")

    assert told.items == [
        "Giấy chứng sinh: chụp lại cho rõ",
        "Họ, chữ đệm, tên của con: ghi đủ chữ đệm",
        "Giấy ủy quyền",
        "Giấy chứng sinh phải có dấu",
    ]
    assert (told.reason, told.contact, told.officer) == ("Ảnh mờ.", "Nguyễn Thị Lan", "Nguyễn Thị Lan")
    assert told.answer_by == "đến hết ngày 03 tháng 11 năm 2023"
    assert told.follow_address == "https://example.vn/tra-cuu/"


def test_a_refusal_slip_gives_reason_and_legal_basis():
    office = a_one_stop()
    dossier = a_dossier(office, State.SUBMITTED)
    intake.refuse(
        dossier,
        reason="Không thuộc thẩm quyền.",
        legal_basis="Điều 35 Luật Hộ tịch",
        by=office.reception,
        at=TUESDAY,
    )

    told = slips.sheet(dossier.slips.get())

    assert told.reason == "Không thuộc thẩm quyền.\nCăn cứ: Điều 35 Luật Hộ tịch"
    assert told.title == "Phiếu từ chối tiếp nhận giải quyết hồ sơ"


# The control slip ----------------------------------------------------------------------------------------------------


def test_a_control_slip_follows_the_dossier_from_hand_to_hand():
    office = a_one_stop()
    dossier = a_dossier(office, State.RETURNED)

    told = control(dossier, office)

    assert [(one.giver, one.taker) for one in told.handovers] == [
        ("Bộ phận TN&TKQ", "Công chức Tư pháp - Hộ tịch"),
        ("Công chức Tư pháp - Hộ tịch", "Lãnh đạo Ủy ban nhân dân"),
        ("Lãnh đạo Ủy ban nhân dân", "Văn phòng - Thống kê"),
        ("Văn phòng - Thống kê", "Bộ phận TN&TKQ"),
    ]
    first = told.handovers[0]
    assert (first.giving_person, first.taking_person) == ("Nguyễn Thị Lan", "Hoàng Văn Hùng")
    assert first.at == "10 giờ 30 phút, ngày 23 tháng 10 năm 2023"
    assert told.handovers[2].note == "Đã phê duyệt"
    assert told.handovers[3].taking_person == ""
    assert (told.settling, told.consulted) == ("Ủy ban nhân dân xã Hùng Đức", "")


def test_who_holds_the_dossier_finds_a_block_to_fill_in():
    office = a_one_stop()
    dossier = a_dossier(office, State.IN_PROGRESS)

    last = control(dossier, office).handovers[-1]

    assert (last.giver, last.taker) == ("Công chức Tư pháp - Hộ tịch", "Lãnh đạo cơ quan")
    assert (last.at, last.giving_person, last.outcome, last.note) == ("", "", "", "")


def test_each_handover_is_early_on_time_or_overdue():
    office = a_one_stop()
    dossier = a_dossier(office, State.IN_PROGRESS)
    done = dossier.step_intervals.get(outcome="DONE")

    def told(due_at):
        done.due_at = due_at
        done.save()
        return control(dossier, office).handovers[0].outcome

    assert told(done.ended_at + timedelta(days=1)) == "Trước hạn"
    assert told(done.ended_at + timedelta(minutes=5)) == "Đúng hạn"
    assert told(done.ended_at) == "Đúng hạn"
    assert told(done.ended_at - timedelta(minutes=1)) == "Quá hạn"
    assert told(None) == "Đúng hạn"


def test_time_the_applicant_took_stands_in_the_notes():
    office = a_one_stop()
    dossier = a_dossier(office, State.AWAITING_APPLICANT)
    assert control(dossier, office).handovers[-1].note == "Chờ người nộp từ 11:00 23/10/2023"

    dossier = supplement.answer(dossier, by=office.reception, at=TUESDAY)
    dossier = to_the_end(dossier, office, at=WEDNESDAY)

    notes = [one.note for one in control(dossier, office).handovers]
    assert notes == ["", "Chờ người nộp từ 11:00 23/10/2023 đến 09:00 24/10/2023", "Đã phê duyệt", ""]


def test_a_step_returned_and_a_dossier_withdrawn_are_noted():
    office = a_one_stop()
    dossier = a_dossier(office, State.IN_PROGRESS)
    step = processing.running_step(dossier).pk
    dossier = processing.return_step(dossier, at_step=step, reason="Thiếu dấu.", by=office.officer, at=TUESDAY)
    dossier = results.withdraw(dossier, reason="Đổi ý", by=office.reception, at=TUESDAY)

    handovers = control(dossier, office).handovers

    assert [one.note for one in handovers] == ["", "Trả lại bước trước", "Kết thúc giữa chừng"]
    assert handovers[-1].taker == ""


def test_at_the_centre_units_are_named_with_their_agency():
    office, department, lan = a_centre()
    dossier = intake.receive(office.version, agency=department, by=lan, at=MONDAY, papers=[], **owner(office))
    dossier = processing.hand_to_agency(dossier, at_step=at_step(dossier), by=lan, at=MONDAY)

    first = control(dossier, office).handovers[0]

    assert (first.giver, first.taker) == ("Trung tâm Phục vụ hành chính công", "Phòng Hành chính tư pháp, Sở Tư pháp")


# Printed -------------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="không có pdftotext (apt install poppler-utils)")
def test_every_slip_of_a_dossier_prints():
    office = a_one_stop()
    dossier = a_dossier(office, State.AWAITING_APPLICANT)
    slips.issue(dossier, SlipKind.CONTROL, by=office.reception, at=WEDNESDAY)
    refused = a_dossier(office, State.REFUSED)

    for slip in Slip.objects.filter(dossier__in=[dossier, refused]):
        printed = slips.pdf(slip, follow_address=f"https://example.vn/tra-cuu/?ma={slip.dossier.code}")
        told = subprocess.run(["pdftotext", "-layout", "-", "-"], input=printed, capture_output=True, check=True)
        text = told.stdout.decode()
        assert slip.dossier.code in text
        assert slip.get_kind_display().upper() in text
        assert "Lý A Pao" in text
