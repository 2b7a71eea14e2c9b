from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from motcua.dossiers.models import FormSet, RuleSet
from motcua.dossiers.rules import load_rules
from motcua.worktime.models import NationalDay, load_national_days


class Command(BaseCommand):
    help = "Nạp các bộ quy định, bộ biểu mẫu và ngày nghỉ lễ toàn quốc; mục đã có được giữ nguyên."

    def handle(self, *args, **options):
        if settings.DEMONSTRATION:
            raise CommandError("Bản trình diễn có bộ quy định riêng; lệnh này chỉ dùng cho hệ thống thật.")
        load_rules()
        load_national_days()
        self.stdout.write(
            f"Có {RuleSet.objects.count()} bộ quy định, {FormSet.objects.count()} bộ biểu mẫu, "
            f"{NationalDay.objects.count()} ngày nghỉ, làm bù."
        )
