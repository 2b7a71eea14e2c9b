"""What an application on a phone would show."""

import time

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code(secret: str = SECRET, later: int = 0) -> str:
    """The code of now, or of some half minutes later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + later))
