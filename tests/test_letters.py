"""Where letters go is one variable that explains itself."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from motcua.config.settings import mail


def test_without_a_mail_server_nothing_is_sent():
    assert mail("")["EMAIL_BACKEND"] == "django.core.mail.backends.dummy.EmailBackend"


def test_letters_may_be_looked_at_only():
    assert mail("console:")["EMAIL_BACKEND"] == "django.core.mail.backends.console.EmailBackend"


def test_a_server_is_told_with_name_password_and_sender():
    told = mail("smtp://motcua:m%40t%20kh%E1%BA%A9u@thu.tinh.gov.vn?from=motcua@tinh.gov.vn")

    assert (told["EMAIL_HOST"], told["EMAIL_PORT"]) == ("thu.tinh.gov.vn", 587)
    assert (told["EMAIL_HOST_USER"], told["EMAIL_HOST_PASSWORD"]) == ("motcua", "m@t khẩu")
    assert (told["EMAIL_USE_TLS"], told["EMAIL_USE_SSL"]) == (True, False)
    assert told["DEFAULT_FROM_EMAIL"] == "motcua@tinh.gov.vn"


def test_tls_is_left_out_on_this_machine_or_when_told_and_from_the_first_byte_with_smtps():
    assert not mail("smtp://127.0.0.1:25")["EMAIL_USE_TLS"]
    assert not mail("smtp://thu.tinh.gov.vn?tls=0")["EMAIL_USE_TLS"]
    told = mail("smtps://thu.tinh.gov.vn")
    assert (told["EMAIL_PORT"], told["EMAIL_USE_SSL"], told["EMAIL_USE_TLS"]) == (465, True, False)


@pytest.mark.parametrize("wrong", ["thu.tinh.gov.vn", "https://thu.tinh.gov.vn", "smtp:", "smtp://"])
def test_a_wrong_address_explains_itself(wrong):
    with pytest.raises(ImproperlyConfigured, match="MOTCUA_MAIL_URL chưa đúng"):
        mail(wrong)
