"""Signing in with an electronic identity of the state by OpenID Connect (VNeID, Cổng DVCQG; NĐ 69/2024/NĐ-CP, one-stop.md §5.6).

Code flow with PKCE, state and nonce. allauth's provider is not used: it sends no nonce, takes a token unread when it came from the
provider itself, and brings accounts, tables and pages of its own (docs/accounts.md); its requests and PyJWT are what is needed. What
is asked of the provider is a call over the network, so it is made by the view, outside any transaction; the step that follows
knows only what the provider answered.
"""

from __future__ import annotations

import base64
import hashlib
import logging
import re
import time
from datetime import date, datetime
from secrets import token_urlsafe
from typing import Any, NamedTuple
from urllib.parse import quote_plus, urlencode, urlsplit

import jwt
import requests
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.core.signing import BadSignature, TimestampSigner
from django.db import transaction
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, get_random_string
from django.utils.translation import gettext_noop

from motcua.journal.recording import record
from motcua.refusal import Refusal
from motcua.vietnamese import compose

from . import phones, registration
from .models import Assurance, Identity, Person

logger = logging.getLogger(__name__)
ASKED = "e_identity"  # in the signed session: what was asked of the provider
HOLDS = 10 * 60
SECONDS = 10
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
SIGNER = TimestampSigner(salt="motcua.e_identity")


class StrangeAnswer(Refusal):
    """No question of this browser, or one answered before."""

    message = gettext_noop("Lần đăng nhập này đã quá lâu, hoặc không bắt đầu từ máy này. Hãy bắt đầu lại.")


class Cancelled(Refusal):
    message = gettext_noop("Bạn đã dừng việc đăng nhập bằng danh tính điện tử. Chưa có gì thay đổi.")


class NotProved(Refusal):
    """What the provider said cannot be trusted, or it said nothing."""

    message = gettext_noop(
        "Chưa xác nhận được danh tính điện tử: nơi cấp không trả lời, hoặc trả lời chưa đúng. Hãy thử lại sau ít phút, hoặc dùng cách khác."
    )


class NotAPerson(Refusal):
    message = gettext_noop("Cổng này dùng danh tính điện tử của cá nhân có số định danh 12 chữ số.")


class OtherNumber(Refusal):
    message = gettext_noop(
        "Số định danh ghi trong tài khoản khác số của danh tính điện tử nên chưa gắn được. "
        "Nếu tài khoản ghi nhầm, hãy sửa số ở trang Tài khoản rồi làm lại."
    )


class OfOfficer(Refusal):
    message = gettext_noop("Tài khoản cán bộ không gắn với danh tính điện tử của người dân.")


class OfAnother(Refusal):
    """Both accounts have been proved, so they may be joined (dossiers/joining.py)."""

    message = gettext_noop("Danh tính điện tử này đã thuộc một tài khoản khác của bạn.")

    def __init__(self, other: Person) -> None:
        self.other = other
        super().__init__()


class Provider(NamedTuple):
    issuer: str
    client: str
    secret: str
    name: str
    level_2: str  # "claim=value" of what the provider says of an identity of level 2


class Who(NamedTuple):
    """Whom the provider named."""

    issuer: str
    subject: str
    level: int
    id_number: str
    full_name: str
    birth_date: date | None
    phone: str


def provider() -> Provider | None:
    """The provider this installation was told of (MOTCUA_OIDC_…)."""
    told = settings.OIDC
    if not told["issuer"]:
        return None
    where = urlsplit(told["issuer"])
    if not told["client"] or not (where.scheme == "https" or where.hostname in ("localhost", "127.0.0.1")):
        raise ImproperlyConfigured("MOTCUA_OIDC_ISSUER cần bắt đầu bằng https:// và đi cùng MOTCUA_OIDC_CLIENT_ID.")
    return Provider(told["issuer"].rstrip("/"), told["client"], told["secret"], told["name"], told["level_2"])


def said_of_itself(known: Provider) -> dict[str, Any]:
    """The provider's addresses, asked once an hour; it must be who we were told it is."""

    def ask() -> dict[str, Any]:
        found = requests.get(f"{known.issuer}/.well-known/openid-configuration", timeout=SECONDS)
        found.raise_for_status()
        return dict(found.json())

    place = f"e-identity-provider:{known.issuer}"
    said = cache.get(place)
    if said is None:
        said = ask()
        cache.set(place, said, 3600)
    if str(said.get("issuer", "")).rstrip("/") != known.issuer:
        raise NotProved
    return dict(said)


# Asking --------------------------------------------------------------------------------------------------------------


def attaching(person: Person) -> str:
    """What an address carries that gives the identity to the account signed in: no page elsewhere can make one."""
    return SIGNER.sign(str(person.pk))


def is_attaching(person: Any, token: str) -> bool:
    try:
        return SIGNER.unsign(token, max_age=15 * 60) == str(person.pk)
    except BadSignature:
        return False


def question(request: HttpRequest, *, back: str, then: str, attach_to: int | None) -> str:
    """The provider's address to send the person to; what was asked is kept in their cookie."""
    known = _provider()
    try:
        authorize = said_of_itself(known)["authorization_endpoint"]
    except (requests.RequestException, ValueError, KeyError):
        logger.warning("the e-identity provider does not say where to sign in")
        raise NotProved
    asked: dict[str, Any] = {"state": token_urlsafe(24), "nonce": token_urlsafe(24)}
    verifier = token_urlsafe(64)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    request.session[ASKED] = asked | {
        "verifier": verifier,
        "at": int(time.time()),
        "then": then,
        "attach_to": attach_to,
    }
    told = {
        "response_type": "code",
        "client_id": known.client,
        "redirect_uri": back,
        "scope": "openid profile",
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    return f"{authorize}?{urlencode(told | asked)}"


# Being answered ------------------------------------------------------------------------------------------------------


def answered(request: HttpRequest, *, back: str) -> tuple[Who, dict[str, Any]]:
    """Whom the provider names, and what they had asked; each question is answered once."""
    known = _provider()
    asked = request.session.pop(ASKED, None)
    state = request.GET.get("state", "")
    if not asked or not constant_time_compare(asked["state"], state) or time.time() - asked["at"] > HOLDS:
        raise StrangeAnswer
    # The cookie that held the question may be sent again; the question may not.
    if not cache.add(f"e-identity:{state}", True, HOLDS):
        raise StrangeAnswer
    if request.GET.get("error") == "access_denied":
        raise Cancelled
    code = request.GET.get("code", "")
    if not code or request.GET.get("iss", known.issuer).rstrip("/") != known.issuer:
        raise NotProved
    try:
        return _who(known, _claims(known, code, asked, back)), asked
    except (requests.RequestException, jwt.PyJWTError, ValueError, KeyError, TypeError) as error:
        logger.warning("an e-identity was not proved: %s", type(error).__name__)
        raise NotProved


def _claims(known: Provider, code: str, asked: dict[str, Any], back: str) -> dict[str, Any]:
    said = said_of_itself(known)
    told = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": back,
        "code_verifier": asked["verifier"],
        "client_id": known.client,
    }
    methods = said.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    basic = (quote_plus(known.client), quote_plus(known.secret)) if "client_secret_basic" in methods else None
    if basic is None:
        told["client_secret"] = known.secret
    got = requests.post(said["token_endpoint"], data=told, auth=basic, timeout=SECONDS, allow_redirects=False)
    got.raise_for_status()
    tokens = got.json()
    claims = _read(tokens["id_token"], said, known)
    if not constant_time_compare(str(claims.get("nonce", "")), asked["nonce"]):
        raise jwt.InvalidTokenError("another question's answer")
    if where := said.get("userinfo_endpoint"):
        bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
        more = requests.get(where, headers=bearer, timeout=SECONDS, allow_redirects=False)
        more.raise_for_status()
        if more.json()["sub"] != claims["sub"]:
            raise jwt.InvalidTokenError("somebody else's facts")
        claims = more.json() | claims
    return dict(claims)


def _read(token: str, said: dict[str, Any], known: Provider) -> dict[str, Any]:
    """What the provider signed for us: by its key, for this client, now."""
    found = requests.get(said["jwks_uri"], timeout=SECONDS)
    found.raise_for_status()
    keys = jwt.PyJWKSet.from_dict(found.json()).keys
    kid = jwt.get_unverified_header(token).get("kid")
    # A provider with one key need not name it (OpenID Connect Core §10.1).
    fitting = [key for key in keys if kid is None or key.key_id == kid]
    if len(fitting) != 1:
        raise jwt.InvalidKeyError("no such key")
    return dict(
        jwt.decode(
            token,
            fitting[0],
            algorithms=ALGORITHMS,
            audience=known.client,
            issuer=said["issuer"],
            leeway=30,
            options={"require": ["exp", "iat", "iss", "aud", "sub", "nonce"]},
        )
    )


def _who(known: Provider, claims: dict[str, Any]) -> Who:
    """Read what the provider told, by the names of Cổng DVCQG (one-stop.md §5.6)."""
    number = str(claims.get("SoDinhDanh") or "")
    if str(claims.get("LoaiTaiKhoan") or "1") != "1" or not re.fullmatch(r"[0-9]{12}", number):
        raise NotAPerson
    name, _, value = known.level_2.partition("=")
    sure = bool(name) and str(claims.get(name, "")) == value
    return Who(
        issuer=known.issuer,
        subject=str(claims["sub"]),
        level=Assurance.LEVEL_2 if sure else Assurance.LEVEL_1,
        id_number=number,
        full_name=compose(str(claims["HoVaTen"])).strip()[:120],
        birth_date=_day(str(claims.get("NgayThangNamSinh") or "")),
        phone=phones.normal(str(claims.get("SoDienThoai") or "")),
    )


def _day(text: str) -> date | None:
    """A day as people or machines write it."""
    for pattern in ("%d/%m/%Y", "%Y-%m-%d", "%Y%m%d", "%Y%m%d%H%M%S"):
        try:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007
        except ValueError:
            continue
    return None


def _provider() -> Provider:
    if known := provider():
        return known
    raise NotProved


# Whose account it is -------------------------------------------------------------------------------------------------


def owner(who: Who) -> Person | None:
    """The account proved with this identity, or with another one of the same number; a number somebody typed proves nothing."""
    known = Identity.objects.filter(person__is_active=True).select_related("person")
    found = (
        known.filter(issuer=who.issuer, subject=who.subject).first() or known.filter(id_number=who.id_number).first()
    )
    return found.person if found else None


@transaction.atomic
def enter(who: Who, *, at: datetime) -> Person:
    """The account of this identity; whoever comes for the first time gets one."""
    person = owner(who)
    if person is None:
        person = Person(
            username=f"cd-{get_random_string(12, registration.LETTERS)}", full_name=who.full_name, created_at=at
        )
        person.set_password(None)
        if who.phone and not Person.objects.filter(phone=who.phone).exists():
            person.phone = who.phone
        person.save(force_insert=True)
        record("person.registered", about=person, by=person, at=at)
    return _take(person, who, at)


@transaction.atomic
def attach(person: Person, who: Who, *, at: datetime) -> Person:
    """Give the identity to an account that is there: its name, number and birth date are proved from now on."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    if person.is_officer:
        raise OfOfficer
    other = owner(who)
    if other is not None and other != person:
        raise OfAnother(other)
    if person.id_number and person.id_number != who.id_number:
        raise OtherNumber
    return _take(person, who, at)


def _take(person: Person, who: Who, at: datetime) -> Person:
    person = Person.objects.select_for_update().get(pk=person.pk)
    held = person.identities.filter(issuer=who.issuer).first()
    if held and held.id_number != who.id_number:
        raise OtherNumber
    facts = {"subject": who.subject, "level": who.level, "id_number": who.id_number, "used_at": at}
    Identity.objects.update_or_create(
        person=person, issuer=who.issuer, defaults=facts, create_defaults=facts | {"created_at": at}
    )
    person.full_name, person.id_number = who.full_name, who.id_number
    person.birth_date = who.birth_date or person.birth_date
    person.save(update_fields=["full_name", "id_number", "birth_date"])
    if not held:
        record("person.identified", about=person, by=person, at=at, level=int(who.level))
    return person
