"""The working calendar of an agency: national days, its hours, its closures (lịch làm việc)."""

from __future__ import annotations
