from django.apps import AppConfig


class OperationConfig(AppConfig):
    name = "motcua.operation"
    label = "operation"
    verbose_name = "Vận hành"
