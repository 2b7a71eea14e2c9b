"""Every stored file is read again and compared with its hash."""

import os
from datetime import timedelta
from io import StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.utils import timezone

from motcua.files.checking import broken, sweep
from motcua.files.storing import place, store
from motcua.files.testing import PDF

pytestmark = pytest.mark.django_db


def a_file(storage, more=b""):
    stored = store(ContentFile(PDF + more, name="a.pdf"), at=timezone.now())
    return stored, storage / place(stored.sha256)


def test_all_is_well(storage):
    a_file(storage)
    said = StringIO()

    call_command("check_files", stdout=said)

    assert said.getvalue() == "1 tệp đều nguyên vẹn.\n"


def test_a_lost_and_a_changed_file_are_named(storage):
    lost, lost_path = a_file(storage)
    changed, changed_path = a_file(storage, b"2")
    whole, _ = a_file(storage, b"3")
    lost_path.unlink()
    changed_path.chmod(0o600)
    changed_path.write_bytes(PDF + b"4")

    assert list(broken()) == [(lost.sha256, "không còn trong kho"), (changed.sha256, "nội dung đã bị thay đổi")]

    said = StringIO()
    with pytest.raises(CommandError, match="2 tệp không còn nguyên vẹn"):
        call_command("check_files", stderr=said)
    assert whole.sha256 not in said.getvalue()


def test_only_what_was_left_half_written_long_ago_is_swept(storage):
    stored, path = a_file(storage)
    for name, age in (("old", 2), ("new", 0)):
        left = storage / "incoming" / name
        left.write_bytes(b"half")
        moment = (timezone.now() - timedelta(days=age)).timestamp()
        os.utime(left, (moment, moment))

    assert sweep(timezone.now() - timedelta(days=1)) == 1

    assert [left.name for left in (storage / "incoming").iterdir()] == ["new"]
    assert path.exists()


def test_sweeping_a_storage_that_never_took_a_file_is_no_matter(storage):
    assert sweep(timezone.now()) == 0
