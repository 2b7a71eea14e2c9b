"""People search, see why something was found, and say when it was not what they need."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from motcua.catalogue import feedback
from motcua.catalogue.models import SearchFeedback
from motcua.catalogue.testing import a_procedure, a_synonym

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_has_said_anything_yet():
    cache.clear()


@pytest.fixture
def catalogue():
    a_procedure("1.001193", name="Đăng ký khai sinh", process=False)
    a_procedure("1.012783", name="Cấp đổi Giấy chứng nhận quyền sử dụng đất", process=False)


def search(client, text, **more):
    return client.get(reverse("portal:search"), {"q": text}, **more).content.decode()


def tell(client, text, wanted="", **more):
    return client.post(reverse("portal:missing"), {"q": text, "can": wanted}, follow=True, **more)


def test_each_result_says_why_it_is_there(client, catalogue):
    a_synonym("bìa đỏ", "giấy chứng nhận quyền sử dụng đất")

    assert "khớp tên" in search(client, "khai sinh")
    assert "khớp mã thủ tục" in search(client, "1.001193")
    assert "“bìa đỏ” = giấy chứng nhận quyền sử dụng đất" in search(client, "bìa đỏ")
    assert "sửa “khia” thành “khai”" in search(client, "khia sinh")


def test_and_says_it_in_english(client, catalogue):
    page = search(client, "khia sinh", headers={"accept-language": "en"}, HTTP_COOKIE="django_language=en")

    assert "“khia” read as “khai”" in page
    assert "Not what I need" in page


def test_what_was_not_found_is_told_and_thanked_for(client, catalogue):
    answer = tell(client, "Khai sinh", "Đổi tên cho con")

    (kept,) = SearchFeedback.objects.all()
    assert (kept.typed, kept.wanted, kept.shown, kept.times) == ("khai sinh", "Đổi tên cho con", ["1.001193"], 1)
    assert answer.redirect_chain == [("/tim-kiem/?q=Khai+sinh", 302)]
    assert "Cảm ơn bạn" in answer.content.decode()


def test_it_can_be_told_where_nothing_was_found(client):
    assert "Không phải cái tôi cần" in search(client, "khongcogi")

    tell(client, "khongcogi")

    assert SearchFeedback.objects.get().shown == []


def test_the_same_of_the_same_day_is_counted_on_one_line(client, catalogue):
    for wanted in ("", "đổi tên", "đổi tên"):
        tell(client, "khai sinh", wanted)

    (kept,) = SearchFeedback.objects.all()
    assert (kept.times, kept.wanted) == (3, "đổi tên")


def test_another_day_is_another_line(catalogue):
    now = timezone.now()
    for at in (now - timedelta(days=1), now):
        feedback.tell("khai sinh", wanted="", shown=[], at=at)

    assert SearchFeedback.objects.count() == 2


def test_a_day_keeps_only_so_many_lines(monkeypatch):
    monkeypatch.setattr(feedback, "A_DAY", 2)
    now = timezone.now()

    told = [feedback.tell(f"việc {n}", wanted="", shown=[], at=now) for n in range(3)]

    assert told[2] is None
    assert SearchFeedback.objects.count() == 2


def test_one_network_tells_only_so_much_an_hour_and_is_told_so(client):
    for n in range(30):
        tell(client, f"việc {n}")

    answer = tell(client, "việc nữa")

    assert SearchFeedback.objects.count() == 30
    assert "ý kiến này chưa được ghi" in answer.content.decode()
    assert "Kết quả cho “việc nữa”" in answer.content.decode()


@pytest.mark.parametrize("typed", ["", "   ", "\0"])
def test_nothing_typed_is_nothing_told(client, typed):
    tell(client, typed)

    assert not SearchFeedback.objects.exists()


def test_what_is_too_long_is_cut(client):
    tell(client, "dài " * 200, "x" * 2000)

    kept = SearchFeedback.objects.get()
    assert len(kept.typed) <= 200 and len(kept.wanted) == 500


def test_only_a_form_of_ours_is_heard(catalogue, client):
    assert client.get(reverse("portal:missing")).status_code == 405
