"""Signing in, signing out, opening an account (đăng nhập, đăng xuất, đăng ký)."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from motcua.accounts import e_identity, one_time_codes, registration, second_factor, sign_in
from motcua.accounts.addresses import onward, towards, wanted
from motcua.accounts.attempts import Attempt, TooManyAttempts
from motcua.accounts.forms import Registration, SignIn
from motcua.accounts.permissions import public
from motcua.messaging.models import Channel
from motcua.refusal import Refusal

REFUSED, WAIT = 422, 429


def refused(form, refusal):
    """Show the sentence with the form; the status of the page tells machines which kind of no it was."""
    form.add_error(None, _(str(refusal)))
    return WAIT if isinstance(refusal, TooManyAttempts) else REFUSED


def proceed(request, person):
    """After the password: whoever has a second factor is asked for it, an officer without one makes one first."""
    if second_factor.has_one(person):
        sign_in.half(request, person)
        return redirect(towards("second_factor", request))
    if person.is_officer:
        sign_in.half(request, person)
        return redirect(towards("set_up", request))
    sign_in.enter(request, person, second_factor=False)
    return redirect(onward(request))


@public
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request):
    """One page for officers and citizens."""
    if request.user.is_authenticated:
        missing = request.user.is_officer and not request.session.get(sign_in.SECOND_FACTOR)
        return redirect(towards("second_factor", request) if missing else onward(request))
    form = SignIn(request.POST or None)
    status = 200
    if request.method == "POST":
        status = REFUSED
        if form.is_valid():
            try:
                return proceed(
                    request, sign_in.prove(request, form.cleaned_data["login"], form.cleaned_data["password"])
                )
            except Refusal as refusal:
                status = refused(form, refusal)
    shown = {
        "form": form,
        "next": wanted(request),
        "register_url": towards("register", request),
        "by_code_url": towards("ask_code", request) if one_time_codes.channels() else "",
        "provider": e_identity.provider(),
        "e_identity_url": towards("e_identity", request),
        "forgotten_url": towards("ask_code", request, then=reverse("accounts:change_password")),
    }
    return render(request, "accounts/sign_in.html", shown, status=status)


@public
@require_POST
def leave(request):
    sign_in.leave(request)
    messages.success(request, _("Bạn đã đăng xuất."))
    return redirect(settings.LOGIN_REDIRECT_URL)


@public
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def register(request):
    """A citizen opens an account and is signed in at once; where messages are sent, after a code."""
    if request.user.is_authenticated:
        return redirect(onward(request))
    if Channel.SMS in one_time_codes.channels():
        from . import codes  # which goes on with what is here

        return codes.register_by_code(request)
    form = Registration(request.POST or None)
    status = 200
    if request.method == "POST":
        status = REFUSED
        if form.is_valid():
            try:
                return _opened(request, form)
            except registration.PhoneTaken as refusal:
                form.add_error("phone", _(str(refusal)))
            except Refusal as refusal:
                status = refused(form, refusal)
    shown = {
        "form": form,
        "next": wanted(request),
        "sign_in_url": towards("sign_in", request),
        "by_code_url": towards("ask_code", request) if one_time_codes.channels() else "",
    }
    return render(request, "accounts/register.html", shown, status=status)


def _opened(request, form):
    attempt = Attempt(request, "registration")
    try:
        person = registration.register(**form.cleaned_data, at=timezone.now())
    except registration.PhoneTaken:
        # Asking number after number who has an account ends here.
        attempt.failed()
        raise
    sign_in.enter(request, person, second_factor=False)
    messages.success(request, _("Đã mở tài khoản. Lần sau bạn đăng nhập bằng số điện thoại và mật khẩu này."))
    return redirect(onward(request))
