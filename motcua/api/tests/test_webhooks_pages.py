"""Who looks after the connections sees what was sent to which system, and sends it again."""

import pytest

from motcua.accounts.permissions import Role
from motcua.accounts.testing import an_officer, sign_in
from motcua.api import webhooks_sending
from motcua.api.models import Webhook
from motcua.api.testing import a_system
from motcua.api.webhooks_testing import a_receiver, run_posts
from motcua.dossiers.models import State
from motcua.dossiers.testing import MONDAY, a_dossier, a_one_stop
from motcua.journal.models import Entry
from motcua.journal.testing import run_jobs
from motcua.organisations.models import AgencyKind, Level, UnitKind
from motcua.organisations.testing import a_unit, an_agency

pytestmark = pytest.mark.django_db
HOME = "/van-hanh/webhook/"


@pytest.fixture
def director(client, office):
    director = an_officer(office.one_stop, Role.DIRECTOR, "Vi Thị Ngân")
    sign_in(client, director)
    return director


@pytest.fixture
def receiver():
    with a_receiver() as one:
        yield one


def listening(system, receiver):
    return Webhook.objects.get(public_id=system.post("webhooks", {"url": receiver.url}).json()["id"])


def text(answer, status=200):
    assert answer.status_code == status
    return answer.content.decode()


def test_the_log_tells_what_failed_and_it_is_sent_again(client, office, director, receiver):
    webhook = listening(a_system(agency=office.agency, name="Phần mềm hộ tịch"), receiver)
    dossier = a_dossier(office, State.ACCEPTED)
    receiver.answers = [500, 500]
    run_jobs()
    run_posts()
    webhooks_sending.give_up(MONDAY + webhooks_sending.webhooks.KEEPS_TRYING)
    failed = webhook.deliveries.order_by("pk").first()

    assert "Phần mềm hộ tịch" in text(client.get(HOME)) and "Không gửi được 2 lần liền" in text(client.get(HOME))
    log = text(client.get(f"{HOME}{webhook.public_id}/?tinh-trang=khong-gui-duoc"))
    assert log.count(dossier.code) == 2 and "Tiếp nhận hồ sơ" in log
    page = text(client.get(f"{HOME}{webhook.public_id}/{failed.public_id}/"))
    assert "500" in page and "Không được" in page and dossier.owner_name not in log + page

    answer = client.post(f"{HOME}{webhook.public_id}/{failed.public_id}/gui-lai/")
    run_posts()

    failed.refresh_from_db()
    line = Entry.objects.get(event="webhook.sent_again")
    assert answer.status_code == 302 and failed.state == "DELIVERED"
    assert (line.actor, line.facts) == (director, {"delivery": failed.pk})
    assert "Đã nhận" in text(client.get(f"{HOME}{webhook.public_id}/?tinh-trang=da-nhan"))


def test_what_still_waits_or_is_off_is_refused_with_a_sentence(client, office, director, receiver):
    webhook = listening(a_system(agency=office.agency), receiver)
    a_dossier(office, State.SUBMITTED)
    run_jobs()
    waiting = webhook.deliveries.get()

    refused = text(client.post(f"{HOME}{webhook.public_id}/{waiting.public_id}/gui-lai/"), 422)
    Webhook.objects.update(off_at=MONDAY)
    off = text(client.post(f"{HOME}{webhook.public_id}/gui-thu/"), 422)

    assert "đang chờ gửi; không cần gửi lại" in refused and "đang ngừng" in off
    assert webhook.deliveries.get() == waiting and not Entry.objects.filter(event__startswith="webhook.sent").exists()


def test_a_test_is_sent_from_the_page(client, office, director, receiver):
    webhook = listening(a_system(agency=office.agency), receiver)

    answer = client.post(f"{HOME}{webhook.public_id}/gui-thu/", follow=True)
    run_posts()

    assert "Tin gửi thử" in text(answer)
    assert [post.told["event"] for post in receiver.posts] == ["webhook.tested"]
    assert "204" in text(client.get(answer.request["PATH_INFO"]))


def test_a_long_log_goes_on_page_after_page(client, office, director, receiver, monkeypatch):
    monkeypatch.setattr("motcua.api.webhooks_views.PAGE", 2)
    webhook = listening(a_system(agency=office.agency), receiver)
    a_dossier(office, State.IN_PROGRESS)
    run_jobs()
    here = f"{HOME}{webhook.public_id}/"

    first = text(client.get(here))
    after = webhook.deliveries.order_by("-pk")[1].pk
    second = text(client.get(f"{here}?sau={after}"))

    assert f"sau={after}" in first and "Chuyển đến cơ quan giải quyết" in first
    assert "Nộp hồ sơ trực tuyến" in second and "Chuyển đến cơ quan giải quyết" not in second
    assert "Chuyển đến cơ quan giải quyết" in text(client.get(f"{here}?sau=khong&tinh-trang=la"))


def test_only_systems_of_ones_agency_are_there_and_all_of_them_at_the_province(client, office, director, receiver):
    there = a_one_stop("Ủy ban nhân dân xã Yên Thuận", code="1.001194")
    listening(a_system(agency=office.agency, name="Của xã"), receiver)
    others = listening(a_system(agency=there.agency, name="Của nơi khác"), receiver)
    partners = listening(a_system(name="Bưu điện"), receiver)
    centre = an_agency("Trung tâm Phục vụ hành chính công tỉnh", level=Level.PROVINCE, kind=AgencyKind.DEPARTMENT)
    of_the_province = an_officer(a_unit(centre, UnitKind.ONE_STOP, "Quầy"), Role.DIRECTOR, "Hà Văn Bảo")

    here = text(client.get(HOME))
    hidden = [client.get(f"{HOME}{one.public_id}/").status_code for one in (others, partners)]
    sign_in(client, of_the_province)
    province = text(client.get(HOME))

    assert "Của xã" in here and "Của nơi khác" not in here and "Bưu điện" not in here
    assert hidden == [404, 404]
    assert all(name in province for name in ("Bưu điện", "Của xã", "Của nơi khác"))
    assert client.get(f"{HOME}{others.public_id}/").status_code == 200
