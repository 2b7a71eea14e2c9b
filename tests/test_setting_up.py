"""./run on machines that lack something: one sentence each, and nothing half done."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TOOLS = ("sh", "cat", "cksum", "dirname", "env", "grep", "id", "ls", "mkdir", "rm", "tail", "touch")
OLD_PYTHON = "#!/bin/sh\n[ $1 = --version ] && echo Python 3.9.2\nexit 1\n"


@pytest.fixture
def machine(tmp_path):
    """A copy of what ./run reads, and a PATH with the tools of every Debian and nothing else."""
    checkout, tools = tmp_path / "một cửa", tmp_path / "bin"
    checkout.mkdir()
    tools.mkdir()
    shutil.copy(ROOT / "run", checkout)
    shutil.copytree(ROOT / "requirements", checkout / "requirements")
    for tool in TOOLS:
        (tools / tool).symlink_to(shutil.which(tool))
    return checkout


def has(machine, program, text):
    path = machine.parent / "bin" / program
    path.write_text(text)
    path.chmod(0o755)


def has_python(machine):
    has(machine, "python3", f'#!/bin/sh\nexec {sys.executable} "$@"\n')


def has_a_uv_that_fails(machine, saying):
    has(machine, "uv", f"#!/bin/sh\n[ $1 = --version ] && echo 'uv 0.13.8' && exit 0\necho '{saying}' >&2\nexit 2\n")


def said(machine, **more):
    """The last sentence of ./run, which did not start."""
    path = str(machine.parent / "bin")
    ended = subprocess.run(
        [machine / "run"], env={"PATH": path, "HOME": str(machine), **more}, capture_output=True, text=True, timeout=60
    )
    assert ended.returncode == 1
    return ended.stderr.strip().splitlines()[-1]


def test_no_python_and_no_right_to_install_one_names_the_packages(machine):
    assert "apt install python3 python3-venv ca-certificates" in said(machine)


def test_a_python_that_is_too_old_is_named(machine):
    has(machine, "python3", OLD_PYTHON)

    assert "Python 3.9.2" in said(machine)


@pytest.mark.parametrize(
    "output, sentence",
    [
        ("error: No space left on device (os error 28)", "đã đầy"),
        ("error: failed to create file: Permission denied (os error 13)", "Không có quyền cài"),
        ("error sending request for url", "kiểm tra kết nối mạng"),
        ("something nobody has seen before", "something nobody has seen before"),
    ],
)
def test_packages_that_cannot_be_installed_say_why(machine, output, sentence):
    has_python(machine)
    has_a_uv_that_fails(machine, output)

    assert sentence in said(machine)
    assert not list(machine.glob(".venv/made-for-*"))


def test_a_checkout_that_may_not_be_written_is_a_sentence(machine):
    # Root may write everywhere, so something is in the way.
    (machine / ".tools").touch()

    assert "Không ghi được" in said(machine)


def test_the_command_of_continuous_integration_is_exactly_the_test_command():
    assert (ROOT / ".ci" / "run").read_text() == "#!/bin/sh\nexec ./test\n"
    for script in ("run", "test", ".ci/run"):
        assert os.access(ROOT / script, os.X_OK)
        subprocess.run(["sh", "-n", ROOT / script], check=True)
