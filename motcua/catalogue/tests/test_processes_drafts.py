"""A process is written by editors, at times two at once, and issued only when nothing fails; what was issued stays as it is."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.utils import timezone

from motcua.accounts.permissions import Role
from motcua.accounts.testing import an_officer
from motcua.catalogue import processes
from motcua.catalogue.models import ProcedureVersion, Process, ProcessDraft
from motcua.catalogue.processes import WrongProcess, drafts, reading, words
from motcua.catalogue.processes.drafts import Closed, NotYourProcedure, Overtaken
from motcua.catalogue.processes.tables import ROW, Found
from motcua.catalogue.publishing import publish, told_of
from motcua.catalogue.testing import a_procedure, steps
from motcua.journal.models import Entry
from motcua.journal.testing import run_jobs
from motcua.organisations.models import AgencyKind, Level, UnitKind
from motcua.organisations.testing import a_unit, an_agency
from motcua.worktime.terms import Term

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 9, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
REAL = Path(settings.BASE_DIR).parent / "shared" / "data" / "processes.jsonl"

RECEIVE = ROW | {"work": "Nhận", "unit_kind": "ONE_STOP", "role": "RECEPTION_OFFICER", "time": "2 giờ"}
EXAMINE = ROW | {"work": "Xem", "unit_kind": "PROFESSIONAL", "role": "PROCESSING_OFFICER", "time": "½ ngày"}
SIGN = ROW | {"work": "Ký", "unit_kind": "LEADERS", "role": "LEADER", "time": "2 giờ", "is_approval": True}
STAMP = ROW | {"work": "Đóng dấu", "unit_kind": "CLERK", "role": "CLERK", "time": "1 giờ"}
GIVE = RECEIVE | {"work": "Trả kết quả", "time": "1 giờ"}
TABLE = [RECEIVE, EXAMINE, SIGN, STAMP, GIVE]


def a_department(name="Sở Tư pháp", **told):
    return an_agency(name, level=Level.PROVINCE, kind=AgencyKind.DEPARTMENT, **told)


def an_editor(agency):
    return an_officer(a_unit(agency, UnitKind.CONTROL), Role.CATALOGUE_EDITOR, "Lê Thị Hoa")


def a_keeper():
    office = an_agency("Ủy ban nhân dân tỉnh", level=Level.PROVINCE)
    return an_officer(a_unit(office, UnitKind.CONTROL), Role.CATALOGUE_KEEPER, "Phạm Văn Minh")


def a_draft(keeper, rows=TABLE, code="1.001193", **facts):
    return drafts.begin(code, by=keeper, at=NOW, rows=[dict(row) for row in rows], **facts)


def sentences(draft):
    return [one.sentence for one in drafts.read(draft).failing]


# Writing


def test_a_draft_may_be_saved_with_everything_missing_and_names_each():
    a_procedure(process=False)
    draft = a_draft(a_keeper(), [ROW, EXAMINE | {"time": "sớm", "role": ""}])

    assert sentences(draft) == [
        "Quy trình phải có ít nhất ba bước: tiếp nhận, phê duyệt, trả kết quả.",
        "Bước 1 chưa ghi nội dung công việc.",
        "Bước 1 chưa ghi bộ phận thực hiện.",
        "Bước 1 chưa ghi người thực hiện.",
        "Bước 1 chưa ghi số giờ.",
        "Bước 2 chưa ghi người thực hiện.",
        "Bước 2 chưa ghi số giờ.",
        "Bước 1 phải ở Bộ phận Một cửa.",
        "Quy trình phải có đúng một bước phê duyệt, sau bước đầu và trước bước cuối.",
    ]
    assert draft.lacks == 9


def test_the_table_of_a_province_that_ends_with_handing_over_lacks_nothing():
    a_procedure(process=False)

    assert sentences(a_draft(a_keeper())) == []


def test_the_second_of_two_editors_is_told_and_nothing_is_overwritten():
    a_procedure(process=False)
    first, second = a_keeper(), a_keeper()
    draft = a_draft(first)
    drafts.save(draft, revision=1, by=first, at=NOW, code=draft.code, rows=TABLE, title="Của người đầu")

    with pytest.raises(Overtaken, match="Phạm Văn Minh đã lưu quy trình này lúc 09:00 ngày 25/11/2026") as refusal:
        drafts.save(draft, revision=1, by=second, at=NOW, code=draft.code, rows=[], title="Của người sau")

    draft.refresh_from_db()
    assert (draft.title, draft.revision, len(draft.rows)) == ("Của người đầu", 2, 5)
    assert refusal.value.saved.title == "Của người đầu"


def test_an_editor_writes_only_for_procedures_of_the_own_agency():
    justice, land = a_department(), a_department("Sở Tài nguyên và Môi trường")
    a_procedure("1.000001", agency=justice, level=Level.PROVINCE, process=False)
    a_procedure("1.000002", agency=land, level=Level.PROVINCE, process=False)
    a_procedure("1.000003", process=False)  # of every commune
    editor = an_editor(justice)

    mine = a_draft(editor, code="1.000001")
    for code in ("1.000002", "1.000003"):
        with pytest.raises(NotYourProcedure):
            a_draft(editor, code=code)
        with pytest.raises(NotYourProcedure):
            drafts.save(mine, revision=1, by=editor, at=NOW, code=code)

    assert list(ProcessDraft.objects.edited_by(editor)) == [mine]
    assert not ProcessDraft.objects.edited_by(an_editor(land)).exists()
    assert ProcessDraft.objects.get().code == "1.000001"


# Checking


def failing_of(rows, **told):
    a_procedure(process=False, **told)
    return sentences(a_draft(a_keeper(), rows))


def test_every_failing_is_named_not_only_the_first():
    rows = [
        RECEIVE,
        EXAMINE | {"time": ""},
        SIGN | {"role": "CLERK"},
        STAMP | {"code": "12"},
        GIVE | {"time": "9 ngày"},
    ]

    assert failing_of(rows) == [
        "Bước 2 chưa ghi số giờ.",
        "Bước 4: mã trạng thái “12” không có trong danh mục của Cổng Dịch vụ công quốc gia (1 đến 10).",
        "Bước 3: Văn thư không được giao việc “Phê duyệt kết quả”.",
        "Tổng thời gian các bước (77 giờ) vượt thời hạn giải quyết (40 giờ làm việc).",
    ]


def test_parallel_branches_count_by_the_longest():
    side = [EXAMINE | {"stage": 2, "branch": "a"}, EXAMINE | {"stage": 2, "branch": "b", "time": "4 ngày"}]
    rows = [RECEIVE, *side, SIGN, STAMP, GIVE]

    assert failing_of(rows) == []  # 2 + 32 + 2 + 1 + 1 of 40 hours; 42 one after the other
    assert failing_of([row | {"stage": None} for row in rows]) == [
        "Tổng thời gian các bước (42 giờ) vượt thời hạn giải quyết (40 giờ làm việc)."
    ]


def test_every_path_meets_again_before_the_approval_and_the_result():
    rows = [RECEIVE, EXAMINE, SIGN | {"stage": 3, "branch": "a"}, STAMP | {"stage": 3, "branch": "b"}, GIVE]

    assert failing_of(rows) == [
        "Bước 3 (“Phê duyệt kết quả”) là bước chung, không chạy song song với bước khác.",
        "Bước 4 (“Chuyển kết quả về Bộ phận Một cửa”) là bước chung, không chạy song song với bước khác.",
    ]


def test_branches_of_a_stage_stand_together():
    rows = [RECEIVE, EXAMINE | {"stage": 2}, EXAMINE, EXAMINE | {"stage": 2, "branch": "b"}, SIGN, STAMP]

    assert "Bước 4: các bước song song của chặng 2 phải đứng liền nhau." in failing_of(rows)


def test_an_agency_and_a_unit_must_be_known_ones():
    rows = [RECEIVE, EXAMINE | {"agency": "Cục Mẫu"}, EXAMINE | {"unit_name": "Phòng Không có"}, SIGN, STAMP]

    assert failing_of(rows) == [
        "Bước 2: không có cơ quan “Cục Mẫu” trong danh mục cơ quan.",
        "Bước 3: không có bộ phận “Phòng Không có” ở cơ quan thực hiện.",
    ]


def test_time_shared_with_the_step_before_counts_once():
    rows = [RECEIVE | {"time": "1 ngày"}, *(row | {"shares_time": True, "time": ""} for row in TABLE[1:])]

    assert failing_of(rows, same_day=True) == []


def test_the_term_is_that_of_the_process_channel():
    version = a_procedure(process=False)
    version.terms.filter(channel="ONLINE").update(amount=1)
    keeper = a_keeper()

    assert sentences(a_draft(keeper, channel="DIRECT")) == []
    slow = [RECEIVE | {"time": "1 ngày"}, *TABLE[1:]]
    assert sentences(a_draft(keeper, slow, channel="DIRECT")) == []
    assert sentences(a_draft(keeper, slow, channel="ONLINE")) == [
        "Tổng thời gian các bước (16 giờ) vượt thời hạn giải quyết (8 giờ làm việc)."
    ]


def test_a_case_may_take_what_the_wording_of_the_term_allows_it():
    version = a_procedure(process=False, term=Term.days(3))
    version.terms.update(
        text="03 ngày làm việc. Trường hợp phải xác minh thì không quá 08 ngày làm việc, nhận sau 15 giờ …"
    )
    keeper = a_keeper()
    long = [RECEIVE, EXAMINE | {"time": "7 ngày"}, SIGN, STAMP, GIVE]

    assert len(sentences(a_draft(keeper, long))) == 1
    assert sentences(a_draft(keeper, long, case="Phải xác minh")) == []
    longer = [RECEIVE, EXAMINE | {"time": "8 ngày"}, SIGN, STAMP, GIVE]
    assert len(sentences(a_draft(keeper, longer, case="Phải xác minh"))) == 1


def test_bare_days_are_of_the_calendar_where_the_term_is():
    a_procedure(process=False, term=Term.calendar_days(10))
    rows = [
        row | {"time": time}
        for row, time in zip(TABLE, ("1 ngày", "6 ngày", "1 ngày", "1 ngày", "1 ngày"), strict=True)
    ]

    assert sentences(a_draft(a_keeper(), rows)) == []


def test_a_total_that_differs_is_a_remark_and_blocks_nothing():
    a_procedure(process=False)
    draft = a_draft(a_keeper(), total="2 ngày")

    assert drafts.read(draft).remarks == [
        "Tổng thời gian ghi trong văn bản là “2 ngày” (16 giờ), cộng các bước được 10 giờ."
    ]
    assert sentences(draft) == []


# Issuing


def test_a_draft_without_failings_is_issued_and_new_dossiers_follow_it():
    version = a_procedure(process=False)
    keeper = a_keeper()
    draft = a_draft(keeper, decision="12/QĐ-UBND")

    process = drafts.issue(draft, revision=1, by=keeper, at=NOW)

    assert version.process() == process
    assert (process.number, process.decision, process.hours()) == (1, "12/QĐ-UBND", 10)
    entry = Entry.objects.get(event="process.issued")
    assert (entry.subject, entry.facts) == (version.procedure.subject, {"process": process.pk, "number": 1})


def test_a_failing_blocks_only_the_issuing_of_that_process():
    a_procedure(process=False)
    keeper = a_keeper()
    bad, good = a_draft(keeper, [RECEIVE, SIGN]), a_draft(keeper, case="Khác")

    with pytest.raises(WrongProcess, match="ít nhất ba bước"):
        drafts.issue(bad, revision=1, by=keeper, at=NOW)
    drafts.issue(good, revision=1, by=keeper, at=NOW)

    assert Process.objects.get().case == "Khác"
    bad.refresh_from_db()
    assert bad.issued is None


def test_nothing_is_issued_for_an_unknown_procedure():
    keeper = a_keeper()

    with pytest.raises(WrongProcess, match="Chưa có thủ tục đang có hiệu lực với mã “9.999999”"):
        drafts.issue(a_draft(keeper, code="9.999999"), revision=1, by=keeper, at=NOW)


def test_what_was_issued_or_put_away_is_closed():
    a_procedure(process=False)
    keeper = a_keeper()
    issued, away = a_draft(keeper), a_draft(keeper, case="Khác")
    process = drafts.issue(issued, revision=1, by=keeper, at=NOW)
    drafts.discard(away, revision=1, by=keeper, at=NOW)

    for draft in (issued, away):
        with pytest.raises(Closed):
            drafts.save(draft, revision=1, by=keeper, at=NOW, code=draft.code, rows=[])
        with pytest.raises(Closed):
            drafts.discard(draft, revision=1, by=keeper, at=NOW)
        with pytest.raises(Closed):
            drafts.issue(draft, revision=1, by=keeper, at=NOW)

    assert process.steps.count() == 5


def test_the_most_specific_process_is_chosen_and_of_these_the_newest():
    version = a_procedure(process=False)
    chosen = {}
    for channel, case in (("", ""), ("ONLINE", ""), ("", "A"), ("ONLINE", "A"), ("POST", "B")):
        chosen[channel, case] = processes.issue(version, steps(), channel=channel, case=case)
    newer = processes.issue(version, steps(), channel="ONLINE", case="A", decision="2/QĐ")

    assert version.process("ONLINE", "A") == newer
    assert version.process("DIRECT", "A") == chosen["", "A"]
    assert version.process("ONLINE", "B") == chosen["ONLINE", ""]
    assert version.process("DIRECT", "B") == version.process("DIRECT", "") == chosen["", ""]
    assert version.process("POST", "B") == chosen["POST", "B"]
    assert [process.number for process in version.own_processes()] == [1, 2, 3, 5, 6]


def test_processes_of_other_cases_leave_the_general_one_to_the_rest():
    version = a_procedure(process=False)
    general = processes.general(version)
    own = processes.issue(version, steps(), case="A")

    assert version.process("DIRECT", "") == general
    assert version.process("DIRECT", "A") == own


def test_the_variants_go_over_to_the_next_version():
    version = a_procedure(process=False)
    for case in ("", "A"):
        processes.issue(version, steps(), case=case, decision="1/QĐ")

    after = a_procedure(process=False, valid_from=NOW.date(), name="Tên khác")

    assert [(one.number, one.case, one.decision) for one in after.own_processes()] == [
        (1, "", "1/QĐ"),
        (2, "A", "1/QĐ"),
    ]


def test_a_version_published_for_a_day_to_come_takes_what_is_issued_meanwhile():
    version = a_procedure()
    tomorrow = timezone.localdate() + timedelta(days=1)
    publish([replace(told_of(version), name="Tên khác")], day=tomorrow)
    keeper = a_keeper()

    process = drafts.issue(a_draft(keeper), revision=1, by=keeper, at=NOW)

    later = ProcedureVersion.objects.get(valid_from=tomorrow)
    assert processes.rows(later.process()) == processes.rows(process)
    assert (process.version, process.number, later.process().number) == (version, 2, 2)


def test_an_issued_table_can_be_written_on_from():
    version = a_procedure()

    rows = drafts.rows_again(version.process())

    assert [(row["work"], row["time"]) for row in rows][1] == ("Thẩm định, dự thảo kết quả", "2 giờ")
    assert sentences(a_draft(a_keeper(), rows)) == []


def test_a_new_term_is_held_against_the_drafts_that_wait():
    a_procedure(process=False, term=Term.days(1))
    keeper = a_keeper()
    draft = a_draft(keeper)
    assert draft.lacks == 1

    told = told_of(ProcedureVersion.objects.get())
    longer = [term | {"amount": 5} for term in told.terms]
    publish([replace(told, terms=longer)], day=timezone.localdate(), by=keeper, at=NOW)
    run_jobs()

    draft.refresh_from_db()
    assert (draft.lacks, draft.revision) == (0, 1)


# Bringing in


def test_the_same_file_brought_in_twice_lies_there_once():
    a_procedure(process=False)
    keeper, found = a_keeper(), Found(code="1.001193", title="Việc mẫu", rows=TABLE, where="Bảng 1")

    first, _ = drafts.take([found], by=keeper, at=NOW, source="a.docx")
    again, known = drafts.take([found, replace(found, case="Khác")], by=keeper, at=NOW, source="a.docx")

    assert [draft.source for draft in first] == ["a.docx – Bảng 1"]
    assert ([draft.case for draft in again], known) == (["Khác"], 1)


def test_another_agency_is_found_in_the_words_and_ones_own_is_none():
    own, other = a_department(), a_department("Sở Tài chính")
    a_procedure("1.000001", agency=own, level=Level.PROVINCE, process=False)
    rows = [
        EXAMINE | {"who": "Chuyên viên Sở Tài chính"},
        ROW | {"who": "Sở Tư pháp", "agency": "Sở Tư pháp"},
        EXAMINE | {"who": "Chuyên viên"},
    ]

    (draft,), _ = drafts.take([Found(code="1.000001", rows=rows)], by=an_editor(own), at=NOW, source="a.csv")

    assert [row["agency"] for row in draft.rows] == [other.name, "", ""]


@pytest.mark.skipif(not REAL.exists(), reason="the folder ../shared/data is not here")
def test_all_real_processes_become_drafts_and_only_failing_ones_are_blocked():
    keeper = a_keeper()
    with REAL.open("rb") as file:
        found = reading.read(REAL.name, file)
    terms = {}
    for one in found:
        terms.setdefault(one.code, [])
        if hours := words.hours(one.total):
            terms[one.code].append(int(hours / 8))
    for code, days in terms.items():
        if code:
            version = a_procedure(code, process=False, term=Term.days(min(days)) if days else None)
            version.terms.update(text="; ".join(f"{day} ngày làm việc" for day in days))

    taken, known = drafts.take(found, by=keeper, at=NOW, source=REAL.name)

    assert (len(taken), known) == (49, 0)
    assert len({draft.source for draft in taken}) == 35
    issued = 0
    for draft in taken:
        reasons = sentences(draft)
        assert draft.lacks == len(reasons)
        assert all(reason.endswith(".") for reason in reasons)
        if reasons:
            with pytest.raises(WrongProcess):
                drafts.issue(draft, revision=1, by=keeper, at=NOW)
        else:
            issued += drafts.issue(draft, revision=1, by=keeper, at=NOW).number > 0
    assert issued == Process.objects.count() == sum(not draft.lacks for draft in taken)
    assert issued >= 29
