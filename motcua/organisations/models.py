"""Agencies, their units, places, office hours and closures (cơ quan, đơn vị, địa giới, giờ làm việc)."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q


class Level(models.TextChoices):
    """The level of government an agency belongs to (cấp hành chính)."""

    MINISTRY = "MINISTRY", "Cấp bộ"
    PROVINCE = "PROVINCE", "Cấp tỉnh"
    DISTRICT = "DISTRICT", "Cấp huyện"
    COMMUNE = "COMMUNE", "Cấp xã"


# Mã định danh: QĐ 20/2020/QĐ-TTg reads from the left and has as many groups as levels, at most 35 characters;
# QCVN 102:2016/BTTTT reads from the right and always has four groups.
IDENTIFIER = r"^[A-Z][0-9]{2}(\.[0-9A-Z]{2,3})*$"
QCVN_IDENTIFIER = r"^[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.[A-Z][0-9]{2}$"

# The province has two digits, a district three, a commune five (QĐ 124/2004/QĐ-TTg, QĐ 19/2025/QĐ-TTg).
PLACE_CODE = r"^([0-9]{2}|[0-9]{3}|[0-9]{5})$"

# A day that every year has, so that every year has its seasons.
MONTH_DAY = r"^(02-(0[1-9]|1[0-9]|2[0-8])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01]))$"


class ValidQuerySet(models.QuerySet):
    def valid_on(self, day: date):
        """Only what exists on that day; `valid_to` is the last day."""
        return self.filter(Q(valid_from__lte=day), Q(valid_to__isnull=True) | Q(valid_to__gte=day))


class Valid(models.Model):
    """Something that exists for a period (thời hạn hiệu lực)."""

    valid_from = models.DateField("có hiệu lực từ")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)

    class Meta:
        abstract = True


class Place(Valid):
    """An administrative division by its official code (đơn vị hành chính, QĐ 124/2004/QĐ-TTg and successors)."""

    code = models.CharField("mã", max_length=5)
    name = models.CharField("tên", max_length=120)
    level = models.CharField("cấp", max_length=10, choices=Level)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="parts")
    successors = models.ManyToManyField("self", symmetrical=False, related_name="predecessors", blank=True)

    objects = ValidQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="a_place_code_starts_once_a_day"),
            models.CheckConstraint(condition=Q(code__regex=PLACE_CODE), name="a_place_code_is_an_official_one"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="a_place_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AgencyKind(models.TextChoices):
    PEOPLES_COMMITTEE = "PEOPLES_COMMITTEE", "Ủy ban nhân dân"
    DEPARTMENT = "DEPARTMENT", "Cơ quan chuyên môn"
    VERTICAL = "VERTICAL", "Cơ quan ngành dọc"
    CENTRE = "CENTRE", "Trung tâm Phục vụ hành chính công"


class AgencyQuerySet(ValidQuerySet):
    def receiving_for(self, agency: Agency):
        """Who receives dossiers for an agency: the centre of its level and place where it sits there, else itself."""
        if not agency.at_centre:
            return self.filter(pk=agency.pk)
        return self.filter(kind=AgencyKind.CENTRE, level=agency.level, place=agency.place_id)

    def peoples_committees(self, level: str):
        """The People's Committees of a level, who settle the procedures of that level (Ủy ban nhân dân các cấp)."""
        return self.filter(kind=AgencyKind.PEOPLES_COMMITTEE, level=level)


class Agency(Valid):
    """A state body with its electronic identifier in both formats (cơ quan; QĐ 20/2020/QĐ-TTg, QCVN 102:2016/BTTTT)."""

    identifier = models.CharField("mã định danh (QĐ 20/2020)", max_length=35)
    qcvn_identifier = models.CharField("mã định danh (QCVN 102:2016)", max_length=13)
    name = models.CharField("tên", max_length=200)
    short_name = models.CharField("tên ngắn", max_length=60)
    kind = models.CharField("loại", max_length=20, choices=AgencyKind)
    level = models.CharField("cấp", max_length=10, choices=Level)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="subordinates")
    place = models.ForeignKey(Place, models.PROTECT, null=True, blank=True, related_name="agencies")
    at_centre = models.BooleanField("tiếp nhận tại Trung tâm", default=False)
    successors = models.ManyToManyField("self", symmetrical=False, related_name="predecessors", blank=True)

    objects = AgencyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["identifier", "valid_from"], name="an_agency_identifier_starts_once_a_day"),
            # Codes of dossiers begin with either, so both are one agency's alone.
            models.UniqueConstraint(
                fields=["qcvn_identifier", "valid_from"], name="an_agency_qcvn_identifier_starts_once_a_day"
            ),
            models.CheckConstraint(
                condition=Q(identifier__regex=IDENTIFIER), name="an_agency_identifier_has_its_shape"
            ),
            models.CheckConstraint(
                condition=Q(qcvn_identifier__regex=QCVN_IDENTIFIER), name="an_agency_qcvn_identifier_has_its_shape"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="an_agency_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class UnitKind(models.TextChoices):
    """What a unit does in the one-stop mechanism."""

    ONE_STOP = "ONE_STOP", "Bộ phận Một cửa"
    PROFESSIONAL = "PROFESSIONAL", "Phòng chuyên môn"
    LEADERS = "LEADERS", "Lãnh đạo cơ quan"
    CLERK = "CLERK", "Văn thư"
    CONTROL = "CONTROL", "Kiểm soát thủ tục hành chính"


class UnitQuerySet(ValidQuerySet):
    def doing(self, kind: str, name: str = ""):
        """The units of a kind, or the one of that kind and name; the oldest first."""
        units = self.filter(kind=kind).order_by("id")
        return units.filter(name=name) if name else units


class Unit(Valid):
    """A part of an agency in which people work (phòng, bộ phận)."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="units")
    name = models.CharField("tên", max_length=200)
    kind = models.CharField("loại", max_length=20, choices=UnitKind)

    objects = UnitQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="a_unit_ends_after_it_begins",
            ),
            models.UniqueConstraint(fields=["agency", "name", "valid_from"], name="a_unit_name_starts_once_a_day"),
        ]

    def __str__(self) -> str:
        return self.name


class OfficeHours(Valid):
    """When an agency, or one unit of it, is open on a weekday of a season (giờ làm việc theo đơn vị và mùa).

    The rows of a unit replace those of its agency; without any row the default hours hold.
    """

    agency = models.ForeignKey(Agency, models.CASCADE, related_name="office_hours")
    unit = models.ForeignKey(Unit, models.CASCADE, null=True, blank=True, related_name="office_hours")
    season_from = models.CharField("mùa bắt đầu từ (mm-dd)", max_length=5, default="01-01")
    weekday = models.SmallIntegerField("thứ", help_text="0 = Thứ Hai")
    opens = models.TimeField("mở cửa")
    closes = models.TimeField("đóng cửa")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(weekday__range=(0, 6)), name="office_hours_are_of_a_weekday"),
            models.CheckConstraint(condition=Q(closes__gt=F("opens")), name="office_hours_close_after_they_open"),
            models.CheckConstraint(
                condition=Q(season_from__regex=MONTH_DAY), name="a_season_starts_on_a_day_of_the_year"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="office_hours_end_after_they_begin",
            ),
        ]


class Closure(models.Model):
    """A day on which one agency, or with none named the whole province, is closed by decision (nghỉ đột xuất do thiên tai)."""

    agency = models.ForeignKey(Agency, models.CASCADE, null=True, blank=True, related_name="closures")
    day = models.DateField("ngày")
    reason = models.CharField("lý do", max_length=200)
    legal_basis = models.CharField("căn cứ", max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "day"], name="an_agency_closes_once_a_day", nulls_distinct=False),
            models.CheckConstraint(condition=~Q(legal_basis=""), name="a_closure_has_a_legal_basis"),
        ]
