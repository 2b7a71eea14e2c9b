"""The malware scanner: clamd's INSTREAM over a socket, or none at all (quét mã độc)."""

from __future__ import annotations

import logging
import socket
from typing import BinaryIO

from django.conf import settings

from motcua.refusal import Refusal

from .models import Scan

CHUNK = 64 * 1024
PATIENCE = 15  # seconds without a sign of life
LONGEST_ANSWER = 4096


logger = logging.getLogger(__name__)


class Infected(Refusal):
    message = (
        "Phần mềm diệt mã độc phát hiện tệp này không an toàn nên tệp không được lưu. "
        "Những gì đã gửi trước đó vẫn còn nguyên. Xin quét máy hoặc chọn tệp khác rồi gửi lại."
    )


class ScannerSilent(Refusal):
    message = (
        "Hệ thống chưa kiểm tra được mã độc nên tệp này chưa được lưu. "
        "Những gì đã gửi trước đó vẫn còn nguyên. Xin gửi lại tệp sau ít phút."
    )


def scan(content: BinaryIO) -> Scan:
    """Ask the scanner about this content; where none is set up say so, and where it does not answer let nothing in."""
    if not settings.CLAMD:
        return Scan.NOT_SCANNED
    try:
        answer = _ask(settings.CLAMD, content)
    except (OSError, ValueError) as error:  # ValueError: an address that is none
        logger.error("The malware scanner at %s did not answer: %s", settings.CLAMD, error)
        raise ScannerSilent from None
    if answer.endswith(" FOUND"):
        raise Infected
    if answer != "stream: OK":
        logger.error("The malware scanner at %s answered: %r", settings.CLAMD, answer)
        raise ScannerSilent
    return Scan.CLEAN


def _ask(address: str, content: BinaryIO) -> str:
    """One conversation with clamd: zINSTREAM, chunks behind their length, an empty chunk, one line of answer."""
    with _connect(address) as clamd:
        try:
            clamd.sendall(b"zINSTREAM\0")
            content.seek(0)
            while chunk := content.read(CHUNK):
                clamd.sendall(len(chunk).to_bytes(4, "big") + chunk)
            clamd.sendall(bytes(4))
        except (BrokenPipeError, ConnectionResetError):
            pass  # clamd hangs up in the middle when a stream is too long for it, and says so
        answer = b""
        while not answer.endswith(b"\0") and len(answer) < LONGEST_ANSWER and (part := clamd.recv(LONGEST_ANSWER)):
            answer += part
    return answer.rstrip(b"\0").decode("utf-8", "replace").strip()


def _connect(address: str) -> socket.socket:
    if address.startswith("unix:"):
        clamd = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        clamd.settimeout(PATIENCE)
        try:
            clamd.connect(address.removeprefix("unix:"))
        except OSError:
            clamd.close()
            raise
        return clamd
    host, _, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=PATIENCE)
