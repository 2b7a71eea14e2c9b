"""A system is posted what became of its dossiers: signed, at least once, for a day, and never into our own network."""

import socket
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.utils import timezone

from motcua.api import clients, webhooks, webhooks_posting, webhooks_sending
from motcua.api.models import Delivery, DeliveryAttempt, DeliveryState, KeptAnswer, Webhook
from motcua.api.tasks import post_what_is_due
from motcua.api.testing import a_system
from motcua.api.webhooks_sending import FAILS_FOR, FAILS_OFTEN, IN_A_ROW, PAUSES, RESTS
from motcua.api.webhooks_testing import BREAKS, HANGS, THINKS, a_receiver, run_posts
from motcua.dossiers import intake
from motcua.dossiers.models import State
from motcua.dossiers.testing import MONDAY, TUESDAY, a_dossier, a_one_stop, it_is
from motcua.journal.testing import events as events_of
from motcua.journal.testing import run_jobs
from motcua.messaging.models import Message

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(monkeypatch):
    """Moves on when a test says so: `clock(minutes=5)`."""
    now = MONDAY

    def on(**told):
        nonlocal now
        now += timedelta(**told)
        it_is(monkeypatch, now)
        return now

    on()
    return on


@pytest.fixture
def office(clock):
    return a_one_stop()


@pytest.fixture
def system(office):
    return a_system(agency=office.agency)


@pytest.fixture
def receiver():
    with a_receiver() as one:
        yield one


def registered(system, receiver, **told):
    answer = system.post("webhooks", {"url": receiver.url} | told)
    assert answer.status_code == 201, answer.content
    return Webhook.objects.get(public_id=answer.json()["id"]), answer.json()["secret"]


def settle():
    """The worker does what there is to do now."""
    run_jobs()
    post_what_is_due.func(0)
    run_posts()


def log(system, webhook, **asked):
    return system.get(f"webhooks/{webhook.public_id}/deliveries", **asked).json()["items"]


def attempts(system, webhook, nth=0):
    one = log(system, webhook)[nth]
    told = system.get(f"webhooks/{webhook.public_id}/deliveries/{one['id']}").json()
    return [(attempt["status"], attempt["answer"]) for attempt in told["attempts"]]


# What arrives ---------------------------------------------------------------------------------------------------------


def test_an_event_arrives_signed_and_names_no_person(office, system, receiver):
    _webhook, secret = registered(system, receiver)
    dossier = a_dossier(office, State.ACCEPTED)

    settle()

    submitted, accepted = receiver.posts
    read = system.get("events").json()["items"]
    assert [submitted.told["sequence"], accepted.told["sequence"]] == [1, 2]
    assert {name: value for name, value in accepted.told.items() if name != "id"} == read[1]
    assert accepted.path == "/nhan?tu=motcua"
    assert accepted.headers["Motcua-Delivery"] == accepted.told["id"]
    assert (accepted.headers["Motcua-Event"], accepted.headers["Content-Type"]) == (
        "dossier.accepted",
        "application/json",
    )
    assert accepted.is_signed_with(secret) and not accepted.is_signed_with("whsec_khac")
    assert f"t={int(MONDAY.timestamp())}," in accepted.headers["Motcua-Signature"]
    assert dossier.owner_name not in accepted.body.decode() and dossier.phone not in accepted.body.decode()


def test_only_what_was_asked_for_is_posted(office, system, receiver):
    registered(system, receiver, events=["dossier.accepted"])
    a_dossier(office, State.IN_PROGRESS)

    settle()

    assert [post.told["event"] for post in receiver.posts] == ["dossier.accepted"]


def test_nobody_is_posted_anothers_dossiers(office, receiver):
    partner = a_system()
    webhook, _secret = registered(partner, receiver)
    a_dossier(office, State.ACCEPTED)

    settle()

    assert receiver.posts == [] and not webhook.deliveries.exists()


def test_a_step_that_is_refused_or_rolled_back_posts_nothing(office, system, receiver):
    dossier = a_dossier(office, State.ACCEPTED)
    run_jobs()
    webhook, _secret = registered(system, receiver)

    with pytest.raises(Exception, match="Hồ sơ"):
        intake.accept(dossier, by=office.reception, at=TUESDAY)
    settle()

    assert receiver.posts == [] and not webhook.deliveries.exists()


def test_a_secret_is_told_again_only_to_who_asks_under_the_same_key(system, receiver):
    told = {"url": receiver.url}
    first = system.post("webhooks", told, idempotency_key="mot-lan")
    second = system.post("webhooks", told, idempotency_key="mot-lan")

    assert second.content == first.content and Webhook.objects.count() == 1
    assert first.json()["secret"] not in KeptAnswer.objects.get().body


def test_the_secret_is_kept_sealed_and_a_new_one_comes_with_a_day_for_both(office, system, receiver, clock):
    webhook, old = registered(system, receiver)
    new = system.post(f"webhooks/{webhook.public_id}/secret").json()["secret"]
    dossier = a_dossier(office, State.SUBMITTED, at=MONDAY - timedelta(days=1))
    settle()
    clock(hours=25)
    system = system.renewed()
    intake.accept(dossier, by=office.reception, at=TUESDAY)
    settle()

    first, last = receiver.posts
    webhook.refresh_from_db()
    assert first.is_signed_with(old) and first.is_signed_with(new)
    assert last.is_signed_with(new) and not last.is_signed_with(old)
    assert old not in webhook.former_secret and new not in webhook.secret
    assert "secret" not in system.get(f"webhooks/{webhook.public_id}").json()


def test_a_secret_sealed_with_another_key_of_the_house_signs_nothing_until_a_new_one_is_asked_for(
    office, system, receiver, settings, clock
):
    webhook, _secret = registered(system, receiver)
    settings.SECRET_KEY = "another key of the house, which protects nothing either"
    a_dossier(office, State.SUBMITTED)
    settle()
    assert receiver.posts == [] and attempts(system, webhook) == [(None, webhooks_sending.NO_SECRET)]

    new = system.post(f"webhooks/{webhook.public_id}/secret").json()["secret"]
    clock(minutes=1)
    settle()

    (post,) = receiver.posts
    assert post.is_signed_with(new)


# What does not arrive -------------------------------------------------------------------------------------------------


def test_what_was_refused_is_sent_again_later_under_the_same_name(office, system, receiver, clock):
    webhook, secret = registered(system, receiver)
    receiver.answers = [500]
    a_dossier(office, State.SUBMITTED)
    settle()
    assert log(system, webhook)[0]["state"] == "WAITING"
    run_posts()
    settle()
    assert len(receiver.posts) == 1  # not before its time

    clock(minutes=1)
    settle()

    first, second = receiver.posts
    assert first.body == second.body and first.told["id"] == second.told["id"]
    assert first.headers["Motcua-Signature"] != second.headers["Motcua-Signature"] and second.is_signed_with(secret)
    assert log(system, webhook)[0]["state"] == "DELIVERED"
    assert attempts(system, webhook) == [(500, "Không được"), (204, "")]
    webhook.refresh_from_db()
    assert (webhook.failures, webhook.failing_since, webhook.resume_at) == (0, None, None)


def test_a_receiver_that_dies_in_the_middle_gets_it_again(office, system, receiver, clock):
    webhook, _secret = registered(system, receiver)
    receiver.answers = [BREAKS]
    a_dossier(office, State.SUBMITTED)
    settle()
    clock(minutes=1)
    settle()

    assert [post.told["sequence"] for post in receiver.posts] == [1, 1]
    (broken, words), (status, _words) = attempts(system, webhook)
    assert (broken, status) == (None, 204) and "đứt" in words


def test_a_sender_killed_midway_sends_again_under_the_same_name(office, system, receiver, monkeypatch):
    webhook, _secret = registered(system, receiver)
    a_dossier(office, State.SUBMITTED)
    run_jobs()

    class Killed(BaseException):
        pass

    def killed(*_args, **_named):
        raise Killed

    with monkeypatch.context() as only_now:
        only_now.setattr(webhooks_sending, "note", killed)
        run_posts(stopped=Killed)
    assert log(system, webhook)[0]["state"] == "WAITING" and attempts(system, webhook) == [(None, "")]
    run_posts()

    assert [post.told["id"] for post in receiver.posts] == [log(system, webhook)[0]["id"]] * 2
    assert attempts(system, webhook) == [(None, ""), (204, "")]


def test_a_receiver_that_says_nothing_is_left_after_a_while(office, system, receiver, monkeypatch):
    monkeypatch.setattr(webhooks_posting, "SECONDS", 0.2)
    webhook, _secret = registered(system, receiver)
    receiver.answers = [HANGS]
    a_dossier(office, State.SUBMITTED)

    settle()

    (status, words), *_ = attempts(system, webhook)
    assert status is None and words


def test_an_answer_may_take_longer_than_the_connection(office, system, receiver, monkeypatch):
    monkeypatch.setattr(webhooks_posting, "CONNECTING", 0.1)
    webhook, _secret = registered(system, receiver)
    receiver.answers = [THINKS]
    a_dossier(office, State.SUBMITTED)

    settle()

    assert attempts(system, webhook) == [(204, "")]


def test_the_pauses_grow_and_after_a_day_it_has_failed(office, system, receiver, clock):
    webhook, _secret = registered(system, receiver)
    receiver.answers = [503] * 20
    a_dossier(office, State.SUBMITTED)
    settle()
    pauses = []
    while (delivery := webhook.deliveries.get()).state == DeliveryState.WAITING:
        pauses.append(delivery.next_at - timezone.now())
        clock(seconds=pauses[-1].total_seconds())
        Webhook.objects.update(resume_at=None)
        settle()

    assert pauses == PAUSES and sum(pauses, timedelta()) < webhooks.KEEPS_TRYING
    assert (delivery.state, len(receiver.posts)) == ("FAILED", len(PAUSES) + 1)
    assert [one["state"] for one in log(system.renewed(), webhook, state="FAILED")] == ["FAILED"]


def test_a_dead_receiver_is_let_rest_and_gets_everything_when_it_is_back(office, system, receiver, clock):
    webhook, _secret = registered(system, receiver)
    failing = IN_A_ROW + len(RESTS) - 1
    receiver.answers = [503] * failing
    dossiers = [a_dossier(office, State.SUBMITTED) for _ in range(IN_A_ROW + 2)]
    settle()
    assert len(receiver.posts) == IN_A_ROW  # the others are not tried while it rests
    for rest in RESTS[:-1]:
        clock(seconds=rest.total_seconds())
        settle()
    assert len(receiver.posts) == failing  # once after each rest

    clock(seconds=RESTS[-1].total_seconds())
    settle()

    arrived = {post.told["dossier"] for post in receiver.posts[failing:]}
    assert arrived == {dossier.code for dossier in dossiers}
    assert {one["state"] for one in log(system, webhook)} == {"DELIVERED"}


def test_what_a_receiver_cannot_stomach_keeps_nothing_else_back_and_its_own_pauses(office, system, receiver, clock):
    webhook, _secret = registered(system, receiver)
    receiver.never = {1}
    a_dossier(office, State.SUBMITTED)
    settle()
    others = [a_dossier(office, State.SUBMITTED) for _ in range(3)]
    for _minute in range(4):
        clock(minutes=1)
        settle()

    told = [post.told["sequence"] for post in receiver.posts]
    assert {2, 3, 4} <= set(told) and told.count(1) == 2  # at once, and after a minute; then not for five
    assert webhook.deliveries.get(event__number=1).state == "WAITING" and len(others) == 3


def test_what_never_had_its_turn_has_failed_after_a_day_too(office, system, receiver, clock):
    webhook, _secret = registered(system, receiver)
    receiver.answers = [503] * 9
    for _ in range(IN_A_ROW + 1):
        a_dossier(office, State.SUBMITTED)
    settle()
    clock(hours=25)
    settle()

    assert {one.state for one in webhook.deliveries.all()} == {"FAILED"}
    assert len(receiver.posts) == IN_A_ROW


def test_an_address_that_fails_for_days_is_switched_off_and_somebody_is_told(office, system, receiver, clock, settings):
    settings.MAIL = "console:"
    webhook, _secret = registered(system, receiver, contact="truc@example.vn")
    a_dossier(office, State.SUBMITTED)
    settle()
    clock(seconds=FAILS_FOR.total_seconds())
    Webhook.objects.update(failures=FAILS_OFTEN - 1, failing_since=MONDAY)
    receiver.answers = [500]
    dossier = a_dossier(office, State.SUBMITTED, at=timezone.now())
    settle()

    webhook.refresh_from_db()
    letter = Message.objects.get()
    system = system.renewed()
    assert webhook.off_at == timezone.now()
    assert events_of(system.client)[-1] == "webhook.switched_off"
    assert letter.to == "truc@example.vn" and "cursor=1," in letter.text and dossier.owner_name not in letter.text
    assert system.get(f"webhooks/{webhook.public_id}").json()["off_at"] is not None

    again = a_dossier(office, State.SUBMITTED, at=timezone.now())
    settle()
    assert again.code not in [post.told["dossier"] for post in receiver.posts]
    assert system.post(f"webhooks/{webhook.public_id}/test").status_code == 422
    assert system.post(f"webhooks/{webhook.public_id}/on").json()["off_at"] is None
    assert [one["dossier"] for one in system.get("events", cursor=1).json()["items"]] == [dossier.code, again.code]


def test_few_failures_long_apart_switch_nothing_off(office, system, receiver, clock):
    webhook, _secret = registered(system, receiver)
    receiver.answers = [500]
    a_dossier(office, State.SUBMITTED)
    settle()
    clock(days=8)
    receiver.answers = [500]
    a_dossier(office, State.SUBMITTED, at=timezone.now())
    settle()

    webhook.refresh_from_db()
    assert webhook.failures == 2 and webhook.off_at is None


def test_a_client_that_is_shut_out_is_posted_nothing(office, system, receiver):
    registered(system, receiver)
    a_dossier(office, State.SUBMITTED)
    run_jobs()
    clients.disable(system.client, by=None, at=MONDAY)
    a_dossier(office, State.SUBMITTED)

    settle()

    assert receiver.posts == []


# The log ----------------------------------------------------------------------------------------------------------------


def test_the_log_shows_each_post_a_page_at_a_time(office, system, receiver):
    webhook, _secret = registered(system, receiver)
    a_dossier(office, State.IN_PROGRESS)
    settle()

    address = f"webhooks/{webhook.public_id}/deliveries"
    page = system.get(address, limit=2).json()
    rest = system.get(address, limit=2, cursor=page["next"]).json()

    assert [one["event"] for one in page["items"] + rest["items"]] == [
        "dossier.handed_to_agency",
        "dossier.accepted",
        "dossier.submitted",
    ]
    assert rest["next"] is None
    assert system.get(address, state="FAILED").json()["items"] == []


def test_what_failed_or_arrived_may_be_sent_again(office, system, receiver):
    webhook, _secret = registered(system, receiver)
    a_dossier(office, State.SUBMITTED)
    settle()
    one = log(system, webhook)[0]

    answer = system.post(f"webhooks/{webhook.public_id}/deliveries/{one['id']}/again")
    waiting = system.post(f"webhooks/{webhook.public_id}/deliveries/{one['id']}/again")
    settle()

    assert (answer.status_code, answer.json()["state"]) == (202, "WAITING")
    assert (waiting.status_code, waiting["Content-Type"]) == (422, "application/problem+json")
    assert [post.told["id"] for post in receiver.posts] == [one["id"], one["id"]]
    assert events_of(system.client).count("webhook.sent_again") == 1


def test_a_test_arrives_and_tells_nothing(system, receiver):
    webhook, secret = registered(system, receiver)

    answer = system.post(f"webhooks/{webhook.public_id}/test")
    settle()

    (post,) = receiver.posts
    assert answer.status_code == 202
    assert post.told == {"id": answer.json()["id"], "event": "webhook.tested", "sequence": None, "at": post.told["at"]}
    assert post.is_signed_with(secret)


def test_what_arrived_is_forgotten_after_thirty_days_and_what_failed_after_ninety(office, system, receiver, clock):
    webhook, _secret = registered(system, receiver)
    a_dossier(office, State.ACCEPTED)
    run_jobs()
    webhook.deliveries.update(state="DELIVERED", next_at=None, ended_at=MONDAY)
    first = webhook.deliveries.order_by("pk").first()
    Delivery.objects.filter(pk=first.pk).update(state="FAILED")

    webhooks_sending.forget(MONDAY + timedelta(days=30))
    assert webhook.deliveries.count() == 2
    webhooks_sending.forget(MONDAY + timedelta(days=31))
    assert webhook.deliveries.get() == first
    webhooks_sending.forget(MONDAY + timedelta(days=91))
    assert not webhook.deliveries.exists()


def test_one_system_knows_nothing_of_anothers_addresses(office, system, receiver):
    webhook, _secret = registered(system, receiver)
    a_dossier(office, State.SUBMITTED)
    settle()
    delivery = webhook.deliveries.get()
    stranger = a_system()

    address = f"webhooks/{webhook.public_id}"
    asked = [
        stranger.get(address),
        stranger.get(f"{address}/deliveries"),
        stranger.get(f"{address}/deliveries/{delivery.public_id}"),
        stranger.post(f"{address}/deliveries/{delivery.public_id}/again"),
        stranger.post(f"{address}/secret"),
        stranger.post(f"{address}/test"),
        stranger.post(f"{address}/on"),
        stranger.delete(address),
    ]

    assert {one.status_code for one in asked} == {404}
    assert stranger.get("webhooks").json() == []
    assert Webhook.objects.get() == webhook


def test_an_address_is_removed_with_its_log_and_there_are_not_more_than_ten(office, system, receiver):
    webhook, _secret = registered(system, receiver)
    a_dossier(office, State.SUBMITTED)
    settle()
    assert system.delete(f"webhooks/{webhook.public_id}").status_code == 204
    assert not Webhook.objects.exists() and not DeliveryAttempt.objects.exists()

    for _ in range(webhooks.MOST):
        registered(system, receiver)
    answer = system.post("webhooks", {"url": receiver.url})

    assert (answer.status_code, Webhook.objects.count()) == (422, webhooks.MOST)
    assert events_of(system.client).count("webhook.registered") == webhooks.MOST + 1


# Never into our own network -------------------------------------------------------------------------------------------

INSIDE = [
    "127.0.0.1",
    "127.9.9.9",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "198.18.0.1",
    "192.0.2.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "::ffff:10.0.0.1",
    "::ffff:8.8.8.8",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd12:3456::1",
    "2002:a00:1::1",
    "2001::1",
    "64:ff9b::a00:1",
    "ff02::1",
]


@pytest.mark.parametrize("number", INSIDE)
def test_no_machine_of_our_own_network_is_posted_to(number):
    assert not webhooks_posting.may_be_posted_to(number)


@pytest.mark.parametrize("number", ["8.8.8.8", "203.162.4.190", "2400:cb00::1"])
def test_a_machine_of_the_public_network_may_be_posted_to(number):
    assert webhooks_posting.may_be_posted_to(number)
    assert not webhooks_posting.may_be_posted_to(number, secure=False)


@pytest.mark.parametrize(
    "url",
    [
        "http://nhan.example.vn/",
        "ftp://nhan.example.vn/",
        "https:///nhan",
        "https://lan:matkhau@nhan.example.vn/",
        "https://nhan.example.vn/#manh",
        "https://nhan.example.vn:22/",
        "https://nhan.example.vn:80/",
        "https://nhan.example.vn:khong/",
        "https://nhan example.vn/",
        "https://nhan.example.vn/a b",
        "https://nhan.example.vn\\@10.0.0.1/",
        "https://nhan.example.vn/\r\nX-Y: z",
        "https://[::1/",
        "https://-a.vn/",
        f"https://nhan.example.vn/{'a' * 500}",
    ],
)
def test_only_a_whole_https_address_is_taken(url):
    with pytest.raises(webhooks_posting.NotAnAddress):
        webhooks_posting.parse(url)


def test_an_address_is_read_apart():
    assert webhooks_posting.parse("https://nhan.example.vn") == (True, "nhan.example.vn", 443, "/")
    assert webhooks_posting.parse("https://nhận.example.vn:8443/a?b=c") == (
        True,
        "nhận.example.vn".encode("idna").decode(),
        8443,
        "/a?b=c",
    )


def names(monkeypatch, *answers):
    """What the name means, the first time, the second time…"""
    told = list(answers)

    def look_up(host, port, **_named):
        numbers = told.pop(0) if len(told) > 1 else told[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, port)) for number in numbers]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


@pytest.mark.parametrize("numbers", [["10.0.0.5"], ["8.8.8.8", "10.0.0.5"], ["169.254.169.254"]])
def test_a_name_that_means_a_machine_of_ours_is_refused_at_once(system, monkeypatch, numbers):
    names(monkeypatch, numbers)

    answer = system.post("webhooks", {"url": "https://nhan.example.vn/"})

    assert (answer.status_code, answer.json()["type"]) == (422, "urn:motcua:not-public")
    assert not Webhook.objects.exists() and "webhook.registered" not in events_of(system.client)


def test_a_name_that_nobody_knows_is_refused(system, monkeypatch):
    def unknown(*_args, **_named):
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", unknown)

    answer = system.post("webhooks", {"url": "https://nhan.example.vn/"})

    assert (answer.status_code, answer.json()["type"]) == (422, "urn:motcua:not-found")


def test_a_name_that_comes_to_mean_a_machine_of_ours_leads_nowhere(office, system, monkeypatch, receiver, settings):
    names(monkeypatch, ["8.8.8.8"], ["127.0.0.1"])
    settings.WEBHOOKS_LOCAL = False
    answer = system.post("webhooks", {"url": f"https://nhan.example.vn:{receiver.server_port}/"})
    webhook = Webhook.objects.get(public_id=answer.json()["id"])
    a_dossier(office, State.SUBMITTED)

    settle()

    assert receiver.posts == []
    assert attempts(system, webhook) == [(None, str(webhooks_posting.NotPublic()))]


def test_no_redirect_is_followed(office, system, receiver):
    webhook, _secret = registered(system, receiver)
    receiver.answers = [307]
    a_dossier(office, State.SUBMITTED)

    settle()

    assert len(receiver.posts) == 1
    assert attempts(system, webhook)[0][0] == 307 and log(system, webhook)[0]["state"] == "WAITING"


def a_certificate(folder):
    """For 127.0.0.1, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "may-chu.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


def test_a_certificate_nobody_vouches_for_is_posted_nothing_and_a_known_one_is(
    office, system, tmp_path, monkeypatch, clock
):
    file = a_certificate(tmp_path)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(file)
    with a_receiver(tls) as receiver:
        webhook, secret = registered(system, receiver)
        a_dossier(office, State.SUBMITTED)
        settle()
        assert receiver.posts == []
        assert attempts(system, webhook) == [(None, "Chứng chỉ của máy chủ nhận không hợp lệ.")]

        known = ssl.create_default_context(cafile=str(file))
        monkeypatch.setattr(ssl, "create_default_context", lambda: known)
        clock(minutes=1)
        settle()

    (post,) = receiver.posts
    assert post.is_signed_with(secret) and post.headers["Host"] == f"127.0.0.1:{receiver.server_port}"
