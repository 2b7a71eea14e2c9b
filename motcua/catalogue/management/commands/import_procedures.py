"""Import procedures from a file of national records (nhập thủ tục hành chính)."""

import gzip
from datetime import date
from pathlib import Path
from time import perf_counter

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from motcua.catalogue.importing import import_lines


class Command(BaseCommand):
    help = "Nhập thủ tục hành chính từ tệp JSONL (có thể nén .gz), mỗi dòng một bản ghi."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--day", type=date.fromisoformat, help="có hiệu lực từ ngày (YYYY-MM-DD); mặc định: hôm nay"
        )

    def handle(self, *, file: Path, day: date | None, **options):
        started = perf_counter()
        opened = gzip.open if file.suffix == ".gz" else open
        try:
            with opened(file, "rb") as lines:
                report = import_lines(
                    lines,
                    day=day or timezone.localdate(),
                    progress=lambda so_far: self.stdout.write(f"… {so_far.read} bản ghi"),
                )
        except (OSError, EOFError) as error:
            raise CommandError(f"Không đọc được tệp {file}: {error}") from None
        for line, reason in report.bad:
            self.stderr.write(f"Dòng {line}: {reason}")
        self.stdout.write(
            f"Đã đọc {report.read} bản ghi trong {perf_counter() - started:.1f} giây: {report.created} mới, "
            f"{report.changed} thay đổi, {report.unchanged} không đổi, {len(report.bad)} bị bỏ."
        )
