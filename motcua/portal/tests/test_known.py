"""What the account told in earlier dossiers is offered and never taken in silence (không khai lại điều đã khai)."""

import gzip
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from motcua.accounts.testing import a_citizen, session_cookies, sign_in
from motcua.catalogue.testing import a_procedure
from motcua.dossiers import intake
from motcua.dossiers.models import Dossier, Mandate, MandateScope, State
from motcua.dossiers.testing import MONDAY, a_dossier, a_draft
from motcua.portal.forms import Whose, beginning
from motcua.portal.testing import ANSWERS, page, text

pytestmark = pytest.mark.django_db

EMPTY = {"owner_name": "", "owner_id_number": "", "owner_birth_date": "", "address": "", "phone": "0912345678"}
MAI = {
    "owner_name": "Lý Thị Mai",
    "owner_id_number": "008315000123",
    "owner_birth_date": date(2015, 3, 7),
    "address": "Thôn Khuổi Phát, xã Hùng Đức",
    "submitter_name": "Lý A Pao",
    "submitter_id_number": "008085001234",
}
LAN = MAI | {"owner_name": "Lý Thị Lan", "owner_id_number": "008317000456", "owner_birth_date": date(2017, 9, 5)}


@pytest.fixture
def draft(office):
    """Begun for somebody else; nobody is named yet."""
    return blank(office, Whose.PERSON)


def blank(office, said, **facts):
    return a_draft(office, form={}, **(beginning(said, office.citizen) | facts))


def filed(office, **facts):
    return a_dossier(office, State.SUBMITTED, **facts)


def press(client, draft, dossier, typed=EMPTY, *, whole=False):
    return client.post(page("owner", draft), typed | {"known": f"{dossier.public_id}{':thay' if whole else ''}"})


def test_an_owner_of_an_earlier_dossier_is_offered_by_name_and_filled_in_when_chosen(pao, office, draft):
    mai = filed(office, **MAI)
    filed(office, **LAN)

    offered = text(pao.get(page("owner", draft)))
    shown = press(pao, draft, mai)

    assert "Lý Thị Mai</b>, 07/03/2015" in offered and "Lý Thị Lan</b>, 05/09/2017" in offered
    assert f"Lấy từ hồ sơ {mai.code} nộp ngày 23/10/2023" in offered
    assert 'name="owner_name" value="Lý Thị Mai"' not in offered  # nothing is filled in before one chooses
    assert shown.status_code == 200 and f"Đã điền từ hồ sơ {mai.code}" in text(shown)
    draft.refresh_from_db()
    assert {name: getattr(draft, name) for name in MAI} == MAI


def test_two_persons_are_never_mixed_whoever_is_chosen(pao, office, draft):
    mai = filed(office, **MAI)
    typed = EMPTY | {"owner_name": "Lý Thị Lan", "owner_id_number": "", "owner_birth_date": "2017-09-05"}

    asked = text(press(pao, draft, mai, typed))

    draft.refresh_from_db()
    assert "đang ghi một chủ hồ sơ khác, nên chưa điền gì" in asked
    assert "đang ghi <b>Lý Thị Lan</b>, hồ sơ trước ghi <b>Lý Thị Mai</b>" in asked
    assert (draft.owner_name, draft.owner_id_number) == ("Lý Thị Lan", "")

    bare = filed(office, **(LAN | {"owner_id_number": "", "owner_name": "Lý Gia Bảo", "owner_birth_date": None}))
    press(pao, draft, mai, typed, whole=True)
    press(pao, draft, bare, typed | {"owner_id_number": MAI["owner_id_number"]}, whole=True)
    draft.refresh_from_db()
    assert (draft.owner_name, draft.owner_id_number, draft.owner_birth_date) == ("Lý Gia Bảo", "", None)


def test_a_new_address_of_the_same_owner_stays_until_the_old_one_is_said_to_be_right(pao, office, draft):
    mai = filed(office, **MAI)
    typed = EMPTY | {"owner_name": "Lý Thị Mai", "address": "Thôn Mới"}

    press(pao, draft, mai, typed)
    draft.refresh_from_db()
    first = (draft.address, draft.owner_id_number)
    press(pao, draft, mai, typed, whole=True)
    draft.refresh_from_db()

    assert first == ("Thôn Mới", "008315000123")
    assert draft.address == MAI["address"]


def test_for_oneself_only_what_does_not_contradict_the_account_is_offered(pao, office):
    mine = filed(office, owner_birth_date=date(1985, 1, 2))
    cousin = filed(office, owner_name="Lý Thị Mây", owner_id_number="008190000001")
    draft = blank(office, Whose.MINE, owner_id_number="", address="", owner_birth_date=None)

    shown = text(pao.get(page("owner", draft)))

    assert mine.code in shown
    assert cousin.code not in shown


def test_nothing_is_offered_across_accounts_nor_from_drafts(pao, office, draft):
    a_draft(office, **MAI)
    Dossier.objects.filter(pk=filed(office, **LAN).pk).update(account=a_citizen("Sùng Thị Dợ"))
    strange = Dossier.objects.filed().get()

    shown = text(pao.get(page("owner", draft)))
    pressed = press(pao, draft, strange)

    draft.refresh_from_db()
    assert "Bạn đã khai trước đây" not in shown
    assert "Hồ sơ đó không lấy lại được nữa" in text(pressed)
    assert (draft.owner_name, draft.owner_id_number) == ("", "")


def a_mandate(office, **facts):
    return Mandate.objects.create(
        owner_name=MAI["owner_name"],
        owner_id_number=MAI["owner_id_number"],
        owner_account=a_citizen("Lý Thị Mai"),
        agent_name=office.citizen.full_name,
        agent_id_number="008085001234",
        agent_account=office.citizen,
        scope=MandateScope.FILE,
        valid_from=MONDAY.date(),
        recorded_by=office.citizen,
        recorded_at=MONDAY,
        **facts,
    )


def test_what_an_agent_wrote_is_offered_under_the_same_mandate_only_and_not_after_its_end(pao, office, draft):
    mandate = a_mandate(office)
    for_mai = filed(office, **MAI)
    Dossier.objects.filter(pk=for_mai.pk).update(mandate=mandate)
    under = blank(office, Whose.PERSON)
    Dossier.objects.filter(pk=under.pk).update(mandate=mandate)

    without, within = text(pao.get(page("owner", draft))), text(pao.get(page("owner", under)))
    Mandate.objects.update(ended_at=MONDAY, ended_by=office.citizen, ended_why="Đã xong")
    after = text(pao.get(page("owner", under)))
    press(pao, under, for_mai)

    under.refresh_from_db()
    assert [for_mai.code in shown for shown in (without, within, after)] == [False, True, False]
    assert under.owner_name == ""


def test_answers_of_the_same_owner_fill_only_what_is_open(pao, office):
    before = filed(office, form={**ANSWERS, "ten_con": "Lý Gia Bảo"})
    draft = a_draft(office, form={})

    offered = text(pao.get(page("form", draft)))
    pressed = pao.post(page("form", draft), {"ten_con": "Lý Gia Huy", "known": before.public_id}, follow=True)

    draft.refresh_from_db()
    assert "Điền từ hồ sơ bạn đã nộp" in offered and "01/10/2023" in offered and before.code in offered
    assert draft.form == {**ANSWERS, "ten_con": "Lý Gia Huy"}
    assert f"Đã điền từ hồ sơ {before.code}: “Ngày sinh”, “Khai cả phần cha?”" in text(pressed)
    assert "Điền từ hồ sơ bạn đã nộp" not in text(pressed)  # nothing is open any more


def test_what_is_wrong_on_the_page_is_put_right_before_anything_is_filled_in(pao, office):
    before = filed(office)
    draft = a_draft(office, form={})

    answer = pao.post(page("form", draft), {"ngay_sinh": "31/02/2021", "known": before.public_id})

    draft.refresh_from_db()
    assert answer.status_code == 422 and "31/02/2021" in text(answer)
    assert draft.form == {}


FAMILY = [
    {"key": "cha", "type": "person", "label": "Người cha", "required": False, "parts": ["name", "birth"]},
    {"key": "dan_toc", "type": "text", "label": "Dân tộc", "required": False},
    {"key": "noi_dung", "type": "text", "label": "Xin cấp", "required": False},
]


def test_another_procedure_takes_the_same_question_and_another_owner_only_persons(pao, office):
    told = {"cha": {"name": "Lý A Pao", "birth": "1985"}, "dan_toc": "Mông", "noi_dung": "Bản sao"}
    one = a_procedure("1.000001", form=FAMILY, agency=None)
    other = a_procedure("1.000002", form=[*FAMILY[:2], {**FAMILY[2], "label": "Xin đổi"}], agency=None)
    earlier = intake.begin(one, agency=office.agency, by=office.citizen, at=MONDAY)
    intake.save(earlier, by=office.citizen, at=MONDAY, **(MAI | {"form": told, "phone": "0912345678"}))
    Dossier.objects.filter(pk=earlier.pk).update(
        state=State.SUBMITTED, code="000.00.12.H60-231023-9001", submitted_at=MONDAY
    )

    filled = []
    for owner in (MAI, LAN):
        draft = intake.begin(other, agency=office.agency, by=office.citizen, at=MONDAY + timedelta(hours=1))
        intake.save(draft, by=office.citizen, at=MONDAY, **(owner | {"phone": "0912345678"}))
        pao.post(page("form", draft), {"known": earlier.public_id})
        draft.refresh_from_db()
        filled.append(draft.form)

    assert filled[0] == {"cha": told["cha"], "dan_toc": "Mông"}
    assert filled[1] == {"cha": told["cha"]}


def test_offers_are_few_however_much_was_filed(pao, office, draft, django_assert_max_num_queries):
    for number in range(5):
        filed(office, **(MAI | {"owner_name": f"Con thứ {number}", "owner_id_number": f"00831500010{number}"}))

    with django_assert_max_num_queries(12):
        shown = text(pao.get(page("owner", draft)))

    pao.post("/ngon-ngu/", {"language": "en", "next": "/"})
    english = pao.get(page("owner", draft))
    assert shown.count("Lấy từ hồ sơ") == 3 and "Con thứ 4" in shown
    assert "You told us before" in text(english) and "Fill this in" in text(english) and "From dossier" in text(english)
    assert len(gzip.compress(english.content)) <= 8 * 1024


def test_an_unknown_dossier_fills_nothing(client, office, draft):
    sign_in(client, office.citizen)

    for which in ("x", ":thay", "\x00", "00000000-0000-0000-0000-000000000000"):
        client.post(page("owner", draft), EMPTY | {"known": which})
        client.post(page("form", draft), {"known": which})

    draft.refresh_from_db()
    assert (draft.owner_name, draft.form) == ("", {})


@pytest.mark.django_db(transaction=True)
def test_what_the_server_filled_in_stands_over_an_older_copy_and_what_was_typed_is_not_lost(
    browser, live_server, office
):
    """By keyboard, at 360 px: an owner is chosen; a line that was dead gives back only what was typed here."""
    filed(office, **MAI)
    draft = blank(office, Whose.PERSON)
    context = browser.new_context(viewport={"width": 360, "height": 740}, base_url=live_server.url, locale="vi-VN")
    context.add_cookies(session_cookies(office.citizen, live_server.url))
    phone = context.new_page()
    phone.goto(page("owner", draft))
    phone.locator("#id_email").fill("pao@example.vn")

    phone.get_by_role("button", name="Điền thông tin này").focus()
    phone.keyboard.press("Enter")

    expect(phone.get_by_text("Đã điền từ hồ sơ")).to_be_visible()
    expect(phone.locator("#id_owner_name")).to_have_value("Lý Thị Mai")
    expect(phone.locator("#id_email")).to_have_value("pao@example.vn")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    expect(phone.locator("[data-autosave-status]")).to_contain_text("Đã lưu lúc")

    phone.goto(page("form", draft))
    phone.route("**/luu/form/", lambda route: route.abort())
    phone.locator("#id_ten_con").fill("Lý Gia Bảo")
    expect(phone.locator("[data-autosave-status]")).to_contain_text("Chưa lưu được")
    Dossier.objects.filter(pk=draft.pk).update(form={"co_cha": "Không", "ngay_sinh": "2023-09-30"})
    phone.unroute("**/luu/form/")
    phone.on("dialog", lambda dialog: dialog.accept())
    phone.reload()

    expect(phone.locator("#id_ten_con")).to_have_value("Lý Gia Bảo")
    expect(phone.get_by_label("Không", exact=True)).to_be_checked()
    expect(phone.locator("[data-autosave-status]")).to_contain_text("Đã lưu lúc")
    draft.refresh_from_db()
    assert draft.form == {"ten_con": "Lý Gia Bảo", "co_cha": "Không", "ngay_sinh": "2023-09-30"}
