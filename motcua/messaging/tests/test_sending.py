"""Messages to telephones and mailboxes, with a real gateway and a real mail server."""

from datetime import datetime, timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.test import override_settings
from procrastinate.contrib.django.models import ProcrastinateJob

from motcua.messaging import routes, sending
from motcua.messaging.models import Channel, Message, Purpose
from motcua.messaging.sending import send
from motcua.messaging.testing import mailboxes, run_deliveries, telephones
from motcua.worktime.calendar import VIETNAM

pytestmark = pytest.mark.django_db

NOW = datetime(2021, 12, 30, 9, 0, tzinfo=VIETNAM)
LAN = "0912345678"


def to_lan(text="Hồ sơ của bạn đã được tiếp nhận.", **told):
    return send(Channel.SMS, LAN, text, **({"purpose": Purpose.DOSSIER, "about": "dossier:7", "at": NOW} | told))


def waiting():
    return ProcrastinateJob.objects.filter(task_name="messaging.deliver", status="todo").count()


def test_a_message_reaches_the_telephone_once():
    with telephones() as company:
        message = to_lan()
        run_deliveries()
        sending.deliver(message.pk, at=NOW)

    message.refresh_from_db()
    assert [(told["to"], told["text"]) for told in company.received] == [(LAN, "Ho so cua ban da duoc tiep nhan.")]
    assert company.received[0]["id"] == company.headers[0]["Idempotency-Key"]
    assert company.headers[0]["Authorization"] == "Bearer khoa bi mat"
    assert message.sent_at and message.attempts == 1 and message.answer == "202 ok"


def test_a_letter_reaches_the_mailbox():
    with mailboxes() as boxes:
        message = send(
            Channel.EMAIL, "lan@example.vn", "Đã có kết quả.", title="Hồ sơ của bạn", purpose=Purpose.DOSSIER, at=NOW
        )
        run_deliveries()

    message.refresh_from_db()
    letter = boxes.letters[0]
    assert (letter["To"], letter["Subject"]) == ("lan@example.vn", "Hồ sơ của bạn")
    assert letter.get_content().strip() == "Đã có kết quả." and message.sent_at


def test_what_a_step_took_back_is_not_sent():
    with telephones() as company:
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            to_lan()
            raise ZeroDivisionError

        assert waiting() == 0 and not Message.objects.exists() and not company.received


def test_without_a_gateway_nothing_is_sent_and_the_row_says_so():
    message = to_lan()

    assert not sending.reaches(Channel.SMS)
    assert message.failed_at == NOW and message.answer == sending.NOT_SET_UP and waiting() == 0


def test_a_gateway_in_trouble_is_asked_again_until_it_is_given_up():
    with telephones() as company:
        company.answers = [503, 500]
        message = to_lan()
        for _ in range(2):
            with pytest.raises(sending.NotSent) as trouble:
                sending.deliver(message.pk, at=NOW)
        sending.deliver(message.pk, at=NOW)
        given_up = to_lan()
        company.answers = [503] * sending.ATTEMPTS
        for _ in range(sending.ATTEMPTS - 1):
            with pytest.raises(sending.NotSent):
                sending.deliver(given_up.pk, at=NOW)
        sending.deliver(given_up.pk, at=NOW)
        sending.deliver(given_up.pk, at=NOW)

    message.refresh_from_db(), given_up.refresh_from_db()
    assert LAN not in str(trouble.value)  # what goes into the log names nobody
    assert message.sent_at and message.attempts == 3
    assert given_up.failed_at and given_up.attempts == sending.ATTEMPTS and given_up.answer == "503 no"
    assert len(company.received) == 1


def test_a_number_nobody_has_is_not_tried_again():
    with telephones() as company, mailboxes() as boxes:
        company.answers = [422]
        message = to_lan()
        letter = send(Channel.EMAIL, boxes.unknown, "…", title="…", purpose=Purpose.DOSSIER, at=NOW)
        run_deliveries()

    message.refresh_from_db(), letter.refresh_from_db()
    assert message.failed_at and message.answer == "422 no"
    assert letter.failed_at and letter.answer == "550 no such mailbox"


def test_nobody_is_flooded_and_no_purpose_shuts_another_out():
    with telephones():
        codes = [to_lan("Mã", purpose=Purpose.CODE, at=NOW + timedelta(minutes=n)) for n in range(22)]
        other = to_lan()
        tomorrow = to_lan("Mã", purpose=Purpose.CODE, at=NOW + timedelta(days=1, minutes=30))

    assert [bool(code.failed_at) for code in codes] == [False] * 20 + [True] * 2
    assert codes[-1].answer == sending.TOO_MANY
    assert not other.failed_at and not tomorrow.failed_at


def test_a_code_is_readable_nowhere_once_it_went_and_does_not_go_late():
    with telephones() as company:
        gone = to_lan("Mã của bạn: 123456", purpose=Purpose.CODE)
        late = to_lan("Mã của bạn: 654321", purpose=Purpose.CODE, good_until=NOW + timedelta(minutes=10))
        sending.deliver(gone.pk, at=NOW)
        sending.deliver(late.pk, at=NOW + timedelta(minutes=10))

    gone.refresh_from_db(), late.refresh_from_db()
    assert [told["text"] for told in company.received] == ["Ma cua ban: 123456"]
    assert gone.text == late.text == "" and late.answer == sending.TOO_LATE


def test_texts_are_kept_for_ninety_days_and_rows_for_a_year():
    with telephones():
        message = to_lan()
    sending.forget(NOW + timedelta(days=89))
    kept = Message.objects.get().text
    sending.forget(NOW + timedelta(days=91))

    message.refresh_from_db()
    assert kept and message.text == "" and message.to == LAN
    sending.forget(NOW + timedelta(days=366))
    assert not Message.objects.exists()


def test_who_leaves_takes_their_address_along():
    with telephones() as company:
        gone, of_another = to_lan(), send(Channel.SMS, "0987654321", "…", purpose=Purpose.DOSSIER, at=NOW)
        run_deliveries()
        waiting_still = to_lan()

        sending.forget_receiver(LAN, "", at=NOW)
        run_deliveries()

    for message in (gone, waiting_still, of_another):
        message.refresh_from_db()
    assert (gone.to, gone.text) == (waiting_still.to, waiting_still.text) == ("", "") and of_another.to
    assert waiting_still.answer == sending.GONE and len(company.received) == 2


@pytest.mark.parametrize("wrong", ["gateway.example.vn", "ftp://gateway/", "https:///path"])
def test_a_wrong_address_of_the_gateway_explains_itself(wrong):
    with pytest.raises(ImproperlyConfigured, match="MOTCUA_SMS_URL"):
        routes.gateway(wrong)


@override_settings(SMS="console:")
def test_a_developer_may_look_at_messages_in_the_log(caplog):
    to_lan()
    run_deliveries()

    assert "tiếp nhận" in caplog.text and Message.objects.get().sent_at
