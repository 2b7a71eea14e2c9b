"""The second step of signing in, and setting it up for the first time (xác thực hai bước)."""

from __future__ import annotations

import segno
from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import clear_totp_secret, get_totp_secret
from django.contrib import messages
from django.http import HttpResponseForbidden, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.accounts import devices, second_factor, sign_in
from motcua.accounts.addresses import onward, towards, wanted
from motcua.accounts.attempts import Attempt
from motcua.accounts.forms import Code, NewCode, NewPasskey, Passkey
from motcua.accounts.permissions import public
from motcua.refusal import Refusal

from .sign_in import REFUSED, refused


def asked(request):
    """Whom the second factor is asked of: who gave the password just now, or is signed in without one."""
    if not request.user.is_authenticated:
        return sign_in.halfway(request)
    return None if request.session.get(sign_in.SECOND_FACTOR) else request.user


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request):
    """Ask for a code or a passkey."""
    person = asked(request)
    if person is None:
        return redirect(towards("sign_in", request))
    kept = second_factor.kept(person)
    kinds = {each.type for each in kept}
    if not kinds & {second_factor.Kind.TOTP, second_factor.Kind.WEBAUTHN}:
        return redirect(towards("set_up", request))
    form = Code(request.POST or None)
    status = 200
    if request.method == "POST":
        status = REFUSED
        if form.is_valid():
            try:
                return _answered(request, person, form.cleaned_data["code"])
            except Refusal as refusal:
                status = refused(form, refusal)
    shown = {
        "form": form,
        "next": wanted(request),
        "person": person,
        "has_application": second_factor.Kind.TOTP in kinds,
        "has_passkey": second_factor.Kind.WEBAUTHN in kinds,
    }
    return render(request, "accounts/second_factor.html", shown, status=status)


def _answered(request, person, code):
    device = devices.known(request, person)
    attempt = Attempt(request, "second_factor", f"{person.pk} {device}".strip())
    try:
        used = second_factor.accept(person, code, at=timezone.now())
    except Refusal:
        attempt.failed()
        raise
    attempt.succeeded()
    sign_in.enter(request, person, second_factor=True)
    if used.type == second_factor.Kind.RECOVERY_CODES:
        left = len(second_factor.unused_codes(second_factor.kept(person)))
        messages.warning(
            request,
            _("Bạn vừa dùng một mã dự phòng, còn %(left)s mã. Có thể tạo mã mới ở trang Tài khoản.") % {"left": left},
        )
    return devices.remember(redirect(onward(request)), person, device)


@public
@never_cache
@require_safe
def passkey_question(request):
    """What the browser signs to sign in."""
    return JsonResponse(second_factor.passkey_to_show(request, asked(request)))


@public
@never_cache
@require_POST
def passkey(request):
    """Sign in with a passkey, after the password or instead of it: it proves both possession and person."""
    form = Passkey(request.POST)
    try:
        attempt = Attempt(request, "passkey")
        try:
            told = form.cleaned_data["credential"] if form.is_valid() else ""
            person = second_factor.accept_passkey(request, asked(request), told, at=timezone.now())
        except Refusal:
            attempt.failed()
            raise
    except Refusal as refusal:
        messages.error(request, _(str(refusal)))
        return redirect(towards("second_factor" if asked(request) else "sign_in", request))
    sign_in.enter(request, person, second_factor=True)
    return devices.remember(redirect(onward(request)), person, devices.known(request, person))


def _first(view):
    """Only who has no second factor yet may set one up here, just after the password."""

    def guarded(request):
        person = asked(request)
        if person is None:
            return redirect(towards("sign_in", request))
        if second_factor.has_one(person):
            return redirect(towards("second_factor", request))
        if request.user.is_authenticated and not sign_in.confirmed(request):
            return redirect(towards("confirm", request))
        return view(request, person)

    return guarded


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@_first
def set_up(request, person):
    """The first second factor of an officer; nothing else opens before it is there."""
    return application_page(request, person, "accounts/set_up.html", lambda: _set_up(request, person))


def _set_up(request, person):
    sign_in.enter(request, person, second_factor=True)
    return devices.remember(redirect(towards("recovery_codes", request, then=onward(request))), person)


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@_first
def set_up_passkey(request, person):
    return passkey_page(request, person, "accounts/set_up_passkey.html", lambda: _set_up(request, person))


@public
@never_cache
@require_safe
def new_passkey_question(request):
    """What the browser signs to make a passkey; of use only to whoever may add one."""
    person = request.user if request.user.is_authenticated else sign_in.halfway(request)
    if person is None:
        return HttpResponseForbidden()
    return JsonResponse(second_factor.passkey_to_make(request, person))


def application_page(request, person, template, done):
    """Show the secret as a picture and as text until a right code comes back."""
    secret = get_totp_secret()
    form = NewCode(request.POST or None)
    status = 200
    if request.method == "POST":
        status = REFUSED
        if form.is_valid():
            try:
                second_factor.add_totp(person, secret, form.cleaned_data["code"], at=timezone.now())
                clear_totp_secret(request)
                return done()
            except Refusal as refusal:
                form.add_error("code", _(str(refusal)))
    address = get_adapter().build_totp_url(person, secret)
    shown = {
        "form": form,
        "next": wanted(request),
        "person": person,
        "address": address,
        "picture": _picture(address),
        "secret": secret,
        "secret_in_groups": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
    }
    return render(request, template, shown, status=status)


def _picture(address):
    """The QR code, dark on white whatever surrounds it, as scanners expect."""
    code = segno.make(address, error="m", micro=False)
    return mark_safe(code.svg_inline(border=3, light="#fff", omitsize=True, svgclass=None, lineclass=None))


def passkey_page(request, person, template, done):
    form = NewPasskey(request.POST or None)
    status = 200
    if request.method == "POST":
        status = REFUSED
        if form.is_valid():
            told = form.cleaned_data
            try:
                second_factor.add_passkey(request, person, told["credential"], name=told["name"], at=timezone.now())
                return done()
            except Refusal as refusal:
                status = refused(form, refusal)
    shown = {"form": form, "next": wanted(request), "person": person}
    return render(request, template, shown, status=status)
