"""Which rules hold on a day (bộ quy định, bộ biểu mẫu theo thời kỳ)."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command

from motcua.accounts.models import Assurance
from motcua.dossiers import intake
from motcua.dossiers.models import FormSet, RuleSet, State
from motcua.dossiers.rules import NeedsIdentity, NoRules, forms_on, load_rules, rules_on
from motcua.dossiers.testing import MONDAY, a_draft, a_one_stop
from motcua.worktime.models import NationalDay

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("day", "key"),
    [
        (date(2018, 6, 21), "ND61_2018"),
        (date(2021, 12, 5), "ND61_2018"),
        (date(2021, 12, 6), "ND107_2021"),
        (date(2025, 6, 30), "ND107_2021"),
        (date(2025, 7, 1), "ND118_2025"),
        (date(2026, 11, 24), "ND118_2025"),
    ],
)
def test_each_day_has_one_rule_set(day, key):
    load_rules()

    assert rules_on(day).key == key
    assert RuleSet.objects.valid_on(day).count() == 1


@pytest.mark.parametrize(("day", "control"), [(date(2025, 9, 14), "05"), (date(2025, 9, 15), "06")])
def test_the_control_slip_changes_its_number_when_the_circular_of_2025_begins(day, control):
    load_rules()

    assert forms_on(day).slips["CONTROL"]["number"] == control
    assert FormSet.objects.valid_on(day).count() == 1


def test_before_the_first_decree_there_is_a_sentence():
    load_rules()

    for ask in (rules_on, forms_on):
        with pytest.raises(NoRules):
            ask(date(2018, 1, 1))


def test_an_installation_gets_its_rules_and_keeps_what_was_changed(capsys):
    call_command("load_rules")
    RuleSet.objects.filter(key="ND118_2025").update(supplement_days=15)
    NationalDay.objects.filter(day=date(2027, 1, 1)).update(provisional=False)

    call_command("load_rules")

    assert RuleSet.objects.get(key="ND118_2025").supplement_days == 15
    assert not NationalDay.objects.get(day=date(2027, 1, 1)).provisional
    assert "3 bộ quy định, 2 bộ biểu mẫu" in capsys.readouterr().out


def test_the_demonstration_keeps_its_own_rules(settings):
    settings.DEMONSTRATION = True

    with pytest.raises(CommandError):
        call_command("load_rules")

    assert not RuleSet.objects.exists()


def test_a_rule_set_may_let_only_surer_accounts_file():
    office = a_one_stop()
    draft = a_draft(office)
    RuleSet.objects.update(filing_needs=Assurance.LEVEL_2)
    citizen = office.citizen

    for sure in (Assurance.NONE, Assurance.LEVEL_1):
        citizen.assured = sure
        with pytest.raises(NeedsIdentity, match="định danh điện tử mức độ 2. Bản nháp của bạn vẫn được giữ"):
            intake.submit(draft, by=citizen, at=MONDAY)
    draft.refresh_from_db()
    assert draft.state == State.DRAFT and not draft.code

    citizen.assured = Assurance.LEVEL_2
    assert intake.submit(draft, by=citizen, at=MONDAY).state == State.SUBMITTED


def test_any_account_may_file_where_the_province_takes_filings():
    load_rules()

    assert set(RuleSet.objects.filter(portal_takes_filings=True).values_list("filing_needs", flat=True)) == {0}
