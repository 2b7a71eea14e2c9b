from django.apps import AppConfig


class CounterConfig(AppConfig):
    name = "motcua.counter"
    label = "counter"
    verbose_name = "Bộ phận Một cửa"

    def ready(self) -> None:
        from . import listeners  # noqa: F401  what listens must be known to whoever records
