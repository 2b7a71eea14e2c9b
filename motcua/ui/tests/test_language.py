"""Vietnamese first; English by choice."""

import pytest
from django.conf import settings

pytestmark = pytest.mark.django_db


def spoken(client, **headers):
    return client.get("/ui/", headers=headers).headers["Content-Language"]


def test_a_phone_that_speaks_english_is_answered_in_vietnamese(client):
    assert spoken(client, accept_language="en-US,en;q=0.9") == "vi"


def test_who_chose_english_gets_english_until_they_choose_again(client):
    client.post("/ngon-ngu/", {"language": "en", "next": "/ui/"})
    assert spoken(client) == "en"

    client.post("/ngon-ngu/", {"language": "vi", "next": "/ui/"})
    assert spoken(client) == "vi"


def test_the_choice_is_read_by_no_script_and_told_to_nobody_else(client):
    chosen = client.post("/ngon-ngu/", {"language": "en", "next": "/ui/"}).cookies[settings.LANGUAGE_COOKIE_NAME]

    assert chosen["httponly"] and chosen["samesite"] == "Lax"


def test_a_language_nobody_offers_is_vietnamese(client):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "xx"

    assert spoken(client) == "vi"
