"""What officers keep for themselves and for their unit at the desk; no step of a dossier asks for it (bàn làm việc)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from motcua.accounts.models import Person
from motcua.dossiers.models import Dossier
from motcua.journal.models import Entry
from motcua.organisations.models import Agency, Unit


class SavedFilter(models.Model):
    """A list with its conditions, by a name of the officer's own (bộ lọc đã lưu); the address is what is kept, never rights."""

    officer = models.ForeignKey(Person, models.CASCADE, related_name="saved_filters")
    name = models.CharField("tên", max_length=60)
    listed = models.CharField("danh sách", max_length=20)
    query = models.CharField("điều kiện", max_length=600, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["officer", "name"], name="an_officer_names_a_filter_once")]

    def __str__(self) -> str:
        return self.name


class ChosenColumns(models.Model):
    """The columns an officer wants to see in one list (cột đã chọn)."""

    officer = models.ForeignKey(Person, models.CASCADE, related_name="+")
    listed = models.CharField("danh sách", max_length=20)
    columns = models.JSONField("các cột", default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["officer", "listed"], name="an_officer_chooses_columns_once")]


class Label(models.Model):
    """A word by which a unit sorts its dossiers (nhãn của đơn vị); known by its name, so it has no colour."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="labels")
    name = models.CharField("tên nhãn", max_length=30)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["unit", "name"], name="a_unit_names_a_label_once")]

    def __str__(self) -> str:
        return self.name


class Labelled(models.Model):
    """A label on a dossier, and who put it there."""

    label = models.ForeignKey(Label, models.CASCADE, related_name="put_on")
    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="labelled")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField("gắn lúc")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["label", "dossier"], name="a_label_is_on_a_dossier_once")]


class Note(models.Model):
    """An officer's note on a dossier (ghi chú): of the writer alone, or of the unit; never shown to the citizen."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="notes")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    unit = models.ForeignKey(
        Unit, models.CASCADE, null=True, blank=True, related_name="+", verbose_name="cả đơn vị đọc"
    )
    text = models.TextField("nội dung")
    at = models.DateTimeField("ghi lúc")

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="a_note_says_something")]


class Follow(models.Model):
    """An officer who wants to be told what happens to a dossier (theo dõi)."""

    officer = models.ForeignKey(Person, models.CASCADE, related_name="+")
    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="followed")
    since = models.DateTimeField("từ lúc")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["officer", "dossier"], name="an_officer_follows_a_dossier_once")]


class Badge(models.Model):
    """Something an officer has not yet read about a dossier (tin mới); it says what, and goes when the dossier is opened."""

    officer = models.ForeignKey(Person, models.CASCADE, related_name="+")
    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="badges")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+")
    event = models.CharField("việc", max_length=60)
    at = models.DateTimeField("lúc")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["officer", "entry"], name="an_officer_is_told_a_line_once")]
        indexes = [models.Index(fields=["officer", "dossier"], name="badges_of_an_officer")]


class Presence(models.Model):
    """When an officer last had a dossier open (đang mở hồ sơ); told to colleagues, it holds nobody back."""

    officer = models.ForeignKey(Person, models.CASCADE, related_name="+")
    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="present")
    at = models.DateTimeField("lần cuối")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dossier", "officer"], name="an_officer_is_present_once_at_a_dossier")
        ]


class Settled(models.Model):
    """What settling one finished dossier took (kết quả giải quyết của một hồ sơ), kept by the journal's listeners."""

    dossier = models.OneToOneField(Dossier, models.CASCADE, primary_key=True, related_name="settled")
    week = models.DateField("tuần (Thứ Hai)")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    reception_agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="nơi thẩm định")
    officer = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="người thẩm định")
    hours = models.PositiveIntegerField("giờ làm việc của cơ quan, làm tròn lên")
    late = models.BooleanField("quá hạn")

    class Meta:
        indexes = [
            models.Index(fields=["agency", "week", "unit"], name="settled_by_an_agency"),
            models.Index(fields=["reception_agency", "week", "unit"], name="settled_for_a_counter"),
        ]


class SettledInWeek(models.Model):
    """How many dossiers an officer settled in a week, by the time they took (số đếm trong tuần), kept by the listeners."""

    week = models.DateField("tuần (Thứ Hai)")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    reception_agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    officer = models.ForeignKey(Person, models.PROTECT, related_name="+")
    hours = models.PositiveIntegerField("giờ làm việc")
    count = models.PositiveIntegerField("số hồ sơ", default=0)
    late = models.PositiveIntegerField("trong đó quá hạn", default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "week", "reception_agency", "unit", "officer", "hours"],
                name="a_week_counts_an_officers_time_once",
            ),
            models.CheckConstraint(condition=Q(late__lte=F("count")), name="no_more_are_late_than_were_settled"),
        ]
        indexes = [models.Index(fields=["reception_agency", "week"], name="weeks_of_a_counter")]
