"""The words an act needs; forms check shape, the steps judge (biểu mẫu của các việc tại quầy)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from motcua.accounts.models import Person
from motcua.catalogue import cases
from motcua.catalogue import forms as told
from motcua.catalogue.forms import Day, Money, Text
from motcua.catalogue.models import Component, Fee, FeeKind, Relief
from motcua.dossiers import collecting, mandates, supplement
from motcua.dossiers.models import Dossier, Mandate, MandateScope, OwnerKind, ReturnBy
from motcua.dossiers.posting import Posted
from motcua.dossiers.supplement import Item
from motcua.organisations.models import Agency, AgencyKind, Level, Unit, UnitKind
from motcua.ui.templatetags.ui import dong

OTHERS = 2  # papers besides those the procedure names


class Form(forms.Form):
    """What is missing is said by the page, in Vietnamese, not by the browser in its own language."""

    use_required_attribute = False


class LongText(told.LongText):
    """Several lines that must be written; `lacking` says how to mend it."""

    def __init__(self, lacking: str = "", rows: int = 3, **kwargs: Any):
        super().__init__(2000, widget=forms.Textarea(attrs={"rows": rows}), required=bool(lacking), **kwargs)
        self.error_messages["required"] = lacking


class Line(Text):
    """One line; with `lacking` it must be written."""

    def __init__(self, longest: int, lacking: str = "", **kwargs: Any):
        super().__init__(longest, required=bool(lacking), **kwargs)
        self.error_messages["required"] = lacking


class TypedDay(Day):
    """A day typed as it is spoken, with or without signs between: 31/12/1990, 31121990."""

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        self.widget = forms.DateInput(
            format="%d/%m/%Y", attrs={"inputmode": "numeric", "placeholder": "31/12/1990", "autocomplete": "off"}
        )
        self.input_formats = [*Day.WRITTEN, "%d%m%Y"]


class AtStep(Form):
    """Knows the step that stood on the officer's page, so that a page grown old is refused by name."""

    at_step = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def clean_at_step(self) -> int:
        return self.cleaned_data["at_step"] or 0


class NoteForm(AtStep):
    note = Line(1000, label="Ý kiến")


class ReasonForm(AtStep):
    reason = LongText("Hãy ghi rõ lý do.", label="Lý do")


class PlainReasonForm(Form):
    reason = LongText("Hãy ghi rõ lý do.", label="Lý do")


class LeaveForm(Form):
    reason = LongText(
        "Hãy ghi lý do cho phép.",
        label="Lý do cho phép yêu cầu bổ sung lần nữa",
        help_text="Hồ sơ bổ sung từ lần thứ hai bị Cổng Dịch vụ công quốc gia tính là quá hạn, dù trả đúng hẹn.",
    )


class CorrectionForm(Form):
    reason = LongText(
        "Hãy ghi kết quả sai ở chỗ nào.",
        label="Kết quả sai ở chỗ nào?",
        help_text="Kết quả cũ và lý do được giữ lại. Thời gian từ lúc có kết quả tính cho cơ quan giải quyết.",
    )


class ApologyForm(Form):
    reason = LongText(
        "Hãy ghi lý do chậm để người nộp hiểu.",
        label="Lý do chậm",
        help_text="In trên văn bản xin lỗi gửi người nộp. Viết bằng lời dễ hiểu.",
    )
    renewed = TypedDay(label="Hẹn lại ngày", help_text="Chỉ được hẹn lại một lần.")

    def __init__(self, *args: Any, dossier: Dossier, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.dossier = dossier
        self.fields["renewed"].error_messages["required"] = "Hãy ghi ngày hẹn lại."

    def until(self) -> datetime:
        """The new day, at the hour that was promised."""
        promised = timezone.localtime(self.dossier.due_at)
        return timezone.make_aware(datetime.combine(self.cleaned_data["renewed"], promised.time()))


class TransferForm(AtStep):
    unit = forms.ModelChoiceField(
        label="Chuyển đến",
        queryset=Unit.objects.none(),
        empty_label="Chọn bộ phận…",
        error_messages={"required": "Hãy chọn bộ phận.", "invalid_choice": "Hãy chọn một bộ phận trong danh sách."},
    )
    reason = LongText("Hãy ghi rõ lý do.", label="Lý do")

    def __init__(self, *args: Any, units: list[Unit], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Unit.objects.filter(pk__in=[unit.pk for unit in units]).order_by("name")  # type: ignore[attr-defined]


class AssignSeveralForm(Form):
    """To whom the steps of several dossiers go, and why where somebody holds one of them."""

    holder = forms.ModelChoiceField(
        label="Giao cho",
        queryset=Person.objects.none(),
        empty_label="Chọn người…",
        error_messages={"required": "Hãy chọn người.", "invalid_choice": "Hãy chọn một người trong danh sách."},
    )
    reason = LongText("Hãy ghi rõ lý do.", label="Lý do chuyển người thụ lý")

    def __init__(self, *args: Any, people: QuerySet[Person], held: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["holder"].queryset = people  # type: ignore[attr-defined]
        if not held:
            del self.fields["reason"]
        if not people:
            nobody = "Không còn ai khác giữ vị trí này ở bộ phận; có thể cử người thay ở trang “Vắng mặt, thay”."
            self.fields["holder"].help_text = nobody


class AssignForm(AssignSeveralForm, AtStep):
    """The same for one dossier, where the page says whose the step is; a missing reason is the step's to refuse."""

    reason = LongText(label="Lý do chuyển người thụ lý")

    def __init__(self, *args: Any, people: QuerySet[Person], held_by: Person | None = None, **kwargs: Any):
        super().__init__(*args, people=people, held=held_by is not None, **kwargs)
        if held_by:
            self.fields["reason"].help_text = f"{held_by} đang thụ lý bước này; hãy ghi vì sao chuyển cho người khác."


class NothingForm(Form):
    """Several at once, with nothing more to say."""


class SeveralForm(Form):
    note = Line(1000, label="Ý kiến kèm theo, ghi vào từng hồ sơ")


class SendElsewhereForm(Form):
    agency = forms.ModelChoiceField(
        label="Cơ quan có thẩm quyền",
        queryset=Agency.objects.none(),
        empty_label="Chọn cơ quan…",
        error_messages={"required": "Hãy chọn cơ quan.", "invalid_choice": "Hãy chọn một cơ quan trong danh sách."},
    )
    reason = LongText("Hãy ghi rõ lý do.", label="Lý do")

    def __init__(self, *args: Any, dossier: Dossier, at: datetime, **kwargs: Any):
        super().__init__(*args, **kwargs)
        competent = Agency.objects.valid_on(timezone.localdate(at)).filter(
            level=dossier.procedure_version.level, kind=AgencyKind.PEOPLES_COMMITTEE
        )
        self.fields["agency"].queryset = competent.exclude(pk=dossier.agency_id).order_by("name")  # type: ignore[attr-defined]


class OpinionForm(Form):
    """Whom to ask, about what, and for how many working days."""

    unit = forms.ModelChoiceField(
        label="Hỏi bộ phận",
        queryset=Unit.objects.none(),
        empty_label="Chọn bộ phận, cơ quan…",
        error_messages={"required": "Hãy chọn bộ phận.", "invalid_choice": "Hãy chọn một bộ phận trong danh sách."},
    )
    question = LongText("Hãy ghi rõ cần ý kiến về việc gì.", label="Cần ý kiến về")
    days = forms.IntegerField(
        label="Trả lời trong số ngày làm việc",
        min_value=1,
        max_value=60,
        initial=3,
        help_text="Thời gian giải quyết hồ sơ vẫn tiếp tục.",
        error_messages={
            "required": "Hãy ghi số ngày.",
            "invalid": "Hãy ghi một số ngày từ 1 đến 60.",
            "min_value": "Hãy ghi một số ngày từ 1 đến 60.",
            "max_value": "Hãy ghi một số ngày từ 1 đến 60.",
        },
    )

    def __init__(self, *args: Any, dossier: Dossier, at: datetime, **kwargs: Any):
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["unit"]
        choice.queryset = Unit.objects.valid_on(timezone.localdate(at)).filter(
            kind__in=(UnitKind.PROFESSIONAL, UnitKind.LEADERS)
        )
        rank = {level: nth for nth, level in enumerate(Level)}
        units = sorted(
            choice.queryset.select_related("agency"),
            key=lambda unit: (
                unit.agency_id != dossier.agency_id,
                rank[unit.agency.level],
                unit.agency.name,
                unit.agency_id,
                unit.name,
            ),
        )
        by_agency = groupby(units, key=lambda unit: unit.agency)
        choice.choices = [
            ("", choice.empty_label),
            *((agency.short_name, [(unit.pk, unit.name) for unit in those]) for agency, those in by_agency),
        ]


class OpinionAnswerForm(Form):
    text = LongText("Hãy ghi ý kiến.", label="Ý kiến", rows=6)


class RefusalForm(Form):
    reason = LongText(
        "Hãy ghi rõ lý do để người nộp hiểu và biết phải làm gì.",
        label="Lý do từ chối",
        help_text="In trên phiếu từ chối gửi người nộp. Ghi lý do theo quy định và cách khắc phục, nếu có.",
    )
    legal_basis = Line(200, label="Căn cứ", help_text="Văn bản, điều, khoản.")


class StopForm(Form):
    reason = LongText("Hãy ghi rõ lý do dừng giải quyết.", label="Lý do dừng giải quyết")
    legal_basis = Line(200, label="Căn cứ", help_text="Văn bản, điều, khoản.")


class WithdrawalForm(Form):
    reason = LongText(
        "Hãy ghi lý do người nộp nêu.", label="Lý do người nộp nêu", help_text="Ghi theo đơn hoặc lời đề nghị."
    )


class PaymentForm(Form):
    amount = Money(label="Số tiền", required=False)
    reason = Line(300, "Hãy ghi khoản phải nộp.", label="Khoản phải nộp", help_text="Ví dụ: Lệ phí trước bạ.")
    pay_by = TypedDay(
        label="Nộp trước hết ngày",
        required=False,
        help_text="Theo thông báo nộp tiền. Có ghi thì hết ngày này mới dừng giải quyết được vì không nộp.",
    )

    def clean_amount(self) -> int:
        if not self.cleaned_data["amount"]:
            raise forms.ValidationError("Hãy ghi số tiền phải nộp, lớn hơn 0 đồng.")
        return self.cleaned_data["amount"]


class SettlementForm(Form):
    receipt_number = Line(60, "Hãy ghi số biên lai hoặc chứng từ.", label="Số biên lai, chứng từ")


class TakenForm(Form):
    """Money taken while the person stands there: the number says that all of it was."""

    receipt_number = Line(60, label="Số biên lai")

    def __init__(self, *args: Any, total: int, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["receipt_number"].help_text = (
            f"Đã thu đủ {dong(total)} thì ghi số in trên biên lai. Để trống nếu chưa thu, hoặc người nộp được miễn, giảm: "
            "ghi nhận sau ở trang hồ sơ."
        )


def line_of(fee: Fee, taken: int, relief: str = "") -> collecting.Line:
    """What the receipt says of one thing the catalogue asks."""
    return collecting.Line(fee.name or FeeKind(fee.kind or FeeKind.FEE).label, fee.amount, taken, relief)


class FeesForm(Form):
    """What the catalogue asks of the dossier's case and channel, each line with what was taken and why less."""

    number = Line(
        60, label="Số biên lai", help_text="Số in trên biên lai đã giao người nộp. Không thu tiền thì để trống."
    )

    def __init__(self, *args: Any, dossier: Dossier, **kwargs: Any):
        super().__init__(*args, **kwargs)
        version = dossier.procedure_version
        self.fees = cases.fees(version, case=dossier.case, channel=dossier.channel)
        self.reliefs = {str(one.pk): one for one in cases.reliefs(version, dossier.channel)}
        for fee in self.fees:
            known = not fee.case or fee.case == dossier.case
            self.fields[f"taken_{fee.pk}"] = Money(
                label="Đã thu", required=False, initial=fee.amount if known else None
            )
            fitting = [one for one in self.reliefs.values() if one.fee in ("", fee.name)]
            if fitting:
                self.fields[f"relief_{fee.pk}"] = forms.ChoiceField(
                    label="Miễn, giảm",
                    required=False,
                    choices=[("", "Không"), *((str(one.pk), _relief(one)[:160]) for one in fitting)],
                    error_messages={"invalid_choice": "Hãy chọn một đối tượng trong danh sách."},
                )
        self.fields["other_what"] = Line(200, label="Khoản khác")
        self.fields["other_taken"] = Money(label="Đã thu", required=False)

    def asked(self) -> list[tuple[Fee, forms.BoundField, forms.BoundField | None]]:
        """Each line as the page shows it."""
        return [
            (fee, self[f"taken_{fee.pk}"], self[name] if (name := f"relief_{fee.pk}") in self.fields else None)
            for fee in self.fees
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if bool(cleaned.get("other_what")) != bool(cleaned.get("other_taken")) and not self.errors:
            raise forms.ValidationError("Khoản khác cần cả tên khoản và số tiền đã thu.")
        return cleaned

    def lines(self) -> list[collecting.Line]:
        """What was taken; where somebody pays less and the sum still stands, it is counted by the relief."""
        lines = []
        for fee in self.fees:
            taken = self.cleaned_data[f"taken_{fee.pk}"]
            relief = self.reliefs.get(self.cleaned_data.get(f"relief_{fee.pk}", ""))
            if relief and fee.amount is not None and taken in (None, fee.amount):
                taken = fee.amount * (100 - (relief.percent or 100)) // 100
            if taken is not None:
                lines.append(line_of(fee, taken, _relief(relief) if relief else ""))
        if self.cleaned_data["other_what"]:
            lines.append(collecting.Line(self.cleaned_data["other_what"], None, self.cleaned_data["other_taken"]))
        return lines


def _relief(relief: Relief) -> str:
    how = f"Giảm {relief.percent}%" if relief.percent else "Miễn"
    return f"{how}: {relief.who} ({relief.legal_basis})"


class CancelReceiptForm(Form):
    why = Line(300, "Hãy ghi lý do hủy biên lai.", label="Lý do hủy", help_text="Ví dụ: ghi nhầm số tiền.")


class ApprovalForm(AtStep):
    granted = forms.TypedChoiceField(
        label="Kết quả",
        choices=[("1", "Đồng ý giải quyết"), ("0", "Từ chối giải quyết, có văn bản nêu lý do")],
        widget=forms.RadioSelect,
        coerce=lambda value: value == "1",
        initial="1",
        error_messages={"required": "Hãy chọn đồng ý hay từ chối giải quyết."},
    )
    number = Line(60, "Hãy ghi số, ký hiệu của kết quả.", label="Số, ký hiệu kết quả")
    summary = LongText(label="Trích yếu", help_text="Khi từ chối giải quyết, ghi rõ lý do.")


class PostalForm(Form):
    number = Line(
        40,
        "Hãy ghi mã bưu gửi.",
        label="Mã bưu gửi",
        help_text="In trên phiếu gửi của bưu điện; người nộp dùng để theo dõi.",
    )


class CameBackForm(Form):
    reason = LongText(
        "Hãy ghi vì sao bưu điện không phát được.",
        label="Vì sao bưu điện không phát được?",
        help_text="Ví dụ: không có người nhận, sai địa chỉ. Người nộp được báo tin.",
    )


class HandOverForm(Form):
    method = forms.ChoiceField(label="Cách trả", choices=ReturnBy, widget=forms.RadioSelect)
    recipient_name = Line(200, "Hãy ghi họ tên người nhận kết quả.", label="Người nhận")
    recipient_id_number = Line(
        20, label="Số giấy tờ của người nhận", help_text="Ghi khi người nhận không phải chủ hồ sơ hay người đã nộp."
    )
    mandate = forms.ModelChoiceField(
        label="Nhận theo ủy quyền",
        queryset=Mandate.objects.none(),
        required=False,
        blank=True,
        empty_label="Không",
        widget=forms.RadioSelect,
        help_text="Còn hiệu lực; họ tên và số giấy tờ của người nhận phải khớp.",
        error_messages={"invalid_choice": "Ủy quyền này không còn dùng được cho hồ sơ; hãy chọn lại."},
    )
    recipient_phone = told.Phone(label="Số điện thoại người nhận", required=False)
    taken_back = Line(
        300,
        label="Giấy tờ gốc thu lại",
        help_text="Ví dụ: Giấy chứng nhận cũ số BK 123456. Không thu lại gì thì để trống.",
    )
    paper_noted = Line(
        200,
        label="Giấy ủy quyền, giới thiệu đã xem",
        help_text="Khi chưa ghi nhận ủy quyền nào: số, ngày, nơi chứng thực của giấy người nhận mang theo.",
    )

    def __init__(self, *args: Any, dossier: Dossier, at: datetime, **kwargs: Any):
        super().__init__(*args, **kwargs)
        # What the post has is handed over by the post, and nothing else is.
        by_post: Any = self.fields["method"]
        by_post.choices = [one for one in ReturnBy.choices if (one[0] == ReturnBy.POST) == dossier.at_post]
        usable = mandates.usable(dossier, MandateScope.COLLECT, timezone.localdate(at))
        choice: Any = self.fields["mandate"]
        choice.queryset = Mandate.objects.filter(pk__in=[one.pk for one in usable]).order_by("-pk")
        choice.label_from_instance = _agent
        if not usable or dossier.at_post:
            del self.fields["mandate"]
        if dossier.at_post:  # the postman looks at the papers of who receives, not we
            del self.fields["paper_noted"]

    def clean_recipient_id_number(self) -> str:
        return self.cleaned_data["recipient_id_number"].replace(" ", "")


def _agent(mandate: Mandate) -> str:
    until = f", đến hết {mandate.valid_to:%d/%m/%Y}" if mandate.valid_to else ""
    return f"{mandate.agent_name}, số giấy tờ {mandate.agent_id_number}{until}"


class SupplementForm(Form):
    """Every paper and every field of the form has its own line; what is written there is asked for, nothing else."""

    OTHERS = 2

    def __init__(self, *args: Any, dossier: Dossier, at: datetime, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.dossier = dossier
        self.leave = supplement.leave(dossier)
        self.papers = list(dossier.papers.all())
        for paper in self.papers:
            self.fields[f"paper_{paper.pk}"] = Line(500, label=paper.name)
        answers = dict(told.answered(dossier.procedure_version.form, dossier.form))
        for field in told.asked(dossier.procedure_version.form, dossier.form):
            if field["type"] in ("paper", "computed"):
                continue  # the paper has its own line, and nobody types what is computed
            self.fields[f"field_{field['key']}"] = Line(
                500, label=field["label"], help_text=answers.get(field["label"], "chưa khai")
            )
        for number in range(1, self.OTHERS + 1):
            self.fields[f"other_{number}"] = Line(500, label=f"Nội dung khác {number}")
        self.fields["reason"] = LongText(
            "Hãy ghi lý do phải bổ sung.", label="Lý do", help_text="In trên phiếu yêu cầu bổ sung gửi người nộp."
        )
        days = dossier.rule_set.supplement_days if dossier.rule_set else 10
        self.fields["answer_by"] = Day(label="Bổ sung trước hết ngày")
        self.initial.setdefault("answer_by", timezone.localdate(at) + timedelta(days=days))

    def of_papers(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("paper_")]

    def of_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("field_")]

    def of_others(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("other_")]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not self.asked():
            raise forms.ValidationError(
                "Chưa có nội dung nào cần bổ sung. Hãy ghi bên cạnh giấy tờ hoặc mục khai còn thiếu."
            )
        return cleaned

    def asked(self) -> list[Item]:
        """What is asked for, one by one."""
        papers = {f"paper_{paper.pk}": paper for paper in self.papers}
        asked = []
        for name, what in self.cleaned_data.items():
            kind, _, key = name.partition("_")
            if what and name in papers:
                asked.append(Item(what, paper=papers[name]))
            elif what and kind == "field":
                asked.append(Item(what, field=key))
            elif what and kind == "other":
                asked.append(Item(what))
        return asked

    def until(self) -> date | None:
        return self.cleaned_data["answer_by"]


class AnswerForm(told.AnswersForm):
    """The fields that were asked for, and a note."""

    use_required_attribute = False

    note = LongText(label="Ghi chú", rows=2, help_text="Ví dụ: người nộp mang bản chính đến quầy.")

    def asked_one_by_one(self) -> list[tuple[str, list[dict[str, Any]]]]:
        """Each asked field by its key, as the page shows it."""
        return [(one["field"].name, [one]) for one in told.questions(self)]

    def corrected(self) -> dict[str, Any]:
        return self.answers()


class PersonForm(Form):
    """Whose dossier it is, who brought it, and where the result goes (chủ hồ sơ, người nộp, nơi nhận kết quả)."""

    qr = Line(500, label="Quét mã QR trên thẻ căn cước, hoặc gõ số")
    owner_id_number = Line(20, label="Số căn cước, giấy tờ")
    owner_name = Line(200, "Hãy ghi họ tên chủ hồ sơ.", label="Họ và tên chủ hồ sơ")
    owner_birth_date = TypedDay(label="Ngày sinh", required=False)
    phone = told.Phone(label="Số điện thoại", required=False)
    email = forms.EmailField(
        label="Thư điện tử",
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "email"}),
        error_messages={"invalid": "Địa chỉ thư điện tử chưa đúng. Ví dụ: ten@vidu.vn."},
    )
    address = Line(250, "Hãy ghi địa chỉ của chủ hồ sơ.", label="Địa chỉ")
    owner_kind = forms.ChoiceField(label="Loại chủ hồ sơ", choices=OwnerKind, initial=OwnerKind.CITIZEN)
    submitter_name = Line(200, label="Họ và tên người nộp thay")
    submitter_id_number = Line(20, label="Số giấy tờ người nộp thay")
    sets = forms.IntegerField(
        label="Số bộ hồ sơ",
        min_value=1,
        max_value=99,
        initial=1,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "required": "Hãy ghi số bộ hồ sơ.",
            "invalid": "Số bộ hồ sơ là một số từ 1 đến 99.",
            "min_value": "Số bộ hồ sơ là một số từ 1 đến 99.",
            "max_value": "Số bộ hồ sơ là một số từ 1 đến 99.",
        },
    )
    return_by = forms.ChoiceField(
        label="Nhận kết quả", choices=ReturnBy, initial=ReturnBy.COUNTER, widget=forms.RadioSelect
    )
    return_address = Line(250, label="Địa chỉ nhận kết quả qua bưu chính")
    posted_number = Line(40, label="Hồ sơ đến qua bưu điện: mã bưu gửi")
    posted_on = TypedDay(label="Ngày gửi, theo dấu bưu điện", required=False)

    def clean_owner_id_number(self) -> str:
        return self.cleaned_data["owner_id_number"].replace(" ", "")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("return_by") == ReturnBy.POST and not cleaned.get("return_address"):
            cleaned["return_address"] = cleaned.get("address", "")
        for given, lacking, what in (
            ("posted_number", "posted_on", "Hãy ghi ngày gửi theo dấu bưu điện."),
            ("posted_on", "posted_number", "Hãy ghi mã bưu gửi."),
        ):
            if cleaned.get(given) and not cleaned.get(lacking) and lacking not in self.errors:
                self.add_error(lacking, what)
        return cleaned

    def facts(self) -> dict[str, Any]:
        """What the dossier keeps; what the scanner read is in the other fields already."""
        return {
            name: value for name, value in self.cleaned_data.items() if name not in ("qr", "posted_number", "posted_on")
        }

    def posted(self) -> Posted | None:
        """What the postal receipt says, when the dossier came by post."""
        number, day = self.cleaned_data["posted_number"], self.cleaned_data["posted_on"]
        return Posted(number, day) if number and day else None


class PapersForm(Form):
    """The papers of the procedure with the copies brought, and room for others."""

    def __init__(self, *args: Any, components: list[Component], case: str = "", **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.components = components
        for component in components:
            expected = cases.required(component, case)
            nothing_told = not component.originals and not component.copies
            self._count(f"originals_{component.pk}", component.originals or int(nothing_told) if expected else 0)
            self._count(f"copies_{component.pk}", component.copies if expected else 0)
        for number in range(1, OTHERS + 1):
            self.fields[f"other_{number}"] = Line(300, label=f"Giấy tờ khác {number}")
            self._count(f"originals_other_{number}", 0)
            self._count(f"copies_other_{number}", 0)

    def _count(self, name: str, initial: int) -> None:
        kind = "Bản sao" if name.startswith("copies") else "Bản chính"
        self.fields[name] = forms.IntegerField(
            label=kind,
            min_value=0,
            max_value=999,
            required=False,
            initial=initial,
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
            error_messages={
                "invalid": f"{kind}: hãy ghi một số.",
                "min_value": f"{kind}: hãy ghi một số không âm.",
                "max_value": f"{kind}: nhiều quá 999.",
            },
        )
