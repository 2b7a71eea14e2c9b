"""What officers keep at the desk: filters, columns, labels, notes, what they follow, and who else is there."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from motcua.accounts.permissions import Role
from motcua.accounts.testing import an_officer, sign_in
from motcua.counter import desk
from motcua.counter.models import ChosenColumns, Follow, Label, Labelled, Note, Presence, SavedFilter
from motcua.counter.testing import address, at_the_desk
from motcua.dossiers.models import State
from motcua.dossiers.testing import MONDAY, a_dossier, a_one_stop, it_is
from motcua.journal.models import Entry
from motcua.organisations.models import UnitKind
from motcua.organisations.testing import a_unit, an_agency

from .test_worklists import codes

pytestmark = pytest.mark.usefixtures("monday")


@pytest.fixture
def stranger(db):
    """A reception officer of another commune."""
    return an_officer(a_unit(an_agency("Ủy ban nhân dân xã Kim Quan"), UnitKind.ONE_STOP), name="Lục Thị Nga")


def text(response):
    return response.content.decode()


def save(browser, name, listed="agency", query=""):
    return browser.post(f"/motcua/bo-loc/{listed}/luu/", {"ten": name, "dieu-kien": query})


# Saved filters --------------------------------------------------------------------------------------------------------


def test_a_filter_is_kept_by_its_name_and_stands_beside_every_page(office):
    wanted = a_dossier(office, State.ACCEPTED)
    lan = at_the_desk(office.reception)

    answer = save(lan, "  Khai sinh   gấp ", query="loc=khai+sinh&han=sap-toi&sau=1.2&x=1")

    # Where one is on the way through the pages is no condition.
    assert answer.url == "/motcua/co-quan/?han=sap-toi&loc=khai+sinh"
    page = text(lan.get("/motcua/cho-tiep-nhan/"))
    assert '<a href="/motcua/co-quan/?han=sap-toi&amp;loc=khai+sinh">Khai sinh gấp</a>' in page
    assert codes(lan.get(answer.url)) == [wanted.code]


def test_the_address_of_a_filter_shows_a_colleague_elsewhere_only_what_is_theirs(office, stranger):
    a_dossier(office, State.ACCEPTED)
    sent = save(at_the_desk(office.reception), "Khai sinh", query="loc=khai+sinh").url

    page = at_the_desk(stranger).get(sent)

    assert codes(page) == []
    assert "Không có hồ sơ nào khớp bộ lọc" in text(page)


def test_saving_under_the_same_name_takes_the_new_conditions(office):
    lan = at_the_desk(office.reception)
    save(lan, "Gấp", query="han=hom-nay")

    save(lan, "Gấp", query="han=qua-han")

    assert SavedFilter.objects.get().query == "han=qua-han"


def test_a_filter_without_a_name_is_not_kept(office):
    lan = at_the_desk(office.reception)

    page = text(lan.get(save(lan, "   ").url))

    assert "Hãy đặt một tên ngắn" in page
    assert not SavedFilter.objects.exists()


def test_no_more_filters_than_one_can_look_over(office):
    for number in range(desk.MOST_FILTERS):
        desk.save_filter(office.reception, name=f"Bộ lọc {number}", listed="agency", query="")

    with pytest.raises(desk.Enough):
        desk.save_filter(office.reception, name="Một bộ lọc nữa", listed="agency", query="")

    assert SavedFilter.objects.count() == desk.MOST_FILTERS


def test_a_filter_is_renamed_and_removed_by_its_officer_only(office):
    kept = desk.save_filter(office.reception, name="Gấp", listed="agency", query="han=qua-han")
    other = at_the_desk(office.officer)

    assert other.post(f"/motcua/bo-loc/{kept.pk}/ten/", {"ten": "Của tôi"}).status_code == 404
    assert other.post(f"/motcua/bo-loc/{kept.pk}/bo/").status_code == 404
    assert "Gấp" not in text(other.get("/motcua/bo-loc/"))
    kept.refresh_from_db()
    assert kept.name == "Gấp"

    lan = at_the_desk(office.reception)
    lan.post(f"/motcua/bo-loc/{kept.pk}/ten/", {"ten": "Quá hạn"})
    assert "Quá hạn" in text(lan.get("/motcua/bo-loc/"))
    lan.post(f"/motcua/bo-loc/{kept.pk}/bo/")
    assert not SavedFilter.objects.exists()


def test_two_filters_do_not_get_the_same_name(office):
    desk.save_filter(office.reception, name="Gấp", listed="agency", query="")
    kept = desk.save_filter(office.reception, name="Chờ", listed="agency", query="")

    with pytest.raises(desk.NameTaken):
        desk.rename_filter(kept, name="Gấp")

    kept.refresh_from_db()
    assert kept.name == "Chờ"


# Columns --------------------------------------------------------------------------------------------------------------


def heads(page):
    return re.findall(r'<th scope="col" class="(\w+)"', text(page))


def test_columns_are_chosen_for_one_list_and_remembered_for_their_officer(office):
    a_dossier(office, State.ACCEPTED)
    lan = at_the_desk(office.reception)

    lan.post("/motcua/cot/agency/", {"cot": ["channel", "owner", "submitted"]})

    assert heads(lan.get("/motcua/co-quan/")) == ["when", "tail", "grow", "owner", "channel", "submitted"]
    assert "23/10/2023" in text(lan.get("/motcua/co-quan/"))
    assert heads(lan.get("/motcua/")) == ["pick", "when", "tail", "grow", "owner", "step"]
    assert "channel" not in heads(at_the_desk(office.leader).get("/motcua/co-quan/"))


def test_without_any_column_those_of_the_list_come_back(office):
    a_dossier(office, State.ACCEPTED)
    lan = at_the_desk(office.reception)
    lan.post("/motcua/cot/agency/", {"cot": ["channel"]})

    lan.post("/motcua/cot/agency/", {"cot": ["no such"]})

    assert heads(lan.get("/motcua/co-quan/")) == ["when", "tail", "grow", "owner", "step", "unit"]
    assert not ChosenColumns.objects.exists()


def test_too_many_columns_are_refused_and_the_old_ones_stay(office):
    lan = at_the_desk(office.reception)
    lan.post("/motcua/cot/agency/", {"cot": ["channel"]})

    page = text(lan.post("/motcua/cot/agency/", {"cot": list(desk.COLUMNS)}, follow=True))

    assert "Chọn nhiều nhất 5 cột" in page
    assert ChosenColumns.objects.get().columns == ["channel"]


# Labels ---------------------------------------------------------------------------------------------------------------


def test_a_unit_names_labels_puts_them_on_and_finds_by_them(office):
    urgent, _other = a_dossier(office, State.ACCEPTED), a_dossier(office, State.ACCEPTED)
    lan = at_the_desk(office.reception)

    lan.post("/motcua/nhan/them/", {"don-vi": office.one_stop.pk, "ten": "Hộ nghèo"})
    label = Label.objects.get()
    lan.post(address(urgent, "put_label"), {"nhan": label.pk})
    lan.post(address(urgent, "put_label"), {"nhan": label.pk})

    assert Labelled.objects.count() == 1
    assert codes(lan.get(f"/motcua/co-quan/?nhan={label.pk}")) == [urgent.code]
    assert '<td class="labels" title="Hộ nghèo">' in text(lan.get("/motcua/"))
    assert "Gỡ nhãn “Hộ nghèo”" in text(lan.get(address(urgent)))

    lan.post(address(urgent, "take_label", label.pk))
    assert codes(lan.get(f"/motcua/co-quan/?nhan={label.pk}")) == []


def test_the_chips_of_a_list_count_within_its_label(office):
    labelled, _ = a_dossier(office, State.ACCEPTED), a_dossier(office, State.ACCEPTED)
    label = desk.make_label(office.reception, unit=office.one_stop.pk, name="Gấp")
    desk.put_label(labelled, label, by=office.reception, at=MONDAY)

    page = text(at_the_desk(office.reception).get(f"/motcua/?nhan={label.pk}"))

    assert re.search(rf'href="\?han=sap-toi&amp;nhan={label.pk}".*?"count">1<', page, re.DOTALL)


def test_labels_of_another_unit_are_neither_seen_nor_used(office):
    dossier = a_dossier(office, State.ACCEPTED)
    label = desk.make_label(office.reception, unit=office.one_stop.pk, name="Hộ nghèo")
    desk.put_label(dossier, label, by=office.reception, at=MONDAY)
    hung = at_the_desk(office.officer)

    assert "Hộ nghèo" not in text(hung.get(address(dossier)))
    page = hung.get(f"/motcua/co-quan/?nhan={label.pk}")
    assert codes(page) == []
    assert "Nhãn này là của đơn vị khác" in text(page)
    assert hung.post(address(dossier, "take_label", label.pk)).status_code == 404
    assert hung.post(address(dossier, "put_label"), {"nhan": label.pk}).status_code == 404
    assert hung.post(f"/motcua/nhan/{label.pk}/bo/").status_code == 404
    assert hung.post("/motcua/nhan/them/", {"don-vi": office.one_stop.pk, "ten": "X"}).status_code == 404
    assert Labelled.objects.count() == Label.objects.count() == 1


def test_a_label_is_renamed_and_taken_away_and_the_dossier_stays_as_it_was(office):
    dossier = a_dossier(office, State.ACCEPTED)
    label = desk.make_label(office.reception, unit=office.one_stop.pk, name="Hộ nghèo")
    desk.put_label(dossier, label, by=office.reception, at=MONDAY)
    lan, lines = at_the_desk(office.reception), Entry.objects.count()

    lan.post(f"/motcua/nhan/{label.pk}/ten/", {"ten": "Hộ cận nghèo"})
    assert "Hộ cận nghèo" in text(lan.get(address(dossier)))
    lan.post(f"/motcua/nhan/{label.pk}/bo/")

    assert not Labelled.objects.exists()
    assert Entry.objects.count() == lines


def test_a_unit_names_a_label_once_however_it_is_written(office):
    desk.make_label(office.reception, unit=office.one_stop.pk, name="Gấp")

    with pytest.raises(desk.NameTaken):
        desk.make_label(office.reception, unit=office.one_stop.pk, name=" gấp")

    assert Label.objects.count() == 1


# Notes ----------------------------------------------------------------------------------------------------------------


def test_a_private_note_is_read_by_its_writer_alone(office):
    dossier = a_dossier(office, State.IN_PROGRESS)
    colleague = an_officer(office.professional, Role.PROCESSING_OFFICER, "Nông Văn Páo")

    at_the_desk(office.officer).post(address(dossier, "write_note"), {"noi-dung": "Gọi lại chiều nay", "ai-doc": ""})

    assert "Gọi lại chiều nay" in text(at_the_desk(office.officer).get(address(dossier)))
    for other in (colleague, office.head, office.leader, office.reception):
        assert "Gọi lại chiều nay" not in text(at_the_desk(other).get(address(dossier)))


def test_a_note_of_the_unit_is_read_by_its_people_and_never_by_the_citizen(office, client):
    dossier = a_dossier(office, State.IN_PROGRESS)

    at_the_desk(office.officer).post(
        address(dossier, "write_note"), {"noi-dung": "Đã hỏi xã Kim Quan", "ai-doc": office.professional.pk}
    )

    assert "Đã hỏi xã Kim Quan" in text(at_the_desk(office.head).get(address(dossier)))
    assert "Đã hỏi xã Kim Quan" not in text(at_the_desk(office.reception).get(address(dossier)))
    sign_in(client, office.citizen)
    page = text(client.get(reverse("portal:dossier", args=[dossier.code])))
    assert dossier.code in page and "Đã hỏi xã Kim Quan" not in page


def test_nobody_writes_for_a_unit_that_is_not_theirs_and_an_empty_note_is_none(office, stranger):
    dossier = a_dossier(office, State.IN_PROGRESS)
    hung = at_the_desk(office.officer)

    assert hung.post(address(dossier, "write_note"), {"noi-dung": "X", "ai-doc": office.leaders.pk}).status_code == 404
    assert "chưa có nội dung" in text(hung.post(address(dossier, "write_note"), {"noi-dung": " "}, follow=True))
    assert at_the_desk(stranger).post(address(dossier, "write_note"), {"noi-dung": "X"}).status_code == 404
    assert not Note.objects.exists()


def test_only_the_writer_takes_a_note_back(office):
    dossier = a_dossier(office, State.IN_PROGRESS)
    note = desk.write_note(dossier, text="Đã hỏi", unit=office.professional.pk, by=office.officer, at=MONDAY)

    assert at_the_desk(office.head).post(address(dossier, "remove_note", note.pk)).status_code == 404
    assert Note.objects.exists()
    at_the_desk(office.officer).post(address(dossier, "remove_note", note.pk))
    assert not Note.objects.exists()


# Following, and who is there ------------------------------------------------------------------------------------------


def test_a_followed_dossier_has_its_list_until_one_no_longer_follows(office, stranger):
    dossier = a_dossier(office, State.IN_PROGRESS)
    lan = at_the_desk(office.reception)
    assert "Đang theo dõi" not in text(lan.get("/motcua/"))

    lan.post(address(dossier, "follow"), {"theo-doi": "1"})
    lan.post(address(dossier, "follow"), {"theo-doi": "1"})

    assert codes(lan.get("/motcua/theo-doi/")) == [dossier.code]
    assert at_the_desk(stranger).post(address(dossier, "follow"), {"theo-doi": "1"}).status_code == 404
    assert Follow.objects.count() == 1
    lan.post(address(dossier, "follow"), {"theo-doi": "0"})
    assert not Follow.objects.exists()


def test_colleagues_see_who_else_has_the_dossier_open_for_two_minutes(office, monkeypatch):
    dossier = a_dossier(office, State.IN_PROGRESS)
    at_the_desk(office.officer).get(address(dossier))
    dung = at_the_desk(office.head)

    it_is(monkeypatch, MONDAY + timedelta(seconds=90))
    assert "Hoàng Văn Hùng đang mở hồ sơ này" in text(dung.get(address(dossier)))
    assert at_the_desk(office.officer).get(address(dossier, "present")).json() == {"present": ["Ma Thị Dung"]}

    it_is(monkeypatch, MONDAY + timedelta(seconds=90 + 121))
    assert "đang mở hồ sơ này" not in text(dung.get(address(dossier)))


def test_who_is_present_is_told_to_nobody_elsewhere_and_forgotten_the_next_day(office, stranger):
    dossier = a_dossier(office, State.IN_PROGRESS)
    at_the_desk(office.officer).get(address(dossier))

    assert at_the_desk(stranger).get(address(dossier, "present")).status_code == 404
    desk.clear(MONDAY + timedelta(days=2))

    assert not Presence.objects.exists()


def test_another_offices_people_keep_their_own(office):
    other = a_one_stop("Ủy ban nhân dân xã Minh Hương", code="1.000894")
    desk.save_filter(office.reception, name="Của Hùng Đức", listed="agency", query="")
    desk.make_label(office.reception, unit=office.one_stop.pk, name="Nhãn Hùng Đức")

    page = text(at_the_desk(other.reception).get("/motcua/co-quan/"))

    assert "Của Hùng Đức" not in page and "Nhãn Hùng Đức" not in page
