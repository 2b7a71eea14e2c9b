"""A client that a public generator writes from the description files a dossier and follows it to its result."""

import importlib
import json
import subprocess
import sys
from io import BytesIO

import httpx
import pytest

from motcua.api.scopes import TOKEN_URL
from motcua.api.testing import a_system
from motcua.catalogue.testing import ANSWERS
from motcua.dossiers import intake
from motcua.dossiers.models import Dossier, State
from motcua.dossiers.testing import MONDAY, PDF, a_one_stop, it_is

# Told to the generator: what it does not know is read as bytes, and nothing of it is set anew.
CONFIG = {
    "content_type_overrides": {"application/pdf": "application/octet-stream"},
    "post_hooks": [],
    "project_name_override": "generated",
}


@pytest.fixture
def generated(tmp_path, monkeypatch):
    """Generate the client from this description, and import it from there."""

    def generate(description):
        config, written = tmp_path / "config.json", tmp_path / "generated_client"
        config.write_text(json.dumps(CONFIG))
        said = subprocess.run(
            [sys.executable, "-m", "openapi_python_client", "generate", "--url", description]
            + ["--meta", "none", "--output-path", str(written), "--config", str(config), "--fail-on-warning"],
            capture_output=True,
            text=True,
        )
        assert said.returncode == 0, said.stdout + said.stderr
        monkeypatch.syspath_prepend(tmp_path)
        return lambda name: importlib.import_module(f"generated_client.{name}")

    yield generate
    for name in [name for name in sys.modules if name.startswith("generated_client")]:
        del sys.modules[name]


def test_a_generated_client_files_and_follows_a_dossier(live_server, generated, monkeypatch):
    it_is(monkeypatch, MONDAY)
    office, system = a_one_stop(), a_system()
    part = generated(f"{live_server.url}/api/v1/openapi.json")
    models = part("models")
    asked = {"grant_type": "client_credentials"}
    key = httpx.post(live_server.url + TOKEN_URL, data=asked, auth=(system.client.client_id, system.secret)).json()
    client = part("client").AuthenticatedClient(base_url=live_server.url, token=key["access_token"])

    def call(tag, name, *args, **named):
        answer = part(f"api.{tag}.{name}").sync_detailed(*args, client=client, **named)
        assert answer.status_code < 300, answer.content
        return answer.parsed

    procedure = call("catalogue", "procedure", office.version.procedure.code)
    file = part("types").File(payload=BytesIO(PDF), file_name="chung-sinh.pdf")
    paper = call("filing", "send_paper", body=models.SendPaperFileParams(file=file), idempotency_key="1")
    filing = models.FilingSent(
        procedure=procedure.code,
        agency=office.agency.identifier,
        owner=models.OwnerSent(name="Lý A Pao", address="Thôn Khuổi Phát, xã Hùng Đức"),
        contact=models.ContactSent(phone="0912345678"),
        answers=models.FilingSentAnswers.from_dict(ANSWERS),
        papers=[
            models.PaperSent(component="chung_sinh", files=[paper.id]),
            models.PaperSent(component="giay_to_tuy_than", bring_later=True),
        ],
    )
    filed = call("filing", "file_dossier", body=filing, idempotency_key="2")
    again = call("filing", "file_dossier", body=filing, idempotency_key="2")
    intake.accept(Dossier.objects.get(code=filed.code), by=office.reception, at=MONDAY)

    assert again.code == filed.code
    assert [one.code for one in call("following", "dossiers").items] == [filed.code]
    followed = call("following", "dossier", filed.code)
    assert (followed.state, followed.turn) == (State.ACCEPTED, "Bộ phận Một cửa")
    assert followed.due_at == followed.first_due_at
    content = call("following", "paper", filed.code, followed.papers[0].files[0].id)
    assert content.payload.read() == PDF
    refused = part("api.filing.withdraw").sync(
        filed.code, client=client, body=models.WithdrawalSent(reason="Nhầm."), idempotency_key="3"
    )
    assert isinstance(refused, models.Problem) and refused.status == 422
