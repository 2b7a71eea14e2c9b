import pytest
from django.core.files.storage import default_storage


@pytest.fixture(autouse=True)
def storage(settings, tmp_path):
    """A storage of each test's own, in a real folder."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "files"},
        },
    }
    assert default_storage.path("x") == str(tmp_path / "files" / "x")
    return tmp_path / "files"
