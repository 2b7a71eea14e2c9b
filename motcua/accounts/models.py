"""People, citizens and officers alike, and what officers are assigned to (tài khoản, phân công)."""

from __future__ import annotations

from copy import copy
from datetime import date
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

    # For whom the act at hand is done; the journal and the step are told (standing_in.own_first).
    instead_of: int | None = None

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
