"""People, citizens and officers alike, and what officers are assigned to (tài khoản, phân công)."""

from __future__ import annotations

from copy import copy
from datetime import date
from functools import cached_property
from typing import NamedTuple
from uuid import uuid4

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone

from motcua.organisations.models import Unit, ValidQuerySet

from .permissions import ROLES, Can, Role


class Duty(NamedTuple):
    """One assignment in force, as a request needs it; one's own, or that of whom one stands in for."""

    unit: int
    agency: int
    role: str
    instead_of: int | None = None


class PersonManager(BaseUserManager["Person"]):
    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(username=username)


class Person(AbstractBaseUser):
    """A person with an account (tài khoản); an officer is a person with an assignment."""

    username = models.CharField("tên đăng nhập", max_length=150, unique=True)
    full_name = models.CharField("họ và tên", max_length=120)
    phone = models.CharField("số điện thoại", max_length=15, blank=True)
    phone_verified_at = models.DateTimeField("xác minh số điện thoại lúc", null=True, blank=True)
    email = models.EmailField("thư điện tử", blank=True)
    email_verified_at = models.DateTimeField("xác minh thư điện tử lúc", null=True, blank=True)
    id_number = models.CharField("số định danh cá nhân/CCCD", max_length=12, blank=True)
    birth_date = models.DateField("ngày sinh", null=True, blank=True)
    address = models.CharField("địa chỉ", max_length=250, blank=True)
    is_active = models.BooleanField("đang hoạt động", default=True)
    revocation = models.PositiveIntegerField("số lần thu hồi phiên", default=0)
    # Sessions signed out whose cookies would still be taken (sessions.py).
    ended_sessions = ArrayField(
        models.CharField(max_length=40), verbose_name="phiên đã đăng xuất", default=list, db_default=[], blank=True
    )
    created_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField("đóng tài khoản lúc", null=True, blank=True)
    joined_to = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="joined_from")

    objects = PersonManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    # For whom the act at hand is done; the journal and the step are told (standing_in.own_first).
    instead_of: int | None = None
    # How surely this session's sign-in says who it is (e_identity.py); requires_account tells.
    assured: int = 0

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["phone"], condition=~Q(phone=""), name="a_phone_belongs_to_one_account"),
            models.UniqueConstraint(
                Lower("email"),
                condition=Q(email_verified_at__isnull=False),
                name="a_verified_mailbox_belongs_to_one_account",
            ),
            models.CheckConstraint(
                condition=(Q(phone_verified_at__isnull=True) | ~Q(phone=""))
                & (Q(email_verified_at__isnull=True) | ~Q(email="")),
                name="what_is_verified_is_there",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, joined_to__isnull=True)
                | Q(closed_at__isnull=False, is_active=False),
                name="a_closed_account_is_not_in_use",
            ),
            # People write "Lan.NT" and "lan.nt" and mean the same; the index is asked for one spelling only.
            models.CheckConstraint(condition=Q(username=Lower("username")), name="a_username_is_in_small_letters"),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def subject(self) -> str:
        """The name by which the journal knows this person."""
        return f"person:{self.pk}"

    def get_session_auth_hash(self) -> str:
        """Changes with the password and with every revocation, so that old cookies end."""
        return f"{super().get_session_auth_hash()}:{self.revocation}"

    @cached_property
    def duties(self) -> list[Duty]:
        """The assignments in force today, one's own first, then those of whom one stands in for; one statement for both."""
        today = timezone.localdate()
        nobody = models.Value(None, models.BigIntegerField())
        own = self.assignments.valid_on(today).values_list("unit_id", "unit__agency_id", "role", nobody)
        lent = self.standing_in.in_force(today).values_list(
            "assignment__unit_id", "assignment__unit__agency_id", "assignment__role", "person_id"
        )
        return sorted((Duty(*row) for row in own.union(lent, all=True)), key=lambda duty: duty.instead_of or 0)

    @property
    def stands_in_for(self) -> list[int]:
        """Whose duties this person has besides their own today."""
        return list(dict.fromkeys(duty.instead_of for duty in self.duties if duty.instead_of is not None))

    def acting(self, instead_of: int | None) -> Person:
        """The same person with their own duties only, or only with those of whom they stand in for."""
        same = copy(self)
        same.duties = [duty for duty in self.duties if duty.instead_of == instead_of]
        same.instead_of = instead_of
        return same

    @property
    def is_officer(self) -> bool:
        return bool(self.duties)

    @property
    def sees_dossiers(self) -> bool:
        return self.may(Can.SEE_DOSSIERS)

    @property
    def hands_papers(self) -> bool:
        return self.may(Can.HAND_PAPERS)

    @property
    def has_counter(self) -> bool:
        """Sits at a counter, or directs one."""
        return self.may(Can.CLOSE_DAY) or any(duty.role == Role.DIRECTOR for duty in self.duties)

    @property
    def keeps_catalogue(self) -> bool:
        return self.may(Can.EDIT_CATALOGUE)

    @property
    def keeps_connections(self) -> bool:
        return self.may(Can.KEEP_CONNECTIONS)

    @property
    def operates(self) -> bool:
        return self.may(Can.OPERATE)

    @property
    def declares_closures(self) -> bool:
        return self.may(Can.CLOSE_AGENCY) or self.may(Can.CLOSE_PROVINCE)

    def may(self, act: Can) -> bool:
        return any(act in ROLES[duty.role] for duty in self.duties)

    def agencies(self, act: Can = Can.SEE_DOSSIERS) -> set[int]:
        """The agencies for which this officer may do the act."""
        return {duty.agency for duty in self.duties if act in ROLES[duty.role]}

    def units(self, act: Can = Can.SEE_DOSSIERS) -> set[int]:
        return {duty.unit for duty in self.duties if act in ROLES[duty.role]}


class Assignment(models.Model):
    """A person in a role at a unit for a period (phân công)."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="assignments")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="assignments")
    role = models.CharField("vị trí", max_length=20, choices=Role)
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)

    objects = ValidQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "unit", "role", "valid_from"], name="an_assignment_starts_once_a_day"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="an_assignment_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} – {self.get_role_display()}, {self.unit}"

    @property
    def acts(self) -> list[str]:
        """What it allows, in words."""
        return [act.value for act in Can if act in ROLES[self.role]]


class DelegationQuerySet(models.QuerySet["Delegation"]):
    def in_force(self, day: date):
        """What holds on that day: not ended, and what it lends is itself held by somebody with an account in use."""
        lent = Q(assignment__valid_to__isnull=True) | Q(assignment__valid_to__gte=day)
        return self.filter(
            lent,
            ended_at=None,
            valid_from__lte=day,
            valid_to__gte=day,
            assignment__valid_from__lte=day,
            person__is_active=True,
        )


class Delegation(models.Model):
    """Somebody stands in for who is away, in one assignment and for a period (ủy quyền, phân công thay khi vắng).

    It lends an assignment and never a delegation, so that nothing is lent on and never more than the person has.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="absences", verbose_name="người vắng")
    delegate = models.ForeignKey(Person, models.PROTECT, related_name="standing_in", verbose_name="người thay")
    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="delegations", verbose_name="vị trí")
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến hết ngày")
    reason = models.CharField("lý do", max_length=200)
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="người phân công")
    made_at = models.DateTimeField("phân công lúc")
    ended_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField("thôi lúc", null=True, blank=True)

    objects = DelegationQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["delegate", "valid_to"], name="who_stands_in", condition=Q(ended_at__isnull=True)),
            models.Index(fields=["assignment", "valid_to"], name="who_is_away", condition=Q(ended_at__isnull=True)),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(person=F("delegate")), name="nobody_stands_in_for_themself"),
            models.CheckConstraint(
                condition=Q(valid_to__gte=F("valid_from")), name="a_delegation_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="who_ended_a_delegation_is_known",
            ),
        ]


class CodeTask(models.TextChoices):
    """What a one-time code is asked for; a code of one task is none of another."""

    SIGN_IN = "SIGN_IN", "đăng nhập, mở tài khoản"
    CONFIRM = "CONFIRM", "xác nhận trước khi thay đổi tài khoản"
    ADDRESS = "ADDRESS", "thêm hoặc đổi số điện thoại, thư điện tử"
    JOIN = "JOIN", "gộp hai tài khoản"


class OneTimeCode(models.Model):
    """Six digits sent to a telephone or a mailbox; only what they make with the secret key is kept (mã dùng một lần)."""

    to = models.CharField("đến", max_length=254)
    task = models.CharField("để", max_length=10, choices=CodeTask)
    made_of = models.CharField(max_length=64)
    created_at = models.DateTimeField("lúc")
    tries = models.PositiveSmallIntegerField("số lần nhập", default=0)
    used_at = models.DateTimeField("đã dùng lúc", null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="one_time_codes_by_age")]

    def __str__(self) -> str:
        return f"{self.get_task_display()} {self.pk}"


class Assurance(models.IntegerChoices):
    """How surely an account says who it is (mức độ bảo đảm; NĐ 69/2024/NĐ-CP về định danh và xác thực điện tử)."""

    NONE = 0, "tài khoản chưa định danh"
    LEVEL_1 = 1, "định danh điện tử mức độ 1"
    LEVEL_2 = 2, "định danh điện tử mức độ 2"


class Identity(models.Model):
    """The electronic identity an account was proved with (danh tính điện tử, OpenID Connect)."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="identities")
    issuer = models.CharField("nơi cấp", max_length=250)
    subject = models.CharField("mã ở nơi cấp", max_length=255)
    level = models.PositiveSmallIntegerField("mức độ", choices=Assurance)
    id_number = models.CharField("số định danh", max_length=12)
    created_at = models.DateTimeField("gắn lúc")
    used_at = models.DateTimeField("dùng lần cuối")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="an_identity_belongs_to_one_account"),
            models.UniqueConstraint(fields=["person", "issuer"], name="an_account_has_one_identity_of_an_issuer"),
            models.CheckConstraint(condition=Q(level__in=[1, 2]), name="an_identity_has_a_level"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_level_display()}"


class DataCopy(models.Model):
    """Everything of a person as one file, made in the background and fetched by them alone within some days (bản sao dữ liệu cá nhân)."""

    public_id = models.UUIDField("tên tệp trong kho", default=uuid4, unique=True, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="data_copies")
    asked_at = models.DateTimeField("yêu cầu lúc")
    made_at = models.DateTimeField("lập xong lúc", null=True, blank=True)
    expires_at = models.DateTimeField("hết hạn lúc", null=True, blank=True)
    size = models.PositiveBigIntegerField("dung lượng (byte)", default=0)
    left_out = models.PositiveIntegerField("số tệp không chứa hết", default=0)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(made_at__isnull=True), name="one_copy_is_made_for_a_person_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(made_at__isnull=True, expires_at__isnull=True)
                | Q(made_at__isnull=False, expires_at__gt=F("made_at")),
                name="a_made_copy_expires",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.asked_at:%d/%m/%Y}"
