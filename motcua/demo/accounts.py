"""The accounts that ./run prints, and what opens them (tài khoản trình diễn)."""

from __future__ import annotations

import base64
import hmac
from datetime import datetime

from django.conf import settings
from django.db.models import Q

from motcua.accounts.models import Person
from motcua.refusal import Refusal

# In the order of a dossier's way; the names are made in staff.py.
PRINTED = (
    ("Người dân (citizen)", "0900000001"),
    ("Cán bộ một cửa ở Trung tâm (reception, province)", "motcua.trungtam"),
    ("Giám đốc Trung tâm (director)", "giamdoc.trungtam"),
    ("Cán bộ vận hành (operator)", "vanhanh.trungtam"),
    ("Chuyên viên Sở Tư pháp (processing officer)", "chuyenvien.stp"),
    ("Lãnh đạo phòng, Sở Tư pháp (head)", "truongphong.stp"),
    ("Lãnh đạo Sở Tư pháp (leader)", "lanhdao.stp"),
    ("Văn thư Sở Tư pháp (clerk)", "vanthu.stp"),
    ("Kiểm soát TTHC, Văn phòng UBND tỉnh (catalogue)", "kiemsoat.vp"),
    ("Đầu mối kiểm soát TTHC, Sở Tư pháp (catalogue)", "daumoi.stp"),
    ("Cán bộ một cửa xã Hùng Đức (reception, commune)", "tiepnhan.hungduc"),
    ("Công chức tư pháp xã Hùng Đức (processing officer)", "tuphap.hungduc"),
    ("Lãnh đạo xã Hùng Đức (leader)", "lanhdao.hungduc"),
    ("Văn thư xã Hùng Đức (clerk)", "vanthu.hungduc"),
)


class NotADemonstration(Refusal):
    message = (
        "Dữ liệu và tài khoản trình diễn chỉ dùng khi MOTCUA_DEMO=1; cơ sở dữ liệu này giữ nguyên, chưa có gì thay đổi."
    )


def expect_demonstration() -> None:
    """Refuse wherever real dossiers may lie."""
    if not settings.DEMONSTRATION:
        raise NotADemonstration


def password() -> str:
    """The password all these accounts share; made from the installation's own key, so the repository opens no door."""
    number = int.from_bytes(_derived("password")[:4]) % 100_000_000
    return f"song-lo-{number // 10_000:04d}-{number % 10_000:04d}"


def totp_secret() -> str:
    """The second factor all these officers share."""
    return base64.b32encode(_derived("totp")[:20]).decode()


def _derived(purpose: str) -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), f"motcua.demo.{purpose}".encode(), "sha256")


def code(at: datetime) -> str:
    """The six digits an authenticator shows at that moment (RFC 6238)."""
    counter = int(at.timestamp()) // 30
    mac = hmac.digest(base64.b32decode(totp_secret()), counter.to_bytes(8), "sha1")
    offset = mac[-1] & 15
    return f"{(int.from_bytes(mac[offset : offset + 4]) & 0x7FFFFFFF) % 1_000_000:06d}"


def printed() -> str:
    """The accounts by role, for the terminal of a newcomer; nothing before the demonstration is loaded."""
    expect_demonstration()
    names = [name for _, name in PRINTED]
    there = {
        name
        for pair in Person.objects.filter(Q(username__in=names) | Q(phone__in=names)).values_list("username", "phone")
        for name in pair
    }
    rows = [(role, name) for role, name in PRINTED if name in there]
    if not rows:
        return ""
    width = max(len(role) for role, _ in rows)
    return "\n".join(
        [
            "Tài khoản trình diễn (demonstration accounts):",
            *(f"  {role:<{width}}  {name}" for role, name in rows),
            f"  Mật khẩu chung (password): {password()}",
            f"  Khóa TOTP của cán bộ (officers' second factor): {totp_secret()}",
            "  Mã 6 số lúc này (the code now): ./run manage demo_code",
        ]
    )
