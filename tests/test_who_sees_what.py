"""Every address, every role, and whose dossier it is: one table says who gets in (ai xem được gì).

An address that is not in the table fails a test, and so does a row whose address is gone. The dossier is one office's; `there`
are the same roles at another office of the same kind, `asked` gave an opinion on it. Each cell says what becomes of the question:

    +  let in      s  sent to sign in      3  forbidden      4  there is no such thing, for them      5  not that way
    k  asked for a key, as other systems have one
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from motcua.accounts.models import Person
from motcua.accounts.permissions import Role
from motcua.accounts.testing import a_citizen, a_session, an_officer, sign_in
from motcua.catalogue.testing import a_keeper, a_procedure
from motcua.counter import exporting
from motcua.counter.models import Label, Note, SavedFilter
from motcua.dossiers import (
    closures,
    collecting,
    conversation,
    handovers,
    opinions,
    processing,
    readings,
    results,
    sharing,
    slips,
    uploads,
)
from motcua.dossiers.models import Dossier, Export, ExportFormat, HandoverKind, SlipKind, State
from motcua.dossiers.testing import (
    MONDAY,
    RESULT,
    TUESDAY,
    WEDNESDAY,
    OneStop,
    a_dossier,
    a_draft,
    a_one_stop,
    a_stored_file,
    it_is,
)
from motcua.dossiers.tests.test_bundles import receive as receive_together
from motcua.dossiers.tests.test_mandates import a_paper_mandate
from motcua.journal.models import Reading
from motcua.journal.reading import read
from motcua.organisations.models import AgencyKind, Level, UnitKind
from motcua.organisations.testing import a_unit, an_agency

pytestmark = pytest.mark.django_db

# The office of the dossier, with its director; the same roles at another office; who was asked; who keeps the catalogue.
WHOSE_IT_IS = (
    "nobody owner other desk officer head leader clerk director desk_there officer_there leader_there asked keeper"
)
# What belongs to nobody's dossier is asked by one of each kind.
OF_EACH_KIND = "nobody owner desk keeper"

OF_DOSSIERS = """
#                                    nobody, the citizen whose it is, another citizen
#                                    |       its office: desk, officer, head, leader, clerk, director
#                                    |       |             another office: desk, officer, leader
#                                    |       |             |       who was asked, keeper of the catalogue
GET  counter:home                    s 3 3 | + + + + + + | + + + | + 3
GET  counter:beside                  s 3 3 | + + + + + + | + + + | + 3
GET  counter:sign                    s 3 3 | + + + + + + | + + + | + 3
GET  counter:opinions                s 3 3 | + + + + + + | + + + | + 3
GET  counter:inbox                   s 3 3 | + + + + + + | + + + | + 3
GET  counter:ready                   s 3 3 | + + + + + + | + + + | + 3
GET  counter:posted                  s 3 3 | + + + + + + | + + + | + 3
GET  counter:unit                    s 3 3 | + + + + + + | + + + | + 3
GET  counter:agency                  s 3 3 | + + + + + + | + + + | + 3
GET  counter:waiting                 s 3 3 | + + + + + + | + + + | + 3
GET  counter:today                   s 3 3 | + + + + + + | + + + | + 3
GET  counter:overdue                 s 3 3 | + + + + + + | + + + | + 3
GET  counter:late_steps              s 3 3 | + + + + + + | + + + | + 3
GET  counter:still                   s 3 3 | + + + + + + | + + + | + 3
GET  counter:news                    s 3 3 | + + + + + + | + + + | + 3
GET  counter:followed                s 3 3 | + + + + + + | + + + | + 3
GET  counter:search                  s 3 3 | + + + + + + | + + + | + 3
GET  counter:receive                 s 3 3 | + 3 3 3 3 3 | + 3 3 | 3 3
GET  counter:receive_person          s 3 3 | + 3 3 3 3 3 | + 3 3 | 3 3
GET  counter:receive_together        s 3 3 | + 3 3 3 3 3 | + 3 3 | 3 3
GET  counter:received                s 3 3 | + 3 3 3 3 3 | 4 3 3 | 3 3
GET  counter:common_receipt          s 3 3 | + + + + + + | 4 4 4 | 4 3
GET  counter:return_receipt          s 3 3 | + + + + + + | 4 4 4 | 4 3
GET  counter:dossier                 s 3 3 | + + + + + + | 4 4 4 | + 3
GET  counter:paper_file              s 3 3 | + + + + + + | 4 4 4 | + 3
GET  counter:result_file             s 3 3 | + + + + + + | 4 4 4 | + 3
GET  counter:slip                    s 3 3 | + + + + + + | 4 4 4 | + 3
GET  counter:declaration             s 3 3 | + + + + + + | 4 4 4 | + 3
POST counter:control_slip            s 3 3 | + + + + + + | 4 4 4 | + 3
GET  counter:compare                 s 3 3 | + + + + + + | 4 4 4 | 4 3
POST counter:tell_apart              s 3 3 | + + + + + 3 | 4 4 4 | 4 3
GET  counter:collect_fee             s 3 3 | + 3 3 3 3 3 | 4 3 3 | 3 3
GET  counter:cancel_receipt          s 3 3 | + 3 3 3 3 3 | 4 3 3 | 3 3
GET  counter:mandates                s 3 3 | + 3 3 3 3 3 | 4 3 3 | 3 3
GET  counter:mandate_paper           s 3 3 | + 3 3 3 3 3 | 4 3 3 | 3 3
POST counter:attach_mandate          s 3 3 | + 3 3 3 3 3 | 4 3 3 | 3 3
POST counter:end_mandate             s 3 3 | + 3 3 3 3 3 | 4 3 3 | 3 3
GET  counter:conversation            s 3 3 | + + + + + + | 4 4 4 | + 3
GET  counter:questions               s 3 3 | 3 3 + + 3 + | 3 3 4 | 3 3
POST counter:explain                 s 3 3 | 3 3 + + 3 + | 3 3 4 | 3 3
GET  counter:bundle                  s 3 3 | + + + + + + | 4 4 4 | 4 3
POST counter:accept                  s 3 3 | + 3 3 3 3 3 | 4 3 3 | 3 3
POST counter:hand_to_agency          s 3 3 | + 3 3 3 3 3 | 4 3 3 | 3 3
GET  counter:settle_at_once          s 3 3 | + 3 3 3 3 3 | 4 3 3 | 3 3
POST counter:do_step                 s 3 3 | + + + + + 3 | 4 4 4 | + 3
GET  counter:approve                 s 3 3 | 3 3 3 + 3 3 | 3 3 4 | 3 3
POST counter:finish                  s 3 3 | 3 3 3 3 + 3 | 3 3 3 | 3 3
GET  counter:hand_over               s 3 3 | + 3 3 3 3 3 | 4 3 3 | 3 3
GET  counter:post_result             s 3 3 | + 3 3 3 3 3 | 4 3 3 | 3 3
GET  counter:take_back               s 3 3 | + 3 3 3 3 3 | 4 3 3 | 3 3
POST counter:note_arrival            s 3 3 | + + + + + 3 | 4 4 4 | + 3
GET  counter:record_answer           s 3 3 | + 3 3 3 3 3 | 4 3 3 | 3 3
GET  counter:request_supplement      s 3 3 | + + + 3 3 3 | 4 4 3 | + 3
GET  counter:return_step             s 3 3 | 3 + + + + 3 | 3 4 4 | + 3
POST counter:take                    s 3 3 | + + + + + 3 | 4 4 4 | + 3
GET  counter:give_back               s 3 3 | + + + + + 3 | 4 4 4 | + 3
GET  counter:assign                  s 3 3 | 3 3 + + 3 + | 3 3 4 | 3 3
GET  counter:request_payment         s 3 3 | + + + 3 3 3 | 4 4 3 | + 3
GET  counter:settle_payment          s 3 3 | + + + 3 3 3 | 4 4 3 | + 3
GET  counter:ask_opinion             s 3 3 | 3 + + 3 3 3 | 3 4 3 | + 3
GET  counter:allow_supplement_again  s 3 3 | 3 3 3 + 3 + | 3 3 4 | 3 3
GET  counter:draft_apology           s 3 3 | 3 + + + 3 3 | 3 4 4 | + 3
POST counter:sign_apology            s 3 3 | 3 3 3 + 3 3 | 3 3 4 | 3 3
GET  counter:recall                  s 3 3 | + + + + + 3 | 4 4 4 | + 3
GET  counter:transfer                s 3 3 | 3 3 + + 3 3 | 3 3 4 | 3 3
GET  counter:send_elsewhere          s 3 3 | + 3 3 3 3 3 | 4 3 3 | 3 3
GET  counter:correct                 s 3 3 | 3 3 3 + 3 3 | 3 3 4 | 3 3
GET  counter:refuse                  s 3 3 | + 3 3 3 3 3 | 4 3 3 | 3 3
GET  counter:withdraw                s 3 3 | + 3 3 3 3 3 | 4 3 3 | 3 3
GET  counter:stop                    s 3 3 | 3 3 + + 3 3 | 3 3 4 | 3 3
GET  counter:give_opinion            s 3 3 | 3 + + + 3 3 | 3 4 4 | + 3
GET  counter:waive_opinion           s 3 3 | 3 + + + 3 3 | 3 4 4 | + 3
GET  counter:opinion_file            s 3 3 | + + + + + + | 4 4 4 | + 3
GET  counter:filters                 s 3 3 | + + + + + + | + + + | + 3
POST counter:save_filter             s 3 3 | + + + + + + | + + + | + 3
POST counter:rename_filter           s 3 3 | 4 + 4 4 4 4 | 4 4 4 | 4 3
POST counter:remove_filter           s 3 3 | 4 + 4 4 4 4 | 4 4 4 | 4 3
POST counter:choose_columns          s 3 3 | + + + + + + | + + + | + 3
GET  counter:labels                  s 3 3 | + + + + + + | + + + | + 3
POST counter:make_label              s 3 3 | 4 4 4 4 4 4 | 4 4 4 | 4 3
POST counter:rename_label            s 3 3 | 4 + + 4 4 4 | 4 4 4 | 4 3
POST counter:remove_label            s 3 3 | 4 + + 4 4 4 | 4 4 4 | 4 3
POST counter:put_label               s 3 3 | 4 4 4 4 4 4 | 4 4 4 | 4 3
POST counter:take_label              s 3 3 | 4 + + 4 4 4 | 4 4 4 | 4 3
POST counter:write_note              s 3 3 | + + + + + + | 4 4 4 | + 3
POST counter:remove_note             s 3 3 | 4 + 4 4 4 4 | 4 4 4 | 4 3
POST counter:follow                  s 3 3 | + + + + + + | 4 4 4 | + 3
GET  counter:present                 s 3 3 | + + + + + + | 4 4 4 | + 3
POST counter:batch_hand_to_agency    s 3 3 | + 3 3 3 3 3 | + 3 3 | 3 3
POST counter:batch_do_step           s 3 3 | + + + + + 3 | + + + | + 3
POST counter:batch_finish            s 3 3 | 3 3 3 3 + 3 | 3 3 3 | 3 3
POST counter:batch_take              s 3 3 | + + + + + 3 | + + + | + 3
POST counter:batch_assign            s 3 3 | 3 3 + + 3 + | 3 3 + | 3 3
POST counter:batch_sign_apology      s 3 3 | 3 3 3 + 3 3 | 3 3 + | 3 3
GET  counter:board                   s 3 3 | 3 3 + + 3 + | 3 3 + | 3 3
GET  counter:board_list              s 3 3 | 3 3 + + 3 + | 3 3 + | 3 3
GET  counter:register                s 3 3 | + + + + + + | + + + | + 3
GET  counter:exports                 s 3 3 | + + + + + + | + + + | + 3
GET  counter:new_export              s 3 3 | 4 4 4 4 4 4 | 4 4 4 | 4 3
GET  counter:export                  s 3 3 | 4 + 4 4 4 4 | 4 4 4 | 4 3
GET  counter:export_file             s 3 3 | 4 + 4 4 4 4 | 4 4 4 | 4 3
GET  counter:handovers               s 3 3 | + + + + + 3 | + + + | + 3
POST counter:give_handover           s 3 3 | 4 4 4 4 4 3 | 4 4 4 | 4 3
GET  counter:handover                s 3 3 | + + + 4 4 3 | 4 4 4 | 4 3
POST counter:receive_handover        s 3 3 | + + + 4 4 3 | 4 4 4 | 4 3
POST counter:take_back_handover      s 3 3 | + + + 4 4 3 | 4 4 4 | 4 3
GET  counter:print_handover          s 3 3 | + + + 4 4 3 | 4 4 4 | 4 3
GET  counter:today_closing           s 3 3 | + 4 4 4 4 + | + 4 4 | 4 3
GET  counter:day                     s 3 3 | + 4 4 4 4 + | + 4 4 | 4 3
POST counter:close_day               s 3 3 | + 3 3 3 3 3 | + 3 3 | 3 3
GET  counter:day_list                s 3 3 | + 4 4 4 4 + | + 4 4 | 4 3
GET  counter:closures                s 3 3 | 3 3 3 + 3 + | 3 3 + | 3 +
GET  counter:declare_closure         s 3 3 | 3 3 3 + 3 + | 3 3 + | 3 +
GET  counter:closure                 s 3 3 | 3 3 3 + 3 + | 3 3 4 | 3 +
POST counter:take_back_closure       s 3 3 | 3 3 3 + 3 + | 3 3 4 | 3 +
GET  systems:systems                 s 3 3 | 3 3 3 3 3 + | 3 3 3 | 3 3
GET  systems:register                s 3 3 | 3 3 3 3 3 + | 3 3 3 | 3 3
GET  systems:system                  s 3 3 | 3 3 3 3 3 4 | 3 3 3 | 3 3
POST systems:rotate                  s 3 3 | 3 3 3 3 3 4 | 3 3 3 | 3 3
POST systems:disable                 s 3 3 | 3 3 3 3 3 4 | 3 3 3 | 3 3
POST systems:enable                  s 3 3 | 3 3 3 3 3 4 | 3 3 3 | 3 3
GET  operation:home                  s 3 3 | 3 3 3 3 3 3 | 3 3 3 | 3 3
POST operation:try_again             s 3 3 | 3 3 3 3 3 3 | 3 3 3 | 3 3
GET  connections:webhooks            s 3 3 | 3 3 3 3 3 + | 3 3 3 | 3 3
GET  connections:log                 s 3 3 | 3 3 3 3 3 4 | 3 3 3 | 3 3
POST connections:test                s 3 3 | 3 3 3 3 3 4 | 3 3 3 | 3 3
GET  connections:delivery            s 3 3 | 3 3 3 3 3 4 | 3 3 3 | 3 3
POST connections:send_again          s 3 3 | 3 3 3 3 3 4 | 3 3 3 | 3 3
GET  counter:notices                 s 3 3 | + + + + + + | + + + | + 3
POST counter:read_notices            s 3 3 | 4 4 4 4 4 4 | 4 4 4 | 4 3
GET  counter:notice_choices          s 3 3 | + + + + + + | + + + | + 3
GET  counter:notice                  s 3 3 | 4 4 4 4 4 4 | 4 4 4 | 4 3
GET  counter:absences                s 3 3 | + + + + + + | + + + | + 3
POST counter:end_absence             s 3 3 | 4 4 4 4 4 4 | 4 4 4 | 4 3
GET  portal:file                     s + + | + + + + + + | + + + | + +
GET  portal:draft                    s + 4 | 4 4 4 4 4 4 | 4 4 4 | 4 4
GET  portal:draft_case               s + 4 | 4 4 4 4 4 4 | 4 4 4 | 4 4
GET  portal:draft_whose              s + 4 | 4 4 4 4 4 4 | 4 4 4 | 4 4
GET  portal:draft_owner              s + 4 | 4 4 4 4 4 4 | 4 4 4 | 4 4
GET  portal:draft_form               s + 4 | 4 4 4 4 4 4 | 4 4 4 | 4 4
GET  portal:draft_mandate            s + 4 | 4 4 4 4 4 4 | 4 4 4 | 4 4
GET  portal:draft_papers             s + 4 | 4 4 4 4 4 4 | 4 4 4 | 4 4
GET  portal:draft_file               s + 4 | 4 4 4 4 4 4 | 4 4 4 | 4 4
GET  portal:draft_remove             s + 4 | 4 4 4 4 4 4 | 4 4 4 | 4 4
GET  portal:draft_return             s + 4 | 4 4 4 4 4 4 | 4 4 4 | 4 4
GET  portal:draft_review             s + 4 | 4 4 4 4 4 4 | 4 4 4 | 4 4
GET  portal:draft_preview            s + 4 | 4 4 4 4 4 4 | 4 4 4 | 4 4
GET  portal:draft_declaration        s + 4 | 4 4 4 4 4 4 | 4 4 4 | 4 4
POST portal:draft_submit             s + 4 | 4 4 4 4 4 4 | 4 4 4 | 4 4
GET  portal:draft_discard            s + 4 | 4 4 4 4 4 4 | 4 4 4 | 4 4
GET  portal:draft_keep               s + 4 | 4 4 4 4 4 4 | 4 4 4 | 4 4
POST portal:draft_save               s 4 4 | 4 4 4 4 4 4 | 4 4 4 | 4 4
POST portal:upload_begin             s + 4 | 4 4 4 4 4 4 | 4 4 4 | 4 4
GET  portal:upload                   s + 4 | 4 4 4 4 4 4 | 4 4 4 | 4 4
POST portal:upload_give_up           s + 4 | 4 4 4 4 4 4 | 4 4 4 | 4 4
GET  portal:mine                     s + + | + + + + + + | + + + | + +
GET  portal:informing                s + + | + + + + + + | + + + | + +
GET  portal:bundle                   4 4 4 | 4 4 4 4 4 4 | 4 4 4 | 4 4
GET  portal:mandates                 s + + | + + + + + + | + + + | + +
GET  portal:mandate                  s 4 4 | 4 4 4 4 4 4 | 4 4 4 | 4 4
GET  portal:dossier                  4 + 4 | 4 4 4 4 4 4 | 4 4 4 | 4 4
GET  portal:filed                    s + 4 | 4 4 4 4 4 4 | 4 4 4 | 4 4
GET  portal:paper                    4 + 4 | 4 4 4 4 4 4 | 4 4 4 | 4 4
GET  portal:slip                     s + 4 | 4 4 4 4 4 4 | 4 4 4 | 4 4
GET  portal:declaration              s + 4 | 4 4 4 4 4 4 | 4 4 4 | 4 4
GET  portal:filing_note              s + 4 | 4 4 4 4 4 4 | 4 4 4 | 4 4
GET  portal:result                   4 + 4 | 4 4 4 4 4 4 | 4 4 4 | 4 4
GET  portal:withdraw                 s + 4 | 4 4 4 4 4 4 | 4 4 4 | 4 4
GET  portal:conversation             s + 4 | 4 4 4 4 4 4 | 4 4 4 | 4 4
POST portal:remove_message           s + 4 | 4 4 4 4 4 4 | 4 4 4 | 4 4
GET  portal:read_by                  4 + 4 | 4 4 4 4 4 4 | 4 4 4 | 4 4
GET  portal:reading                  s + 4 | 4 4 4 4 4 4 | 4 4 4 | 4 4
GET  portal:shares                   s + 4 | 4 4 4 4 4 4 | 4 4 4 | 4 4
POST portal:end_share                s + 4 | 4 4 4 4 4 4 | 4 4 4 | 4 4
GET  portal:shared                   + + + | + + + + + + | + + + | + +
POST portal:take_shared              + + + | + + + + + + | + + + | + +
GET  portal:answer                   s + 4 | 4 4 4 4 4 4 | 4 4 4 | 4 4
POST portal:answer_save              s + 4 | 4 4 4 4 4 4 | 4 4 4 | 4 4
GET  portal:answer_remove            s + 4 | 4 4 4 4 4 4 | 4 4 4 | 4 4
"""

OF_ALL = """
#                                    nobody citizen officer keeper
GET  ui:portal                       +      +      +      +
GET  ui:counter                      +      +      +      +
GET  ui:sheet                        +      +      +      +
GET  operation:alive                 +      +      +      +
GET  operation:ready                 +      +      +      +
GET  operation:figures               3      3      3      3
GET  set_language                    +      +      +      +
GET  api:procedures                  +      +      +      +
GET  api:procedure                   +      +      +      +
GET  api:versions                    +      +      +      +
GET  api:fields                      +      +      +      +
GET  api:agencies                    +      +      +      +
GET  api:levels                      +      +      +      +
GET  api:life_events                 +      +      +      +
GET  api:changes                     +      +      +      +
GET  api:dossiers                    k      k      k      k
POST api:file_dossier                k      k      k      k
GET  api:dossier                     k      k      k      k
GET  api:paper                       k      k      k      k
GET  api:result                      k      k      k      k
POST api:send_paper                  k      k      k      k
POST api:answer_supplement           k      k      k      k
POST api:withdraw                    k      k      k      k
GET  api:list_acts                   k      k      k      k
POST api:do_act                      k      k      k      k
GET  api:events                      k      k      k      k
GET  api:list_webhooks               k      k      k      k
GET  api:webhook                     k      k      k      k
POST api:register_webhook            k      k      k      k
POST api:renew_webhook_secret        k      k      k      k
POST api:switch_webhook_on           k      k      k      k
POST api:test_webhook                k      k      k      k
GET  api:list_deliveries             k      k      k      k
GET  api:read_delivery               k      k      k      k
POST api:send_delivery_again         k      k      k      k
POST api:token                       +      +      +      +
GET  api:openapi                     +      +      +      +
GET  api:nowhere                     4      4      4      4
GET  catalogue:home                  s      3      3      +
GET  catalogue:new                   s      3      3      +
GET  catalogue:procedure             s      3      3      +
POST catalogue:begin                 s      3      3      +
GET  catalogue:retire                s      3      3      +
POST catalogue:reinstate             s      3      3      +
GET  catalogue:drafts                s      3      3      +
GET  catalogue:draft                 s      3      3      4
GET  catalogue:compare               s      3      3      4
GET  catalogue:history               s      3      3      4
POST catalogue:undo                  s      3      3      4
POST catalogue:discard               s      3      3      4
GET  catalogue:publish               s      3      3      4
GET  catalogue:part                  s      3      3      4
GET  catalogue:form                  s      3      3      4
GET  catalogue:form_preview          s      3      3      4
GET  catalogue:form_json             s      3      3      4
GET  catalogue:form_download         s      3      3      4
GET  catalogue:announced             s      3      3      +
GET  catalogue:files                 s      3      3      +
GET  catalogue:take_out[jsonl]       s      3      3      +
GET  catalogue:take_out[json]        s      3      3      +
GET  catalogue:take_out[xlsx]        s      3      3      +
GET  catalogue:upload                s      3      3      4
POST catalogue:apply                 s      3      3      4
GET  catalogue:processes             s      3      3      +
GET  catalogue:process_new           s      3      3      +
GET  catalogue:process_upload        s      3      3      +
POST catalogue:process_take          s      3      3      +
GET  catalogue:process_draft         s      3      3      4
POST catalogue:process_discard       s      3      3      4
GET  catalogue:process_draft_print   s      3      3      4
GET  catalogue:process_draft_bpmn    s      3      3      4
GET  catalogue:process               s      3      3      4
POST catalogue:process_again         s      3      3      4
GET  catalogue:process_print         s      3      3      4
GET  catalogue:process_bpmn          s      3      3      4
GET  catalogue:synonyms              s      3      3      +
GET  catalogue:synonym               s      3      3      4
POST catalogue:synonym_remove        s      3      3      4
GET  catalogue:feedback              s      3      3      +
POST catalogue:feedback_settle       s      3      3      4
GET  portal:join                    s      +      +      +
GET  portal:join_code               s      4      4      4
POST portal:join_password           s      +      +      +
GET  portal:own_data                s      +      +      +
GET  portal:own_data_file           s      4      4      4
GET  portal:leave                   s      +      +      +
GET  accounts:sign_in                +      +      +      +
POST accounts:sign_out               +      +      +      +
GET  accounts:register               +      +      +      +
GET  accounts:ask_code               4      +      +      +
GET  accounts:enter_code             s      +      +      +
GET  accounts:whose_number           s      s      s      s
GET  accounts:open_account           s      s      s      s
GET  accounts:e_identity             4      4      4      4
GET  accounts:e_identity_answer      4      4      4      4
GET  accounts:second_factor          s      s      s      s
POST accounts:sign_in_passkey        s      s      s      s
GET  accounts:passkey_question       +      +      +      +
GET  accounts:new_passkey_question   3      +      +      +
GET  accounts:set_up                 s      +      s      s
GET  accounts:set_up_passkey         s      +      s      s
GET  accounts:account                s      +      +      +
GET  accounts:correct                s      +      +      +
GET  accounts:change_password        s      +      +      +
GET  accounts:confirm                s      +      +      +
GET  accounts:confirm_by_code        s      +      +      +
GET  accounts:change_phone           s      +      +      +
GET  accounts:change_email           s      +      +      +
GET  accounts:phone_code             s      +      +      +
GET  accounts:email_code             s      +      +      +
GET  accounts:add_application        s      +      +      +
GET  accounts:add_passkey            s      +      +      +
POST accounts:remove_factor          s      4      4      4
GET  accounts:recovery_codes         s      +      +      +
POST accounts:end_sessions           s      s      s      s
GET  portal:home                     +      +      +      +
GET  portal:search                   +      +      +      +
POST portal:missing                  +      +      +      +
GET  portal:fields                   +      +      +      +
GET  portal:agencies                 +      +      +      +
GET  portal:agency                   +      +      +      +
GET  portal:agency_poster            4      4      4      4
GET  portal:level                    4      4      4      4
GET  portal:life_events              +      +      +      +
GET  portal:life_event               4      4      4      4
GET  portal:life_event_poster        4      4      4      4
GET  portal:procedure                +      +      +      +
GET  portal:version                  +      +      +      +
GET  portal:print                    +      +      +      +
GET  portal:poster                   +      +      +      +
GET  portal:changes                  +      +      +      +
GET  portal:feed                     +      +      +      +
GET  portal:places                   +      +      +      +
GET  portal:data                     +      +      +      +
GET  portal:download                 +      +      +      +
GET  portal:follow                   +      +      +      +
POST portal:stop_following           +      +      +      +
"""


class Row:
    """One line of the table: how it is asked, which address, and what becomes of it for each role."""

    def __init__(self, line: str, roles: str):
        self.method, self.name, *cells = line.replace("|", " ").split()
        self.expected = dict(zip(roles.split(), cells, strict=True))


ROWS = {
    row.name: row
    for table, roles in ((OF_DOSSIERS, WHOSE_IT_IS), (OF_ALL, OF_EACH_KIND))
    for row in (Row(line, roles) for line in table.strip().splitlines() if line[0] != "#")
}


def addresses(resolver: URLResolver | None = None, space: str = "", before: str = "/") -> Iterator[tuple[str, str]]:
    """Every address of the product by its name, with its route."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            given = "".join(f"[{value}]" for value in (pattern.default_args or {}).values())
            yield f"{space}{pattern.name or 'nowhere'}{given if pattern.name == 'take_out' else ''}", route
        else:
            yield from addresses(pattern, f"{pattern.namespace}:" if pattern.namespace else space, route)


@cache
def routes() -> dict[str, str]:
    return dict(addresses())


def test_every_address_is_in_the_table_and_every_row_has_its_address():
    assert routes().keys() - ROWS.keys() == set()
    assert ROWS.keys() - routes().keys() == set()


# One dossier, and everybody who may or may not see it --------------------------------------------------------------------


def a_settled_dossier(office: OneStop, asked: Person) -> Dossier:
    """Somebody elsewhere said what they think, with a document; the result has its file and lies at the desk."""
    dossier = a_dossier(office, owner_name="Quàng Thị Hiếm")
    dossier = opinions.ask(
        dossier, unit=asked.assignments.get().unit, question="Trùng không?", days=2, by=office.officer, at=TUESDAY
    )
    paper = a_stored_file(RESULT, at=TUESDAY)
    opinions.answer(dossier.opinions.get(), text="Không.", by=asked, at=TUESDAY, stored=paper, file_name="y-kien.pdf")
    step = processing.running_step(dossier)
    dossier = processing.do_step(dossier, at_step=step.pk, by=office.officer, at=TUESDAY)
    step = processing.running_step(dossier)
    dossier = processing.approve(
        dossier,
        at_step=step.pk,
        granted=True,
        number="1",
        by=office.leader,
        at=TUESDAY,
        stored=paper,
        file_name="kq.pdf",
    )
    step = processing.running_step(dossier)
    return results.finish(dossier, at_step=step.pk, by=office.clerk, at=TUESDAY)


def everybody(office: OneStop, there: OneStop, asked: Person) -> dict[str, Person | None]:
    """One of each kind, by the names of the columns."""
    return {
        "nobody": None,
        "owner": office.citizen,
        "other": a_citizen("Người khác"),
        "desk": office.reception,
        "officer": office.officer,
        "head": office.head,
        "leader": office.leader,
        "clerk": office.clerk,
        "director": an_officer(office.one_stop, Role.DIRECTOR, "Vi Thị Ngân"),
        "desk_there": there.reception,
        "officer_there": there.officer,
        "leader_there": there.leader,
        "asked": asked,
        "keeper": a_keeper(),
    }


@pytest.fixture
def world(monkeypatch) -> SimpleNamespace:
    """A dossier with everything that can lie in one: papers, slips, an opinion with its document, a result with its file."""
    it_is(monkeypatch, WEDNESDAY)
    office, there = a_one_stop(), a_one_stop("Ủy ban nhân dân xã Yên Thuận", code="1.001194")
    department = an_agency("Sở Tư pháp", level=Level.PROVINCE, kind=AgencyKind.DEPARTMENT)
    unit = a_unit(department, UnitKind.PROFESSIONAL, "Phòng Hành chính tư pháp")
    asked = an_officer(unit, Role.PROCESSING_OFFICER, "Đặng Thị Hoa")
    dossier = a_settled_dossier(office, asked)
    opinion = dossier.opinions.get()
    slip = slips.issue(dossier, SlipKind.CONTROL, by=office.clerk, at=TUESDAY)
    message = conversation.write(dossier, text="Bao giờ xong?", by=office.citizen, at=TUESDAY)
    read(dossier, reader=office.officer, at=TUESDAY, purpose="Giải quyết bước được giao")
    reading = Reading.objects.get(subject=dossier.subject)
    question = readings.ask(dossier, reading, question="Vì sao?", by=office.citizen, at=TUESDAY)
    share = sharing.share(dossier, days=7, times=10, by=office.citizen, at=TUESDAY)
    draft = a_draft(office)
    closure = closures.declare(
        office.agency,
        first=MONDAY.date(),
        last=MONDAY.date(),
        reason="Bão",
        legal_basis="CĐ 1",
        by=office.leader,
        at=TUESDAY,
    )
    export = exporting.ask(
        exporting.SEARCH, {"q": dossier.code}, format=ExportFormat.CSV, purpose="Rà soát", by=office.officer, at=TUESDAY
    )
    returned, handed = (
        a_dossier(office, state, owner_name="Quàng Thị Hiếm") for state in (State.RETURNED, State.IN_PROGRESS)
    )
    handover = handovers.give(
        HandoverKind.DOSSIERS,
        office.agency,
        office.professional,
        [processing.running_step(handed).pk],
        public_id=UUID(int=8),
        by=office.reception,
        at=WEDNESDAY,
    )
    receipt = collecting.collect(
        dossier, lines=[collecting.Line("Lệ phí", 8_000, 8_000)], number="BL1", by=office.reception, at=WEDNESDAY
    )
    mandate = a_paper_mandate(office, dossier)
    bundle = receive_together(office, [office.version, a_procedure("2.000635")], owner_name="Quàng Thị Hiếm")
    file = dossier.papers.exclude(files=None).first().files.first()
    label = Label.objects.create(unit=office.professional, name="Gấp")
    note = Note.objects.create(dossier=dossier, by=office.officer, text="Nhớ gọi", at=TUESDAY)
    kept = SavedFilter.objects.create(officer=office.officer, name="Của tôi", listed="home")
    parts: dict[str, Any] = {
        "code": dossier.code,
        "procedure": "1.001193",
        "draft": draft.public_id,
        "file": file.pk,
        "slip": slip.pk,
        "public_id": export.public_id,
        "agency": office.agency.pk,
        "listed": "home",
        "level": "cap-xa",
        "event": "sinh-con",
        "day": "2021-01-01",
        "on": "2023-10-25",
        "path": "tiep-nhan",
        "page": "giay-to",
        "name": "ten",
        "rest": "khong-co",
        "item": handover.items.get().pk,
        "other": handed.code,
        "mandate": mandate.public_id,
        "pk": 999_999_999,  # what nobody has made
        "act": "accept",
        "client_id": "khong-co",
        "webhook": "00000000-0000-4000-8000-000000000000",
        "delivery": "00000000-0000-4000-8000-000000000000",
    }
    slip_of_receipt = dossier.slips.get(kind=SlipKind.RECEIPT)
    drafted = draft.papers.exclude(files=None).first().files.first()
    upload = uploads.begin(drafted.paper, key=UUID(int=7), name="trang-2.jpg", size=9, by=office.citizen, at=TUESDAY)
    own_pk = {
        "counter:paper_file": file.pk,
        "counter:slip": slip.pk,
        "counter:opinion_file": opinion.pk,
        "counter:give_opinion": opinion.pk,
        "counter:waive_opinion": opinion.pk,
        "counter:explain": question.pk,
        "counter:cancel_receipt": receipt.pk,
        "counter:handover": handover.pk,
        "counter:receive_handover": handover.pk,
        "counter:take_back_handover": handover.pk,
        "counter:print_handover": handover.pk,
        "counter:closure": closure.pk,
        "counter:take_back_closure": closure.pk,
        "counter:take_label": label.pk,
        "counter:rename_label": label.pk,
        "counter:remove_label": label.pk,
        "counter:remove_note": note.pk,
        "counter:rename_filter": kept.pk,
        "counter:remove_filter": kept.pk,
    }
    own = {name: {"pk": pk} for name, pk in own_pk.items()} | {
        "portal:draft_file": {"file": drafted.pk},
        "portal:draft_remove": {"file": drafted.pk},
        "portal:upload_begin": {"paper": drafted.paper_id},
        "portal:upload": {"key": upload.key},
        "portal:upload_give_up": {"key": upload.key},
        "portal:slip": {"slip": slip_of_receipt.pk},
        "counter:return_receipt": {"code": returned.code},
        "counter:common_receipt": {"code": bundle.dossiers.first().code},
        "counter:bundle": {"public_id": bundle.public_id},
        "portal:remove_message": {"message": message.pk},
        "portal:reading": {"reading": reading.pk},
        **{f"portal:{name}": {"public_id": share.public_id} for name in ("end_share", "shared", "take_shared")},
    }
    return SimpleNamespace(people=everybody(office, there, asked), dossier=dossier, parts=parts, own=own)


def address(world: SimpleNamespace, name: str) -> str:
    route = routes()[name]
    of_a_procedure = "thu-tuc/" in route or "procedures/" in route
    known = {**world.parts, **({"code": "1.001193"} if of_a_procedure else {}), **world.own.get(name, {})}
    route = re.sub(r"^\^|\$$", "", route.replace("^(?P<rest>.*)$", "<rest>"))
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda part: str(known[part[1]]), route)


WITH_EVERY_ANSWER = (
    "Content-Security-Policy",
    "Cross-Origin-Resource-Policy",
    "Permissions-Policy",
    "Referrer-Policy",
    "X-Content-Type-Options",
    "X-Frame-Options",
)


def may_be_kept(name: str) -> bool:
    """The same for everybody, or kept by another system under its own key: its view says how long."""
    return name == "portal:places" or name.startswith("api:")


def asked(client: Client, row: Row, where: str) -> tuple[str, str]:
    """What becomes of the question, and what was read; whatever it did is taken back."""
    method = row.method
    around = transaction.atomic()
    around._from_testcase = True  # filing takes its code in a transaction of its own
    with around:
        answer = (client.get if method == "GET" else client.post)(where)
        text = b"".join(answer.streaming_content) if answer.streaming else answer.content
        transaction.set_rollback(True)
    assert set(WITH_EVERY_ANSWER) <= set(answer.headers), f"{method} {where} lacks headers"
    signed_in = settings.SESSION_COOKIE_NAME in client.cookies
    looked_who_asks = "Cookie" in answer.get("Vary", "")
    if signed_in and looked_who_asks and not may_be_kept(row.name):
        assert "no-store" in answer.get("Cache-Control", ""), f"{method} {where} may be kept by a browser"
    if answer.status_code == 302 and answer["Location"].startswith(settings.LOGIN_URL):
        return "s", ""
    if "WWW-Authenticate" in answer.headers:
        return "k", ""
    said = {403: "3", 404: "4", 405: "5"}.get(answer.status_code, "+")
    return said, text.decode(errors="ignore") if said == "+" else ""


@pytest.mark.long
def test_each_role_gets_what_the_table_says_and_reads_of_no_dossier_of_others(world):
    wrong, told = [], []
    for role, person in world.people.items():
        session = a_session(person) if person else ""
        may_read = role == "owner" or (
            person and Dossier.objects.handled_by(person).filter(pk=world.dossier.pk).exists()
        )
        client = Client()
        for row in (row for row in ROWS.values() if role in row.expected):
            where = address(world, row.name)
            client.cookies.clear()  # some addresses sign out
            if session:
                client.cookies[settings.SESSION_COOKIE_NAME] = session
            said, text = asked(client, row, where)
            if said != row.expected[role]:
                wrong.append(f"{row.method} {where} ({row.name}): {role} {row.expected[role]} → {said}")
            if not may_read and "Quàng Thị Hiếm" in text:
                told.append(f"{role}: {where}")

    assert "\n".join(wrong) == ""
    assert told == []


def test_lists_search_register_and_export_hold_the_same_dossiers(world, monkeypatch):
    """By whatever door an officer asks for all they see, it is one queryset."""
    for role, person in world.people.items():
        if person is None or not person.sees_dossiers:
            continue
        client = Client()
        sign_in(client, person)
        seen = Dossier.objects.handled_by(person).filter(pk=world.dossier.pk).exists()
        tail = world.dossier.code

        export = exporting.ask(
            exporting.SEARCH, {"q": tail}, format=ExportFormat.CSV, purpose="Rà soát", by=person, at=WEDNESDAY
        )
        exporting.make(export.pk, at=WEDNESDAY)
        export = Export.objects.get(pk=export.pk)
        found = client.get("/motcua/tim/", {"q": tail})  # one that is found alone opens at once
        page = client.get(f"/motcua/ho-so/{tail}/")

        assert (export.total or 0) == int(seen), role
        assert (found.status_code == 302) == seen, role
        assert (page.status_code == 200) == seen, role
