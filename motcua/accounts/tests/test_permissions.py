"""Who may do what, and that the words agree with the table."""

import pytest

from motcua.accounts.permissions import ROLES, Can, Role, public, requires, requires_account, table
from motcua.accounts.testing import an_officer, sign_in
from motcua.accounts.urls import urlpatterns
from motcua.organisations.testing import a_unit, an_agency


def test_every_role_is_in_the_table():
    assert set(ROLES) == set(Role)


def test_every_act_may_be_done_by_somebody():
    assert set().union(*ROLES.values()) == set(Can)


def test_the_table_in_words_says_what_the_table_says():
    told = dict(table())

    assert list(told) == [role.label for role in Role]
    assert told["Giám đốc Trung tâm"] == [
        "Xem hồ sơ thuộc phạm vi được giao",
        "Giao việc, chuyển người thụ lý",
        "Cho phép yêu cầu bổ sung lần nữa",
        "Trả lời câu hỏi của người dân về lượt xem hồ sơ",
        "Phân công người thay khi cán bộ của mình vắng",
        "Xem bảng lãnh đạo của cơ quan",
        "Công bố ngày đóng cửa của cơ quan mình theo quyết định",
        "Đăng ký, khóa hệ thống kết nối; xem, gửi lại tin báo",
    ]
    assert "Phê duyệt kết quả" in told["Lãnh đạo cơ quan"]
    assert [role for role, acts in told.items() if "Tiếp nhận hồ sơ" in acts] == ["Cán bộ một cửa"]


def test_a_view_says_who_may_enter():
    def view(request): ...

    assert requires(Can.RECEIVE)(view).permission == (Can.RECEIVE,)
    assert requires_account(view).permission == "citizen"
    assert public(view).permission == "public"


def test_every_page_of_accounts_says_who_may_enter():
    assert all(hasattr(pattern.callback, "permission") for pattern in urlpatterns)


def test_a_citizen_may_not_enter_the_counter(client, pao):
    sign_in(client, pao, second_factor=True)

    assert client.get("/motcua/").status_code == 403


def test_a_visitor_is_asked_to_sign_in(client, db):
    assert client.get("/motcua/")["Location"] == "/dang-nhap/?next=/motcua/"


@pytest.mark.parametrize(("role", "may"), [(Role.LEADER, True), (Role.RECEPTION_OFFICER, False)])
def test_an_officer_enters_what_their_role_allows(client, db, role, may):
    sign_in(client, an_officer(a_unit(an_agency()), role))

    assert client.get("/motcua/cho-ky/").status_code == (200 if may else 403)
