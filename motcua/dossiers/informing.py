"""Short messages to the people of a dossier: what happened and where to read on (nhắn tin cho người nộp).

A listener writes them, once a line, a receiver and a channel; they hold the code and no name, since an address in a dossier may
never have been proved (docs/security.md).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from motcua.accounts.models import Person
from motcua.journal.models import Entry
from motcua.messaging import sending
from motcua.messaging.models import Channel, Purpose

from .models import SETTLING, Dossier, InformChoice, Informed, PostalItem, ReturnBy
from .supplement import open_request

SHOWN = 20


class Kind(NamedTuple):
    """One kind of news, as the page of choices calls it."""

    label: str
    when: str


KINDS: dict[str, Kind] = {
    "submitted": Kind("Đã nộp", "Hồ sơ trực tuyến đã đến nơi: mã hồ sơ và bao giờ có trả lời."),
    "accepted": Kind("Đã tiếp nhận", "Hồ sơ được tiếp nhận: ngày hẹn trả kết quả."),
    "supplement": Kind("Cần bổ sung", "Bạn cần bổ sung giấy tờ, và đến ngày nào."),
    "payment": Kind("Cần nộp tiền", "Hồ sơ chờ bạn thực hiện nghĩa vụ tài chính."),
    "result": Kind("Có kết quả", "Kết quả đã có và nhận ở đâu."),
    "delay": Kind("Chậm hẹn", "Cơ quan xin lỗi vì chậm và hẹn lại ngày trả."),
    "moved": Kind("Dời hẹn", "Ngày hẹn trả dời vì cơ quan đóng cửa theo quyết định."),
    "ended": Kind("Từ chối, dừng", "Hồ sơ không được tiếp nhận hoặc dừng giải quyết."),
    "still": Kind("Chưa có diễn biến", "Nhiều ngày làm việc không ai làm gì với hồ sơ; lãnh đạo đã được nhắc."),
    "draft": Kind("Bản nháp", "Bản nháp lâu không lưu sắp được bỏ, hoặc vừa được bỏ."),
    "answered": Kind("Có trả lời", "Cán bộ đã trả lời tin nhắn hoặc câu hỏi của bạn."),
}

KIND_OF: dict[str, str] = {
    "dossier.submitted": "submitted",
    "dossier.accepted": "accepted",
    "dossier.supplement_requested": "supplement",
    "dossier.payment_requested": "payment",
    "dossier.finished": "result",
    "dossier.result_posted": "result",
    "dossier.result_came_back": "result",
    "dossier.apologised": "delay",
    "dossier.due_date_moved": "moved",
    "dossier.renewed_date_moved": "moved",
    "dossier.refused": "ended",
    "dossier.stopped": "ended",
    "dossier.nothing_moved": "still",
    "dossier.message_answered": "answered",
    "dossier.reading_explained": "answered",
}


# Telling --------------------------------------------------------------------------------------------------------------


@transaction.atomic
def tell(entry: Entry, *, at: datetime) -> int:
    """Send what this line means to everybody who wants to hear of it; how many messages were written."""
    dossier = Dossier.objects.locked(int(entry.subject.removeprefix("dossier:")))
    words = _words(entry, dossier)
    if not words:
        return 0
    kind, written = KIND_OF[entry.event], 0
    for person, channel, to in _receivers(dossier, kind):
        sent, first = Informed.objects.get_or_create(dossier=dossier, entry=entry, person=person, channel=channel)
        if not first:
            continue
        sent.message = sending.send(
            channel,
            to,
            words,
            purpose=Purpose.DOSSIER,
            at=at,
            title=f"{KINDS[kind].label}: hồ sơ {dossier.code}",
            about=dossier.subject,
        )
        sent.save(update_fields=["message"])
        written += 1
    return written


def _receivers(dossier: Dossier, kind: str) -> Iterable[tuple[Person | None, Channel, str]]:
    """The account that filed and who gave it a mandate, as each chose; without account what stands in the dossier."""
    people: list[Person] = [dossier.account] if dossier.account else []
    if dossier.mandate and (giver := dossier.mandate.owner_account) and giver not in people:
        people.append(giver)
    if not people:
        yield from ((None, channel, to) for channel, to in _reachable(dossier.phone, dossier.email)[:1])
    for person in (one for one in people if one.is_active):
        for channel, to in _reachable(person.phone, person.email):
            if wanted(person)[kind, channel]:
                yield person, channel, to


def _reachable(phone: str, email: str) -> list[tuple[Channel, str]]:
    """Where a message can go from this house, the telephone first."""
    known = ((Channel.SMS, phone), (Channel.EMAIL, email))
    return [(channel, to) for channel, to in known if to and sending.reaches(channel)]


def _words(entry: Entry, dossier: Dossier) -> str:
    """What happened in a sentence and where to read on; nothing where it is no longer so when the job comes to it."""
    happened = _happened(entry, dossier)
    return f"{happened} {settings.ADDRESS}{settings.FOLLOW_URL}?ma={dossier.code}" if happened else ""


def _happened(entry: Entry, dossier: Dossier) -> str:
    code = dossier.code
    match entry.event:
        case "dossier.submitted":
            return f"Đã nhận hồ sơ {code}. Bộ phận Một cửa trả lời trước {_when(dossier.reception_due_at)}. Xem:"
        case "dossier.accepted" if dossier.due_at:
            return f"Hồ sơ {code} đã được tiếp nhận, hẹn trả kết quả {_when(dossier.due_at)}. Xem:"
        case "dossier.accepted":
            return f"Hồ sơ {code} đã được tiếp nhận. Có kết quả sẽ nhắn bạn. Xem:"
        case "dossier.supplement_requested":
            asked = open_request(dossier)
            if asked is None or asked.pk != entry.facts["request"]:
                return ""
            return f"Hồ sơ {code} cần bạn bổ sung đến hết ngày {asked.answer_by:%d/%m/%Y}. Xem cần gì:"
        case "dossier.payment_requested":
            waits = dossier.payment_requests.filter(paid_at=None).exists()
            return f"Hồ sơ {code} chờ bạn nộp tiền để được giải quyết tiếp. Xem cách nộp:" if waits else ""
        case "dossier.finished":
            return f"Hồ sơ {code} đã có kết quả. {WHERE[ReturnBy(dossier.return_by)]} Xem:"
        case "dossier.result_posted" | "dossier.result_came_back":
            return _post(dossier.postal_items.get(pk=entry.facts["item"]), code)
        case "dossier.apologised":
            return f"Cơ quan xin lỗi bạn: hồ sơ {code} chậm hẹn, hẹn lại {_when(dossier.renewed_due_at)}. Xem lý do:"
        case "dossier.due_date_moved" | "dossier.renewed_date_moved":
            moved = dossier.due_at if entry.event == "dossier.due_date_moved" else dossier.renewed_due_at
            holds = dossier.state in SETTLING and moved == dossier.promised_at
            return f"Hồ sơ {code} dời hẹn trả đến {_when(moved)} vì đóng cửa theo quyết định. Xem:" if holds else ""
        case "dossier.refused":
            return f"Hồ sơ {code} không được tiếp nhận. Xem lý do và cách khắc phục:"
        case "dossier.stopped":
            return f"Hồ sơ {code} đã dừng giải quyết. Xem lý do:"
        case "dossier.nothing_moved":
            return f"Hồ sơ {code} chưa có diễn biến mới; lãnh đạo nơi giữ hồ sơ đã được nhắc. Xem:"
        case "dossier.message_answered":
            return f"Cán bộ đã trả lời tin nhắn của bạn về hồ sơ {code}. Đọc:"
        case _:
            return f"Câu hỏi của bạn về lượt xem hồ sơ {code} đã được trả lời. Đọc:"


def _post(item: PostalItem, code: str | None) -> str:
    if item.came_back_at:
        return f"Bưu điện không phát được kết quả hồ sơ {code}, đã chuyển về nơi trả kết quả. Xem:"
    return f"Kết quả hồ sơ {code} đã giao bưu điện, mã bưu gửi {item.number}. Xem:" if not item.arrived_at else ""


WHERE = {
    ReturnBy.COUNTER: "Mời bạn mang giấy tờ tùy thân đến nơi đã nộp để nhận.",
    ReturnBy.POST: "Kết quả được gửi đến bạn qua bưu chính.",
    ReturnBy.ONLINE: "Bạn tải bản điện tử trên trang hồ sơ.",
}


def _when(moment: datetime | None) -> str:
    return f"{timezone.localtime(moment):%H:%M %d/%m/%Y}" if moment else ""


# Chosen ---------------------------------------------------------------------------------------------------------------


def wanted(person: Person) -> dict[tuple[str, str], bool]:
    """Of what and how this account wants to hear: as chosen, else all of it by the first way there is."""
    chosen = {(one.kind, one.channel): one.wanted for one in InformChoice.objects.filter(person=person)}
    first = [channel for channel, _ in _reachable(person.phone, person.email)][:1]
    return {(kind, channel): chosen.get((kind, channel), channel in first) for kind in KINDS for channel in Channel}


def ways(person: Person) -> dict[Channel, str]:
    """By which channels this account can be told from here, with their addresses."""
    return dict(_reachable(person.phone, person.email))


def choose(person: Person, ticked: Iterable[tuple[str, str]]) -> None:
    """Keep what is ticked, and that the rest is not, of the channels there are; what cannot be chosen yet keeps its default."""
    on = set(ticked)
    InformChoice.objects.bulk_create(
        [
            InformChoice(person=person, kind=kind, channel=channel, wanted=(kind, channel) in on)
            for kind in KINDS
            for channel in ways(person)
        ],
        update_conflicts=True,
        unique_fields=["person", "kind", "channel"],
        update_fields=["wanted"],
    )


# Told on the dossier's page -------------------------------------------------------------------------------------------


class Sent(NamedTuple):
    """One message about a dossier as its page tells it."""

    kind: str
    channel: str
    to: str  # never whole
    at: datetime
    state: str  # "sent", "failed" or "waiting"


def sent(dossier: Dossier) -> list[Sent]:
    """What was sent to its people, the newest first."""
    rows = dossier.news_sent.filter(message__isnull=False).select_related("message", "entry").order_by("-pk")[:SHOWN]
    return [
        Sent(
            KIND_OF[one.entry.event],
            one.channel,
            masked(one.message.to),
            one.message.sent_at or one.message.failed_at or one.message.created_at,
            "sent" if one.message.sent_at else "failed" if one.message.failed_at else "waiting",
        )
        for one in rows
        if one.message
    ]


def masked(to: str) -> str:
    """Enough to know one's own number or mailbox again, and too little to learn another's: 09•••••678."""
    name, at, host = to.partition("@")
    if at:
        return f"{name[:1]}•••@{host}"
    return f"{to[:2]}{'•' * (len(to) - 5)}{to[-3:]}" if len(to) > 5 else "•" * len(to)
