"""The internal process of a procedure, written as provinces write it: a table (quy trình nội bộ, quy trình điện tử)."""

from .checks import WrongProcess, failing, hours_allowed, wrong
from .issuing import carry, general, issue, rows, shares

__all__ = ["WrongProcess", "carry", "failing", "general", "hours_allowed", "issue", "rows", "shares", "wrong"]
