from django.core.management.base import BaseCommand

from motcua.dossiers import durations


class Command(BaseCommand):
    help = "Đo lại thời gian giải quyết thực tế của mọi hồ sơ đã có kết quả, ví dụ sau khi nâng cấp từ bản chưa đo."

    def handle(self, *args: object, **options: object) -> None:
        self.stdout.write(f"Đã đo {durations.recount()} hồ sơ.")
