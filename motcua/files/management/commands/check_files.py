from django.core.management.base import BaseCommand, CommandError

from motcua.files.checking import broken
from motcua.files.models import StoredFile


class Command(BaseCommand):
    help = "Đọc lại mọi tệp đã lưu và so với mã băm của nó."

    def handle(self, *args, **options):
        found = list(broken())
        for sha256, why in found:
            self.stderr.write(f"{sha256}: {why}")
        if found:
            raise CommandError(f"{len(found)} tệp không còn nguyên vẹn. Xin khôi phục từ bản sao lưu.")
        self.stdout.write(f"{StoredFile.objects.count()} tệp đều nguyên vẹn.")
