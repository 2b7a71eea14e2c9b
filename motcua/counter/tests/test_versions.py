"""Two versions of a paper beside each other, and what cannot be done told calmly."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from playwright.sync_api import expect

from motcua.counter.testing import address, at_the_desk
from motcua.dossiers.models import PaperFile, State
from motcua.dossiers.testing import TUESDAY, a_dossier, a_stored_file
from motcua.files import storing

from .test_browser import sit_down  # noqa: F401
from .test_dossier_page import PNG


def text(response):
    return response.content.decode()


def replaced(dossier, office, *, picture=False):
    """The first paper was sent again: the old file and the new one."""
    old = dossier.papers.first().files.get()
    old.replaced_at = TUESDAY
    old.save()
    content = storing.store(ContentFile(PNG, name="moi.png"), at=TUESDAY) if picture else a_stored_file(b"%PDF-1.4 b")
    if picture:
        old.file = storing.store(ContentFile(PNG + b" ", name="cu.png"), at=TUESDAY)
        old.save()
    new = PaperFile.objects.create(
        paper=old.paper, file=content, name="moi", added_at=TUESDAY + timedelta(minutes=1), added_by=office.citizen
    )
    return old, new


@pytest.mark.usefixtures("monday")
def test_a_paper_sent_again_is_compared_with_the_one_before(office):
    dossier = a_dossier(office, State.IN_PROGRESS)
    old, new = replaced(dossier, office)
    desk = at_the_desk(office.officer)

    page = text(desk.get(f"{address(dossier)}?tep={new.pk}"))
    compared = text(desk.get(f"{address(dossier)}?tep={new.pk}&voi={old.pk}"))
    of_the_old = text(desk.get(f"{address(dossier)}?tep={old.pk}"))

    way = f'href="?tep={new.pk}&amp;voi={old.pk}" data-key="="'
    assert way in page
    assert "So với bản trước" in page
    assert way in of_the_old
    assert "So với bản mới" in of_the_old
    for file in (old, new):
        assert f'src="{address(dossier, "paper_file", file.pk)}#' in compared
    assert compared.index("Bản trước, nộp") < compared.index("Bản mới, nộp")
    assert "Thôi so sánh" in compared


@pytest.mark.usefixtures("monday")
def test_nothing_is_compared_where_nothing_was_replaced_or_the_other_is_elsewhere(office):
    dossier, other = a_dossier(office, State.IN_PROGRESS), a_dossier(office, State.IN_PROGRESS)
    old, new = replaced(dossier, office)
    stranger = other.papers.first().files.get()
    desk = at_the_desk(office.officer)

    assert "So với bản" not in text(desk.get(address(other)))
    assert "Thôi so sánh" not in text(desk.get(f"{address(dossier)}?tep={new.pk}&voi={stranger.pk}"))
    assert "Thôi so sánh" not in text(desk.get(f"{address(dossier)}?tep={new.pk}&voi={new.pk}"))


@pytest.mark.usefixtures("monday")
def test_what_belongs_to_another_part_of_the_life_is_folded_away(office):
    page = text(at_the_desk(office.reception).get(address(a_dossier(office, State.IN_PROGRESS))))

    now, _, rest = page.partition("Việc khác, chưa làm được lúc này")
    assert "Từ chối tiếp nhận" in rest
    assert "Từ chối tiếp nhận" not in now
    assert '<details class="not-now"><summary>' in page


@pytest.mark.usefixtures("monday")
def test_what_counts_now_stands_before_what_it_replaced(office):
    dossier = a_dossier(office, State.IN_PROGRESS)
    old, new = replaced(dossier, office)

    page = text(at_the_desk(office.officer).get(address(dossier)))

    assert page.index(f'id="tep-{new.pk}"') < page.index(f'id="tep-{old.pk}"')
    assert page.count("bản trước</a>") == 1
    assert f'?tep={new.pk}" title="moi" aria-current="true"' in page


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("monday")
def test_versions_are_compared_turned_and_left_with_keys(sit_down, office):  # noqa: F811
    dossier = a_dossier(office, State.IN_PROGRESS)
    old, new = replaced(dossier, office, picture=True)
    page = sit_down(office.officer)
    page.goto(f"{address(dossier)}?tep={new.pk}")

    page.keyboard.press("=")
    expect(page.locator(".comparing img")).to_have_count(2)
    expect(page.locator("#facts-title")).to_be_hidden()
    page.keyboard.press(".")
    expect(page.locator("img[data-turned='90']")).to_have_count(2)
    page.keyboard.press("+")
    expect(page.locator("img[data-size='2']")).to_have_count(2)
    for picture in page.locator(".comparing img").all():
        assert picture.get_attribute("style") is None
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    page.keyboard.press("=")

    expect(page.locator(".viewer img")).to_have_count(1)
    expect(page.locator("#facts-title")).to_be_visible()
