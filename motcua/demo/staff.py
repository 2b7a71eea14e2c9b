"""Officers of the demonstration, one for every role of every unit, and citizens with accounts (cán bộ, công dân trình diễn)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from random import Random
from typing import NamedTuple

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.db import transaction

from motcua.accounts.models import Assignment, Person
from motcua.accounts.permissions import Role
from motcua.accounts.second_factor import enrol_totp
from motcua.organisations.models import Agency, AgencyKind, Level, Place, Unit, UnitKind
from motcua.vietnamese import fold

from .accounts import password, totp_secret
from .citizens import Citizen, citizen
from .stories import SHOWN_COMMUNE

AT_COUNTERS_OF_CENTRE = 4
KEEPS_CATALOGUE = "H60.01"  # the Office of the People's Committee (NĐ 63/2010/NĐ-CP: kiểm soát thủ tục hành chính)
ROLES = {
    UnitKind.ONE_STOP: (Role.RECEPTION_OFFICER,),
    UnitKind.PROFESSIONAL: (Role.PROCESSING_OFFICER, Role.HEAD_OF_UNIT),
    UnitKind.LEADERS: (Role.LEADER,),
    UnitKind.CLERK: (Role.CLERK,),
    UnitKind.CONTROL: (Role.CATALOGUE_EDITOR,),
}
NAMES = {
    Role.RECEPTION_OFFICER: "tiepnhan",
    Role.PROCESSING_OFFICER: "chuyenvien",
    Role.HEAD_OF_UNIT: "truongphong",
    Role.LEADER: "lanhdao",
    Role.CLERK: "vanthu",
    Role.DIRECTOR: "giamdoc",
    Role.CATALOGUE_EDITOR: "daumoi",
    Role.CATALOGUE_KEEPER: "kiemsoat",
    Role.OPERATOR: "vanhanh",
}
# In a commune one person is the whole unit, and is called by its work.
OF_COMMUNES = {"Công chức Tư pháp - Hộ tịch": "tuphap", "Công chức Văn hóa - Xã hội": "vanhoa"}
# Where work is divided between two, so that it can be given to the other.
ALSO_AT = {(SHOWN_COMMUNE, "Công chức Tư pháp - Hộ tịch"): (Role.PROCESSING_OFFICER,)}


class Post(NamedTuple):
    """One person's place: user name, unit, role."""

    username: str
    unit: Unit
    role: Role


def posts(agencies: Mapping[str, Agency]) -> Iterator[Post]:
    """A post for every role at every unit; `agencies` by their id in facts/agencies.csv."""
    units: dict[int, list[Unit]] = defaultdict(list)
    for unit in Unit.objects.filter(agency__in=agencies.values()).order_by("id"):
        units[unit.agency_id].append(unit)
    for agency_id, name in _short_names(agencies).items():
        agency = agencies[agency_id]
        taken: Counter[str] = Counter()
        for unit in units[agency.pk]:
            for role in [*_roles(agency, unit), *ALSO_AT.get((agency_id, unit.name), ())]:
                work = _work(agency, unit, role)
                taken[work] += 1
                again = taken[work] if taken[work] > 1 else ""
                yield Post(f"{work}{again}.{name}", unit, role)


def _roles(agency: Agency, unit: Unit) -> Iterable[Role]:
    if agency.kind == AgencyKind.CENTRE:
        return (
            [Role.DIRECTOR, Role.OPERATOR]
            if unit.kind == UnitKind.LEADERS
            else [Role.RECEPTION_OFFICER] * AT_COUNTERS_OF_CENTRE
        )
    if unit.kind == UnitKind.CONTROL and agency.identifier == KEEPS_CATALOGUE:
        return [Role.CATALOGUE_KEEPER]
    if agency.level == Level.COMMUNE and unit.kind == UnitKind.PROFESSIONAL:
        return [Role.PROCESSING_OFFICER]
    return ROLES[UnitKind(unit.kind)]


def _work(agency: Agency, unit: Unit, role: Role) -> str:
    if agency.kind == AgencyKind.CENTRE and role == Role.RECEPTION_OFFICER:
        return "motcua"
    return OF_COMMUNES.get(unit.name, NAMES[role])


def _short_names(agencies: Mapping[str, Agency]) -> dict[str, str]:
    """How an agency is called in user names: stp, trungtam, huyenhamyen, hungduc; two communes alike add their district."""
    places: dict[int | None, Place] = {place.pk: place for place in Place.objects.all()}
    communes = Counter(_bare(places[agency.place_id]) for agency in agencies.values() if agency.level == Level.COMMUNE)
    names = {}
    for agency_id, agency in agencies.items():
        place = places[agency.place_id]
        if agency.kind == AgencyKind.CENTRE:
            names[agency_id] = "trungtam"
        elif agency.level == Level.PROVINCE:
            names[agency_id] = agency_id.lower()
        elif agency.level == Level.DISTRICT:
            names[agency_id] = ("tp" if place.name.startswith("Thành phố") else "huyen") + _bare(place)
        else:
            bare = _bare(place)
            names[agency_id] = bare if communes[bare] == 1 else f"{bare}.{_bare(places[place.parent_id])}"
    return names


def _bare(place: Place) -> str:
    """The name without its kind, marks and spaces: Xã Hùng Đức is hungduc."""
    for kind in ("Thành phố", "Thị trấn", "Huyện", "Phường", "Xã"):
        if place.name.startswith(kind + " "):
            return fold(place.name.removeprefix(kind)).replace(" ", "")
    return fold(place.name).replace(" ", "")


@transaction.atomic
def appoint(wanted: Iterable[Post], *, since: date, at: datetime) -> int:
    """Give every post a person with an account, an assignment and a second factor; returns how many were new."""
    known = set(Person.objects.values_list("username", flat=True))
    fresh = [post for post in wanted if post.username not in known]
    if not fresh:
        return 0
    hashed = make_password(password())
    people = Person.objects.bulk_create(
        Person(
            username=post.username,
            full_name=citizen(Random(post.username))["full_name"],
            password=hashed,
            created_at=at,
        )
        for post in fresh
    )
    Assignment.objects.bulk_create(
        Assignment(person=person, unit=post.unit, role=post.role, valid_from=since)
        for person, post in zip(people, fresh, strict=True)
    )
    _enrol(people)
    return len(fresh)


def _enrol(people: list[Person]) -> None:
    """All share one secret, so that one is enrolled as ever and the others get what it got."""
    first = enrol_totp(people[0], totp_secret())
    Authenticator.objects.bulk_create(
        Authenticator(user=person, type=first.type, data=first.data) for person in people[1:]
    )


@transaction.atomic
def register(citizens: Iterable[tuple[Citizen, str]], *, at: datetime) -> int:
    """Give citizens, with their addresses, an account by their phone number; returns how many were new."""
    known = set(Person.objects.values_list("phone", flat=True))
    fresh = [(one, address) for one, address in citizens if one["phone"] not in known]
    hashed = make_password(password()) if fresh else ""
    Person.objects.bulk_create(
        Person(
            username=f"cd-trinhdien-{one['phone'][-6:]}",
            full_name=one["full_name"],
            phone=one["phone"],
            id_number=one["id_number"],
            birth_date=one["birth_date"],
            address=address,
            password=hashed,
            created_at=at,
        )
        for one, address in fresh
    )
    return len(fresh)
