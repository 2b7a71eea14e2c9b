import re
from pathlib import Path

import pytest
from django import forms
from django.template.loader import render_to_string
from django.test import RequestFactory

from motcua import ui
from motcua.ui import views
from motcua.ui.context import house
from motcua.ui.templatetags.ui import clock_segments

PAGES = {"portal": views.portal, "counter": views.counter, "sheet": views.sheet}


class Phone(forms.Form):
    phone = forms.CharField(label="Số điện thoại", help_text="Gồm 10 chữ số.")
    by = forms.ChoiceField(label="Nhận ở đâu?", choices=[("a", "Tại quầy")], widget=forms.RadioSelect)


@pytest.mark.parametrize("page", PAGES)
def test_no_page_needs_what_the_content_policy_refuses(page, rf):
    html = PAGES[page](rf.get("/ui/")).content.decode()

    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:|<script(?![^>]*src=)", html)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_has_a_language_a_way_past_the_header_and_one_title(page, rf):
    html = PAGES[page](rf.get("/ui/")).content.decode()

    assert '<html lang="' in html
    assert 'href="#content"' in html and 'id="content"' in html
    assert html.count("<h1") == 1
    assert html.count("<title>") == 1


def test_made_up_data_are_said_to_be_made_up(settings):
    request = RequestFactory().get("/")
    settings.DEMONSTRATION = True
    shown = render_to_string("ui/print_base.html", house(request), request)
    settings.DEMONSTRATION = False
    hidden = render_to_string("ui/print_base.html", house(request), request)

    assert "Dữ liệu trình diễn, cơ cấu năm 2021" in shown
    assert "Dữ liệu trình diễn" not in hidden


def test_a_wrong_field_says_how_to_mend_it_above_the_control_and_keeps_what_was_typed():
    form = Phone({"phone": "", "by": "z"})
    html = render_to_string("ui/components/field.html", {"field": form["phone"]})

    assert html.index('id="id_phone_error"') < html.index("<input")
    assert 'aria-describedby="id_phone_helptext id_phone_error"' in html
    assert 'aria-invalid="true"' in html


def test_the_summary_of_errors_links_to_controls_that_exist():
    form = Phone({})
    summary = render_to_string("ui/components/error_summary.html", {"form": form})
    fields = render_to_string("ui/components/form_fields.html", {"form": form})

    targets = re.findall(r'href="#([^"]+)"', summary)

    assert targets == ["id_phone", "id_by_0"]
    assert all(f'id="{target}"' in fields for target in targets)
    assert "Nhận ở đâu: " in summary


def test_text_from_people_stays_text():
    html = render_to_string("ui/components/notice.html", {"text": "<b>Lan</b>"})

    assert "&lt;b&gt;Lan" in html


def test_the_bar_of_time_is_full_and_shows_the_shortest_share():
    class Share:
        def __init__(self, kind, minutes):
            self.label, self.kind, self.minutes, self.running = kind, kind, minutes, False

    segments = clock_segments([Share("AGENCY", 4800), Share("APPLICANT", 1), Share("AGENCY", 2400)])

    assert min(part.width for part in segments) >= 8
    assert abs(segments[-1].x + segments[-1].width - 1000) <= 6
    assert [part.look for part in segments] == ["agency-1", "applicant", "agency-2"]


def test_an_act_that_is_not_possible_says_why_instead_of_offering_a_button():
    act = {"label": "Từ chối", "allowed": False, "why_not": "Hồ sơ đã được tiếp nhận."}
    html = render_to_string("ui/components/act.html", {"act": act})

    assert "Hồ sơ đã được tiếp nhận." in html
    assert "<button" not in html


@pytest.mark.parametrize("state", ["early", "on_time", "due_soon", "overdue", "waiting"])
def test_time_is_told_by_a_shape_and_a_word(state):
    html = render_to_string("ui/components/badge_time.html", {"state": state})

    assert "<svg" in html
    assert re.sub(r"<[^>]+>", "", html).strip()


def test_a_dossier_without_a_promise_has_no_badge():
    assert render_to_string("ui/components/badge_time.html", {"state": "none"}).strip() == ""


def test_every_component_is_named_in_the_guide(settings):
    guide = (settings.BASE_DIR / "docs/ui.md").read_text(encoding="utf-8")
    inner = {"mark", "messages", "shape", "field_error", "nav"}  # parts of the bases and of other components
    names = {path.stem for path in (Path(ui.__file__).parent / "templates/ui/components").glob("*.html")}

    assert {name for name in names - inner if f"| `{name}` |" not in guide} == set()
