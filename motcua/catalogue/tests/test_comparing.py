"""Two versions side by side: only what differs is marked."""

from dataclasses import replace

from motcua.catalogue.comparing import GONE, NEW, SAME, Pair, Piece, compare
from motcua.catalogue.publishing import Told

OLD = Told(code="1.001193", name="Đăng ký khai sinh", field="Hộ tịch", level="COMMUNE", guidance="Một.\nHai.\nBa.")


def changed(after, before=OLD):
    return {one.part: one.pairs for one in compare(before, after) if one.changed}


def test_the_same_twice_differs_nowhere():
    assert changed(OLD) == {}


def test_a_changed_word_is_marked_on_both_sides():
    pairs = changed(replace(OLD, name="Đăng ký lại khai sinh"))["name"]

    assert pairs == [
        Pair(
            [Piece("Đăng ký ", SAME), Piece("khai sinh", SAME)],
            [Piece("Đăng ký ", SAME), Piece("lại ", NEW), Piece("khai sinh", SAME)],
        )
    ]


def test_lines_that_stay_stand_beside_each_other_around_one_that_goes():
    pairs = changed(replace(OLD, guidance="Một.\nBa."))["guidance"]

    assert [(p.before[0].words if p.before else "", p.after[0].words if p.after else "") for p in pairs] == [
        ("Một.", "Một."),
        ("Hai.", ""),
        ("Ba.", "Ba."),
    ]
    assert pairs[1].before[0].kind == GONE


def test_a_line_that_became_something_else_is_marked_whole_on_both_sides():
    pairs = changed(replace(OLD, guidance="Một.\nHoàn toàn khác hẳn câu kia\nBa."))["guidance"]

    assert pairs[1] == Pair([Piece("Hai.", GONE)], [Piece("Hoàn toàn khác hẳn câu kia", NEW)])


def test_a_new_procedure_is_new_in_every_part():
    assert all(
        piece.kind == NEW for pairs in changed(OLD, before=None).values() for pair in pairs for piece in pair.after
    )
