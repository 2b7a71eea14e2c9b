from django.apps import AppConfig
from django.conf import settings


class MessagingConfig(AppConfig):
    name = "motcua.messaging"
    label = "messaging"
    verbose_name = "Tin nhắn, thư điện tử"

    def ready(self) -> None:
        """An address that cannot be right is said at the start, not with the first message."""
        from .routes import gateway

        gateway(settings.SMS)
