"""A procedure in words: what its page, its print and its poster say alike (công khai nội dung TTHC)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from itertools import groupby
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from motcua.catalogue import cases, completeness, forms
from motcua.catalogue.models import Channel, Component, Fee, Procedure, ProcedureVersion, Relief, TermOfChannel
from motcua.dossiers import durations
from motcua.dossiers.clock import WORKING_DAY
from motcua.organisations.models import Agency, AgencyKind, Level, OfficeHours
from motcua.ui.templatetags.ui import dong, vn_date
from motcua.worktime.calendar import DEFAULT_SEASONS
from motcua.worktime.terms import TermUnit

CHANNELS = {
    Channel.DIRECT: gettext_lazy("Trực tiếp tại quầy"),
    Channel.ONLINE: gettext_lazy("Trực tuyến"),
    Channel.POST: gettext_lazy("Qua bưu chính"),
}
LEVELS = {
    Level.MINISTRY: gettext_lazy("Cấp bộ"),
    Level.PROVINCE: gettext_lazy("Cấp tỉnh"),
    Level.DISTRICT: gettext_lazy("Cấp huyện"),
    Level.COMMUNE: gettext_lazy("Cấp xã"),
}


def facts(version: ProcedureVersion, *, elsewhere: bool = False) -> list[str]:
    """The line that answers first: how long, how much, online or not; `elsewhere` where online filings go to the national portal."""
    told = []
    if term := version.term(Channel.ONLINE if version.online else Channel.DIRECT):
        told.append(length(term))
    told.append(price(version))
    if version.routing == "MINISTRY":
        told.append(_("Nộp tại hệ thống của bộ"))
    else:
        online = _("Nộp trực tuyến tại Cổng Dịch vụ công quốc gia") if elsewhere else _("Nộp được trực tuyến")
        told.append(online if version.online else _("Nộp tại quầy"))
    return [words for words in told if words]


def length(term: TermOfChannel) -> str:
    """A term in words; empty when no length is known."""
    if term.same_day:
        return _("Trong ngày (nộp sau 15 giờ: ngày làm việc tiếp theo)")
    if term.amount is None:
        return ""
    words = {
        TermUnit.WORKING_MINUTES: _("%(n)s phút làm việc"),
        TermUnit.WORKING_DAYS: _("%(n)s ngày làm việc"),
        TermUnit.WORKING_HOURS: _("%(n)s giờ làm việc"),
        TermUnit.CALENDAR_DAYS: _("%(n)s ngày"),
        TermUnit.MONTHS: _("%(n)s tháng"),
    }
    return words[TermUnit(term.unit)] % {"n": term.amount}


def taken(minutes: int) -> str:
    """Working time as people count it: whole hours, from more than a day on whole days."""
    if minutes <= WORKING_DAY:
        return _("%(n)s giờ làm việc") % {"n": max(1, -(-minutes // 60))}
    return _("%(n)s ngày làm việc") % {"n": -(-minutes // WORKING_DAY)}


def lately(procedure: Procedure) -> str:
    """How long it really took the last ones, in the office's time; with too few finished it says so."""
    last = durations.lately(procedure)
    if last is None or not last.enough:
        return _("Thực tế bao lâu: chưa đủ %(n)s hồ sơ có kết quả để nói.") % {"n": durations.FEWEST}
    told = {
        "half": taken(last.median),
        "most": taken(last.ninetieth),
        "count": last.of,
        "since": vn_date(last.since, "short"),
    }
    how_long = _("Thực tế gần đây: một nửa xong trong %(half)s, chín phần mười xong trong %(most)s.") % told
    of_which = _(
        "Tính %(count)s hồ sơ có kết quả gần nhất, từ %(since)s: giờ của cơ quan, không tính lúc chờ người nộp."
    )
    return f"{how_long} {of_which % told}"


def price(version: ProcedureVersion) -> str:
    sums = {fee.amount for fee in version.fees.all()}
    if not sums:
        return ""
    if sums == {0}:
        return _("Miễn phí")
    if len(sums) == 1 and None not in sums:
        return dong(sums.pop())
    return _("Có phí, lệ phí")


def ways(version: ProcedureVersion) -> list[dict[str, Any]]:
    """How it may be filed: each channel with its terms by level (cách thức thực hiện, thời hạn giải quyết)."""
    told = []
    for channel, terms in groupby(version.terms.all(), key=lambda term: term.channel):
        told.append({"channel": CHANNELS[Channel(channel)], "terms": [_term(term) for term in terms]})
    return told


def _term(term: TermOfChannel) -> dict[str, Any]:
    said = length(term)
    return {
        "level": LEVELS[Level(term.level)] if term.level else "",
        "length": said or (_("Không ghi thành số") if term.text else _("Chưa có dữ liệu")),
        "text": term.text if term.text.casefold() != said.casefold() else "",
    }


def fees(version: ProcedureVersion) -> list[dict[str, Any]]:
    """What is paid, by case, and by which law (phí, lệ phí)."""
    asked = set(cases.of(version))
    return [
        {"case": case, "fees": [_fee(fee) for fee in rows]}
        for case, rows in groupby(version.fees.all(), key=lambda fee: fee.case if fee.case in asked else "")
    ]


def _fee(fee: Fee) -> dict[str, Any]:
    return {
        "name": fee.name or (fee.get_kind_display() if fee.kind else _("Phí, lệ phí")),
        "amount": _("Theo quy định") if fee.amount is None else dong(fee.amount),
        "case": fee.case,
        "channel": CHANNELS[Channel(fee.channel)] if fee.channel else "",
        "legal_basis": fee.legal_basis,
    }


def reliefs(version: ProcedureVersion) -> list[dict[str, Any]]:
    """Who pays nothing or less, and by which law (miễn, giảm)."""
    return [
        {
            "how": relief_in_words(relief),
            "who": relief.who,
            "fee": relief.fee,
            "channel": CHANNELS[Channel(relief.channel)] if relief.channel else "",
            "legal_basis": relief.legal_basis,
        }
        for relief in version.reliefs.all()
    ]


def relief_in_words(relief: Relief) -> str:
    return _("Giảm %(percent)s%%") % {"percent": relief.percent} if relief.percent else _("Miễn")


def papers(version: ProcedureVersion) -> list[dict[str, Any]]:
    """What to prepare, by case (thành phần hồ sơ)."""
    groups: dict[str, list[Component]] = {}
    for paper in version.components.all():
        groups.setdefault(paper.case, []).append(paper)
    return [{"case": case, "papers": rows} for case, rows in groups.items()]


def questions(version: ProcedureVersion) -> list[dict[str, Any]]:
    """What the form will ask (nội dung tờ khai)."""
    return [{"label": field["label"], "required": field.get("required", False)} for field in forms.fields(version.form)]


def missing(version: ProcedureVersion) -> list[str]:
    """Which of the seven parts of NĐ 63/2010/NĐ-CP the announcement does not tell."""
    told = {
        "sequence": version.sequence,
        "channels": version.terms.all(),
        "components": version.components.all(),
        "terms": any(term.amount or term.same_day or term.text for term in version.terms.all()),
        "subjects": version.subjects,
        "agency": version.agency_id or version.agency_text,
    }
    words = {
        "sequence": _("trình tự thực hiện"),
        "channels": _("cách thức thực hiện"),
        "components": _("thành phần hồ sơ"),
        "terms": _("thời hạn giải quyết"),
        "subjects": _("đối tượng thực hiện"),
        "agency": _("cơ quan thực hiện"),
    }
    return [words[part] for part in completeness.PARTS if part in told and not told[part]]


def centre_for(agency: Agency | None, day: date) -> Agency | None:
    """The centre, when it receives for the settling agency."""
    if agency is None or not agency.at_centre:
        return None
    return Agency.objects.valid_on(day).filter(kind=AgencyKind.CENTRE).select_related("place").first()


# When an office is open ----------------------------------------------------------------------------------------------

WEEKDAYS = (
    gettext_lazy("Thứ Hai"),
    gettext_lazy("Thứ Ba"),
    gettext_lazy("Thứ Tư"),
    gettext_lazy("Thứ Năm"),
    gettext_lazy("Thứ Sáu"),
    gettext_lazy("Thứ Bảy"),
    gettext_lazy("Chủ nhật"),
)


def hours(agency: Agency, day: date) -> list[tuple[str, str]]:
    """The weekdays an agency is open and from when to when, as they are in this season (giờ làm việc)."""
    holds = Q(valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gte=day))
    rows = list(OfficeHours.objects.filter(holds, agency=agency, unit=None).order_by("weekday", "opens"))
    seasons = sorted({row.season_from for row in rows})
    now = next((one for one in reversed(seasons) if one <= f"{day:%m-%d}"), seasons[-1] if seasons else "")
    open_on: dict[int, list[tuple[time, time]]] = {}
    for row in rows:
        if row.season_from == now:
            open_on.setdefault(row.weekday, []).append((row.opens, row.closes))
    if not rows:
        open_on = {weekday: _clock(one.spans) for weekday, one in DEFAULT_SEASONS[0].hours_by_weekday.items()}
    told = []
    for spans, days in groupby(sorted(open_on), key=lambda weekday: open_on[weekday]):
        same = list(days)
        first, last = WEEKDAYS[same[0]], WEEKDAYS[same[-1]]
        when = str(first) if first is last else _("%(first)s đến %(last)s") % {"first": first, "last": last}
        told.append((when, ", ".join(f"{opens:%H:%M} – {closes:%H:%M}" for opens, closes in spans)))
    return told


def _clock(spans: Sequence[tuple[int, int]]) -> list[tuple[time, time]]:
    return [(time(*divmod(opens, 60)), time(*divmod(closes, 60))) for opens, closes in spans]
