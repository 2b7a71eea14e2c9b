"""Bring in tables of processes from a file or from all files of a folder, as drafts (nhập quy trình nội bộ)."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from motcua.accounts.models import Person
from motcua.accounts.permissions import Can
from motcua.catalogue.processes import drafts, reading
from motcua.refusal import Refusal


class Command(BaseCommand):
    help = "Nhập bảng quy trình (XLSX, DOCX, CSV, JSONL, BPMN) từ tệp hoặc thư mục thành bản dự thảo."

    def add_arguments(self, parser):
        parser.add_argument("path", type=Path, help="tệp hoặc thư mục")
        parser.add_argument("--by", required=True, help="tên đăng nhập của người giữ danh mục hoặc đầu mối")

    def handle(self, *, path: Path, by: str, **options):
        person = Person.objects.filter(username=by).first()
        if person is None or not person.may(Can.EDIT_CATALOGUE):
            raise CommandError(f"“{by}” không phải người soạn danh mục.")
        endings = reading.ACCEPT.split(",")
        files = sorted(file for file in path.rglob("*") if file.suffix in endings) if path.is_dir() else [path]
        if not files:
            raise CommandError(f"Không có tệp {reading.KINDS} nào trong {path}.")
        taken, known, unread = [], 0, 0
        for file in files:
            try:
                with file.open("rb") as content:
                    found = reading.read(file.name, content)
                fresh, same = drafts.take(found, by=person, at=timezone.now(), source=file.name)
            except (Refusal, OSError) as reason:
                self.stderr.write(f"{file}: {reason}")
                unread += 1
                continue
            taken += fresh
            known += same
        for draft in taken:
            for failing in drafts.read(draft).failing:
                self.stderr.write(f"{draft.source}, {draft.case or 'mọi trường hợp'}: {failing.sentence}")
        ready = sum(not draft.lacks for draft in taken)
        self.stdout.write(
            f"Đã đọc {len(files)} tệp, {unread} tệp bị bỏ: thêm {len(taken)} bản dự thảo quy trình ({ready} sẵn sàng "
            f"ban hành, {len(taken) - ready} còn thiếu), {known} đã có sẵn."
        )
