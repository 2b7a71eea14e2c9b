"""For the operator: the systems that may use the API (hệ thống kết nối)."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from motcua.api import clients
from motcua.api.models import Client
from motcua.api.scopes import SCOPES
from motcua.organisations.models import Agency
from motcua.refusal import Refusal


class Command(BaseCommand):
    help = "Đăng ký, đổi mật khẩu, khóa, mở lại và liệt kê hệ thống được kết nối với API."

    def add_arguments(self, parser):
        acts = parser.add_subparsers(dest="act", required=True)
        register = acts.add_parser("register", help="đăng ký một hệ thống; mật khẩu chỉ in ra một lần")
        register.add_argument("name", help="tên hệ thống và đơn vị chịu trách nhiệm")
        register.add_argument("--agency", default="", help="mã định danh của cơ quan, nếu là hệ thống của cơ quan")
        register.add_argument("--scope", action="append", required=True, help=f"một trong: {', '.join(SCOPES)}")
        register.add_argument("--requests-a-minute", type=int, default=300, help="số lần gọi mỗi phút (300)")
        for act, words in (("rotate", "đổi mật khẩu"), ("disable", "khóa"), ("enable", "mở lại")):
            acts.add_parser(act, help=words).add_argument("client_id")
        acts.add_parser("list", help="liệt kê")

    def handle(self, **told):
        getattr(self, told["act"])(told, timezone.now())

    def register(self, told, at):
        try:
            client, secret = clients.register(
                told["name"],
                scopes=told["scope"],
                agency=_agency(told["agency"], at),
                requests_a_minute=told["requests_a_minute"],
                by=None,
                at=at,
            )
        except Refusal as refusal:
            raise CommandError(str(refusal))
        self.stdout.write(f"Đã đăng ký “{client}”.")
        self._tell(client, secret)

    def rotate(self, told, at):
        client = _client(told)
        self._tell(client, clients.rotate(client, by=None, at=at))

    def disable(self, told, at):
        clients.disable(client := _client(told), by=None, at=at)
        self.stdout.write(f"Đã khóa “{client}”; các khóa truy cập của hệ thống này hết hiệu lực ngay.")

    def enable(self, told, at):
        clients.enable(client := _client(told), by=None, at=at)
        self.stdout.write(f"Đã mở lại “{client}”.")

    def list(self, told, at):
        for client in Client.objects.select_related("agency", "usage").order_by("name"):
            whose = client.agency.identifier if client.agency else "đối tác"
            usage = getattr(client, "usage", None)
            last = f"{timezone.localtime(usage.last_used_at):%H:%M %d/%m/%Y}" if usage else "chưa gọi"
            state = "đã khóa" if client.disabled_at else "đang mở"
            self.stdout.write(f"{client.client_id}  {client}  {whose}  {' '.join(client.allowed)}  {last}  {state}")

    def _tell(self, client, secret):
        self.stdout.write(f"client_id:     {client.client_id}")
        self.stdout.write(f"client_secret: {secret}")
        self.stdout.write("Hãy chép mật khẩu này ngay và giữ kín: nó không hiện lại lần nào nữa.")


def _client(told):
    client = Client.objects.filter(client_id=told["client_id"]).first()
    if client is None:
        raise CommandError(f"Không có hệ thống nào mang mã “{told['client_id']}”.")
    return client


def _agency(identifier, at):
    if not identifier:
        return None
    agency = Agency.objects.valid_on(timezone.localdate(at)).filter(identifier=identifier).first()
    if agency is None:
        raise CommandError(f"Không có cơ quan nào mang mã định danh “{identifier}”.")
    return agency
