from django.core.management.base import BaseCommand, CommandError

from motcua.journal.models import Entry
from motcua.journal.verifying import verify


class Command(BaseCommand):
    help = "Kiểm tra chuỗi nhật ký: mỗi dòng còn nguyên như khi ghi."

    def add_arguments(self, parser):
        parser.add_argument("subject", nargs="?", help="chỉ kiểm tra một chuỗi, ví dụ dossier:42; mặc định: tất cả")

    def handle(self, *, subject: str | None, **options):
        breaks = 0
        for place in verify(subject):
            breaks += 1
            self.stderr.write(f"{place.subject} dòng {place.number}: {place.what}")
        if breaks:
            raise CommandError(f"Nhật ký bị đứt ở {breaks} chỗ.")
        entries = Entry.objects.filter(subject=subject) if subject else Entry.objects
        self.stdout.write(f"Nhật ký nguyên vẹn: {entries.count()} dòng.")
