"""What an account wants to hear of its dossiers, and how (tùy chọn nhắn tin)."""

from __future__ import annotations

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from motcua.accounts.permissions import requires_account
from motcua.dossiers import informing as rules
from motcua.dossiers.models import Dossier
from motcua.messaging import sending
from motcua.messaging.models import Channel


@requires_account
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request):
    """By telephone, by letter, by both or not at all: for each kind of news."""
    if request.method == "POST":
        ticked = [name.partition("-")[::2] for name in request.POST]
        rules.choose(request.user, ticked)
        messages.success(request, _("Đã lưu cách nhắn tin của bạn."))
        return redirect("portal:informing")
    wanted, there = rules.wanted(request.user), rules.ways(request.user)
    ways = [
        {"label": _channel(channel), "to": rules.masked(there.get(channel, "")), "sent": sending.reaches(channel)}
        for channel in Channel
    ]
    kinds = [
        {
            "label": _(kind.label),
            "when": _(kind.when),
            "ticks": [
                {"name": f"{key}-{channel}", "on": wanted[key, channel], "label": _channel(channel)}
                for channel in there
            ],
        }
        for key, kind in rules.KINDS.items()
        if there
    ]
    return render(request, "portal/informing.html", {"kinds": kinds, "ways": ways})


def _channel(channel: str) -> str:
    return _("Tin nhắn") if channel == Channel.SMS else _("Thư điện tử")


def told(dossier: Dossier, *, owner: bool) -> list[dict[str, object]]:
    """What was sent to its people, in words; to whom only its own account reads."""
    return [
        {"text": _sentence(one, one.to if owner else ""), "about": _(rules.KINDS[one.kind].label), "at": one.at}
        for one in rules.sent(dossier)
    ]


def _sentence(one: rules.Sent, to: str) -> str:
    """“Đã nhắn tin tới 09•••••678”; whoever follows by code reads no number."""
    by_phone = one.channel == Channel.SMS
    if not to:
        said = {
            "sent": _("Đã nhắn tin cho người nộp") if by_phone else _("Đã gửi thư cho người nộp"),
            "failed": _("Chưa nhắn được tin cho người nộp") if by_phone else _("Chưa gửi được thư cho người nộp"),
            "waiting": _("Đang nhắn tin cho người nộp") if by_phone else _("Đang gửi thư cho người nộp"),
        }
        return said[one.state]
    said = {
        "sent": _("Đã nhắn tin tới %(to)s") if by_phone else _("Đã gửi thư tới %(to)s"),
        "failed": _("Chưa nhắn được tin tới %(to)s") if by_phone else _("Chưa gửi được thư tới %(to)s"),
        "waiting": _("Đang nhắn tin tới %(to)s") if by_phone else _("Đang gửi thư tới %(to)s"),
    }
    return said[one.state] % {"to": to}
