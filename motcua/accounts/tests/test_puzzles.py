"""Who tries often from one address pays a small sum for each further try; without scripts one waits instead."""

from itertools import count
from types import SimpleNamespace

import pytest

from motcua.accounts import attempts, puzzles
from motcua.accounts.testing import PASSWORD


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """As a browser would, only sooner."""
    monkeypatch.setattr(puzzles, "BITS", 9)


def solution(puzzle):
    return next(str(number) for number in count() if puzzles.solved(puzzle, str(number)))


def enter(client, login="0911999999", password="sai mật khẩu rồi", **more):
    return client.post("/dang-nhap/", {"login": login, "password": password, **more})


@pytest.fixture
def asked(client, db):
    """The puzzle one gets after fifteen wrong passwords from one address."""
    for number in range(15):
        assert enter(client, f"0911{number:06d}").status_code == 422
    answer = enter(client)
    assert answer.status_code == 429
    return answer.context["puzzle"]


def test_the_first_tries_are_free_and_a_further_one_has_a_puzzle_that_keeps_what_was_typed(client, asked):
    answer = enter(client, "0912 345 678", "mật khẩu của tôi", next="/ho-so-cua-toi/")
    page = answer.content.decode()

    assert 'name="login" value="0912 345 678"' in page and 'name="next" value="/ho-so-cua-toi/"' in page
    assert 'name="password" value="mật khẩu của tôi"' in page and "no-store" in answer["Cache-Control"]
    assert "giây rồi bấm “Gửi tiếp”" in page


def test_a_solved_puzzle_is_good_for_one_try(client, asked):
    solved = {"puzzle": asked, "solution": solution(asked)}

    assert enter(client, **solved).status_code == 422
    again = enter(client, **solved)

    assert again.status_code == 429
    assert again.context["puzzle"] != asked


def test_a_puzzle_does_not_spare_the_wait_after_too_many_failures(client, asked):
    for _ in range(5):
        answer = enter(client)
        answer = enter(client, puzzle=answer.context["puzzle"], solution=solution(answer.context["puzzle"]))
        assert answer.status_code == 422

    assert "vì an toàn hãy chờ" in enter(client).content.decode()


@pytest.mark.parametrize("wrong", ["", "x", "-1", "999999999999999999", "²"])
def test_a_wrong_solution_opens_nothing(client, asked, wrong):
    answer = enter(client, puzzle=asked, solution=wrong)

    assert answer.status_code == 429
    assert answer.context["puzzle"] == asked


@pytest.mark.parametrize("wrong", ["", "x", "password.x:1:y", "a:b:c:d"])
def test_a_puzzle_of_ones_own_making_opens_nothing(client, asked, wrong):
    assert enter(client, puzzle=wrong, solution=solution(wrong)).status_code == 429


def test_a_puzzle_of_another_door_or_of_an_hour_ago_opens_nothing(client, asked, monkeypatch):
    other = puzzles.new("following")
    assert enter(client, puzzle=other, solution=solution(other)).status_code == 429

    now = puzzles.time.time()
    monkeypatch.setattr("django.core.signing.time", SimpleNamespace(time=lambda: now + puzzles.HOLDS + 60))
    assert enter(client, puzzle=asked, solution=solution(asked)).status_code == 429


def test_without_scripts_one_waits_half_a_minute_one_person_at_a_time(client, asked, monkeypatch):
    another = enter(client).context["puzzle"]
    early = enter(client, puzzle=asked)
    assert early.status_code == 429 and early.context["puzzle"] == asked

    now = puzzles.time.time()
    monkeypatch.setattr(puzzles, "time", SimpleNamespace(time=lambda: now + puzzles.WAIT + 1))

    assert enter(client, puzzle=asked).status_code == 422
    assert enter(client, puzzle=another).status_code == 429
    assert enter(client, puzzle=asked).status_code == 429


def test_another_address_is_not_asked(client, asked, pao):
    response = client.post("/dang-nhap/", {"login": pao.phone, "password": PASSWORD}, REMOTE_ADDR="198.51.100.4")

    assert response.status_code == 302


def test_a_page_read_without_end_asks_to_wait_and_says_how_long(client, db, monkeypatch):
    monkeypatch.setitem(attempts.READ, "catalogue", "2/h/ip")
    bound = attempts.bounded("catalogue")(lambda request: SimpleNamespace(status_code=200))
    request = SimpleNamespace(META={"REMOTE_ADDR": "192.0.2.1"}, headers={}, method="GET")

    assert [bound(request).status_code for _ in range(2)] == [200, 200]
    with pytest.raises(attempts.TooManyRequests) as refused:
        bound(request)

    assert "hãy chờ" in str(refused.value).lower() and 0 < refused.value.seconds <= 3600


def test_a_browser_solves_the_puzzle_by_itself(page, live_server, transactional_db, monkeypatch):
    monkeypatch.setattr(attempts, "PUZZLED", {"password": 0})
    page.goto(f"{live_server.url}/dang-nhap/")

    page.get_by_label("Số điện thoại").fill("0912 345 678")
    page.locator("#id_password").fill("sai mật khẩu rồi")
    with page.expect_response(lambda answer: answer.status == 429):
        page.get_by_role("button", name="Đăng nhập").click()

    page.get_by_role("alert").filter(has_text="chưa đúng").wait_for()
    assert page.get_by_label("Số điện thoại").input_value() == "0912 345 678"
