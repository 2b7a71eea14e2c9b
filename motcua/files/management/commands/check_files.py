from datetime import timedelta

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from motcua.files.checking import broken, sweep
from motcua.files.models import StoredFile


class Command(BaseCommand):
    help = "Đọc lại mọi tệp đã lưu và so với mã băm của nó; dọn tệp dở dang để lại quá một ngày."

    def handle(self, *args, **options):
        if swept := sweep(timezone.now() - timedelta(days=1)):
            self.stdout.write(f"Đã dọn {swept} tệp dở dang.")
        found = 0
        for sha256, why in broken():
            found += 1
            self.stderr.write(f"{sha256}: {why}")
        if found:
            raise CommandError(f"{found} tệp không còn nguyên vẹn. Xin khôi phục từ bản sao lưu.")
        self.stdout.write(f"{StoredFile.objects.count()} tệp đều nguyên vẹn.")
