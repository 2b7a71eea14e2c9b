"""The catalogue's jobs: reading and writing what was brought in (việc nền của danh mục)."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from . import uploads
from .models import Upload

RETRY = RetryStrategy(max_attempts=5, exponential_wait=3)


@app.task(name="catalogue.check_upload", retry=RETRY)
def check_upload(upload: int) -> None:
    uploads.check(Upload.objects.get(pk=upload))


@app.task(name="catalogue.apply_upload", retry=RETRY)
def apply_upload(upload: int) -> None:
    uploads.carry_out(Upload.objects.select_related("by").get(pk=upload))
