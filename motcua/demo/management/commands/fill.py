"""./run fill 1000000 --open 20000"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from motcua.demo.filling.filling import Order, fill, hands
from motcua.refusal import Refusal


class Command(BaseCommand):
    help = "Nạp hồ sơ lịch sử và hồ sơ đang giải quyết vào dữ liệu trình diễn, bao nhiêu tùy ý. Chỉ khi MOTCUA_DEMO=1."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("past", type=int, metavar="N", help="số hồ sơ đã kết thúc")
        parser.add_argument("--open", type=int, default=0, metavar="N", help="số hồ sơ đang mở")
        parser.add_argument("--seed", type=int, default=7, help="cùng số này: cùng các hồ sơ")
        parser.add_argument("--hands", type=int, default=hands(), help="số tiến trình (mặc định: số lõi)")

    def handle(self, *args: Any, past: int, open: int, seed: int, hands: int, **options: Any) -> None:  # noqa: A002
        order = Order(past=past, open=open, seed=seed, now=timezone.now().replace(second=0, microsecond=0))
        try:
            filled = fill(order, hands=hands, tell=self.stdout.write)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"Đã nạp {filled} hồ sơ.")
