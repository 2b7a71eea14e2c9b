from django.core.management.base import BaseCommand, CommandError

from motcua.journal.models import Entry
from motcua.journal.verifying import verify


class Command(BaseCommand):
    help = "Kiểm tra chuỗi nhật ký: mỗi dòng còn nguyên như khi ghi."

    def handle(self, *args, **options):
        breaks = 0
        for place in verify():
            breaks += 1
            self.stderr.write(f"{place.subject} dòng {place.number}: {place.what}")
        if breaks:
            raise CommandError(f"Nhật ký bị đứt ở {breaks} chỗ.")
        self.stdout.write(f"Nhật ký nguyên vẹn: {Entry.objects.count()} dòng.")
