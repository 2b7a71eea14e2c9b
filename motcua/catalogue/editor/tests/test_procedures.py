"""Keepers find a procedure, write a draft, compare, publish and retire, through the real pages."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from motcua.accounts.testing import an_officer, sign_in
from motcua.catalogue import drafts
from motcua.catalogue.models import Draft, ProcedureVersion
from motcua.catalogue.testing import a_keeper, a_procedure, an_editor
from motcua.organisations.models import AgencyKind, Level
from motcua.organisations.testing import a_unit, an_agency

pytestmark = pytest.mark.django_db


def the_department(name="Sở Tư pháp"):
    return an_agency(name, level=Level.PROVINCE, kind=AgencyKind.DEPARTMENT)


def a_whole_procedure(code="2.000635", agency=None, name="Cấp bản sao trích lục hộ tịch", **told):
    return a_procedure(
        code,
        agency=agency,
        level=Level.PROVINCE if agency else Level.COMMUNE,
        name=name,
        sequence="Nộp hồ sơ.\nNhận kết quả.",
        subjects=["Công dân Việt Nam"],
        agency_text="" if agency else "Ủy ban nhân dân cấp xã",
        **told,
    )


def a_draft(version, by):
    return drafts.begin(version, by=by, at=timezone.now())


def page_of(draft, name=""):
    return reverse("catalogue:part", args=[draft.pk, name]) if name else reverse("catalogue:draft", args=[draft.pk])


@pytest.fixture
def thu(client):
    thu = a_keeper()
    sign_in(client, thu)
    return thu


def test_the_list_shows_what_is_in_force_and_what_is_incomplete(client, thu):
    a_whole_procedure("1.000001", name="Thủ tục đủ")
    a_procedure("1.000002", name="Thủ tục thiếu")

    everything = client.get("/motcua/danh-muc/").content.decode()
    incomplete = client.get("/motcua/danh-muc/?loc=thieu").content.decode()

    assert "Thủ tục đủ" in everything and "Thủ tục thiếu" in everything
    assert "Thủ tục thiếu" in incomplete and "Thủ tục đủ" not in incomplete


def test_a_procedure_is_found_without_accents(client, thu):
    a_whole_procedure()

    assert "Cấp bản sao trích lục" in client.get("/motcua/danh-muc/?q=trich+luc").content.decode()


def test_an_editor_sees_the_procedures_of_the_own_agency_only(client):
    own, other = the_department(), the_department("Sở Y tế")
    a_whole_procedure("1.000001", own, "Thủ tục của Tư pháp")
    a_whole_procedure("1.000002", other, "Thủ tục của Y tế")
    sign_in(client, an_editor(own))

    for address in ("/motcua/danh-muc/", "/motcua/danh-muc/?q=thu+tuc"):
        shown = client.get(address).content.decode()
        assert "Thủ tục của Tư pháp" in shown and "Thủ tục của Y tế" not in shown
    assert client.get("/motcua/danh-muc/thu-tuc/1.000002/").status_code == 404
    assert client.post("/motcua/danh-muc/thu-tuc/1.000002/soan/").status_code == 404
    assert not Draft.objects.exists()


def test_an_editor_of_another_agency_does_not_reach_a_draft(client):
    own, other = the_department(), the_department("Sở Y tế")
    draft = a_draft(a_whole_procedure(agency=own), an_editor(own))
    sign_in(client, an_editor(other))

    for name in ("draft", "compare", "history"):
        assert client.get(reverse(f"catalogue:{name}", args=[draft.pk])).status_code == 404
    assert client.post(page_of(draft, "huong-dan"), {"revision": 1, "guidance": "Lạ"}).status_code == 404
    assert client.post(reverse("catalogue:discard", args=[draft.pk])).status_code == 404
    draft.refresh_from_db()
    assert draft.revision == 1 and draft.closed_at is None


@pytest.mark.parametrize("name", ["retire", "reinstate"])
def test_an_editor_retires_nothing(client, name):
    own = the_department()
    a_whole_procedure(agency=own)
    sign_in(client, an_editor(own))

    assert client.post(reverse(f"catalogue:{name}", args=["2.000635"])).status_code == 403
    assert ProcedureVersion.objects.get().valid_to is None


def test_an_officer_of_the_counter_does_not_enter(client):
    sign_in(client, an_officer(a_unit(an_agency())))

    assert client.get("/motcua/danh-muc/").status_code == 403


def test_writing_a_new_version_begins_with_one_press_and_the_second_press_opens_the_same(client, thu):
    a_whole_procedure()

    first = client.post("/motcua/danh-muc/thu-tuc/2.000635/soan/")
    second = client.post("/motcua/danh-muc/thu-tuc/2.000635/soan/")

    assert first.url == second.url == page_of(Draft.objects.get())


def test_every_page_of_a_draft_opens_and_says_what_is_there(client, thu):
    draft = a_draft(a_whole_procedure(results=[{"position": 1, "name": "Bản sao trích lục"}]), thu)

    for name in ("ten-goi", "trinh-tu", "thoi-han", "giay-to", "phi", "mien-giam", "ket-qua", "can-cu", "huong-dan"):
        assert client.get(page_of(draft, name)).status_code == 200, name
    assert "Bản sao trích lục" in client.get(page_of(draft)).content.decode()
    assert client.get(page_of(draft, "khong-co")).status_code == 404


def test_a_page_saved_unchanged_changes_nothing(client, thu):
    """What a browser sends back of an untouched page is what stands there, for every page."""
    draft = a_draft(
        a_whole_procedure(
            fees=[{"position": 1, "kind": "PHI", "name": "Phí", "amount": 8000, "channel": "DIRECT"}],
            reliefs=[{"position": 1, "kind": "MIEN", "who": "Hộ nghèo", "legal_basis": "Luật Hộ tịch"}],
            results=[{"position": 1, "name": "Bản sao"}],
            legal_bases=[{"position": 1, "number": "60/2014/QH13", "title": "Luật Hộ tịch"}],
            life_events=["Kết hôn"],
        ),
        thu,
    )

    for name in ("ten-goi", "trinh-tu", "thoi-han", "giay-to", "phi", "mien-giam", "ket-qua", "can-cu", "huong-dan"):
        response = client.post(page_of(draft, name), as_shown(client, page_of(draft, name)))
        assert response.status_code == 302, (name, response.content.decode())

    draft.refresh_from_db()
    assert list(draft.changes.values_list("changed", flat=True)) == []


def as_shown(client, address):
    """The fields of the page's own form, as a browser would send them."""
    form = client.get(address).context["form"]
    sent = {"revision": 1}
    rows = list(form) if hasattr(form, "management_form") else [form]
    if hasattr(form, "management_form"):
        rows.append(form.management_form)
    for row in rows:
        for field in row:
            value = field.value()
            if value is None or value is False:
                continue
            sent[field.html_name] = field.field.prepare_value(value) if not isinstance(value, list) else value
            if isinstance(value, list) and field.widget_type == "textarea":
                sent[field.html_name] = "\n".join(value)
    return sent


def test_a_row_is_added_without_losing_what_was_typed(client, thu):
    draft = a_draft(a_whole_procedure(), thu)
    sent = as_shown(client, page_of(draft, "ket-qua"))

    added = client.post(page_of(draft, "ket-qua"), sent | {"rows-0-name": "Giấy khai sinh", "them": "1"})

    shown = added.content.decode()
    assert added.status_code == 200
    assert "Giấy khai sinh" in shown and 'name="rows-1-name"' in shown
    draft.refresh_from_db()
    assert draft.revision == 1


def test_rows_are_moved_by_their_number_and_thrown_away_by_a_tick(client, thu):
    version = a_whole_procedure(
        results=[{"position": n, "name": name} for n, name in enumerate(("Một", "Hai", "Ba"), start=1)]
    )
    draft = a_draft(version, thu)
    sent = as_shown(client, page_of(draft, "ket-qua"))

    client.post(page_of(draft, "ket-qua"), sent | {"rows-2-ORDER": "0", "rows-0-DELETE": "on"})

    draft.refresh_from_db()
    assert [row["name"] for row in draft.told["results"]] == ["Ba", "Hai"]


def test_a_new_paper_gets_a_key_of_its_own_and_the_others_keep_theirs(client, thu):
    draft = a_draft(a_whole_procedure(), thu)
    sent = as_shown(client, page_of(draft, "giay-to")) | {"rows-TOTAL_FORMS": "4", "rows-3-name": "Ảnh 4×6"}

    client.post(page_of(draft, "giay-to"), sent)

    draft.refresh_from_db()
    assert [row["key"] for row in draft.told["components"]] == ["chung_sinh", "giay_to_tuy_than", "uy_quyen", "giay_4"]


@pytest.mark.parametrize(
    ("name", "typed", "words"),
    [
        ("thoi-han", {"rows-0-same_day": "on"}, "Trong ngày thì không ghi số"),
        ("thoi-han", {"rows-0-unit": ""}, "Hãy chọn đơn vị"),
        ("giay-to", {"rows-0-name": " "}, "Hãy ghi tên giấy tờ"),
        ("giay-to", {"rows-0-copies": "hai"}, "Hãy ghi số bản"),
        ("ten-goi", {"name": ""}, "Hãy ghi tên thủ tục"),
        ("ten-goi", {"system_url": "không phải địa chỉ"}, "Địa chỉ chưa đúng"),
        ("cong-bo", {"decided_on": "31/02/2021"}, "Ngày chưa đúng"),
    ],
)
def test_a_wrong_cell_is_said_at_its_place_and_nothing_is_saved(client, thu, name, typed, words):
    draft = a_draft(a_whole_procedure(), thu)

    response = client.post(page_of(draft, name), as_shown(client, page_of(draft, name)) | typed)

    assert response.status_code == 422
    assert words in response.content.decode()
    draft.refresh_from_db()
    assert draft.revision == 1


def test_a_relief_without_its_law_is_refused(client, thu):
    draft = a_draft(a_whole_procedure(), thu)
    sent = as_shown(client, page_of(draft, "mien-giam")) | {"rows-0-kind": "GIAM", "rows-0-who": "Hộ nghèo"}

    response = client.post(page_of(draft, "mien-giam"), sent)

    shown = response.content.decode()
    assert response.status_code == 422
    assert "phải theo văn bản" in shown and "bao nhiêu phần trăm" in shown and "Hộ nghèo" in shown


def test_the_second_of_two_editors_sees_both_and_may_still_save(client, thu):
    draft = a_draft(a_whole_procedure(), thu)
    sent = as_shown(client, page_of(draft, "huong-dan"))
    tam = a_keeper("Nông Văn Tâm")
    drafts.save(draft, revision=1, changes={"guidance": "Của Tâm"}, by=tam, at=timezone.now())

    refused = client.post(page_of(draft, "huong-dan"), sent | {"guidance": "Của Thu"})
    shown = refused.content.decode()
    draft.refresh_from_db()
    assert refused.status_code == 422
    assert "Nông Văn Tâm" in shown and "Của Tâm" in shown and "Của Thu" in shown
    assert draft.told["guidance"] == "Của Tâm"

    saved = client.post(
        page_of(draft, "huong-dan"), sent | {"guidance": "Cả hai", "revision": refused.context["revision"]}
    )
    draft.refresh_from_db()
    assert saved.status_code == 302 and draft.told["guidance"] == "Cả hai"


def test_the_comparison_shows_what_goes_and_what_comes(client, thu):
    draft = a_draft(a_whole_procedure(guidance="Mang theo hộ chiếu gốc."), thu)
    drafts.save(draft, revision=1, changes={"guidance": "Mang theo căn cước gốc."}, by=thu, at=timezone.now())

    shown = client.get(reverse("catalogue:compare", args=[draft.pk])).content.decode()

    assert "<del>hộ chiếu </del>" in shown and "<ins>căn cước </ins>" in shown
    assert "Mang theo " in shown


def test_a_draft_is_published_from_a_day_after_asking_once(client, thu):
    draft = a_draft(a_whole_procedure(), thu)
    sent = as_shown(client, page_of(draft, "cong-bo"))
    client.post(page_of(draft, "cong-bo"), sent | {"decision": "15/QĐ-UBND", "decided_on": "2021-12-01"})
    tomorrow = timezone.localdate() + timedelta(days=1)

    assert client.get(reverse("catalogue:publish", args=[draft.pk])).status_code == 200
    done = client.post(
        reverse("catalogue:publish", args=[draft.pk]), {"valid_from": tomorrow.isoformat(), "revision": 2}
    )

    assert done.url == "/motcua/danh-muc/thu-tuc/2.000635/"
    version = ProcedureVersion.objects.latest("valid_from")
    assert (version.valid_from, version.decision, version.published_by) == (tomorrow, "15/QĐ-UBND", thu)
    shown = client.get(done.url).content.decode()
    assert "Công bố một phiên bản" in shown and "Quyết định công bố" in shown


def test_an_incomplete_draft_is_refused_with_all_its_reasons(client, thu):
    draft = a_draft(a_procedure(), thu)

    response = client.post(
        reverse("catalogue:publish", args=[draft.pk]),
        {"valid_from": timezone.localdate().isoformat(), "revision": 1},
    )

    assert response.status_code == 422
    assert "Trình tự thực hiện" in response.content.decode()
    assert ProcedureVersion.objects.count() == 1


def test_a_new_procedure_begins_as_a_draft_and_a_known_code_is_refused(client, thu):
    a_whole_procedure()
    new = {"code": "1.999999", "name": "Thủ tục mới", "field": "Hộ tịch", "level": "PROVINCE", "agency": ""}

    made = client.post("/motcua/danh-muc/thu-tuc-moi/", new)
    refused = client.post("/motcua/danh-muc/thu-tuc-moi/", new | {"code": "2.000635"})
    nonsense = client.post("/motcua/danh-muc/thu-tuc-moi/", new | {"code": "khai sinh"})

    assert made.url == page_of(Draft.objects.get())
    assert refused.status_code == 422 and "đã có thủ tục mang mã này" in refused.content.decode()
    assert nonsense.status_code == 422 and "Thủ tục mới" in nonsense.content.decode()


def test_a_procedure_is_retired_and_taken_back(client, thu):
    a_whole_procedure()
    tomorrow = timezone.localdate() + timedelta(days=1)

    client.post(
        "/motcua/danh-muc/thu-tuc/2.000635/bai-bo/", {"from_day": tomorrow.isoformat(), "decision": "99/QĐ-UBND"}
    )
    shown = client.get("/motcua/danh-muc/thu-tuc/2.000635/").content.decode()
    assert "99/QĐ-UBND" in shown and "Hủy việc bãi bỏ" in shown

    client.post("/motcua/danh-muc/thu-tuc/2.000635/khoi-phuc/")
    assert ProcedureVersion.objects.get().valid_to is None


def test_undo_puts_back_and_says_so(client, thu):
    draft = a_draft(a_whole_procedure(), thu)
    drafts.save(draft, revision=1, changes={"guidance": "Nhầm"}, by=thu, at=timezone.now())

    shown = client.post(reverse("catalogue:undo", args=[draft.pk]), {"revision": 2}, follow=True).content.decode()

    assert "Đã hoàn tác" in shown
    draft.refresh_from_db()
    assert draft.told["guidance"] == ""


def test_deadlines_stand_on_their_page_the_nearest_first(client, thu):
    today = timezone.localdate()
    for code, days in (("1.000001", 60), ("1.000002", 2)):
        draft = a_draft(a_whole_procedure(code, name=f"Thủ tục {code}"), thu)
        effective = today + timedelta(days=days)
        drafts.save(draft, revision=1, changes={"basis_effective_on": effective}, by=thu, at=timezone.now())

    shown = client.get("/motcua/danh-muc/han-cong-bo/").content.decode()

    assert shown.index("Thủ tục 1.000002") < shown.index("Thủ tục 1.000001")
    assert "Quá hạn" in shown


def test_a_keeper_comes_to_the_catalogue_after_signing_in(client, thu):
    assert client.get("/motcua/").status_code == 403
    assert "Danh mục thủ tục" in client.get("/motcua/danh-muc/").content.decode()
