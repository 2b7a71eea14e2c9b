"""Writing a version before it is in force: begin, save, undo, publish (soạn thảo, công bố phiên bản TTHC)."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from motcua.accounts.models import Person
from motcua.accounts.permissions import Can
from motcua.journal.recording import record
from motcua.organisations.models import Agency
from motcua.refusal import Refusal

from . import completeness, forms
from .importing import CODE
from .models import Draft, DraftChange, ProcedureVersion
from .publishing import UNCHANGED, Told, publish, told_of

PARTS = {
    "name": "Tên thủ tục",
    "field": "Lĩnh vực",
    "level": "Cấp giải quyết",
    "levels": "Các cấp cùng giải quyết",
    "agency": "Cơ quan giải quyết",
    "agency_text": "Cơ quan thực hiện (theo công bố)",
    "routing": "Hệ thống giải quyết",
    "system_name": "Tên hệ thống của bộ",
    "system_url": "Địa chỉ hệ thống của bộ",
    "subjects": "Đối tượng thực hiện",
    "online": "Nộp trực tuyến",
    "sequence": "Trình tự thực hiện",
    "requirements": "Yêu cầu, điều kiện",
    "terms": "Thời hạn giải quyết",
    "components": "Thành phần hồ sơ",
    "fees": "Phí, lệ phí",
    "reliefs": "Miễn, giảm",
    "results": "Kết quả",
    "legal_bases": "Căn cứ pháp lý",
    "form": "Biểu mẫu điện tử",
    "guidance": "Hướng dẫn dễ hiểu",
    "life_events": "Sự kiện trong đời",
    "keywords": "Từ khóa để tìm",
    "decision": "Quyết định công bố",
    "decided_on": "Ngày ký quyết định",
    "basis_effective_on": "Ngày văn bản quy định có hiệu lực",
    "source": "Nguồn dữ kiện",
}
DATES = ("decided_on", "basis_effective_on")


class WrongCode(Refusal):
    message = "Mã thủ tục gồm một hoặc hai chữ số, dấu chấm và sáu chữ số. Ví dụ: 1.001193."


class AlreadyInDraft(Refusal):
    message = "Thủ tục này đang có một bản dự thảo; hãy mở bản đó để viết tiếp."


class NotYours(Refusal):
    message = "Thủ tục này của cơ quan khác; bạn chỉ soạn thảo được thủ tục của cơ quan mình."


class Closed(Refusal):
    message = "Bản dự thảo này đã được công bố hoặc đã bỏ; hãy mở bản mới để viết tiếp."


class NothingToUndo(Refusal):
    message = "Bản dự thảo chưa có lần sửa nào để hoàn tác."


class NoLongerTrue(Refusal):
    message = (
        "Thủ tục vừa có phiên bản mới sau khi bản dự thảo này bắt đầu. Hãy xem lại phần so sánh rồi công bố lần nữa."
    )


class ChangedMeanwhile(Refusal):
    """Somebody else saved the same parts first; what they wrote stays, what was typed comes back to who typed it."""

    def __init__(self, draft: Draft, parts: list[str]):
        self.draft, self.parts = draft, parts
        named = ", ".join(f"“{PARTS[part]}”" for part in parts)
        when = timezone.localtime(draft.saved_at).strftime("%H:%M ngày %d/%m/%Y")
        super().__init__(
            f"{draft.saved_by.full_name} vừa sửa {named} lúc {when}. Phần bạn nhập vẫn còn ở dưới, chưa lưu: "
            "hãy xem bản của người ấy, rồi lưu lại nếu vẫn muốn dùng phần của bạn."
        )


class Incomplete(Refusal):
    """A draft that may not be published yet, with every reason."""

    def __init__(self, problems: list[str]):
        self.problems = problems
        super().__init__("Chưa công bố được: " + " ".join(problems))


def told_in(draft: Draft) -> Told:
    """The draft as an announcement."""
    told = dict(draft.told)
    for name in DATES:
        told[name] = date.fromisoformat(told[name]) if told.get(name) else None
    return Told(code=draft.code, agency=draft.agency, **told)


def written(told: Told) -> dict[str, Any]:
    """An announcement as a draft keeps it: JSON, without the code and the agency, which the draft has of its own."""
    kept = {
        field.name: getattr(told, field.name)
        for field in dataclasses.fields(told)
        if field.name not in ("code", "agency")
    }
    for name in DATES:
        kept[name] = kept[name].isoformat() if kept[name] else None
    return kept


@transaction.atomic
def begin(version: ProcedureVersion, *, by: Person, at: datetime) -> Draft:
    """A draft that begins with what a version tells."""
    told = told_of(version)
    return _begin(version.code, version.agency, written(told), base=version, by=by, at=at)


@transaction.atomic
def begin_new(
    code: str, *, name: str, field: str, level: str, agency: Agency | None, by: Person, at: datetime
) -> Draft:
    """A draft of a procedure that the catalogue does not have yet."""
    if not CODE.fullmatch(code):
        raise WrongCode
    if ProcedureVersion.objects.filter(procedure__code=code).exists():
        raise AlreadyThere
    told = Told(code=code, name=name, field=field, level=level, levels=[level], agency=agency)
    return _begin(code, agency, written(told), base=None, by=by, at=at)


class AlreadyThere(Refusal):
    message = "Danh mục đã có thủ tục mang mã này; hãy tìm và soạn phiên bản mới của nó."


@transaction.atomic
def begin_told(told: Told, *, by: Person, at: datetime) -> Draft:
    """A draft that begins with what was imported; it is compared with the version in force like any other."""
    base = ProcedureVersion.objects.filter(procedure__code=told.code).order_by("-valid_from").first()
    agency = told.agency or (base.agency if base else None)
    return _begin(told.code, agency, written(told), base=base, by=by, at=at)


def _begin(
    code: str, agency: Agency | None, told: dict[str, Any], *, base: ProcedureVersion | None, by: Person, at: datetime
) -> Draft:
    _expect_own(agency, by)
    draft, made = Draft.objects.get_or_create(
        code=code,
        closed_at=None,
        defaults={
            "agency": agency,
            "base": base,
            "told": told,
            "begun_by": by,
            "begun_at": at,
            "saved_by": by,
            "saved_at": at,
        },
    )
    if not made:
        raise AlreadyInDraft
    record("procedure.draft_begun", about=draft, by=by, at=at, code=code)
    return draft


@transaction.atomic
def save(draft: Draft, *, revision: int, changes: Mapping[str, Any], by: Person, at: datetime) -> Draft:
    """Write parts of a draft; `revision` is the saving one has read, and parts saved by somebody else since are refused."""
    draft = _open(draft, by)
    given = {part: _plain(value) for part, value in changes.items()}
    changed = {part: [_value(draft, part), value] for part, value in given.items() if _value(draft, part) != value}
    if not changed:
        return draft
    if taken := _changed_since(draft, revision) & set(changed):
        raise ChangedMeanwhile(draft, [part for part in PARTS if part in taken])
    if "agency" in changed:
        draft.agency = Agency.objects.get(pk=given["agency"]) if given["agency"] else None
        _expect_own(draft.agency, by)
    if "form" in changed:
        forms.check(given["form"])
    draft.told |= {part: value for part, value in given.items() if part != "agency"}
    _keep(draft, changed, by, at)
    record("procedure.draft_saved", about=draft, by=by, at=at, revision=draft.revision, parts=sorted(changed))
    return draft


@transaction.atomic
def undo(draft: Draft, *, revision: int, by: Person, at: datetime) -> Draft:
    """Put back what the last saving changed (hoàn tác); itself a saving, so that it can be undone too."""
    draft = _open(draft, by)
    last = draft.changes.first()
    if last is None:
        raise NothingToUndo
    if last.revision != revision:
        raise ChangedMeanwhile(draft, [part for part in PARTS if part in last.changed])
    return save(draft, revision=revision, changes={part: pair[0] for part, pair in last.changed.items()}, by=by, at=at)


@transaction.atomic
def discard(draft: Draft, *, by: Person, at: datetime) -> None:
    """Throw a draft away; its history stays."""
    draft = _open(draft, by)
    draft.closed_at = at
    draft.save(update_fields=["closed_at"])
    record("procedure.draft_discarded", about=draft, by=by, at=at)


def problems(draft: Draft) -> list[str]:
    """Everything that keeps a draft from being published, each as a sentence."""
    told = told_in(draft)
    found = [f"Thiếu phần “{completeness.PARTS[part]}”." for part in completeness.missing(told)]
    if not told.decision or not told.decided_on:
        found.append("Chưa ghi số và ngày ký quyết định công bố.")
    keys = [row["key"] for row in told.components]
    if len(set(keys)) < len(keys):
        found.append("Có hai giấy tờ trùng khóa.")
    if told.routing == "MINISTRY" and not (told.system_name and told.system_url):
        found.append("Thủ tục giải quyết ở hệ thống của bộ phải ghi tên và địa chỉ hệ thống đó.")
    try:
        forms.check(list(told.form), components=keys)
    except Refusal as refusal:
        found.append(str(refusal))
    return found


@transaction.atomic
def publish_draft(draft: Draft, *, revision: int, valid_from: date, by: Person, at: datetime) -> ProcedureVersion:
    """Put a draft in force from a day on (công bố); what is published can no longer be changed."""
    if not by.may(Can.PUBLISH_CATALOGUE):
        raise NotYours("Chỉ cán bộ kiểm soát thủ tục hành chính của tỉnh mới công bố được.")
    draft = _open(draft, by)
    if draft.revision != revision:
        raise ChangedMeanwhile(draft, [part for part in PARTS if part in _changed_since(draft, revision)])
    if valid_from < timezone.localdate(at):
        raise Incomplete(["Ngày có hiệu lực không được trước hôm nay: hồ sơ đã nộp theo bản cũ."])
    if found := problems(draft):
        raise Incomplete(found)
    newest = ProcedureVersion.objects.filter(procedure__code=draft.code).order_by("-valid_from").first()
    if newest and (draft.base_id is None or newest.pk != draft.base_id):
        draft.base = newest
        draft.save(update_fields=["base"])
        raise NoLongerTrue
    if publish([told_in(draft)], day=valid_from, by=by, at=at, whole=True) == [UNCHANGED]:
        raise Incomplete(["Bản dự thảo chưa khác gì bản đang áp dụng."])
    version = ProcedureVersion.objects.get(procedure__code=draft.code, valid_from=valid_from)
    draft.published, draft.valid_from, draft.closed_at = version, valid_from, at
    draft.save(update_fields=["published", "valid_from", "closed_at"])
    return version


def _open(draft: Draft, by: Person) -> Draft:
    """The row, held until the end of the step."""
    draft = Draft.objects.select_for_update(of=("self",)).select_related("saved_by", "agency").get(pk=draft.pk)
    if draft.closed_at:
        raise Closed
    _expect_own(draft.agency, by)
    return draft


def _expect_own(agency: Agency | None, by: Person) -> None:
    """An agency's editor writes about its own procedures; who keeps the catalogue, about all."""
    if by.may(Can.PUBLISH_CATALOGUE):
        return
    if agency is None or agency.pk not in by.agencies(Can.EDIT_CATALOGUE):
        raise NotYours


def _changed_since(draft: Draft, revision: int) -> set[str]:
    later = draft.changes.filter(revision__gt=revision).values_list("changed", flat=True)
    return {part for changed in later for part in changed}


def _value(draft: Draft, part: str) -> Any:
    return draft.agency_id if part == "agency" else draft.told.get(part)


def _plain(value: Any) -> Any:
    """A value as JSON keeps it."""
    if isinstance(value, Agency):
        return value.pk
    return value.isoformat() if isinstance(value, date) else value


def _keep(draft: Draft, changed: dict[str, list[Any]], by: Person, at: datetime) -> None:
    draft.revision += 1
    draft.saved_by, draft.saved_at = by, at
    draft.save(update_fields=["told", "agency", "revision", "saved_by", "saved_at"])
    DraftChange.objects.create(draft=draft, revision=draft.revision, by=by, at=at, changed=changed)


def editable(version: ProcedureVersion, officer: Person) -> bool:
    """Whether this officer may begin a draft from this version."""
    return officer.may(Can.PUBLISH_CATALOGUE) or version.agency_id in officer.agencies(Can.EDIT_CATALOGUE)


def open_draft(code: str) -> Draft | None:
    return Draft.objects.open().filter(code=code).select_related("saved_by").first()
