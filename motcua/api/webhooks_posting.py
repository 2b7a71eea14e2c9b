"""Posting to an address that somebody else chose, without being led into our own network (chống SSRF).

The name is looked up once, every address it has must be public, and the connection is made to the one that was judged: a name that
means another machine a moment later leads nowhere. Nothing is followed: a redirect is an answer like any other refusal.
"""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from threading import Timer
from time import monotonic
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings

from motcua.refusal import Refusal

SECONDS = 10  # for everything: finding, connecting, sending, and being answered
CONNECTING = 5
LONGEST_ANSWER = 200
LONGEST_URL = 500
PORTS = range(1024, 65536)
NAME = re.compile(r"(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
# IPv4 in the clothes of IPv6 by a gateway; the others are known to `ipaddress`.
TRANSLATED = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))


class NotAnAddress(Refusal):
    message = "Địa chỉ nhận phải bắt đầu bằng https://, có tên máy chủ, không kèm tên đăng nhập; ví dụ https://nhan.example.vn/motcua."


class NotFound(Refusal):
    message = "Không tìm thấy máy chủ này trên mạng; hãy xem lại tên trong địa chỉ."


class NotPublic(Refusal):
    message = "Máy chủ này ở mạng nội bộ hoặc không phải địa chỉ công cộng nên không gửi đến được."


class NotReached(Exception):
    """No answer came; the words say why."""


class Address(NamedTuple):
    """Where to post, taken apart."""

    secure: bool
    host: str
    port: int
    path: str


class Answer(NamedTuple):
    status: int
    words: str

    @property
    def is_yes(self) -> bool:
        return 200 <= self.status < 300


def parse(url: str) -> Address:
    """Read an address; only https, and on this machine http where the installation allows that for trying out."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        if ":" not in host:
            host = host.encode("idna").decode()
    except (ValueError, UnicodeError):
        raise NotAnAddress from None
    secure = parts.scheme == "https"
    plain = not re.search(r"[\x00-\x20\x7f\\]", url) and (parts.path + parts.query).isascii()
    right = plain and bool(host) and "@" not in parts.netloc and not parts.fragment and len(url) <= LONGEST_URL
    if not right or not (secure or (settings.WEBHOOKS_LOCAL and parts.scheme == "http")):
        raise NotAnAddress
    if not (_is_number(host) or NAME.fullmatch(host)):
        raise NotAnAddress
    port = port if port is not None else 443 if secure else 80
    if port not in (443, 80) and port not in PORTS:
        raise NotAnAddress("Cổng trong địa chỉ phải là 443 hoặc từ 1024 trở lên.")
    if secure and port == 80:
        raise NotAnAddress("Cổng 80 không dùng cho https; hãy bỏ số cổng đi.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Address(secure, host, port, path)


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def look_up(address: Address) -> str:
    """The machine of that name; refused when any of its addresses is not public."""
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotFound from None
    numbers = list(dict.fromkeys(str(one[4][0]) for one in found))
    if not numbers:
        raise NotFound
    if not all(may_be_posted_to(number, secure=address.secure) for number in numbers):
        raise NotPublic
    return numbers[0]


def may_be_posted_to(number: str, *, secure: bool = True) -> bool:
    """Whether a machine's number is one of the public network; this machine too, where that is allowed for trying out."""
    ip = ip_address(number.partition("%")[0])
    if settings.WEBHOOKS_LOCAL and ip.is_loopback:
        return True
    return secure and "%" not in number and _is_public(ip)


def _is_public(ip: IPv4Address | IPv6Address) -> bool:
    if isinstance(ip, IPv6Address) and (
        ip.ipv4_mapped or ip.sixtofour or ip.teredo or any(ip in network for network in TRANSLATED)
    ):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Post once, and read the beginning of the answer; all of it within ten seconds, however slowly the other side speaks."""
    address = parse(url)
    number = look_up(address)
    began = monotonic()
    try:
        line = socket.create_connection((number, address.port), CONNECTING)
    except OSError as error:
        raise NotReached(_words(error)) from None
    line.settimeout(SECONDS)
    lines = [line]
    timer = Timer(max(0.0, SECONDS - (monotonic() - began)), _cut, [lines])
    timer.daemon = True
    timer.start()
    try:
        if address.secure:
            lines[0] = line = ssl.create_default_context().wrap_socket(
                line, server_hostname=address.host, do_handshake_on_connect=False
            )
            line.do_handshake()  # type: ignore[attr-defined]
        connection = HTTPConnection(address.host, address.port)
        connection.sock = line
        connection.request("POST", address.path, body, {"Host": _host(address), "Connection": "close", **headers})
        answer = connection.getresponse()
        return Answer(answer.status, _clean(answer.read(LONGEST_ANSWER)))
    except (OSError, HTTPException, ValueError) as error:
        raise NotReached(_words(error)) from None
    finally:
        timer.cancel()
        line.close()


def _host(address: Address) -> str:
    host = f"[{address.host}]" if ":" in address.host else address.host
    return host if address.port == (443 if address.secure else 80) else f"{host}:{address.port}"


def _cut(lines: list[socket.socket]) -> None:
    """End the line under whoever waits on it; the plain socket's way, for the secured one's would wait for the other side."""
    with suppress(OSError):
        socket.socket.shutdown(lines[0], socket.SHUT_RDWR)


def _words(error: Exception) -> str:
    """The kind of what broke, in words an officer understands."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return "Chứng chỉ của máy chủ nhận không hợp lệ."
    if isinstance(error, ssl.SSLError):
        return "Không lập được kết nối an toàn (TLS)."
    if isinstance(error, TimeoutError):
        return "Quá thời gian chờ máy chủ nhận."
    if isinstance(error, ConnectionRefusedError):
        return "Máy chủ nhận từ chối kết nối."
    return f"Kết nối bị đứt giữa chừng ({type(error).__name__})."


def _clean(read: bytes) -> str:
    return "".join(char if char.isprintable() else " " for char in read.decode(errors="replace"))[
        :LONGEST_ANSWER
    ].strip()
