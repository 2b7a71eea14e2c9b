"""A folder of tables is brought in at once; a bad file is reported and loses nothing else."""

import csv

import pytest
from django.core.management import CommandError, call_command

from motcua.accounts.testing import a_citizen
from motcua.catalogue.models import ProcessDraft
from motcua.catalogue.testing import a_procedure

from .test_processes_drafts import a_keeper
from .test_processes_tables import EXAMINE, HEADING, RECEIVE, SIGN, STAMP

pytestmark = pytest.mark.django_db


def write(path, *rows):
    with path.open("w", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)


def test_every_file_of_a_folder_is_brought_in_and_a_bad_one_is_named(tmp_path, capsys):
    a_procedure(process=False)
    (tmp_path / "tu-phap").mkdir()
    write(tmp_path / "tu-phap" / "a.csv", ["Quy trình: Việc mẫu, mã 1.001193"], HEADING, RECEIVE, EXAMINE, SIGN, STAMP)
    write(tmp_path / "b.csv", HEADING, RECEIVE, SIGN)
    (tmp_path / "c.xlsx").write_bytes(b"broken")
    (tmp_path / "doc.txt").write_text("không đọc")
    keeper = a_keeper()

    call_command("import_processes", str(tmp_path), by=keeper.username)

    told = capsys.readouterr()
    assert "Đã đọc 3 tệp, 1 tệp bị bỏ: thêm 2 bản dự thảo quy trình (1 sẵn sàng ban hành, 1 còn thiếu)" in told.out
    assert "c.xlsx: Chỉ đọc được tệp" in told.err
    assert "b.csv, mọi trường hợp: Chưa ghi mã thủ tục." in told.err
    call_command("import_processes", str(tmp_path), by=keeper.username)
    assert "thêm 0 bản dự thảo" in capsys.readouterr().out
    assert ProcessDraft.objects.count() == 2


def test_only_who_writes_the_catalogue_brings_in(tmp_path):
    with pytest.raises(CommandError, match="không phải người soạn danh mục"):
        call_command("import_processes", str(tmp_path), by=a_citizen().username)


def test_an_empty_folder_is_told(tmp_path):
    with pytest.raises(CommandError, match=r"Không có tệp XLSX, DOCX, CSV, JSONL hoặc BPMN nào"):
        call_command("import_processes", str(tmp_path), by=a_keeper().username)
