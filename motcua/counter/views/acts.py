"""What an officer does with a dossier; each act has its own address and is done by a POST (việc có thể làm)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from motcua.accounts.models import Person
from motcua.accounts.permissions import Can, requires
from motcua.dossiers import (
    acts,
    apologies,
    correcting,
    duplicates,
    holding,
    intake,
    moving,
    opinions,
    posting,
    processing,
    results,
    supplement,
)
from motcua.dossiers.models import Apology, Dossier, Opinion, ReturnBy
from motcua.files import limits
from motcua.refusal import Refusal
from motcua.ui.templatetags.ui import vn_datetime

from .. import answering, frame, keeping, showing
from ..forms import (
    AnswerForm,
    ApologyForm,
    ApprovalForm,
    AssignForm,
    CameBackForm,
    CorrectionForm,
    HandOverForm,
    LeaveForm,
    NoteForm,
    OpinionAnswerForm,
    OpinionForm,
    PaymentForm,
    PlainReasonForm,
    PostalForm,
    ReasonForm,
    RefusalForm,
    SendElsewhereForm,
    SettlementForm,
    StopForm,
    SupplementForm,
    TransferForm,
    WithdrawalForm,
)
from ..opening import dossier_of, opened
from .dossier import show

asking = require_http_methods(["GET", "HEAD", "POST"])
Step = Callable[[Dossier, datetime], Dossier]


# An act is done, or its page asks for the words it needs --------------------------------------------------------------


def _do(request: HttpRequest, code: str, step: Step, said: Callable[[Dossier], str]) -> HttpResponse:
    """An act that needs no words: done, or refused on the page of the dossier as it stands now."""
    at = timezone.now()
    try:
        dossier = step(dossier_of(request.user, code), at)  # type: ignore[arg-type]
    except Refusal as refusal:
        return show(request, opened(request, code, at), at, refusal=str(refusal), status=422)
    messages.success(request, said(dossier))
    return redirect("counter:dossier", code)


def _ask(
    request: HttpRequest,
    code: str,
    name: str,
    make: Callable[[Dossier, datetime], forms.Form],
    step: Callable[[Dossier, Any, datetime], Dossier],
    said: Callable[[Dossier], str],
    *,
    template: str = "counter/dossier/act.html",
    may: Callable[[Dossier], None] | None = None,
    act_label: str = "",
    then: str = "counter:dossier",
    about: Callable[[Dossier], dict[str, Any]] = lambda dossier: {},
    **context: Any,
) -> HttpResponse:
    """An act that needs words: its page keeps what was typed until the act is done."""
    at = timezone.now()
    dossier = opened(request, code, at)
    form = _begun(make(dossier, at))
    if request.method == "POST" and form.is_valid():
        try:
            dossier = step(dossier, form, at)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, said(dossier))
            return redirect(then, code)
    label = act_label or acts.ACTS[name][0]
    if request.method != "POST":
        try:
            if may:
                may(dossier)
            else:
                acts.ACTS[name][2](dossier, request.user)  # type: ignore[arg-type]
        except Refusal as refusal:
            return show(request, dossier, at, refusal=f"Chưa thực hiện được việc “{label}”. {refusal}", status=422)
    page = {
        "dossier": dossier,
        "form": form,
        "label": label,
        "danger": name in ("refuse", "withdraw", "stop", "correct"),
        **showing.papers(dossier, request.GET.get("tep", ""), result_first=name == "hand_over"),
        **about(dossier),
        **context,
    }
    # 422 also when a group of questions got one more: the page comes back as it is, with what was typed.
    return frame.page(request, template, page, status=422 if form.is_bound else 200, at=at)


def _form(request: HttpRequest, kind: type[forms.Form], **initial: Any) -> forms.Form:
    return kind(request.POST if request.method == "POST" else None, initial=initial)


def _same_as(request: HttpRequest, dossier: Dossier) -> str:
    """The reason to begin with when the officer found the same dossier filed before (`?trung=`); it stays theirs to change."""
    other = Dossier.objects.handled_by(request.user).filter(code=request.GET.get("trung", "")[:60]).first()  # type: ignore[arg-type]
    try:
        return duplicates.reason(dossier, other) if other else ""
    except Refusal:
        return ""


def _begun(form: forms.Form) -> forms.Form:
    """The page opens with the first field to write in."""
    for field in form.visible_fields():
        if not field.use_fieldset:
            field.field.widget.attrs["autofocus"] = True
            break
    return form


def _step(dossier: Dossier, by: Person) -> int:
    running = processing.running_step(dossier, by)
    return running.pk if running else 0


def _now_at(dossier: Dossier) -> str:
    units = dict.fromkeys(str(interval.unit) for interval in processing.running_steps(dossier))
    return f"Hồ sơ đang ở {' và '.join(units)}." if len(units) > 1 else f"Hồ sơ đã chuyển đến {dossier.at_unit}."


# At the counter -----------------------------------------------------------------------------------------------------


@require_POST
@requires(Can.RECEIVE)
def accept(request, code: str):
    def said(dossier: Dossier) -> str:
        promised = f"Hẹn trả {vn_datetime(dossier.due_at)}." if dossier.due_at else "Thủ tục không có ngày hẹn trả."
        return f"Đã tiếp nhận hồ sơ. {promised}"

    return _do(request, code, lambda dossier, at: intake.accept(dossier, by=request.user, at=at), said)


@asking
@requires(Can.REFUSE_RECEPTION)
def refuse(request, code: str):
    return _ask(
        request,
        code,
        "refuse",
        lambda dossier, at: _form(request, RefusalForm, reason=_same_as(request, dossier)),
        lambda dossier, form, at: intake.refuse(dossier, by=request.user, at=at, **form.cleaned_data),
        lambda dossier: "Đã từ chối tiếp nhận và lập phiếu từ chối.",
    )


@require_POST
@requires(Can.HAND_TO_AGENCY)
def hand_to_agency(request, code: str):
    at_step, note, number = _at_step(request), _note(request), request.POST.get("postal_number", "")
    return _do(
        request,
        code,
        lambda dossier, at: processing.hand_to_agency(
            dossier, at_step=at_step, by=request.user, at=at, note=note, postal_number=number
        ),
        _now_at,
    )


@require_POST
@requires(Can.DO_STEP)
def note_arrival(request, code: str):
    return _do(
        request,
        code,
        lambda dossier, at: processing.note_arrival(dossier, by=request.user, at=at),
        lambda dossier: "Đã ghi nhận hồ sơ giấy đến nơi; thời gian của bước tính từ bây giờ.",
    )


@asking
@requires(Can.REQUEST_SUPPLEMENT)
def request_supplement(request, code: str):
    def make(dossier: Dossier, at: datetime) -> SupplementForm:
        return SupplementForm(request.POST if request.method == "POST" else None, dossier=dossier, at=at)

    def step(dossier: Dossier, form: SupplementForm, at: datetime) -> Dossier:
        reason, until = form.cleaned_data["reason"], form.until()
        return supplement.request(dossier, items=form.asked(), reason=reason, answer_by=until, by=request.user, at=at)

    return _ask(
        request,
        code,
        "request_supplement",
        make,
        step,
        lambda dossier: "Đã gửi yêu cầu bổ sung và lập phiếu. Hồ sơ chờ người nộp.",
        template="counter/dossier/supplement.html",
    )


@asking
@requires(Can.RECORD_ANSWER)
def record_answer(request, code: str):
    at = timezone.now()
    asked = supplement.open_request(dossier_of(request.user, code))
    files, wrong = answering.files(request, asked, at)

    def make(dossier: Dossier, at: datetime) -> AnswerForm:
        return answering.form(request, dossier, asked)

    def step(dossier: Dossier, form: AnswerForm, at: datetime) -> Dossier:
        if any(wrong.values()):
            raise Refusal("Có tệp chưa lưu được; các tệp khác và nội dung đã nhập vẫn được giữ.")
        return answering.record(dossier, form, files, by=request.user, at=at)

    return _ask(
        request,
        code,
        "record_answer",
        make,
        step,
        lambda dossier: f"Đã ghi nhận bổ sung. Hồ sơ trở lại {dossier.at_unit}.",
        template="counter/dossier/answer.html",
        asked=asked,
        lines=answering.lines(asked, files, wrong),
        told=f"{limits.told()}.",
        accept=limits.accept(),
        max_bytes=limits.MAX_BYTES,
    )


@asking
@requires(Can.HAND_OVER)
def hand_over(request, code: str):
    return _ask(
        request,
        code,
        "hand_over",
        lambda dossier, at: HandOverForm(
            _sent(request),
            dossier=dossier,
            at=at,
            initial={
                "method": ReturnBy.POST if dossier.at_post else ReturnBy.COUNTER,
                "recipient_name": dossier.submitter_name or dossier.owner_name,
            },
        ),
        lambda dossier, form, at: results.hand_over(dossier, by=request.user, at=at, **form.cleaned_data),
        lambda dossier: f"Đã trả kết quả cho {dossier.hand_over.recipient_name}. In giấy biên nhận ở mục Phiếu.",
        template="counter/dossier/hand_over.html",
        about=lambda dossier: {"posted": posting.on_the_way(dossier)},
    )


@asking
@requires(Can.HAND_OVER)
def post_result(request, code: str):
    return _ask(
        request,
        code,
        "post_result",
        lambda dossier, at: _form(request, PostalForm),
        lambda dossier, form, at: posting.post_result(dossier, by=request.user, at=at, **form.cleaned_data),
        lambda dossier: "Đã ghi nhận giao kết quả cho bưu điện. Khi bưu điện báo đã phát, hãy ghi nhận trả kết quả.",
    )


@asking
@requires(Can.HAND_OVER)
def take_back(request, code: str):
    return _ask(
        request,
        code,
        "take_back",
        lambda dossier, at: _form(request, CameBackForm),
        lambda dossier, form, at: posting.take_back(dossier, by=request.user, at=at, **form.cleaned_data),
        lambda dossier: "Kết quả lại ở quầy: trả tại quầy, hoặc gửi qua bưu điện lần nữa.",
    )


@asking
@requires(Can.RECORD_WITHDRAWAL)
def withdraw(request, code: str):
    return _ask(
        request,
        code,
        "withdraw",
        lambda dossier, at: _form(request, WithdrawalForm, reason=_same_as(request, dossier)),
        lambda dossier, form, at: results.withdraw(dossier, by=request.user, at=at, **form.cleaned_data),
        lambda dossier: "Đã ghi nhận rút hồ sơ theo đề nghị của người nộp.",
    )


# At the agency ------------------------------------------------------------------------------------------------------


@require_POST
@requires(Can.DO_STEP)
def do_step(request, code: str):
    at_step, note = _at_step(request), _note(request)
    return _do(
        request,
        code,
        lambda dossier, at: processing.do_step(dossier, at_step=at_step, by=request.user, at=at, note=note),
        lambda dossier: f"Đã hoàn thành bước. {_now_at(dossier)}",
    )


@asking
@requires(Can.RETURN_STEP)
def return_step(request, code: str):
    return _ask(
        request,
        code,
        "return_step",
        lambda dossier, at: _form(request, ReasonForm, at_step=_step(dossier, request.user)),
        lambda dossier, form, at: processing.return_step(dossier, by=request.user, at=at, **form.cleaned_data),
        lambda dossier: f"Đã trả hồ sơ về {dossier.at_unit}.",
    )


@asking
@requires(Can.APPROVE)
def approve(request, code: str):
    return _sign(
        request, code, "approve", processing.approve, lambda dossier: f"Đã phê duyệt kết quả. {_now_at(dossier)}"
    )


@asking
@requires(Can.SETTLE_AT_ONCE)
def settle_at_once(request, code: str):
    """The result is put down while the person waits; the next page hands it over."""
    return _sign(
        request,
        code,
        "settle_at_once",
        processing.settle_at_once,
        lambda dossier: "Đã có kết quả. Hãy trả cho người đang đợi.",
        then="counter:hand_over",
    )


def _sign(
    request: HttpRequest,
    code: str,
    name: str,
    sign: Callable[..., Dossier],
    said: Callable[[Dossier], str],
    then: str = "counter:dossier",
) -> HttpResponse:
    """A result with its number and, where there is one, its file."""
    at, officer = timezone.now(), cast(Person, request.user)
    sent, wrong = keeping.store(request.FILES.getlist("ket-qua")[:1], by=officer, at=at)
    kept = (sent or keeping.again(request.POST.getlist("giu"), by=officer))[:1]

    def step(dossier: Dossier, form: ApprovalForm, at: datetime) -> Dossier:
        if wrong:
            raise Refusal(wrong[0])
        stored, file_name = (kept[0].stored, kept[0].name) if kept else (None, "")
        return sign(dossier, by=officer, at=at, stored=stored, file_name=file_name, **form.cleaned_data)

    return _ask(
        request,
        code,
        name,
        lambda dossier, at: _form(request, ApprovalForm, at_step=_step(dossier, officer)),
        step,
        said,
        template="counter/dossier/approve.html",
        then=then,
        kept=kept,
        wrong=wrong,
        told=f"{limits.told()}.",
        accept=limits.accept(),
        max_bytes=limits.MAX_BYTES,
    )


@require_POST
@requires(Can.FINISH)
def finish(request, code: str):
    at_step = _at_step(request)
    return _do(
        request,
        code,
        lambda dossier, at: results.finish(dossier, at_step=at_step, by=request.user, at=at),
        lambda dossier: f"Kết quả đã về {dossier.at_unit}, {dossier.reception_agency.short_name}.",
    )


@asking
@requires(Can.REQUEST_PAYMENT)
def request_payment(request, code: str):
    return _ask(
        request,
        code,
        "request_payment",
        lambda dossier, at: _form(request, PaymentForm),
        lambda dossier, form, at: processing.request_payment(dossier, by=request.user, at=at, **form.cleaned_data),
        lambda dossier: "Đã yêu cầu nộp tiền. Hồ sơ chờ người nộp; thời gian của cơ quan tạm dừng.",
    )


@asking
@requires(Can.REQUEST_PAYMENT)
def settle_payment(request, code: str):
    return _ask(
        request,
        code,
        "settle_payment",
        lambda dossier, at: _form(request, SettlementForm),
        lambda dossier, form, at: processing.settle_payment(dossier, by=request.user, at=at, **form.cleaned_data),
        lambda dossier: f"Đã xác nhận nộp tiền. Hẹn trả mới: {vn_datetime(dossier.due_at)}.",
    )


@asking
@requires(Can.STOP)
def stop(request, code: str):
    return _ask(
        request,
        code,
        "stop",
        lambda dossier, at: _form(request, StopForm, reason=_same_as(request, dossier)),
        lambda dossier, form, at: processing.stop(dossier, by=request.user, at=at, **form.cleaned_data),
        lambda dossier: "Đã dừng giải quyết hồ sơ.",
    )


# Opinions, second thoughts -----------------------------------------------------------------------------------------


@asking
@requires(Can.ASK_OPINION)
def ask_opinion(request, code: str):
    return _ask(
        request,
        code,
        "ask_opinion",
        lambda dossier, at: OpinionForm(_sent(request), dossier=dossier, at=at),
        lambda dossier, form, at: opinions.ask(dossier, by=request.user, at=at, **form.cleaned_data),
        lambda dossier: "Đã gửi lấy ý kiến. Hồ sơ vẫn ở đây và thời gian vẫn tính.",
    )


def _opinion(request: HttpRequest, code: str, pk: int) -> Opinion:
    return get_object_or_404(Opinion.objects.select_related("unit"), dossier=dossier_of(request.user, code), pk=pk)  # type: ignore[arg-type]


@asking
@requires(Can.GIVE_OPINION)
def give_opinion(request, code: str, pk: int):
    opinion = _opinion(request, code, pk)
    at = timezone.now()
    sent, wrong = keeping.store(request.FILES.getlist("tep")[:1], by=request.user, at=at)
    kept = (sent or keeping.again(request.POST.getlist("giu"), by=request.user))[:1]

    def step(dossier: Dossier, form: forms.Form, at: datetime) -> Dossier:
        if wrong:
            raise Refusal(wrong[0])
        stored, name = (kept[0].stored, kept[0].name) if kept else (None, "")
        return opinions.answer(opinion, by=request.user, at=at, stored=stored, file_name=name, **form.cleaned_data)

    return _ask(
        request,
        code,
        "give_opinion",
        lambda dossier, at: _form(request, OpinionAnswerForm),
        step,
        lambda dossier: "Đã gửi ý kiến.",
        template="counter/dossier/opinion.html",
        may=lambda dossier: opinions.may_answer(opinion, request.user),
        act_label="Cho ý kiến",
        opinion=opinion,
        kept=kept,
        wrong=wrong,
        told=f"{limits.told()}.",
        accept=limits.accept(),
        max_bytes=limits.MAX_BYTES,
    )


@asking
@requires(Can.WAIVE_OPINION)
def waive_opinion(request, code: str, pk: int):
    opinion = _opinion(request, code, pk)
    return _ask(
        request,
        code,
        "waive_opinion",
        lambda dossier, at: _form(request, PlainReasonForm),
        lambda dossier, form, at: opinions.waive(opinion, by=request.user, at=at, **form.cleaned_data),
        lambda dossier: "Đã ghi lý do; hồ sơ không chờ ý kiến này nữa.",
        may=lambda dossier: opinions.may_waive(opinion, request.user),
        act_label="Không chờ ý kiến nữa",
    )


@asking
@requires(Can.ALLOW_SUPPLEMENT_AGAIN)
def allow_supplement_again(request, code: str):
    return _ask(
        request,
        code,
        "allow_supplement_again",
        lambda dossier, at: _form(request, LeaveForm),
        lambda dossier, form, at: supplement.allow_again(dossier, by=request.user, at=at, **form.cleaned_data),
        lambda dossier: "Đã cho phép yêu cầu bổ sung thêm một lần.",
    )


@asking
@requires(Can.DRAFT_APOLOGY)
def draft_apology(request, code: str):
    def make(dossier: Dossier, at: datetime) -> ApologyForm:
        initial = {}
        if begun := Apology.objects.filter(dossier=dossier).first():
            renewed = begun.renewed_due_at and timezone.localdate(begun.renewed_due_at)
            initial = {"reason": begun.reason, "renewed": renewed}
        return ApologyForm(_sent(request), dossier=dossier, initial=initial)

    def step(dossier: Dossier, form: ApprovalForm, at: datetime) -> Dossier:
        reason = form.cleaned_data["reason"]
        return apologies.draft(dossier, reason=reason, renewed_due_at=form.until(), by=request.user, at=at)  # type: ignore[attr-defined]

    return _ask(
        request, code, "draft_apology", make, step, lambda dossier: "Đã soạn văn bản xin lỗi; chờ người đứng đầu ký."
    )


@require_POST
@requires(Can.SIGN_APOLOGY)
def sign_apology(request, code: str):
    return _do(
        request,
        code,
        lambda dossier, at: apologies.sign(dossier, by=request.user, at=at),
        lambda dossier: f"Đã ký và gửi văn bản xin lỗi. Hẹn lại: {vn_datetime(dossier.renewed_due_at)}.",
    )


@asking
@requires(Can.RECALL)
def recall(request, code: str):
    return _ask(
        request,
        code,
        "recall",
        lambda dossier, at: _form(request, PlainReasonForm),
        lambda dossier, form, at: moving.recall(dossier, by=request.user, at=at, **form.cleaned_data),
        lambda dossier: "Đã thu hồi; hồ sơ lại ở vị trí của bạn.",
    )


@asking
@requires(Can.TRANSFER)
def transfer(request, code: str):
    def make(dossier: Dossier, at: datetime) -> TransferForm:
        units = moving.units_for(dossier, request.user, at)
        return TransferForm(_sent(request), units=units, initial={"at_step": _step(dossier, request.user)})

    return _ask(
        request,
        code,
        "transfer",
        make,
        lambda dossier, form, at: moving.transfer(dossier, by=request.user, at=at, **form.cleaned_data),
        _now_at,
    )


@require_POST
@requires(Can.DO_STEP)
def take(request, code: str):
    at_step = _at_step(request)
    return _do(
        request,
        code,
        lambda dossier, at: holding.take(dossier, at_step=at_step, by=request.user, at=at),
        lambda dossier: "Đã nhận việc: bạn thụ lý bước này.",
    )


@asking
@requires(Can.DO_STEP)
def give_back(request, code: str):
    return _ask(
        request,
        code,
        "give_back",
        lambda dossier, at: _form(request, ReasonForm, at_step=_step(dossier, request.user)),
        lambda dossier, form, at: holding.give_back(dossier, by=request.user, at=at, **form.cleaned_data),
        lambda dossier: "Đã trả việc; bước này chờ người khác của bộ phận nhận.",
    )


@asking
@requires(Can.ASSIGN)
def assign(request, code: str):
    def make(dossier: Dossier, at: datetime) -> AssignForm:
        try:
            interval = holding.step_to_assign(dossier, request.user)
        except Refusal:
            return AssignForm(_sent(request), people=Person.objects.none())
        return AssignForm(
            _sent(request),
            people=holding.people_for(interval, at=at),
            held_by=processing.holder_of(interval),
            initial={"at_step": interval.pk},
        )

    return _ask(
        request,
        code,
        "assign",
        make,
        lambda dossier, form, at: holding.assign(dossier, by=request.user, at=at, **form.cleaned_data),
        lambda dossier: "Đã giao việc; người được giao nhận tin báo ngay.",
    )


@asking
@requires(Can.SEND_ELSEWHERE)
def send_elsewhere(request, code: str):
    return _ask(
        request,
        code,
        "send_elsewhere",
        lambda dossier, at: SendElsewhereForm(_sent(request), dossier=dossier, at=at),
        lambda dossier, form, at: moving.send_elsewhere(dossier, by=request.user, at=at, **form.cleaned_data),
        lambda dossier: f"Đã chuyển hồ sơ đến {dossier.agency}. Mã hồ sơ và ngày hẹn trả giữ nguyên.",
    )


@asking
@requires(Can.CORRECT)
def correct(request, code: str):
    return _ask(
        request,
        code,
        "correct",
        lambda dossier, at: _form(request, CorrectionForm),
        lambda dossier, form, at: correcting.correct(dossier, by=request.user, at=at, **form.cleaned_data),
        lambda dossier: f"Đã đưa kết quả về để đính chính. {_now_at(dossier)}",
    )


def _sent(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _note(request: HttpRequest) -> str:
    form = NoteForm(request.POST)
    form.is_valid()
    return form.cleaned_data.get("note", "")


def _at_step(request: HttpRequest) -> int:
    form = NoteForm(request.POST)
    form.is_valid()
    return form.cleaned_data.get("at_step") or 0
