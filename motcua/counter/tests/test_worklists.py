import csv
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from motcua.accounts.permissions import Role
from motcua.accounts.testing import an_officer
from motcua.catalogue.models import ProcedureVersion
from motcua.catalogue.publishing import Told, publish
from motcua.counter import worklists
from motcua.counter.testing import at_the_desk
from motcua.counter.worklists import LISTS
from motcua.dossiers import processing
from motcua.dossiers.models import Dossier, State
from motcua.dossiers.testing import MONDAY, TUESDAY, a_dossier, a_one_stop, it_is
from motcua.organisations.models import AgencyKind, Level, UnitKind
from motcua.organisations.testing import a_unit, an_agency

LATER = MONDAY + timedelta(days=30)
EVERY_STATE = [state for state in State if state != State.DRAFT]


def codes(response):
    """The codes of the rows on the page, from the top."""
    return re.findall(r'<span class="code" title="([^"]+)"', response.content.decode())


def numbers(response):
    """The number beside each list on the left."""
    nav = re.search(r'<nav class="side".*?</nav>', response.content.decode(), re.DOTALL)[0]
    links = re.findall(r'<a href="([^"]+)"[^>]*>(.*?)</a>', nav, re.DOTALL)
    return {href: re.search(r'"count">([^<]+)<', inside) for href, inside in links}


@pytest.mark.parametrize("role", ["reception", "officer", "head", "leader", "clerk"])
def test_every_number_opens_exactly_the_list_it_counts(office, role, monkeypatch):
    for state in EVERY_STATE:
        a_dossier(office, state)
    it_is(monkeypatch, LATER)
    desk = at_the_desk(getattr(office, role))

    counted = numbers(desk.get("/motcua/"))
    counted.pop("/motcua/bang-lanh-dao/", None)  # a page of its own, without a number

    assert len(counted) >= 6
    for href, number in counted.items():
        assert len(codes(desk.get(href))) == int(number[1] if number else 0), href


def test_chips_count_what_they_open_too(office, monkeypatch):
    for state in EVERY_STATE:
        a_dossier(office, state)
    a_dossier(office, State.IN_PROGRESS, at=LATER)
    it_is(monkeypatch, LATER + timedelta(hours=2))
    desk = at_the_desk(office.reception)

    page = desk.get("/motcua/co-quan/").content.decode()
    chips = re.findall(r'<a href="(\?han=[^"]+)"[^>]*>.*?"count">(\d+)<', page, re.DOTALL)

    assert len(chips) == 4
    for href, number in chips:
        assert len(codes(desk.get(f"/motcua/co-quan/{href}"))) == int(number), href
    assert sum(int(number) for _, number in chips) == len(codes(desk.get("/motcua/co-quan/"))) - 1  # one has its result


def test_mine_is_what_waits_for_my_role_at_my_unit(office, monday):
    a_dossier(office, State.ACCEPTED)
    at_work = a_dossier(office, State.IN_PROGRESS)
    a_dossier(office, State.AWAITING_APPLICANT)
    to_sign = a_dossier(office, State.IN_PROGRESS)
    step = processing.running_step(to_sign)
    processing.do_step(to_sign, at_step=step.pk, by=office.officer, at=TUESDAY)

    assert codes(at_the_desk(office.officer).get("/motcua/")) == [at_work.code]
    assert codes(at_the_desk(office.leader).get("/motcua/")) == [to_sign.code]
    assert codes(at_the_desk(office.head).get("/motcua/")) == []


def test_the_inbox_tells_the_eight_working_hours_and_puts_the_first_due_first(office, monkeypatch):
    second = a_dossier(office, State.SUBMITTED, at=MONDAY + timedelta(hours=2))
    first = a_dossier(office, State.SUBMITTED, at=MONDAY)
    it_is(monkeypatch, MONDAY + timedelta(hours=3))

    page = at_the_desk(office.reception).get("/motcua/cho-tiep-nhan/")

    assert codes(page) == [first.code, second.code]
    # Filed at 9:30 on Monday, eight working hours of a day of eight end at 9:30 on Tuesday.
    assert "mai 09:30" in page.content.decode()


def test_a_filing_nobody_answered_in_eight_working_hours_is_told_as_late(office, monkeypatch):
    a_dossier(office, State.SUBMITTED)
    it_is(monkeypatch, TUESDAY + timedelta(hours=2))

    page = at_the_desk(office.reception).get("/motcua/cho-tiep-nhan/?han=qua-han").content.decode()

    assert "time-overdue" in page
    assert "Quá 1 giờ" in page


def test_only_whoever_receives_has_the_lists_of_the_counter(office):
    page = at_the_desk(office.officer).get("/motcua/").content.decode()

    assert "Chờ tiếp nhận" not in page
    assert "Chờ trả kết quả" not in page


def test_the_director_sees_the_counter_without_holding_anything(office):
    director = an_officer(office.one_stop, Role.DIRECTOR, "Lê Minh Đức")
    filed = a_dossier(office, State.SUBMITTED)

    assert codes(at_the_desk(director).get("/motcua/cho-tiep-nhan/")) == [filed.code]


def test_an_officer_of_another_agency_finds_every_list_empty(office):
    for state in EVERY_STATE:
        a_dossier(office, state)
    stranger = an_officer(a_unit(an_agency("Ủy ban nhân dân xã Kim Quan")))
    desk = at_the_desk(stranger)

    for one in LISTS.values():
        assert codes(desk.get(f"/motcua/{one.path}")) == []


def test_an_empty_list_says_why_it_is_empty(office):
    page = at_the_desk(office.reception).get("/motcua/qua-han/").content.decode()

    assert "Không có hồ sơ quá hạn" in page


def test_a_filter_that_finds_nothing_leads_back_to_the_whole_list(office):
    a_dossier(office, State.ACCEPTED)

    page = at_the_desk(office.reception).get("/motcua/?loc=karaoke").content.decode()

    assert "Không có hồ sơ nào khớp bộ lọc" in page
    assert 'href="/motcua/"' in page


@pytest.mark.parametrize("about", ["khai sinh", "KHAI SINH", "dang ky khai", "1.001193", "ho tich"])
def test_a_list_is_narrowed_by_words_without_accents_by_code_and_by_field(office, about):
    dossier = a_dossier(office, State.ACCEPTED)

    assert codes(at_the_desk(office.reception).get("/motcua/", {"loc": about})) == [dossier.code]
    assert codes(at_the_desk(office.reception).get("/motcua/", {"loc": f"{about} karaoke"})) == []


def many(office, number):
    """So many accepted dossiers; some due at the same moment, some without a date."""
    pattern = a_dossier(office, State.ACCEPTED)
    copies = []
    for serial in range(number - 1):
        due = MONDAY + timedelta(hours=serial // 3) if serial % 7 else None
        copies.append(
            Dossier(
                code=f"H60-231023-{serial + 5000}",
                state=State.ACCEPTED,
                procedure_version=pattern.procedure_version,
                rule_set=pattern.rule_set,
                channel="DIRECT",
                agency=pattern.agency,
                reception_agency=pattern.reception_agency,
                at_unit=pattern.at_unit,
                at_role=pattern.at_role,
                owner_name="Lý A Pao",
                created_at=MONDAY,
                saved_at=MONDAY,
                submitted_at=MONDAY,
                accepted_at=MONDAY,
                accepted_by=office.reception,
                first_due_at=due,
                due_at=due,
            )
        )
    Dossier.objects.bulk_create(copies)


def test_pages_together_hold_every_dossier_once(office):
    many(office, 123)
    desk = at_the_desk(office.reception)
    found, href = [], "/motcua/"
    while href:
        page = desk.get(href)
        found.append(codes(page))
        onward = re.search(r'href="([^"]+)" rel="next"', page.content.decode())
        href = "/motcua/" + onward[1].replace("&amp;", "&") if onward else ""

    together = [code for rows in found for code in rows]
    assert [len(rows) for rows in found] == [50, 50, 23]
    assert len(set(together)) == 123
    assert set(together) == set(Dossier.objects.values_list("code", flat=True))


def test_one_walks_back_through_the_same_pages(office):
    many(office, 123)
    mine = worklists.chosen(LISTS["home"], office.reception, MONDAY)

    first = worklists.page(mine, "due_at")
    second = worklists.page(mine, "due_at", after=first.after)
    third = worklists.page(mine, "due_at", after=second.after)
    back = worklists.page(mine, "due_at", before=third.before)

    assert not first.before and not third.after
    assert back.rows == second.rows
    assert worklists.page(mine, "due_at", before=back.before).rows == first.rows
    assert not worklists.page(mine, "due_at", before=back.before).before


@pytest.mark.parametrize("mark", ["x", "1.", ".", "9" * 40 + ".1", "-5.3", "1.1;drop"])
def test_a_mark_nobody_gave_begins_at_the_first_page(office, mark):
    dossier = a_dossier(office, State.ACCEPTED)

    assert codes(at_the_desk(office.reception).get("/motcua/", {"sau": mark})) == [dossier.code]


def test_beyond_ninety_nine_a_number_stops_counting(office):
    many(office, 123)

    page = at_the_desk(office.reception).get("/motcua/").content.decode()

    assert "99+" in page


def the_centre(settings):
    """The centre with the 1,427 procedures of its twenty agencies, and its officer."""
    office = a_one_stop()
    centre = an_agency("Trung tâm Phục vụ hành chính công tỉnh", level=Level.PROVINCE, kind=AgencyKind.CENTRE)
    agencies = {}
    told = []
    with open(settings.BASE_DIR / "motcua/demo/facts/procedures.csv", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["agency"] not in agencies:
                agencies[row["agency"]] = an_agency(
                    f"Sở {row['agency']}", level=Level.PROVINCE, kind=AgencyKind.DEPARTMENT, at_centre=True
                )
            told.append(
                Told(
                    code=row["code"],
                    name=row["name"],
                    field=row["field"],
                    level=row["level"],
                    agency=agencies[row["agency"]],
                    online=True,
                )
            )
    publish(told, day=MONDAY.date() - timedelta(days=400))
    return office, centre, list(agencies.values())


def test_the_desk_costs_the_same_few_statements_over_all_1427_procedures(db, settings, monday):
    office, centre, agencies = the_centre(settings)
    desk_unit = a_unit(centre, UnitKind.ONE_STOP)
    officer = an_officer(desk_unit)
    versions = list(ProcedureVersion.objects.filter(agency__in=agencies).select_related("agency"))
    pattern = a_dossier(office, State.ACCEPTED)
    Dossier.objects.bulk_create(
        Dossier(
            code=f"H60-231023-{serial:04d}",
            state=State.IN_PROGRESS,
            procedure_version=version,
            rule_set=pattern.rule_set,
            channel="DIRECT",
            agency=version.agency,
            reception_agency=centre,
            at_unit=desk_unit,
            at_role=Role.RECEPTION_OFFICER,
            owner_name="Lý A Pao",
            created_at=MONDAY,
            saved_at=MONDAY,
            submitted_at=MONDAY,
            due_at=MONDAY - timedelta(days=1),
            first_due_at=MONDAY - timedelta(days=1),
            search_text="h60 ly a pao",
        )
        for serial, version in enumerate(versions)
    )
    desk = at_the_desk(officer)

    assert len(versions) >= 1427
    for href in ("/motcua/", "/motcua/co-quan/", "/motcua/qua-han/?loc=dat+dai", "/motcua/tim/?q=ly+a+pao"):
        with CaptureQueriesContext(connection) as asked:
            assert 20 < len(codes(desk.get(href))) <= 50
        # The person, the assignments, the calendar, the procedures meant, the numbers with what the officer keeps, and the rows.
        assert len(asked) <= 6, [query["sql"][:120] for query in asked]
