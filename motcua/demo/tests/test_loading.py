"""The whole demonstration, loaded once with some of its dossiers, and looked at as its users will."""

import tempfile
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Count
from django.test import TestCase, override_settings
from django.utils import timezone

from motcua.accounts import second_factor
from motcua.accounts.models import Assignment, Person
from motcua.accounts.permissions import Role
from motcua.accounts.sign_in import find
from motcua.catalogue import completeness
from motcua.catalogue.models import Procedure, ProcedureVersion, ProcessStep
from motcua.catalogue.publishing import told_of
from motcua.counter.models import Labelled, Note
from motcua.demo import accounts, loading
from motcua.demo.stories import CITIZEN, SHOWN_AGENCY, Standing, plan
from motcua.demo.stories import GENERAL_OF_COMMUNES as GENERAL
from motcua.demo.telling import Telling, key_of, owner_of
from motcua.dossiers import clock, rules
from motcua.dossiers.models import (
    Apology,
    Bundle,
    Channel,
    ClockOwner,
    Dossier,
    HandoverList,
    Opinion,
    RuleSet,
    State,
)
from motcua.journal.models import Entry, Reading
from motcua.journal.verifying import verify
from motcua.organisations.models import Agency, Place, Unit
from motcua.organisations.testing import an_agency

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
SOME = 60


def kept_in(folder):
    return settings.STORAGES | {"default": settings.STORAGES["default"] | {"OPTIONS": {"location": folder}}}


def what_is_there():
    models = (
        Place,
        Agency,
        Unit,
        RuleSet,
        Procedure,
        ProcedureVersion,
        ProcessStep,
        Person,
        Assignment,
        Dossier,
        Entry,
    )
    return {model.__name__: model.objects.count() for model in models}


def measured(part):
    """After each part the planner learns how large the tables are now.

    Nothing is committed here, and the database may have measured these tables while other tests had left them empty.
    """
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


@override_settings(DEMONSTRATION=True)
class TestTheDemonstration(TestCase):
    @classmethod
    def setUpClass(cls):
        folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.enterClassContext(override_settings(STORAGES=kept_in(folder)))
        super().setUpClass()

    @classmethod
    def setUpTestData(cls):
        cls.now = timezone.now()
        loading.load(now=cls.now, dossiers=SOME, tell=measured)

    def test_the_province_of_2021_stands_and_goes_on_today(self):
        today = Agency.objects.valid_on(timezone.localdate())

        assert Counter(today.values_list("kind", "level")) == {
            ("PEOPLES_COMMITTEE", "PROVINCE"): 1,
            ("DEPARTMENT", "PROVINCE"): 20,
            ("VERTICAL", "PROVINCE"): 3,
            ("CENTRE", "PROVINCE"): 1,
            ("PEOPLES_COMMITTEE", "DISTRICT"): 7,
            ("PEOPLES_COMMITTEE", "COMMUNE"): 138,
        }
        assert Place.objects.valid_on(timezone.localdate()).count() == 146

    def test_the_rules_of_2021_hold_today_so_that_the_portal_takes_filings(self):
        today = timezone.localdate()

        assert rules.rules_on(today).key == "ND107_2021" and rules.rules_on(today).portal_takes_filings
        assert rules.forms_on(today).key == "TT01_2018"

    def test_the_centre_has_1427_procedures_each_once(self):
        at_centre = ProcedureVersion.objects.valid_on(timezone.localdate()).filter(agency__at_centre=True)

        assert at_centre.count() == 1427
        assert at_centre.values("procedure__code").distinct().count() == 1427

    def test_those_most_asked_for_are_complete_over_many_agencies(self):
        own = ProcedureVersion.objects.filter(processes__general=False).annotate(
            papers=Count("components", distinct=True), steps=Count("processes__steps", distinct=True)
        )

        assert len(own) == len(loading.complete()) >= 40
        assert all(version.papers and version.form and version.steps > 3 for version in own)
        assert {version.agency_id for version in own} - {None} == {
            agency.pk for agency in Agency.objects.filter(at_centre=True)
        }
        assert sum(version.agency_id is None for version in own) >= 12

    def test_the_others_are_listed_as_incomplete_and_say_what_is_missing(self):
        versions = ProcedureVersion.objects.valid_on(timezone.localdate())
        incomplete = completeness.incomplete(versions)

        told_in_full = {one["code"] for one in loading.complete()}
        assert set(versions.values_list("procedure__code", flat=True)) - told_in_full == set(
            incomplete.values_list("procedure__code", flat=True)
        )
        some = incomplete.filter(procedure__code="1.004837").get()
        assert {"sequence", "components"} <= set(completeness.missing(told_of(some)))

    def test_there_is_an_officer_for_every_step_of_every_process(self):
        communes = Agency.objects.filter(level="COMMUNE").values_list("pk", flat=True)
        appointed = set(Assignment.objects.values_list("unit", "role"))

        for unit, role in ProcessStep.objects.exclude(unit=None).values_list("unit", "role"):
            assert (unit, role) in appointed
        found = Assignment.objects.values_list("unit__agency", "unit__kind", "role")
        of_communes = set(found.filter(unit__agency__level="COMMUNE"))
        for kind, role in ProcessStep.objects.filter(unit=None).values_list("unit_kind", "role").distinct():
            assert sum((agency, kind, role) in of_communes for agency in communes) == 138

    def test_every_unit_has_its_people_and_every_role_somebody(self):
        assert not Unit.objects.filter(assignments=None).exists()
        assert set(Assignment.objects.values_list("role", flat=True)) == set(Role)

    def test_the_printed_accounts_open_with_what_is_printed(self):
        for role, name in accounts.PRINTED:
            person = find(name)
            assert person and person.check_password(accounts.password()), role
        officer = find("motcua.trungtam")

        at = timezone.now()
        assert second_factor.accept(officer, accounts.code(at), at=at)

    def test_what_is_printed_names_every_account_and_its_keys(self):
        told = accounts.printed()

        assert all(name in told for _, name in accounts.PRINTED)
        assert accounts.password() in told and accounts.totp_secret() in told

    def test_the_printed_citizen_has_dossiers_in_many_states(self):
        citizen = find(accounts.PRINTED[0][1])

        states = set(Dossier.objects.of_account(citizen).values_list("state", flat=True))
        assert {State.DRAFT, State.SUBMITTED, State.AWAITING_APPLICANT, State.READY} <= states

    def test_dossiers_are_in_every_state_and_came_by_both_ways(self):
        assert set(Dossier.objects.values_list("state", flat=True)) == set(State)
        assert {Channel.DIRECT, Channel.ONLINE} <= set(Dossier.objects.values_list("channel", flat=True))

    def test_their_journal_holds_and_was_written_in_the_order_of_time(self):
        assert list(verify()) == []
        for dossier in Dossier.objects.all():
            times = list(Entry.objects.filter(subject=dossier.subject).order_by("number").values_list("at", flat=True))
            assert times and times == sorted(times) and times[-1] <= self.now

    def test_their_clocks_have_neither_gap_nor_overlap(self):
        for dossier in Dossier.objects.filed().prefetch_related("clock"):
            intervals = sorted(dossier.clock.all(), key=lambda interval: (interval.started_at, interval.pk))
            assert all(one.ended_at == other.started_at for one, other in pairwise(intervals))
            settled = dossier.state == State.READY or not dossier.is_open()
            assert (intervals[-1].ended_at is not None) == settled
            assert settled or (intervals[-1].owner_kind == ClockOwner.APPLICANT) == (
                clock.lateness(dossier, self.now) == "waiting"
            )

    def test_officers_answered_in_time_and_opened_what_they_acted_on(self):
        for dossier in Dossier.objects.exclude(accepted_at=None).exclude(reception_due_at=None):
            assert dossier.accepted_at <= dossier.reception_due_at
        assert Reading.objects.exists()

    def test_around_the_dossiers_officers_ask_apologise_hand_over_sort_and_note(self):
        examined = [
            story
            for story in plan(*self.told())
            if story.state == State.IN_PROGRESS and story.standing == Standing.SOON and story.agency == SHOWN_AGENCY
        ]
        for story in examined:
            Telling(replace(story, position=2), self.cast([story])).tell()

        loading.do_around(self.now)

        asked = Opinion.objects.values_list("answered_at", flat=True)
        assert any(asked) and not all(asked)
        promised_anew = Apology.objects.exclude(reason="").values_list("signed_at", flat=True)
        assert any(promised_anew) and not all(promised_anew)
        lists = {(one.kind, one.received_at is not None) for one in HandoverList.objects.all()}
        assert {("DOSSIERS", True), ("RESULTS", False)} <= lists
        assert Labelled.objects.exists() and Note.objects.exists()
        assert Bundle.objects.get().dossiers.count() == 2

    def test_the_registrars_of_the_commune_shown_are_two_so_that_work_can_go_to_the_other(self):
        registrar = find("tuphap.hungduc").assignments.get()

        assert Assignment.objects.filter(unit=registrar.unit, role=registrar.role).count() == 2

    def test_a_dossier_without_a_process_of_its_own_goes_the_general_way(self):
        stories = plan(*self.told())
        general = next(story for story in stories[SOME:] if story.code in GENERAL and story.state == State.RETURNED)

        Telling(general, self.cast([general])).tell()

        dossier = Dossier.objects.get(owner_id_number=key_of(general)[0])
        assert dossier.process.general and dossier.state == State.RETURNED

    def test_loading_again_changes_nothing(self):
        before = what_is_there()

        assert loading.load(now=self.now + timedelta(hours=3), dossiers=SOME) is False
        assert what_is_there() == before

    def test_a_load_that_was_cut_off_goes_on_where_it_was(self):
        assert loading.load(now=self.now, dossiers=SOME + 3) is True

        keys = Dossier.objects.filter(bundle=None).values_list("owner_id_number", "procedure_version")
        assert len(keys) == len(set(keys)) == SOME + 3

    def test_there_are_some_hundred_stories_over_all_complete_procedures_each_of_one_dossier(self):
        versions, told_in_full = self.told()
        stories = plan(versions, told_in_full)

        assert 280 <= len(stories) <= 320 and stories == plan(versions, told_in_full)
        assert len({key_of(story) for story in stories}) == len(stories)
        assert {story.code for story in stories} >= set(told_in_full)
        assert len({story.agency for story in stories}) >= 20
        assert {story.state for story in stories[: len(State)]} == set(State)
        assert all(owner_of(story)["phone"] == accounts.PRINTED[0][1] for story in stories if story.serial == CITIZEN)

    def test_times_end_before_now_whenever_it_is_loaded(self):
        stories = plan(*self.told())
        cast = self.cast(stories)

        for now in (
            datetime(2026, 11, 23, 7, 5, tzinfo=VIETNAM),  # Monday, the office just opened
            datetime(2026, 11, 25, 12, 15, tzinfo=VIETNAM),  # the break at noon
            datetime(2026, 11, 27, 16, 58, tzinfo=VIETNAM),  # Friday, about to close
            datetime(2026, 11, 29, 3, 0, tzinfo=VIETNAM),  # a night from Saturday to Sunday
            datetime(2027, 2, 7, 10, 0, tzinfo=VIETNAM),  # Tết
        ):
            cast.now = now
            for story in stories[::3]:
                times = [at for _, at in Telling(story, cast).acts]
                assert times == sorted(times) and times[-1] <= now, story
                assert times[0] > now - timedelta(days=130)

    @staticmethod
    def told():
        told_in_full = {one["code"]: one["agency"] for one in loading.complete()}
        return loading.versions_of(told_in_full), told_in_full

    def cast(self, stories):
        return loading.cast_of(stories, loading.agencies_by_id(), self.told()[0], self.now)


@pytest.mark.django_db
@pytest.mark.parametrize("command", ["load_demo", "demo_code"])
def test_outside_the_demonstration_commands_refuse_and_leave_nothing(command, settings):
    settings.DEMONSTRATION = False
    before = what_is_there()

    with pytest.raises(CommandError, match="MOTCUA_DEMO=1"):
        call_command(command)

    assert what_is_there() == before


@pytest.mark.django_db
def test_nothing_is_loaded_beside_other_data(settings):
    settings.DEMONSTRATION = True
    an_agency()
    before = what_is_there()

    with pytest.raises(CommandError, match="dữ liệu khác"):
        call_command("load_demo")

    assert what_is_there() == before


def test_the_code_is_the_one_an_authenticator_shows(settings):
    settings.DEMONSTRATION = True
    at = datetime(2026, 11, 25, 9, 0, tzinfo=VIETNAM)

    assert accounts.code(at) == format_hotp_value(hotp_value(accounts.totp_secret(), int(at.timestamp()) // 30))


def test_another_installation_has_another_password(settings):
    here = accounts.password(), accounts.totp_secret()
    settings.SECRET_KEY = "the key of another installation, as long as keys have to be, or longer"

    assert not {accounts.password(), accounts.totp_secret()} & set(here)
