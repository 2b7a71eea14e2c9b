"""The same draft on two devices: nothing is lost, and only what both changed is asked (lưu trên hai máy)."""

import re
import threading
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from motcua.accounts.testing import sign_in
from motcua.dossiers.models import Dossier, State
from motcua.journal.models import Entry
from motcua.portal.testing import ANSWERS, OWNER, begin, fill, page, text

pytestmark = pytest.mark.django_db

JSON = {"accept": "application/json"}


def seen(response):
    """The marks a page carries."""
    return unescape(re.search(r'name="da-doc" value="([^"]*)"', response.content.decode())[1])


def opened(client, name, draft):
    return {"da-doc": seen(client.get(page(name, draft)))}


@pytest.fixture
def draft(pao, office):
    """A draft with its form filled in."""
    draft = begin(pao, office)
    pao.post(page("whose", draft), {"whose": "mine"})
    pao.post(page("form", draft), ANSWERS)
    return draft


@pytest.fixture
def tablet(office, pao):
    """Another device of the same person."""
    client = Client()
    sign_in(client, office.citizen)
    return client


def save(client, draft, name, data):
    return client.post(reverse("portal:draft_save", args=[draft.public_id, name]), data, headers=JSON)


def test_different_questions_of_two_devices_are_both_kept_without_asking(pao, tablet, draft):
    phone, other = opened(pao, "form", draft), opened(tablet, "form", draft)

    first = save(tablet, draft, "form", {**ANSWERS, **other, "ten_con": "Lý Thị Mây"})
    second = pao.post(page("form", draft), {**ANSWERS, **phone, "ngay_sinh": "2023-09-30"})

    draft.refresh_from_db()
    assert (first.status_code, second.status_code) == (200, 302)
    assert draft.form == {**ANSWERS, "ten_con": "Lý Thị Mây", "ngay_sinh": "2023-09-30"}


def test_the_same_question_is_shown_with_both_answers_and_nothing_is_overwritten(pao, tablet, draft):
    phone, other = opened(pao, "form", draft), opened(tablet, "form", draft)
    save(tablet, draft, "form", {**ANSWERS, **other, "ten_con": "Lý Thị Mây"})

    mine = {**ANSWERS, **phone, "ten_con": "Lý Thị Mai", "ngay_sinh": "2023-09-30"}
    asked = pao.post(page("form", draft), mine)

    draft.refresh_from_db()
    assert asked.status_code == 409
    assert "Lý Thị Mây" in text(asked) and "Lý Thị Mai" in text(asked)
    assert draft.form == {**ANSWERS, "ten_con": "Lý Thị Mây", "ngay_sinh": "2023-09-30"}

    for choice, name in (("kia", "Lý Thị Mây"), ("nay", "Lý Thị Mai")):
        chosen = pao.post(page("form", draft), {**mine, "da-doc": seen(asked), "giu-ten_con": choice})
        draft.refresh_from_db()
        assert (chosen.status_code, draft.form["ten_con"]) == (302, name)


def test_the_draft_that_saves_itself_is_told_to_let_its_writer_choose(pao, tablet, draft):
    phone, other = opened(pao, "form", draft), opened(tablet, "form", draft)
    save(tablet, draft, "form", {**ANSWERS, **other, "ten_con": "Lý Thị Mây"})

    mine = {**ANSWERS, **phone, "ten_con": "Lý Thị Mai"}
    told = save(pao, draft, "form", mine)
    again = save(pao, draft, "form", {**mine, "da-doc": told.json()["seen"]})
    page_of_both = pao.post(page("form", draft), {**mine, "da-doc": told.json()["seen"]})

    draft.refresh_from_db()
    assert (told.status_code, again.status_code, page_of_both.status_code) == (409, 409, 409)
    assert "một máy khác vừa lưu" in told.json()["error"] and told.json()["ended"]
    assert draft.form["ten_con"] == "Lý Thị Mây"


def test_a_device_goes_on_from_what_it_has_saved_even_when_the_answer_was_lost(pao, draft):
    phone = opened(pao, "form", draft)
    save(pao, draft, "form", {**ANSWERS, **phone, "ten_con": "Lý"})

    again = save(pao, draft, "form", {**ANSWERS, **phone, "ten_con": "Lý Thị"})
    emptied = save(pao, draft, "form", {**ANSWERS, "da-doc": again.json()["seen"], "ten_con": ""})

    draft.refresh_from_db()
    assert (again.status_code, emptied.status_code) == (200, 200)
    assert "ten_con" not in draft.form


def test_what_was_cleared_on_one_device_and_changed_on_the_other_is_asked(pao, tablet, draft):
    phone, other = opened(pao, "form", draft), opened(tablet, "form", draft)
    save(tablet, draft, "form", {**ANSWERS, **other, "ten_con": ""})

    asked = pao.post(page("form", draft), {**ANSWERS, **phone, "ten_con": "Lý Thị Mai"})
    untouched = save(pao, draft, "form", {**ANSWERS, **phone})

    draft.refresh_from_db()
    assert (asked.status_code, untouched.status_code) == (409, 200)
    assert "ten_con" not in draft.form


def test_owner_and_where_the_result_goes_are_asked_as_well(pao, tablet, draft):
    pao.post(page("owner", draft), OWNER)
    phone, other = opened(pao, "owner", draft), opened(tablet, "owner", draft)
    tablet.post(page("owner", draft), {**OWNER, **other, "owner_birth_date": "1991-01-01"})
    owner = pao.post(page("owner", draft), {**OWNER, **phone, "owner_birth_date": "1990-01-09"})

    phone, other = opened(pao, "return", draft), opened(tablet, "return", draft)
    save(tablet, draft, "return", {**other, "return_by": "POST", "return_address": "Thôn Đồng Mán"})
    post = pao.post(page("return", draft), {**phone, "return_by": "POST", "return_address": "Thôn Khuổi Phát"})

    draft.refresh_from_db()
    assert (owner.status_code, post.status_code) == (409, 409)
    assert "01/01/1991" in text(owner) and "09/01/1990" in text(owner)
    assert "Thôn Đồng Mán" in text(post) and "Thôn Khuổi Phát" in text(post)
    assert draft.return_address == "Thôn Đồng Mán"


@pytest.mark.parametrize("marks", ["", "[]", "{", "[" * 9000, '{"a": 1}', '{"\\ud800": "x"}', "\x00"])
def test_marks_that_are_none_break_nothing(pao, draft, marks):
    answer = save(pao, draft, "form", {**ANSWERS, "da-doc": marks, "ten_con": "Lý Thị Mây"})

    draft.refresh_from_db()
    assert (answer.status_code, draft.form["ten_con"]) == (200, "Lý Thị Mây")


@pytest.mark.django_db(transaction=True)
def test_a_double_tap_on_two_devices_files_once(pao, tablet, office):
    draft = begin(pao, office)
    fill(pao, draft)
    together, answers = threading.Barrier(2), []

    def tap(client):
        together.wait()
        answers.append(client.post(page("submit", draft)))
        connection.close()

    taps = [threading.Thread(target=tap, args=[client]) for client in (pao, tablet)]
    for one in taps:
        one.start()
    for one in taps:
        one.join()

    filed = Dossier.objects.get()
    assert filed.state == State.SUBMITTED
    assert {answer.url for answer in answers} == {reverse("portal:filed", args=[filed.code])}
    assert Entry.objects.filter(subject=filed.subject, event="dossier.submitted").count() == 1
