"""To the provider of electronic identities and back (đăng nhập bằng danh tính điện tử)."""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from motcua.accounts import e_identity, sign_in
from motcua.accounts.addresses import is_local, towards, wanted
from motcua.accounts.attempts import Attempt
from motcua.accounts.permissions import public
from motcua.refusal import Refusal

from .sign_in import proceed


@public
@never_cache
@require_safe
def ask(request):
    """A link, not a form: a form may lead to no other house (form-action), and a question alone changes nothing."""
    if e_identity.provider() is None:
        raise Http404
    attach = request.GET.get("gan", "")
    if attach and not e_identity.is_attaching(request.user, attach):
        return redirect("accounts:account")
    if request.user.is_authenticated and not attach:
        return redirect(wanted(request) or settings.LOGIN_REDIRECT_URL)
    try:
        attach_to = request.user.pk if attach else None
        return redirect(e_identity.question(request, back=_back(request), then=wanted(request), attach_to=attach_to))
    except Refusal as refusal:
        messages.error(request, _(str(refusal)))
        return redirect("accounts:account" if attach else towards("sign_in", request))


def _back(request):
    """Where the provider sends people back to, by the name they came under; the proxy before us may speak HTTPS when we do not."""
    scheme = "https" if settings.SESSION_COOKIE_SECURE else request.scheme
    return f"{scheme}://{request.get_host()}{reverse('accounts:e_identity_answer')}"


@public
@never_cache
@require_safe
def answer(request):
    """What the provider says of whoever comes back."""
    if e_identity.provider() is None:
        raise Http404
    try:
        who, asked = _answered(request)
        if asked["attach_to"]:
            return _attached(request, who, asked)
        person = e_identity.enter(who, at=timezone.now())
        sign_in.assure(request, person, who.level)
        return _onward(request, proceed(request, person), asked["then"])
    except Refusal as refusal:
        messages.error(request, _(str(refusal)))
        return redirect("accounts:account" if request.user.is_authenticated else "accounts:sign_in")


def _answered(request):
    """Answers nobody gave are counted, for each costs a question to the provider."""
    attempt = Attempt(request, "passkey")
    try:
        return e_identity.answered(request, back=_back(request))
    except e_identity.NotProved:
        attempt.failed()
        raise


def _onward(request, response, then):
    """To the page they wanted before they were sent to the provider, by way of the second factor if there is one."""
    if not then or not is_local(then):
        return response
    return redirect(then if request.user.is_authenticated else f"{response.url}?{urlencode({'next': then})}")


def _attached(request, who, asked):
    """The account that asked is still the one signed in, or nothing happens."""
    if request.user.pk != asked["attach_to"]:
        raise e_identity.StrangeAnswer
    try:
        person = e_identity.attach(request.user, who, at=timezone.now())
    except e_identity.OfAnother as proved:
        sign_in.prove_beside(request, proved.other)
        return redirect(settings.JOIN_URL)
    sign_in.assure(request, person, who.level)
    messages.success(request, _("Tài khoản của bạn đã được định danh."))
    return redirect("accounts:account")
