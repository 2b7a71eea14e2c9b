from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "motcua.api"
    label = "api"
    verbose_name = "Kết nối với hệ thống khác"

    def ready(self) -> None:
        from . import listeners  # noqa: F401  what listens must be known to whoever records
