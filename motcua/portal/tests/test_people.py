"""Acting for somebody on the portal, and dossiers that were filed together."""

from uuid import uuid4

import pytest
from django.urls import reverse

from motcua.accounts.models import Person
from motcua.accounts.testing import a_citizen, sign_in
from motcua.catalogue.testing import a_procedure
from motcua.dossiers import bundles, intake, mandates, supplement
from motcua.dossiers.bundles import Wanted
from motcua.dossiers.models import Dossier, Mandate, MandateScope, State
from motcua.dossiers.papers import Brought
from motcua.dossiers.testing import MONDAY, a_draft, a_stored_file, answers, owner
from motcua.journal.testing import events
from motcua.portal.testing import text

pytestmark = pytest.mark.django_db
OWNER_NUMBER, AGENT_NUMBER = "008885123456", "008190001111"


@pytest.fixture
def pao(office):
    Person.objects.filter(pk=office.citizen.pk).update(id_number=OWNER_NUMBER)
    return Person.objects.get(pk=office.citizen.pk)


@pytest.fixture
def mui():
    mui = a_citizen("Triệu Thị Mùi")
    Person.objects.filter(pk=mui.pk).update(id_number=AGENT_NUMBER)
    return Person.objects.get(pk=mui.pk)


def typed(mui, **told):
    named = {"agent_name": mui.full_name, "agent_id_number": "008 190 001 111", "agent_phone": mui.phone}
    return named | {"scope": "ALL", "procedure": "", "valid_to": ""} | told


def given(pao, mui, scope=MandateScope.ALL):
    return mandates.give(
        agent_name=mui.full_name,
        agent_id_number=AGENT_NUMBER,
        agent_phone=mui.phone,
        scope=scope,
        by=pao,
        at=MONDAY,
    )


def filed_for(office, pao, mui, scope=MandateScope.ALL):
    """A dossier the agent filed for its owner."""
    mandate = given(pao, mui, scope)
    office.citizen = mui
    draft = mandates.choose(a_draft(office), mandate, by=mui, at=MONDAY)
    return mandate, intake.submit(draft, by=mui, at=MONDAY)


def test_a_citizen_lets_another_account_act_and_ends_it_at_any_time(client, office, pao, mui):
    sign_in(client, pao)

    made = client.post("/uy-quyen/", typed(mui))
    mandate = Mandate.objects.get()
    assert made.url == reverse("portal:mandate", args=[mandate.public_id])
    assert (mandate.owner_account, mandate.agent_account) == (pao, mui)

    assert client.post(made.url, {"why": ""}).status_code == 422
    client.post(made.url, {"why": "Tôi tự làm được"})
    assert client.post(made.url, {"why": "Lần nữa"}).status_code == 422

    mandate.refresh_from_db()
    assert mandate.ended_why == "Tôi tự làm được"
    assert events(mandate) == ["mandate.given", "mandate.ended"]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"agent_name": "Triệu Thị Mai"}, "Không tìm thấy tài khoản"),
        ({"agent_phone": "0999 999 999"}, "Không tìm thấy tài khoản"),
        ({"agent_id_number": "12345"}, "Số định danh gồm 12 chữ số"),
        ({"procedure": "9.999999"}, "Không có thủ tục nào mang mã này"),
        ({"valid_to": "2023-10-01"}, "Ngày hết hạn ủy quyền phải từ hôm nay"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_given(client, office, pao, mui, wrong, sentence):
    sign_in(client, pao)

    response = client.post("/uy-quyen/", typed(mui, **wrong))

    assert response.status_code == 422 and sentence in text(response)
    assert not Mandate.objects.exists()


def test_an_account_without_a_number_is_told_to_add_it_first(client, mui):
    sign_in(client, a_citizen("Không Có Số"))

    assert "bổ sung số định danh" in text(client.get("/uy-quyen/"))
    assert client.post("/uy-quyen/", typed(mui)).status_code == 422
    assert not Mandate.objects.exists()


def test_only_who_gave_it_opens_its_page(client, office, pao, mui):
    here = reverse("portal:mandate", args=[given(pao, mui).public_id])

    for stranger in (mui, a_citizen("Kẻ khác")):
        sign_in(client, stranger)
        assert client.get(here).status_code == 404
        assert client.post(here, {"why": "x"}).status_code == 404
    assert Mandate.objects.get().ended_at is None


def test_an_agent_chooses_for_whom_the_draft_is_filed(client, office, pao, mui):
    mandate = given(pao, mui)
    office.citizen = mui
    draft = intake.begin(office.version, agency=office.agency, by=mui, at=MONDAY)
    sign_in(client, mui)
    here = reverse("portal:draft_mandate", args=[draft.public_id])

    assert here in text(client.get(reverse("portal:draft_whose", args=[draft.public_id])))
    assert pao.full_name in text(client.get(here))
    assert client.post(here, {"mandate": str(uuid4())}).status_code == 422
    client.post(here, {"mandate": str(mandate.public_id)})

    draft.refresh_from_db()
    assert (draft.mandate, draft.owner_name, draft.submitter_name) == (mandate, pao.full_name, mui.full_name)


def test_the_owner_sees_the_dossier_and_every_act_and_a_stranger_nothing(client, office, pao, mui):
    mandate, dossier = filed_for(office, pao, mui)
    page, acts = reverse("portal:dossier", args=[dossier.code]), reverse("portal:mandate", args=[mandate.public_id])
    sign_in(client, pao)

    assert f"{mui.full_name} nộp theo ủy quyền của {pao.full_name}." in text(client.get(page))
    assert dossier.code in text(client.get(acts)) and "Nộp hồ sơ" in text(client.get(acts))
    sign_in(client, a_citizen("Kẻ khác"))
    assert client.get(page).status_code == 404


def test_what_an_agent_filed_stands_apart_in_the_list_of_who_let_them(client, office, pao, mui):
    _mandate, dossier = filed_for(office, pao, mui)
    sign_in(client, pao)
    theirs = text(client.get(reverse("portal:mine")))
    sign_in(client, mui)
    agents = text(client.get(reverse("portal:mine")))

    assert "Người khác nộp thay bạn" in theirs and dossier.code in theirs and "Bạn chưa có hồ sơ nào" not in theirs
    assert "Người khác nộp thay bạn" not in agents and dossier.code in agents


def test_an_agent_completes_a_dossier_only_as_far_as_the_mandate_goes(office, pao, mui):
    ended, dossier = filed_for(office, pao, mui)
    item = supplement.Item("Ghi rõ nơi sinh")
    dossier = supplement.request(dossier, items=[item], reason="Thiếu.", by=office.reception, at=MONDAY)
    mandates.end(ended, why="Tôi tự làm", by=pao, at=MONDAY)

    with pytest.raises(mandates.NoMandate, match="đã chấm dứt"):
        supplement.answer(dossier, by=mui, at=MONDAY)

    dossier.refresh_from_db()
    assert dossier.state == State.AWAITING_COMPLETION
    assert events(ended)[-1] == "mandate.ended"


def test_completing_under_a_mandate_is_told_to_who_gave_it(office, pao, mui):
    mandate, dossier = filed_for(office, pao, mui)
    item = supplement.Item("Ghi rõ nơi sinh")
    dossier = supplement.request(dossier, items=[item], reason="Thiếu.", by=office.reception, at=MONDAY)

    supplement.answer(dossier, by=mui, at=MONDAY)

    assert [act["what"] for act in mandates.acts(mandate)] == ["Bổ sung hồ sơ", "Nộp hồ sơ", "Ủy quyền"]


# Together -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def bundle(office):
    residence = a_procedure("1.004222", name="Đăng ký thường trú", field="Cư trú")
    wanted = [
        Wanted(one, office.agency, [Brought(c, c.name, 1, 0) for c in one.components.all()], answers(one))
        for one in (office.version, residence)
    ]
    facts = {key: value for key, value in owner(office).items() if key != "form"}
    return bundles.receive_together(wanted, public_id=uuid4(), by=office.reception, at=MONDAY, **facts)


def test_whoever_follows_one_child_sees_the_whole_bundle_and_its_story(client, bundle):
    first, second = bundle.dossiers.order_by("pk")
    client.post("/tra-cuu/", {"code": first.code, "second_fact": first.phone[-4:]})

    here = reverse("portal:bundle", args=[bundle.public_id])
    shown = text(client.get(here))

    assert here in text(client.get(reverse("portal:dossier", args=[first.code])))
    assert first.code in shown and second.code in shown
    assert shown.count("Tiếp nhận hồ sơ, hẹn ngày trả kết quả") == 2
    assert reverse("portal:dossier", args=[second.code]) not in shown  # its own page asks its own second fact


def test_a_stranger_finds_no_bundle(client, bundle):
    here = reverse("portal:bundle", args=[bundle.public_id])

    assert client.get(here).status_code == 404
    sign_in(client, a_citizen("Kẻ khác"))
    assert client.get(here).status_code == 404
    assert Dossier.objects.filter(bundle=bundle).count() == 2


def test_the_paper_of_a_counter_opens_no_dossier_to_an_account(client, office, mui):
    dossier = a_draft(office)
    dossier = intake.submit(dossier, by=office.citizen, at=MONDAY)
    mandates.record_paper(
        dossier,
        agent_name=mui.full_name,
        agent_id_number=AGENT_NUMBER,
        scope=MandateScope.ALL,
        paper=a_stored_file(),
        paper_name="giay.pdf",
        by=office.reception,
        at=MONDAY,
    )
    sign_in(client, mui)

    assert client.get(reverse("portal:dossier", args=[dossier.code])).status_code == 404
