"""What every page knows about the house it stands in."""

from django.conf import settings
from django.http import HttpRequest


def house(request: HttpRequest) -> dict[str, object]:
    """The province, and whether its data are made up (dữ liệu trình diễn)."""
    return {"demonstration": settings.DEMONSTRATION, "province_name": settings.PROVINCE_NAME}
