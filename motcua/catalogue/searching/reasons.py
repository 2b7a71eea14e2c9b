"""Why a procedure was found, told to the person who searched (lý do tìm thấy)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from ..models import ProcedureVersion
from .ranking import Candidate
from .reading import WORDS, Reading


def told(one: Candidate, reading: Reading, version: ProcedureVersion) -> list[str]:
    """Short sentences, the most telling first."""
    if one.why == "code":
        return [_("khớp mã thủ tục")]
    if one.why == "alike":
        return [_("tên gần giống từ bạn gõ")]
    sentences = [
        _("“%(said)s” = %(means)s") % {"said": said.said, "means": _best(said.means, version)} for said in one.said[:2]
    ]
    short: dict[str, list[str]] = {word.short_for: [] for word in reading.words if word.short_for}
    for word in reading.words:
        if word.short_for:
            short[word.short_for].append(word.typed)
    sentences += [_("“%(said)s” = %(means)s") % {"said": said, "means": " ".join(full)} for said, full in short.items()]
    if one.mended:
        with_marks = dict(zip(WORDS.findall(version.name_folded), WORDS.findall(version.name.lower()), strict=False))
        wrong = " ".join(before for before in dict.fromkeys(before for before, _after in one.mended))
        right = " ".join(with_marks.get(after, after) for _before, after in one.mended)
        sentences.append(_("sửa “%(wrong)s” thành “%(right)s”") % {"wrong": wrong, "right": right})
    if one.why == "name":
        sentences.append(_("khớp tên"))
    return sentences or [_("khớp lĩnh vực, kết quả, cơ quan hoặc từ khóa")]


def _best(means: str, version: ProcedureVersion) -> str:
    """Of several meanings the one whose words this name holds."""
    name = set(WORDS.findall(version.name.lower()))
    return max((one.strip() for one in means.split(";")), key=lambda one: len(name & set(WORDS.findall(one.lower()))))
