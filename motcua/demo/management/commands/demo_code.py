"""./run manage demo_code"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from motcua.demo import accounts
from motcua.refusal import Refusal


class Command(BaseCommand):
    help = "Mã xác thực 6 số lúc này của các tài khoản cán bộ trình diễn (the officers' second factor now)."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            accounts.expect_demonstration()
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None
        now = timezone.now()
        left = 30 - int(now.timestamp()) % 30
        self.stdout.write(f"{accounts.code(now)}  (còn {left} giây)")
