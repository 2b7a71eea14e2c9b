"""A person's own account: facts, password, second factors, sessions (trang Tài khoản)."""

from __future__ import annotations

from functools import wraps

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.accounts import e_identity, one_time_codes, registration, second_factor, sign_in, standing_in
from motcua.accounts.addresses import onward, page_of, towards, wanted
from motcua.accounts.attempts import Attempt
from motcua.accounts.forms import Confirmation, Correction, NewPassword
from motcua.accounts.models import CodeTask
from motcua.accounts.permissions import requires_account
from motcua.messaging.models import Channel
from motcua.refusal import Refusal

from .codes import ask_page, code_page
from .second_factor import application_page, passkey_page
from .sign_in import REFUSED, refused


def confirmed(view):
    """What opens an account is changed only by who has just said the password, and the second factor where there is one."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not request.session.get(sign_in.SECOND_FACTOR) and second_factor.has_one(request.user):
            return redirect(towards("second_factor", request, then=page_of(request)))
        if not sign_in.confirmed(request):
            return redirect(towards("confirm", request, then=page_of(request)))
        return view(request, *args, **kwargs)

    return guarded


@requires_account
@never_cache
@require_safe
def show(request):
    person = request.user
    kept = second_factor.kept(person)
    kinds = {each.type for each in kept}
    shown = {
        "person": person,
        "facts": _facts(person),
        "provable": _provable(person),
        "identities": person.identities.order_by("pk"),
        "provider": None if person.is_officer else e_identity.provider(),
        "attach": e_identity.attaching(person),
        "join_url": settings.JOIN_URL,
        "assignments": person.assignments.valid_on(timezone.localdate())
        .select_related("unit__agency")
        .order_by("valid_from", "pk"),
        "taken_over": standing_in.taken_over_by(person, timezone.localdate()),
        "lent": standing_in.lent_by(person, timezone.localdate()),
        "factors": [each for each in kept if each.type != second_factor.Kind.RECOVERY_CODES],
        "has_application": second_factor.Kind.TOTP in kinds,
        "counter_url": settings.COUNTER_URL,
        "absences_url": f"{settings.COUNTER_URL}vang-mat/",
        "codes_left": len(second_factor.unused_codes(kept)),
    }
    return render(request, "accounts/account.html", shown)


def _provable(person):
    """The addresses a code can be sent to, as rows: what it is, the address, since when proved, where it is changed."""
    rows = {
        Channel.SMS: (_("Số điện thoại"), person.phone, person.phone_verified_at, reverse("accounts:change_phone")),
        Channel.EMAIL: (_("Thư điện tử"), person.email, person.email_verified_at, reverse("accounts:change_email")),
    }
    return [rows[channel] for channel in one_time_codes.channels()]


def _facts(person):
    """What has no rows of its own."""
    typed = [(Channel.SMS, _("Số điện thoại"), person.phone), (Channel.EMAIL, _("Thư điện tử"), person.email)]
    facts = [
        (_("Họ và tên"), person.full_name),
        *[(name, address) for channel, name, address in typed if channel not in one_time_codes.channels()],
        (_("Số định danh cá nhân"), person.id_number),
        (_("Ngày sinh"), f"{person.birth_date:%d/%m/%Y}" if person.birth_date else ""),
        (_("Địa chỉ"), person.address),
    ]
    return [(_("Tên đăng nhập"), person.username), *facts] if person.is_officer else facts


@requires_account
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request):
    form = Correction(request.user, request.POST or None)
    status = 200
    if request.method == "POST":
        status = REFUSED
        if form.is_valid():
            try:
                return _corrected(request, form)
            except registration.PhoneTaken:
                form.add_error("phone", _("Số điện thoại này thuộc một tài khoản khác. Hãy kiểm tra lại số."))
            except Refusal as refusal:
                status = refused(form, refusal)
    return render(request, "accounts/correct.html", {"form": form, "next": wanted(request)}, status=status)


def _corrected(request, form):
    attempt = Attempt(request, "registration")
    try:
        registration.correct(request.user, **form.cleaned_data, at=timezone.now())
    except registration.PhoneTaken:
        attempt.failed()
        raise
    messages.success(request, _("Đã lưu thông tin của bạn."))
    return redirect(wanted(request) or "accounts:account")


@requires_account
@never_cache
@sensitive_post_parameters("current", "password")
@require_http_methods(["GET", "HEAD", "POST"])
def change_password(request):
    """Whoever has just typed a code sent to them has no need of the old password, and may have forgotten it."""
    by_code = sign_in.by_code(request)
    if not by_code and not request.user.has_usable_password():
        return redirect(towards("confirm", request, then=page_of(request)))
    form = NewPassword(request.user, request.POST or None, ask_current=not by_code)
    status = 200
    if request.method == "POST":
        status = REFUSED
        if form.is_valid():
            try:
                if not by_code:
                    sign_in.confirm(request, form.cleaned_data["current"])
                person = sign_in.change_password(
                    request.user, form.cleaned_data["password"], by=request.user, at=timezone.now()
                )
                sign_in.stay(request, person)
                messages.success(request, _("Đã đổi mật khẩu. Các thiết bị khác đã được đăng xuất."))
                return redirect("accounts:account")
            except sign_in.WrongPassword as refusal:
                form.add_error("current", _(str(refusal)))
            except Refusal as refusal:
                status = refused(form, refusal)
    return render(request, "accounts/password.html", {"form": form}, status=status)


@requires_account
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request):
    """Say the password again, or have a code sent, before changing what opens the account."""
    form = Confirmation(request.POST or None)
    status = 200
    if request.method == "POST":
        status = REFUSED
        if form.is_valid():
            try:
                sign_in.confirm(request, form.cleaned_data["password"])
                return redirect(wanted(request) or "accounts:account")
            except sign_in.WrongPassword as refusal:
                form.add_error("password", _(str(refusal)))
            except Refusal as refusal:
                status = refused(form, refusal)
    shown = {
        "form": form if request.user.has_usable_password() else None,
        "next": wanted(request),
        "addresses": [(to, one_time_codes.masked(to)) for to in one_time_codes.addresses(request.user)],
        "send_url": towards("confirm_by_code", request),
    }
    return render(request, "accounts/confirm.html", shown, status=status)


ADDRESSES = {"phone": Channel.SMS, "email": Channel.EMAIL}


@requires_account
@never_cache
@confirmed
@require_http_methods(["GET", "HEAD", "POST"])
def change_address(request, kind):
    """A new telephone number or mailbox, or the one that is there and not proved yet."""
    channel = ADDRESSES[kind]
    if channel not in one_time_codes.channels():
        return redirect("accounts:correct")
    to_enter = reverse(f"accounts:{kind}_code")
    now = getattr(request.user, kind)
    return ask_page(
        request, CodeTask.ADDRESS, "accounts/address.html", to_enter, channels=[channel], to=now, kind=kind, now=now
    )


@requires_account
@never_cache
@confirmed
@require_http_methods(["GET", "HEAD", "POST"])
def address_code(request, kind):
    def done(to):
        try:
            registration.take_address(request.user, to, at=timezone.now())
        except registration.PhoneTaken:
            raise registration.AddressTaken
        messages.success(request, _("Đã xác minh. Từ nay bạn nhận mã và tin báo ở nơi này."))
        return redirect("accounts:account")

    return code_page(request, CodeTask.ADDRESS, done, ask=reverse(f"accounts:change_{kind}"))


def _added(request):
    """To the recovery codes when they are new; the session has just shown the second factor."""
    request.session[sign_in.SECOND_FACTOR] = True
    messages.success(request, _("Đã bật xác thực hai bước. Từ lần đăng nhập sau, bạn sẽ được hỏi thêm bước này."))
    return redirect("accounts:recovery_codes" if second_factor.codes_to_show(request.user) else "accounts:account")


@requires_account
@never_cache
@confirmed
@require_http_methods(["GET", "HEAD", "POST"])
def add_application(request):
    return application_page(request, request.user, "accounts/application.html", lambda: _added(request))


@requires_account
@never_cache
@confirmed
@require_http_methods(["GET", "HEAD", "POST"])
def add_passkey(request):
    return passkey_page(request, request.user, "accounts/passkey.html", lambda: _added(request))


@requires_account
@confirmed
@require_POST
def remove_factor(request, pk):
    mine = [each for each in second_factor.kept(request.user) if each.pk == pk]
    if not mine or mine[0].type == second_factor.Kind.RECOVERY_CODES:
        raise Http404
    try:
        second_factor.remove(request.user, mine[0], at=timezone.now())
        messages.success(request, _("Đã bỏ cách xác thực này."))
    except Refusal as refusal:
        messages.error(request, _(str(refusal)))
    return redirect("accounts:account")


@requires_account
@never_cache
@confirmed
@require_http_methods(["GET", "HEAD", "POST"])
def recovery_codes(request):
    """Show the codes until their owner says they are kept, then never again."""
    if not second_factor.has_one(request.user):
        return redirect("accounts:account")
    if request.method == "POST" and "kept" in request.POST:
        second_factor.codes_are_kept(request.user)
        return redirect(onward(request) if wanted(request) else "accounts:account")
    if request.method == "POST":
        second_factor.renew_codes(request.user, at=timezone.now())
        return redirect(towards("recovery_codes", request))
    shown = {"codes": second_factor.codes_to_show(request.user), "next": wanted(request), "person": request.user}
    return render(request, "accounts/recovery_codes.html", shown)


@requires_account
@require_POST
def end_sessions(request):
    """Đăng xuất khỏi mọi thiết bị, this one too."""
    sign_in.end_everywhere(request.user, by=request.user, at=timezone.now())
    logout(request)
    messages.success(request, _("Đã đăng xuất khỏi mọi thiết bị, kể cả thiết bị này."))
    return redirect("accounts:sign_in")
