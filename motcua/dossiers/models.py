"""The dossier, its clock, its papers and the facts of each step (hồ sơ)."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from motcua.accounts.models import Assurance, Person
from motcua.accounts.permissions import Can, Role
from motcua.catalogue.models import Channel, Component, Procedure, ProcedureVersion, Process, ProcessStep
from motcua.files.models import StoredFile
from motcua.journal.models import Entry, Reading
from motcua.messaging.models import Channel as MessageChannel
from motcua.messaging.models import Message as SentMessage
from motcua.organisations.calendars import Days
from motcua.organisations.models import Agency, Unit, ValidQuerySet


class State(models.TextChoices):
    """Where a dossier is; one at a time (trạng thái hồ sơ, mã của Cổng DVCQG trong PORTAL_CODE)."""

    DRAFT = "DRAFT", "Bản nháp"
    SUBMITTED = "SUBMITTED", "Mới đăng ký, chờ tiếp nhận"
    AWAITING_COMPLETION = "AWAITING_COMPLETION", "Chờ bổ sung trước khi tiếp nhận"
    REFUSED = "REFUSED", "Không được tiếp nhận"
    ACCEPTED = "ACCEPTED", "Được tiếp nhận"
    IN_PROGRESS = "IN_PROGRESS", "Đang giải quyết"
    AWAITING_APPLICANT = "AWAITING_APPLICANT", "Chờ người nộp bổ sung"
    AWAITING_PAYMENT = "AWAITING_PAYMENT", "Chờ thực hiện nghĩa vụ tài chính"
    READY = "READY", "Đã có kết quả"
    RETURNED = "RETURNED", "Đã trả kết quả"
    WITHDRAWN = "WITHDRAWN", "Đã rút hồ sơ"
    STOPPED = "STOPPED", "Dừng giải quyết"


OPEN = (
    State.SUBMITTED,
    State.AWAITING_COMPLETION,
    State.ACCEPTED,
    State.IN_PROGRESS,
    State.AWAITING_APPLICANT,
    State.AWAITING_PAYMENT,
    State.READY,
)
SETTLING = (State.ACCEPTED, State.IN_PROGRESS, State.AWAITING_APPLICANT, State.AWAITING_PAYMENT)


class SupplementMode(models.TextChoices):
    """How a supplement moves the clock (cách tính lại thời hạn)."""

    RESTART = "RESTART", "Tính lại từ đầu"
    PAUSE = "PAUSE", "Tạm dừng"


class CodePattern(models.TextChoices):
    """Which agency identifier a dossier code begins with (cấu trúc mã hồ sơ)."""

    QCVN = "QCVN", "000.00.12.H60-211230-0001"
    QD20 = "QD20", "H60.12-250701-0001"


class RuleSet(models.Model):
    """The rules of one-stop settlement in force for a period (bộ quy định theo thời kỳ)."""

    key = models.CharField("tên", max_length=20, unique=True)
    valid_from = models.DateField("có hiệu lực từ")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)
    legal_basis = models.CharField("căn cứ", max_length=200)
    reception_hours = models.PositiveSmallIntegerField("giờ làm việc để trả lời hồ sơ trực tuyến")
    same_day_until = models.TimeField("nhận sau giờ này: ngày làm việc tiếp theo")
    supplement_mode = models.CharField(max_length=8, choices=SupplementMode)
    supplements_allowed = models.PositiveSmallIntegerField("số lần yêu cầu bổ sung")
    supplement_days = models.PositiveSmallIntegerField("số ngày để bổ sung, nếu không ghi khác")
    portal_takes_filings = models.BooleanField("cổng của tỉnh nhận hồ sơ")
    any_desk_receives = models.BooleanField(
        "tiếp nhận không phụ thuộc địa giới hành chính trong tỉnh", default=False, db_default=False
    )
    filing_needs = models.PositiveSmallIntegerField(
        "nộp trực tuyến cần tài khoản", choices=Assurance, default=Assurance.NONE, db_default=0
    )
    code_pattern = models.CharField(max_length=4, choices=CodePattern)
    warning_days = models.PositiveSmallIntegerField("cảnh báo trước hạn (ngày làm việc)")
    standstill_days = models.PositiveSmallIntegerField(
        "báo hồ sơ không có diễn biến (ngày làm việc)", default=3, db_default=3
    )

    objects = ValidQuerySet.as_manager()

    def __str__(self) -> str:
        return self.key


class FormSet(models.Model):
    """The slips of a period and their titles (bộ biểu mẫu: TT 01/2018/TT-VPCP, TT 03/2025/TT-VPCP)."""

    key = models.CharField("tên", max_length=20, unique=True)
    valid_from = models.DateField("có hiệu lực từ")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)
    legal_basis = models.CharField("căn cứ", max_length=200)
    slips = models.JSONField("các phiếu", help_text='{"RECEIPT": {"number": "01", "title": "…"}}')

    objects = ValidQuerySet.as_manager()

    def __str__(self) -> str:
        return self.key


class CodeCounter(models.Model):
    """The last number an agency gave on a day; numbers may be skipped, never given twice (số thứ tự trong ngày)."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    day = models.DateField()
    last = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "day"], name="an_agency_counts_once_a_day")]


class OwnerKind(models.TextChoices):
    """LoaiDoiTuong of the national portal: 1 citizen, 2 enterprise, 3 state body, 4 other organisation."""

    CITIZEN = "1", "Công dân"
    ENTERPRISE = "2", "Doanh nghiệp"
    STATE_BODY = "3", "Cơ quan nhà nước"
    ORGANISATION = "4", "Tổ chức khác"


class ReturnBy(models.TextChoices):
    """Where the applicant wants the result (nơi nhận kết quả)."""

    COUNTER = "COUNTER", "Tại Bộ phận Một cửa"
    POST = "POST", "Tại nhà, qua bưu chính công ích"
    ONLINE = "ONLINE", "Bản điện tử trên Cổng"


class DossierQuerySet(models.QuerySet["Dossier"]):
    def locked(self, pk: int) -> Dossier:
        """The row, held until the end of the step, so that of two officers one wins."""
        return self.select_for_update(of=("self",)).select_related("rule_set", "agency", "reception_agency").get(pk=pk)

    def filed(self):
        return self.exclude(state=State.DRAFT)

    def of_account(self, person: Person):
        """What a citizen sees: their own, drafts included."""
        return self.filter(account=person)

    def drafts_of(self, person: Person):
        return self.filter(account=person, state=State.DRAFT)

    def handled_by(self, officer: Person):
        """What an officer sees: dossiers received at, settled by or consulting the agencies assigned to them."""
        agencies = officer.agencies(Can.SEE_DOSSIERS)
        if not agencies:
            return self.none()
        took_part = StepInterval.objects.filter(dossier=OuterRef("pk"), unit__agency__in=agencies)
        asked = Opinion.objects.filter(dossier=OuterRef("pk"), unit__agency__in=agencies)
        return self.filed().filter(
            Q(agency__in=agencies) | Q(reception_agency__in=agencies) | Q(Exists(took_part)) | Q(Exists(asked))
        )


class Dossier(models.Model):
    """One request of one applicant, from draft to return (hồ sơ thủ tục hành chính)."""

    public_id = models.UUIDField("tên trong địa chỉ", default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField("mã hồ sơ", max_length=60, null=True, blank=True, unique=True)
    state = models.CharField("trạng thái", max_length=20, choices=State, default=State.DRAFT)
    procedure_version = models.ForeignKey(ProcedureVersion, models.PROTECT, related_name="dossiers")
    process = models.ForeignKey(Process, models.PROTECT, null=True, blank=True, related_name="dossiers")
    rule_set = models.ForeignKey(RuleSet, models.PROTECT, null=True, blank=True, related_name="+")
    channel = models.CharField("kênh nộp", max_length=10, choices=Channel)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="dossiers", verbose_name="cơ quan giải quyết")
    reception_agency = models.ForeignKey(
        Agency, models.PROTECT, related_name="received_dossiers", verbose_name="nơi tiếp nhận"
    )
    at_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="dossiers_here", verbose_name="đang ở"
    )
    at_role = models.CharField("vị trí đang giữ", max_length=20, choices=Role, blank=True)
    # Of the step it stands at, for lists; nobody: whoever of the position comes first.
    holder = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="người thụ lý", db_index=False
    )
    account = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="dossiers", verbose_name="tài khoản nộp"
    )
    owner_kind = models.CharField("loại chủ hồ sơ", max_length=1, choices=OwnerKind, default=OwnerKind.CITIZEN)
    owner_name = models.CharField("chủ hồ sơ", max_length=200, blank=True)
    owner_id_number = models.CharField("số giấy tờ của chủ hồ sơ", max_length=20, blank=True)
    owner_birth_date = models.DateField("ngày sinh", null=True, blank=True)
    phone = models.CharField("số điện thoại", max_length=15, blank=True)
    email = models.EmailField("thư điện tử", blank=True)
    address = models.CharField("địa chỉ", max_length=250, blank=True)
    submitter_name = models.CharField("người nộp", max_length=200, blank=True)
    submitter_id_number = models.CharField("số giấy tờ người nộp", max_length=20, blank=True)
    summary = models.CharField("trích yếu", max_length=1000, blank=True)
    case = models.TextField("trường hợp", blank=True, default="", db_default="")
    form = models.JSONField("nội dung biểu mẫu", default=dict)
    left_over = models.JSONField(
        "đã điền ở phiên bản biểu mẫu trước", default=list, db_default=models.Value([], models.JSONField())
    )
    sets = models.PositiveSmallIntegerField("số bộ hồ sơ", default=1)
    return_by = models.CharField("nhận kết quả", max_length=8, choices=ReturnBy, default=ReturnBy.COUNTER)
    return_address = models.CharField("địa chỉ nhận kết quả", max_length=250, blank=True)
    created_at = models.DateTimeField("tạo lúc")
    saved_at = models.DateTimeField("lưu lúc")
    submitted_at = models.DateTimeField("nộp lúc", null=True, blank=True)
    reception_due_at = models.DateTimeField("hạn tiếp nhận", null=True, blank=True)
    accepted_at = models.DateTimeField("tiếp nhận lúc", null=True, blank=True)
    accepted_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    first_due_at = models.DateTimeField("hẹn trả lần đầu", null=True, blank=True)
    due_at = models.DateTimeField("hẹn trả", null=True, blank=True)
    renewed_due_at = models.DateTimeField("hẹn lại", null=True, blank=True)
    finished_at = models.DateTimeField("kết thúc xử lý", null=True, blank=True)
    closed_at = models.DateTimeField("khép lại", null=True, blank=True)
    at_post = models.BooleanField("đang ở bưu điện", default=False, db_default=False)
    search_text = models.TextField("để tìm", blank=True, editable=False)
    bundle = models.ForeignKey(
        "Bundle", models.PROTECT, null=True, blank=True, related_name="dossiers", verbose_name="hồ sơ liên thông"
    )
    mandate = models.ForeignKey(
        "Mandate", models.PROTECT, null=True, blank=True, related_name="filings", verbose_name="nộp theo ủy quyền"
    )

    objects = DossierQuerySet.as_manager()

    # The running steps as a page that only looks has read them (processing.look).
    seen_at: list[StepInterval] | None = None
    told_last: str | None = None

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state=State.DRAFT, code__isnull=True) | (~Q(state=State.DRAFT) & Q(code__isnull=False)),
                name="only_a_draft_has_no_code",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="an_acceptance_has_its_officer",
            ),
            models.CheckConstraint(
                condition=Q(due_at__isnull=True, first_due_at__isnull=True)
                | Q(due_at__isnull=False, first_due_at__isnull=False),
                name="a_due_date_keeps_its_first",
            ),
        ]
        indexes = [
            models.Index(
                fields=["at_unit", "due_at", "id"], name="open_dossiers_of_a_unit", condition=Q(state__in=OPEN)
            ),
            models.Index(
                fields=["reception_agency", "reception_due_at", "id"],
                name="dossiers_to_receive",
                condition=Q(state=State.SUBMITTED),
            ),
            models.Index(
                fields=["agency", "due_at", "id"], name="open_dossiers_of_an_agency", condition=Q(state__in=OPEN)
            ),
            models.Index(
                fields=["reception_agency", "due_at", "id"],
                name="open_dossiers_of_a_counter",
                condition=Q(state__in=OPEN),
            ),
            models.Index(fields=["id"], name="open_dossiers", condition=Q(state__in=OPEN)),
            models.Index(fields=["holder"], name="dossiers_of_a_holder", condition=Q(holder__isnull=False)),
            models.Index(
                fields=["account", "-saved_at"], name="dossiers_of_an_account", condition=Q(account__isnull=False)
            ),
            models.Index(
                fields=["reception_agency", "accepted_at", "id"],
                name="register_of_a_counter",
                condition=Q(accepted_at__isnull=False),
            ),
            models.Index(
                fields=["agency", "accepted_at", "id"],
                name="register_of_an_agency",
                condition=Q(accepted_at__isnull=False),
            ),
            GinIndex(fields=["search_text"], opclasses=["gin_trgm_ops"], name="dossiers_by_search_text"),
            # Who else filed the same: by the owner's number, else by phone or birth date (duplicates.alike).
            models.Index(
                fields=["owner_id_number", "-id"], name="dossiers_of_an_id_number", condition=~Q(owner_id_number="")
            ),
            models.Index(fields=["phone", "-id"], name="dossiers_of_a_phone", condition=~Q(phone="")),
            models.Index(
                fields=["owner_birth_date", "-id"],
                name="dossiers_of_a_birth_date",
                condition=Q(owner_birth_date__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.code or f"bản nháp {self.pk}"

    @property
    def subject(self) -> str:
        """How the journal names this dossier."""
        return f"dossier:{self.pk}"

    @property
    def procedure_name(self) -> str:
        return self.procedure_version.name

    @property
    def promised_at(self) -> datetime | None:
        """Which date holds for the applicant: the one promised anew, unless the law has moved the first one beyond it."""
        return max(filter(None, (self.due_at, self.renewed_due_at)), default=None)

    def is_open(self) -> bool:
        return self.state in OPEN


class Paper(models.Model):
    """A paper of the dossier, by component or brought besides (giấy tờ trong hồ sơ)."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="papers")
    component = models.ForeignKey(Component, models.PROTECT, null=True, blank=True, related_name="+")
    position = models.PositiveSmallIntegerField("thứ tự")
    name = models.TextField("tên giấy tờ")
    originals = models.PositiveSmallIntegerField("bản chính", default=0)
    copies = models.PositiveSmallIntegerField("bản sao", default=0)
    bring_later = models.BooleanField("sẽ mang đến", default=False)

    class Meta:
        ordering = ["dossier", "position"]
        constraints = [
            models.UniqueConstraint(fields=["dossier", "position"], name="a_paper_position_stands_once"),
        ]


class PaperFile(models.Model):
    """One page or file of a paper (tệp của giấy tờ); a replaced one stays with the time it was replaced."""

    paper = models.ForeignKey(Paper, models.CASCADE, related_name="files")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    name = models.CharField("tên tệp", max_length=255)
    added_at = models.DateTimeField("thêm lúc")
    added_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    replaced_at = models.DateTimeField("thay lúc", null=True, blank=True)
    position = models.PositiveIntegerField("thứ tự trang", default=0)

    class Meta:
        ordering = ["paper", "position", "id"]


class Upload(models.Model):
    """A file on its way to a paper, piece by piece (tệp đang gửi lên); who sends it again under its key adds nothing."""

    key = models.UUIDField("khóa của nơi gửi", unique=True)
    paper = models.ForeignKey(Paper, models.CASCADE, related_name="uploads")
    sender = models.ForeignKey(Person, models.CASCADE, related_name="+")
    name = models.CharField("tên tệp", max_length=255)
    size = models.PositiveBigIntegerField("dung lượng (byte)")
    position = models.PositiveIntegerField("thứ tự trang")
    instead_of = models.ForeignKey(PaperFile, models.SET_NULL, null=True, related_name="+")
    pieces = models.JSONField("các phần đã nhận", default=list)
    received = models.PositiveBigIntegerField("đã nhận (byte)", default=0)
    begun_at = models.DateTimeField("bắt đầu lúc")
    touched_at = models.DateTimeField("nhận thêm lúc")
    arrived_at = models.DateTimeField("đến đủ lúc", null=True)

    class Meta:
        ordering = ["paper", "position", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(received__lte=F("size")), name="no_more_arrives_than_was_said"),
        ]

    @property
    def part(self) -> str:
        """How much of it is there."""
        return f"{100 * self.received // self.size} %"


class ClockOwner(models.TextChoices):
    """Whose time is running."""

    AGENCY = "AGENCY", "Cơ quan"
    APPLICANT = "APPLICANT", "Người nộp"
    POST = "POST", "Bưu điện"
    OUTSIDE = "OUTSIDE", "Đóng cửa theo quyết định"


class ClockInterval(models.Model):
    """Whose days they were, one interval after the other without gap (sổ thời gian)."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="clock")
    owner_kind = models.CharField("của", max_length=10, choices=ClockOwner)
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    started_at = models.DateTimeField("từ")
    ended_at = models.DateTimeField("đến", null=True, blank=True)

    class Meta:
        ordering = ["dossier", "started_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["dossier"], condition=Q(ended_at__isnull=True), name="one_clock_interval_runs_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
                name="a_clock_interval_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(owner_kind=ClockOwner.AGENCY, agency__isnull=False)
                | (~Q(owner_kind=ClockOwner.AGENCY) & Q(agency__isnull=True)),
                name="an_agencys_interval_names_it",
            ),
        ]


class Outcome(models.TextChoices):
    """How a step of the process ended."""

    DONE = "DONE", "Đã xong"
    RETURNED = "RETURNED", "Trả lại bước trước"
    APPROVED = "APPROVED", "Đã phê duyệt"
    BROKEN_OFF = "BROKEN_OFF", "Kết thúc giữa chừng"
    RECALLED = "RECALLED", "Bên chuyển thu hồi"
    TRANSFERRED = "MOVED", "Chuyển bộ phận khác"


class StepInterval(models.Model):
    """A dossier at one step of its process, with its own due time (lượt xử lý một bước)."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="step_intervals")
    step = models.ForeignKey(ProcessStep, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    started_at = models.DateTimeField("nhận lúc")
    due_at = models.DateTimeField("hạn của bước", null=True, blank=True)
    holder = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="người thụ lý", db_index=False
    )
    ended_at = models.DateTimeField("xong lúc", null=True, blank=True)
    ended_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    ended_for = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="làm thay"
    )
    outcome = models.CharField("kết quả bước", max_length=10, choices=Outcome, blank=True)
    note = models.TextField("ý kiến", blank=True)

    class Meta:
        ordering = ["dossier", "started_at", "id"]
        indexes = [
            models.Index(fields=["unit", "dossier"], name="step_intervals_of_a_unit"),
            models.Index(fields=["unit"], name="running_steps_of_a_unit", condition=Q(ended_at__isnull=True)),
            models.Index(
                fields=["holder"],
                name="running_steps_of_a_holder",
                condition=Q(ended_at__isnull=True, holder__isnull=False),
            ),
            models.Index(
                fields=["unit", "ended_at"], name="ended_steps_of_a_unit", condition=Q(ended_at__isnull=False)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, outcome="") | (Q(ended_at__isnull=False) & ~Q(outcome="")),
                name="an_ended_step_has_its_outcome",
            ),
        ]


class HolderChange(models.Model):
    """A running step taken, assigned or given back, with the reason (nhận việc, giao việc, chuyển người thụ lý)."""

    interval = models.ForeignKey(StepInterval, models.CASCADE, related_name="holder_changes")
    before = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="người thụ lý trước")
    after = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="người thụ lý mới")
    reason = models.TextField("lý do", blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField("lúc")

    class Meta:
        ordering = ["interval", "id"]


class DueDateMove(models.Model):
    """A due date moved by law, with both dates (lần thay đổi ngày hẹn trả)."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="due_date_moves")
    before = models.DateTimeField("hẹn trước")
    after = models.DateTimeField("hẹn mới")
    reason = models.CharField("lý do", max_length=200)
    moved_at = models.DateTimeField("lúc")
    closure = models.ForeignKey(
        "ClosureDeclaration", models.PROTECT, null=True, blank=True, related_name="moves", verbose_name="do đóng cửa"
    )


class SupplementRequest(models.Model):
    """What the applicant must complete, item by item (phiếu yêu cầu bổ sung, hoàn thiện hồ sơ)."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="supplement_requests")
    before_acceptance = models.BooleanField("trước khi tiếp nhận")
    reason = models.TextField("lý do")
    requested_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField("yêu cầu lúc")
    answer_by = models.DateField("hạn bổ sung")
    answered_at = models.DateTimeField("bổ sung lúc", null=True, blank=True)
    answer_note = models.TextField("lời nhắn của người nộp", blank=True)

    class Meta:
        ordering = ["dossier", "requested_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["dossier"],
                condition=Q(answered_at__isnull=True),
                name="one_supplement_request_is_open_at_a_time",
            )
        ]


class SupplementLeave(models.Model):
    """The head's written leave to ask the applicant once more (ý kiến của người đứng đầu); the dossier will count as overdue."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="supplement_leaves")
    reason = models.TextField("lý do")
    given_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    given_at = models.DateTimeField("cho phép lúc")
    used_by = models.OneToOneField(
        SupplementRequest, models.PROTECT, null=True, blank=True, related_name="leave", verbose_name="dùng cho"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dossier"],
                condition=Q(used_by__isnull=True),
                name="one_leave_to_ask_again_waits_at_a_time",
            )
        ]


class SupplementItem(models.Model):
    """One paper or one field of the form to complete (nội dung cần bổ sung)."""

    request = models.ForeignKey(SupplementRequest, models.CASCADE, related_name="items")
    paper = models.ForeignKey(Paper, models.PROTECT, null=True, blank=True, related_name="+")
    field = models.CharField("trường biểu mẫu", max_length=60, blank=True)
    what = models.TextField("cần bổ sung gì")

    class Meta:
        ordering = ["request", "id"]


class PaymentRequest(models.Model):
    """A financial obligation the applicant must meet before settling goes on (nghĩa vụ tài chính)."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="payment_requests")
    amount = models.PositiveBigIntegerField("số tiền (đồng)")
    reason = models.CharField("nội dung", max_length=300)
    requested_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField("yêu cầu lúc")
    pay_by = models.DateField("nộp trước hết ngày", null=True, blank=True)
    paid_at = models.DateTimeField("xác nhận lúc", null=True, blank=True)
    receipt_number = models.CharField("số biên lai", max_length=60, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dossier"], condition=Q(paid_at__isnull=True), name="one_payment_request_is_open_at_a_time"
            )
        ]
        indexes = [
            models.Index(fields=["paid_at"], name="payments_of_a_day", condition=Q(paid_at__isnull=False)),
        ]


class FeeReceipt(models.Model):
    """Fees taken at the desk for a dossier, line by line, and the number of the receipt given for them (biên lai thu phí, lệ phí)."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="fee_receipts")
    counter = models.ForeignKey(Agency, models.PROTECT, related_name="+", verbose_name="quầy thu")
    number = models.CharField("số biên lai", max_length=60, blank=True)
    # One receipt on paper may stand for several dossiers of one visit: the others name the one it was first noted at.
    first = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="others")
    # Each line: what, how much the catalogue asks, how much was taken, and why less (collecting.Line).
    lines = models.JSONField("các khoản")
    amount = models.PositiveBigIntegerField("đã thu (đồng)")
    taken_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    taken_at = models.DateTimeField("thu lúc")
    cancelled_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    cancelled_at = models.DateTimeField("hủy lúc", null=True, blank=True)
    cancelled_why = models.CharField("lý do hủy", max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["counter", "number"],
                condition=~Q(number="") & Q(first__isnull=True),
                name="a_receipt_number_is_given_once_at_a_counter",
            ),
            models.UniqueConstraint(fields=["first", "dossier"], name="a_receipt_stands_once_for_a_dossier"),
            models.CheckConstraint(condition=Q(amount=0) | ~Q(number=""), name="money_taken_has_its_receipt"),
            models.CheckConstraint(
                condition=Q(cancelled_at__isnull=True, cancelled_by__isnull=True, cancelled_why="")
                | (Q(cancelled_at__isnull=False, cancelled_by__isnull=False) & ~Q(cancelled_why="")),
                name="a_cancelled_receipt_says_by_whom_and_why",
            ),
        ]
        indexes = [
            models.Index(fields=["counter", "taken_at"], name="fees_taken_on_a_day"),
            models.Index(
                fields=["counter", "cancelled_at"],
                name="fees_cancelled_on_a_day",
                condition=Q(cancelled_at__isnull=False),
            ),
        ]


class Decision(models.Model):
    """What was decided on the dossier (kết quả giải quyết); a refusal to settle is a result too."""

    dossier = models.OneToOneField(Dossier, models.CASCADE, related_name="decision")
    granted = models.BooleanField("đồng ý giải quyết")
    number = models.CharField("số, ký hiệu kết quả", max_length=60)
    summary = models.TextField("trích yếu kết quả", blank=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField("phê duyệt lúc")
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    file_name = models.CharField(max_length=255, blank=True)


class CorrectedDecision(models.Model):
    """A decision that was wrong and went back before it was handed over (kết quả đã đính chính); kept as it was."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="corrected_decisions")
    granted = models.BooleanField("đồng ý giải quyết")
    number = models.CharField("số, ký hiệu kết quả", max_length=60)
    summary = models.TextField("trích yếu kết quả", blank=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField("phê duyệt lúc")
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    file_name = models.CharField(max_length=255, blank=True)
    finished_at = models.DateTimeField("đã xử lý xong lúc")
    reason = models.TextField("lý do đính chính")
    corrected_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    corrected_at = models.DateTimeField("đính chính lúc")

    class Meta:
        ordering = ["dossier", "corrected_at"]


class Opinion(models.Model):
    """What another unit or agency was asked, and what it said (lấy ý kiến); the dossier's own time runs on."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="opinions")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="opinions")
    question = models.TextField("cần ý kiến về")
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField("hỏi lúc")
    due_at = models.DateTimeField("hạn trả lời")
    answer = models.TextField("ý kiến", blank=True)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField("trả lời lúc", null=True, blank=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    file_name = models.CharField(max_length=255, blank=True)
    waived_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    waived_at = models.DateTimeField("không chờ nữa từ", null=True, blank=True)
    waived_reason = models.TextField("lý do không chờ", blank=True)

    class Meta:
        ordering = ["dossier", "asked_at", "id"]
        indexes = [
            models.Index(
                fields=["unit", "due_at"],
                name="opinions_a_unit_owes",
                condition=Q(answered_at__isnull=True, waived_at__isnull=True),
            ),
            models.Index(fields=["unit", "dossier"], name="opinions_of_a_unit"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by__isnull=True, answer="")
                | (Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer="")),
                name="an_answer_has_its_officer_and_words",
            ),
            models.CheckConstraint(
                condition=Q(waived_at__isnull=True, waived_by__isnull=True, waived_reason="")
                | (Q(waived_at__isnull=False, waived_by__isnull=False) & ~Q(waived_reason="")),
                name="a_waiver_has_its_officer_and_reason",
            ),
        ]


class HandOver(models.Model):
    """The result given to its recipient (trả kết quả)."""

    dossier = models.OneToOneField(Dossier, models.CASCADE, related_name="hand_over")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField("trả lúc")
    method = models.CharField("cách trả", max_length=8, choices=ReturnBy)
    recipient_name = models.CharField("người nhận", max_length=200)
    recipient_id_number = models.CharField("số giấy tờ người nhận", max_length=20, blank=True)
    recipient_phone = models.CharField("số điện thoại người nhận", max_length=15, blank=True, default="", db_default="")
    taken_back = models.CharField("giấy tờ gốc thu lại", max_length=300, blank=True, default="", db_default="")
    mandate = models.ForeignKey(
        "Mandate", models.PROTECT, null=True, blank=True, related_name="collections", verbose_name="nhận theo ủy quyền"
    )
    paper_noted = models.CharField(
        "giấy ủy quyền, giới thiệu đã xem", max_length=200, blank=True, default="", db_default=""
    )

    class Meta:
        indexes = [models.Index(fields=["at"], name="results_handed_over_on_a_day")]


class PostalItem(models.Model):
    """What the public post carries for a dossier, from when to when (bưu gửi; QĐ 45/2016/QĐ-TTg, one-stop.md §9.2)."""

    class Carries(models.TextChoices):
        FILING = "FILING", "Hồ sơ người dân gửi đến"
        PAPERS = "PAPERS", "Hồ sơ giấy đến nơi giải quyết"
        RESULT = "RESULT", "Kết quả gửi người dân"

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="postal_items")
    carries = models.CharField("gửi gì", max_length=8, choices=Carries)
    number = models.CharField("mã bưu gửi", max_length=40)
    # None: the person gave it to the post.
    given_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    given_at = models.DateTimeField("giao bưu điện lúc")
    arrived_at = models.DateTimeField("đến nơi lúc", null=True, blank=True)
    came_back_at = models.DateTimeField("bưu điện trả lại lúc", null=True, blank=True)
    came_back_why = models.CharField("vì sao trả lại", max_length=300, blank=True)
    noted_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["dossier", "given_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["dossier"],
                condition=Q(arrived_at__isnull=True, came_back_at__isnull=True),
                name="one_postal_item_is_on_the_way_at_a_time",
            ),
            models.CheckConstraint(condition=~Q(number=""), name="a_postal_item_has_its_number"),
            models.CheckConstraint(
                condition=Q(arrived_at__isnull=True, came_back_at__isnull=True, noted_by__isnull=True)
                | (Q(noted_by__isnull=False) & (Q(arrived_at__isnull=True) | Q(came_back_at__isnull=True))),
                name="who_noted_the_end_of_a_postal_item_is_known",
            ),
            models.CheckConstraint(
                condition=Q(came_back_at__isnull=True, came_back_why="")
                | (Q(came_back_at__isnull=False) & ~Q(came_back_why="")),
                name="what_came_back_says_why",
            ),
        ]


class Ending(models.Model):
    """Why a dossier ended without a result: refused reception, withdrawn or stopped."""

    dossier = models.OneToOneField(Dossier, models.CASCADE, related_name="ending")
    state = models.CharField(
        max_length=20, choices=[(s.value, s.label) for s in (State.REFUSED, State.WITHDRAWN, State.STOPPED)]
    )
    reason = models.TextField("lý do")
    legal_basis = models.CharField("căn cứ", max_length=200, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField("lúc")

    class Meta:
        indexes = [models.Index(fields=["at"], name="endings_of_a_day")]


class SlipKind(models.TextChoices):
    """The paper forms of a dossier (biểu mẫu)."""

    RECEIPT = "RECEIPT", "Giấy tiếp nhận hồ sơ và hẹn trả kết quả"
    SUPPLEMENT = "SUPPLEMENT", "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ"
    REFUSAL = "REFUSAL", "Phiếu từ chối tiếp nhận giải quyết hồ sơ"
    CONTROL = "CONTROL", "Phiếu kiểm soát quá trình giải quyết hồ sơ"
    APOLOGY = "APOLOGY", "Phiếu xin lỗi và hẹn lại ngày trả kết quả"
    STOP = "STOP", "Thông báo dừng giải quyết hồ sơ"


class Slip(models.Model):
    """A paper form issued for a dossier under the form set of that day (phiếu đã lập)."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="slips")
    kind = models.CharField("loại", max_length=12, choices=SlipKind)
    form_set = models.ForeignKey(FormSet, models.PROTECT, related_name="+")
    issued_at = models.DateTimeField("lập lúc")
    issued_by = models.ForeignKey(Person, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["dossier", "issued_at"]


class Apology(models.Model):
    """Saying sorry once, with a new date (xin lỗi và hẹn lại); statistics go on with the promised one (§2.8)."""

    dossier = models.OneToOneField(Dossier, models.CASCADE, related_name="apology")
    due_before = models.DateTimeField("hẹn trả ban đầu")
    renewed_due_at = models.DateTimeField("hẹn lại", null=True, blank=True)
    reason = models.TextField("lý do chậm", blank=True)
    drafted_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    drafted_at = models.DateTimeField("soạn lúc")
    signed_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    signed_at = models.DateTimeField("ký, gửi lúc", null=True, blank=True)
    slip = models.OneToOneField(Slip, models.PROTECT, null=True, blank=True, related_name="apology")

    class Meta:
        indexes = [
            models.Index(fields=["due_before"], name="apologies_to_sign", condition=Q(signed_at__isnull=True)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(signed_at__isnull=True, signed_by__isnull=True, slip__isnull=True)
                | (
                    Q(
                        signed_at__isnull=False,
                        signed_by__isnull=False,
                        slip__isnull=False,
                        renewed_due_at__isnull=False,
                    )
                    & ~Q(reason="")
                ),
                name="a_signed_apology_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(renewed_due_at__isnull=True) | Q(renewed_due_at__gt=F("due_before")),
                name="a_renewed_date_is_later",
            ),
        ]


class Tally(models.Model):
    """How often something happened to an agency's dossiers on a day (số đếm trong ngày), kept by the journal's listeners."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    day = models.DateField("ngày")
    event = models.CharField("việc", max_length=60)
    count = models.PositiveIntegerField("số lần", default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "day", "event"], name="an_agency_tallies_an_event_once_a_day")
        ]
        indexes = [models.Index(fields=["day", "event"], name="tallies_of_a_day")]


class Tallied(models.Model):
    """A journal line already counted: its listener runs at least once and counts once."""

    entry = models.OneToOneField(Entry, models.PROTECT, primary_key=True, related_name="+")


# What the office writes down for itself ------------------------------------------------------------------------------


class HandoverKind(models.TextChoices):
    """Which way papers go between a one-stop office and those who settle (one-stop.md §3.8)."""

    DOSSIERS = "DOSSIERS", "Giấy bàn giao hồ sơ"
    RESULTS = "RESULTS", "Phiếu bàn giao kết quả giải quyết thủ tục hành chính"


class HandoverList(models.Model):
    """Papers one side gave and the other received, each signing for itself; evidence beside the steps, never a step."""

    kind = models.CharField("loại", max_length=8, choices=HandoverKind)
    counter = models.ForeignKey(Agency, models.PROTECT, related_name="+", verbose_name="Bộ phận Một cửa của")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="bộ phận giải quyết")
    public_id = models.UUIDField("tên trang lập đặt", default=uuid.uuid4, unique=True, editable=False)
    given_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    given_at = models.DateTimeField("ký giao lúc")
    received_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    received_at = models.DateTimeField("ký nhận đủ lúc", null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(received_at__isnull=True, received_by__isnull=True)
                | Q(received_at__isnull=False, received_by__isnull=False, received_at__gte=F("given_at")),
                name="a_received_list_has_its_receiver",
            ),
            models.CheckConstraint(
                condition=Q(received_by__isnull=True) | ~Q(received_by=F("given_by")),
                name="nobody_receives_from_themselves",
            ),
        ]
        indexes = [
            models.Index(fields=["counter", "-id"], name="handover_lists_of_a_counter"),
            models.Index(fields=["unit", "-id"], name="handover_lists_of_a_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} số {self.pk}"

    @property
    def subject(self) -> str:
        """How the journal names this list."""
        return f"handover:{self.pk}"


class HandoverItem(models.Model):
    """One dossier on a list: on its way, received, said to be missing, or taken back by the giver."""

    handover = models.ForeignKey(HandoverList, models.CASCADE, related_name="items")
    interval = models.ForeignKey(StepInterval, models.PROTECT, related_name="handover_items")
    received_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    received_at = models.DateTimeField("nhận lúc", null=True, blank=True)
    missing = models.CharField("thiếu gì", max_length=300, blank=True)
    missed_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    missed_at = models.DateTimeField("báo thiếu lúc", null=True, blank=True)
    taken_back_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    taken_back_at = models.DateTimeField("rút khỏi danh sách lúc", null=True, blank=True)

    class Meta:
        ordering = ["handover", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["interval"], condition=Q(taken_back_at__isnull=True), name="a_handing_on_is_listed_once"
            ),
            models.CheckConstraint(
                condition=Q(received_at__isnull=True) | Q(taken_back_at__isnull=True),
                name="what_was_received_is_not_taken_back",
            ),
            models.CheckConstraint(
                condition=Q(received_at__isnull=True, received_by__isnull=True)
                | Q(received_at__isnull=False, received_by__isnull=False),
                name="a_received_item_has_its_receiver",
            ),
            models.CheckConstraint(
                condition=Q(missed_at__isnull=True, missed_by__isnull=True, missing="")
                | (Q(missed_at__isnull=False, missed_by__isnull=False) & ~Q(missing="")),
                name="a_missing_item_says_what_and_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(taken_back_at__isnull=True, taken_back_by__isnull=True)
                | Q(taken_back_at__isnull=False, taken_back_by__isnull=False),
                name="an_item_taken_back_says_by_whom",
            ),
        ]


class DayClosing(models.Model):
    """What a counter had done by the end of a day, put down once; asked again later it says what differs (chốt ngày)."""

    counter = models.ForeignKey(Agency, models.PROTECT, related_name="+", verbose_name="quầy của")
    day = models.DateField("ngày")
    figures = models.JSONField("số liệu lúc chốt")
    closed_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    closed_at = models.DateTimeField("chốt lúc")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["counter", "day"], name="a_counter_closes_a_day_once")]

    @property
    def subject(self) -> str:
        """How the journal names this closing."""
        return f"closing:{self.pk}"


class ExportState(models.TextChoices):
    """How far a file that somebody asked for has come."""

    WAITING = "WAITING", "Đang chờ lập"
    MAKING = "MAKING", "Đang lập"
    DONE = "DONE", "Đã lập xong"
    REFUSED = "REFUSED", "Không lập được"
    GONE = "GONE", "Đã hết hạn, tệp đã xóa"


class ExportFormat(models.TextChoices):
    XLSX = "xlsx", "Excel (.xlsx)"
    CSV = "csv", "CSV (.csv)"
    PDF = "pdf", "Bản in (.pdf)"


MAKING_EXPORT = (ExportState.WAITING, ExportState.MAKING)


class Export(models.Model):
    """A list taken out as a file by an officer: made in the background, fetched by its maker, gone after some days."""

    public_id = models.UUIDField("tên tệp trong kho", default=uuid.uuid4, unique=True, editable=False)
    by = models.ForeignKey(Person, models.PROTECT, related_name="exports")
    what = models.CharField("danh sách", max_length=20)
    query = models.JSONField("điều kiện", default=dict)
    format = models.CharField("dạng tệp", max_length=4, choices=ExportFormat)
    purpose = models.CharField("mục đích sử dụng", max_length=200)
    state = models.CharField("tình trạng", max_length=8, choices=ExportState, default=ExportState.WAITING)
    problem = models.CharField("vì sao không lập được", max_length=300, blank=True)
    done = models.PositiveIntegerField("đã ghi (dòng)", default=0)
    total = models.PositiveIntegerField("tất cả (dòng)", default=0)
    agencies = models.JSONField("phạm vi được giao lúc lập", default=list)
    size = models.PositiveBigIntegerField("dung lượng (byte)", default=0)
    sha256 = models.CharField("mã băm", max_length=64, blank=True)
    asked_at = models.DateTimeField("yêu cầu lúc")
    made_at = models.DateTimeField("lập xong lúc", null=True, blank=True)
    expires_at = models.DateTimeField("hết hạn lúc", null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["by", "what", "query", "format"],
                condition=Q(state__in=MAKING_EXPORT),
                name="the_same_export_is_made_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(made_at__isnull=True, expires_at__isnull=True, sha256="")
                | (Q(made_at__isnull=False, expires_at__gt=F("made_at")) & ~Q(sha256="")),
                name="a_made_export_expires",
            ),
        ]
        indexes = [
            models.Index(fields=["by", "-id"], name="exports_of_an_officer"),
            models.Index(fields=["expires_at"], name="exports_to_remove", condition=Q(state=ExportState.DONE)),
        ]

    @property
    def subject(self) -> str:
        """How the journal names this export."""
        return f"export:{self.pk}"

    def is_being_made(self) -> bool:
        return self.state in MAKING_EXPORT


class WarningKind(models.TextChoices):
    """What the watchdog warns of, once for each dossier and stage (việc cảnh báo)."""

    DUE_SOON = "due_soon", "Sắp đến hạn"
    OVERDUE = "overdue", "Quá hạn"
    RECEPTION_OVERDUE = "reception_overdue", "Quá hạn tiếp nhận"
    OPINION_OVERDUE = "opinion_overdue", "Quá hạn cho ý kiến"
    APPLICANT_SILENT = "applicant_silent", "Hết hạn bổ sung"
    NOTHING_MOVED = "nothing_moved", "Không có diễn biến"
    APOLOGY_UNSIGNED = "apology_unsigned", "Văn bản xin lỗi chưa ký"
    STEP_OVERDUE = "step_overdue", "Bước quá hạn"
    READING_UNEXPLAINED = "reading_unexplained", "Câu hỏi về lượt xem chưa trả lời"


class Warned(models.Model):
    """A warning given: of what, and at which stage of the dossier, so that it is given once (đã cảnh báo)."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="warnings")
    kind = models.CharField("việc", max_length=20, choices=WarningKind)
    # The date that passed, the request or opinion that waits, or the last line of the journal before the standstill.
    stage = models.CharField("lần", max_length=40)
    at = models.DateTimeField("lúc")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dossier", "kind", "stage"], name="a_stage_is_warned_of_once"),
        ]


class Telling(models.TextChoices):
    """How an officer wants to hear of a kind of event (cách báo tin)."""

    AT_ONCE = "AT_ONCE", "Báo ngay"
    DIGEST = "DIGEST", "Gộp vào thư mỗi sáng"
    NEVER = "NEVER", "Không báo"


class NoticeChoice(models.Model):
    """What an officer chose for one kind of event; without a row the default of the kind holds (tùy chọn thông báo)."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="notice_choices")
    kind = models.CharField("việc", max_length=20)
    telling = models.CharField("cách báo", max_length=8, choices=Telling)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "kind"], name="one_choice_for_a_kind_of_notice")]


class Notice(models.Model):
    """One line of the journal as one officer is told of it (thông báo); once for each, however often the job runs."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="notices")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+")
    dossier = models.ForeignKey(Dossier, models.CASCADE, null=True, blank=True, related_name="notices")
    kind = models.CharField("việc", max_length=20)
    telling = models.CharField("cách báo", max_length=8, choices=Telling)
    at = models.DateTimeField("lúc")
    read_at = models.DateTimeField("đã xem lúc", null=True, blank=True)
    mailed_at = models.DateTimeField("gửi thư lúc", null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "entry"], name="a_person_is_told_a_line_once")]
        indexes = [
            models.Index(fields=["person", "-id"], name="notices_of_a_person"),
            models.Index(fields=["person", "-id"], name="unread_notices", condition=Q(read_at__isnull=True)),
            models.Index(fields=["person", "dossier"], name="unread_of_a_dossier", condition=Q(read_at__isnull=True)),
            models.Index(
                fields=["person", "-id"],
                name="notices_to_mail",
                condition=Q(mailed_at__isnull=True, read_at__isnull=True),
            ),
        ]


class NoticeDigest(models.Model):
    """The one letter of a morning to one officer (thư tổng hợp mỗi sáng)."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    day = models.DateField("ngày")
    sent_at = models.DateTimeField("gửi lúc")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "day"], name="one_digest_a_morning")]


class ClosureDeclaration(models.Model):
    """A holiday or storm closure as it was decided, and how far its dates are moved (quyết định đóng cửa, nghỉ đột xuất).

    Its days stand in the calendar as `organisations.Closure`; without an agency the whole province is closed.
    """

    agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="closure_declarations", verbose_name="cơ quan"
    )
    first_day = models.DateField("từ ngày")
    last_day = models.DateField("đến hết ngày")
    reason = models.CharField("lý do", max_length=200)
    legal_basis = models.CharField("căn cứ", max_length=200)
    declared_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    declared_at = models.DateTimeField("công bố lúc")
    taken_back_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    taken_back_at = models.DateTimeField("rút lại lúc", null=True, blank=True)
    reached = models.BigIntegerField("đã dời đến hồ sơ", default=0)
    moved = models.PositiveIntegerField("số ngày hẹn trả đã dời", default=0)
    laid_out_at = models.DateTimeField("dời xong lúc", null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")), name="a_declared_closure_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(legal_basis=""), name="a_declared_closure_has_its_decision"
            ),
            models.CheckConstraint(
                condition=Q(taken_back_at__isnull=True, taken_back_by__isnull=True)
                | Q(taken_back_at__isnull=False, taken_back_by__isnull=False),
                name="who_took_a_closure_back_is_known",
            ),
        ]

    @property
    def subject(self) -> str:
        """How the journal names this declaration."""
        return f"closure:{self.pk}"

    @property
    def days(self) -> Days:
        return Days(self.agency_id, self.first_day, self.last_day)

    @property
    def where(self) -> str:
        return self.agency.short_name if self.agency else "Toàn tỉnh"


# Several dossiers, several people -------------------------------------------------------------------------------------


class Bundle(models.Model):
    """Several procedures of one person brought together (hồ sơ liên thông): it has no state of its own, its children tell it."""

    public_id = models.UUIDField("tên trong địa chỉ", default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField("nội dung", max_length=300)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="bundles", verbose_name="nơi tiếp nhận")
    owner_name = models.CharField("chủ hồ sơ", max_length=200)
    owner_id_number = models.CharField("số giấy tờ của chủ hồ sơ", max_length=20, blank=True)
    account = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="bundles")
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    made_at = models.DateTimeField("lập lúc")

    def __str__(self) -> str:
        return self.title

    @property
    def subject(self) -> str:
        """How the journal names this bundle."""
        return f"bundle:{self.pk}"


class MandateScope(models.TextChoices):
    """What an agent may do for the owner (phạm vi ủy quyền)."""

    FILE = "FILE", "Nộp hồ sơ"
    SUPPLEMENT = "SUPPLEMENT", "Bổ sung hồ sơ"
    COLLECT = "COLLECT", "Nhận kết quả"
    ALL = "ALL", "Nộp, bổ sung hồ sơ và nhận kết quả"


class MandateQuerySet(models.QuerySet["Mandate"]):
    def in_force(self, day: date):
        """Begun, not over and not ended."""
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day), valid_from__lte=day, ended_at=None)


class Mandate(models.Model):
    """Somebody may act for the owner of a dossier (giấy ủy quyền; NĐ 118/2025/NĐ-CP): on paper at the counter, or from account to account."""

    public_id = models.UUIDField("tên trong địa chỉ", default=uuid.uuid4, unique=True, editable=False)
    owner_name = models.CharField("người ủy quyền", max_length=200)
    owner_id_number = models.CharField("số giấy tờ của người ủy quyền", max_length=20)
    owner_account = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="mandates_given", verbose_name="tài khoản ủy quyền"
    )
    agent_name = models.CharField("người được ủy quyền", max_length=200)
    agent_id_number = models.CharField("số giấy tờ của người được ủy quyền", max_length=20)
    agent_account = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="mandates_held",
        verbose_name="tài khoản được ủy quyền",
    )
    scope = models.CharField("được làm", max_length=10, choices=MandateScope)
    # One dossier, one procedure, or with neither all of the owner's.
    dossier = models.ForeignKey(Dossier, models.PROTECT, null=True, blank=True, related_name="mandates")
    procedure = models.ForeignKey(Procedure, models.PROTECT, null=True, blank=True, related_name="+")
    paper = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    paper_name = models.CharField("tên tệp", max_length=255, blank=True)
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)
    recorded_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField("ghi nhận lúc")
    ended_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField("chấm dứt lúc", null=True, blank=True)
    ended_why = models.CharField("lý do chấm dứt", max_length=300, blank=True)

    objects = MandateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(dossier__isnull=True) | Q(procedure__isnull=True),
                name="a_mandate_is_for_one_dossier_or_one_procedure_or_all",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="a_mandate_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(paper__isnull=False) | Q(owner_account__isnull=False),
                name="a_mandate_has_its_paper_or_its_account",
            ),
            models.CheckConstraint(
                condition=~Q(owner_id_number=F("agent_id_number")) & ~Q(owner_id_number="") & ~Q(agent_id_number=""),
                name="nobody_is_their_own_agent",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True, ended_why="")
                | (Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(ended_why="")),
                name="an_ended_mandate_says_by_whom_and_why",
            ),
        ]
        indexes = [
            models.Index(fields=["owner_id_number", "-id"], name="mandates_of_an_owner"),
            models.Index(
                fields=["owner_account", "-id"],
                name="mandates_an_account_gave",
                condition=Q(owner_account__isnull=False),
            ),
            models.Index(
                fields=["agent_account", "-id"],
                name="mandates_an_account_has",
                condition=Q(agent_account__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.owner_name} ủy quyền cho {self.agent_name}"

    @property
    def subject(self) -> str:
        """How the journal names this mandate."""
        return f"mandate:{self.pk}"

    @property
    def about(self) -> str:
        """Which dossiers it is for, in words."""
        if self.dossier:
            return f"hồ sơ {self.dossier}"
        return f"thủ tục {self.procedure.code}" if self.procedure else "mọi hồ sơ của người ủy quyền"


class ToldApart(models.Model):
    """Two dossiers that looked alike and are not the same matter; nobody is asked again (không phải hồ sơ trùng)."""

    earlier = models.ForeignKey(Dossier, models.CASCADE, related_name="+")
    later = models.ForeignKey(Dossier, models.CASCADE, related_name="+")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField("lúc")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["earlier", "later"], name="two_dossiers_are_told_apart_once"),
            models.CheckConstraint(condition=Q(earlier__lt=F("later")), name="the_earlier_of_two_comes_first"),
        ]


class ReceivedTogether(models.Model):
    """A dossier received for the person who still stood at the desk after another: both are on one receipt (giấy hẹn chung; one-stop.md §3.2)."""

    dossier = models.OneToOneField(Dossier, models.CASCADE, related_name="received_with")
    first = models.ForeignKey(Dossier, models.CASCADE, related_name="received_after")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(first__lt=F("dossier")), name="a_dossier_joins_an_earlier_one"),
        ]


# What people see, ask and share ---------------------------------------------------------------------------------------


class Duration(models.Model):
    """How long offices had a dossier until its result (thời gian giải quyết thực tế), kept by the journal's listeners."""

    dossier = models.OneToOneField(Dossier, models.CASCADE, primary_key=True, related_name="duration")
    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="+")
    finished_at = models.DateTimeField("có kết quả lúc")
    minutes = models.PositiveIntegerField("phút làm việc của cơ quan")

    class Meta:
        indexes = [models.Index(fields=["procedure", "-finished_at"], name="durations_of_a_procedure")]


class Message(models.Model):
    """A few words between an applicant and the office about a dossier (tin nhắn); what they say stands here alone and can be removed."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="conversation")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="của bộ phận")
    text = models.TextField("nội dung", blank=True)
    at = models.DateTimeField("lúc")
    read_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    read_at = models.DateTimeField("đọc lúc", null=True, blank=True)
    removed_at = models.DateTimeField("xóa nội dung lúc", null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(read_at__isnull=True, read_by__isnull=True)
                | Q(read_at__isnull=False, read_by__isnull=False),
                name="who_read_a_message_is_known",
            ),
            models.CheckConstraint(
                condition=(Q(removed_at__isnull=True) & ~Q(text="")) | Q(removed_at__isnull=False, text=""),
                name="only_a_removed_message_is_empty",
            ),
        ]
        indexes = [models.Index(fields=["dossier", "-id"], name="messages_of_a_dossier")]

    @property
    def of_applicant(self) -> bool:
        return self.unit_id is None


class ReadingQuestion(models.Model):
    """Why was my dossier read: asked once about a reading, answered by the head of that unit (hỏi về lượt xem hồ sơ)."""

    reading = models.OneToOneField(Reading, models.PROTECT, related_name="question")
    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="reading_questions")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="bộ phận của người xem")
    question = models.TextField("câu hỏi")
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField("hỏi lúc")
    wanted_by = models.DateField("nhắc trả lời trước ngày")
    answer = models.TextField("trả lời", blank=True)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField("trả lời lúc", null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by__isnull=True, answer="")
                | (Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer="")),
                name="an_answered_reading_has_its_head_and_words",
            ),
        ]
        indexes = [
            models.Index(fields=["dossier", "id"], name="reading_questions_of_a_dossier"),
            models.Index(
                fields=["wanted_by"], name="reading_questions_unanswered", condition=Q(answered_at__isnull=True)
            ),
        ]


class ResultShare(models.Model):
    """A link by which whoever has it takes the electronic result a few times until a moment (liên kết chia sẻ kết quả)."""

    public_id = models.UUIDField("tên trong địa chỉ", default=uuid.uuid4, unique=True, editable=False)
    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="shares")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    made_at = models.DateTimeField("tạo lúc")
    expires_at = models.DateTimeField("hết hạn lúc")
    most = models.PositiveSmallIntegerField("số lần được tải")
    taken = models.PositiveSmallIntegerField("đã tải", default=0)
    taken_at = models.DateTimeField("tải gần nhất lúc", null=True, blank=True)
    ended_at = models.DateTimeField("thu hồi lúc", null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="a_share_ends_after_it_begins"),
            models.CheckConstraint(condition=Q(taken__lte=F("most")), name="a_share_is_taken_no_more_than_allowed"),
        ]
        indexes = [models.Index(fields=["dossier", "-id"], name="shares_of_a_dossier")]

    @property
    def subject(self) -> str:
        """How the journal names this link."""
        return f"share:{self.pk}"


class InformChoice(models.Model):
    """Whether an account wants a kind of news by telephone or by letter; without a row the default holds (tùy chọn nhắn tin)."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="inform_choices")
    kind = models.CharField("việc", max_length=20)
    channel = models.CharField("bằng", max_length=5, choices=MessageChannel)
    wanted = models.BooleanField("nhắn")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind", "channel"], name="one_choice_for_a_kind_of_news_and_channel"
            )
        ]


class Informed(models.Model):
    """A line of the journal sent to one receiver of a dossier's news, once however often the job runs (đã nhắn tin cho người nộp)."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="news_sent")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+")
    # None: the telephone or mailbox written in a dossier without account.
    person = models.ForeignKey(Person, models.CASCADE, null=True, blank=True, related_name="+")
    channel = models.CharField("bằng", max_length=5, choices=MessageChannel)
    message = models.OneToOneField(SentMessage, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "person", "channel"], nulls_distinct=False, name="news_are_sent_once_to_a_receiver"
            )
        ]
        indexes = [models.Index(fields=["dossier", "-id"], name="news_of_a_dossier")]
