"""Keepers look after the words people say, and settle what people did not find."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from motcua.accounts.permissions import Role
from motcua.accounts.testing import an_officer, sign_in
from motcua.catalogue import feedback, searching, synonyms
from motcua.catalogue.models import SearchFeedback, Synonym
from motcua.catalogue.testing import a_keeper, a_procedure, a_synonym, an_editor
from motcua.journal.models import Entry
from motcua.organisations.testing import a_unit, an_agency

pytestmark = pytest.mark.django_db

LIST = "/motcua/danh-muc/tu-dong-nghia/"
FEEDBACK = "/motcua/danh-muc/y-kien-tra-cuu/"


@pytest.fixture
def thu(client):
    thu = a_keeper()
    sign_in(client, thu)
    return thu


def page_of(synonym):
    return reverse("catalogue:synonym", args=[synonym.pk])


def events(subject):
    return list(Entry.objects.filter(subject=subject.subject).values_list("event", flat=True))


def text(answer):
    return answer.content.decode()


# Synonyms


def test_the_list_is_searched_without_marks_and_paged_by_letters(client, thu):
    for n in range(60):
        a_synonym(f"từ số {n:02d}", "khai sinh")
    a_synonym("bìa đỏ", "giấy chứng nhận")

    first = text(client.get(LIST))
    after = re.search(r'href="(\?tim=&amp;sau=[^"]+)"', first)[1].replace("&amp;", "&")

    assert "bìa đỏ" in text(client.get(LIST, {"tim": "bia do"}))
    assert "từ số 00" in first and "từ số 59" not in first
    assert "từ số 59" in text(client.get(LIST + after))


def test_a_new_word_is_found_by_at_once_and_is_a_line_of_the_journal(client, thu):
    a_procedure("1.012783", name="Cấp đổi Giấy chứng nhận quyền sử dụng đất", process=False)

    client.post(LIST, {"said": "Bìa  Đỏ", "means": "giấy chứng nhận quyền sử dụng đất"})

    synonym = Synonym.objects.get()
    assert (synonym.said, synonym.said_folded, synonym.changed_by) == ("bìa đỏ", "bia do", thu)
    assert events(synonym) == ["synonym.added"]
    assert searching.search("bia do", day=timezone.localdate())[0].code == "1.012783"


def test_a_word_is_tried_before_it_is_kept(client, thu):
    a_procedure("1.012783", name="Cấp đổi Giấy chứng nhận quyền sử dụng đất", process=False)

    answer = client.post(
        LIST, {"said": "bìa đỏ", "means": "giấy chứng nhận quyền sử dụng đất", "trial": "làm bìa đỏ", "thu": "1"}
    )

    assert "Nếu lưu, “làm bìa đỏ” sẽ ra" in text(answer)
    assert "“bìa đỏ” = giấy chứng nhận quyền sử dụng đất" in text(answer)
    assert 'value="bìa đỏ"' in text(answer)  # what was typed stays
    assert not Synonym.objects.exists() and not Entry.objects.filter(event="synonym.added").exists()


def test_the_same_word_twice_is_refused_with_a_sentence(client, thu):
    a_synonym("bìa đỏ", "giấy chứng nhận")

    answer = client.post(LIST, {"said": "Bìa đỏ", "means": "khác hẳn"})

    assert answer.status_code == 422
    assert "Từ này đã có trong danh sách" in text(answer) and "khác hẳn" in text(answer)
    assert Synonym.objects.get().means == "giấy chứng nhận"


@pytest.mark.parametrize(
    ("said", "means"), [("?!", "khai sinh"), ("khai sinh", "…"), ("a b c d e f g h i", "khai sinh")]
)
def test_what_says_nothing_or_too_much_is_refused(client, thu, said, means):
    assert client.post(LIST, {"said": said, "means": means}).status_code == 422
    assert not Synonym.objects.exists()


def test_a_line_is_changed_and_removed(client, thu):
    synonym = a_synonym("bìa đỏ", "giấy chứng nhận")

    client.post(page_of(synonym), {"said": "bìa đỏ", "means": "quyền sử dụng đất", "seen": ""})
    synonym.refresh_from_db()
    assert synonym.means == "quyền sử dụng đất"

    client.post(reverse("catalogue:synonym_remove", args=[synonym.pk]), {"seen": synonyms.state(synonym)})
    assert client.get(page_of(synonym)).status_code == 404
    assert events(synonym) == ["synonym.changed", "synonym.removed"]


def test_a_removed_line_does_not_come_back_with_the_next_loading_but_by_hand(thu):
    now = timezone.now()
    synonyms.load()
    synonym = Synonym.objects.get(said="bìa đỏ")
    synonyms.remove(synonym, seen="", by=thu, at=now)

    assert synonyms.load() == 0
    synonym.refresh_from_db()
    assert synonym.removed_at
    assert synonyms.add("bìa đỏ", "giấy chứng nhận", by=thu, at=now).pk == synonym.pk


def test_loading_again_keeps_what_the_office_changed_and_renews_the_rest(thu):
    synonyms.load()
    ours, theirs = Synonym.objects.get(said="bìa đỏ"), Synonym.objects.get(said="sổ đỏ")
    synonyms.change(ours, "bìa đỏ", "nghĩa của ta", seen="", by=thu, at=timezone.now())
    Synonym.objects.filter(pk=theirs.pk).update(means="nghĩa cũ")

    assert synonyms.load() == 1

    ours.refresh_from_db(), theirs.refresh_from_db()
    assert ours.means == "nghĩa của ta" and theirs.means != "nghĩa cũ"


def test_of_two_editors_at_once_the_second_is_told_and_loses_nothing(client, thu):
    synonym = a_synonym("bìa đỏ", "giấy chứng nhận")
    phuc = an_editor(an_agency("Sở Tư pháp"))
    synonyms.change(synonym, "bìa đỏ", "nghĩa của Phúc", seen="", by=phuc, at=timezone.now())

    answer = client.post(page_of(synonym), {"said": "bìa đỏ", "means": "nghĩa của Thu", "seen": ""})

    assert answer.status_code == 422
    assert "vừa được sửa bởi Bàn Văn Phúc" in text(answer)
    assert "nghĩa của Phúc" in text(answer) and 'value="nghĩa của Thu"' in text(answer)
    synonym.refresh_from_db()
    assert synonym.means == "nghĩa của Phúc"

    seen = re.search(r'name="seen" value="([^"]+)"', text(answer))[1]
    client.post(page_of(synonym), {"said": "bìa đỏ", "means": "nghĩa của Thu", "seen": seen})
    synonym.refresh_from_db()
    assert synonym.means == "nghĩa của Thu"


def test_what_another_changed_is_not_removed_unseen(client, thu):
    synonym = a_synonym("bìa đỏ", "giấy chứng nhận")
    synonyms.change(synonym, "bìa đỏ", "mới", seen="", by=an_editor(an_agency()), at=timezone.now())

    answer = client.post(reverse("catalogue:synonym_remove", args=[synonym.pk]), {"seen": ""}, follow=True)

    assert "vừa được sửa" in text(answer)
    assert Synonym.objects.get().removed_at is None


# Feedback


def a_feedback(typed="làm bìa", **told):
    return SearchFeedback.objects.create(typed=typed, at=told.pop("at", timezone.now()), **told)


def test_open_feedback_is_listed_newest_or_most_frequent_first(client, thu):
    a_procedure("1.001193", name="Đăng ký khai sinh", process=False)
    a_feedback("hay hỏi", times=9, at=timezone.now() - timedelta(days=3), shown=["1.001193"], wanted="sửa tên con")
    a_feedback("mới hỏi", times=1)

    newest, often = text(client.get(FEEDBACK)), text(client.get(FEEDBACK, {"xep": "nhieu"}))

    assert newest.index("mới hỏi") < newest.index("hay hỏi")
    assert often.index("hay hỏi") < often.index("mới hỏi")
    assert "Đăng ký khai sinh" in newest and "sửa tên con" in newest


@pytest.mark.parametrize("order", ["", "nhieu"])
def test_pages_of_feedback_follow_each_other(client, thu, order):
    for n in range(70):
        a_feedback(f"việc {n:02d}.", times=n % 3 + 1)

    seen, address = [], f"?xep={order}"
    while address:
        page = text(client.get(FEEDBACK + address))
        seen += re.findall(r"<strong>(việc \d\d\.)</strong>", page)
        further = re.search(r'href="(\?xep=[a-z]*&amp;sau=[^"]+)"', page)
        address = further and further[1].replace("&amp;", "&")

    assert len(seen) == len(set(seen)) == 70


def test_feedback_opens_as_a_new_synonym(client, thu):
    told = a_feedback("làm bìa", wanted="cấp sổ đỏ")

    assert f"?noi=l%C3%A0m%20b%C3%ACa&amp;y-kien={told.pk}" in text(client.get(FEEDBACK))
    page = text(client.get(LIST, {"noi": "làm bìa", "y-kien": told.pk}))

    assert 'value="làm bìa"' in page and "cần: cấp sổ đỏ" in page


def test_feedback_is_settled_once_with_what_was_done(client, thu):
    told = a_feedback()

    client.post(reverse("catalogue:feedback_settle", args=[told.pk]), {"answer": "Đã thêm từ đồng nghĩa"})
    again = client.post(reverse("catalogue:feedback_settle", args=[told.pk]), {"answer": "Lần nữa"}, follow=True)

    told.refresh_from_db()
    assert (told.answer, told.settled_by) == ("Đã thêm từ đồng nghĩa", thu)
    assert "vừa được người khác xử lý xong" in text(again)
    assert "làm bìa" not in text(client.get(FEEDBACK))
    assert "Đã thêm từ đồng nghĩa" in text(client.get(FEEDBACK, {"xep": "xong"}))
    assert events(told) == ["feedback.settled"]


def test_settling_says_what_was_done(thu):
    told = a_feedback()

    with pytest.raises(feedback.SaysNothing):
        feedback.settle(told, "  ", by=thu, at=timezone.now())

    assert SearchFeedback.objects.get().settled_at is None


def test_whoever_does_not_keep_the_catalogue_stays_outside(client):
    synonym, told = a_synonym(), a_feedback()
    sign_in(client, an_officer(a_unit(an_agency()), Role.PROCESSING_OFFICER))

    for address in (LIST, page_of(synonym), FEEDBACK):
        assert client.get(address).status_code == 403
    for address in (
        LIST,
        page_of(synonym),
        reverse("catalogue:synonym_remove", args=[synonym.pk]),
        reverse("catalogue:feedback_settle", args=[told.pk]),
    ):
        assert client.post(address, {"said": "x", "means": "y", "answer": "z"}).status_code == 403
    assert Synonym.objects.get().means == "giấy chứng nhận quyền sử dụng đất"
    assert SearchFeedback.objects.get().settled_at is None


def test_an_editor_of_one_agency_may_keep_the_words_too(client):
    sign_in(client, an_editor(an_agency("Sở Tư pháp")))

    assert client.get(LIST).status_code == 200
    assert client.post(LIST, {"said": "hôn thú", "means": "kết hôn"}).status_code == 302
