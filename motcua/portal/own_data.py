"""Everything the house keeps of a person, as one file for them: facts as JSON, papers and results as they are (bản sao dữ liệu cá nhân).

Made by a job, kept for some days, fetched by its owner alone. The words in it are those of the fields, so that people can read it too.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import IO, Any, cast
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from allauth.mfa.models import Authenticator
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from motcua.accounts.models import DataCopy, Person
from motcua.catalogue import forms
from motcua.dossiers import papers, timeline
from motcua.dossiers.intake import FACTS
from motcua.dossiers.models import Dossier, Mandate, State
from motcua.files import outgoing, storing
from motcua.files.models import StoredFile
from motcua.files.naming import clean_name
from motcua.journal.recording import record
from motcua.refusal import Refusal

KEPT = timedelta(days=7)
IN_A_DAY = 3
MOST_BYTES = 1_000_000_000  # of papers in one file; what does not fit is named in it
OF_PERSON = (
    "full_name", "phone", "phone_verified_at", "email", "email_verified_at", "id_number", "birth_date", "address", "created_at",
)  # fmt: skip
OF_DOSSIER = ("code", *(name for name in FACTS if name != "form"), "submitted_at", "accepted_at", "due_at", "closed_at")
OF_MANDATE = ("owner_name", "owner_id_number", "agent_name", "agent_id_number", "valid_from", "valid_to", "ended_at")


class TooOften(Refusal):
    message = gettext_noop("Hôm nay bạn đã xin 3 bản sao. Hãy dùng bản mới nhất, hoặc quay lại ngày mai.")


@transaction.atomic
def ask(person: Person, *, at: datetime) -> DataCopy:
    """Have it made; whoever asks again meanwhile gets the same."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    if being_made := person.data_copies.filter(made_at=None).first():
        return being_made
    if person.data_copies.filter(asked_at__gt=at - timedelta(days=1)).count() >= IN_A_DAY:
        raise TooOften
    copy = DataCopy.objects.create(person=person, asked_at=at)
    record("person.data_copy_asked", about=person, by=person, at=at)
    from .tasks import make_copy  # the job framework is ready only when all apps are

    make_copy.defer(copy=copy.pk)
    return copy


def make(pk: int, *, at: datetime) -> None:
    """Write it and keep it; begun again after a stop, it is written again in the same place."""
    copy = DataCopy.objects.select_related("person").filter(pk=pk, made_at=None, person__is_active=True).first()
    if copy is None:
        return
    with tempfile.TemporaryFile() as out:
        left_out = _write(copy.person, out)
        kept = outgoing.keep(out, name_of(copy))
    DataCopy.objects.filter(pk=pk).update(made_at=at, expires_at=at + KEPT, size=kept.size, left_out=left_out)


def name_of(copy: DataCopy) -> str:
    return f"{copy.public_id}.zip"


def ready(person: Person, at: datetime) -> models.QuerySet[DataCopy]:
    """What this person may fetch now."""
    return DataCopy.objects.filter(person=person, expires_at__gt=at)


def forget(at: datetime) -> None:
    """The file goes when its days are over; a row that no job will make any more goes with it."""
    old = models.Q(expires_at__lte=at) | models.Q(made_at=None, asked_at__lt=at - timedelta(days=1))
    _remove(DataCopy.objects.filter(old))


def forget_of(person: Person) -> None:
    """Whoever leaves cannot fetch theirs any more."""
    _remove(DataCopy.objects.filter(person=person))


def _remove(copies: models.QuerySet[DataCopy]) -> None:
    for copy in copies.iterator():
        outgoing.remove(name_of(copy))
        copy.delete()


# What is in it -------------------------------------------------------------------------------------------------------


def _write(person: Person, out: IO[bytes]) -> int:
    left, left_out = MOST_BYTES, 0
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        archive.writestr("tai-khoan.json", _json(_account(person)))
        for dossier in Dossier.objects.of_account(person).select_related("procedure_version").order_by("pk").iterator():
            folder = f"ho-so/{dossier.code or f'ban-nhap-{dossier.pk}'}"
            names = []
            for number, (name, stored) in enumerate(_files(dossier), 1):
                inside = f"{folder}/{number:03}-{clean_name(name)}"
                fits = stored.size <= left
                names.append({"tệp": inside if fits else name, "có trong tệp nén": fits})
                if not fits:
                    left_out += 1
                    continue
                left -= stored.size
                with archive.open(_entry(inside), "w", force_zip64=True) as into, storing.open_file(stored) as content:
                    shutil.copyfileobj(content, into, storing.CHUNK)
            archive.writestr(f"{folder}/ho-so.json", _json(_dossier(dossier) | {"giấy tờ, kết quả": names}))
    return left_out


def _entry(name: str) -> ZipInfo:
    """Papers are compressed already."""
    entry = ZipInfo(name, date_time=timezone.localtime().timetuple()[:6])
    entry.compress_type = ZIP_STORED
    return entry


def _files(dossier: Dossier) -> Iterator[tuple[str, StoredFile]]:
    """The papers that hold, and the result once it has been given out."""
    for paper in dossier.papers.prefetch_related("files__file"):
        yield from ((file.name, file.file) for file in paper.files.all() if file.replaced_at is None)
    decision = getattr(dossier, "decision", None)
    if decision and decision.file and dossier.state in (State.READY, State.RETURNED):
        yield decision.file_name, decision.file


def _account(person: Person) -> dict[str, Any]:
    mandates = Mandate.objects.filter(models.Q(owner_account=person) | models.Q(agent_account=person)).order_by("pk")
    factors = Authenticator.objects.filter(user=person).order_by("pk")
    return _told(person, OF_PERSON) | {
        "danh tính điện tử": [
            _told(one, ("issuer", "level", "id_number", "created_at")) for one in person.identities.all()
        ],
        "cách xác thực": [{"loại": one.type, "thêm lúc": one.created_at} for one in factors],
        "ủy quyền": [_told(one, OF_MANDATE) for one in mandates],
    }


def _dossier(dossier: Dossier) -> dict[str, Any]:
    written = forms.written(dossier.procedure_version.form, dossier.form, papers=papers.there(dossier))
    answers = {one.label: one.text or dict(one.facts) or one.rows for one in written}
    happened = [{"lúc": line.at, "việc": line.text, "bộ phận": line.unit} for line in timeline.lines(dossier)]
    words = [
        {"lúc": one.at, "của": "cơ quan" if one.unit_id else "người nộp", "nội dung": one.text}
        for one in dossier.conversation.order_by("pk")
    ]
    return (
        {"thủ tục": dossier.procedure_version.name, "tình trạng": dossier.get_state_display()}
        | _told(dossier, OF_DOSSIER)
        | {"tờ khai": answers, "diễn biến": happened, "tin nhắn": words}
    )


def _told(row: models.Model, names: tuple[str, ...]) -> dict[str, Any]:
    """The facts of a row under the words of its fields."""
    told = {}
    for name in names:
        field = cast("models.Field[Any, Any]", row._meta.get_field(name))
        show = getattr(row, f"get_{name}_display", None)
        told[str(field.verbose_name)] = show() if show else getattr(row, name)
    return told


def _json(facts: dict[str, Any]) -> str:
    return json.dumps(facts, ensure_ascii=False, indent=1, default=str)
