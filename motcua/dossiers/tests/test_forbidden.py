"""What falsifies the index cannot be done here, not even by who runs the house (one-stop.md §2.3, cấm theo thiết kế)."""

import ast
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.exceptions import FieldError
from django.db import DatabaseError, connection, transaction

import motcua
from motcua.accounts.permissions import ROLES, Can
from motcua.dossiers import intake, processing, results
from motcua.dossiers.lifecycle import NEXT, PORTAL_CODE
from motcua.dossiers.models import Decision, Dossier, State
from motcua.dossiers.testing import MONDAY, TUESDAY, a_dossier, a_one_stop, a_walk_in, owner
from motcua.journal.models import Entry

HOUSE = Path(motcua.__file__).parent

# Who writes what was promised, done and given for life; the word before the dot is the thing it is written on.
WRITERS = {
    "state": {"dossiers/lifecycle.py"},
    "code": {"dossiers/intake.py"},
    "submitted_at": {"dossiers/intake.py"},
    "accepted_at": {"dossiers/intake.py"},
    "first_due_at": {"dossiers/intake.py"},
    "due_at": {"dossiers/intake.py", "dossiers/clock.py"},
    "renewed_due_at": {"dossiers/apologies.py"},
    "finished_at": {"dossiers/processing.py", "dossiers/correcting.py"},
    "closed_at": {"dossiers/results.py", "dossiers/processing.py", "dossiers/intake.py"},
}


def product() -> dict[str, ast.Module]:
    files = [file for file in HOUSE.rglob("*.py") if not {"tests", "migrations"} & {*file.parts}]
    return {
        str(file.relative_to(HOUSE)): ast.parse(file.read_text(encoding="utf-8"))
        for file in files
        if file.name != "testing.py"
    }


def written(tree: ast.Module) -> set[str]:
    """The fields of a dossier that a module sets, one by one or in a statement over many rows."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and ast.unparse(node.value) == "dossier":
            found.add(node.attr)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            of_dossiers = "Dossier.objects" in ast.unparse(node.func.value) or "dossiers" in ast.unparse(
                node.func.value
            )
            if node.func.attr == "update" and of_dossiers:
                found |= {str(keyword.arg) for keyword in node.keywords}
            if node.func.attr == "bulk_update":
                found |= {word for word in WRITERS if f"'{word}'" in ast.unparse(node)}
    return found & WRITERS.keys()


def test_only_the_named_modules_write_what_was_promised_and_done():
    writers: dict[str, set[str]] = {field: set() for field in WRITERS}
    for module, tree in product().items():
        for field in written(tree) if not module.startswith("demo/") else ():
            writers[field].add(module)

    assert writers == WRITERS


@pytest.mark.parametrize(
    ("code", "field"),
    [
        ("dossier.finished_at = due", "finished_at"),
        ("Dossier.objects.filter(pk=1).update(due_at=now)", "due_at"),
        ("Dossier.objects.bulk_update(rows, ['state'])", "state"),
    ],
)
def test_a_module_that_wrote_them_would_be_found(code, field):
    assert written(ast.parse(code)) == {field}


def test_there_is_no_administration_behind_the_steps():
    assert not apps.is_installed("django.contrib.admin")
    assert not [name for name in settings.INSTALLED_APPS if "admin" in name]


def test_no_act_resets_a_date():
    """Every act of every role is a step of the law; none is called for a date, but the closure that moves it with its decision."""
    moving = {act for acts in ROLES.values() for act in acts if "ngày" in act.value.lower()}

    assert moving <= {Can.CLOSE_AGENCY, Can.CLOSE_DAY}


@pytest.mark.django_db
@pytest.mark.parametrize("state", [State.AWAITING_APPLICANT, State.AWAITING_PAYMENT, State.STOPPED, State.WITHDRAWN])
def test_what_waits_or_was_stopped_never_becomes_done_by_itself(state):
    assert State.READY not in NEXT[state]
    assert PORTAL_CODE[state] in (5, 6, 7, 8)

    office = a_one_stop()
    dossier = a_dossier(office, state)
    for by in (office.reception, office.officer, office.head, office.leader, office.clerk):
        with pytest.raises(results.Refusal):
            results.finish(dossier, at_step=0, by=by, at=TUESDAY)
    assert Dossier.objects.get(pk=dossier.pk).state == state


@pytest.mark.django_db
def test_a_dossier_without_a_date_is_done_only_with_a_decision():
    office = a_one_stop(term=None)
    dossier = a_dossier(office)
    step = processing.running_step(dossier)

    for by in (office.officer, office.clerk, office.leader):
        with pytest.raises(results.Refusal):
            results.finish(dossier, at_step=step.pk, by=by, at=TUESDAY)

    assert Dossier.objects.get(pk=dossier.pk).state == State.IN_PROGRESS


@pytest.mark.django_db
def test_a_paper_of_the_applicant_is_no_result():
    office = a_one_stop()
    dossier = a_dossier(office)
    paper = dossier.papers.exclude(files=None).first().files.first()
    step = processing.running_step(dossier)
    dossier = processing.do_step(dossier, at_step=step.pk, by=office.officer, at=TUESDAY)
    step = processing.running_step(dossier)

    with pytest.raises(processing.NotAResult):
        processing.approve(
            dossier, at_step=step.pk, granted=True, number="1", by=office.leader, at=TUESDAY, stored=paper.file
        )

    assert not Decision.objects.exists()
    assert Dossier.objects.get(pk=dossier.pk).state == State.IN_PROGRESS


@pytest.mark.django_db
@pytest.mark.parametrize("number", ["000000001", "000000000000", "111111111"])
def test_no_number_is_made_up_for_whoever_has_none(number):
    office = a_one_stop()

    with pytest.raises(intake.MadeUpNumber):
        a_walk_in(office, **(owner(office) | {"owner_id_number": number}))
    assert not Dossier.objects.exists()

    received = a_walk_in(office, **(owner(office) | {"owner_id_number": ""}))
    assert received.owner_id_number == ""


@pytest.mark.django_db
def test_the_journal_behind_a_finish_is_not_rewritten():
    office = a_one_stop()
    dossier = a_dossier(office, State.READY)

    for change in ("UPDATE journal_entry SET at = now()", "DELETE FROM journal_entry"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"{change} WHERE subject = %s", [dossier.subject])

    assert Entry.objects.filter(subject=dossier.subject, at__gte=MONDAY).exists()


@pytest.mark.django_db
def test_a_dossier_keeps_its_first_date_when_facts_are_saved():
    office = a_one_stop()
    draft = a_dossier(office, State.DRAFT)

    for field in WRITERS:
        with pytest.raises((TypeError, FieldError)):
            intake.save(draft, by=office.citizen, at=MONDAY, **{field: TUESDAY})
