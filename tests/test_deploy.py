"""The units and the container file start what is there, and what they start says that it is ready."""

import configparser
import http.client
import json
import os
import re
import shlex
import subprocess
import sys
import time

import pytest
from django.db import connection

from motcua.__main__ import PLAIN
from motcua.serving import ROOT
from tests.test_commands import a_free_port, surroundings

DEPLOY = ROOT / "deploy"
UNITS = sorted(DEPLOY.glob("systemd/*.service"))


def started_by(unit):
    """The words a unit starts with, paths as in this checkout."""
    told = configparser.ConfigParser(strict=False, interpolation=None)
    told.optionxform = str
    told.read(unit)
    return shlex.split(told["Service"]["ExecStart"].replace("/srv/motcua", str(ROOT)))


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_starts_a_command_there_is(unit):
    program, *words = started_by(unit)

    assert program in (str(ROOT / "run"), str(ROOT / ".venv/bin/python"))
    assert words[-1] in PLAIN and words[:-1] in ([], ["-m", "motcua"])
    assert unit.stem == f"motcua-{words[-1]}"


def test_the_container_file_copies_what_is_there_and_starts_the_same():
    said = (DEPLOY / "Containerfile").read_text()

    copied = [name for line in re.findall(r"^COPY \S+ (.+) \S+$", said, re.M) for name in line.split()]
    assert copied and all((ROOT / name).exists() for name in copied)
    assert '["/srv/motcua/.venv/bin/python", "-m", "motcua"]' in said and 'CMD ["web"]' in said


def test_every_variable_of_the_examples_is_told_in_the_documentation():
    told = (ROOT / "docs/operating.md").read_text()

    names = [
        name for file in DEPLOY.glob("*.env.example") for name in re.findall(r"^([A-Z_]+)=", file.read_text(), re.M)
    ]

    assert names and [name for name in names if f"`{name}`" not in told] == []


def test_a_part_alone_wants_a_database_of_its_own(tmp_path):
    asked = subprocess.run(
        [sys.executable, "-m", "motcua", "web"], cwd=ROOT, env=surroundings(tmp_path), capture_output=True, text=True
    )

    assert asked.returncode == 1 and "hãy đặt DATABASE_URL" in asked.stderr


@pytest.mark.django_db
def test_pages_started_as_the_unit_says_answer_that_they_are_ready_and_count_together(tmp_path):
    told = connection.settings_dict
    port, known = a_free_port(), {"DATABASE_URL": f"postgresql://{told['USER']}@/{told['NAME']}?host={told['HOST']}"}
    known |= {"MOTCUA_SECRET_KEY": "x" * 60, "WEB_CONCURRENCY": "2", "MOTCUA_LOG": "json"}
    (unit,) = (unit for unit in UNITS if unit.stem == "motcua-web")
    command = [sys.executable, *started_by(unit)[1:]]
    with open(tmp_path / "said", "w+") as said:
        web = subprocess.Popen(
            command, cwd=ROOT, env={**surroundings(tmp_path, port), **known}, stdout=said, stderr=said
        )
        try:
            status, body = answered(port, "/van-hanh/san-sang/")
            for _ in range(6):
                answered(port, "/van-hanh/san-sang/")
            _, figures = answered(port, "/van-hanh/so-lieu/")
        finally:
            web.terminate()
            assert web.wait(timeout=60) == 0, (tmp_path / "said").read_text()

    assert (status, json.loads(body)["ready"]) == (200, True), body
    assert 'motcua_requests_total{face="operation",status="200"} 7.0' in figures
    assert os.listdir(tmp_path / "figures")


def answered(port, path):
    """Asked again until somebody listens."""
    for _ in range(1200):
        try:
            web = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            web.request("GET", path)
            answer = web.getresponse()
            return answer.status, answer.read().decode()
        except OSError:
            time.sleep(0.1)
    raise AssertionError("nobody listens")
