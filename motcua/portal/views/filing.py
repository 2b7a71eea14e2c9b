"""Filing online: from the procedure to a dossier with a code (nộp hồ sơ trực tuyến; NĐ 45/2020/NĐ-CP)."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.accounts.models import Assurance, Person
from motcua.accounts.permissions import public, requires_account
from motcua.catalogue import cases
from motcua.catalogue import forms as told_forms
from motcua.catalogue.models import ProcedureVersion
from motcua.dossiers import declaration as printed
from motcua.dossiers import intake, renewing, rules, uploads
from motcua.dossiers import papers as paper_rules
from motcua.dossiers.lifecycle import NotNow
from motcua.dossiers.models import Dossier, OwnerKind, ReturnBy, State
from motcua.organisations.models import Agency
from motcua.refusal import Refusal
from motcua.ui.templatetags.ui import first_id, short_label, vn_date, vn_time
from motcua.vietnamese import fold

from .. import forgotten, known, saving, two_devices
from ..drafts import (
    address,
    begin_or_continue,
    draft_page,
    head,
    meet_new_version,
    missing_thing,
    next_page,
    open_draft,
    renewed_in_words,
    shows_again,
)
from ..forms import (
    KIND,
    LABELS,
    Whose,
    WhoseForm,
    beginning,
    in_language,
    ways_to_return,
    whose,
)
from . import card
from . import known as known_owner
from .case import first_page
from .catalogue import door, in_force, places_to_file

BEGUN = gettext_lazy(
    "Mọi thứ bạn điền được lưu thành bản nháp. Bạn có thể dừng lại và làm tiếp lúc khác ở “Hồ sơ của tôi”."
)
THROWN_AWAY = gettext_lazy(
    "bản nháp này đã bị bỏ ở một trang khác. Bạn hãy chép lại phần cần giữ rồi bắt đầu bản nháp mới."
)
BOTH = gettext_lazy(
    "một máy khác vừa lưu câu “%(questions)s” với nội dung khác. Hãy bấm “Lưu và tiếp tục” để xem cả hai và chọn."
)
NOT_ARRIVED = gettext_lazy(
    "Còn tệp chưa gửi xong nên hồ sơ chưa được nộp. Hãy gửi nốt ở trang “Giấy tờ”, hoặc đánh dấu vào ô nộp mà không có chúng."
)
NO_LONGER = gettext_lazy("Hồ sơ đó không lấy lại được nữa. Những gì bạn gõ vẫn được giữ; xin điền tiếp.")
VERSION = "phien-ban"  # which form a page was opened with
GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


@public
@GET_OR_POST
def file(request, code):
    """Begin to file at an agency, or go on where one stopped; who is not signed in comes back here afterwards."""
    version = in_force(code)
    where = places_to_file(version)
    if door(version, where).here is False:
        return redirect("portal:procedure", code)
    agency = _agency(request.POST.get("agency") or request.GET.get("agency"), where)
    if not request.user.is_authenticated:
        here = request.get_full_path() if request.GET.get("tim") else request.path
        return redirect_to_login(f"{request.path}?agency={agency.pk}" if agency else here)
    if request.method == "POST" and agency:
        try:
            dossier, before = begin_or_continue(version, agency=agency, by=request.user, at=timezone.now())
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return redirect("portal:procedure", code)
        messages.info(request, _told(dossier) if before else BEGUN)
        return redirect(address(dossier, "review" if before else first_page(version)))
    context = {
        "version": version,
        "where": where,
        "agency": agency,
        "choice": choice(where, request.GET.get("tim", "")),
        "draft": agency and open_draft(version, agency=agency, of=request.user),
        "unchosen": request.method == "POST",
        "account_needed": _account_needed(request.user),
    }
    return render(request, "portal/start.html", context, status=422 if request.method == "POST" else 200)


def _account_needed(by: Person) -> str:
    """What kind of account the rules of today want for filing, where this one is less sure; nothing where it will do."""
    needed = rules.rules_on(timezone.localdate()).filing_needs
    return _(str(Assurance(needed).label)) if by.assured < needed else ""


class Choice(NamedTuple):
    """Which committees a name finds: a few stand there at once, many are searched (nơi nhận hồ sơ)."""

    text: str
    found: list[Agency]
    more: bool
    searched: bool


FEW, SHOWN = 12, 20


def choice(where: list[Agency], text: str) -> Choice:
    text = " ".join(text.replace("\x00", "").split())[:100]
    words = fold(text).split()
    searched = len(where) > FEW
    found = [agency for agency in where if all(word in fold(agency.name) for word in words)]
    if searched and not words:
        found = []
    return Choice(text, found[:SHOWN], len(found) > SHOWN, searched)


def _agency(value: str | None, where: list[Agency]) -> Agency | None:
    """The chosen one of the agencies that receive; the only one needs no choice."""
    if len(where) == 1:
        return where[0]
    return next((agency for agency in where if str(agency.pk) == value), None)


def _told(dossier: Dossier) -> str:
    return _(
        "Bạn đang có bản nháp của thủ tục này tại %(agency)s, lưu lúc %(time)s ngày %(day)s. Mời bạn làm tiếp."
    ) % {
        "agency": dossier.agency.short_name or dossier.agency.name,
        "time": vn_time(dossier.saved_at),
        "day": vn_date(dossier.saved_at, "short"),
    }


@requires_account
@require_safe
def draft(request, draft):
    """A draft opens where one checks what is there and what is missing."""
    dossier = get_object_or_404(Dossier.objects.of_account(request.user), public_id=draft)
    return redirect(address(dossier, "review"))


@draft_page
@GET_OR_POST
def whose_is_it(request, dossier):
    """For oneself, for somebody else or for an organisation."""
    now = whose(dossier)
    form = WhoseForm(request.POST if request.method == "POST" else None, initial={"whose": now or Whose.MINE})
    if request.method == "POST" and form.is_valid():
        said = Whose(form.cleaned_data["whose"])
        if said != now:
            intake.save(dossier, by=request.user, at=timezone.now(), **beginning(said, request.user))
        back = request.GET.get("ve") is not None
        return redirect(address(dossier, "owner", back=back))
    return _page(request, dossier, "whose", "owner", form)


@shows_again
@draft_page
@GET_OR_POST
def owner(request, dossier):
    """Who the owner is and how to reach them."""
    if whose(dossier) is None:
        return redirect(address(dossier, "whose"))
    if request.method == "POST" and card.text_of(request.POST):
        return _read_card(request, dossier)
    if request.method == "POST" and request.POST.get(known_owner.WHICH):
        return _use_owner(request, dossier)
    return _ask(request, dossier, "owner")


def _use_owner(request, dossier: Dossier):
    """The page with an owner of an earlier dossier, kept like everything that is typed."""
    offer = known_owner.chosen(request.POST, _offers(request, dossier, "owner"))
    if offer is None:
        messages.error(request, NO_LONGER)
        return _ask(request, dossier, "owner")
    read = known_owner.read(request.POST, offer, lambda data: saving.form_of(dossier, "owner", data, draft=True))
    return _filled_in(request, dossier, read.typed, known=read)


def _read_card(request, dossier: Dossier):
    """The page with what an identity card says, kept like everything that is typed."""
    try:
        read = card.read(request.POST, lambda data: saving.form_of(dossier, "owner", data, draft=True))
    except Refusal as refusal:
        form = saving.form_of(dossier, "owner", request.POST, draft=True)
        form.card_refused = str(refusal)
        return _page(request, dossier, "owner", "owner", in_language(form), status=422)
    return _filled_in(request, dossier, read.typed, card=read)


def _filled_in(request, dossier: Dossier, typed: Any, **source: Any):
    """The owner's page again, with what was filled in, kept, and from where."""
    form = saving.form_of(dossier, "owner", typed, draft=True)
    form.is_valid()
    for name, read in source.items():
        setattr(form, name, read)
    seen = None
    if not getattr(request, "not_to_be_kept", False):
        saved = saving.save(dossier, "owner", form, request.POST, by=request.user, at=timezone.now())
        if saved.met.both:
            return _choose(request, saved, "owner", form)
        dossier, seen = saved.dossier, saved.met.seen
    return _page(request, dossier, "owner", "owner", in_language(form), seen=seen)


@shows_again
@draft_page
@GET_OR_POST
def form(request, dossier):
    """The form of the procedure."""
    return _ask(request, dossier, "form")


@shows_again
@draft_page
@GET_OR_POST
def result(request, dossier):
    """Where the result goes."""
    return _ask(request, dossier, "return")


def _ask(request, dossier: Dossier, page: str):
    """Show the page; keep what is right of what was sent, go on when all of it is."""
    if request.method != "POST":
        return _page(request, dossier, page, page, saving.form_of(dossier, page))
    if page == "form" and (older := _older_form(request, dossier)):
        return _bring(request, dossier, older)
    if page == "form" and request.POST.get(known_owner.WHICH):
        return _use_answers(request, dossier)
    if page == "form" and (changed := told_forms.reshaped(request.POST)) is not None:
        return _one_more_or_less(request, dossier, changed)
    checked = saving.form_of(dossier, page, request.POST)
    checked.is_valid()
    seen = None
    if not getattr(request, "not_to_be_kept", False):
        saved = keep(request, dossier, page)
        if saved.met.both:
            return _choose(request, saved, page, checked)
        if not checked.errors or saved.met.elsewhere and not saved.wrong and _answered(saved.dossier, page):
            return redirect(address(dossier, next_page(request, page)))
        dossier, seen = saved.dossier, saved.met.seen
    return _page(request, dossier, page, page, in_language(checked), status=422, seen=seen)


def _answered(dossier: Dossier, page: str) -> bool:
    """Whether nothing is missing on this page, what another device has saved counted in."""
    return not any(one.where.partition(":")[0] == page for one in intake.missing(dossier))


class FormChanged(Refusal):
    message = (
        "biểu mẫu vừa đổi theo quy định mới. Hãy bấm “Lưu và tiếp tục” để chuyển những gì bạn gõ sang biểu mẫu mới."
    )


def _older_form(request, dossier: Dossier) -> ProcedureVersion | None:
    """The version of a page that was opened before the draft moved on to a newer one."""
    told = request.POST.get(VERSION, "")
    if not (told.isascii() and told.isdigit()) or int(told) == dossier.procedure_version_id:
        return None
    versions = ProcedureVersion.objects.filter(procedure=dossier.procedure_version.procedure_id)
    return versions.filter(pk=min(int(told), 2**63 - 1)).first()


def _bring(request, dossier: Dossier, older: ProcedureVersion):
    """What was typed into the older form goes where it fits in the new one, which is shown."""
    typed = told_forms.form_class(older.form, draft=True)(request.POST)
    dossier = renewing.bring(dossier, typed.kept({}), told=older, by=request.user, at=timezone.now())
    messages.warning(request, renewed_in_words(dossier))
    return redirect(address(dossier, "form"))


def _use_answers(request, dossier: Dossier):
    """Answers of the earlier dossier that was chosen fill what is open; what is wrong on the page is put right first."""
    typed = saving.form_of(dossier, "form", request.POST, draft=True)
    if not typed.is_valid() or getattr(request, "not_to_be_kept", False):
        return _page(request, dossier, "form", "form", in_language(typed), status=422)
    saved = saving.save(dossier, "form", typed, request.POST, by=request.user, at=timezone.now())
    if saved.met.both:
        return _choose(request, saved, "form", typed)
    offer = known_owner.chosen(request.POST, _offers(request, saved.dossier, "form"))
    if offer is None:
        messages.error(request, NO_LONGER)
    else:
        with transaction.atomic():
            now = Dossier.objects.locked(dossier.pk)
            answers = {**offer.facts, **now.form}
            whole = told_forms.recomputed(dossier.procedure_version.form, answers)
            intake.save(now, by=request.user, at=timezone.now(), form=whole)
        labels = "”, “".join(label for label, _words in offer.lines)
        told = _("Đã điền từ hồ sơ %(code)s: “%(questions)s”. Xin xem lại trước khi đi tiếp.")
        messages.success(request, told % {"code": offer.dossier.code, "questions": labels})
    return redirect(address(dossier, "form", back=request.GET.get("ve") is not None))


def _offers(request, dossier: Dossier, page: str) -> list[known.Offer]:
    """What this account told before and is asked on this page."""
    find = known.owners if page == "owner" else known.answers
    return find(dossier, of=request.user, day=timezone.localdate())


def _one_more_or_less(request, dossier: Dossier, changed: Any):
    """A group of questions got one item more or less: what was typed is kept and stands on the page again."""
    lenient = saving.form_of(dossier, "form", changed, draft=True)
    seen = None
    if not getattr(request, "not_to_be_kept", False):
        saved = saving.save(dossier, "form", lenient, request.POST, by=request.user, at=timezone.now())
        if saved.met.both:
            return _choose(request, saved, "form", lenient)
        dossier, seen = saved.dossier, saved.met.seen
    return _page(request, dossier, "form", "form", in_language(lenient), seen=seen)


def _page(
    request,
    dossier: Dossier,
    template: str,
    page: str,
    form: Any,
    *,
    status: int = 200,
    seen: dict[str, str] | None = None,
):
    """A page of the way; `seen` are its marks when it shows what was typed, else those of what is stored."""
    if form.is_bound and seen is None:
        seen = two_devices.seen_by(request.POST)
    context = {
        **head(request, dossier, page),
        "seen": two_devices.written(two_devices.opened(saving.stored(dossier, page)) if seen is None else seen),
        "form": form,
        "faults": _faults(form),
        "stale": getattr(request, "not_to_be_kept", False),
    }
    if template == "whose":
        context["may_act_for"] = request.user.mandates_held.filter(ended_at=None).exists()
    if template in ("owner", "form"):
        context["known"] = _offers(request, dossier, page)
    if page == "form":
        context["questions"] = told_forms.questions(form)
        context["has_groups"] = any(one["kind"] == "group" for one in context["questions"])
        context["own_form"] = bool(dossier.procedure_version.form)
    if form.errors:
        status = 422
    return render(request, f"portal/draft_{template}.html", context, status=status)


def _faults(form: Any) -> list[tuple[str, str]]:
    """Each error with the place it is put right; it is named where its sentence does not name it."""
    told = []
    for field, where, error in told_forms.faults(form):
        named = short_label(field).casefold() in error.casefold()
        sentence = error if named else f"{short_label(field)}: {error}"
        told.append((f"#{first_id(field)}", f"{where}: {sentence}" if where else sentence))
    return told


def keep(request, dossier: Dossier, page: str) -> saving.Saved:
    """Save what is right of a page; says which questions were not, by their labels."""
    if page == "form" and _older_form(request, dossier):
        raise FormChanged
    lenient = saving.form_of(dossier, page, request.POST, draft=True)
    lenient.is_valid()
    return saving.save(dossier, page, lenient, request.POST, by=request.user, at=timezone.now())


def _choose(request, saved: saving.Saved, page: str, form: Any):
    """Both answers side by side; everything else is saved, and nothing typed is thrown away before its writer has chosen."""
    here = saving.form_of(saved.dossier, page, request.POST, draft=True)
    here.is_valid()
    typed = saving.typed(here, saved.dossier, page)
    kept_aside = {two_devices.SEEN, "csrfmiddlewaretoken"}
    context = {
        **head(request, saved.dossier, page),
        "both": [
            {
                "name": f"{two_devices.CHOICE}{name}",
                "label": short_label(form[name]),
                "here": saving.in_words(saved.dossier, page, name, typed.get(name)),
                "there": saving.in_words(saved.dossier, page, name, saved.stored.get(name)),
            }
            for name in saved.met.both
        ],
        "typed": [
            (name, value)
            for name in request.POST
            if name not in kept_aside and not name.startswith(two_devices.CHOICE)
            for value in request.POST.getlist(name)
        ],
        "seen": two_devices.written(two_devices.after_choosing(saved.met, saved.stored)),
    }
    return render(request, "portal/draft_both.html", context, status=409)


@requires_account
@require_POST
def save(request, draft, page):
    """The draft saves itself while one types: what is right is kept, what is not is named (tự lưu bản nháp)."""
    if page not in ("owner", "form", "return"):
        raise Http404
    drafts = Dossier.objects.of_account(request.user).select_related("procedure_version", "reception_agency")
    try:
        saved = keep(request, drafts.get(public_id=draft), page)
    except Dossier.DoesNotExist:
        return JsonResponse({"error": str(THROWN_AWAY), "ended": True}, status=404)
    except NotNow:
        return JsonResponse({"error": _("hồ sơ này đã nộp, không sửa được nữa."), "ended": True}, status=409)
    except FormChanged as refusal:
        return JsonResponse({"error": _(str(refusal)), "ended": True}, status=409)
    except Refusal as refusal:
        return JsonResponse({"error": str(refusal)}, status=422)
    marks = {"seen": two_devices.written(saved.met.seen)} if two_devices.SEEN in request.POST else {}
    if saved.met.both:
        form = saving.form_of(saved.dossier, page)
        labels = "”, “".join(short_label(form[name]) for name in saved.met.both[:3])
        return JsonResponse({"error": BOTH % {"questions": labels}, "ended": True, **marks}, status=409)
    answer = {"saved_at": vn_time(saved.dossier.saved_at), **marks}
    if saved.wrong:
        answer["except"] = _("“%(questions)s” chưa đúng nên chưa lưu") % {"questions": "”, “".join(saved.wrong[:3])}
    return JsonResponse(answer)


@draft_page
@require_safe
def review(request, dossier):
    """Everything on one page before it is filed (kiểm tra lại)."""
    return _review(request, dossier, intake.missing(dossier))


@draft_page
@require_safe
def declaration(request, dossier):
    """The form as it would be printed and signed, marked as a draft (tờ khai, bản nháp)."""
    response = HttpResponse(printed.pdf(dossier), content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="to-khai-ban-nhap.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


def _review(request, dossier: Dossier, missing: Any, *, refused: str = "", status: int = 200):
    context = {
        **head(request, dossier, "review", missing),
        "missing": [missing_thing(one, dossier) for one in missing],
        "owner": _owner(dossier),
        "case": [(_("Trường hợp"), dossier.case or _("Chưa rõ, để cơ quan xác định"))],
        "cases": bool(cases.of(dossier.procedure_version)),
        "contact": [(_("Số điện thoại"), dossier.phone), (_("Thư điện tử"), dossier.email)],
        "submitter": [
            (_("Họ và tên người nộp"), dossier.submitter_name),
            (_("Số giấy tờ tùy thân của người nộp"), dossier.submitter_id_number),
        ],
        "answers": told_forms.answered(
            dossier.procedure_version.form, dossier.form, papers=paper_rules.asked_about(dossier)
        ),
        "papers": _papers(dossier),
        "coming": uploads.waiting(dossier),
        "returning": _returning(dossier),
        "refused": refused,
        "hours": rules.rules_on(timezone.localdate()).reception_hours,
        "to": {
            name: address(dossier, name, back=True) for name in ("case", "whose", "owner", "form", "papers", "return")
        },
    }
    return render(request, "portal/draft_review.html", context, status=status)


def _owner(dossier: Dossier) -> list[tuple[Any, Any]]:
    said = whose(dossier) or Whose.MINE
    labels = LABELS[said]
    told: list[tuple[Any, Any]] = [
        (_("Hồ sơ của"), said.label),
        (labels.name, dossier.owner_name),
        (labels.number, dossier.owner_id_number),
    ]
    if KIND[said] == OwnerKind.CITIZEN:
        told.append((_("Ngày sinh"), dossier.owner_birth_date and vn_date(dossier.owner_birth_date, "short")))
    return [*told, (labels.address, dossier.address)]


def _papers(dossier: Dossier) -> list[tuple[str, str]]:
    told = []
    for paper in dossier.papers.prefetch_related("files"):
        lines = [file.name for file in paper.files.all() if file.replaced_at is None]
        if paper.bring_later:
            lines.append(_("Bạn sẽ mang bản giấy đến"))
        told.append((paper.name, "\n".join(lines)))
    return told


def _returning(dossier: Dossier) -> list[tuple[str, Any]]:
    told = [(_("Nơi nhận"), ways_to_return(dossier.reception_agency.name)[ReturnBy(dossier.return_by)])]
    if dossier.return_by == ReturnBy.POST:
        told.append((_("Địa chỉ"), dossier.return_address))
    return told


@requires_account
@require_POST
def submit(request, draft):
    """File it; pressing again, from another tab or after going back, leads to the same dossier."""
    dossiers = Dossier.objects.of_account(request.user).select_related(
        "procedure_version__procedure", "agency", "reception_agency"
    )
    dossier = get_object_or_404(dossiers.annotate(waits=Exists(uploads.waiting(OuterRef("pk")))), public_id=draft)
    try:
        if dossier.state == State.DRAFT:
            if "without" not in request.POST and dossier.waits:
                return _review(request, dossier, intake.missing(dossier), refused=str(NOT_ARRIVED), status=422)
            dossier = intake.submit(dossier, by=request.user, at=timezone.now())
    except intake.NewVersion as refusal:
        if led := meet_new_version(request, dossier):
            return led
        why = getattr(request, "why_not_filed", str(refusal))
        return _review(request, dossier, intake.missing(dossier), refused=why, status=422)
    except intake.Incomplete as refusal:
        return _review(request, dossier, refusal.missing, status=422)
    except NotNow as refusal:
        dossier = dossiers.get(pk=dossier.pk)
        if dossier.state == State.DRAFT:
            return _review(request, dossier, intake.missing(dossier), refused=str(refusal), status=422)
    except Refusal as refusal:
        return _review(request, dossier, intake.missing(dossier), refused=str(refusal), status=422)
    return redirect("portal:filed", dossier.code)


@draft_page
@GET_OR_POST
def discard(request, dossier):
    """Throw a draft away, after asking once."""
    if request.method == "POST":
        intake.discard(dossier, by=request.user)
        messages.success(request, _("Đã bỏ bản nháp."))
        return redirect("portal:mine")
    return render(request, "portal/draft_discard.html", head(request, dossier, "review"))


@draft_page
@GET_OR_POST
def keep_draft(request, dossier):
    """Where a reminder leads: one tap, and the count begins anew (giữ lại bản nháp)."""
    if request.method == "POST":
        forgotten.keep(dossier, by=request.user, at=timezone.now())
        messages.success(request, _("Đã giữ lại bản nháp."))
        return redirect("portal:mine")
    context = {**head(request, dossier, "review"), "ends": forgotten.ending([dossier]).get(dossier.pk)}
    return render(request, "portal/draft_keep.html", context)
