"""For the operator, once an office has seen who it is: a new password, or lost second factors forgotten (đặt lại đăng nhập)."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.crypto import get_random_string

from motcua.accounts import second_factor, sign_in
from motcua.accounts.registration import LETTERS


class Command(BaseCommand):
    help = "Đặt lại mật khẩu hoặc bước xác thực thứ hai của một người; các phiên đang mở của người đó kết thúc."

    def add_arguments(self, parser):
        parser.add_argument("login", help="tên đăng nhập hoặc số điện thoại")
        parser.add_argument("--password", action="store_true", help="đặt và in một mật khẩu mới")
        parser.add_argument("--second-factor", action="store_true", help="bỏ ứng dụng, khóa và mã dự phòng đã mất")

    def handle(self, **told):
        person = sign_in.find(told["login"])
        if person is None:
            raise CommandError(f"Không có ai đăng nhập bằng “{told['login']}”.")
        if not told["password"] and not told["second_factor"]:
            raise CommandError("Hãy nói rõ cần đặt lại gì: --password, --second-factor, hoặc cả hai.")
        now = timezone.now()
        if told["second_factor"]:
            second_factor.forget(person, at=now)
            sign_in.end_everywhere(person, by=None, at=now)
            self.stdout.write(f"Đã bỏ các cách xác thực hai bước của {person}.")
        if told["password"]:
            password = get_random_string(12, LETTERS)
            sign_in.change_password(person, password, by=None, at=now)
            self.stdout.write(f"Mật khẩu mới của {person}: {password} (nhắc người ấy đổi ngay sau khi đăng nhập)")
