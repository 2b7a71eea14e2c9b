"""Finding, following and reading what happened (tìm, tra cứu, diễn biến)."""

import pytest

from motcua.dossiers import following, intake, timeline
from motcua.dossiers.models import Dossier, State
from motcua.dossiers.searching import find
from motcua.dossiers.testing import MONDAY, a_dossier, a_one_stop, a_walk_in

pytestmark = pytest.mark.django_db


def found(office, text):
    return [dossier.code for dossier in find(Dossier.objects.handled_by(office.reception), text)]


def test_any_part_that_somebody_remembers_finds_the_dossier():
    office = a_one_stop()
    dossier = a_dossier(office, State.ACCEPTED, phone="0912345678", owner_name="Nguyễn Thị Ánh Tuyết")
    a_walk_in(office, owner_name="Ma Văn Đức", phone="0987654321", owner_id_number="008085000001")

    for text in (
        dossier.code,
        dossier.code.lower(),
        "231023-0001",
        "nguyen thi anh tuyet",
        "Nguyễn Thị Ánh Tuyết",  # combining marks
        "anh tuyet nguyen",
        "0912345678",
        "345678",
        "008885123456",
    ):
        assert found(office, text) == [dossier.code], text


def test_nothing_typed_finds_nothing():
    office = a_one_stop()
    a_dossier(office, State.ACCEPTED)

    for text in ("", "  ", "a", "%", "_", "không có ai"):
        assert found(office, text) == []


def test_a_search_stays_inside_the_officers_own_queryset():
    office, other = a_one_stop(), a_one_stop("Ủy ban nhân dân xã Minh Hương", code="1.000894")
    dossier = a_dossier(office, State.ACCEPTED)

    assert found(other, dossier.code) == []


def test_a_dossier_is_followed_by_its_code_and_a_second_fact():
    office = a_one_stop()
    dossier = a_dossier(
        office, State.ACCEPTED, phone="0912345678", owner_id_number="008085001234", owner_birth_date=MONDAY.date()
    )

    for fact in ("5678", " 56 78", "0912345678", "1234", "23/10/2023", "2023-10-23"):
        assert following.follow(dossier.code.lower() + " ", fact) == dossier, fact


def test_every_failure_to_follow_reads_the_same():
    office = a_one_stop()
    dossier = a_dossier(office, State.ACCEPTED, phone="0912345678")
    nameless = a_walk_in(office, phone="", owner_id_number="")
    draft = a_dossier(office, State.DRAFT)
    sentences = set()

    for code, fact in (
        (dossier.code, "0000"),
        (dossier.code, "678"),
        (dossier.code, ""),
        (dossier.code, "９９９９"),
        (nameless.code, ""),
        (nameless.code, "0000"),
        ("000.00.00.H60-231023-9999", "5678"),
        ("", "5678"),
        (str(draft.public_id), "5678"),
    ):
        with pytest.raises(following.NotFollowed) as refusal:
            following.follow(code, fact)
        sentences.add(str(refusal.value))

    assert len(sentences) == 1


def test_the_timeline_tells_the_journal_in_words(django_assert_num_queries):
    office = a_one_stop()
    dossier = a_dossier(office, State.RETURNED)

    with django_assert_num_queries(3):
        lines = timeline.lines(dossier)

    assert [line.text for line in lines] == [
        "Bắt đầu soạn hồ sơ",
        "Nộp hồ sơ trực tuyến",
        "Tiếp nhận hồ sơ, hẹn ngày trả kết quả",
        "Chuyển đến cơ quan giải quyết",
        "Hoàn thành bước",
        "Phê duyệt kết quả",
        "Có kết quả tại nơi trả kết quả",
        "Đã trả kết quả",
    ]
    assert lines[4].who == "Hoàng Văn Hùng"
    assert lines[4].unit == "Công chức Tư pháp - Hộ tịch"
    assert lines[4].work == "Thẩm định, dự thảo kết quả"


def test_every_line_of_the_journal_has_its_words():
    from motcua.dossiers.lifecycle import DONE

    assert timeline.TOLD.keys() == DONE.keys()
    assert timeline.KINDS.keys() <= DONE.keys()


@pytest.mark.parametrize(
    ("state", "current"),
    [
        (State.SUBMITTED, "Tiếp nhận"),
        (State.IN_PROGRESS, "Giải quyết"),
        (State.READY, "Trả kết quả"),
        (State.RETURNED, None),
        (State.REFUSED, "Tiếp nhận"),
        (State.STOPPED, "Giải quyết"),
    ],
)
def test_the_stepper_stands_where_the_dossier_is(state, current):
    dossier = a_dossier(a_one_stop(), state)

    steps = timeline.progress(dossier)

    assert next((step["label"] for step in steps if step["state"] == "current"), None) == current


def test_whose_turn_it_is_names_the_unit_that_holds_the_dossier():
    office = a_one_stop()

    assert timeline.turn(a_dossier(office, State.IN_PROGRESS)) == "Công chức Tư pháp - Hộ tịch"
    assert timeline.turn(a_dossier(office, State.AWAITING_APPLICANT)) == "Người nộp"
    assert timeline.turn(a_dossier(office, State.RETURNED)) == ""


def test_a_draft_thrown_away_is_gone_and_its_journal_stays():
    from motcua.journal.models import Entry

    office = a_one_stop()
    draft = a_dossier(office, State.DRAFT)
    subject = draft.subject

    intake.discard(draft, by=office.citizen)

    assert not Dossier.objects.exists()
    assert Entry.objects.filter(subject=subject).count() == 1
