"""What is made of what the tools say; they themselves are put there by ./run and asked for nothing here."""

import pytest

from motcua.auditing import FOUND, NOT_KNOWN, judged, weighed

KNOWN = {"name": "django", "version": "5.2.19", "vulns": []}
HOLED = {"name": "pillow", "version": "1.0", "vulns": [{"id": "PYSEC-2030-1", "fix_versions": ["1.1"]}]}
NOT_ASKED = {"name": "asgiref", "skip_reason": "Dependency not found"}


@pytest.mark.parametrize(
    ("packages", "code", "words"),
    [
        ([KNOWN], 0, "1 gói, không gói nào có lỗ hổng"),
        ([KNOWN, HOLED, NOT_ASKED], FOUND, "pillow 1.0: PYSEC-2030-1"),
        # The tool itself says “no known vulnerabilities found” and ends with 0 here.
        ([KNOWN, NOT_ASKED], NOT_KNOWN, "không trả lời về 1/2 gói, nên CHƯA biết"),
        ([], NOT_KNOWN, "CHƯA biết"),
    ],
)
def test_a_package_nobody_could_be_asked_about_is_not_called_safe(packages, code, words, capsys):
    assert judged({"dependencies": packages}) == code

    assert words in capsys.readouterr().out


def test_what_a_scanner_finds_counts_but_for_what_is_known_at_its_place(capsys):
    def found(path):
        return {"method": "POST", "path": path}

    report = {
        "vulnerabilities": {
            "Cross Site Request Forgery": [found("/ngon-ngu/"), found("/dang-nhap/")],
            "SQL Injection": [],
        },
        "anomalies": {"Internal Server Error": [found("/tim-kiem/"), found("/tim-kiem/")]},
    }

    assert weighed(report, "visitor") == {
        "visitor: Cross Site Request Forgery POST /dang-nhap/": 1,
        "visitor: Internal Server Error POST /tim-kiem/": 2,
    }
    assert "đã biết: Cross Site Request Forgery /ngon-ngu/ – chỉ chọn ngôn ngữ" in capsys.readouterr().out
