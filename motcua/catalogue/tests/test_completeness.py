"""A procedure says which of its seven parts are missing."""

import pytest

from motcua.catalogue import completeness
from motcua.catalogue.models import ProcedureVersion
from motcua.catalogue.publishing import Told, told_of
from motcua.catalogue.testing import a_procedure

WHOLE = {
    "name": "Đăng ký khai sinh",
    "sequence": "Nộp hồ sơ.",
    "terms": [{"channel": "DIRECT", "amount": 5, "unit": "WORKING_DAYS"}],
    "components": [{"position": 1, "key": "giay_1", "name": "Giấy chứng sinh"}],
    "subjects": ["Công dân Việt Nam"],
    "agency_text": "Ủy ban nhân dân cấp xã",
}


def told(**changed):
    return Told(**{"code": "1.001193", "field": "Hộ tịch", "level": "COMMUNE", **WHOLE, **changed})


def test_a_whole_procedure_misses_nothing():
    assert completeness.missing(told()) == []


@pytest.mark.parametrize(
    ("left_out", "missing"),
    [
        ({"name": ""}, ["name"]),
        ({"sequence": ""}, ["sequence"]),
        ({"terms": []}, ["channels", "terms"]),
        ({"terms": [{"channel": "DIRECT", "amount": None, "unit": ""}]}, ["terms"]),
        ({"components": []}, ["components"]),
        ({"subjects": []}, ["subjects"]),
        ({"agency_text": ""}, ["agency"]),
    ],
)
def test_each_part_left_out_is_named(left_out, missing):
    assert completeness.missing(told(**left_out)) == missing


@pytest.mark.django_db
def test_the_list_and_the_question_agree():
    whole = {"sequence": "Nộp.", "subjects": ["Công dân"], "agency_text": "UBND cấp xã"}
    a_procedure("1.000001", **whole)
    a_procedure("1.000002", **whole | {"sequence": ""})
    a_procedure("1.000003", term=None, **whole)
    a_procedure("1.000004", components=(), **whole)
    a_procedure("1.000005", **whole | {"subjects": []})
    a_procedure("1.000006", **whole | {"agency_text": ""})

    listed = set(completeness.incomplete(ProcedureVersion.objects.all()))

    assert listed == {v for v in ProcedureVersion.objects.all() if completeness.missing(told_of(v))}
    assert len(listed) == 5
