"""Forms told as data: the vocabulary, the form on the screen, the answers stored and read back."""

import json
import unicodedata
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.http import QueryDict

from motcua.catalogue.forms import (
    DEFAULT_FORM,
    NAMES,
    PARTS,
    TYPES,
    WrongForm,
    answered,
    asked,
    carry,
    check,
    fields,
    form_class,
    lacking,
    questions,
    reshaped,
    said,
    with_computed,
    written,
)

SEXES = {"key": "gioi_tinh", "type": "choice", "label": "Giới tính", "required": True, "options": ["Nam", "Nữ"]}

USUAL = {
    "choice": {"options": ["Có", "Không", "Chưa rõ"]},
    "choices": {"options": ["Có", "Không", "Chưa rõ"]},
    "group": {"fields": [{"key": "ten", "type": "text", "label": "Họ và tên", "required": True}]},
    "paper": {"component": "chung_sinh"},
    "computed": {"expression": "1 + 1"},
}


def a_field(kind="text", **more):
    """One question; what is not told is ordinary."""
    for word, value in USUAL.get(kind, {}).items() if isinstance(kind, str) else ():
        more.setdefault(word, value)
    return {"key": "hoi", "type": kind, "label": "Câu hỏi", "required": False} | more


def a_form(*definition, draft=False, places="", **answers):
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
        ([a_field(fields=[])], "không hiểu fields"),
        ([a_field("person", parts=["name", "colour"])], "parts chỉ gồm các phần name, birth"),
        ([a_field("person", parts=["birth"])], "phải hỏi tên"),
        ([a_field("person", needed=["birth"])], "tên .name. luôn phải có"),
        ([a_field("person", needed=["name", "sex"])], "phần bắt buộc"),
        ([a_field("organisation", parts=["name", "birth"])], "parts chỉ gồm các phần name, code, address"),
        ([a_field("group", fields=[])], "ít nhất một mục bên trong"),
        ([a_field("group", fields="x")], "ít nhất một mục bên trong"),
        ([a_field("group", fields=["x"])], "Mục thứ 1 của biểu mẫu, trong nhóm “hoi” thiếu khóa"),
        ([a_field("group", fields=[a_field("group")])], "trong nhóm không hỏi được kiểu group"),
        ([a_field("group", fields=[a_field("person")])], "trong nhóm không hỏi được kiểu person"),
        ([a_field("group", fields=[a_field(), a_field()])], "trong nhóm “hoi”: khóa đã có"),
        ([SEXES, a_field("group", fields=[a_field(show_if={"gioi_tinh": "Nam"})])], "dựa vào một mục đứng trước"),
        ([a_field("group", min=2, max=1)], "từ min đến max"),
        ([a_field("group", max=0)], "từ min đến max"),
        ([a_field("group", max=31)], "nhiều nhất 30"),
        ([a_field("group", min="1")], "phải là số"),
        ([a_field("group", min=True)], "phải là số"),
        ([a_field("group", item="")], "tên của một mục trong nhóm"),
        ([a_field("paper", component="")], "khóa của thành phần hồ sơ"),
        ([a_field("computed", required=True)], "không thể bắt buộc"),
        ([a_field("computed", result="date")], "phải là number, money hoặc text"),
        ([a_field("computed", expression="")], "thiếu cách tính"),
        ([a_field("computed", expression=7)], "thiếu cách tính"),
        ([a_field("computed", expression="1 +")], "viết chưa đúng"),
        ([a_field("computed", expression="(" * 200)], "viết chưa đúng"),
        ([a_field("computed", expression="1" * 301)], "dài quá 300"),
        ([a_field("computed", expression="hoi + 1")], "không phải một mục đứng trước"),
        ([a_field("computed", expression="__import__('os')")], "chỉ dùng mục đứng trước"),
        ([a_field("computed", expression="2 ** 999999")], "chỉ dùng mục đứng trước"),
        ([a_field("computed", expression="True")], "chỉ nhận số và chữ"),
        ([a_field("computed", expression="[1]")], "chỉ dùng mục đứng trước"),
        ([a_field(key="ten"), a_field("computed", expression="ten.upper")], "chỉ dùng mục đứng trước"),
        ([a_field("group", key="con"), a_field("computed", expression="con")], "nói rõ phần nào của “con”"),
        ([a_field("group", key="con"), a_field("computed", expression="sum(con.ten)")], "sum cộng số"),
        ([a_field(key="ten"), a_field("computed", expression="count(ten)")], "count đếm một nhóm"),
        ([a_field(key="ten"), a_field("computed", expression="age(ten)")], "age cần một mục ngày"),
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


def test_a_paper_must_be_one_of_the_procedures():
    definition = [a_field("paper")]

    check(definition, components=["chung_sinh"])
    with pytest.raises(WrongForm, match="không có giấy tờ “chung_sinh”"):
        check(definition, components=["to_khai"])


def test_a_wrong_field_is_known_by_its_place_also_inside_a_group():
    with pytest.raises(WrongForm) as refused:
        check([a_field(), a_field("group", key="con", fields=[a_field(), a_field(label="", key="b")])])

    assert refused.value.path == (1, 1)


def test_every_type_has_its_name():
    assert set(NAMES) == set(TYPES)


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
        ("partial_date", "1952", "1952"),
        ("partial_date", "03/1952", "1952-03"),
        ("partial_date", "3-1952", "1952-03"),
        ("partial_date", "7.3.1952", "1952-03-07"),
        ("partial_date", "07/03/1952", "1952-03-07"),
        ("partial_date", "00/00/1952", "1952"),
        ("partial_date", "00/03/1952", "1952-03"),
        ("partial_date", "1952-03", "1952-03"),
        ("partial_date", "1952-03-07", "1952-03-07"),
        ("partial_date", "29/02/1952", "1952-02-29"),
        ("partial_date", " ", None),
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
        (
            "partial_date",
            "31/02/1952",
            "Ngày chưa đúng. Hãy ghi 07/03/1952, chỉ tháng và năm 03/1952, hoặc chỉ năm 1952.",
        ),
        ("partial_date", "13/1952", "Ngày chưa đúng. Hãy ghi 07/03/1952, chỉ tháng và năm 03/1952, hoặc chỉ năm 1952."),
        ("partial_date", "52", "Ngày chưa đúng. Hãy ghi 07/03/1952, chỉ tháng và năm 03/1952, hoặc chỉ năm 1952."),
        ("partial_date", "7/3/52", "Ngày chưa đúng. Hãy ghi 07/03/1952, chỉ tháng và năm 03/1952, hoặc chỉ năm 1952."),
        (
            "partial_date",
            "07/00/1952",
            "Ngày chưa đúng. Hãy ghi 07/03/1952, chỉ tháng và năm 03/1952, hoặc chỉ năm 1952.",
        ),
        (
            "partial_date",
            "1/2/3/1952",
            "Ngày chưa đúng. Hãy ghi 07/03/1952, chỉ tháng và năm 03/1952, hoặc chỉ năm 1952.",
        ),
        ("partial_date", "xưa", "Ngày chưa đúng. Hãy ghi 07/03/1952, chỉ tháng và năm 03/1952, hoặc chỉ năm 1952."),
        (
            "partial_date",
            "00/00/0000",
            "Ngày chưa đúng. Hãy ghi 07/03/1952, chỉ tháng và năm 03/1952, hoặc chỉ năm 1952.",
        ),
        ("partial_date", "١٢/1952", "Ngày chưa đúng. Hãy ghi 07/03/1952, chỉ tháng và năm 03/1952, hoặc chỉ năm 1952."),
        ("partial_date", "1852", "Năm chưa đúng. Hãy kiểm tra lại năm của ngày này."),
        ("partial_date", "9999", "Năm chưa đúng. Hãy kiểm tra lại năm của ngày này."),
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
    told = {one["field"].name: one for one in questions(form_class(FATHER)())}

    assert json.loads(told["ngay_mat"]["only_if"]) == {"cha_con_song": ["Đã mất"]}
    assert told["ngay_mat"]["told"] == "Chỉ trả lời khi bạn chọn “Đã mất” ở câu “Cha còn sống”."
    assert told["co_cha"]["only_if"] == told["co_cha"]["told"] == ""


def test_up_to_seven_options_are_buttons_and_more_a_list():
    few, many = (a_field("choice", options=[f"Mục {n}" for n in range(count)]) for count in (7, 8))

    assert 'type="radio"' in str(form_class([few])()["hoi"])
    assert "<select" in str(form_class([many])()["hoi"])


def test_a_place_is_searched_while_one_types_and_takes_any_words():
    searched = str(form_class([a_field("place")], places="/dia-danh/")()["hoi"])
    alone = str(form_class([a_field("place")])()["hoi"])

    assert 'data-places="/dia-danh/"' in searched and 'list="hoi-places"' in searched
    assert '<datalist id="hoi-places"></datalist>' in searched
    assert "datalist" not in alone


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


# A person, an organisation, a group

CHILDREN = {
    "key": "con",
    "type": "group",
    "label": "Các con",
    "required": False,
    "max": 3,
    "item": "người con",
    "fields": [
        {"key": "ten", "type": "text", "label": "Họ và tên", "required": True},
        {"key": "sinh", "type": "partial_date", "label": "Ngày sinh", "required": False},
        {"key": "di_hoc", "type": "choice", "label": "Đang đi học?", "required": False, "options": ["Có", "Không"]},
        {"key": "truong", "type": "text", "label": "Trường", "required": True, "show_if": {"di_hoc": "Có"}},
        {"key": "tro_cap", "type": "money", "label": "Trợ cấp", "required": False},
    ],
}
FATHER_HIMSELF = {"key": "cha", "type": "person", "label": "Cha", "required": False, "needed": ["name", "birth"]}


def test_a_person_is_stored_as_far_as_told():
    form = a_form(FATHER_HIMSELF, **{"cha-name": " Lý  A Pao", "cha-birth": "00/00/1952", "cha-id_number": ""})

    assert form.is_valid()
    assert form.answers() == {"cha": {"name": "Lý A Pao", "birth": "1952"}}


def test_a_person_nobody_told_of_is_nobody_and_one_half_told_of_is_asked_for_the_rest():
    nobody, half = a_form(FATHER_HIMSELF), a_form(FATHER_HIMSELF, **{"cha-id_number": "008085001234"})

    assert nobody.is_valid() and nobody.answers() == {}
    assert not half.is_valid()
    assert half.errors["cha"] == [
        "Họ, chữ đệm, tên: Hãy điền “Họ, chữ đệm, tên”.",
        "Ngày sinh: Hãy ghi ngày, hoặc tháng và năm, hoặc năm ở “Ngày sinh”.",
    ]
    assert half["cha"].own_errors() == []


def test_a_person_who_must_be_told_of_is_missed():
    form = a_form(FATHER_HIMSELF | {"required": True})

    assert not form.is_valid()
    assert form["cha"].own_errors() == ["Hãy điền “Cha”."]


def test_only_the_parts_a_form_wants_are_asked():
    told = questions(form_class([FATHER_HIMSELF | {"parts": ["name", "birth", "sex"]}])())

    assert [one["field"].name for one in told[0]["inside"]] == ["name", "birth", "sex"]
    assert {part["key"] for part in PARTS["person"]} == {"name", "birth", "sex", "nationality", "id_number", "address"}


def children(*items, numbers=None, draft=False, **more):
    """The group as a page sends it."""
    sent = {"con-items": numbers or ",".join(map(str, range(len(items))))}
    for number, item in zip(sent["con-items"].split(","), items, strict=False):
        sent |= {f"con-{number}-{key}": value for key, value in item.items()}
    return a_form(CHILDREN | more, draft=draft, **sent)


def test_a_group_is_stored_item_by_item_and_what_is_left_blank_is_no_item():
    form = children(
        {"ten": "Mai", "sinh": "2015", "tro_cap": "35.000"}, {"ten": " "}, {"ten": "Lan", "di_hoc": "Có", "truong": "A"}
    )

    assert form.is_valid()
    assert form.answers() == {
        "con": [{"ten": "Mai", "sinh": "2015", "tro_cap": 35000}, {"ten": "Lan", "di_hoc": "Có", "truong": "A"}]
    }


def test_what_is_wrong_in_a_group_is_told_with_its_item_and_at_its_place():
    form = children({"ten": "Mai", "sinh": "hôm qua"}, {"sinh": "2015", "di_hoc": "Có"})

    assert not form.is_valid()
    assert form.errors["con"] == [
        "Người con thứ 1: Ngày chưa đúng. Hãy ghi 07/03/1952, chỉ tháng và năm 03/1952, hoặc chỉ năm 1952.",
        "Người con thứ 2: Hãy điền “Họ và tên”.",
        "Người con thứ 2: Hãy điền “Trường”.",
    ]
    _number, second = form["con"].inside[1]
    assert sorted(second.errors) == ["ten", "truong"]


def test_a_group_has_its_least_and_its_most():
    few = children({"ten": "Mai"}, min=2)
    none = children({}, required=True)
    many = children(*[{"ten": f"Con {number}"} for number in range(4)])

    assert few.errors["con"] == ["Hãy khai ít nhất 2 người con."]
    assert none.errors["con"] == ["Người con thứ 1: Hãy điền “Họ và tên”."]
    assert many.errors["con"] == ["Khai nhiều nhất 3 người con ở “Các con”."]
    assert a_form(CHILDREN | {"required": True}).errors["con"] == ["Hãy khai “Các con”."]


def test_a_draft_of_a_group_keeps_what_is_right_of_each_item():
    form = children({"ten": "Mai", "sinh": "hôm qua"}, {"sinh": "2015"}, draft=True)

    assert not form.is_valid()
    assert form.kept({"con": [{"ten": "Lan", "sinh": "2011"}]}) == {"con": [{"ten": "Mai"}, {"sinh": "2015"}]}


def test_a_wrong_part_of_a_person_leaves_what_was_stored_before():
    form = a_form(FATHER_HIMSELF, draft=True, **{"cha-name": "Lý A Pao", "cha-birth": "x"})

    form.is_valid()
    assert form.kept({"cha": {"birth": "1952", "address": "cũ"}}) == {"cha": {"name": "Lý A Pao", "birth": "1952"}}


def test_one_more_item_keeps_what_was_typed_and_one_less_leaves_the_numbers_of_the_others():
    sent = QueryDict("con-items=0,1&con-0-ten=Mai&con-1-ten=Lan&them-muc=con", mutable=True)
    more = form_class([CHILDREN], draft=True)(reshaped(sent))
    sent = QueryDict("con-items=0,1&con-0-ten=Mai&con-1-ten=Lan&bo-muc=con-0", mutable=True)
    less = form_class([CHILDREN], draft=True)(reshaped(sent))

    assert [(number, form["ten"].value()) for number, form in more["con"].inside] == [(0, "Mai"), (1, "Lan"), (2, None)]
    assert [(number, form["ten"].value()) for number, form in less["con"].inside] == [(1, "Lan")]
    assert more.kept({}) == {"con": [{"ten": "Mai"}, {"ten": "Lan"}]}
    assert reshaped(QueryDict("con-items=0")) is None


@pytest.mark.parametrize("told", ["-1,x,², 1,9999", "0," * 200, "", "1;2"])
def test_forged_numbers_of_items_break_nothing(told):
    form = a_form(CHILDREN, **{"con-items": told})

    assert form.is_valid()
    assert form.answers() == {}
    assert reshaped(QueryDict("bo-muc=&them-muc=nonsense")) is not None


def test_what_is_stored_of_persons_and_groups_is_stored_the_same_again():
    definition = [CHILDREN, FATHER_HIMSELF]
    kept = {
        "con": [{"ten": "Mai", "sinh": "2015-03", "tro_cap": 35000}, {"ten": "Lan", "di_hoc": "Không"}],
        "cha": {"name": "Lý A Pao", "birth": "1952-03-07", "id_number": "008"},
    }

    again = sent_again(form_class(definition)(initial=json.loads(json.dumps(kept))))

    assert answers_to(definition, again) == kept


def sent_again(form):
    """What a browser sends back of a page left as it was."""
    sent = {}
    for one in questions(form):
        for inside in [one.get("inside", [])] + [item["questions"] for item in one.get("items", [])]:
            sent |= {two["field"].html_name: two["field"].value() for two in inside if two["field"].value() is not None}
        if one["kind"] == "group":
            sent[one["numbers_name"]] = one["numbers"]
        elif not one["kind"] and one["field"].value() is not None:
            sent[one["field"].html_name] = one["field"].value()
    return sent


def test_a_group_that_must_have_two_shows_two_and_an_optional_one_none():
    def shown_items(**more):
        return len(form_class([CHILDREN | more])()["con"].inside)

    assert [shown_items(), shown_items(required=True), shown_items(min=2)] == [0, 1, 2]


def test_the_condition_of_a_question_in_a_group_names_the_boxes_of_its_item():
    told = questions(form_class([CHILDREN])(initial={"con": [{}, {}]}, prefix="form"))[0]

    assert json.loads(told["items"][1]["questions"][3]["only_if"]) == {"form-con-1-di_hoc": ["Có"]}


def test_persons_and_groups_are_read_back_in_words():
    answers = {
        "con": [{"ten": "Mai", "sinh": "2015"}, {"ten": "Lan", "tro_cap": 35000}],
        "cha": {"name": "Pao", "birth": "1952-03"},
    }

    assert answered([CHILDREN, FATHER_HIMSELF], answers) == [
        ("Các con", "1. Họ và tên: Mai; Ngày sinh: 2015\n2. Họ và tên: Lan; Trợ cấp: 35.000 đ"),
        ("Cha", "Họ, chữ đệm, tên: Pao\nNgày sinh: 03/1952"),
    ]
    table, facts = written([CHILDREN, FATHER_HIMSELF], answers)
    assert table.head == ["Họ và tên", "Ngày sinh", "Đang đi học", "Trường", "Trợ cấp"]
    assert table.rows == [["Mai", "2015", "", "", ""], ["Lan", "", "", "", "35.000 đ"]]
    assert facts.facts == [("Họ, chữ đệm, tên", "Pao"), ("Ngày sinh", "03/1952")]


def test_what_is_lacking_is_named_inside_groups_and_persons_too():
    definition = [CHILDREN | {"min": 2}, FATHER_HIMSELF, a_field(required=True)]

    told = [what for _field, what in lacking(definition, {"con": [{"sinh": "2015"}], "cha": {"name": "Pao"}})]

    assert told == ["“Họ và tên” của người con thứ 1", "“Các con” (ít nhất 2)", "“Ngày sinh” ở “Cha”", "“Câu hỏi”"]


# Papers and what is computed


def test_a_paper_is_shown_with_what_is_there_of_it_and_nothing_is_typed():
    definition = [a_field("paper", required=True)]
    form = form_class(definition, papers={"chung_sinh": "1 tệp"})({"hoi": "tôi gõ vào"})

    assert form.is_valid() and form.answers() == {}
    assert questions(form)[0]["said"] == "1 tệp"
    assert answered(definition, {}, papers={"chung_sinh": "1 tệp"}) == [("Câu hỏi", "1 tệp")]
    assert list(lacking(definition, {})) == []  # whoever has the papers judges


SUMS = [
    a_field("money", key="gia"),
    a_field("number", key="so_luong"),
    CHILDREN,
    a_field("partial_date", key="ngay_sinh"),
    a_field("date", key="ngay_nop"),
    a_field("choices", key="muc"),
    FATHER_HIMSELF,
    a_field(key="ho_ten"),
]
TOLD = {
    "gia": 35000,
    "so_luong": "2.5",
    "con": [{"tro_cap": 1000}, {"tro_cap": 500}, {}],
    "ngay_sinh": "1952-03-07",
    "ngay_nop": "2023-03-06",
    "muc": ["Có", "Không"],
    "cha": {"birth": "1930"},
    "ho_ten": "Lý A Pao",
}


@pytest.mark.parametrize(
    ("expression", "result", "value"),
    [
        ("gia * so_luong", "money", 87500),
        ("gia * so_luong + 0.5", "number", "87500.5"),
        ("-gia / 3", "number", "-11666.666667"),
        ("gia / (so_luong - 2.5)", "number", None),
        ("gia * thieu", "number", None),
        ("sum(con.tro_cap)", "money", 1500),
        ("sum(con.tro_cap, gia)", "money", 36500),
        ("count(con)", "number", "3"),
        ("count(muc)", "number", "2"),
        ("count(con) * 100", "money", 300),
        ("age(ngay_sinh, ngay_nop)", "number", "70"),
        ("age(cha.birth, ngay_nop)", "number", "93"),
        ("join(ho_ten, 'và', muc)", "text", "Lý A Pao và Có, Không"),
        ("join(count(con), 'con')", "text", "3 con"),
        ("ho_ten", "text", "Lý A Pao"),
        ("ho_ten", "number", None),
        ("gia * 999999999999999", "number", None),
    ],
)
def test_what_is_computed(expression, result, value):
    definition = [*SUMS, a_field(key="thieu", kind="number"), a_field("computed", expression=expression, result=result)]
    check(definition)

    assert with_computed(definition, TOLD).get("hoi") == value


def test_what_a_browser_sends_for_a_computed_answer_is_not_looked_at():
    form = a_form(
        a_field("money", key="gia"), a_field("computed", expression="gia * 2", result="money"), gia="5", hoi="999"
    )

    assert form.is_valid()
    assert form.answers() == {"gia": 5, "hoi": 10}
    assert questions(form)[1]["said"] == "10 đ"
    assert said(a_field("computed", result="money"), 10) == "10 đ"


# From an older form to a newer one


def test_an_answer_goes_over_by_its_key_where_type_and_options_fit():
    before = [
        a_field(),
        SEXES,
        a_field("choices", key="muc"),
        a_field("date", key="ngay"),
        a_field("number", key="so"),
        CHILDREN,
    ]
    after = [
        a_field("long_text"),
        SEXES | {"options": ["Nam", "Nữ", "Khác"]},
        a_field("choices", key="muc", options=["Có", "Mới"]),
        a_field("partial_date", key="ngay"),
        a_field("money", key="so"),
        CHILDREN | {"fields": CHILDREN["fields"][:2]},
    ]
    answers = {
        "hoi": "a",
        "gioi_tinh": "Nữ",
        "muc": ["Có", "Không"],
        "ngay": "2020-01-02",
        "so": "1.5",
        "con": [{"ten": "Mai", "tro_cap": 1000}],
    }

    kept, left = carry(before, after, answers)

    assert kept == {"hoi": "a", "gioi_tinh": "Nữ", "muc": ["Có"], "ngay": "2020-01-02", "con": [{"ten": "Mai"}]}
    assert left == [["Câu hỏi", "Không"], ["Câu hỏi", "1,5"], ["Các con", "1. Trợ cấp: 1.000 đ"]]


def test_what_has_no_place_any_more_is_left_over_in_words():
    kept, left = carry([a_field(), SEXES], [a_field(key="khac")], {"hoi": "a", "gioi_tinh": "Nam"})

    assert kept == {}
    assert left == [["Câu hỏi", "a"], ["Giới tính", "Nam"]]


def test_an_answer_the_new_form_hides_is_left_over_too():
    kept, left = carry([a_field()], [SEXES, a_field(show_if={"gioi_tinh": "Nam"})], {"hoi": "a"})

    assert (kept, left) == ({}, [["Câu hỏi", "a"]])


def test_the_default_form_is_a_form_to_come_from_and_to_go_to():
    assert carry([], [], {"noi_dung": "a"}) == ({"noi_dung": "a"}, [])
    assert carry([], [a_field()], {"noi_dung": "a"}) == ({}, [["Bạn đề nghị giải quyết việc gì?", "a"]])
