"""Where is my dossier: by its code and a second fact, or from one's account (tra cứu, theo dõi hồ sơ)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.accounts.attempts import Attempt, TooManyAttempts
from motcua.accounts.permissions import public, requires_account
from motcua.catalogue import forms as told_forms
from motcua.catalogue.models import Channel
from motcua.dossiers import (
    clock,
    filing_note,
    following,
    intake,
    posting,
    processing,
    readings,
    results,
    sharing,
    slips,
    supplement,
    timeline,
)
from motcua.dossiers import declaration as printed
from motcua.dossiers import papers as paper_rules
from motcua.dossiers.models import (
    SETTLING,
    Decision,
    Dossier,
    DueDateMove,
    PaperFile,
    ReturnBy,
    Slip,
    SlipKind,
    State,
    SupplementRequest,
)
from motcua.files import storing
from motcua.refusal import Refusal
from motcua.ui.templatetags.ui import vn_date, vn_datetime
from motcua.vietnamese import compose

from .. import forgotten, telling
from ..drafts import missing_thing
from ..following import forget, remember, visible
from ..forms import LABELS, Whose, ways_to_return, whose
from . import informing
from .asking import may_ask
from .papers import send

PAGE, DRAFTS = 20, 5
READINGS = 5  # the newest; all of them have a page of their own
GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


class FollowForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Mã hồ sơ"),
        max_length=60,
        help_text=gettext_lazy("Ghi trên giấy tiếp nhận, ví dụ 000.00.12.H60-231027-0001."),
        error_messages={"required": gettext_lazy("Hãy ghi mã hồ sơ.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    second_fact = forms.CharField(
        label=gettext_lazy("4 số cuối điện thoại đã ghi trong hồ sơ"),
        max_length=20,
        help_text=gettext_lazy("Hoặc 4 số cuối giấy tờ tùy thân, hoặc ngày sinh của chủ hồ sơ, ví dụ 05/09/1990."),
        error_messages={"required": gettext_lazy("Hãy ghi 4 số cuối điện thoại, 4 số cuối giấy tờ hoặc ngày sinh.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_code(self) -> str:
        """However it is written, one code is one code, also to the counting of failures."""
        return re.sub(r"\s", "", compose(self.cleaned_data["code"])).upper().replace("–", "-")


OTHERWISE = gettext_lazy("Bạn cũng có thể đăng nhập để xem hồ sơ của mình, hoặc gọi Bộ phận Một cửa nơi bạn nộp.")


@public
@sensitive_post_parameters("second_fact")
@GET_OR_POST
def follow(request):
    """Tell the code and a second fact, see the dossier; whoever guesses is told nothing and soon asked to wait."""
    if request.method != "POST":
        code = compose(request.GET.get("ma", ""))[:60]
        if code and visible(request).filter(code=code).exists():
            return redirect("portal:dossier", code)
        return render(request, "portal/follow.html", {"form": FollowForm(initial={"code": code})})
    form = FollowForm(request.POST)
    if not form.is_valid():
        return render(request, "portal/follow.html", {"form": form}, status=422)
    code = form.cleaned_data["code"]
    try:
        attempt = Attempt(request, "following", code)
    except TooManyAttempts as refusal:
        form.add_error(None, f"{refusal} {OTHERWISE}")
        return render(request, "portal/follow.html", {"form": form}, status=429)
    try:
        dossier = following.follow(code, form.cleaned_data["second_fact"])
    except following.NotFollowed as refusal:
        attempt.failed()
        form.add_error(None, _(str(refusal)))
        return render(request, "portal/follow.html", {"form": form}, status=422)
    remember(request, dossier)
    return redirect("portal:dossier", dossier.code)


@public
@require_POST
def stop_following(request):
    """On a shared machine: nobody after me sees my dossiers."""
    forget(request)
    messages.success(request, _("Máy này không còn nhớ hồ sơ bạn đã tra cứu."))
    return redirect("portal:follow")


# One dossier


@public
@require_safe
def dossier(request, code):
    """Where it is, whose turn, since when and until when."""
    dossier = _visible(request, code)
    now = timezone.now()
    asked = supplement.open_request(dossier) if dossier.state in WAITING else None
    owner = request.user.is_authenticated and dossier.account_id == request.user.pk
    asks = may_ask(request, dossier)
    lines = timeline.lines(dossier)
    told_readings, more_readings = readings.of(dossier, most=READINGS)
    context = {
        "dossier": dossier,
        "owner": owner,
        "state": _(dossier.get_state_display()),
        "turn": _turn(dossier),
        "since": _since(dossier, asked),
        "late": _late(dossier, now),
        "now_what": _now_what(dossier, asked),
        "asked": asked,
        "payment": dossier.payment_requests.filter(paid_at=None).first()
        if dossier.state == State.AWAITING_PAYMENT
        else None,
        "steps": [
            {**step, "label": _(step["label"]), "detail": vn_date(step["at"], "short") if step.get("at") else ""}
            for step in timeline.progress(dossier)
        ],
        "facts": _facts(dossier),
        "decision": _decision(dossier),
        "moved": _moved(dossier),
        "ending": getattr(dossier, "ending", None) if dossier.state in ENDED else None,
        "still_since": timeline.still_since(lines) if dossier.state in AT_OFFICE else None,
        "lines": [_told(line) for line in reversed(lines)],
        "papers": _papers(dossier),
        "slips": _slips(dossier) if owner else [],
        "answers": told_forms.answered(
            dossier.procedure_version.form, dossier.form, papers=paper_rules.asked_about(dossier)
        )
        if owner
        else [],
        "shares": [replace(share, label=_(share.label)) for share in clock.bar(dossier, now)],
        "readings": told_readings,
        "more_readings": more_readings,
        "may_ask": asks,
        "unread": dossier.conversation.filter(read_at=None).exclude(unit=None).count() if asks else 0,
        "may_share": sharing.result_of(dossier) is not None and asks and _shares(request, dossier),
        "informed": informing.told(dossier, owner=asks),
        "lately": telling.lately(dossier.procedure_version.procedure) if dossier.state in LASTING else "",
        "may_withdraw": owner and dossier.state in (State.SUBMITTED, State.AWAITING_COMPLETION),
        "followed": not owner,
    }
    return render(request, "portal/dossier.html", context)


WAITING = (State.AWAITING_COMPLETION, State.AWAITING_APPLICANT)
AT_OFFICE = (State.SUBMITTED, State.ACCEPTED, State.IN_PROGRESS)
LASTING = (State.SUBMITTED, *SETTLING)
ENDED = (State.REFUSED, State.WITHDRAWN, State.STOPPED)


def _shares(request, dossier: Dossier) -> bool:
    return sharing.of_owner(Dossier.objects.filter(pk=dossier.pk), request.user).exists()


def _visible(request, code: str) -> Dossier:
    dossiers = visible(request).select_related(
        "procedure_version__procedure",
        "agency",
        "reception_agency",
        "at_unit",
        "rule_set",
        "decision",
        "ending",
        "hand_over",
        "bundle",
        "mandate",
    )
    return get_object_or_404(dossiers, code=code)


def _turn(dossier: Dossier) -> str:
    turn = timeline.turn(dossier)
    return _(turn) if turn else ""


def _since(dossier: Dossier, asked: Any) -> datetime | None:
    """Since when it is where it is."""
    if asked:
        return asked.requested_at
    if item := posting.on_the_way(dossier):
        return item.given_at
    if dossier.state == State.READY:
        return dossier.finished_at
    step = processing.running_step(dossier) if dossier.state in (State.ACCEPTED, State.IN_PROGRESS) else None
    return step.started_at if step else dossier.submitted_at if dossier.state == State.SUBMITTED else None


def _late(dossier: Dossier, at: datetime) -> str:
    """Early, on time or overdue; that somebody waits is said by the state, and eight hours are always soon."""
    late = clock.lateness(dossier, at)
    quiet = late == clock.Lateness.WAITING or (dossier.state == State.SUBMITTED and late != clock.Lateness.OVERDUE)
    return clock.Lateness.NONE if quiet else late


def _told(line: timeline.Line) -> dict[str, Any]:
    """One thing that happened: what, in the language of the page; which work and where, as the office calls it."""
    where = ": ".join(part for part in (line.work, line.unit) if part)
    who = _("%(who)s, thay %(whom)s") % {"who": line.who, "whom": line.instead_of} if line.instead_of else line.who
    return {"at": line.at, "what": _(line.text), "where": where, "who": who, "kind": line.kind}


def _now_what(dossier: Dossier, asked: Any) -> str:
    """The sentence a tired person needs: what happens next, until when, and whether anything is to be done."""
    told = {
        "reception": dossier.reception_agency.name,
        "until": vn_datetime(dossier.reception_due_at),
        "due": vn_datetime(dossier.promised_at),
    }
    match dossier.state:
        case State.SUBMITTED:
            return _("Bạn không phải làm gì lúc này. Bộ phận Một cửa trả lời trước %(until)s.") % told
        case State.ACCEPTED | State.IN_PROGRESS if dossier.due_at:
            return _("Bạn không phải làm gì lúc này. Hẹn trả kết quả: %(due)s.") % told
        case State.ACCEPTED | State.IN_PROGRESS:
            return _(
                "Bạn không phải làm gì lúc này. Thủ tục này không quy định thời hạn; khi có kết quả, trang này báo ngay."
            )
        case State.READY:
            return {
                ReturnBy.COUNTER: _("Kết quả đã có. Mời bạn mang giấy tờ tùy thân đến nhận tại %(reception)s."),
                ReturnBy.POST: _("Kết quả đã có, đang được gửi đến địa chỉ của bạn qua bưu chính công ích."),
                ReturnBy.ONLINE: _("Kết quả đã có. Bạn tải bản điện tử ngay bên dưới."),
            }[ReturnBy(dossier.return_by)] % told
        case State.RETURNED:
            return _("Kết quả đã được trả. Hồ sơ đã khép lại.")
        case State.REFUSED:
            return _("Hồ sơ không được tiếp nhận, lý do ở bên dưới. Bạn có thể nộp lại khi đã khắc phục.")
        case State.STOPPED:
            return _("Cơ quan đã dừng giải quyết hồ sơ, lý do ở bên dưới.")
        case State.WITHDRAWN:
            return _("Hồ sơ đã được rút theo đề nghị của bạn.")
    return ""


def _facts(dossier: Dossier) -> list[tuple[Any, Any]]:
    told: list[tuple[Any, Any]] = [
        (LABELS[whose(dossier) or Whose.MINE].title, dossier.owner_name),
        (_("Cơ quan giải quyết"), dossier.agency.name),
    ]
    if dossier.reception_agency_id != dossier.agency_id:
        told.append((_("Nơi tiếp nhận"), dossier.reception_agency.name))
    told.append((_("Nộp lúc"), vn_datetime(dossier.submitted_at)))
    if dossier.accepted_at:
        told.append((_("Tiếp nhận lúc"), vn_datetime(dossier.accepted_at)))
    if dossier.due_at:
        promised = vn_datetime(dossier.due_at)
        if dossier.state in (State.AWAITING_APPLICANT, State.AWAITING_PAYMENT):
            promised = _("%(due)s, được tính lại khi hồ sơ được giải quyết tiếp") % {"due": promised}
        told.append((_("Hẹn trả kết quả"), promised))
    if dossier.first_due_at and dossier.first_due_at != dossier.due_at:
        told.append((_("Hẹn trả lần đầu"), vn_datetime(dossier.first_due_at)))
    if dossier.renewed_due_at:
        told.append((_("Hẹn lại"), vn_datetime(dossier.renewed_due_at)))
    told.append((_("Nhận kết quả"), ways_to_return(dossier.reception_agency.name)[ReturnBy(dossier.return_by)]))
    if (item := posting.on_the_way(dossier)) and item.carries == posting.Carries.RESULT:
        told.append((_("Mã bưu gửi"), item.number))
    return told


def _moved(dossier: Dossier) -> DueDateMove | None:
    """The promise that holds now, where a closure moved it: its applicant is told from when to when, and why."""
    if dossier.state not in SETTLING or dossier.due_at == dossier.first_due_at:
        return None
    last = dossier.due_date_moves.order_by("-pk").first()
    return last if last and last.closure_id else None


def _decision(dossier: Dossier) -> Decision | None:
    """The result, once it has come back to the one-stop office; before that it is not yet given out."""
    return getattr(dossier, "decision", None) if dossier.state in (State.READY, State.RETURNED) else None


def _papers(dossier: Dossier) -> list[dict[str, Any]]:
    return [
        {
            "paper": paper,
            "files": [
                {
                    "name": file.name,
                    "size": file.file.size,
                    "href": reverse("portal:paper", args=[dossier.code, file.pk]),
                }
                for file in paper.files.all()
                if file.replaced_at is None
            ],
        }
        for paper in dossier.papers.prefetch_related("files__file")
    ]


@public
@require_safe
def paper(request, code, file):
    """A file of a dossier one may see."""
    if file > 2**63 - 1:
        raise Http404
    files = PaperFile.objects.filter(paper__dossier__in=visible(request).filter(code=code), replaced_at=None)
    found = get_object_or_404(files.select_related("file"), pk=file)
    return send(found)


@public
@require_safe
def result(request, code):
    """The electronic result, once it is there."""
    decision = _decision(_visible(request, code))
    if decision is None or decision.file is None:
        raise Http404("Hồ sơ này chưa có kết quả điện tử.")
    return storing.respond(decision.file, decision.file_name)


@requires_account
@require_safe
def slip(request, code, slip):
    """A paper form the office issued to the applicant, as it is printed (giấy tiếp nhận, phiếu yêu cầu bổ sung, phiếu từ chối)."""
    own = Dossier.objects.filed().of_account(request.user).filter(code=code)
    issued = Slip.objects.filter(dossier__in=own, kind__in=TO_APPLICANTS).select_related("dossier", "form_set")
    one = get_object_or_404(issued, pk=min(slip, 2**63 - 1))
    address = request.build_absolute_uri(f"{reverse('portal:follow')}?ma={code}")
    response = HttpResponse(slips.pdf(one, follow_address=address), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{code}-{one.kind.lower()}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


@requires_account
@require_safe
def declaration(request, code):
    """The form as it was filed, to print or keep (tờ khai)."""
    one = get_object_or_404(Dossier.objects.filed().of_account(request.user), code=code)
    address = request.build_absolute_uri(f"{reverse('portal:follow')}?ma={code}")
    response = HttpResponse(printed.pdf(one, follow_address=address), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{code}-to-khai.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


@requires_account
@require_safe
def filing_note_sheet(request, code):
    """What an online filing says to keep: its code, what happens next and when (ghi nhận đã nộp)."""
    filed_online = Dossier.objects.filed().of_account(request.user).filter(channel=Channel.ONLINE)
    facts = filed_online.select_related("procedure_version", "agency", "reception_agency", "rule_set")
    one = get_object_or_404(facts, code=code)
    address = request.build_absolute_uri(f"{reverse('portal:follow')}?ma={code}")
    response = HttpResponse(filing_note.pdf(one, follow_address=address), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{code}-da-nop.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


TO_APPLICANTS = (SlipKind.RECEIPT, SlipKind.SUPPLEMENT, SlipKind.REFUSAL, SlipKind.APOLOGY, SlipKind.STOP)


def _slips(dossier: Dossier) -> list[dict[str, Any]]:
    issued = dossier.slips.filter(kind__in=TO_APPLICANTS).select_related("form_set").order_by("issued_at", "pk")
    own = {
        "title": printed.title(dossier),
        "at": dossier.submitted_at,
        "href": reverse("portal:declaration", args=[dossier.code]),
    }
    filed_as = {
        "title": "Ghi nhận đã nộp hồ sơ trực tuyến",
        "at": dossier.submitted_at,
        "href": reverse("portal:filing_note", args=[dossier.code]),
    }
    return [own, *([filed_as] if dossier.channel == Channel.ONLINE else [])] + [
        {
            "title": one.form_set.slips[one.kind]["title"],
            "at": one.issued_at,
            "href": reverse("portal:slip", args=[dossier.code, one.pk]),
        }
        for one in issued
    ]


@requires_account
@require_safe
def filed(request, code):
    """The page after filing: the code, what happens next and until when; pressed twice, it is the same page."""
    dossier = get_object_or_404(
        Dossier.objects.filed()
        .of_account(request.user)
        .select_related("procedure_version", "reception_agency", "rule_set"),
        code=code,
    )
    if dossier.state != State.SUBMITTED:
        return redirect("portal:dossier", code)
    context = {
        "dossier": dossier,
        "to_bring": dossier.papers.filter(bring_later=True),
        "follow_address": request.build_absolute_uri(reverse("portal:follow")),
        "tail": dossier.phone[-4:],
        "informed": informing.told(dossier, owner=True),
    }
    return render(request, "portal/filed.html", context)


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Vì sao bạn rút hồ sơ?"),
        max_length=500,
        help_text=gettext_lazy("Một câu ngắn, ví dụ: tôi nộp nhầm nơi."),
        error_messages={"required": gettext_lazy("Hãy ghi lý do, một câu ngắn là đủ.")},
    )


@requires_account
@GET_OR_POST
def withdraw(request, code):
    """Withdraw before acceptance, after asking once (rút hồ sơ)."""
    dossier = get_object_or_404(
        Dossier.objects.filed().of_account(request.user).select_related("procedure_version", "reception_agency"),
        code=code,
    )
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            results.withdraw(dossier, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())
            messages.success(request, _("Hồ sơ đã được rút. Bạn vẫn xem lại được ở đây."))
            return redirect("portal:dossier", code)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
    elif dossier.state not in (State.SUBMITTED, State.AWAITING_COMPLETION):
        return redirect("portal:dossier", code)
    return render(
        request, "portal/withdraw.html", {"dossier": dossier, "form": form}, status=422 if form.errors else 200
    )


# All of mine


@requires_account
@require_safe
def mine(request):
    """Drafts, clearly apart, and dossiers, the newest first (hồ sơ của tôi)."""
    now = timezone.now()
    own = Dossier.objects.of_account(request.user).select_related("procedure_version", "agency", "at_unit")
    drafts, older_drafts = _page(own.filter(state=State.DRAFT), request.GET.get("nhap-sau"), DRAFTS)
    dossiers, older = _page(own.filed(), request.GET.get("sau"), PAGE)
    mandated = Dossier.objects.filed().filter(mandate__owner_account=request.user).exclude(account=request.user)
    for_me, older_for_me = _page(
        mandated.select_related("procedure_version", "agency", "at_unit"), request.GET.get("thay-sau"), PAGE
    )
    asked = answer_dates([*dossiers, *for_me])
    ending = forgotten.ending(drafts) if drafts else {}
    context = {
        "drafts": [{"dossier": draft, "missing": _missing(draft), "ends": ending.get(draft.pk)} for draft in drafts],
        "removed": forgotten.removed(request.user, now),
        "dossiers": [_listed(one, asked, now) for one in dossiers],
        "for_me": [_listed(one, asked, now) for one in for_me],
        "older_for_me": older_for_me and f"?thay-sau={older_for_me}",
        "older_drafts": older_drafts and f"?nhap-sau={older_drafts}",
        "older": older and f"?sau={older}",
        "later_page": bool(request.GET),
    }
    return render(request, "portal/mine.html", context)


def _listed(one: Dossier, asked: dict[int, date], now: datetime) -> dict[str, Any]:
    """A filed dossier as a line of the list: whose turn it is, and until when."""
    theirs = one.state in (*WAITING, State.AWAITING_PAYMENT)
    return {
        "dossier": one,
        "state": _(one.get_state_display()),
        "late": _late(one, now),
        "to_do": theirs,
        "turn": "" if theirs else _turn(one),
        "until": _until(one, asked.get(one.pk)),
    }


def answer_dates(dossiers: list[Dossier]) -> dict[int, date]:
    """Until when those that wait for their applicant wait; asked only where one does."""
    waiting = [one.pk for one in dossiers if one.state in WAITING]
    requests = SupplementRequest.objects.filter(dossier__in=waiting, answered_at=None)
    return dict(requests.values_list("dossier", "answer_by")) if waiting else {}


def _until(dossier: Dossier, answer_by: date | None) -> str:
    """Until when whoever's turn it is has time, in a line of the list."""
    if answer_by:
        return _("bổ sung đến hết %(day)s") % {"day": vn_date(answer_by, "short")}
    if dossier.state == State.SUBMITTED and dossier.reception_due_at:
        return _("trả lời trước %(moment)s") % {"moment": vn_datetime(dossier.reception_due_at)}
    if dossier.state in SETTLING and (due := dossier.promised_at):
        return _("hẹn trả %(day)s") % {"day": vn_date(due, "short")}
    return ""


def _missing(draft: Dossier) -> dict[str, Any]:
    lacking = intake.missing(draft)
    return {
        "count": len(lacking),
        "first": [missing_thing(one, draft) for one in lacking[:3]],
        "more": max(len(lacking) - 3, 0),
    }


MARK = re.compile(r"(\d{20})\.(\d{1,18})")


def _page(dossiers: Any, after: str | None, size: int) -> tuple[list[Dossier], str]:
    """One page by the time of the last saving, and the mark after which the next begins."""
    if after and (mark := MARK.fullmatch(after)):
        try:
            at = datetime.strptime(mark[1], "%Y%m%d%H%M%S%f").replace(tzinfo=UTC)
        except ValueError:
            raise Http404
        dossiers = dossiers.filter(Q(saved_at__lt=at) | Q(saved_at=at, pk__lt=int(mark[2])))
    found = list(dossiers.order_by("-saved_at", "-pk")[: size + 1])
    if len(found) <= size:
        return found, ""
    last = found[size - 1]
    return found[:size], f"{last.saved_at.astimezone(UTC):%Y%m%d%H%M%S%f}.{last.pk}"
