"""The way from a procedure to a filed dossier, one thing a page (nộp hồ sơ trực tuyến)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from motcua.accounts.handing_back import kept
from motcua.accounts.models import Person
from motcua.accounts.permissions import requires_account
from motcua.catalogue.models import ProcedureVersion
from motcua.dossiers import intake, renewing
from motcua.dossiers.lifecycle import NotNow
from motcua.dossiers.models import Dossier, State
from motcua.organisations.models import Agency
from motcua.refusal import Refusal
from motcua.ui.templatetags.ui import vn_date

BACK = "kiem-tra"  # ?ve=kiem-tra: after this page back to the check


class Page(NamedTuple):
    """One page of the way; `where` is how a missing thing names it."""

    name: str
    label: Any
    where: str


PAGES = (
    Page("owner", gettext_lazy("Chủ hồ sơ"), "owner"),
    Page("form", gettext_lazy("Nội dung"), "form"),
    Page("papers", gettext_lazy("Giấy tờ"), "paper"),
    Page("return", gettext_lazy("Nhận kết quả"), "return"),
    Page("review", gettext_lazy("Kiểm tra và nộp"), ""),
)


@transaction.atomic
def begin_or_continue(version: ProcedureVersion, *, agency: Agency, by: Person, at: datetime) -> tuple[Dossier, bool]:
    """The open draft of this person, procedure and agency, and whether it was there before: pressing twice begins once."""
    Person.objects.select_for_update().get(pk=by.pk)
    if draft := open_draft(version, agency=agency, of=by):
        return draft, True
    return intake.begin(version, agency=agency, by=by, at=at), False


def open_draft(version: ProcedureVersion, *, agency: Agency, of: Person) -> Dossier | None:
    """One begun under an older version counts too: opened, it meets the version in force."""
    drafts = Dossier.objects.drafts_of(of).filter(procedure_version__procedure=version.procedure_id, agency=agency)
    return drafts.order_by("-saved_at").first()


def address(dossier: Dossier, page: str, *, back: bool = False, anchor: str = "") -> str:
    """Where a page of the draft is; with `back` it returns to the check afterwards."""
    query = f"?{urlencode({'ve': BACK})}" if back else ""
    return reverse(f"portal:draft_{page}", args=[dossier.public_id]) + query + (f"#{anchor}" if anchor else "")


def next_page(request, page: str) -> str:
    """The page after this one, or the check when one came from there."""
    names = [one.name for one in PAGES]
    return "review" if request.GET.get("ve") == BACK else names[names.index(page) + 1]


def place_of(missing: Any, dossier: Dossier) -> str:
    """The address at which a missing thing is put right."""
    kind, _colon, name = missing.where.partition(":")
    page = next(one.name for one in PAGES if one.where == kind)
    anchor = {"form": f"id_{name}", "paper": f"giay-to-{name}"}.get(kind, "")
    return address(dossier, page, back=True, anchor=anchor)


def missing_thing(missing: Any, dossier: Dossier) -> dict[str, Any]:
    """What is missing, in the language of the page where it is a thing of every filing, and where it is put right."""
    told = _(missing.what)
    return {"what": told, "href": place_of(missing, dossier), "as_asked": told == missing.what}


def head(request, dossier: Dossier, page: str, missing: Any = None) -> dict[str, Any]:
    """What stands above every page of a draft: whose procedure, that it is a draft, and how far one is."""
    left = {one.where.partition(":")[0] for one in (intake.missing(dossier) if missing is None else missing)}
    names = [one.name for one in PAGES]
    here = names.index(page)
    return {
        "dossier": dossier,
        "pages": [
            {
                "label": one.label,
                "href": address(dossier, one.name),
                "current": number == here,
                "done": number < here and one.where not in left,
            }
            for number, one in enumerate(PAGES)
        ],
        "number": here + 1,
        "count": len(PAGES),
        "previous": address(dossier, names[here - 1]) if here else reverse("portal:mine"),
        "back": request.GET.get("ve") == BACK,
        "why_not_filed": getattr(request, "why_not_filed", ""),
        "save_url": reverse("portal:draft_save", args=[dossier.public_id, page]),
    }


def draft_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Hand the view one's own draft; one that is filed by now shows its dossier, and an ended session loses nothing."""

    @requires_account
    @wraps(view)
    def opened(request, draft, **named):
        drafts = Dossier.objects.of_account(request.user).select_related(
            "procedure_version__procedure", "agency", "reception_agency"
        )
        dossier = drafts.filter(public_id=draft).first()
        if dossier is None:
            return gone(request)
        try:
            if dossier.state == State.DRAFT:
                return meet_new_version(request, dossier) or view(request, dossier, **named)
        except (NotNow, Dossier.DoesNotExist):
            # Filed or thrown away in another tab meanwhile.
            dossier = drafts.filed().filter(public_id=draft).first()
        return redirect("portal:dossier", dossier.code) if dossier else gone(request)

    return opened


SHOWN_ANEW = ("draft_case", "draft_whose", "draft_owner", "draft_form", "draft_papers", "draft_return", "draft_review")


def meet_new_version(request, dossier: Dossier) -> HttpResponse | None:
    """An old draft, when it is opened, moves to the version in force and shows its form; what stands in the way is said on its pages."""
    page = request.resolver_match.url_name
    # What was sent is first kept under the form it was typed into; the page after it is opened again.
    if request.method == "POST" and page != "draft_submit" or page not in (*SHOWN_ANEW, "draft_submit"):
        return None
    at = timezone.now()
    if not renewing.is_old(dossier, timezone.localdate(at)):
        return None
    try:
        dossier = renewing.meet_new_version(dossier, by=request.user, at=at)
    except Refusal as refusal:
        request.why_not_filed = _(str(refusal))
        return None
    messages.warning(request, renewed_in_words(dossier))
    return redirect(address(dossier, "form"))


def renewed_in_words(dossier: Dossier) -> str:
    """Since when there are new rules, and that nothing was lost."""
    day = vn_date(dossier.procedure_version.valid_from, "short")
    moved = _("Thủ tục có quy định mới từ ngày %(day)s, nên bản nháp đã chuyển sang biểu mẫu mới.") % {"day": day}
    return f"{moved} {_('Những gì bạn đã điền vẫn được giữ; xin xem lại trang này trước khi nộp.')}"


def shows_again(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """With `request.not_to_be_kept` this view keeps nothing and only shows again what was sent (views/errors.py)."""
    view.shows_again = True  # type: ignore[attr-defined]
    return view


def gone(request) -> HttpResponse:
    """No such draft of one's own, any more: what was typed stands there to be copied."""
    typed = [value for _name, value in kept(request.POST) if value.strip()]
    if not typed:
        raise Http404
    return render(request, "portal/draft_gone.html", {"typed": "\n".join(typed)}, status=404)
