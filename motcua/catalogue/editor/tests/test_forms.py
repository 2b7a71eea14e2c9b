"""The form of a draft is written question by question, through the real pages (soạn biểu mẫu)."""

import json

import pytest
from django.urls import reverse
from django.utils import timezone

from motcua.accounts.testing import sign_in
from motcua.catalogue import drafts
from motcua.catalogue.editor import building
from motcua.catalogue.forms import NAMES, SIMPLE, check
from motcua.catalogue.testing import FORM, a_keeper, a_procedure, an_editor
from motcua.organisations.models import AgencyKind, Level
from motcua.organisations.testing import an_agency

pytestmark = pytest.mark.django_db


@pytest.fixture
def thu(client):
    thu = a_keeper()
    sign_in(client, thu)
    return thu


@pytest.fixture
def draft(thu):
    return drafts.begin(a_procedure(), by=thu, at=timezone.now())


def at(draft, name="form"):
    return reverse(f"catalogue:{name}", args=[draft.pk])


def do(client, draft, act, path="", *, revision=None, **told):
    """Press one button of the page as it stands."""
    draft.refresh_from_db()
    return client.post(
        at(draft), {"viec": act, "muc": path, "revision": draft.revision if revision is None else revision, **told}
    )


def change(client, draft, path, *, revision=None, **told):
    """Open a question, change some of it and save it."""
    draft.refresh_from_db()
    here = building.find(draft.told["form"], path)
    form = building.QuestionForm(
        here.field, here.rows[: here.at], components={"chung_sinh": "Giấy chứng sinh"}, inside=here.group is not None
    )
    shown = {bound.name: bound.value() for bound in form if bound.value() not in (None, False)}
    return do(client, draft, "sua", path, revision=revision, **shown | told)


def keys(draft):
    draft.refresh_from_db()
    return [field["key"] for field in draft.told["form"]]


def field(draft, path):
    draft.refresh_from_db()
    return building.find(draft.told["form"], path).field


def text(response):
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize("kind", NAMES)
def test_a_question_of_every_type_is_added_opened_and_saved_as_it_is(client, draft, kind):
    added = do(client, draft, "them", "ten_con", kieu=kind)
    before = field(draft, "cau_hoi_moi")
    shown = client.get(added.url)
    saved = change(client, draft, "cau_hoi_moi")

    assert added.url == f"{at(draft)}?muc=cau_hoi_moi"
    assert shown.status_code == 200 and "Câu hỏi đang mở" in text(shown)
    assert saved.status_code == 302
    assert keys(draft)[:2] == ["ten_con", "cau_hoi_moi"]
    assert field(draft, "cau_hoi_moi") == before
    check(draft.told["form"])


def test_a_question_is_written_and_gets_its_key_from_its_words(client, draft):
    do(client, draft, "them", kieu="text")

    change(client, draft, "cau_hoi_moi", label="Dân tộc của con", help="Ví dụ: Dao", required="on")

    assert field(draft, "dan_toc_cua_con") == {
        "key": "dan_toc_cua_con",
        "type": "text",
        "label": "Dân tộc của con",
        "required": True,
        "help": "Ví dụ: Dao",
    }


def test_a_condition_is_ticked_at_the_answers_before(client, draft):
    do(client, draft, "them", "cha", kieu="date")

    change(client, draft, "cau_hoi_moi", label="Ngày sinh của cha", **{"khi-co_cha": ["Có"]})

    assert field(draft, "ngay_sinh_cua_cha")["show_if"] == {"co_cha": "Có"}
    shown = text(client.get(f"{at(draft)}?muc=ngay_sinh_cua_cha"))
    assert "Chỉ hỏi khi “Khai cả phần cha?” là" in shown and "có điều kiện" in shown


def test_a_group_gets_its_own_questions(client, draft):
    do(client, draft, "them", kieu="group")
    change(client, draft, "cau_hoi_moi", label="Các con", item="người con", min="1", max="5")

    do(client, draft, "them-trong", "cac_con", kieu="choices")
    change(client, draft, "cac_con.cau_hoi_moi", label="Giấy tờ kèm", options="Bản chính\nBản sao")
    do(client, draft, "len", "cac_con.giay_to_kem")
    do(client, draft, "nhan-doi", "cac_con.giay_to_kem")

    told = field(draft, "cac_con")
    assert (told["item"], told["min"], told["max"]) == ("người con", 1, 5)
    assert [one["key"] for one in told["fields"]] == ["giay_to_kem", "giay_to_kem_2", "ho_ten"]
    assert told["fields"][0]["options"] == ["Bản chính", "Bản sao"]
    shown = text(client.get(f"{at(draft)}?muc=cac_con.giay_to_kem"))
    assert '<option value="group">' not in shown.partition("add-kind")[2]  # nothing repeated inside what is repeated


def test_questions_are_moved_copied_and_taken_away(client, draft):
    do(client, draft, "xuong", "ten_con")
    assert keys(draft) == ["ngay_sinh", "ten_con", "co_cha", "cha"]

    do(client, draft, "nhan-doi", "cha")
    do(client, draft, "bo", "cha")

    assert keys(draft) == ["ngay_sinh", "ten_con", "co_cha", "cha_2"]
    assert field(draft, "cha_2")["show_if"] == {"co_cha": "Có"}


def test_what_another_question_rests_on_stays_where_it_is_needed(client, draft):
    refused = [do(client, draft, "bo", "co_cha"), do(client, draft, "xuong", "co_cha")]

    for answer in refused:
        assert answer.status_code == 422
        assert "Mục “cha” của biểu mẫu: điều kiện hiện (show_if) phải dựa vào một mục đứng trước." in text(answer)
    assert keys(draft) == [one["key"] for one in FORM]


def test_a_new_key_goes_along_to_who_rests_on_it(client, draft):
    change(client, draft, "co_cha", key="khai_cha")

    assert field(draft, "cha")["show_if"] == {"khai_cha": "Có"}


@pytest.mark.parametrize(
    ("path", "told", "box", "sentence"),
    [
        ("co_cha", {"options": "Có"}, "id_options", "Phải có ít nhất hai lựa chọn"),
        ("ten_con", {"label": ""}, "id_label", "Thiếu nhãn"),
        ("ten_con", {"key": "Tên con"}, "id_key", "Khóa chỉ gồm chữ thường"),
        ("cha", {"key": "ten_con"}, "id_key", "Khóa đã có ở mục khác"),
        ("ten_con", {"key": "cha"}, None, "Mục “cha” của biểu mẫu: khóa đã có ở mục khác"),
    ],
)
def test_what_is_wrong_is_said_at_its_box_and_what_was_typed_stays(client, draft, path, told, box, sentence):
    refused = change(client, draft, path, **{"help": "Tôi vừa gõ", **told})

    assert refused.status_code == 422
    assert sentence in text(refused) and "Tôi vừa gõ" in text(refused)
    if box:
        assert f'<div id="{box}_error">' in text(refused)
    assert draft.told["form"] == FORM


def test_a_wrong_expression_is_said_at_its_box(client, draft):
    do(client, draft, "them", kieu="computed")

    refused = change(client, draft, "cau_hoi_moi", label="Tuổi", expression="age(ten_con)")

    assert '<div id="id_expression_error">' in text(refused) and "Age cần một mục ngày" in text(refused)
    change(client, draft, "cau_hoi_moi", label="Tuổi", expression="age(ngay_sinh)")
    assert field(draft, "tuoi")["expression"] == "age(ngay_sinh)"


def test_another_type_keeps_the_words_of_the_question(client, draft):
    change(client, draft, "co_cha", type="choices")
    assert field(draft, "co_cha")["options"] == ["Có", "Không"]

    change(client, draft, "ten_con", type="person")
    assert field(draft, "ten_con") == FORM[0] | {"type": "person"}

    change(client, draft, "ngay_sinh", type="computed")  # which nobody can be obliged to answer
    assert not field(draft, "ngay_sinh")["required"]


def test_the_last_saving_is_undone_and_the_undoing_too(client, draft):
    do(client, draft, "bo", "cha")

    do(client, draft, "hoan-tac")
    assert keys(draft) == [one["key"] for one in FORM]
    do(client, draft, "hoan-tac")
    assert "cha" not in keys(draft)


def test_undoing_the_form_leaves_the_other_parts(client, draft, thu):
    do(client, draft, "bo", "cha")
    draft.refresh_from_db()
    drafts.save(draft, revision=draft.revision, changes={"keywords": "khai sinh"}, by=thu, at=timezone.now())

    do(client, draft, "hoan-tac")

    assert keys(draft) == [one["key"] for one in FORM]
    assert draft.told["keywords"] == "khai sinh"


def test_nothing_to_undo_is_said(client, draft):
    assert "chưa có lần sửa nào để hoàn tác" in text(do(client, draft, "hoan-tac"))


def test_of_two_editors_at_once_none_loses_a_word(client, draft):
    old = draft.revision
    do(client, draft, "bo", "cha")  # somebody else, meanwhile

    refused = change(client, draft, "ten_con", revision=old, label="Họ tên đầy đủ của con")
    pressed = do(client, draft, "xuong", "ten_con", revision=old)

    assert refused.status_code == pressed.status_code == 422
    assert "vừa sửa “Biểu mẫu điện tử”" in text(refused) and 'value="Họ tên đầy đủ của con"' in text(refused)
    assert keys(draft) == ["ten_con", "ngay_sinh", "co_cha"]
    assert field(draft, "ten_con")["label"] == FORM[0]["label"]
    again = change(client, draft, "ten_con", label="Họ tên đầy đủ của con")  # the page came with the newest number
    assert again.status_code == 302 and "cha" not in keys(draft)


def test_a_question_taken_away_meanwhile_gives_back_what_was_typed(client, draft):
    do(client, draft, "bo", "cha")

    answer = do(client, draft, "sua", "cha", label="Họ tên cha ruột")

    assert answer.status_code == 422
    assert "không còn trong biểu mẫu" in text(answer) and "Họ tên cha ruột" in text(answer)


def test_the_preview_is_the_real_form_may_be_tried_and_keeps_nothing(client, draft):
    do(client, draft, "them", kieu="group")

    shown = client.get(at(draft, "form_preview"))
    more = client.post(at(draft, "form_preview"), {"them-muc": "cau_hoi_moi", "cau_hoi_moi-items": ""})
    wrong = client.post(at(draft, "form_preview"), {"ten_con": ""})
    right = client.post(at(draft, "form_preview"), {"ten_con": "a", "ngay_sinh": "2020-01-01", "co_cha": "Không"})

    assert shown["X-Frame-Options"] == "SAMEORIGIN" and "frame-ancestors 'self'" in shown["Content-Security-Policy"]
    assert 'name="ten_con"' in text(shown) and "data-only-if" in text(shown) and "ui/portal" in text(shown)
    assert 'name="cau_hoi_moi-0-ho_ten"' in text(more)
    assert wrong.status_code == 422 and "Hãy điền “Họ, chữ đệm, tên của con”." in text(wrong)
    assert "Điền như vậy là hợp lệ." in text(right)
    assert f"{at(draft, 'form_preview')}?lan={draft.revision + 1}" in text(client.get(at(draft)))


def test_the_form_goes_out_and_comes_in_as_json(client, draft):
    taken = client.get(at(draft, "form_download"))
    rows = json.loads(taken.content)
    assert rows == FORM

    draft.refresh_from_db()
    sent = {"definition": json.dumps(rows[:2]), "revision": draft.revision}
    saved = client.post(at(draft, "form_json"), sent)

    assert saved.url == at(draft)
    assert keys(draft) == ["ten_con", "ngay_sinh"]


@pytest.mark.parametrize(
    ("definition", "sentence"),
    [
        ("[{", "Không đọc được JSON (dòng 1)"),
        ("[" * 100_000, "Không đọc được JSON"),
        ("{}", "phải là danh sách"),
        (
            '[{"key": "a", "type": "paper", "label": "A", "required": true, "component": "bia"}]',
            "không có giấy tờ “bia”",
        ),
    ],
)
def test_json_that_is_no_form_changes_nothing_and_stays_on_the_page(client, draft, definition, sentence):
    refused = client.post(at(draft, "form_json"), {"definition": definition, "revision": draft.revision})

    assert refused.status_code == 422 and sentence in text(refused)
    draft.refresh_from_db()
    assert draft.told["form"] == FORM


@pytest.mark.parametrize("act", ["", "nonsense", "them", "them-trong"])
def test_nonsense_changes_nothing(client, draft, act):
    answer = do(client, draft, act, "ten_con", kieu="nonsense")

    assert answer.status_code == 422
    assert client.get(f"{at(draft)}?muc=bia.dat").status_code == 422
    assert keys(draft) == [one["key"] for one in FORM]


def test_an_editor_writes_the_forms_of_their_agency_only(client, draft, thu):
    department = an_agency("Sở Tư pháp", level=Level.PROVINCE, kind=AgencyKind.DEPARTMENT)
    own = drafts.begin(a_procedure("2.000635", agency=department, level=Level.PROVINCE), by=thu, at=timezone.now())
    sign_in(client, an_editor(department))

    names = ("form", "form_preview", "form_json", "form_download")
    assert [client.get(at(own, name)).status_code for name in names] == [200] * 4
    assert [client.get(at(draft, name)).status_code for name in names] == [404] * 4


def test_every_simple_type_may_stand_in_a_group(client, draft):
    do(client, draft, "them", kieu="group")
    for kind in SIMPLE:
        assert do(client, draft, "them-trong", "cau_hoi_moi", kieu=kind).status_code == 302

    assert len(field(draft, "cau_hoi_moi")["fields"]) == 1 + len(SIMPLE)
