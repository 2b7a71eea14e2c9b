"""Drafts nobody has saved for long: reminded of twice, then thrown away with notice (bản nháp bị bỏ quên)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from motcua.accounts.testing import a_citizen, sign_in
from motcua.dossiers import informing, intake
from motcua.dossiers.models import Dossier, PaperFile
from motcua.dossiers.testing import MONDAY, a_dossier, a_draft, it_is
from motcua.messaging.models import Message, Purpose
from motcua.portal import forgotten
from motcua.portal.models import DraftReminder, ForgottenDraft
from motcua.portal.testing import page, text

pytestmark = pytest.mark.django_db


def after(days):
    return MONDAY + timedelta(days=days)


def told():
    return list(Message.objects.filter(purpose=Purpose.DRAFT).order_by("pk").values_list("text", flat=True))


@pytest.fixture
def sms(settings):
    settings.SMS = "console:"


def test_a_draft_is_reminded_of_twice_and_then_thrown_away_with_its_papers(office, sms):
    a_draft(office)
    seen = []

    for day in range(1, 32):
        forgotten.work(after(day))
        forgotten.work(after(day))  # a job may run twice
        seen.append((day, len(told()), Dossier.objects.count()))

    assert [now for before, now in zip([(0, 0, 1), *seen], seen, strict=False) if before[1:] != now[1:]] == [
        (7, 1, 1),
        (23, 2, 1),
        (30, 3, 0),
    ]
    assert not PaperFile.objects.exists() and not DraftReminder.objects.exists()
    assert "Từ ngày 22/11/2023" in told()[0] and "/giu-lai/" in told()[0] and "đã được bỏ" in told()[2]
    assert not any(word in " ".join(told()) for word in ("Lý", "Giàng", office.version.name))


def test_a_worker_that_slept_throws_nothing_away_untold(office, sms):
    a_draft(office)

    forgotten.work(after(100))
    forgotten.work(after(115))
    assert (len(told()), Dossier.objects.count()) == (1, 1)
    forgotten.work(after(116))
    forgotten.work(after(122))
    assert (len(told()), Dossier.objects.count()) == (2, 1)
    forgotten.work(after(123))

    assert (len(told()), Dossier.objects.count()) == (3, 0)


def test_saving_or_keeping_begins_the_count_anew(pao, office, monkeypatch):
    saved, kept = a_draft(office), a_draft(office)
    forgotten.work(after(7))
    forgotten.work(after(23))
    intake.save(saved, by=office.citizen, at=after(24))
    it_is(monkeypatch, after(24))

    shown = pao.get(page("keep", kept))
    pao.post(page("keep", kept))
    forgotten.work(after(30))
    listed = pao.get(reverse("portal:mine"))

    assert "22/11/2023" in text(shown)
    assert Dossier.objects.count() == 2
    assert "Lâu chưa lưu" not in text(listed)


def test_who_has_no_way_to_be_told_reads_it_in_the_list(pao, office, monkeypatch):
    draft = a_draft(office)
    forgotten.work(after(7))
    it_is(monkeypatch, after(8))
    warned = text(pao.get(reverse("portal:mine")))

    forgotten.work(after(23))
    forgotten.work(after(30))
    it_is(monkeypatch, after(31))
    gone = text(pao.get(reverse("portal:mine")))
    it_is(monkeypatch, after(61))
    forgotten.work(after(61))

    assert "từ ngày 22/11/2023 bản nháp này được bỏ" in warned and page("keep", draft) in warned
    assert "Bản nháp đã bỏ" in gone and "bỏ ngày 22/11/2023" in gone
    assert "Bản nháp đã bỏ" not in text(pao.get(reverse("portal:mine"))) and not ForgottenDraft.objects.exists()


def test_who_has_chosen_to_hear_nothing_of_drafts_is_sent_nothing(office, sms):
    informing.choose(office.citizen, [("result", "SMS")])
    a_draft(office)

    forgotten.work(after(7))

    assert told() == [] and DraftReminder.objects.count() == 1


def test_nobody_keeps_another_persons_draft_and_what_is_filed_is_left_alone(client, office):
    draft, filed = a_draft(office), a_dossier(office)
    sign_in(client, a_citizen())
    answer = client.post(page("keep", draft))
    for day in (200, 220, 240):
        forgotten.work(after(day))

    assert answer.status_code == 404
    assert list(Dossier.objects.values_list("pk", flat=True)) == [filed.pk]
