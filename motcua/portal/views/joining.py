"""Two accounts of one person become one: prove the other, look at both, join (gộp tài khoản)."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from motcua.accounts import closing, e_identity, one_time_codes, sign_in
from motcua.accounts.forms import AskForCode, SignIn
from motcua.accounts.models import CodeTask
from motcua.accounts.permissions import requires_account
from motcua.accounts.views.account import confirmed
from motcua.accounts.views.codes import code_page, send
from motcua.accounts.views.sign_in import REFUSED, refused
from motcua.dossiers import joining
from motcua.dossiers.models import Dossier
from motcua.refusal import Refusal
from motcua.vietnamese import fold

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


class NobodyThere(Refusal):
    """Told only to whoever has proved to hold the address."""


@requires_account
@never_cache
@confirmed
@GET_OR_POST
def join(request):
    """The ways to prove the other account; once it is proved, both side by side and the button."""
    other = sign_in.proved_beside(request)
    if other is None:
        return _ways(request)
    problem = ""
    if request.method == "POST" and "join" in request.POST:
        try:
            joining.join(request.user, other, at=timezone.now())
        except Refusal as refusal:
            problem = str(refusal)
        else:
            sign_in.forget_beside(request)
            messages.success(request, _("Đã gộp. Mọi hồ sơ của bạn nay ở một tài khoản; tài khoản kia đã đóng."))
            return redirect("accounts:account")
    elif request.method == "POST":
        sign_in.forget_beside(request)
        return redirect("portal:join")
    shown = {"sides": [_side(request.user), _side(other)], "problem": problem}
    return render(request, "portal/join.html", shown, status=REFUSED if problem else 200)


def _side(person):
    """What tells one account from the other."""
    dossiers = Dossier.objects.of_account(person)
    addresses = [one_time_codes.masked(to) for to in (person.phone, person.email) if to]
    return {
        "name": person.full_name,
        "facts": [
            (_("Số điện thoại, thư điện tử"), ", ".join(addresses)),
            (_("Số định danh cá nhân"), person.id_number),
            (_("Hồ sơ đã nộp"), dossiers.filed().count()),
            (_("Bản nháp"), Dossier.objects.drafts_of(person).count()),
            (_("Mở ngày"), f"{timezone.localdate(person.created_at):%d/%m/%Y}"),
        ],
    }


def _ways(request, *, by_code=None, by_password=None, status=200):
    channels = one_time_codes.channels()
    provider = e_identity.provider()
    shown = {
        "by_code": (by_code or AskForCode(channels=channels)) if channels else None,
        "by_password": by_password or SignIn(),
        "wrong": by_code or by_password,
        "provider": provider,
        "e_identity_url": f"{reverse('accounts:e_identity')}?gan={e_identity.attaching(request.user)}",
    }
    return render(request, "portal/join_ways.html", shown, status=status)


def _prove(request, other):
    """Both are proved now; what speaks against joining is said before anything is shown of the other."""
    closing.expect_joinable(request.user, other)
    sign_in.prove_beside(request, other)
    return redirect("portal:join")


@requires_account
@never_cache
@confirmed
@sensitive_post_parameters("password")
@require_http_methods(["POST"])
def by_password(request):
    form = SignIn(request.POST)
    status = REFUSED
    if form.is_valid():
        try:
            told = form.cleaned_data
            return _prove(request, sign_in.prove(request, told["login"], told["password"]))
        except Refusal as refusal:
            status = refused(form, refusal)
    return _ways(request, by_password=form, status=status)


@requires_account
@never_cache
@confirmed
@GET_OR_POST
def by_code(request):
    """Send a code to the other account's address, and take it."""
    channels = one_time_codes.channels()
    if not channels:
        raise Http404
    if request.method == "POST" and "to" in request.POST:
        form = AskForCode(request.POST, channels=channels)
        status = REFUSED
        if form.is_valid():
            try:
                send(request, form.cleaned_data["to"], CodeTask.JOIN)
                return redirect("portal:join_code")
            except Refusal as refusal:
                status = refused(form, refusal)
        return _ways(request, by_code=form, status=status)
    return code_page(request, CodeTask.JOIN, lambda to: _holds(request, to), ask=reverse("portal:join"))


def _holds(request, to):
    """A number that nobody proved may be mistyped; such an account is proved by its password."""
    other = one_time_codes.owner_of(to)
    if other is None or not (one_time_codes.is_verified(other, to) or _same_name(request.user, other)):
        raise NobodyThere(
            _("Mã đã đúng, nhưng không có tài khoản nào của bạn ghi nơi này. Hãy thử nơi khác, hoặc dùng mật khẩu.")
        )
    return _prove(request, other)


def _same_name(person, other):
    return fold(person.full_name) == fold(other.full_name)
