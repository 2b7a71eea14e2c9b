"""Lists taken out as files: by the rights of the moment, once, and not for ever."""

import csv
import io
import tracemalloc
from datetime import timedelta

import pytest
from django.db.models import QuerySet
from procrastinate.contrib.django.models import ProcrastinateJob
from python_calamine import CalamineWorkbook

from motcua.accounts.models import Assignment
from motcua.counter import exporting
from motcua.counter.tasks import forget_exports, make_export
from motcua.counter.testing import at_the_desk
from motcua.dossiers.models import Dossier, Export, ExportState, State
from motcua.dossiers.testing import MONDAY, TUESDAY, a_dossier, a_one_stop, it_is
from motcua.files import outgoing
from motcua.journal.models import Entry

NEW = "/motcua/xuat/moi/?danh-sach={}"
TOLD = {"format": "xlsx", "purpose": "Báo cáo tuần của Trung tâm"}


def asked(desk, what="agency", **told):
    """An export asked for on the page, not yet made."""
    response = desk.post(NEW.format(what), {**TOLD, **told})
    assert response.status_code == 302, response.content.decode()
    return Export.objects.latest("id")


def made(desk, what="agency", **told):
    export = asked(desk, what, **told)
    make_export(export=export.pk)
    export.refresh_from_db()
    return export


def content(desk, export):
    response = desk.get(f"/motcua/xuat/{export.public_id}/tep/")
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def sheet(raw):
    return CalamineWorkbook.from_filelike(io.BytesIO(raw)).get_sheet_by_index(0).to_python()


def lines(raw):
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))


def test_a_work_list_is_taken_out_row_for_row(office, monday):
    a_dossier(office, State.READY)
    first = a_dossier(office, at=MONDAY - timedelta(days=3))
    second = a_dossier(office)
    desk = at_the_desk(office.leader)

    export = made(desk)

    rows = sheet(content(desk, export))
    assert export.state == ExportState.DONE
    assert export.total == export.done == len(rows) - 1 == 3
    assert rows[0] == exporting.columns("agency", False)
    assert {row[1] for row in rows[1:]} == {dossier.code for dossier in Dossier.objects.all()}
    assert [row[1] for row in rows[1:]].index(first.code) < [row[1] for row in rows[1:]].index(second.code)


def test_only_what_the_address_narrows_to_is_taken_out(office, monday, monkeypatch):
    late = a_dossier(office)
    it_is(monkeypatch, MONDAY + timedelta(days=60))
    a_dossier(office, at=MONDAY + timedelta(days=60))
    desk = at_the_desk(office.leader)

    export = made(desk, "agency&han=qua-han", format="csv")

    assert [row[1] for row in lines(content(desk, export))[1:]] == [late.code]


def test_a_search_is_taken_out_whole(office, monday):
    for _ in range(3):
        a_dossier(office)
    a_dossier(office, owner_name="Ma Thị Dung")
    desk = at_the_desk(office.reception)

    export = made(desk, "search&q=ly+a+pao", format="csv")

    assert {row[6] for row in lines(content(desk, export))[1:]} == {"Lý A Pao"}
    assert export.total == 3


@pytest.mark.parametrize("what", ["", "nothing", "register", "register&so=quay-1&tu=2023-10-01&den=x"])
def test_what_is_no_list_is_not_found(office, monday, what):
    assert at_the_desk(office.leader).get(NEW.format(what)).status_code == 404


def test_a_list_of_another_role_is_not_found(office, monday):
    assert at_the_desk(office.officer).get(NEW.format("inbox")).status_code == 404
    assert at_the_desk(office.officer).post(NEW.format("inbox"), TOLD).status_code == 404
    assert not Export.objects.exists()


def test_why_is_asked_before_anything_is_made(office, monday):
    response = at_the_desk(office.leader).post(NEW.format("agency"), {"format": "xlsx", "purpose": " "})

    assert response.status_code == 422
    assert "Hãy ghi dùng tệp này để làm gì." in response.content.decode()
    assert not Export.objects.exists()


def test_how_to_reach_people_is_told_only_where_it_was_asked_for_and_identity_numbers_never(office, monday):
    dossier = a_dossier(office)
    desk = at_the_desk(office.leader)

    plain, full = (made(desk, format="csv", **more) for more in ({}, {"contacts": "on"}))

    assert dossier.address not in content(desk, plain).decode()
    assert dossier.phone in content(desk, full).decode()
    assert dossier.address in content(desk, full).decode()
    for export in (plain, full):
        assert dossier.owner_id_number not in content(desk, export).decode()


def test_a_name_that_would_run_as_a_formula_stays_a_name(office, monday):
    a_dossier(office, owner_name='=HYPERLINK("http://x","y")')
    desk = at_the_desk(office.leader)

    assert lines(content(desk, made(desk, format="csv")))[1][6].startswith("'=")
    assert sheet(content(desk, made(desk)))[1][6] == '=HYPERLINK("http://x","y")'


def test_pressing_twice_makes_one_file(office, monday):
    a_dossier(office)
    desk = at_the_desk(office.leader)

    first, second = asked(desk), asked(desk)

    assert first == second
    assert ProcrastinateJob.objects.filter(task_name="counter.make_export", args__export=first.pk).count() == 1


def test_nobody_fills_the_queue(office, monday):
    desk = at_the_desk(office.leader)
    for word in ("a", "b", "c", "d", "e"):
        asked(desk, f"agency&loc={word}")

    response = desk.post(NEW.format("agency"), TOLD)

    assert response.status_code == 422
    assert "Đã có 5 tệp đang lập" in response.content.decode()
    assert Export.objects.count() == 5


def test_the_job_asks_again_what_the_officer_may_see(office, monday):
    a_dossier(office)
    export = asked(at_the_desk(office.leader))
    Assignment.objects.filter(person=office.leader).update(valid_to=MONDAY - timedelta(days=1))

    make_export(export=export.pk)

    export.refresh_from_db()
    assert (export.state, export.total, export.sha256) == (ExportState.REFUSED, 0, "")
    assert "Phạm vi được giao đã thay đổi" in export.problem
    assert not outgoing.is_kept(exporting.stored_name(export))


def test_whoever_moved_to_another_agency_no_longer_fetches_what_they_took_out(office, monday):
    a_dossier(office)
    export = made(at_the_desk(office.leader))
    elsewhere = a_one_stop("Ủy ban nhân dân xã Yên Thuận", code="2.000635")
    Assignment.objects.filter(person=office.leader).update(unit=elsewhere.leaders)

    response = at_the_desk(office.leader).get(f"/motcua/xuat/{export.public_id}/tep/")

    assert response.status_code == 403
    assert "không còn thuộc phạm vi được giao" in response.content.decode()
    assert not Entry.objects.filter(event="export.fetched").exists()


def test_only_its_maker_knows_of_it(office, monday):
    a_dossier(office)
    export = made(at_the_desk(office.leader))

    for other in (office.head, office.reception, a_one_stop("Xã khác", code="2.000635").leader):
        desk = at_the_desk(other)
        assert desk.get(f"/motcua/xuat/{export.public_id}/").status_code == 404
        assert desk.get(f"/motcua/xuat/{export.public_id}/tep/").status_code == 404
        assert str(export.public_id) not in desk.get("/motcua/xuat/").content.decode()


def test_another_agencys_officer_takes_out_nothing_of_ours(office, monday):
    a_dossier(office)
    desk = at_the_desk(a_one_stop("Ủy ban nhân dân xã Yên Thuận", code="2.000635").leader)

    for what in ("agency", "search&q=ly+a+pao"):
        export = made(desk, what, format="csv")
        assert export.total == 0
        assert len(lines(content(desk, export))) == 1


def test_a_job_that_was_killed_starts_anew_and_leaves_one_file(office, monday, monkeypatch):
    for _ in range(3):
        a_dossier(office)
    desk = at_the_desk(office.leader)
    export = asked(desk)
    monkeypatch.setattr(exporting, "AT_A_TIME", 1)
    whole = exporting._cells

    def killed_in_the_middle(export, pks, at):
        if Export.objects.get(pk=export.pk).done:
            raise KeyboardInterrupt
        return whole(export, pks, at)

    monkeypatch.setattr(exporting, "_cells", killed_in_the_middle)
    with pytest.raises(KeyboardInterrupt):
        make_export(export=export.pk)
    export.refresh_from_db()
    assert (export.state, export.done, export.total) == (ExportState.MAKING, 1, 3)
    assert "1 trên 3 hồ sơ" in desk.get(f"/motcua/xuat/{export.public_id}/").content.decode()
    monkeypatch.setattr(exporting, "_cells", whole)

    make_export(export=export.pk)
    make_export(export=export.pk)  # and once more, because jobs run at least once

    export.refresh_from_db()
    assert (export.state, export.total) == (ExportState.DONE, 3)
    assert len(sheet(content(desk, export))) == 4
    assert Entry.objects.filter(event="export.made").count() == 1
    assert files_kept() == [exporting.stored_name(export)]


def test_two_jobs_at_once_make_one_file(office, monday, monkeypatch):
    a_dossier(office)
    export = asked(at_the_desk(office.leader))
    whole = exporting._complete

    def after_another_job(export, file, **told):
        monkeypatch.setattr(exporting, "_complete", whole)
        exporting.make(export.pk, at=MONDAY)  # it was faster
        whole(export, file, **told)

    monkeypatch.setattr(exporting, "_complete", after_another_job)
    make_export(export=export.pk)

    assert Entry.objects.filter(event="export.made").count() == 1
    assert files_kept() == [exporting.stored_name(export)]


def files_kept():
    return sorted(outgoing.default_storage.listdir(outgoing.FOLDER)[1])


def test_after_seven_days_file_and_page_say_it_is_gone(office, monday, monkeypatch):
    a_dossier(office)
    export = made(at_the_desk(office.leader))
    link = f"/motcua/xuat/{export.public_id}/tep/"
    it_is(monkeypatch, MONDAY + timedelta(days=6, hours=23))
    assert at_the_desk(office.leader).get(link).status_code == 200

    it_is(monkeypatch, MONDAY + timedelta(days=7))
    desk = at_the_desk(office.leader)
    response = desk.get(link)
    forget_exports(timestamp=0)
    forget_exports(timestamp=0)

    assert response.status_code == 410
    assert "Tệp chỉ được giữ 7 ngày" in response.content.decode()
    export.refresh_from_db()
    assert export.state == ExportState.GONE
    assert not outgoing.is_kept(exporting.stored_name(export))
    assert "đã xóa" in desk.get(f"/motcua/xuat/{export.public_id}/").content.decode()
    assert desk.get(link).status_code == 410


def test_what_never_came_to_an_end_is_given_up_with_a_sentence(office, monday, monkeypatch):
    export = asked(at_the_desk(office.leader))
    it_is(monkeypatch, TUESDAY + timedelta(minutes=1))

    forget_exports(timestamp=0)

    export.refresh_from_db()
    assert export.state == ExportState.REFUSED
    assert "bị gián đoạn" in export.problem


def test_the_journal_tells_who_took_out_how_many_of_what_in_codes_only(office, monday):
    a_dossier(office)
    desk = at_the_desk(office.leader)
    export = made(desk, "agency&loc=khai+sinh")
    content(desk, export)

    of_it = Entry.objects.filter(subject=export.subject).order_by("number")
    told = [(entry.event, entry.actor_id, entry.facts["what"], entry.facts["rows"]) for entry in of_it]
    assert told == [
        ("export.made", office.leader.pk, "agency", export.total),
        ("export.fetched", office.leader.pk, "agency", export.total),
    ]
    assert of_it[0].facts["agencies"] == [office.agency.pk]
    assert "Báo cáo" not in str([entry.facts for entry in of_it])


def test_many_rows_pass_through_a_small_memory(office, monday, monkeypatch):
    """Rows come in pieces through a cursor of the server and leave row by row."""
    one = a_dossier(office)
    many(one, 5_000)
    fetched = []
    whole = QuerySet.iterator
    monkeypatch.setattr(
        QuerySet, "iterator", lambda self, chunk_size=None: fetched.append(chunk_size) or whole(self, chunk_size)
    )
    exports = [asked(at_the_desk(office.leader), format=form) for form in ("xlsx", "csv")]

    tracemalloc.start()
    for export in exports:
        make_export(export=export.pk)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert [Export.objects.get(pk=export.pk).total for export in exports] == [5_001, 5_001]
    assert fetched == [10_000, 10_000]
    assert most < 12 * 1024 * 1024  # five thousand rows of twenty cells held at once take more than that


def many(dossier, number):
    """Copies of a dossier, each with a code of its own."""
    told = {field.attname: getattr(dossier, field.attname) for field in Dossier._meta.concrete_fields}
    del told["id"], told["public_id"]
    Dossier.objects.bulk_create(
        [Dossier(**{**told, "code": f"{dossier.code}-{n}"}) for n in range(number)], batch_size=1_000
    )


def test_without_javascript_the_page_asks_again_by_itself(office, monday):
    desk = at_the_desk(office.leader)
    export = asked(desk)
    link = f"/motcua/xuat/{export.public_id}/"

    waiting = desk.get(link).content.decode()
    make_export(export=export.pk)
    ready = desk.get(link).content.decode()

    assert '<noscript><meta http-equiv="refresh"' in waiting
    assert f'hx-get="{link}"' in waiting
    assert "refresh" not in ready
    assert "hx-trigger" not in ready
    assert f"{link}tep/" in ready
