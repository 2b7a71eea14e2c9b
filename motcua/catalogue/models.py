"""Procedures and everything a person must know to file one (thủ tục hành chính; NĐ 63/2010 Điều 8 khoản 2)."""

from __future__ import annotations

from datetime import date

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.functional import cached_property

from motcua.accounts.models import Person
from motcua.accounts.permissions import Can, Role
from motcua.organisations.models import Agency, Level, Unit, UnitKind, ValidQuerySet
from motcua.worktime.terms import Term, TermUnit


class Channel(models.TextChoices):
    """How a dossier comes in (kênh nộp; codes 1, 2, 3 of the national portal)."""

    DIRECT = "DIRECT", "Trực tiếp"
    ONLINE = "ONLINE", "Trực tuyến"
    POST = "POST", "Bưu chính công ích"


class Routing(models.TextChoices):
    """Whose system settles a dossier: the province's, or a ministry's own (hệ thống tập trung của bộ)."""

    LOCAL = "LOCAL", "Hệ thống của tỉnh"
    MINISTRY = "MINISTRY", "Hệ thống tập trung của bộ"


class Field(models.Model):
    """A field of administration (lĩnh vực)."""

    name = models.CharField("tên", max_length=200, unique=True)

    def __str__(self) -> str:
        return self.name


class Procedure(models.Model):
    """An administrative procedure by its national code (thủ tục hành chính)."""

    code = models.CharField("mã TTHC", max_length=30, unique=True)

    @property
    def subject(self) -> str:
        """How the journal names this procedure."""
        return f"procedure:{self.pk}"

    def __str__(self) -> str:
        return self.code


class ProcedureVersion(models.Model):
    """What a procedure asks and gives from a day on; never changed after the first dossier (phiên bản TTHC)."""

    procedure = models.ForeignKey(Procedure, models.CASCADE, related_name="versions")
    valid_from = models.DateField("có hiệu lực từ")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)
    name = models.TextField("tên")
    name_folded = models.TextField("tên không dấu", editable=False)
    words_folded = models.TextField("từ khác để tìm, không dấu", blank=True, editable=False)
    field = models.ForeignKey(Field, models.PROTECT, related_name="versions", verbose_name="lĩnh vực")
    level = models.CharField("cấp thực hiện", max_length=10, choices=Level)
    levels = models.JSONField("các cấp cùng thực hiện", default=list)
    agency = models.ForeignKey(
        Agency,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="procedure_versions",
        verbose_name="cơ quan giải quyết",
    )
    agency_text = models.TextField("cơ quan thực hiện (theo công bố)", blank=True)
    decision = models.CharField("quyết định công bố", max_length=100, blank=True)
    decided_on = models.DateField("ngày ký quyết định công bố", null=True, blank=True)
    basis_effective_on = models.DateField("ngày văn bản quy định có hiệu lực", null=True, blank=True)
    published_at = models.DateTimeField("công khai lúc", null=True, blank=True)
    published_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    retired_by = models.CharField("quyết định bãi bỏ", max_length=100, blank=True)
    changed_at = models.DateTimeField("công bố hoặc bãi bỏ lúc", db_default=Now(), editable=False)
    routing = models.CharField("nơi giải quyết", max_length=10, choices=Routing, default=Routing.LOCAL)
    system_name = models.CharField("hệ thống của bộ", max_length=200, blank=True)
    system_url = models.URLField("địa chỉ hệ thống của bộ", max_length=300, blank=True)
    subjects = models.JSONField("đối tượng thực hiện", default=list)
    guidance = models.TextField("hướng dẫn dễ hiểu", blank=True)
    sequence = models.TextField("trình tự thực hiện", blank=True)
    requirements = models.TextField("yêu cầu, điều kiện", blank=True)
    online = models.BooleanField("nộp trực tuyến được", default=False)
    keywords = models.TextField("từ khóa", blank=True, default="", db_default="")
    form = models.JSONField("biểu mẫu", default=list, help_text="catalogue/forms.py: rỗng = biểu mẫu chung")
    life_events = models.JSONField("sự kiện trong đời", default=list)
    source = models.CharField("nguồn dữ kiện", max_length=200, blank=True)
    source_hash = models.CharField("mã băm bản ghi nguồn", max_length=64, blank=True)
    search_vector = models.GeneratedField(
        expression=SearchVector("name_folded", config="simple", weight="A")
        + SearchVector("words_folded", config="simple", weight="C"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = ValidQuerySet.as_manager()

    # What searching says about a version it found: why in one word and in sentences, and where the next page begins.
    why: str
    because: list[str]
    mark: str

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["procedure", "valid_from"], name="a_version_starts_once_a_day"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="a_version_ends_after_it_begins",
            ),
        ]
        # Only the newest versions are searched by word, so that a long history costs nothing; one that ends is found by its day.
        # Without a list of pending entries, which every search after an import would have to read through.
        indexes = [
            GinIndex(
                fields=["name_folded"],
                opclasses=["gin_trgm_ops"],
                name="versions_by_part_of_name",
                fastupdate=False,
                condition=Q(valid_to__isnull=True),
            ),
            GinIndex(
                fields=["search_vector"],
                name="versions_by_word",
                fastupdate=False,
                condition=Q(valid_to__isnull=True),
            ),
            models.Index(fields=["valid_to"], name="versions_that_end", condition=Q(valid_to__isnull=False)),
            models.Index(fields=["changed_at", "id"], name="versions_by_change"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def code(self) -> str:
        return self.procedure.code

    def process(self, channel: str = "", case: str = "") -> Process | None:
        """The process a new dossier follows, else the general one where it was written out.

        Of several the one for its case and channel, then for its case, for its channel, for all; of these the last issued.
        """
        fitting = self.processes.filter(case__in=("", case), channel__in=("", channel))
        # The empty text stands last of two when turned round, and the general process, number 0, after all.
        return fitting.order_by("general", "-case", "-channel", "-number").first()

    def own_processes(self) -> list[Process]:
        """The last process issued for each channel and case of this version alone."""
        own = self.processes.filter(general=False).order_by("channel", "case", "-number")
        return sorted(own.distinct("channel", "case"), key=lambda process: process.number)

    def own_process(self) -> Process | None:
        """The last process issued for this version alone."""
        return self.processes.filter(general=False).order_by("-number").first()

    def is_in_force(self, day: date) -> bool:
        """Whether this is the version that holds on that day, and none has come after it."""
        versions = ProcedureVersion.objects.filter(procedure=self.procedure_id).valid_on(day)
        return versions.order_by("-valid_from").values_list("pk", flat=True).first() == self.pk

    def term(self, channel: str, level: str = "") -> TermOfChannel | None:
        """The settlement term for a channel and the level that settles; a channel without one takes the direct term.

        A term of another level is nobody else's; without a level any will do.
        """
        terms = sorted(self.terms.all(), key=lambda term: term.level != level)
        if level:
            terms = [term for term in terms if term.level in (level, "")]
        by_channel = {term.channel: term for term in reversed(terms)}
        return by_channel.get(channel) or by_channel.get(Channel.DIRECT) or next(iter(terms), None)


class TermOfChannel(models.Model):
    """How long settling may take, per channel and level (thời hạn giải quyết); a procedure may have none."""

    version = models.ForeignKey(ProcedureVersion, models.CASCADE, related_name="terms")
    channel = models.CharField("kênh", max_length=10, choices=Channel)
    level = models.CharField("cấp giải quyết (để trống: mọi cấp)", max_length=10, choices=Level, blank=True)
    amount = models.PositiveIntegerField("số", null=True, blank=True)
    unit = models.CharField("đơn vị", max_length=15, choices=[(u.value, u.value) for u in TermUnit], blank=True)
    same_day = models.BooleanField("trả trong ngày", default=False)
    text = models.TextField("nguyên văn", blank=True)

    class Meta:
        ordering = ["version", "channel", "level"]
        constraints = [
            models.UniqueConstraint(fields=["version", "channel", "level"], name="a_channel_has_one_term_a_level"),
            models.CheckConstraint(
                condition=Q(amount__isnull=True, unit="") | (Q(amount__isnull=False) & ~Q(unit="")),
                name="a_term_has_amount_and_unit_or_neither",
            ),
            models.CheckConstraint(
                condition=Q(same_day=False) | Q(amount__isnull=True), name="a_same_day_term_has_no_amount"
            ),
        ]

    @property
    def term(self) -> Term | None:
        return None if self.amount is None else Term(self.amount, TermUnit(self.unit))

    def __str__(self) -> str:
        if self.same_day:
            return "Trong ngày (nhận sau 15 giờ: ngày làm việc tiếp theo)"
        return str(self.term) if self.term else "Không quy định"


class Component(models.Model):
    """A paper the dossier must hold (thành phần hồ sơ)."""

    version = models.ForeignKey(ProcedureVersion, models.CASCADE, related_name="components")
    position = models.PositiveSmallIntegerField("thứ tự")
    key = models.CharField("khóa", max_length=60)
    case = models.TextField("trường hợp", blank=True)
    name = models.TextField("tên giấy tờ")
    originals = models.PositiveSmallIntegerField("bản chính", default=0)
    copies = models.PositiveSmallIntegerField("bản sao", default=0)
    required = models.BooleanField("bắt buộc", default=True)
    may_bring_later = models.BooleanField("được mang đến sau", default=False)
    note = models.TextField("ghi chú", blank=True)
    template_name = models.CharField("mẫu đơn", max_length=300, blank=True)

    class Meta:
        ordering = ["version", "position"]
        constraints = [models.UniqueConstraint(fields=["version", "key"], name="a_component_key_stands_once")]

    def __str__(self) -> str:
        return self.name


class FeeKind(models.TextChoices):
    FEE = "PHI", "Phí"
    CHARGE = "LE_PHI", "Lệ phí"


class Fee(models.Model):
    """A fee or charge of a case and channel, in đồng (phí, lệ phí)."""

    version = models.ForeignKey(ProcedureVersion, models.CASCADE, related_name="fees")
    position = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField("loại", max_length=6, choices=FeeKind, blank=True)
    channel = models.CharField("kênh", max_length=10, choices=Channel, blank=True)
    name = models.TextField("khoản thu", blank=True)
    amount = models.PositiveBigIntegerField("số tiền (đồng)", null=True, blank=True)
    case = models.TextField("trường hợp", blank=True)
    legal_basis = models.TextField("căn cứ", blank=True)

    class Meta:
        ordering = ["version", "position"]


class ReliefKind(models.TextChoices):
    EXEMPT = "MIEN", "Miễn"
    REDUCED = "GIAM", "Giảm"


class Relief(models.Model):
    """Who pays nothing or less, and by which law (miễn, giảm phí, lệ phí)."""

    version = models.ForeignKey(ProcedureVersion, models.CASCADE, related_name="reliefs")
    position = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField("miễn hay giảm", max_length=4, choices=ReliefKind)
    who = models.TextField("đối tượng")
    percent = models.PositiveSmallIntegerField("giảm bao nhiêu phần trăm", null=True, blank=True)
    fee = models.TextField("khoản thu (để trống: mọi khoản)", blank=True)
    channel = models.CharField("kênh (để trống: mọi kênh)", max_length=10, choices=Channel, blank=True)
    legal_basis = models.TextField("căn cứ")

    class Meta:
        ordering = ["version", "position"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=ReliefKind.EXEMPT, percent__isnull=True)
                | Q(kind=ReliefKind.REDUCED, percent__gt=0, percent__lt=100),
                name="a_reduction_says_how_much",
            )
        ]


class Result(models.Model):
    """What the applicant receives (kết quả thực hiện)."""

    version = models.ForeignKey(ProcedureVersion, models.CASCADE, related_name="results")
    position = models.PositiveSmallIntegerField(default=0)
    code = models.CharField("mã kết quả", max_length=60, blank=True)
    name = models.TextField("tên")

    class Meta:
        ordering = ["version", "position"]


class LegalBasis(models.Model):
    """A document the procedure rests on (căn cứ pháp lý)."""

    version = models.ForeignKey(ProcedureVersion, models.CASCADE, related_name="legal_bases")
    position = models.PositiveSmallIntegerField(default=0)
    number = models.CharField("số, ký hiệu", max_length=200, blank=True)
    title = models.TextField("tên", blank=True)

    class Meta:
        ordering = ["version", "position"]


class Process(models.Model):
    """The internal process of a procedure version, ordered steps (quy trình nội bộ); fixed once a dossier follows it.

    Processes of its own are numbered from 1; number 0 is the general process (quy trình chung), which a version without its own follows.
    """

    version = models.ForeignKey(ProcedureVersion, models.CASCADE, related_name="processes")
    number = models.PositiveSmallIntegerField("lần ban hành", default=1)
    general = models.BooleanField("quy trình chung", default=False)
    decision = models.CharField("quyết định phê duyệt", max_length=100, blank=True)
    channel = models.CharField("kênh (để trống: mọi kênh)", max_length=10, choices=Channel, blank=True)
    case = models.TextField("trường hợp (để trống: mọi trường hợp)", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "number"], name="a_process_is_numbered_once"),
            models.CheckConstraint(
                condition=Q(general=True, number=0) | Q(general=False, number__gt=0),
                name="the_general_process_is_number_zero",
            ),
        ]

    def hours(self) -> float:
        """The working hours of the longest path; parallel branches run at the same time."""
        # Imported here: the chapter of processes reads these models.
        from .processes.paths import longest

        return float(longest([vars(step) for step in self.steps.all()]))


class ProcessStep(models.Model):
    """One row of the process table: work, unit and role, hours (bước)."""

    process = models.ForeignKey(Process, models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField("bước")
    work = models.TextField("nội dung công việc")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="process_steps")
    unit_kind = models.CharField("loại đơn vị", max_length=20, choices=UnitKind)
    unit_name = models.CharField("tên đơn vị", max_length=200, blank=True)
    role = models.CharField("vị trí", max_length=20, choices=Role)
    hours = models.DecimalField("giờ làm việc (0: không đặt thời hạn)", max_digits=7, decimal_places=2)
    is_approval = models.BooleanField("bước phê duyệt", default=False)
    agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="cơ quan khác thực hiện"
    )
    stage = models.PositiveSmallIntegerField("chặng (các nhánh cùng chặng làm song song)", null=True, blank=True)
    branch = models.CharField("nhánh song song", max_length=10, blank=True)
    shares_time = models.BooleanField("chung thời gian với bước trước", default=False)
    form = models.TextField("biểu mẫu, kết quả", blank=True)

    class Meta:
        ordering = ["process", "position"]
        constraints = [models.UniqueConstraint(fields=["process", "position"], name="a_step_position_stands_once")]

    def __str__(self) -> str:
        return self.work

    @cached_property
    def of_one_desk(self) -> bool:
        """Whether its process is settled at the desk while the person waits."""
        # Imported here: the chapter of processes reads these models.
        from .processes.paths import is_at_once

        told = ("position", "unit_kind", "role", "is_approval", "agency")
        return is_at_once(list(ProcessStep.objects.filter(process=self.process_id).order_by("position").values(*told)))


# Writing: what is not in force yet, and who changed what


class DraftQuerySet(models.QuerySet["Draft"]):
    def open(self):
        return self.filter(closed_at=None)

    def edited_by(self, officer: Person):
        """Whose drafts an officer may write: all for who keeps the catalogue, else those of their own agencies."""
        if officer.may(Can.PUBLISH_CATALOGUE):
            return self
        return self.filter(agency__in=officer.agencies(Can.EDIT_CATALOGUE))


class Draft(models.Model):
    """A version being written, seen by its editors only (bản dự thảo); `told` holds the facts of publishing.Told as JSON."""

    code = models.CharField("mã TTHC", max_length=30)
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="catalogue_drafts")
    base = models.ForeignKey(ProcedureVersion, models.SET_NULL, null=True, blank=True, related_name="+")
    told = models.JSONField("nội dung")
    valid_from = models.DateField("có hiệu lực từ", null=True, blank=True)
    revision = models.PositiveIntegerField("lần lưu", default=1)
    begun_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    begun_at = models.DateTimeField("bắt đầu lúc")
    saved_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    saved_at = models.DateTimeField("lưu lúc")
    published = models.ForeignKey(ProcedureVersion, models.SET_NULL, null=True, blank=True, related_name="drafts")
    closed_at = models.DateTimeField("công bố hoặc bỏ lúc", null=True, blank=True)

    objects = DraftQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code"],
                name="a_procedure_has_one_open_draft",
                condition=Q(closed_at__isnull=True),
            )
        ]

    @property
    def subject(self) -> str:
        """How the journal names this draft."""
        return f"procedure_draft:{self.pk}"

    def __str__(self) -> str:
        return self.code


class DraftChange(models.Model):
    """What one saving changed: {part: [before, after]} (ai sửa gì)."""

    draft = models.ForeignKey(Draft, models.CASCADE, related_name="changes")
    revision = models.PositiveIntegerField("lần lưu")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField("lúc")
    changed = models.JSONField("thay đổi")

    class Meta:
        ordering = ["draft", "-revision"]
        constraints = [models.UniqueConstraint(fields=["draft", "revision"], name="a_saving_is_told_once")]


class ProcessDraftQuerySet(models.QuerySet["ProcessDraft"]):
    def open(self):
        return self.filter(issued=None, discarded_at=None)

    def edited_by(self, officer: Person):
        """Whose drafts an officer may write: all for who keeps the catalogue, else those of their own agencies."""
        if officer.may(Can.PUBLISH_CATALOGUE):
            return self
        return self.filter(agency__in=officer.agencies(Can.EDIT_CATALOGUE))


class ProcessDraft(models.Model):
    """A process being written or imported, with whatever is still missing (dự thảo quy trình nội bộ)."""

    code = models.CharField("mã TTHC", max_length=30)
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    channel = models.CharField("kênh (để trống: mọi kênh)", max_length=10, choices=Channel, blank=True)
    case = models.TextField("trường hợp (để trống: mọi trường hợp)", blank=True)
    title = models.TextField("tên quy trình", blank=True)
    decision = models.CharField("quyết định phê duyệt", max_length=100, blank=True)
    total = models.CharField("tổng thời gian (theo văn bản)", max_length=200, blank=True)
    rows = models.JSONField("các bước", default=list)
    lacks = models.PositiveSmallIntegerField("số điều chưa đạt ở lần lưu cuối", default=0, db_default=0)
    source = models.CharField("nguồn", max_length=200, blank=True)
    revision = models.PositiveIntegerField("lần lưu", default=1)
    saved_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    saved_at = models.DateTimeField("lưu lúc")
    issued = models.ForeignKey(Process, models.SET_NULL, null=True, blank=True, related_name="drafts")
    discarded_at = models.DateTimeField("bỏ lúc", null=True, blank=True)

    objects = ProcessDraftQuerySet.as_manager()

    class Meta:
        ordering = ["code", "id"]

    @property
    def subject(self) -> str:
        """How the journal names this draft."""
        return f"process_draft:{self.pk}"

    def __str__(self) -> str:
        return self.title or self.code


class UploadState(models.TextChoices):
    """How far a file that was brought in has come."""

    CHECKING = "CHECKING", "Đang đọc"
    CHECKED = "CHECKED", "Đã đọc, chưa ghi"
    APPLYING = "APPLYING", "Đang ghi"
    DONE = "DONE", "Đã ghi xong"


class UploadWay(models.TextChoices):
    DRAFTS = "DRAFTS", "Thành bản dự thảo, để xem lại rồi công bố từng bản"
    PUBLISH = "PUBLISH", "Công bố ngay"


class Upload(models.Model):
    """A file of procedures brought in by a keeper, read and written by jobs (tệp nhập danh mục)."""

    file_name = models.CharField("tên tệp", max_length=200)
    content = models.BinaryField("nội dung")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField("lúc")
    state = models.CharField("tình trạng", max_length=10, choices=UploadState, default=UploadState.CHECKING)
    done = models.PositiveIntegerField("đã đọc", default=0)
    total = models.PositiveIntegerField("tất cả", default=0)
    report = models.JSONField("kết quả", default=dict)
    way = models.CharField("cách ghi", max_length=8, choices=UploadWay, blank=True)
    day = models.DateField("có hiệu lực từ", null=True, blank=True)
    applied_at = models.DateTimeField("ghi lúc", null=True, blank=True)

    class Meta:
        ordering = ["-at", "-id"]

    @property
    def subject(self) -> str:
        """How the journal names this file."""
        return f"catalogue_upload:{self.pk}"

    def __str__(self) -> str:
        return self.file_name


# What people say for the words of the law, and what they did not find


class Synonym(models.Model):
    """Words people say for words of the catalogue (từ đồng nghĩa để tìm)."""

    said = models.CharField("người dân nói", max_length=120, unique=True)
    said_folded = models.CharField(max_length=120, db_index=True, editable=False)
    means = models.CharField("nghĩa là (từ trong tên thủ tục)", max_length=300)
    changed_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    changed_at = models.DateTimeField("sửa lúc", null=True, blank=True)
    removed_at = models.DateTimeField("bỏ lúc (để lần nạp sau không thêm lại)", null=True, blank=True)

    class Meta:
        ordering = ["said_folded", "id"]

    @property
    def subject(self) -> str:
        """How the journal names this synonym."""
        return f"synonym:{self.pk}"

    def __str__(self) -> str:
        return f"{self.said} = {self.means}"


class KnownWord(models.Model):
    """A word, or two neighbouring words, of some version; kept by a trigger, never shortened (từ có trong danh mục)."""

    word = models.TextField(primary_key=True)

    def __str__(self) -> str:
        return self.word


class SearchFeedback(models.Model):
    """A search that did not give what was needed (không phải cái tôi cần); work for the editor."""

    typed = models.CharField("đã gõ", max_length=200)
    wanted = models.CharField("cần việc gì", max_length=500, blank=True)
    shown = models.JSONField("mã các thủ tục đã hiện", default=list)
    at = models.DateTimeField("lúc")
    times = models.PositiveIntegerField("số lần", default=1)
    settled_at = models.DateTimeField("xử lý lúc", null=True, blank=True)
    settled_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    answer = models.CharField("đã làm gì", max_length=500, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["-at", "-id"], name="feedback_to_settle", condition=Q(settled_at__isnull=True))]
        constraints = [
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, settled_by__isnull=True)
                | Q(settled_at__isnull=False, settled_by__isnull=False),
                name="what_is_settled_has_its_officer",
            )
        ]

    @property
    def subject(self) -> str:
        """How the journal names this feedback."""
        return f"search_feedback:{self.pk}"

    def __str__(self) -> str:
        return self.typed
