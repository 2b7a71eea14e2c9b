"""Forms told as data: the vocabulary, the form on the screen, the answers stored and read back."""

import json
import unicodedata
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.http import QueryDict

from motcua.catalogue.forms import DEFAULT_FORM, TYPES, WrongForm, answered, asked, check, fields, form_class, said

SEXES = {"key": "gioi_tinh", "type": "choice", "label": "Giới tính", "required": True, "options": ["Nam", "Nữ"]}


def a_field(kind="text", **more):
    """One question; what is not told is ordinary."""
    if kind in ("choice", "choices"):
        more.setdefault("options", ["Có", "Không", "Chưa rõ"])
    return {"key": "hoi", "type": kind, "label": "Câu hỏi", "required": False} | more


def a_form(*definition, draft=False, places=(), **answers):
    """The form as a person sends it."""
    sent = QueryDict(mutable=True)
    for key, value in answers.items():
        sent.setlist(key, value if isinstance(value, list) else [value])
    return form_class(list(definition), draft=draft, places=places)(sent)


def stored(kind, typed, **more):
    """What is stored for one answer; an error is told as its sentence."""
    form = a_form(a_field(kind, **more), hoi=typed)
    if not form.is_valid():
        return form.errors["hoi"][0]
    return form.answers().get("hoi")


def shown_again(kind, value):
    """What stands in the field when a stored answer is opened again."""
    return form_class([a_field(kind)])(initial={"hoi": value})["hoi"].value()


# The vocabulary


def test_every_type_may_be_asked():
    check([a_field(kind, key=f"hoi_{kind}") for kind in TYPES])


def test_the_default_form_keeps_to_the_vocabulary_and_serves_who_has_none():
    check(DEFAULT_FORM)
    assert fields([]) == fields(None) == DEFAULT_FORM


@pytest.mark.parametrize(
    ("definition", "sentence"),
    [
        ("x", "phải là danh sách"),
        ([a_field(key=f"k{n}") for n in range(101)], "không quá 100 mục"),
        (["x"], "Mục thứ 1 của biểu mẫu thiếu khóa"),
        ([{"type": "text"}], "thiếu khóa"),
        ([a_field(key="Tên")], "Mục “Tên” của biểu mẫu: khóa chỉ gồm chữ thường"),
        ([a_field(key="1a")], "khóa chỉ gồm"),
        ([a_field(key="a" * 61)], "khóa chỉ gồm"),
        ([a_field(), a_field()], "khóa đã có"),
        ([a_field(colour="red", size=1)], "không hiểu colour, size"),
        ([a_field("file")], "không có kiểu file"),
        ([a_field(type=["text"])], "không có kiểu"),
        ([a_field(label="")], "thiếu nhãn"),
        ([a_field(label=7)], "thiếu nhãn"),
        ([a_field(label=unicodedata.normalize("NFD", "Giới tính"))], "thiếu nhãn"),
        ([a_field(required="yes")], "không rõ có bắt buộc"),
        ([a_field(help=7)], "lời hướng dẫn"),
        ([a_field(options=["a", "b"])], "không có lựa chọn"),
        ([a_field("choice", options=["một"])], "ít nhất hai lựa chọn"),
        ([a_field("choice", options="ab")], "ít nhất hai lựa chọn"),
        ([a_field("choice", options=["a", 2])], "ít nhất hai lựa chọn"),
        ([a_field("choice", options=["a", "a"])], "lựa chọn trùng nhau"),
        ([a_field("choice", options=["a|b", "c"])], "không được có dấu |"),
        ([a_field(show_if="x")], "phải ghi mục và lựa chọn"),
        ([a_field(show_if={"gioi_tinh": "Nữ"})], "phải dựa vào một mục đứng trước"),
        ([a_field(show_if={"hoi": "Nữ"})], "phải dựa vào một mục đứng trước"),
        ([SEXES, a_field(show_if={"gioi_tinh": "Khác"})], "phải là một lựa chọn"),
        ([SEXES, a_field(show_if={"gioi_tinh": ["Nữ", {}]})], "phải là một lựa chọn"),
        ([SEXES, a_field(show_if={"gioi_tinh": {}})], "phải là một lựa chọn"),
        ([SEXES, a_field(show_if={"gioi_tinh": []})], "phải là một lựa chọn"),
        ([a_field(key="ten"), a_field(show_if={"ten": "x"})], "phải là một lựa chọn"),
    ],
)
def test_what_is_outside_the_vocabulary_is_refused_and_named(definition, sentence):
    with pytest.raises(WrongForm, match=sentence.replace("|", r"\|")):
        check(definition)


@pytest.mark.parametrize("key", ["draft", "definition", "clean", "answers", "errors", "data", "fields"])
def test_a_question_may_have_any_key(key):
    form = form_class([a_field(key=key, required=True)])({key: "đúng"})

    assert form.is_valid()
    assert form.answers() == {key: "đúng"}


# What is stored


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("text", "  Hoàng  Thị Mai ", "Hoàng Thị Mai"),
        ("text", unicodedata.normalize("NFD", "Nguyễn Thị Ế"), "Nguyễn Thị Ế"),
        ("text", "vui 😀👍🏽 vẻ", "vui 😀👍🏽 vẻ"),
        ("text", "a\0b", "ab"),
        ("text", "a\r\nb", "a b"),
        ("text", "   ", None),
        ("text", "<b>&amp;", "<b>&amp;"),
        ("long_text", "một\r\n\r\n  hai  \0\n", "một\n\nhai"),
        ("place", " Thôn Khuổi Phát,  xã Hùng Đức ", "Thôn Khuổi Phát, xã Hùng Đức"),
        ("number", "120", "120"),
        ("number", "85,5", "85.5"),
        ("number", "85.5", "85.5"),
        ("number", "1.250", "1250"),
        ("number", "1.250,75", "1250.75"),
        ("number", "0.125", "0.125"),
        ("number", "0,125", "0.125"),
        ("number", "1 250", "1250"),
        ("number", "-3", "-3"),
        ("number", "0", "0"),
        ("number", "100", "100"),
        ("number", "2,50", "2.5"),
        ("number", "007", "7"),
        ("money", "35000", 35000),
        ("money", "35.000", 35000),
        ("money", "35.000 đ", 35000),
        ("money", "35,000đ", 35000),
        ("money", "1.250.000 đồng", 1250000),
        ("money", "0", 0),
        ("date", "05/09/2021", "2021-09-05"),
        ("date", "2021-09-05", "2021-09-05"),
        ("date", "5-9-2021", "2021-09-05"),
        ("date", "5.9.2021", "2021-09-05"),
        ("choice", "Có", "Có"),
        ("choices", ["Có", "Chưa rõ"], ["Có", "Chưa rõ"]),
        ("choices", [], None),
        ("phone", "0912 345 678", "0912345678"),
        ("phone", "+84 912.345.678", "0912345678"),
        ("phone", "(0207) 3822-456", "02073822456"),
    ],
)
def test_an_answer_is_stored_in_one_spelling(kind, typed, kept):
    assert stored(kind, typed) == kept


@pytest.mark.parametrize(
    ("kind", "typed", "sentence"),
    [
        ("text", "a" * 501, "Dài quá 500 ký tự; hãy viết ngắn lại."),
        ("long_text", "a" * 5001, "Dài quá 5000 ký tự; hãy viết ngắn lại."),
        ("place", "a" * 251, "Dài quá 250 ký tự; hãy viết ngắn lại."),
        ("number", "mười", "Hãy ghi một số, dùng dấu phẩy cho phần lẻ. Ví dụ: 120 hoặc 85,5."),
        ("number", "1e9", "Hãy ghi một số, dùng dấu phẩy cho phần lẻ. Ví dụ: 120 hoặc 85,5."),
        ("number", "NaN", "Hãy ghi một số, dùng dấu phẩy cho phần lẻ. Ví dụ: 120 hoặc 85,5."),
        ("number", "1,2,3", "Hãy ghi một số, dùng dấu phẩy cho phần lẻ. Ví dụ: 120 hoặc 85,5."),
        ("number", "9" * 20, "Số này lớn quá. Hãy kiểm tra lại."),
        ("money", "-5", "Hãy ghi số tiền bằng đồng, không có phần lẻ. Ví dụ: 35.000."),
        ("money", "0,5", "Hãy ghi số tiền bằng đồng, không có phần lẻ. Ví dụ: 35.000."),
        ("money", "$5", "Hãy ghi số tiền bằng đồng, không có phần lẻ. Ví dụ: 35.000."),
        ("date", "31/02/2021", "Ngày chưa đúng. Hãy ghi ngày/tháng/năm, ví dụ 05/09/2021."),
        ("date", "hôm qua", "Ngày chưa đúng. Hãy ghi ngày/tháng/năm, ví dụ 05/09/2021."),
        ("date", "05/09/0021", "Năm chưa đúng. Hãy kiểm tra lại năm của ngày này."),
        ("date", "05/09/9021", "Năm chưa đúng. Hãy kiểm tra lại năm của ngày này."),
        ("date", "2021-09-05\0", "Ngày chưa đúng. Hãy ghi ngày/tháng/năm, ví dụ 05/09/2021."),
        ("choice", "Có thể", "Hãy chọn một mục trong danh sách."),
        ("choice", "Có\0", "Hãy chọn một mục trong danh sách."),
        ("choices", ["Có", "Có thể"], "Hãy chọn các mục trong danh sách."),
        ("phone", "912345678", "Số điện thoại gồm 10 hoặc 11 chữ số, bắt đầu bằng 0. Ví dụ: 0912 345 678."),
        ("phone", "chín một hai", "Số điện thoại gồm 10 hoặc 11 chữ số, bắt đầu bằng 0. Ví dụ: 0912 345 678."),
    ],
)
def test_a_wrong_answer_is_told_what_would_be_right(kind, typed, sentence):
    assert stored(kind, typed) == sentence


def test_the_longest_answers_fit():
    for kind, longest in (("text", 500), ("long_text", 5000), ("place", 250)):
        assert len(stored(kind, "ế" * longest)) == longest


def test_what_is_stored_is_json_and_is_stored_the_same_again():
    definition = [a_field(kind, key=f"hoi_{kind}") for kind in TYPES]
    typed = {
        "hoi_number": "85,5",
        "hoi_money": "35.000",
        "hoi_date": "05/09/2021",
        "hoi_choices": ["Có"],
        "hoi_text": "Đ",
    }
    kept = json.loads(json.dumps(answers_to(definition, typed)))

    opened = form_class(definition)(initial=kept)
    again = answers_to(definition, {key: opened[key].value() for key in kept})

    assert again == kept


def answers_to(definition, typed):
    form = a_form(*definition, **typed)
    assert form.is_valid(), form.errors
    return form.answers()


# What is asked


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("text", "Hãy điền “Câu hỏi”."),
        ("choice", "Hãy chọn “Câu hỏi”."),
        ("choices", "Hãy chọn ít nhất một mục ở “Câu hỏi”."),
        ("date", "Hãy ghi ngày ở “Câu hỏi”."),
        ("money", "Hãy điền “Câu hỏi”."),
    ],
)
def test_a_required_question_left_open_is_told(kind, sentence):
    form = a_form(a_field(kind, required=True))

    assert not form.is_valid()
    assert form.errors["hoi"] == [sentence]


def test_a_wrong_answer_is_told_once():
    form = a_form(a_field("date", required=True), hoi="hôm qua")

    assert len(form.errors["hoi"]) == 1


def test_nothing_is_nothing_but_zero_is_an_answer():
    assert a_form(a_field("money", required=True), hoi="0").is_valid()
    assert not a_form(a_field("money", required=True), hoi=" ").is_valid()


def test_a_draft_may_leave_everything_open_but_not_wrong():
    definition = [a_field(required=True), a_field("date", key="ngay", required=True)]

    assert a_form(*definition, draft=True).is_valid()
    assert list(a_form(*definition, draft=True, ngay="hôm qua").errors) == ["ngay"]


FATHER = [
    {"key": "co_cha", "type": "choice", "label": "Khai cả phần cha?", "required": True, "options": ["Có", "Không"]},
    {"key": "cha", "type": "text", "label": "Họ tên cha", "required": True, "show_if": {"co_cha": "Có"}},
    {
        "key": "cha_con_song",
        "type": "choice",
        "label": "Cha còn sống?",
        "required": True,
        "options": ["Còn", "Đã mất"],
        "show_if": {"co_cha": "Có"},
    },
    {"key": "ngay_mat", "type": "date", "label": "Ngày mất", "required": True, "show_if": {"cha_con_song": "Đã mất"}},
]


def test_a_hidden_question_is_neither_required_nor_stored():
    form = a_form(*FATHER, co_cha="Không", cha="Lý A Pao", cha_con_song="Đã mất", ngay_mat="hôm qua")

    assert form.is_valid()
    assert form.answers() == {"co_cha": "Không"}


def test_a_shown_question_is_required():
    form = a_form(*FATHER, co_cha="Có", cha_con_song="Đã mất")

    assert sorted(form.errors) == ["cha", "ngay_mat"]


def test_a_question_behind_a_hidden_question_is_hidden_too():
    answers = {"co_cha": "Không", "cha_con_song": "Đã mất", "ngay_mat": "2020-01-01"}

    assert [field["key"] for field in asked(FATHER, answers)] == ["co_cha"]


def test_a_question_waits_for_all_its_conditions():
    definition = [
        SEXES,
        a_field("choices", key="muc"),
        a_field(show_if={"gioi_tinh": "Nữ", "muc": ["Có", "Không"]}, required=True),
    ]

    assert a_form(*definition, gioi_tinh="Nữ", muc=["Chưa rõ"]).is_valid()
    assert a_form(*definition, gioi_tinh="Nam", muc=["Có"]).is_valid()
    assert not a_form(*definition, gioi_tinh="Nữ", muc=["Chưa rõ", "Không"]).is_valid()


# On the screen


@pytest.mark.parametrize(
    ("kind", "value", "seen"),
    [
        ("number", "85.5", "85,5"),
        ("number", "1250", "1250"),
        ("number", "0.125", "0,125"),
        ("number", "1.125", "1,125"),
        ("number", "-3", "-3"),
        ("number", None, None),
        ("money", 35000, "35.000"),
        ("money", 0, "0"),
        ("money", None, None),
        ("date", "2021-09-05", "2021-09-05"),
        ("text", "Đơn", "Đơn"),
    ],
)
def test_a_stored_answer_is_shown_as_people_write_it(kind, value, seen):
    assert shown_again(kind, value) == seen


@pytest.mark.parametrize("kept", ["85.5", "1250", "0.125", "1.125", "1250.125", "-0.5", "999", "1000000"])
def test_opening_and_sending_again_changes_no_number(kept):
    assert stored("number", shown_again("number", kept)) == kept


@pytest.mark.parametrize("kept", [0, 999, 1000, 35000, 1250000])
def test_opening_and_sending_again_changes_no_sum(kept):
    assert stored("money", shown_again("money", kept)) == kept


@pytest.mark.parametrize(
    ("kind", "typed"), [("number", "85.5"), ("number", "1.2.3"), ("money", "35,0"), ("text", " a ")]
)
def test_what_was_typed_wrong_is_shown_again_as_it_was_typed(kind, typed):
    assert a_form(a_field(kind), hoi=typed)["hoi"].value() == typed


def test_the_browser_is_told_what_is_shown_when():
    html = form_class(FATHER)()["ngay_mat"].as_widget()

    assert 'data-show-if="cha_con_song"' in html
    assert 'data-show-values="Đã mất"' in html


def test_up_to_seven_options_are_buttons_and_more_a_list():
    few, many = (a_field("choice", options=[f"Mục {n}" for n in range(count)]) for count in (7, 8))

    assert 'type="radio"' in str(form_class([few])()["hoi"])
    assert "<select" in str(form_class([many])()["hoi"])


def test_a_place_suggests_the_communes_and_takes_any_words():
    html = str(form_class([a_field("place")], places=["Xã Hùng Đức", 'Xã "<Mới>"'])()["hoi"])

    assert '<datalist id="hoi-places"><option value="Xã Hùng Đức">' in html
    assert "&lt;Mới&gt;" in html
    assert 'list="hoi-places"' in html


def test_a_required_question_says_so_to_a_screen_reader():
    html = str(form_class([a_field(required=True)])()["hoi"])

    assert 'aria-required="true"' in html
    assert " required" not in html  # the server asks, in our words


def test_a_label_cannot_bring_in_markup():
    form = form_class([a_field(label="<script>x</script>", help="<i>")])()

    assert "<script>" not in form.as_p()


# Read back


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("text", "Hoàng Thị Mai", "Hoàng Thị Mai"),
        ("date", "2021-09-05", "05/09/2021"),
        ("money", 1250000, "1.250.000 đ"),
        ("money", 0, "0 đ"),
        ("number", "85.5", "85,5"),
        ("number", "1250.125", "1.250,125"),
        ("number", "-1250", "-1.250"),
        ("choices", ["Có", "Chưa rõ"], "Có; Chưa rõ"),
        ("choices", [], ""),
        ("text", None, ""),
    ],
)
def test_an_answer_is_read_back_in_words(kind, value, words):
    assert said(a_field(kind), value) == words


def test_only_what_was_asked_and_answered_is_read_back():
    answers = {"co_cha": "Có", "cha": "Lý A Pao", "cha_con_song": "Còn", "ngay_mat": "2020-01-01", "gone": "x"}

    assert answered(FATHER, answers) == [
        ("Khai cả phần cha?", "Có"),
        ("Họ tên cha", "Lý A Pao"),
        ("Cha còn sống?", "Còn"),
    ]


def test_a_birthday_a_century_away_is_still_a_day():
    far = date.today() + timedelta(days=36_000)

    assert stored("date", far.isoformat()) == far.isoformat()
    assert Decimal(stored("number", "3,14")) == Decimal("3.14")
