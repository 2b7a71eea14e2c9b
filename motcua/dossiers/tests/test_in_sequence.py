"""Agencies one after the other: each has the time for its own slice, the lead answers for the whole (liên thông; one-stop.md §2.12)."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from motcua.accounts.permissions import Role
from motcua.accounts.testing import an_officer
from motcua.catalogue import processes
from motcua.catalogue.testing import steps
from motcua.dossiers import clock, processing, watching
from motcua.dossiers.lifecycle import NotYours
from motcua.dossiers.models import ClockOwner, State
from motcua.dossiers.testing import MONDAY, TUESDAY, WEDNESDAY, a_dossier, a_one_stop, to_the_end
from motcua.journal.testing import events
from motcua.organisations.models import AgencyKind, Level, UnitKind
from motcua.organisations.testing import a_unit, an_agency

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def a_commune_then_the_police_then_the_commune():
    """The registrar examines, the police of the district verify, the chairman signs."""
    office = a_one_stop()
    police = an_agency("Công an huyện", level=Level.DISTRICT, kind=AgencyKind.VERTICAL)
    binh = an_officer(a_unit(police, UnitKind.PROFESSIONAL, "Đội Hành chính"), Role.PROCESSING_OFFICER, "Lê Văn Bình")
    first, examine, sign, stamp = steps()
    verify = {"work": "Xác minh", "unit_kind": UnitKind.PROFESSIONAL, "role": Role.PROCESSING_OFFICER, "hours": 4}
    table = [first, examine, {**verify, "agency": police}, sign, stamp]
    processes.issue(office.version, [row | {"position": nth} for nth, row in enumerate(table, start=1)])
    return SimpleNamespace(office=office, police=police, binh=binh)


def do(dossier, by, at):
    return processing.do_step(dossier, at_step=processing.running_step(dossier).pk, by=by, at=at)


def at_the_police(cast, at=TUESDAY):
    return do(a_dossier(cast.office, State.IN_PROGRESS), cast.office.officer, at)


def test_the_ledger_and_the_bar_tell_whose_days_they_were():
    cast = a_commune_then_the_police_then_the_commune()
    commune, police = cast.office.agency, cast.police
    dossier = do(at_the_police(cast), cast.binh, WEDNESDAY)
    dossier = to_the_end(dossier, cast.office, at=WEDNESDAY + HOUR)

    ledger = list(dossier.clock.order_by("started_at", "pk"))
    assert [(one.owner_kind, one.agency) for one in ledger] == [
        (ClockOwner.AGENCY, commune),
        (ClockOwner.AGENCY, police),
        (ClockOwner.AGENCY, commune),
    ]
    assert ledger[0].ended_at == ledger[1].started_at and ledger[1].ended_at == ledger[2].started_at
    shares = {share.label: share.minutes for share in clock.bar(dossier, WEDNESDAY + HOUR)}
    assert list(shares) == [commune.short_name, police.short_name]
    assert shares[police.short_name] == 8 * 60  # a day of its own hours


def test_each_slice_has_its_own_time_and_the_date_promised_stays():
    cast = a_commune_then_the_police_then_the_commune()
    dossier = a_dossier(cast.office, State.IN_PROGRESS)
    promised = dossier.due_at

    dossier = do(dossier, cast.office.officer, TUESDAY)
    theirs = processing.running_step(dossier)

    assert theirs.unit.agency == cast.police
    assert theirs.due_at > TUESDAY + 3 * HOUR and theirs.due_at < promised
    assert dossier.due_at == promised
    watching.watch(theirs.due_at + HOUR)
    assert "dossier.step_overdue" in events(dossier)


def test_each_agency_does_its_own_step_only():
    cast = a_commune_then_the_police_then_the_commune()
    dossier = at_the_police(cast)

    with pytest.raises(NotYours):
        do(dossier, cast.office.officer, WEDNESDAY)
    dossier = do(dossier, cast.binh, WEDNESDAY)
    with pytest.raises(NotYours):
        do(dossier, cast.binh, WEDNESDAY)

    assert dossier.at_unit == cast.office.leaders


def test_what_the_police_give_back_is_the_communes_time_again():
    cast = a_commune_then_the_police_then_the_commune()
    dossier = at_the_police(cast)

    dossier = processing.return_step(
        dossier,
        at_step=processing.running_step(dossier).pk,
        reason="Thiếu bản sao sổ hộ khẩu.",
        by=cast.binh,
        at=WEDNESDAY,
    )

    assert dossier.clock.get(ended_at=None).agency == cast.office.agency
    assert dossier.at_unit == cast.office.professional
    assert dossier.clock.earliest("started_at").started_at >= MONDAY
