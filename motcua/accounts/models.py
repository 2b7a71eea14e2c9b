"""People, citizens and officers alike, and what officers are assigned to (tài khoản, phân công)."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone

from motcua.organisations.models import Unit, ValidQuerySet

from .permissions import ROLES, Can, Role


class Duty(NamedTuple):
    """One assignment in force, as a request needs it."""

    unit: int
    agency: int
    role: str


class PersonManager(BaseUserManager["Person"]):
    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(username=username)


class Person(AbstractBaseUser):
    """A person with an account (tài khoản); an officer is a person with an assignment."""

    username = models.CharField("tên đăng nhập", max_length=150, unique=True)
    full_name = models.CharField("họ và tên", max_length=120)
    phone = models.CharField("số điện thoại", max_length=15, blank=True)
    email = models.EmailField("thư điện tử", blank=True)
    id_number = models.CharField("số định danh cá nhân/CCCD", max_length=12, blank=True)
    birth_date = models.DateField("ngày sinh", null=True, blank=True)
    address = models.CharField("địa chỉ", max_length=250, blank=True)
    is_active = models.BooleanField("đang hoạt động", default=True)
    revocation = models.PositiveIntegerField("số lần thu hồi phiên", default=0)
    created_at = models.DateTimeField(default=timezone.now)

    objects = PersonManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["phone"], condition=~Q(phone=""), name="a_phone_belongs_to_one_account"),
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
        """The assignments in force today."""
        today = timezone.localdate()
        rows = self.assignments.valid_on(today).values_list("unit_id", "unit__agency_id", "role")
        return [Duty(*row) for row in rows]

    @property
    def is_officer(self) -> bool:
        return bool(self.duties)

    @property
    def sees_dossiers(self) -> bool:
        return self.may(Can.SEE_DOSSIERS)

    @property
    def keeps_catalogue(self) -> bool:
        return self.may(Can.EDIT_CATALOGUE)

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
