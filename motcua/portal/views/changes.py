"""What changed in the catalogue, to read and to subscribe to, and all of it to take away (dữ liệu mở của danh mục)."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime, time
from typing import Any

from django.contrib.syndication.views import Feed
from django.http import StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import condition, require_safe

from motcua.accounts.attempts import bounded
from motcua.accounts.permissions import public
from motcua.catalogue import reading
from motcua.ui.templatetags.ui import vn_date

PAGE = 20
IN_FEED = 50
KINDS = {
    reading.PUBLISHED: gettext_lazy("Mới công bố"),
    reading.CHANGED: gettext_lazy("Sửa đổi, bổ sung"),
    reading.RETIRED: gettext_lazy("Bãi bỏ"),
}


def told(change: reading.Change) -> dict[str, Any]:
    """A change as a row of the page and of the feed."""
    retired = change.kind == reading.RETIRED
    words = _("hết hiệu lực từ %(day)s") if retired else _("áp dụng từ %(day)s")
    return {
        "kind": KINDS[change.kind],
        "name": change.version.name,
        "code": change.version.code,
        "decision": change.version.retired_by if retired else change.version.decision,
        "when": words % {"day": vn_date(change.day, "short")},
        "at": change.at,
        "mark": change.mark,
    }


@public
@require_safe
def changes(request):
    """Published, changed and retired procedures, the newest first; twenty a page."""
    before = request.GET.get("truoc", "")[:60]
    found = reading.changes(limit=PAGE + 1, before=before)
    shown = [told(change) for change in found[:PAGE]]
    context = {"rows": shown, "more": f"?truoc={shown[-1]['mark']}" if len(found) > PAGE else None, "later": before}
    return render(request, "portal/changes.html", context)


class ChangesFeed(Feed):
    """The same rows for a feed reader (Atom)."""

    feed_type = Atom1Feed
    title = "Thay đổi của danh mục thủ tục hành chính"
    subtitle = "Thủ tục mới công bố, sửa đổi, bổ sung và bãi bỏ"
    link = reverse_lazy("portal:changes")
    language = "vi"

    def items(self) -> list[dict[str, Any]]:
        return [told(change) for change in reading.changes(limit=IN_FEED)]

    def item_title(self, item: Any) -> str:
        return f"{item['kind']}: {item['name']}"

    def item_description(self, item: Any) -> str:
        return " · ".join(filter(None, (item["code"], item["when"], item["decision"])))

    def item_link(self, item: Any) -> str:
        return reverse("portal:procedure", args=[item["code"]])

    def item_guid(self, item: Any) -> str:
        return f"tag:motcua,2021:thay-doi:{item['mark']}"

    def item_updateddate(self, item: Any) -> datetime:
        return item["at"]

    def item_pubdate(self, item: Any) -> datetime:
        return item["at"]


_feed = ChangesFeed()


@public
@require_safe
def feed(request):
    return _feed(request)


# The whole catalogue ---------------------------------------------------------------------------------------------------


@public
@require_safe
def data(request):
    """What may be taken away, in which form, and how to name where it came from."""
    context = {"name": file_name(), "last": reading.last_change()}
    return render(request, "portal/data.html", context)


def file_name() -> str:
    return f"danh-muc-tthc-{timezone.localdate():%Y-%m-%d}.jsonl.gz"


def last_modified(request) -> datetime:
    """What is in force changes when something is published, and at midnight, when versions begin and end."""
    midnight = timezone.make_aware(datetime.combine(timezone.localdate(), time.min))
    return max(midnight, reading.last_change() or midnight)


@public
@require_safe
@bounded("catalogue")
@condition(last_modified_func=last_modified)
def download(request):
    """The whole catalogue in force, one procedure a line, packed while it is read."""
    lines = reading.lines(timezone.localdate())
    response = StreamingHttpResponse(packed(lines), content_type="application/gzip")
    response["Content-Disposition"] = f'attachment; filename="{file_name()}"'
    response["Content-Encoding"] = "identity"  # it is packed already
    return response


def packed(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Gzip, piece by piece."""
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    for line in lines:
        if piece := packer.compress(line):
            yield piece
    yield packer.flush()
