from django.core.management.base import BaseCommand

from motcua.catalogue import synonyms
from motcua.catalogue.models import Synonym


class Command(BaseCommand):
    help = "Nạp các từ đồng nghĩa đi kèm sản phẩm để tìm thủ tục; dòng cơ quan đã sửa hoặc bỏ được giữ nguyên."

    def handle(self, *args, **options):
        new = synonyms.load()
        held = Synonym.objects.filter(removed_at=None).count()
        self.stdout.write(f"Có {held} từ đồng nghĩa, {new} vừa được nạp.")
