"""Files that come to a paper piece by piece over a bad line, and once however often they are sent (gửi giấy tờ từng phần)."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Sum

from motcua.accounts.models import Person
from motcua.files import checking, limits, pieces, storing
from motcua.files.naming import clean_name
from motcua.refusal import Refusal

from . import papers
from .models import Dossier, Paper, PaperFile, Upload

MOST = 60  # of one account, on their way at once
MOST_BYTES = 20 * limits.MAX_BYTES
KEPT = timedelta(days=7)
# Not the file's fault: what has come stays, and the same file is tried again.
PASSING = (storing.ScannerSilent, storing.StorageFull, storing.StorageUnreachable)


class WrongOffset(Refusal):
    """Another piece was awaited; `received` says from where to go on."""

    message = "Phần vừa gửi không nối tiếp phần đã nhận."

    def __init__(self, received: int) -> None:
        super().__init__()
        self.received = received


class TooLong(Refusal):
    message = "Nội dung gửi lên dài hơn dung lượng đã báo."


class TooManyOnTheirWay(Refusal):
    message = (
        "Bạn đang có quá nhiều tệp gửi dở nên tệp này chưa gửi được. "
        "Xin chờ các tệp kia gửi xong, hoặc bỏ bớt, rồi gửi lại. Những gì đã gửi vẫn còn nguyên."
    )


def waiting(dossier: Dossier | OuterRef) -> QuerySet[Upload]:
    """What was begun to be sent and has not arrived: a dossier is not filed without its sender saying so."""
    return Upload.objects.filter(paper__dossier=dossier, arrived_at=None).select_related("paper")


@transaction.atomic
def begin(
    paper: Paper, *, key: UUID, name: str, size: int, by: Person, at: datetime, instead_of: int | None = None
) -> Upload:
    """Keep a place for a file that will come, once for its key; a page taken anew takes the place of the old one."""
    Person.objects.select_for_update().get(pk=by.pk)  # its limits are counted one after the other
    if known := Upload.objects.filter(key=key, sender=by, paper=paper).first():
        return known
    dossier = Dossier.objects.locked(paper.dossier_id)
    paper = dossier.papers.get(pk=paper.pk)
    papers.may_change(paper, by)
    storing.expect_size(size, clean_name(name))
    coming = Upload.objects.filter(sender=by, arrived_at=None)
    if coming.count() >= MOST or (coming.aggregate(sum=Sum("size"))["sum"] or 0) + size > MOST_BYTES:
        raise TooManyOnTheirWay
    old = paper.files.filter(pk=instead_of, replaced_at=None).first() if instead_of else None
    if old is None:
        papers.expect_room(paper, coming=paper.uploads.filter(arrived_at=None).count())
    return Upload.objects.create(
        key=key,
        paper=paper,
        sender=by,
        name=clean_name(name),
        size=size,
        position=old.position if old else papers.next_position(paper),
        instead_of=old,
        begun_at=at,
        touched_at=at,
    )


def take(upload: Upload, content: bytes, *, offset: int, at: datetime) -> Upload:
    """Put the next piece behind the others; of two that come at once the second is told from where to go on."""
    if upload.arrived_at or offset != upload.received:
        raise WrongOffset(upload.received)
    if offset + len(content) > upload.size:
        raise TooLong
    if not content:
        return upload
    piece = pieces.keep(content, upload.name)
    try:
        with transaction.atomic():
            upload = _locked(upload)
            if upload.arrived_at or offset != upload.received:
                raise WrongOffset(upload.received)
            upload.pieces.append(piece)
            upload.received += len(content)
            upload.touched_at = at
            upload.save(update_fields=["pieces", "received", "touched_at"])
    except BaseException:
        pieces.remove([piece])
        raise
    return upload


def finish(upload: Upload, *, by: Person, at: datetime) -> PaperFile | None:
    """All of it is there: judge it, keep it, put it to its paper; nothing more where that was done before. What is refused leaves
    nothing behind.
    """
    if upload.arrived_at:
        return None
    try:
        with pieces.whole(upload.pieces, size=upload.size, name=upload.name) as content:
            stored = storing.store(content, at=at)
        with transaction.atomic():
            upload = _locked(upload)
            if upload.arrived_at:
                return None
            old = upload.instead_of
            page = papers.add(upload.paper, stored, name=upload.name, by=by, at=at, position=upload.position)
            if old and old.replaced_at is None and old.file_id != stored.pk:
                papers.remove(old, by=by, at=at)
            done, upload.pieces, upload.arrived_at = upload.pieces, [], at
            upload.save(update_fields=["pieces", "arrived_at"])
    except pieces.Lost:
        upload = _from_the_beginning(upload)
        raise WrongOffset(upload.received) from None
    except PASSING:
        raise
    except Refusal:
        give_up(upload)
        raise
    pieces.remove(done)
    return page


def give_up(upload: Upload) -> None:
    """The sender does not want it any more; what has arrived already stays where it is."""
    with transaction.atomic():
        found = Upload.objects.select_for_update(of=("self",)).filter(pk=upload.pk, arrived_at=None).first()
        if found is None:
            return
        left = found.pieces
        found.delete()
    pieces.remove(left)


def forget(at: datetime) -> int:
    """Throw away what was begun long ago and never came, what a killed process left, and the memory of what has come."""
    old = list(Upload.objects.filter(begun_at__lt=at - KEPT).order_by("pk")[:1000])
    for upload in old:
        if upload.arrived_at:
            upload.delete()
        else:
            give_up(upload)
    checking.sweep(at - KEPT - timedelta(days=1), pieces.FOLDER)
    return len(old)


def _from_the_beginning(upload: Upload) -> Upload:
    with transaction.atomic():
        upload = _locked(upload)
        if not upload.arrived_at:
            left, upload.pieces, upload.received = upload.pieces, [], 0
            upload.save(update_fields=["pieces", "received"])
            transaction.on_commit(lambda: pieces.remove(left))
    return upload


def _locked(upload: Upload) -> Upload:
    return Upload.objects.select_for_update(of=("self",)).select_related("paper", "instead_of__paper").get(pk=upload.pk)
