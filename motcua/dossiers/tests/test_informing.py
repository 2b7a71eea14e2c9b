"""Short messages to the people of a dossier: once, as they chose, with its code and nothing about them."""

from datetime import timedelta

import pytest

from motcua.accounts.models import Person
from motcua.accounts.testing import a_citizen
from motcua.dossiers import apologies, closures, conversation, informing, listeners, watching
from motcua.dossiers.models import Informed, Mandate, MandateScope, State
from motcua.dossiers.testing import MONDAY, TUESDAY, a_dossier, a_one_stop, a_walk_in, it_is
from motcua.journal.models import Entry
from motcua.journal.recording import LISTENERS
from motcua.journal.testing import run_jobs
from motcua.messaging.models import Channel, Message, Purpose
from motcua.messaging.routes import unmarked
from motcua.messaging.testing import run_deliveries, telephones

FACTS_OF_PEOPLE = ("Lý A Pao", "123456", "Khuổi Phát", "Ly A Pao")


@pytest.fixture
def office(db, monkeypatch, settings):
    it_is(monkeypatch, MONDAY)
    settings.SMS = settings.MAIL = "console:"
    settings.ADDRESS = "https://motcua.tuyenquang.gov.vn"
    return a_one_stop()


def told(**where):
    """What a telephone shows of them."""
    rows = Message.objects.filter(purpose=Purpose.DOSSIER, **where).order_by("pk")
    return [unmarked(text) for text in rows.values_list("text", flat=True)]


def test_a_life_in_messages(office):
    dossier = a_dossier(office, State.RETURNED)
    run_jobs()

    filed, accepted, ready = told(to=office.citizen.phone, channel=Channel.SMS)

    follow = f"https://motcua.tuyenquang.gov.vn/tra-cuu/?ma={dossier.code}"
    assert filed == f"Da nhan ho so {dossier.code}. Bo phan Mot cua tra loi truoc 09:30 24/10/2023. Xem: {follow}"
    assert accepted == f"Ho so {dossier.code} da duoc tiep nhan, hen tra ket qua 10:00 30/10/2023. Xem: {follow}"
    assert ready.startswith(f"Ho so {dossier.code} da co ket qua. Moi ban mang giay to tuy than den noi da nop")


def test_a_date_moved_by_a_closure_is_told(office):
    a_dossier(office)
    run_jobs()
    before = len(told())
    day = (MONDAY + timedelta(days=2)).date()

    declared = closures.declare(
        office.agency, first=day, last=day, reason="Bão", legal_basis="CĐ 12", by=office.leader, at=TUESDAY
    )
    closures.lay_out(declared, at=TUESDAY)
    run_jobs()

    assert len(told()) == before + 1
    assert "doi hen tra den 10:00 31/10/2023 vi dong cua theo quyet dinh" in told()[-1]


def test_of_two_dates_a_closure_moved_the_one_that_holds_is_told(office):
    dossier = a_dossier(office)
    renewed = dossier.due_at + timedelta(days=1)
    apologies.draft(dossier, reason="Chờ.", renewed_due_at=renewed, by=office.officer, at=TUESDAY)
    apologies.sign(dossier, by=office.leader, at=TUESDAY)
    run_jobs()
    before = len(told())
    day = (MONDAY + timedelta(days=3)).date()

    declared = closures.declare(
        office.agency,
        first=day,
        last=day,
        reason="Bão",
        legal_basis="CĐ 12",
        by=office.leader,
        at=TUESDAY + timedelta(hours=1),
    )
    closures.lay_out(declared, at=TUESDAY + timedelta(hours=1))
    run_jobs()

    assert len(told()) == before + 1
    assert "doi hen tra den 10:00 01/11/2023" in told()[-1]


@pytest.mark.parametrize(
    ("state", "says"),
    [
        (State.AWAITING_APPLICANT, "can ban bo sung den het ngay 02/11/2023"),
        (State.AWAITING_PAYMENT, "cho ban nop tien"),
        (State.REFUSED, "khong duoc tiep nhan"),
        (State.STOPPED, "da dung giai quyet"),
    ],
)
def test_what_waits_for_them_and_what_ended_is_told(office, state, says):
    a_dossier(office, state)
    run_jobs()

    assert says in told()[-1]


def test_an_apology_a_standstill_and_an_answer_are_told(office):
    dossier = a_dossier(office)
    apologies.draft(dossier, reason="Bão.", renewed_due_at=MONDAY + timedelta(days=9), by=office.officer, at=TUESDAY)
    apologies.sign(dossier, by=office.leader, at=TUESDAY)
    conversation.write(dossier, text="Bao giờ?", by=office.citizen, at=TUESDAY)
    conversation.answer(dossier, text="Mai.", by=office.officer, at=TUESDAY)
    watching.watch(TUESDAY + timedelta(days=6))
    run_jobs()

    sorry, answered, still = told()[-3:]
    assert "xin loi ban" in sorry and "hen lai 09:00 01/11/2023" in sorry
    assert "da tra loi tin nhan cua ban" in answered
    assert "chua co dien bien moi" in still


def test_every_message_is_short_plain_and_tells_nothing_of_the_person(office):
    for state in State:
        if state != State.DRAFT:
            a_dossier(office, state)
    run_jobs()

    texts = told()

    assert len(texts) > 20
    assert all(text.isascii() and len(text) <= 306 for text in texts)  # two parts of a long message
    assert not [text for text in texts for fact in FACTS_OF_PEOPLE if fact in text.replace(office.citizen.phone, "")]


def test_told_again_it_is_sent_once(office):
    a_dossier(office, State.ACCEPTED)
    run_jobs()
    before = told()

    for entry in Entry.objects.filter(event__in=informing.KIND_OF):
        listeners.tell_people(entry)

    assert told() == before and Informed.objects.count() == 2


def test_what_is_no_longer_so_is_not_told(office):
    dossier = a_dossier(office, State.AWAITING_APPLICANT)
    dossier.supplement_requests.update(answered_at=TUESDAY)

    run_jobs()

    assert not [text for text in told() if "bo sung" in text]


def test_without_account_the_dossiers_telephone_is_used_and_without_one_its_mailbox(office):
    a_walk_in(office, phone="0977000111", email="may@example.vn")
    a_walk_in(office, phone="", email="may@example.vn")
    a_walk_in(office, phone="", email="")
    run_jobs()

    assert [(one.channel, one.to) for one in Message.objects.order_by("pk")] == [
        (Channel.SMS, "0977000111"),
        (Channel.EMAIL, "may@example.vn"),
    ]
    letter = Message.objects.get(channel=Channel.EMAIL)
    assert letter.title.startswith("Đã tiếp nhận: hồ sơ ") and "đã được tiếp nhận" in letter.text
    # Nobody has proved these addresses: whoever reads them there learns a code and a date.
    for one in Message.objects.all():
        assert not any(fact in one.title + one.text for fact in (*FACTS_OF_PEOPLE, office.version.name))


def test_the_account_chooses_for_each_kind_and_way(office):
    Person.objects.filter(pk=office.citizen.pk).update(email="pao@example.vn")
    person = Person.objects.get(pk=office.citizen.pk)
    assert informing.wanted(person)["accepted", "SMS"] and not informing.wanted(person)["accepted", "EMAIL"]

    informing.choose(person, [("accepted", "EMAIL"), ("result", "SMS"), ("result", "EMAIL")])
    a_dossier(office, State.READY)
    run_jobs()

    assert [(one.channel, one.title.partition(":")[0]) for one in Message.objects.order_by("pk")] == [
        (Channel.EMAIL, "Đã tiếp nhận"),
        (Channel.SMS, "Có kết quả"),
        (Channel.EMAIL, "Có kết quả"),
    ]


def test_who_gave_the_mandate_is_told_of_what_their_agent_does(office):
    dossier, giver = a_dossier(office), a_citizen("Lý Thị Mẩy")
    dossier.mandate = Mandate.objects.create(
        owner_name=giver.full_name,
        owner_id_number="008185000111",
        owner_account=giver,
        agent_name=office.citizen.full_name,
        agent_id_number="008085000222",
        agent_account=office.citizen,
        scope=MandateScope.ALL,
        valid_from=MONDAY.date(),
        recorded_by=giver,
        recorded_at=MONDAY,
    )
    dossier.save(update_fields=["mandate"])
    run_jobs()

    assert {one.to for one in Message.objects.all()} == {giver.phone, office.citizen.phone}


def test_whoever_has_left_is_sent_nothing(office):
    a_dossier(office, State.ACCEPTED)
    Person.objects.filter(pk=office.citizen.pk).update(is_active=False)

    run_jobs()

    assert told() == []


def test_a_house_that_sends_nothing_writes_nothing(office, settings):
    settings.SMS = settings.MAIL = ""

    a_dossier(office, State.ACCEPTED)
    run_jobs()

    assert not Message.objects.exists() and not Informed.objects.exists()


def test_it_really_arrives_and_the_page_can_say_so(office):
    dossier = a_dossier(office, State.SUBMITTED)
    with telephones() as company:
        run_jobs()
        assert informing.sent(dossier)[0].state == "waiting"
        run_deliveries()

    (one,) = informing.sent(dossier)
    assert [received["to"] for received in company.received] == [office.citizen.phone]
    assert (one.kind, one.channel, one.state, one.at) == ("submitted", "SMS", "sent", MONDAY)
    assert one.to == f"{office.citizen.phone[:2]}•••••{office.citizen.phone[-3:]}"


@pytest.mark.parametrize(
    ("whole", "shown"),
    [("0912345678", "09•••••678"), ("pao@example.vn", "p•••@example.vn"), ("113", "•••"), ("", "")],
)
def test_an_address_is_never_shown_whole(whole, shown):
    assert informing.masked(whole) == shown


def test_every_line_there_are_words_for_is_listened_to():
    heard = {event for event, those in LISTENERS.items() if listeners.tell_people in those}

    assert heard == informing.KIND_OF.keys()
