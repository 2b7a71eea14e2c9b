"""Addresses of accounts: nothing of the sign-in library is reachable but through these."""

from django.urls import path

from .views import account, codes, e_identity, second_factor, sign_in

app_name = "accounts"

SIGN_IN = [
    path("dang-nhap/", sign_in.enter, name="sign_in"),
    path("dang-xuat/", sign_in.leave, name="sign_out"),
    path("dang-ky/", sign_in.register, name="register"),
    path("dang-nhap/ma/", codes.ask, name="ask_code"),
    path("dang-nhap/ma/nhap/", codes.enter_code, name="enter_code"),
    path("dang-nhap/ma/ten/", codes.whose_number, name="whose_number"),
    path("dang-ky/ten/", codes.open_account, name="open_account"),
    path("dang-nhap/dinh-danh/", e_identity.ask, name="e_identity"),
    path("dang-nhap/dinh-danh/tra-loi/", e_identity.answer, name="e_identity_answer"),
    path("dang-nhap/buoc-hai/", second_factor.answer, name="second_factor"),
    path("dang-nhap/khoa/", second_factor.passkey, name="sign_in_passkey"),
    path("dang-nhap/khoa/cau-hoi/", second_factor.passkey_question, name="passkey_question"),
    path("dang-nhap/khoa/tao/", second_factor.new_passkey_question, name="new_passkey_question"),
    path("dang-nhap/thiet-lap/", second_factor.set_up, name="set_up"),
    path("dang-nhap/thiet-lap/khoa/", second_factor.set_up_passkey, name="set_up_passkey"),
]

ACCOUNT = [
    path("tai-khoan/", account.show, name="account"),
    path("tai-khoan/thong-tin/", account.correct, name="correct"),
    path("tai-khoan/mat-khau/", account.change_password, name="change_password"),
    path("tai-khoan/xac-nhan/", account.confirm, name="confirm"),
    path("tai-khoan/xac-nhan/ma/", codes.confirm_by_code, name="confirm_by_code"),
    path("tai-khoan/so-dien-thoai/", account.change_address, {"kind": "phone"}, name="change_phone"),
    path("tai-khoan/thu-dien-tu/", account.change_address, {"kind": "email"}, name="change_email"),
    path("tai-khoan/so-dien-thoai/ma/", account.address_code, {"kind": "phone"}, name="phone_code"),
    path("tai-khoan/thu-dien-tu/ma/", account.address_code, {"kind": "email"}, name="email_code"),
    path("tai-khoan/ung-dung/", account.add_application, name="add_application"),
    path("tai-khoan/khoa/", account.add_passkey, name="add_passkey"),
    path("tai-khoan/buoc-hai/<int:pk>/bo/", account.remove_factor, name="remove_factor"),
    path("tai-khoan/ma-du-phong/", account.recovery_codes, name="recovery_codes"),
    path("tai-khoan/dang-xuat-moi-noi/", account.end_sessions, name="end_sessions"),
]

urlpatterns = [*SIGN_IN, *ACCOUNT]
