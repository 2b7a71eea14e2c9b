"""Several dossiers, several people at the desk: duplicates side by side, mandates, procedures received together."""

from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from motcua.catalogue import cases
from motcua.catalogue.testing import LOST, PAPERS, SPOILED, a_procedure
from motcua.counter.testing import address, at_the_desk, what_is_typed
from motcua.dossiers import bundles, duplicates, mandates
from motcua.dossiers.bundles import Wanted
from motcua.dossiers.models import Bundle, Dossier, HandOver, Mandate, MandateScope, State, ToldApart
from motcua.dossiers.papers import Brought
from motcua.dossiers.testing import MONDAY, PDF, TUESDAY, a_dossier, a_one_stop, a_stored_file, a_walk_in, it_is
from motcua.dossiers.testing import answers as answers_of
from motcua.dossiers.testing import owner as owner_of
from motcua.journal.models import Reading
from motcua.journal.testing import events
from motcua.organisations.models import Level


@pytest.fixture(autouse=True)
def tuesday(monkeypatch):
    """The day after everything was filed."""
    it_is(monkeypatch, TUESDAY)


@pytest.fixture
def other(db):
    """Another commune, which sees nothing of this one."""
    return a_one_stop("Ủy ban nhân dân xã Minh Hương", code="1.000894")


def text(response):
    return response.content.decode()


# Duplicates -----------------------------------------------------------------------------------------------------------


def test_the_page_of_a_dossier_names_what_may_be_the_same(office):
    first, second = a_walk_in(office), a_walk_in(office)

    shown = text(at_the_desk(office.reception).get(address(second)))

    assert "Có thể trùng hồ sơ" in shown
    assert address(second, "compare", first.code) in shown


def test_of_another_agency_the_page_says_only_that_there_is_one(office, other):
    elsewhere = a_walk_in(other)
    Dossier.objects.filter(pk=elsewhere.pk).update(procedure_version=office.version)
    here = a_walk_in(office)

    shown = text(at_the_desk(office.reception).get(address(here)))

    assert "Có hồ sơ tương tự ở cơ quan khác." in shown
    assert elsewhere.code not in shown


def test_side_by_side_the_same_file_and_the_same_words_are_marked_and_both_readings_told(office):
    first, second = a_dossier(office, State.SUBMITTED), a_dossier(office, State.SUBMITTED)

    shown = text(at_the_desk(office.reception).get(address(second, "compare", first.code)))

    assert shown.count("cùng một tệp") == 4  # two papers in each
    assert "giống" in shown and "Không trùng" in shown
    assert {one.subject for one in Reading.objects.all()} == {first.subject, second.subject}


def test_told_apart_the_question_is_gone(office):
    first, second = a_walk_in(office), a_walk_in(office)
    desk = at_the_desk(office.reception)

    for _ in range(2):
        assert desk.post(address(second, "tell_apart", first.code)).status_code == 302

    assert ToldApart.objects.count() == 1
    assert "Có thể trùng hồ sơ" not in text(desk.get(address(second)))


def test_the_same_matter_leads_to_the_existing_step_with_its_reason_written(office):
    first, second = a_walk_in(office), a_dossier(office, State.SUBMITTED)
    desk = at_the_desk(office.reception)

    way = f"{address(second, 'refuse')}?trung={first.code}"
    assert way in text(desk.get(address(first, "compare", second.code)))
    assert f"Hồ sơ trùng với hồ sơ {first.code}" in text(desk.get(way))


def test_another_agencys_officer_compares_and_tells_apart_nothing(office, other):
    first, second = a_walk_in(office), a_walk_in(office)
    own = a_walk_in(other)
    stranger = at_the_desk(other.reception)

    assert stranger.get(address(second, "compare", first.code)).status_code == 404
    assert stranger.get(address(own, "compare", first.code)).status_code == 404
    assert stranger.post(address(own, "tell_apart", first.code)).status_code == 404
    assert at_the_desk(office.leader).post(address(second, "tell_apart", first.code)).status_code == 302
    assert at_the_desk(office.reception).get(address(first, "compare", first.code)).status_code == 404
    assert ToldApart.objects.count() == 1


def test_two_matters_that_do_not_look_alike_are_not_told_apart(office):
    first, second = a_walk_in(office), a_walk_in(office, owner_id_number="008190002222")

    response = at_the_desk(office.reception).post(address(second, "tell_apart", first.code))

    assert response.status_code == 422
    assert not ToldApart.objects.exists()


# Mandates -------------------------------------------------------------------------------------------------------------

AGENT = {"agent_name": "Triệu Thị Mùi", "agent_id_number": "008190001111"}


def a_scan():
    return SimpleUploadedFile("uy-quyen.pdf", PDF, content_type="application/pdf")


def a_mandate(office, dossier, scope=MandateScope.COLLECT, **told):
    return mandates.record_paper(
        dossier,
        scope=scope,
        paper=a_stored_file(),
        paper_name="uy-quyen.pdf",
        by=office.reception,
        at=MONDAY,
        **(AGENT | told),
    )


def test_a_paper_is_recorded_with_its_scan_and_tied_to_who_brought_the_dossier(office):
    dossier = a_walk_in(office, submitter_name="Triệu Thị Mùi", submitter_id_number="008190001111")
    typed = AGENT | {"scope": "ALL", "for_all": "", "valid_to": "31/12/2023", "giay": a_scan()}

    response = at_the_desk(office.reception).post(address(dossier, "mandates"), typed, follow=True)

    dossier.refresh_from_db()
    assert dossier.mandate == Mandate.objects.get()
    assert dossier.mandate.dossier == dossier and dossier.mandate.paper_name == "uy-quyen.pdf"
    assert "gắn với người nộp hồ sơ này" in text(response)
    assert events(dossier)[-1] == "dossier.acted_for"


def test_without_its_scan_a_mandate_is_not_recorded_and_what_was_typed_stays(office):
    dossier = a_walk_in(office)

    response = at_the_desk(office.reception).post(address(dossier, "mandates"), AGENT | {"scope": "ALL"})

    assert response.status_code == 422
    assert "Cần tệp quét giấy ủy quyền" in text(response) and "Triệu Thị Mùi" in text(response)
    assert not Mandate.objects.exists()


def test_a_scan_sent_with_a_wrong_word_is_not_sent_again(office):
    dossier = a_walk_in(office)
    desk = at_the_desk(office.reception)
    refused = text(desk.post(address(dossier, "mandates"), {"agent_name": "", "scope": "ALL", "giay": a_scan()}))
    word = refused.split('name="giu" value="')[1].split('"')[0]

    desk.post(address(dossier, "mandates"), AGENT | {"scope": "ALL", "giu": word})

    assert Mandate.objects.get().paper_name == "uy-quyen.pdf"


def test_handing_over_offers_the_mandates_that_hold(office):
    dossier = a_dossier(office, State.READY)
    mandate, _over = a_mandate(office, dossier), a_mandate(office, dossier, valid_to=MONDAY.date())
    desk = at_the_desk(office.reception)

    shown = text(desk.get(address(dossier, "hand_over")))
    typed = {"method": "COUNTER", "recipient_name": "Triệu Thị Mùi", "recipient_id_number": "008 190 001 111"}
    response = desk.post(address(dossier, "hand_over"), typed | {"mandate": mandate.pk})

    assert shown.count("Triệu Thị Mùi, số giấy tờ 008190001111") == 1
    assert response.status_code == 302
    assert HandOver.objects.get().mandate == mandate


def test_a_stranger_without_mandate_is_refused_on_the_page_and_the_result_stays(office):
    dossier = a_dossier(office, State.READY)
    typed = {"method": "COUNTER", "recipient_name": "Ma Thị Dung", "recipient_id_number": "008190003333"}
    desk = at_the_desk(office.reception)

    refused = desk.post(address(dossier, "hand_over"), typed)
    assert refused.status_code == 422 and "Kết quả vẫn giữ tại quầy" in text(refused)
    assert not HandOver.objects.exists()

    desk.post(address(dossier, "hand_over"), typed | {"paper_noted": "Giấy ủy quyền chứng thực số 12/2023"})
    assert HandOver.objects.get().paper_noted == "Giấy ủy quyền chứng thực số 12/2023"


def test_a_mandate_is_ended_at_its_counter_with_a_reason(office):
    dossier = a_dossier(office, State.READY)
    mandate = a_mandate(office, dossier)
    desk = at_the_desk(office.reception)

    assert "Hãy ghi lý do" in text(desk.post(address(dossier, "end_mandate", mandate.public_id), follow=True))
    desk.post(address(dossier, "end_mandate", mandate.public_id), {"why": "Chủ hồ sơ tự đến nhận"})

    mandate.refresh_from_db()
    assert mandate.ended_by == office.reception and mandate.ended_why == "Chủ hồ sơ tự đến nhận"


def test_another_agencys_counter_sees_no_mandate_and_no_paper(office, other):
    dossier = a_dossier(office, State.READY)
    mandate = a_mandate(office, dossier)
    theirs = a_dossier(other, State.READY, owner_id_number="008190004444")
    stranger = at_the_desk(other.reception)

    assert stranger.get(address(dossier, "mandates")).status_code == 404
    assert stranger.get(address(dossier, "mandate_paper", mandate.public_id)).status_code == 404
    assert stranger.get(address(theirs, "mandate_paper", mandate.public_id)).status_code == 404
    assert stranger.post(address(theirs, "end_mandate", mandate.public_id), {"why": "x"}).status_code == 404
    assert at_the_desk(office.reception).get(address(dossier, "mandate_paper", mandate.public_id)).status_code == 200


# Together -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def residence(office):
    return a_procedure("1.004222", name="Đăng ký thường trú", field="Cư trú")


def typed_together(office, *versions, **told):
    """The page of several procedures, filled in."""
    one = what_is_typed(office)
    typed = {key: value for key, value in one.items() if not key.startswith(("form-", "originals_", "copies_"))}
    for number, version in enumerate(versions, start=1):
        for key, value in answers_of(version).items():
            typed[f"form{number}-{key}"] = value
        for component in version.components.all():
            typed[f"p{number}-originals_{component.pk}"] = component.originals
            typed[f"p{number}-copies_{component.pk}"] = component.copies
    return typed | {"reception": str(uuid4())} | told


def page_of(*versions, **more):
    query = "&".join([f"tt={version.code}" for version in versions] + [f"{key}={value}" for key, value in more.items()])
    return f"{reverse('counter:receive_together')}?{query}"


def test_procedures_are_chosen_one_by_one_and_only_those_of_this_desk(office, residence):
    province = a_procedure("1.000999", name="Cấp phép của tỉnh", level=Level.PROVINCE)
    desk = at_the_desk(office.reception)

    one = text(desk.get(page_of(office.version, province, tim="thường trú")))

    assert "Chọn thêm ít nhất một thủ tục nữa." in one and "tt=1.001193&amp;tt=1.004222" in one
    assert "Nhập 2 hồ sơ" in text(desk.get(page_of(office.version, residence)))
    assert "Chọn thêm ít nhất" in text(desk.get(page_of(office.version, nhap=1)))


def test_the_person_is_typed_once_and_every_dossier_is_received(office, residence):
    desk = at_the_desk(office.reception)
    here = page_of(office.version, residence, nhap=1)
    typed = typed_together(office, office.version, residence)
    assert desk.get(here).status_code == 200
    scan_of = office.version.components.first().pk

    first = desk.post(here, typed | {f"tep-1-{scan_of}": a_scan()})
    second = desk.post(here, typed)

    bundle = Bundle.objects.get()
    assert first.url == second.url == reverse("counter:bundle", args=[bundle.public_id])
    assert [one.procedure_name for one in bundle.dossiers.order_by("pk")] == ["Đăng ký khai sinh", "Đăng ký thường trú"]
    assert bundle.dossiers.order_by("pk")[0].papers.filter(files__name="uy-quyen.pdf").count() == 1
    shown = text(desk.get(first.url))
    assert "2 hồ sơ đang giải quyết" in shown and "In giấy hẹn chung" in shown
    assert all(one.code in shown for one in bundle.dossiers.all())
    assert first.url in text(desk.get(address(bundle.dossiers.first())))


def test_one_paper_lacking_receives_none_of_them(office, residence):
    lacking = residence.components.first().pk
    typed = typed_together(office, office.version, residence, **{f"p2-originals_{lacking}": "0"})

    response = at_the_desk(office.reception).post(page_of(office.version, residence, nhap=1), typed)

    assert response.status_code == 422
    assert "là giấy tờ bắt buộc của thủ tục Đăng ký thường trú" in text(response)
    assert "Lý Gia Bảo" in text(response)  # what was typed stays
    assert not Bundle.objects.exists() and not Dossier.objects.exists()


def test_a_case_is_chosen_inside_a_bundle_and_only_its_papers_are_asked(office):
    permit = a_procedure("2.001234", name="Cấp lại giấy phép", components=PAPERS)
    desk = at_the_desk(office.reception)
    here = page_of(office.version, permit, nhap=1)
    lost, spoiled = (permit.components.get(case=case).pk for case in (LOST, SPOILED))
    typed = typed_together(office, office.version, permit, **{"case-2": cases.key(LOST), f"p2-originals_{lost}": "0"})

    chosen = text(desk.post(here, typed | {"case_chosen": "2"}))
    assert f"p2-originals_{lost}" in chosen and f"p2-originals_{spoiled}" not in chosen
    assert "Lý Gia Bảo" in chosen  # what was typed stays
    assert not Bundle.objects.exists()

    refused = desk.post(here, typed)
    assert refused.status_code == 422 and "Đơn trình báo mất giấy" in text(refused)

    desk.post(here, typed | {f"p2-originals_{lost}": "1"})
    child = Bundle.objects.get().dossiers.get(procedure_version=permit)
    assert child.case == LOST
    assert [paper.name for paper in child.papers.all()] == ["Đơn đề nghị", "Đơn trình báo mất giấy"]


def test_the_page_of_a_dossier_leads_to_the_receipt_it_shares(office, residence):
    desk = at_the_desk(office.reception)
    desk.post(page_of(office.version, residence, nhap=1), typed_together(office, office.version, residence))
    first, second = Bundle.objects.get().dossiers.order_by("pk")

    for child in (first, second):
        page = text(desk.get(address(child)))
        assert address(child, "common_receipt") in page
        assert desk.get(address(child, "common_receipt")).status_code == 200
    assert "giay-hen-chung" not in text(desk.get(address(a_walk_in(office))))


def test_who_may_see_one_dossier_of_a_receipt_only_is_not_led_to_it(office, other, residence):
    at_the_desk(office.reception).post(
        page_of(office.version, residence, nhap=1), typed_together(office, office.version, residence)
    )
    theirs = Bundle.objects.get().dossiers.get(procedure_version=residence)
    Dossier.objects.filter(pk=theirs.pk).update(agency=other.agency)

    page = at_the_desk(other.officer).get(address(theirs))

    assert page.status_code == 200
    assert "giay-hen-chung" not in text(page)


def test_a_settling_agency_sees_its_own_child_and_of_the_others_only_how_far_they_are(office, other):
    facts = {key: value for key, value in owner_of(office).items() if key != "form"}
    residence = a_procedure("1.004222", name="Đăng ký thường trú", field="Cư trú")
    wanted = [
        Wanted(
            version,
            office.agency,
            [Brought(one, one.name, 1, 0) for one in version.components.all()],
            answers_of(version),
        )
        for version in (office.version, residence)
    ]
    bundle = bundles.receive_together(wanted, public_id=uuid4(), by=office.reception, at=MONDAY, **facts)
    hidden, shown = bundle.dossiers.order_by("pk")
    Dossier.objects.filter(pk=shown.pk).update(agency=other.agency)
    here = reverse("counter:bundle", args=[bundle.public_id])

    page = text(at_the_desk(other.reception).get(here))

    assert shown.code in page
    assert hidden.code not in page and "Đăng ký khai sinh" not in page
    assert "In giấy hẹn chung" not in page
    Dossier.objects.filter(pk=shown.pk).update(agency=office.agency)
    assert at_the_desk(other.reception).get(here).status_code == 404


def test_nobody_is_suspected_of_a_bundle_of_different_procedures(office, residence):
    desk = at_the_desk(office.reception)
    desk.post(page_of(office.version, residence, nhap=1), typed_together(office, office.version, residence))

    first = Dossier.objects.order_by("pk").first()

    assert not duplicates.suspects(first, office.reception, TUESDAY)


def test_reading_the_number_at_reception_names_what_may_be_the_same(office):
    before = a_walk_in(office)
    desk = at_the_desk(office.reception)
    typed = what_is_typed(office, owner_name="", read="1")

    shown = text(desk.post(reverse("counter:receive_person", args=[office.version.code]), typed))

    assert "Có thể trùng hồ sơ" in shown and before.code in shown
    assert Dossier.objects.count() == 1


def test_after_a_reception_the_paper_of_who_brought_it_is_one_press_away(office):
    dossier = a_walk_in(office, submitter_name="Triệu Thị Mùi")

    shown = text(at_the_desk(office.reception).get(address(dossier, "received")))

    assert "ghi nhận giấy ủy quyền" in shown and address(dossier, "mandates") in shown


def test_a_card_read_on_the_page_of_several_procedures_fills_the_person_once(office, residence):
    before = a_walk_in(office, address="Thôn Khuổi Phát")
    desk = at_the_desk(office.reception)
    here = page_of(office.version, residence, nhap=1)
    typed = typed_together(office, office.version, residence, owner_name="", phone="", address="", read="1")

    offered = text(desk.post(here, typed))
    filled = text(desk.post(here, typed | {"read": "known"}))

    assert "Điền vào ô còn trống" in offered and "Thôn Khuổi Phát" not in offered
    assert 'value="Thôn Khuổi Phát"' in filled and "Lý Gia Bảo" in filled
    assert "Có thể trùng hồ sơ" in filled and before.code in filled
    assert Dossier.objects.count() == 1
