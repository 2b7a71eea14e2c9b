"""Signing in, opening an account and proving an address by a code sent there (mã dùng một lần)."""

from __future__ import annotations

import time

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from motcua.accounts import one_time_codes, registration, sign_in
from motcua.accounts.addresses import onward, towards, wanted
from motcua.accounts.attempts import Attempt, TooManyAttempts, from_here
from motcua.accounts.forms import AskForCode, Named, SentCode, WhoseNumber
from motcua.accounts.models import CodeTask
from motcua.accounts.permissions import public, requires_account
from motcua.messaging.models import Channel
from motcua.refusal import Refusal
from motcua.vietnamese import fold

from .sign_in import REFUSED, proceed, refused

SENT, PROVED = "code_sent", "proved"  # in the signed session: the code asked for here, the address proved here
PROOF_HOLDS = 15 * 60


class TooManyCodes(TooManyAttempts):
    """Messages come late; whoever asks again and again is told what helps."""

    def __init__(self) -> None:
        Refusal.__init__(
            self,
            _("Đã gửi nhiều mã. Tin có thể đến chậm: hãy dùng mã mới nhất, hoặc chờ ít phút rồi xin mã khác."),
        )


class OfficerByCode(Refusal):
    message = gettext_noop("Tài khoản cán bộ đăng nhập bằng tên đăng nhập và mật khẩu.")


class NotTheName(Refusal):
    message = gettext_noop(
        "Tên chưa khớp với tài khoản đang ghi số này. Hãy viết đủ họ và tên, hoặc đăng nhập bằng mật khẩu. "
        "Nếu số này không phải do bạn ghi, hãy mang giấy tờ tùy thân đến Bộ phận Một cửa."
    )


def send(request, to, task):
    """Send a code there and remember that it was asked for here; every one counts."""
    try:
        attempt = Attempt(request, "code_sent", from_here(request, to))
    except TooManyAttempts:
        raise TooManyCodes
    attempt.failed()
    request.session[SENT] = [one_time_codes.send(to, task, at=timezone.now()).pk, to, task]


def sent(request, task):
    """Where the code asked for here went."""
    pk, to, what = request.session.get(SENT) or (None, "", "")
    return (pk, to) if what == task else (None, "")


def typed(request, task, code):
    """The address the code was sent to, once it is typed right."""
    pk, to = sent(request, task)
    attempt = Attempt(request, "code", from_here(request, to))
    try:
        to = one_time_codes.prove(pk, code, task, at=timezone.now())
    except Refusal:
        attempt.failed()
        raise
    attempt.succeeded()
    del request.session[SENT]
    return to


def ask_page(request, task, template, to_enter, *, channels=None, to="", **shown):
    """Ask for an address and send a code there; what is said does not depend on whether there is an account."""
    channels = channels or one_time_codes.channels()
    if not channels:
        raise Http404
    form = AskForCode(request.POST or None, channels=channels, to=to)
    status = 200
    if request.method == "POST":
        status = REFUSED
        if form.is_valid():
            try:
                send(request, form.cleaned_data["to"], task)
                return redirect(to_enter)
            except Refusal as refusal:
                status = refused(form, refusal)
    return render(request, template, {"form": form, "next": wanted(request), **shown}, status=status)


def code_page(request, task, done, *, ask, **shown):
    """Ask for the code; `ask` is where another one is asked for, and `done` goes on with the proved address."""
    to = sent(request, task)[1]
    if not to:
        return redirect(ask)
    form = SentCode(request.POST or None)
    status = 200
    if request.method == "POST":
        status = REFUSED
        if form.is_valid():
            try:
                return done(typed(request, task, form.cleaned_data["code"]))
            except Refusal as refusal:
                status = refused(form, refusal)
    shown = {"form": form, "to": to, "masked": one_time_codes.masked(to), "ask": ask, "next": wanted(request), **shown}
    return render(request, "accounts/code.html", shown, status=status)


# Signing in, and opening an account


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request):
    """Sign in by code, also for whoever has forgotten the password."""
    if request.user.is_authenticated:
        return redirect(onward(request))
    return ask_page(request, CodeTask.SIGN_IN, "accounts/ask_code.html", towards("enter_code", request))


def register_by_code(request):
    """Open an account: the address first, so that nobody is told who has one."""
    shown = {"opening": True, "sign_in_url": towards("sign_in", request)}
    return ask_page(request, CodeTask.SIGN_IN, "accounts/ask_code.html", towards("enter_code", request), **shown)


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enter_code(request):
    if request.user.is_authenticated:
        return redirect(onward(request))
    return code_page(request, CodeTask.SIGN_IN, lambda to: _known(request, to), ask=towards("ask_code", request))


def _known(request, to):
    """Who holds the address goes on to the account of it, or opens one."""
    person = one_time_codes.owner_of(to)
    if person is not None and person.is_officer:
        raise OfficerByCode
    if person is not None and one_time_codes.is_verified(person, to):
        return entered(request, person)
    request.session[PROVED] = [to, int(time.time())]
    return redirect(towards("open_account" if person is None else "whose_number", request))


def entered(request, person):
    sign_in.confirm_by_code(request)
    return proceed(request, person)


def proved(request):
    """The address proved here a moment ago."""
    to, at = request.session.get(PROVED) or ("", 0)
    return to if time.time() - at < PROOF_HOLDS else ""


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def open_account(request):
    """The name for a new account; the address has been proved."""
    to = proved(request)
    if not to or request.user.is_authenticated:
        return redirect(towards("ask_code", request))
    form = Named(request.POST or None)
    status = 200
    if request.method == "POST":
        status = REFUSED
        if form.is_valid():
            try:
                return _opened(request, to, form.cleaned_data)
            except registration.PhoneTaken as refusal:
                status = refused(form, refusal)
    shown = {"form": form, "masked": one_time_codes.masked(to), "next": wanted(request)}
    return render(request, "accounts/open.html", shown, status=status)


def _opened(request, to, told):
    field = "email" if one_time_codes.channel_of(to) == Channel.EMAIL else "phone"
    person = registration.register(**told, **{field: to}, verified=True, at=timezone.now())
    del request.session[PROVED]
    sign_in.confirm_by_code(request)
    sign_in.enter(request, person, second_factor=False)
    messages.success(request, _("Đã mở tài khoản. Lần sau bạn đăng nhập bằng mã gửi đến nơi này."))
    return redirect(onward(request))


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def whose_number(request):
    """A number typed into an account and never proved opens it only together with the name there: it may be mistyped."""
    to = proved(request)
    person = one_time_codes.owner_of(to) if to and not request.user.is_authenticated else None
    if person is None:
        return redirect(towards("ask_code", request))
    form = WhoseNumber(request.POST or None)
    status = 200
    if request.method == "POST":
        status = REFUSED
        if form.is_valid():
            try:
                _expect_name(request, to, person, form.cleaned_data["full_name"])
                del request.session[PROVED]
                return entered(request, registration.take_address(person, to, at=timezone.now()))
            except Refusal as refusal:
                status = refused(form, refusal)
    shown = {"form": form, "masked": one_time_codes.masked(to), "next": wanted(request)}
    return render(request, "accounts/whose_number.html", shown, status=status)


def _expect_name(request, to, person, name):
    attempt = Attempt(request, "password", to)
    if fold(name) != fold(person.full_name):
        attempt.failed()
        raise NotTheName
    attempt.succeeded()


# An account that is there


@requires_account
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_by_code(request):
    """A code to the person's own address instead of the password, before the account is changed."""
    known = one_time_codes.addresses(request.user)
    if not known:
        return redirect(towards("confirm", request))
    if request.method == "POST" and "send" in request.POST:
        to = request.POST.get("to") if request.POST.get("to") in known else known[0]
        try:
            send(request, to, CodeTask.CONFIRM)
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return redirect(towards("confirm", request))
        return redirect(towards("confirm_by_code", request))

    def done(to):
        if to not in known:
            raise one_time_codes.SpentOneTimeCode
        sign_in.confirm_by_code(request)
        return redirect(wanted(request) or "accounts:account")

    return code_page(request, CodeTask.CONFIRM, done, ask=towards("confirm", request))
