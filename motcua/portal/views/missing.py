"""What a search did not find, told by whoever searched (không phải cái tôi cần)."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from motcua.accounts.attempts import Attempt, TooManyAttempts
from motcua.accounts.permissions import public
from motcua.catalogue import feedback, searching


@public
@require_POST
def tell(request):
    """Keep what was typed, what was shown and what was wanted; then back to the same results."""
    text = request.POST.get("q", "").replace("\x00", "").strip()[: searching.LONGEST]
    if text:
        try:
            Attempt(request, "feedback").failed()
        except TooManyAttempts:
            messages.warning(
                request,
                _(
                    "Hôm nay đã nhận nhiều ý kiến từ mạng bạn đang dùng; ý kiến này chưa được ghi. Mời thử lại sau một giờ."
                ),
            )
        else:
            today = timezone.localdate()
            shown = [version.code for version in searching.search(text, day=today, limit=feedback.SHOWN)]
            wanted = request.POST.get("can", "").replace("\x00", "")
            feedback.tell(text, wanted=wanted, shown=shown, at=timezone.now())
            messages.success(
                request, _("Cảm ơn bạn. Người soạn danh mục sẽ đọc để lần sau tìm được đúng việc bạn cần.")
            )
    return redirect(f"{reverse('portal:search')}?{urlencode({'q': text})}")
