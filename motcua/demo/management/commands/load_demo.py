"""./run manage load_demo"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from motcua.demo import accounts
from motcua.demo.loading import load
from motcua.refusal import Refusal


class Command(BaseCommand):
    help = "Nạp dữ liệu trình diễn: cơ cấu năm 2021, thủ tục, cán bộ, công dân và hồ sơ. Chỉ khi MOTCUA_DEMO=1."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dossiers", type=int, metavar="N", help="chỉ tạo N hồ sơ đầu tiên (mặc định: tất cả)")

    def handle(self, *args: Any, dossiers: int | None, **options: Any) -> None:
        try:
            accounts.expect_demonstration()
            changed = load(now=timezone.now(), dossiers=dossiers, tell=self.stdout.write)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None
        if not changed:
            self.stdout.write("Dữ liệu trình diễn đã có đủ, không thay đổi gì.")
