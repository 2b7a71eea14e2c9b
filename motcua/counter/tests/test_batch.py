"""Several dossiers at once: each by its own step, and a second press does nothing twice."""

import re
from datetime import timedelta

import pytest

from motcua.accounts.permissions import Role
from motcua.accounts.testing import an_officer
from motcua.counter.testing import address, at_the_desk
from motcua.dossiers import apologies, processing, supplement
from motcua.dossiers.models import Dossier, Outcome, Slip, SlipKind, State
from motcua.dossiers.testing import MONDAY, TUESDAY, a_dossier, a_one_stop, at_step
from motcua.journal.models import Entry

pytestmark = pytest.mark.usefixtures("monday")


def text(response):
    return response.content.decode()


def ticks(page):
    """What the check boxes of a page would send."""
    return re.findall(r'name="chon" value="([^"]+)"', text(page))


def carry_out(browser, act, chosen, **more):
    return browser.post(f"/motcua/hang-loat/{act}/", {"chon": chosen, "lam": "1", **more})


def in_words(page, title):
    """The part of the result page below a heading."""
    found = re.search(rf"<h2[^>]*>{title}.*?</section>", text(page), re.DOTALL)
    return found[0] if found else ""


def test_what_was_ticked_is_shown_before_anything_is_done(office):
    first, second = a_dossier(office, State.ACCEPTED), a_dossier(office, State.ACCEPTED)
    lan = at_the_desk(office.reception)
    before = Entry.objects.count()

    page = lan.post("/motcua/hang-loat/chuyen-co-quan/", {"chon": ticks(lan.get("/motcua/"))})

    assert first.code in text(page) and second.code in text(page)
    assert "Chuyển các hồ sơ này đến cơ quan giải quyết?" in text(page)
    assert Entry.objects.count() == before


def test_several_are_handed_to_the_agency_with_one_note(office):
    dossiers = [a_dossier(office, State.ACCEPTED) for _ in range(3)]
    lan = at_the_desk(office.reception)
    chosen = ticks(lan.get("/motcua/"))

    page = carry_out(lan, "chuyen-co-quan", chosen, note="Đủ giấy tờ")

    assert "Đã làm: 3 hồ sơ" in text(page)
    for dossier in dossiers:
        dossier.refresh_from_db()
        assert dossier.at_unit == office.professional
        assert dossier.step_intervals.get(outcome=Outcome.DONE).note == "Đủ giấy tờ"


def test_one_that_moved_meanwhile_is_told_and_the_others_are_done(office):
    moved, other = a_dossier(office, State.ACCEPTED), a_dossier(office, State.ACCEPTED)
    lan = at_the_desk(office.reception)
    chosen = ticks(lan.get("/motcua/"))
    colleague = an_officer(office.one_stop, Role.RECEPTION_OFFICER, "Phan Văn Tài")
    processing.hand_to_agency(moved, at_step=at_step(moved), by=colleague, at=MONDAY)

    page = carry_out(lan, "chuyen-co-quan", chosen)

    assert other.code in in_words(page, "Đã làm: 1 hồ sơ")
    refused = in_words(page, "Chưa làm được: 1 hồ sơ")
    assert moved.code in refused
    assert "Phan Văn Tài đã chuyển hồ sơ đến cơ quan giải quyết" in refused


def test_a_second_press_does_nothing_twice(office):
    a_dossier(office, State.ACCEPTED)
    lan = at_the_desk(office.reception)
    chosen = ticks(lan.get("/motcua/"))
    carry_out(lan, "chuyen-co-quan", chosen)
    lines = Entry.objects.count()

    page = carry_out(lan, "chuyen-co-quan", chosen)

    assert "Chưa làm được: 1 hồ sơ" in text(page)
    assert Entry.objects.count() == lines


def test_an_old_page_does_not_hand_on_what_came_back_since(office):
    dossier = a_dossier(office, State.ACCEPTED)
    lan = at_the_desk(office.reception)
    chosen = ticks(lan.get("/motcua/"))
    carry_out(lan, "chuyen-co-quan", chosen)
    step = processing.running_step(Dossier.objects.get())
    processing.return_step(dossier, at_step=step.pk, reason="Thiếu bản chính", by=office.officer, at=TUESDAY)

    page = carry_out(lan, "chuyen-co-quan", chosen)

    assert "Hồ sơ đã sang bước khác sau khi bạn mở trang này" in text(page)
    dossier.refresh_from_db()
    assert dossier.at_unit == office.one_stop


def test_the_step_of_several_is_done_and_they_go_to_the_next(office):
    for _ in range(2):
        a_dossier(office, State.IN_PROGRESS)
    hung = at_the_desk(office.officer)

    page = carry_out(hung, "xong-buoc", ticks(hung.get("/motcua/")), note="Đủ điều kiện")

    assert "Đã làm: 2 hồ sơ" in text(page)
    assert set(Dossier.objects.values_list("at_unit", flat=True)) == {office.leaders.pk}


def test_results_are_approved_one_by_one_and_never_in_a_batch(office):
    dossier = a_dossier(office, State.IN_PROGRESS)
    step = processing.running_step(dossier)
    processing.do_step(dossier, at_step=step.pk, by=office.officer, at=MONDAY)
    leader = at_the_desk(office.leader)

    assert ticks(leader.get("/motcua/")) == ticks(leader.get("/motcua/cho-ky/")) == []
    running = processing.running_step(Dossier.objects.get())
    page = carry_out(leader, "xong-buoc", [f"{dossier.code} {running.pk}"])
    assert "Bước này là bước phê duyệt" in text(page)
    dossier.refresh_from_db()
    assert dossier.at_unit == office.leaders


def test_apologies_are_read_and_then_signed_together_once(office):
    late = [a_dossier(office, State.IN_PROGRESS) for _ in range(2)]
    bare = a_dossier(office, State.IN_PROGRESS)
    for dossier in late:
        until = dossier.due_at + timedelta(days=3)
        apologies.draft(dossier, reason="Chờ xác minh ở xã khác", renewed_due_at=until, by=office.officer, at=MONDAY)
    leader = at_the_desk(office.leader)

    chosen = ticks(leader.get("/motcua/cho-ky/"))
    asked = leader.post("/motcua/hang-loat/ky-xin-loi/", {"chon": chosen, "tu": "sign"})
    assert text(asked).count("Chờ xác minh ở xã khác") == 2
    assert not Slip.objects.filter(kind=SlipKind.APOLOGY).exists()

    page = carry_out(leader, "ky-xin-loi", [*chosen, f"{bare.code} 0"], tu="sign")
    assert "Đã làm: 2 hồ sơ" in text(page)
    assert "Chưa có văn bản xin lỗi ghi đủ lý do" in in_words(page, "Chưa làm được: 1 hồ sơ")
    assert "chỉ được hẹn lại một lần" in text(carry_out(leader, "ky-xin-loi", chosen, tu="sign"))
    assert Slip.objects.filter(kind=SlipKind.APOLOGY).count() == 2


def test_whoever_may_not_do_it_one_by_one_may_not_do_it_for_several(office):
    dossier = a_dossier(office, State.ACCEPTED)
    step = processing.running_step(dossier)
    chosen = [f"{dossier.code} {step.pk}"]

    assert carry_out(at_the_desk(office.officer), "chuyen-co-quan", chosen).status_code == 403
    assert carry_out(at_the_desk(office.officer), "ky-xin-loi", chosen).status_code == 403
    # A clerk may do steps, but this one is another's.
    assert "Chưa làm được: 1 hồ sơ" in text(carry_out(at_the_desk(office.clerk), "xong-buoc", chosen))
    dossier.refresh_from_db()
    assert dossier.state == State.ACCEPTED


def test_dossiers_of_another_agency_cannot_be_ticked(office):
    other = a_one_stop("Ủy ban nhân dân xã Minh Hương", code="1.000894")
    dossier = a_dossier(office, State.ACCEPTED)
    step = processing.running_step(dossier)

    page = carry_out(at_the_desk(other.reception), "chuyen-co-quan", [f"{dossier.code} {step.pk}", "x", "1;drop 2"])

    assert "Chưa chọn hồ sơ nào" in text(page)
    assert dossier.code not in text(page)
    dossier.refresh_from_db()
    assert dossier.state == State.ACCEPTED


def test_nothing_ticked_changes_nothing_and_says_so(office):
    page = carry_out(at_the_desk(office.reception), "chuyen-co-quan", [])

    assert "Chưa chọn hồ sơ nào" in text(page)


def test_what_waits_for_the_applicant_is_not_offered_but_refused_by_name(office):
    dossier = a_dossier(office, State.IN_PROGRESS)
    hung = at_the_desk(office.officer)
    chosen = ticks(hung.get("/motcua/"))
    item = supplement.Item("Bản chụp rõ cả hai mặt")
    supplement.request(dossier, items=[item], reason="Ảnh mờ.", by=office.officer, at=MONDAY)

    page = carry_out(hung, "xong-buoc", chosen)

    assert "Hồ sơ đang ở trạng thái “Chờ người nộp bổ sung”" in text(page)
    assert ticks(hung.get("/motcua/")) == []
    assert hung.get(address(dossier)).status_code == 200


def test_a_clerk_sends_several_results_to_the_desk_and_is_offered_no_step_to_hand_on(office):
    dossiers = [a_dossier(office, State.IN_PROGRESS) for _ in range(2)]
    for one in dossiers:
        one = processing.do_step(one, at_step=at_step(one), by=office.officer, at=MONDAY)
        processing.approve(one, at_step=at_step(one), granted=True, number="01/KS", by=office.leader, at=MONDAY)
    desk = at_the_desk(office.clerk)
    mine = desk.get("/motcua/")
    assert "Chuyển kết quả về Một cửa…" in text(mine) and "Hoàn thành bước, chuyển tiếp…" not in text(mine)

    page = carry_out(desk, "ket-qua-ve-mot-cua", ticks(mine))

    assert "Đã làm: 2 hồ sơ" in text(page)
    assert set(Dossier.objects.values_list("state", flat=True)) == {State.READY}
