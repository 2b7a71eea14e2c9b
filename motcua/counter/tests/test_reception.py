import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from motcua.accounts.permissions import Role
from motcua.accounts.testing import an_officer
from motcua.catalogue.testing import a_procedure
from motcua.counter import receiving
from motcua.counter.testing import at_the_desk, what_is_typed
from motcua.dossiers.models import CodeCounter, Dossier, State
from motcua.dossiers.testing import MONDAY, PDF, a_dossier, a_one_stop, it_is
from motcua.journal.models import Entry
from motcua.organisations.models import AgencyKind, Level, UnitKind
from motcua.organisations.testing import a_unit, an_agency

from .test_search import CARD

pytestmark = pytest.mark.usefixtures("monday")


def text(response):
    return response.content.decode()


def page_of(office):
    return f"/motcua/tiep-nhan/{office.version.code}/"


def a_scan(name="to-khai.pdf"):
    return SimpleUploadedFile(name, PDF, content_type="application/pdf")


def value_of(page, name):
    """What stands in a field of the page."""
    control = re.search(rf'<input[^>]*name="{name}"[^>]*>', page)[0]
    value = re.search(r'value="([^"]*)"', control)
    return value[1] if value else ""


# Which procedures ----------------------------------------------------------------------------------------------------


def test_a_communes_desk_finds_what_its_own_committee_settles(office):
    a_procedure("2.000635", name="Cấp bản sao trích lục hộ tịch")
    a_procedure(
        "3.000333", level=Level.PROVINCE, agency=an_agency("Sở Tư pháp", level=Level.PROVINCE), name="Cấp phiếu lý lịch"
    )
    desk = at_the_desk(office.reception)

    assert "Đăng ký khai sinh" in text(desk.get("/motcua/tiep-nhan/?tim=khai sinh"))
    assert "Cấp bản sao trích lục" in text(desk.get("/motcua/tiep-nhan/?tim=trich luc"))
    assert "Không có thủ tục nào khớp ở quầy này" in text(desk.get("/motcua/tiep-nhan/?tim=ly lich"))
    assert desk.get("/motcua/tiep-nhan/3.000333/").status_code == 404


def test_the_centre_receives_for_the_agencies_that_sit_there(office):
    centre = an_agency("Trung tâm Phục vụ hành chính công", level=Level.PROVINCE, kind=AgencyKind.CENTRE)
    at_centre = an_agency("Sở Tư pháp", level=Level.PROVINCE, kind=AgencyKind.DEPARTMENT, at_centre=True)
    elsewhere = an_agency("Thanh tra tỉnh", level=Level.PROVINCE, kind=AgencyKind.DEPARTMENT)
    a_procedure("3.000333", level=Level.PROVINCE, agency=at_centre, name="Cấp phiếu lý lịch tư pháp")
    a_procedure("3.000444", level=Level.PROVINCE, agency=elsewhere, name="Cấp phiếu tiếp công dân")
    desk = at_the_desk(an_officer(a_unit(centre, UnitKind.ONE_STOP)))

    found = text(desk.get("/motcua/tiep-nhan/?tim=cap phieu"))

    assert "Cấp phiếu lý lịch tư pháp" in found
    assert "Cấp phiếu tiếp công dân" not in found
    assert "Đăng ký khai sinh" not in text(desk.get("/motcua/tiep-nhan/?tim=khai sinh"))
    assert desk.get("/motcua/tiep-nhan/3.000444/").status_code == 404


def test_an_agency_at_the_centre_receives_nothing_at_its_own_door(db, office):
    at_centre = an_agency("Sở Tư pháp", level=Level.PROVINCE, kind=AgencyKind.DEPARTMENT, at_centre=True)
    a_procedure("3.000333", level=Level.PROVINCE, agency=at_centre, name="Cấp phiếu lý lịch tư pháp")

    assert at_the_desk(an_officer(a_unit(at_centre))).get("/motcua/tiep-nhan/3.000333/").status_code == 404


def test_what_one_receives_most_stands_there_without_typing(office):
    other = a_procedure("2.000635", name="Cấp bản sao trích lục hộ tịch")
    for version in (office.version, other, other):
        receive(office, version)

    page = text(at_the_desk(office.reception).get("/motcua/tiep-nhan/"))

    assert page.index("Cấp bản sao trích lục hộ tịch") < page.index("Đăng ký khai sinh")


def test_the_code_of_a_procedure_opens_it_at_once(office):
    assert at_the_desk(office.reception).get("/motcua/tiep-nhan/?tim=1.001193").url == page_of(office)


def test_a_digit_opens_what_is_received_most(office):
    other = a_procedure("2.000635", name="Cấp bản sao trích lục hộ tịch")
    for version in (office.version, other, other):
        receive(office, version)
    desk = at_the_desk(office.reception)

    assert desk.get("/motcua/tiep-nhan/?tim=1").url == "/motcua/tiep-nhan/2.000635/"
    assert desk.get("/motcua/tiep-nhan/?tim=2").url == page_of(office)
    assert "Không có thủ tục nào khớp" in text(desk.get("/motcua/tiep-nhan/?tim=3"))


def test_a_list_of_all_procedures_is_never_sent(office):
    page = text(at_the_desk(office.reception).get("/motcua/tiep-nhan/"))

    assert "<select" not in page
    assert "Gõ tên thủ tục để bắt đầu" in page


# A person is received ------------------------------------------------------------------------------------------------


def receive(office, version=None, **told):
    version = version or office.version
    return at_the_desk(office.reception).post(
        f"/motcua/tiep-nhan/{version.code}/", what_is_typed(office, version, **told)
    )


def test_what_does_not_fit_on_the_page_of_a_search_is_said(office):
    for number in range(21):
        a_procedure(f"9.{number:06}", name=f"Xác nhận việc thứ {number}")
    lan = at_the_desk(office.reception)

    many = text(lan.get("/motcua/tiep-nhan/?tim=xác nhận việc"))
    few = text(lan.get("/motcua/tiep-nhan/?tim=khai sinh"))

    assert many.count("<li data-row>") == 20
    assert "Còn thủ tục khác khớp" in many
    assert "Đăng ký khai sinh" in few and "Còn thủ tục khác" not in few


def test_one_button_makes_the_dossier_and_leads_to_its_receipt(office):
    response = receive(office)

    dossier = Dossier.objects.get()
    assert response.url == f"/motcua/ho-so/{dossier.code}/da-tiep-nhan/?in=1"
    assert dossier.state == State.ACCEPTED
    assert dossier.channel == "DIRECT"
    assert dossier.accepted_by == office.reception
    assert dossier.owner_name == "Lý A Pao"
    assert dossier.form["ten_con"] == "Lý Gia Bảo"
    assert [(paper.name, paper.originals, paper.copies) for paper in dossier.papers.all()] == [
        ("Giấy chứng sinh", 1, 0),
        ("Giấy tờ tùy thân", 1, 0),
        ("Văn bản ủy quyền", 0, 1),
    ]
    page = text(at_the_desk(office.reception).get(response.url))
    assert dossier.code in page
    assert "Thứ Hai 30/10/2023, 09:00" in page
    assert "data-print-frame" in page
    assert f"/motcua/ho-so/{dossier.code}/phieu/{dossier.slips.get().pk}/" in page


def test_the_receipt_is_not_printed_again_when_the_page_is_only_looked_at(office):
    dossier_page = receive(office).url.removesuffix("?in=1")

    assert "data-print-frame" not in text(at_the_desk(office.reception).get(dossier_page))


def test_the_price_and_the_promise_are_told_before_the_button_is_pressed(office):
    page = text(at_the_desk(office.reception).get(page_of(office)))

    assert "Hẹn trả nếu nhận bây giờ" in page
    assert "Thứ Hai 30/10/2023, 09:00" in page
    assert "Phí, lệ phí" in page


def test_a_second_click_finds_the_dossier_of_the_first(office):
    desk = at_the_desk(office.reception)
    named = re.search(r'name="reception" value="([^"]+)"', text(desk.get(page_of(office))))[1]

    first = desk.post(page_of(office), what_is_typed(office, reception=named))
    second = desk.post(page_of(office), what_is_typed(office, reception=named))

    assert Dossier.objects.count() == 1
    assert first.url == second.url


def test_two_clicks_at_the_same_moment_make_one_dossier(office, monkeypatch):
    """The second click did not see the first one's dossier yet when it asked: the database says so."""
    desk = at_the_desk(office.reception)
    named = re.search(r'name="reception" value="([^"]+)"', text(desk.get(page_of(office))))[1]
    desk.post(page_of(office), what_is_typed(office, reception=named))
    asked = iter([False, True])
    really = receiving.Reception._done
    monkeypatch.setattr(receiving.Reception, "_done", lambda self: really(self) if next(asked) else None)

    response = desk.post(page_of(office), what_is_typed(office, reception=named))

    assert response.url == f"/motcua/ho-so/{Dossier.objects.get().code}/da-tiep-nhan/?in=1"


def test_papers_besides_those_of_the_procedure_are_taken_by_their_name(office):
    receive(office, other_1="Ảnh 4×6", originals_other_1="2", copies_other_1="0")

    assert Dossier.objects.get().papers.filter(component=None, name="Ảnh 4×6", originals=2).exists()


def test_papers_are_written_down_as_they_were_counted(office):
    birth, identity, mandate = office.version.components.all()

    receive(office, **{f"originals_{birth.pk}": "2", f"copies_{birth.pk}": "1", f"copies_{mandate.pk}": "0"})

    counted = list(Dossier.objects.get().papers.values_list("component", "originals", "copies"))
    assert counted == [(birth.pk, 2, 1), (identity.pk, 1, 0)]


def test_the_code_is_the_settling_agencys_when_the_centre_receives_for_it(db):
    centre = a_one_stop("Trung tâm Phục vụ hành chính công")
    centre.agency.kind, centre.agency.level = AgencyKind.CENTRE, Level.PROVINCE
    centre.agency.save()
    police = an_agency("Công an tỉnh", level=Level.PROVINCE, kind=AgencyKind.VERTICAL, at_centre=True)
    for kind in (UnitKind.PROFESSIONAL, UnitKind.LEADERS, UnitKind.CLERK):
        a_unit(police, kind)
    version = a_procedure("1.001456", name="Cấp hộ chiếu phổ thông", agency=police, level=Level.PROVINCE)

    receive(centre, version)

    dossier = Dossier.objects.get()
    assert (dossier.agency, dossier.reception_agency) == (police, centre.agency)
    assert dossier.code.startswith(police.qcvn_identifier)


def test_a_paper_that_was_not_brought_is_not_on_the_receipt(office):
    component = office.version.components.get(key="uy_quyen")

    receive(office, **{f"copies_{component.pk}": "0"})

    assert not Dossier.objects.get().papers.filter(component=component).exists()


def test_a_scan_is_put_to_its_paper(office):
    component = office.version.components.first()

    receive(office, **{f"tep-{component.pk}": [a_scan("mat-truoc.pdf")]})

    paper = Dossier.objects.get().papers.get(component=component)
    assert [file.name for file in paper.files.all()] == ["mat-truoc.pdf"]


def test_a_result_sent_home_goes_to_the_owners_address_unless_told_otherwise(office):
    receive(office, return_by="POST")

    assert Dossier.objects.get().return_address == "Thôn Khuổi Phát, xã Hùng Đức, huyện Hàm Yên"


# What is refused, and what stays -------------------------------------------------------------------------------------


def test_a_missing_required_paper_is_named_and_nothing_is_received(office):
    component = office.version.components.first()

    response = receive(office, **{f"originals_{component.pk}": "0"})

    assert response.status_code == 422
    assert "“Giấy chứng sinh” là giấy tờ bắt buộc." in text(response)
    assert not Dossier.objects.exists()
    assert not Entry.objects.exists()
    assert not CodeCounter.objects.exists()  # no number was taken either


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"owner_name": ""}, "Hãy ghi họ tên chủ hồ sơ."),
        ({"address": " "}, "Hãy ghi địa chỉ của chủ hồ sơ."),
        ({"phone": "12"}, "Số điện thoại gồm 10 hoặc 11 chữ số"),
        ({"owner_birth_date": "31/02/1990"}, "Ngày chưa đúng."),
        ({"form-ten_con": ""}, "Hãy điền “Họ, chữ đệm, tên của con”."),
        ({"sets": "0"}, "Số bộ hồ sơ"),
        ({"email": "không phải"}, "Địa chỉ thư điện tử chưa đúng"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(office, wrong, said):
    response = receive(office, **{"submitter_name": "Lý Thị Mẩy", **wrong})

    page = text(response)
    assert response.status_code == 422
    assert said in page
    assert value_of(page, "submitter_name") == "Lý Thị Mẩy"
    if "owner_name" not in wrong:
        assert value_of(page, "owner_name") == "Lý A Pao"
    assert not Dossier.objects.exists()


def test_a_scan_is_not_lost_when_a_word_was_wrong(office):
    component = office.version.components.first()
    refused = text(receive(office, owner_name="", **{f"tep-{component.pk}": [a_scan("mat-truoc.pdf")]}))
    word = re.search(rf'name="giu-{component.pk}" value="([^"]+)"', refused)[1]

    receive(office, **{f"giu-{component.pk}": word})

    assert "Đã nhận mat-truoc.pdf" in refused
    assert Dossier.objects.get().papers.get(component=component).files.get().name == "mat-truoc.pdf"


def test_a_file_that_is_no_paper_is_named_and_the_others_are_kept(office):
    component = office.version.components.first()
    wrong = SimpleUploadedFile("virus.exe", b"MZ\x90\x00 no paper")

    response = receive(office, **{f"tep-{component.pk}": [wrong, a_scan("mat-sau.pdf")]})

    assert response.status_code == 422
    assert "“virus.exe” không thuộc loại được nhận" in text(response)
    assert "Đã nhận mat-sau.pdf" in text(response)
    assert not Dossier.objects.exists()


def test_whoever_holds_no_desk_of_the_office_that_receives_is_refused_in_words(office):
    elsewhere = an_officer(a_unit(office.agency, UnitKind.ONE_STOP, "Điểm tiếp nhận số 2"), Role.RECEPTION_OFFICER)

    response = at_the_desk(elsewhere).post(page_of(office), what_is_typed(office))

    assert response.status_code == 422
    assert "Hồ sơ đang ở Bộ phận Một cửa" in text(response)
    assert not Dossier.objects.exists()


# Reading the card ----------------------------------------------------------------------------------------------------


def test_a_scanned_card_fills_the_person_in_and_keeps_the_rest(office):
    typed = what_is_typed(office, owner_name="", owner_id_number="", address="", qr=CARD, read="1")

    response = at_the_desk(office.reception).post(page_of(office), typed)

    page = text(response)
    assert response.status_code == 200
    assert value_of(page, "owner_name") == "Hoàng Văn Sơn"
    assert value_of(page, "owner_id_number") == "008092012345"
    assert value_of(page, "owner_birth_date") == "02/09/1992"
    assert value_of(page, "address") == "Thôn Khuổi Phát, xã Hùng Đức, huyện Hàm Yên"
    assert value_of(page, "form-ten_con") == "Lý Gia Bảo"
    assert value_of(page, "qr") == ""
    assert "Đã đọc thẻ căn cước." in page
    assert 'class="error"' not in page
    assert not Dossier.objects.exists()


def test_what_is_no_card_says_so_and_keeps_everything(office):
    typed = what_is_typed(office, qr="xyz", read="1")

    response = at_the_desk(office.reception).post(page_of(office), typed)

    assert response.status_code == 422
    assert "Không đọc được mã QR này." in text(response)
    assert value_of(text(response), "qr") == "xyz"
    assert value_of(text(response), "owner_name") == "Lý A Pao"


def test_what_an_earlier_dossier_says_is_offered_and_fills_nothing_by_itself(office):
    before = a_dossier(office, State.RETURNED, owner_birth_date=MONDAY.date().replace(year=1992))
    typed = what_is_typed(office, owner_name="", phone="", address="", owner_birth_date="", read="1")

    page = text(at_the_desk(office.reception).post(page_of(office), typed))

    assert f"Hồ sơ {before.code} của Lý A Pao ghi:" in page
    assert office.citizen.phone in page
    assert "23/10/1992" in page
    assert [value_of(page, name) for name in ("owner_name", "phone", "address", "owner_birth_date")] == ["", "", "", ""]


def test_what_is_offered_fills_in_what_is_empty_when_it_is_taken(office):
    a_dossier(office, State.RETURNED, owner_birth_date=MONDAY.date().replace(year=1992))
    typed = what_is_typed(office, owner_name="", phone="", address="", owner_birth_date="", read="known")

    page = text(at_the_desk(office.reception).post(page_of(office), typed))

    assert value_of(page, "owner_name") == "Lý A Pao"
    assert value_of(page, "phone") == office.citizen.phone
    assert value_of(page, "owner_birth_date") == "23/10/1992"
    assert "Đã điền những ô còn trống theo hồ sơ" in page
    assert "Điền vào ô còn trống" not in page


def test_a_number_typed_where_a_card_is_awaited_is_the_id_number(office):
    a_dossier(office, State.RETURNED)
    typed = what_is_typed(office, owner_id_number="", phone="", qr="008885 123456", read="1")

    page = text(at_the_desk(office.reception).post(page_of(office), typed))

    assert value_of(page, "owner_id_number") == "008885123456"
    assert value_of(page, "qr") == ""
    assert "của Lý A Pao ghi: số điện thoại" in page


def test_what_the_officer_typed_is_never_written_over(office):
    a_dossier(office, State.RETURNED)
    typed = what_is_typed(office, owner_name="Lý A Páo", phone="0987654321", address="", read="known")

    page = text(at_the_desk(office.reception).post(page_of(office), typed))

    assert value_of(page, "owner_name") == "Lý A Páo"
    assert value_of(page, "phone") == "0987654321"
    assert value_of(page, "address") == "Thôn Khuổi Phát, xã Hùng Đức, huyện Hàm Yên"


def test_nobody_is_filled_in_from_dossiers_of_other_offices(office):
    a_dossier(office, State.RETURNED)
    agency = an_agency("Ủy ban nhân dân xã Kim Quan")
    stranger = an_officer(a_unit(agency, UnitKind.ONE_STOP))
    typed = what_is_typed(office, owner_name="", phone="", address="", read="known")

    page = text(at_the_desk(stranger).post(page_of(office), typed))

    assert value_of(page, "owner_name") == ""
    assert "Chưa có hồ sơ nào với số giấy tờ này" in page


def test_the_receptions_of_a_day_after_closing_are_due_from_the_next_morning(office, monkeypatch):
    it_is(monkeypatch, MONDAY.replace(hour=18))

    page = text(at_the_desk(office.reception).get(page_of(office)))

    assert "Thứ Ba 31/10/2023, 07:00" in page


def test_a_procedure_without_a_form_of_its_own_asks_what_is_wanted(office):
    a_procedure("2.000635", name="Cấp bản sao trích lục", form=[])

    assert "Bạn đề nghị giải quyết việc gì?" in text(at_the_desk(office.reception).get("/motcua/tiep-nhan/2.000635/"))
