"""What officers keep at the desk: filters, columns, labels, notes, what they follow, who else is there (bàn làm việc)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import QuerySet

from motcua.accounts.models import Person
from motcua.accounts.permissions import Can
from motcua.dossiers.models import Dossier
from motcua.organisations.models import Unit
from motcua.refusal import Refusal

from .models import Badge, ChosenColumns, Follow, Label, Labelled, Note, Presence, SavedFilter
from .worklists import WorkList

MOST_FILTERS = 20
MOST_LABELS = 30
MOST_NOTES = 50
PRESENT_FOR = timedelta(minutes=2)
FORGOTTEN_AFTER = timedelta(days=60)

# The columns of a list beside time, code and procedure, in the order they stand.
COLUMNS: dict[str, str] = {
    "owner": "Chủ hồ sơ",
    "step": "Bước",
    "unit": "Đang ở",
    "labels": "Nhãn",
    "field": "Lĩnh vực",
    "agency": "Cơ quan giải quyết",
    "holder": "Người thụ lý",
    "channel": "Kênh nộp",
    "submitted": "Ngày nộp",
    "accepted": "Ngày tiếp nhận",
}
MOST_COLUMNS = 5


class NoName(Refusal):
    message = "Hãy đặt một tên ngắn để lần sau nhận ra."


class NameTaken(Refusal):
    message = "Tên này đã có; chưa lưu gì thêm. Hãy đặt tên khác."


class Enough(Refusal):
    """There are as many as one can still look over."""


class TooManyColumns(Refusal):
    message = f"Chọn nhiều nhất {MOST_COLUMNS} cột để dòng còn đọc được; các cột đang dùng được giữ nguyên."


# Filters and columns --------------------------------------------------------------------------------------------------


def _named(name: str, longest: int) -> str:
    name = " ".join(name.split())[:longest]
    if not name:
        raise NoName
    return name


@transaction.atomic
def save_filter(officer: Person, *, name: str, listed: str, query: str) -> SavedFilter:
    """Keep a list with its conditions by a name; the same name takes the new conditions (lưu bộ lọc)."""
    name = _named(name, 60)
    Person.objects.select_for_update().get(pk=officer.pk)
    kept = officer.saved_filters.filter(name=name).first()
    if kept is None and officer.saved_filters.count() >= MOST_FILTERS:
        raise Enough(f"Đã có {MOST_FILTERS} bộ lọc; hãy bỏ bớt một bộ lọc cũ rồi lưu lại.")
    kept = kept or SavedFilter(officer=officer, name=name)
    kept.listed, kept.query = listed, query
    kept.save()
    return kept


@transaction.atomic
def rename_filter(saved: SavedFilter, *, name: str) -> None:
    name = _named(name, 60)
    if SavedFilter.objects.filter(officer=saved.officer_id, name=name).exclude(pk=saved.pk).exists():
        raise NameTaken
    saved.name = name
    saved.save(update_fields=["name"])


def columns(one: WorkList, chosen: list[str] | None, *, labels: bool) -> list[str]:
    """The columns this officer chose for the list, or those a list has by itself."""
    if chosen is not None:
        return [name for name in COLUMNS if name in chosen]
    own = ["owner", "step"]
    own += ["unit"] if one.over_units else []
    return own + (["labels"] if labels and not one.over_units else [])


def choose_columns(officer: Person, one: WorkList, names: Sequence[str]) -> None:
    """Remember the columns for this list; without any, those the list has by itself come back."""
    chosen = [name for name in COLUMNS if name in names]
    if len(chosen) > MOST_COLUMNS:
        raise TooManyColumns
    if not chosen:
        ChosenColumns.objects.filter(officer=officer, listed=one.name).delete()
        return
    ChosenColumns.objects.update_or_create(officer=officer, listed=one.name, defaults={"columns": chosen})


# Labels ---------------------------------------------------------------------------------------------------------------


def labels_of(officer: Person) -> QuerySet[Label]:
    """The labels of the officer's units; any of its people may put them on, take them off and name them."""
    return Label.objects.filter(unit__in=officer.units(Can.SEE_DOSSIERS))


def units_of(officer: Person) -> QuerySet[Unit]:
    return Unit.objects.filter(pk__in=officer.units(Can.SEE_DOSSIERS)).order_by("name")


@transaction.atomic
def make_label(officer: Person, *, unit: int, name: str) -> Label:
    name = _named(name, 30)
    existing = Label.objects.select_for_update().filter(unit=unit)
    if existing.filter(name__iexact=name).exists():
        raise NameTaken
    if existing.count() >= MOST_LABELS:
        raise Enough(f"Đơn vị đã có {MOST_LABELS} nhãn; hãy bỏ bớt nhãn cũ trước khi thêm.")
    return Label.objects.create(unit_id=unit, name=name)


@transaction.atomic
def rename_label(label: Label, *, name: str) -> None:
    name = _named(name, 30)
    if Label.objects.filter(unit=label.unit_id, name__iexact=name).exclude(pk=label.pk).exists():
        raise NameTaken
    label.name = name
    label.save(update_fields=["name"])


def put_label(dossier: Dossier, label: Label, *, by: Person, at: datetime) -> None:
    Labelled.objects.get_or_create(label=label, dossier=dossier, defaults={"by": by, "at": at})


# Notes and following --------------------------------------------------------------------------------------------------


class NothingWritten(Refusal):
    message = "Ghi chú chưa có nội dung nên chưa lưu."


def write_note(dossier: Dossier, *, text: str, unit: int | None, by: Person, at: datetime) -> Note:
    """Note something for oneself, or with a unit for its people; the citizen never sees it (ghi chú nội bộ)."""
    if not text.strip():
        raise NothingWritten
    return Note.objects.create(dossier=dossier, text=text.strip(), unit_id=unit, by=by, at=at)


def follow(dossier: Dossier, officer: Person, *, at: datetime) -> None:
    Follow.objects.get_or_create(officer=officer, dossier=dossier, defaults={"since": at})


def unfollow(dossier: Dossier, officer: Person) -> None:
    Follow.objects.filter(officer=officer, dossier=dossier).delete()


# An officer sits down at a dossier ------------------------------------------------------------------------------------


class Noted(NamedTuple):
    """A note as it is read."""

    pk: int
    text: str
    at: datetime
    by: str
    unit: str | None  # whose people read it; of the writer alone where there is none
    own: bool


class PassedOn(NamedTuple):
    """A step that changed hands for a reason; who took what nobody held stands in the journal."""

    reason: str
    at: datetime
    by: str
    before: str | None
    after: str | None


class Found(NamedTuple):
    """What lies at the dossier for this officer when they open it."""

    news: list[tuple[str, datetime]]  # what they had not read, now read
    present: list[str]  # who else has it open
    follows: bool
    labels: list[tuple[int, str, bool]]  # those of their units, and whether each is on it
    units: list[tuple[int, str]]
    notes: list[Noted]  # the officer's own, and those of their units; nobody else's
    passed_on: list[PassedOn]  # the last first


SIT_DOWN = """
WITH here AS (
    INSERT INTO counter_presence (officer_id, dossier_id, at) VALUES (%(officer)s, %(dossier)s, %(at)s)
    ON CONFLICT (dossier_id, officer_id) DO UPDATE SET at = greatest(counter_presence.at, excluded.at)
), read AS (
    DELETE FROM counter_badge WHERE officer_id = %(officer)s AND dossier_id = %(dossier)s RETURNING event, at
), seen AS (
    UPDATE dossiers_notice SET read_at = %(at)s
     WHERE person_id = %(officer)s AND dossier_id = %(dossier)s AND read_at IS NULL
)
SELECT
    (SELECT json_agg(json_build_array(event, at) ORDER BY at) FROM read),
    (SELECT json_agg(name ORDER BY name) FROM (
        SELECT p.full_name AS name FROM counter_presence o JOIN accounts_person p ON p.id = o.officer_id
         WHERE o.dossier_id = %(dossier)s AND o.officer_id <> %(officer)s AND o.at > %(since)s LIMIT 5) AS others),
    EXISTS (SELECT 1 FROM counter_follow WHERE officer_id = %(officer)s AND dossier_id = %(dossier)s),
    (SELECT json_agg(json_build_array(l.id, l.name, EXISTS (
        SELECT 1 FROM counter_labelled d WHERE d.label_id = l.id AND d.dossier_id = %(dossier)s)) ORDER BY l.name, l.id)
       FROM counter_label l WHERE l.unit_id = ANY(%(units)s)),
    (SELECT json_agg(json_build_array(id, name) ORDER BY name) FROM organisations_unit WHERE id = ANY(%(units)s)),
    (SELECT json_agg(json_build_array(n.id, n.text, n.at, p.full_name, u.name, n.by_id = %(officer)s) ORDER BY n.at DESC, n.id DESC)
       FROM (SELECT * FROM counter_note WHERE dossier_id = %(dossier)s
                AND (unit_id = ANY(%(units)s) OR unit_id IS NULL AND by_id = %(officer)s)
              ORDER BY at DESC, id DESC LIMIT %(most)s) AS n
       JOIN accounts_person p ON p.id = n.by_id LEFT JOIN organisations_unit u ON u.id = n.unit_id),
    (SELECT json_agg(json_build_array(c.reason, c.at, p.full_name, b.full_name, a.full_name) ORDER BY c.at DESC, c.id DESC)
       FROM (SELECT h.* FROM dossiers_holderchange h JOIN dossiers_stepinterval s ON s.id = h.interval_id
              WHERE s.dossier_id = %(dossier)s AND h.reason <> '' ORDER BY h.at DESC, h.id DESC LIMIT %(most)s) AS c
       JOIN accounts_person p ON p.id = c.by_id LEFT JOIN accounts_person b ON b.id = c.before_id
       LEFT JOIN accounts_person a ON a.id = c.after_id)
"""


def sit_down(dossier: Dossier, officer: Person, at: datetime) -> Found:
    """Open a dossier: colleagues see it, and what was new has been read; all in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            SIT_DOWN,
            {
                "officer": officer.pk,
                "dossier": dossier.pk,
                "at": at,
                "since": at - PRESENT_FOR,
                "units": sorted(officer.units(Can.SEE_DOSSIERS)),
                "most": MOST_NOTES,
            },
        )
        news, present, follows, labels, units, notes, passed_on = cursor.fetchone()
    return Found(
        [(event, datetime.fromisoformat(moment)) for event, moment in news or []],
        present or [],
        follows,
        [(pk, name, on) for pk, name, on in labels or []],
        [(pk, name) for pk, name in units or []],
        [Noted(pk, text, datetime.fromisoformat(written), *more) for pk, text, written, *more in notes or []],
        [PassedOn(reason, datetime.fromisoformat(moment), *people) for reason, moment, *people in passed_on or []],
    )


def stay(dossier: Dossier, officer: Person, at: datetime) -> list[str]:
    """The page is still open: say so, and who else is there (đang mở hồ sơ)."""
    Presence.objects.update_or_create(officer=officer, dossier=dossier, defaults={"at": at})
    others = Presence.objects.filter(dossier=dossier, at__gt=at - PRESENT_FOR).exclude(officer=officer)
    return list(others.order_by("officer__full_name").values_list("officer__full_name", flat=True)[:5])


def clear(at: datetime) -> None:
    """What nobody needs any more: who was there yesterday, and news that nobody read for two months."""
    Presence.objects.filter(at__lt=at - timedelta(days=1)).delete()
    Badge.objects.filter(at__lt=at - FORGOTTEN_AFTER).delete()
