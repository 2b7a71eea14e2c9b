"""Lists taken out as files: asked for by an officer, made by a job with that officer's rights at that moment (xuất dữ liệu)."""

from __future__ import annotations

import csv
import io
import tempfile
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, BinaryIO, NamedTuple

import xlsxwriter
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet, Subquery
from django.http import FileResponse
from django.utils import timezone

from motcua.accounts.models import Person
from motcua.accounts.permissions import Can
from motcua.catalogue.models import Channel
from motcua.dossiers import paper_forms, register, searching
from motcua.dossiers.models import MAKING_EXPORT, Dossier, Export, ExportFormat, ExportState, State
from motcua.dossiers.paper_forms.words import day_in_words
from motcua.dossiers.register import Book
from motcua.dossiers.slips import DEMONSTRATION_MARK, place_of_signing
from motcua.files import outgoing
from motcua.journal.recording import record
from motcua.organisations.models import Agency
from motcua.refusal import Refusal

from . import scanning, worklists
from .worklists import CHIPS, LISTS, RUNNING

SEARCH, REGISTER = "search", "register"
KEPT_DAYS = 7
KEPT = timedelta(days=KEPT_DAYS)
REMEMBERED = timedelta(days=90)  # for so long the page says what became of a file
GIVEN_UP = timedelta(hours=3)  # a job that has not come so far will not come any further
AT_ONCE = 5
AT_A_TIME = 1_000
MOST_PRINTED = (
    600  # dossiers in a printed register, some eighty sheets: setting more takes more memory than a job is given
)
LONGEST_SHEET = 1_000_000  # a sheet of Excel has 1,048,576 rows
MEDIA_TYPES = {
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ExportFormat.CSV: "text/csv; charset=utf-8",
    ExportFormat.PDF: "application/pdf",
}
Cell = str | int | datetime | None


class NoRight(Refusal):
    message = "Phạm vi được giao đã thay đổi từ khi yêu cầu, nên tệp không được lập. Hãy mở danh sách và xuất lại."


class TooMany(Refusal):
    message = "Đã có 5 tệp đang lập; hãy đợi lập xong rồi xuất tiếp. Các tệp đó vẫn đang chạy."


class TooLong(Refusal):
    """More than the form or the program can hold; fewer days or another form will do."""


class NoList(Refusal):
    message = "Không có danh sách này, hoặc danh sách không thuộc vị trí được giao."


class Gone(Refusal):
    message = f"Tệp chỉ được giữ {KEPT_DAYS} ngày và đã xóa. Hãy mở danh sách và xuất lại."


# What ---------------------------------------------------------------------------------------------------------------


def asked(what: str, told: Mapping[str, Any]) -> dict[str, Any]:
    """What an address asks for, in the few words that matter; the same question is the same whoever wrote the address."""
    words = {
        SEARCH: ("q",),
        REGISTER: ("so", "tu", "den"),
    }.get(what, ("han", "loc", "nhan"))
    return {word: str(told[word]).strip()[:200] for word in words if told.get(word)}


def chosen(what: str, query: Mapping[str, Any], officer: Person, at: datetime) -> QuerySet[Dossier]:
    """The very dossiers the list shows this officer, in its order: the same queryset, asked again."""
    if what == SEARCH:
        return searching.matching(Dossier.objects.handled_by(officer), scanning.sought(query.get("q", "")))
    if what == REGISTER:
        book, first, last = span_of(query, officer)
        return register.entered(Dossier.objects.handled_by(officer), book, first, last)
    one = next((one for one in worklists.lists_of(officer) if one.name == what), None)
    if one is None:
        raise NoList
    chip = next((key for key, (word, _, _) in CHIPS.items() if word == query.get("han")), "")
    versions = worklists.named(query.get("loc", ""))
    label = int(query["nhan"]) if query.get("nhan", "").isdecimal() else None
    return worklists.chosen(one, officer, at, chip=chip, versions=versions, label=label).order_by(one.by, "id")


def books_of(officer: Person) -> list[Book]:
    """The registers an officer may open: of the counters they sit at or direct, and of their other agencies."""
    counters = worklists.desks(officer)
    others = officer.agencies(Can.SEE_DOSSIERS) - counters
    return [Book(pk, True) for pk in sorted(counters)] + [Book(pk, False) for pk in sorted(others)]


def span_of(query: Mapping[str, Any], officer: Person) -> tuple[Book, date, date]:
    """Which register, from which day to which."""
    book = next((book for book in books_of(officer) if str(book) == query.get("so")), None)
    if book is None:
        raise NoList
    return book, date.fromisoformat(query["tu"]), date.fromisoformat(query["den"])


def name_of(what: str, query: Mapping[str, Any]) -> str:
    """What is taken out, in the words of its page."""
    if what == SEARCH:
        return f"Tìm “{query.get('q', '')}”"
    if what == REGISTER:
        first, last = date.fromisoformat(query["tu"]), date.fromisoformat(query["den"])
        return f"Sổ theo dõi hồ sơ từ {first:%d/%m/%Y} đến {last:%d/%m/%Y}"
    if what not in LISTS:
        raise NoList
    narrowed = [label for word, label, _ in CHIPS.values() if word == query.get("han")]
    narrowed += [f"“{query['loc']}”"] if query.get("loc") else []
    narrowed += ["theo nhãn"] if query.get("nhan") else []
    return " · ".join([LISTS[what].label, *narrowed])


# Columns ------------------------------------------------------------------------------------------------------------

LIST_COLUMNS = (
    "Mã hồ sơ",
    "Trạng thái",
    "Theo hạn",
    "Mã thủ tục",
    "Tên thủ tục hành chính",
    "Chủ hồ sơ",
    "Kênh nộp",
    "Nơi tiếp nhận",
    "Cơ quan giải quyết",
    "Đang ở",
    "Bước",
    "Nộp lúc",
    "Tiếp nhận lúc",
    "Hẹn trả",
    "Hẹn lại",
    "Có kết quả lúc",
    "Khép lại lúc",
)
CONTACT_COLUMNS = ("Địa chỉ", "Số điện thoại", "Thư điện tử")
LATENESS = {
    "early": "Trước hạn",
    "on_time": "Đúng hạn",
    "due_soon": "Sắp đến hạn",
    "overdue": "Quá hạn",
    "waiting": "Chờ người nộp",
}


class Line(NamedTuple):
    """The facts of one dossier on a list."""

    pk: int
    code: str
    state: str
    procedure_code: str
    procedure: str
    owner: str
    channel: str
    counter: str
    agency: str
    unit: str | None
    step: str | None
    submitted_at: datetime | None
    accepted_at: datetime | None
    reception_due_at: datetime | None
    due_at: datetime | None
    renewed_due_at: datetime | None
    finished_at: datetime | None
    closed_at: datetime | None
    address: str
    phone: str
    email: str

    def cells(self, at: datetime, contacts: bool) -> list[Cell]:
        lateness = worklists.Row.lateness(self, at)  # type: ignore[arg-type]
        told: list[Cell] = [
            self.code,
            State(self.state).label,
            LATENESS.get(lateness, ""),
            self.procedure_code,
            self.procedure,
            self.owner,
            Channel(self.channel).label,
            self.counter,
            self.agency,
            self.unit or "",
            self.step or "",
            self.submitted_at,
            self.accepted_at,
            self.due_at,
            self.renewed_due_at,
            self.finished_at,
            self.closed_at,
        ]
        return [*told, self.address, self.phone, self.email] if contacts else told


LINE_FIELDS = (
    "pk",
    "code",
    "state",
    "procedure_version__procedure__code",
    "procedure_version__name",
    "owner_name",
    "channel",
    "reception_agency__short_name",
    "agency__short_name",
    "at_unit__name",
    Subquery(RUNNING),
    "submitted_at",
    "accepted_at",
    "reception_due_at",
    "due_at",
    "renewed_due_at",
    "finished_at",
    "closed_at",
    "address",
    "phone",
    "email",
)


def columns(what: str, contacts: bool) -> list[str]:
    """What the file tells of each dossier; numbers of identity papers are never among it."""
    if what == REGISTER:
        return ["TT", *register.COLUMNS]
    return ["TT", *LIST_COLUMNS, *(CONTACT_COLUMNS if contacts else ())]


def _rows(export: Export, pks: Sequence[int], at: datetime) -> Iterator[list[Cell]]:
    """Row after row, a thousand dossiers in memory at a time; how far it is stands on the officer's page."""
    number = 0
    for start in range(0, len(pks), AT_A_TIME):
        some = pks[start : start + AT_A_TIME]
        for cells in _cells(export, some, at):
            number += 1
            yield [number, *cells]
        Export.objects.filter(pk=export.pk, state=ExportState.MAKING).update(done=min(start + AT_A_TIME, len(pks)))


def _cells(export: Export, pks: Sequence[int], at: datetime) -> Iterator[list[Cell]]:
    if export.what == REGISTER:
        yield from (list(entry.cells()) for entry in register.in_order(list(pks)))
        return
    contacts = bool(export.query.get("lien-he"))
    found = {row[0]: row for row in Dossier.objects.filter(pk__in=list(pks)).values_list(*LINE_FIELDS)}
    yield from (Line(*found[pk]).cells(at, contacts) for pk in pks if pk in found)


# Asking -------------------------------------------------------------------------------------------------------------


@transaction.atomic
def ask(
    what: str,
    query: Mapping[str, Any],
    *,
    format: str,
    purpose: str,
    by: Person,
    at: datetime,
    contacts: bool = False,
) -> Export:
    """Have a list made into a file; the one that is already being made for the same question is enough."""
    told = {**query, "lien-he": True} if contacts and what != REGISTER else dict(query)
    chosen(what, told, by, at)  # a list that is not theirs is refused here and not by a job nobody watches
    Person.objects.select_for_update(no_key=True).get(pk=by.pk)  # of two presses the second finds what the first began
    running = Export.objects.filter(by=by, state__in=MAKING_EXPORT)
    if same := running.filter(what=what, query=told, format=format).first():
        return same
    if running.count() >= AT_ONCE:
        raise TooMany
    export = Export.objects.create(by=by, what=what, query=told, format=format, purpose=purpose, asked_at=at)
    from .tasks import make_export  # the job framework is ready only when all apps are

    make_export.defer(export=export.pk)
    return export


# Making -------------------------------------------------------------------------------------------------------------


def make(pk: int, *, at: datetime) -> None:
    """Make the file; begun again after a crash it starts anew, and a file that is made is made once."""
    export = Export.objects.select_related("by").filter(pk=pk, state__in=MAKING_EXPORT).first()
    if export is None:
        return
    try:
        dossiers = _rightful(export, at)
        # The numbers alone, eight bytes each, fetched in pieces: whatever is in the list at this moment, and no more.
        pks = array("q", dossiers.values_list("pk", flat=True).iterator(chunk_size=10_000))
        _expect_room(export, len(pks))
    except Refusal as refusal:
        refuse(export, str(refusal), at=at)
        return
    export.agencies = sorted(export.by.agencies(Can.SEE_DOSSIERS))
    Export.objects.filter(pk=pk, state__in=MAKING_EXPORT).update(
        state=ExportState.MAKING, done=0, total=len(pks), agencies=export.agencies
    )
    with tempfile.TemporaryFile() as file:
        WRITERS[ExportFormat(export.format)](export, file, _rows(export, pks, at), at)
        _complete(export, file, rows=len(pks), at=timezone.now())


def _rightful(export: Export, at: datetime) -> QuerySet[Dossier]:
    """What the officer may see of it now, which may be nothing any more."""
    if not export.by.is_active or not export.by.may(Can.SEE_DOSSIERS):
        raise NoRight
    try:
        return chosen(export.what, export.query, export.by, at)
    except NoList:
        raise NoRight from None


def _expect_room(export: Export, rows: int) -> None:
    if export.format == ExportFormat.PDF and rows > MOST_PRINTED:
        raise TooLong(
            f"Sổ in được tối đa {MOST_PRINTED} hồ sơ mỗi lần, khoảng ngày này có {rows}. "
            "Hãy chọn ít ngày hơn, hoặc xuất dạng Excel."
        )
    if rows > LONGEST_SHEET:
        raise TooLong("Danh sách dài hơn một trang tính chứa được. Hãy thu hẹp danh sách rồi xuất lại.")


@transaction.atomic
def refuse(export: Export, problem: str, *, at: datetime) -> None:
    """No file, and why."""
    if Export.objects.filter(pk=export.pk, state__in=MAKING_EXPORT).update(state=ExportState.REFUSED, problem=problem):
        record("export.refused", about=export, by=None, at=at, what=export.what)


@transaction.atomic
def _complete(export: Export, file: BinaryIO, *, rows: int, at: datetime) -> None:
    """The file and its row, once; a job that comes second finds it made and leaves it alone."""
    row = Export.objects.select_for_update().get(pk=export.pk)
    if not row.is_being_made():
        return
    kept = outgoing.keep(file, stored_name(row))
    row.state, row.done, row.total = ExportState.DONE, rows, rows
    row.agencies, row.size, row.sha256 = export.agencies, kept.size, kept.sha256
    row.made_at, row.expires_at = at, at + KEPT
    row.save(
        update_fields=["state", "done", "total", "agencies", "size", "sha256", "made_at", "expires_at"],
    )
    record(
        "export.made",
        about=row,
        by=export.by,
        at=at,
        what=row.what,
        rows=rows,
        format=row.format,
        contacts=bool(row.query.get("lien-he")) or row.what == REGISTER,
        agencies=row.agencies,
    )


def stored_name(export: Export) -> str:
    """One name for each export, so that however often its job runs there is one file."""
    return f"{export.public_id}.{export.format}"


def file_name(export: Export) -> str:
    """What it is called on the officer's machine."""
    stem = {SEARCH: "tim-ho-so", REGISTER: "so-theo-doi-ho-so"}.get(export.what) or (
        LISTS[export.what].path.strip("/") or "cua-toi"
    )
    return f"{stem}-{timezone.localtime(export.made_at):%Y%m%d-%H%M}.{export.format}"


# Fetching, and gone again -------------------------------------------------------------------------------------------


def expect_fetchable(export: Export, by: Person, at: datetime) -> None:
    """Only its maker, while it is kept, and while they still have every agency it was made from."""
    if export.state != ExportState.DONE or export.expires_at is None or export.expires_at <= at:
        raise Gone
    if not set(export.agencies) <= by.agencies(Can.SEE_DOSSIERS):
        raise NoRight(
            "Tệp này lập từ hồ sơ của cơ quan nay không còn thuộc phạm vi được giao, nên không tải được nữa. "
            "Hãy mở danh sách và xuất lại."
        )


@transaction.atomic
def fetch(export: Export, *, by: Person, at: datetime) -> Export:
    """Note that the file leaves the house, each time."""
    export = Export.objects.select_for_update().get(pk=export.pk)
    expect_fetchable(export, by, at)
    if not outgoing.is_kept(stored_name(export)):
        raise Gone
    record("export.fetched", about=export, by=by, at=at, what=export.what, rows=export.total)
    return export


def respond(export: Export) -> FileResponse:
    return outgoing.respond(stored_name(export), file_name(export), MEDIA_TYPES[ExportFormat(export.format)])


def forget(at: datetime) -> int:
    """Remove what has expired, file first: broken off between the two, it is only done again."""
    expired = Export.objects.filter(state=ExportState.DONE, expires_at__lte=at)
    for export in expired.iterator():
        outgoing.remove(stored_name(export))
        Export.objects.filter(pk=export.pk).update(state=ExportState.GONE)
    for export in Export.objects.filter(state__in=MAKING_EXPORT, asked_at__lt=at - GIVEN_UP):
        refuse(export, "Việc lập tệp bị gián đoạn. Hãy mở danh sách và xuất lại.", at=at)
    removed, _ = Export.objects.filter(asked_at__lt=at - REMEMBERED).exclude(state__in=MAKING_EXPORT).delete()
    return removed


# Writing ------------------------------------------------------------------------------------------------------------


def _above(export: Export, at: datetime) -> list[str]:
    """What stands over the table: for the register its form, whose it is and its days."""
    if export.what != REGISTER:
        return []
    book, first, last = span_of(export.query, export.by)
    return [*register.title_of(book, timezone.localdate(at)), _from_to(first, last)]


def _from_to(first: date, last: date) -> str:
    return f"Từ {day_in_words(first)} đến {day_in_words(last)}"


WIDTHS = {"TT": 6, "Mã hồ sơ": 27, "Tên thủ tục hành chính": 48, "Địa chỉ, số điện thoại": 40, "Địa chỉ": 40}


def _write_xlsx(export: Export, file: BinaryIO, rows: Iterable[list[Cell]], at: datetime) -> None:
    """One sheet, written row by row to the disk and never whole in memory."""
    book = xlsxwriter.Workbook(
        file,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_date_format": "dd/mm/yyyy hh:mm",
        },
    )
    sheet = book.add_worksheet("Hồ sơ")
    bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    large = book.add_format({"bold": True})
    head = columns(export.what, bool(export.query.get("lien-he")))
    for number, title in enumerate(head):
        sheet.set_column(number, number, WIDTHS.get(title, 20))
    line = 0
    for said in _above(export, at):
        sheet.write_string(line, 0, said, large)
        line += 1
    sheet.freeze_panes(line + 1, 2)
    sheet.write_row(line, 0, head, bold)
    for cells in rows:
        line += 1
        for number, cell in enumerate(cells):
            if isinstance(cell, datetime):
                sheet.write_datetime(line, number, timezone.localtime(cell).replace(tzinfo=None))
            elif isinstance(cell, int):
                sheet.write_number(line, number, cell)
            elif cell:
                sheet.write_string(line, number, cell)
    book.close()


def _write_csv(export: Export, file: BinaryIO, rows: Iterable[list[Cell]], at: datetime) -> None:
    """As spreadsheets read it: with the mark of UTF-8, and nothing that would run as a formula."""
    text = io.TextIOWrapper(file, "utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow(columns(export.what, bool(export.query.get("lien-he"))))
    for cells in rows:
        writer.writerow([_plain(cell) for cell in cells])
    text.flush()
    text.detach()


def _plain(cell: Cell) -> str | int:
    if isinstance(cell, datetime):
        return f"{timezone.localtime(cell):%d/%m/%Y %H:%M}"
    if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{cell}"
    return "" if cell is None else cell


def _write_pdf(export: Export, file: BinaryIO, rows: Iterable[list[Cell]], at: datetime) -> None:
    """The register to be printed and kept in a folder."""
    book, first, last = span_of(export.query, export.by)
    agency = Agency.objects.select_related("place").get(pk=book.agency)
    today = timezone.localdate(at)
    _, form, title = register.forms_of(today)
    sheet = paper_forms.RegisterSheet(
        title=title,
        code="",
        mark=DEMONSTRATION_MARK if settings.DEMONSTRATION else "",
        form=form,
        office=agency.name,
        side="Tiếp nhận tại Bộ phận Một cửa" if book.at_counter else "Hồ sơ do cơ quan giải quyết",
        span=_from_to(first, last),
        place=place_of_signing(agency),
        day=day_in_words(today),
        maker=export.by.full_name,
        rows=[[_printed(cell) for cell in cells] for cells in rows],
    )
    file.write(paper_forms.pdf(sheet))


def _printed(cell: Cell) -> str:
    if isinstance(cell, datetime):
        return f"{timezone.localtime(cell):%H:%M %d/%m/%Y}"
    return "" if cell is None else str(cell)


WRITERS = {ExportFormat.XLSX: _write_xlsx, ExportFormat.CSV: _write_csv, ExportFormat.PDF: _write_pdf}
