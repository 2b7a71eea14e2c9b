"""Whatever is sent, the API answers as its description says: a public tool tries all of it (schemathesis)."""

import subprocess
import sys

import pytest

from motcua.api.testing import a_filing, a_system
from motcua.dossiers.models import Dossier
from motcua.dossiers.testing import MONDAY, a_dossier, a_one_stop, it_is

# The same each time, and bounded so that it takes seconds; rules refuse what no description can tell.
CONFIG = """
[generation]
database = "none"
deterministic = true
max-examples = 10
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "403", "404", "409", "422"]
[[operations]]
include-path-regex = "^/api/v1/dossiers/"
parameters = {{ "path.code" = "{dossier}" }}
[[operations]]
include-path-regex = "^/api/v1/procedures/"
parameters = {{ "path.code" = "{procedure}" }}
"""


@pytest.mark.long
def test_whatever_is_sent_is_answered_as_described(live_server, tmp_path, monkeypatch):
    it_is(monkeypatch, MONDAY)
    office = a_one_stop()
    system = a_system(agency=office.agency, requests_a_minute=1_000_000)
    a_dossier(office)
    system.post("dossiers", a_filing(office, system))
    dossier = Dossier.objects.of_account(system.person).get()
    config = tmp_path / "schemathesis.toml"
    config.write_text(CONFIG.format(dossier=dossier.code, procedure=office.version.procedure.code))

    said = subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", "--config-file", str(config)]
        + ["run", f"{live_server.url}/api/v1/openapi.json", "-H", f"Authorization: Bearer {system.key}"]
        + ["--phases", "examples,fuzzing,stateful"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )

    assert said.returncode == 0, said.stdout
    assert "Test cases:" in said.stdout  # it tried, and did not merely find nothing to try
