from django.apps import AppConfig


class CounterConfig(AppConfig):
    name = "motcua.counter"
    label = "counter"
    verbose_name = "Bộ phận Một cửa"
