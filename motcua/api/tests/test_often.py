"""Whoever reads without end from one address is asked to wait, with the time to wait (RFC 9110 Retry-After)."""

import pytest

from motcua.accounts import attempts

pytestmark = pytest.mark.django_db


def test_who_reads_without_end_is_told_how_long_to_wait(client, monkeypatch):
    monkeypatch.setattr(attempts, "one_in", lambda many: True)
    reads = [client.get("/api/v1/fields") for _ in range(301)]

    assert {answer.status_code for answer in reads[:300]} == {200}
    assert reads[300].status_code == 429
    assert reads[300]["Content-Type"] == "application/problem+json"
    assert 0 < int(reads[300]["Retry-After"]) <= 600
    assert client.get("/api/v1/fields", REMOTE_ADDR="198.51.100.4").status_code == 200
