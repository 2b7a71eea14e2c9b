"""For the operator: what a system of an agency may do at the counter (giao việc cho hệ thống kết nối)."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from motcua.accounts.models import Assignment
from motcua.accounts.permissions import Role
from motcua.api import acts_duties
from motcua.api.models import Client
from motcua.organisations.models import Unit
from motcua.refusal import Refusal


class Command(BaseCommand):
    help = "Giao, thôi giao và liệt kê việc tại quầy của hệ thống kết nối thuộc một cơ quan."

    def add_arguments(self, parser):
        acts = parser.add_subparsers(dest="act", required=True)
        give = acts.add_parser("give", help="giao việc của một vị trí ở một bộ phận")
        give.add_argument("client_id")
        give.add_argument("unit", help="tên bộ phận của cơ quan")
        give.add_argument("role", choices=[role.value for role in acts_duties.ROLES])
        acts.add_parser("end", help="thôi giao mọi việc").add_argument("client_id")
        acts.add_parser("list", help="liệt kê").add_argument("client_id")

    def handle(self, **told):
        client = Client.objects.select_related("user", "agency").filter(client_id=told["client_id"]).first()
        if client is None:
            raise CommandError(f"Không có hệ thống nào mang mã “{told['client_id']}”.")
        getattr(self, told["act"])(client, told, timezone.now())

    def give(self, client, told, at):
        units = Unit.objects.valid_on(timezone.localdate(at)).filter(agency=client.agency)
        unit = units.filter(name=told["unit"]).first()
        if unit is None:
            names = "; ".join(units.order_by("name").values_list("name", flat=True)) or "chưa có bộ phận nào"
            raise CommandError(f"Cơ quan của hệ thống không có bộ phận “{told['unit']}”. Các bộ phận: {names}.")
        try:
            given = acts_duties.give(client, unit, Role(told["role"]), by=None, at=at)
        except Refusal as refusal:
            raise CommandError(str(refusal))
        self.stdout.write(f"Đã giao: {given}.")

    def end(self, client, told, at):
        self.stdout.write(f"Đã thôi giao {acts_duties.end(client, by=None, at=at)} việc của “{client}”.")

    def list(self, client, told, at):
        for given in Assignment.objects.valid_on(timezone.localdate(at)).filter(person=client.user).order_by("pk"):
            self.stdout.write(f"{given.get_role_display()}, {given.unit}, từ {given.valid_from:%d/%m/%Y}")
