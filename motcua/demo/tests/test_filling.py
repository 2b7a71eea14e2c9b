"""What is filled in at once is of the same kind as what the steps make: the same rows, the same rules, the same pages."""

from collections import Counter
from datetime import date, datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from motcua.accounts.permissions import Role
from motcua.accounts.testing import an_officer, sign_in
from motcua.catalogue.testing import PAPERS, a_procedure
from motcua.demo import loading
from motcua.demo.filling import plot
from motcua.demo.filling.filling import FilledBefore, Hand, Order, fill, has_number, room, shared_out
from motcua.demo.filling.on_paper import TABLES
from motcua.demo.filling.scene import Scene
from motcua.demo.filling.writing import reserve, write
from motcua.dossiers import (
    apologies,
    durations,
    intake,
    papers,
    posting,
    processing,
    results,
    supplement,
    tallies,
)
from motcua.dossiers.listeners import measure, tally
from motcua.dossiers.models import Apology, CodeCounter, Decision, Dossier, Duration, State, Tallied, Tally
from motcua.dossiers.testing import VIETNAM, a_one_stop, it_is, keeps_its_rules
from motcua.journal.models import Entry
from motcua.journal.recording import LISTENERS
from motcua.journal.verifying import verify
from motcua.organisations.models import AgencyKind, Level, UnitKind
from motcua.organisations.testing import a_place, a_unit, an_agency
from motcua.worktime.terms import Term

pytestmark = pytest.mark.django_db

NOW = datetime(2024, 5, 15, 10, 30, tzinfo=VIETNAM)
PAST, OPEN = 9, 3  # stories lived both on paper and by the steps
# So much of a hundred that few stories tell everything.
OFTEN = {"REFUSED": 15, "ASKED_BEFORE": 20, "SILENT": 30, "ASKED": 35, "CHARGED": 25, "WITHDRAWN": 8, "GIVEN_BACK": 35}
OFTEN |= {"NOT_GRANTED": 15, "APOLOGISED": 95, "PACES": ((0.4, 0.9, 60), (1.2, 1.6, 40))}


@pytest.fixture
def province(settings, tmp_path):
    """A commune, and a department whose dossiers the centre receives; under the rules of 2021, as in the demonstration."""
    settings.DEMONSTRATION = True
    storage = {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "default": storage}
    commune = a_one_stop(form=[], professional=(None, None))
    loading.load_rules()
    a_place()
    place = a_place("Tỉnh Tuyên Quang", level=Level.PROVINCE)
    centre = an_agency("Trung tâm", level=Level.PROVINCE, kind=AgencyKind.CENTRE, place=place)
    department = an_agency("Sở Tư pháp", level=Level.PROVINCE, kind=AgencyKind.DEPARTMENT, place=place, at_centre=True)
    an_officer(a_unit(centre, UnitKind.ONE_STOP), Role.RECEPTION_OFFICER, "Vi Thị Ngân")
    for kind, role in (
        (UnitKind.PROFESSIONAL, Role.PROCESSING_OFFICER),
        (UnitKind.PROFESSIONAL, Role.HEAD_OF_UNIT),
        (UnitKind.LEADERS, Role.LEADER),
        (UnitKind.CLERK, Role.CLERK),
    ):
        unit = department.units.filter(kind=kind).first() or a_unit(department, kind)
        an_officer(unit, role, f"Cán bộ {role.label}")
    of_department = {"agency": department, "level": Level.PROVINCE, "form": []}
    a_procedure("1.004859", name="Cấp lại thẻ", components=PAPERS, process=False, **of_department)
    a_procedure("2.000815", name="Chứng thực", term=Term.hours(16), components=[], **of_department)
    a_procedure("3.000465", name="Việc không có thời hạn", term=None, **of_department)
    return commune


def jobs():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs")
        return cursor.fetchone()[0]


class ByTheSteps:
    """A story lived through the steps themselves, each with its guards."""

    def __init__(self, scene, story):
        self.scene, self.story, self.dossier = scene, story, None

    apology = property(lambda self: Apology.objects.filter(dossier=self.dossier).first())
    decision = property(lambda self: Decision.objects.filter(dossier=self.dossier).first())
    holder = property(lambda self: self.dossier.holder)
    papers = property(lambda self: list(self.dossier.papers.order_by("position")))
    interval = property(lambda self: processing.running_step(self.dossier))
    step = property(lambda self: self.interval.step)

    def draft(self, *, by, at, saved_at, facts):
        story = self.story
        dossier = intake.begin(story.version, agency=story.agency, by=by, at=at)
        if story.case:
            dossier = intake.choose_case(dossier, story.case, by=by, at=at)
        self.dossier = intake.save(dossier, by=by, at=saved_at, **facts)
        for paper in self.papers:
            if paper.component in story.photographed:
                stored, name = self.scene.paper(paper.name)
                papers.add(paper, stored, name=name, by=by, at=saved_at)
            elif paper.component.may_bring_later:
                papers.bring_later(paper, True, by=by, at=saved_at)

    def submit(self, *, by, at):
        self.dossier = intake.submit(Dossier.objects.get(pk=self.dossier.pk), by=by, at=at)

    def receive(self, *, by, at, facts):
        story = self.story
        brought = story.brought(self.scene)
        told = {"agency": story.agency, "papers": brought, "case": story.case, **facts}
        self.dossier = intake.receive(story.version, by=by, at=at, **told)

    def accept(self, **told):
        self.dossier = intake.accept(self.dossier, **told)

    def refuse(self, **told):
        self.dossier = intake.refuse(self.dossier, **told)

    def ask(self, *, nth, what, reason, by, at):
        item = supplement.Item(what, None if nth is None else self.papers[nth])
        self.dossier = supplement.request(self.dossier, items=[item], reason=reason, by=by, at=at)

    def answer(self, *, nth, note, by, at):
        if nth is not None:
            paper = self.papers[nth]
            stored, name = self.scene.paper(paper.name, seed=1)
            papers.add(paper, stored, name=name, by=by, at=at)
        self.dossier = supplement.answer(self.dossier, by=by, at=at, note=note)

    def charge(self, **told):
        self.dossier = processing.request_payment(self.dossier, **told)

    def pay(self, **told):
        self.dossier = processing.settle_payment(self.dossier, **told)

    def hand(self, **told):
        self.dossier = processing.hand_to_agency(self.dossier, at_step=self.interval.pk, **told)

    def do(self, **told):
        self.dossier = processing.do_step(self.dossier, at_step=self.interval.pk, **told)

    def give_back(self, **told):
        self.dossier = processing.return_step(self.dossier, at_step=self.interval.pk, **told)

    def approve(self, *, file, **told):
        stored, name = file or (None, "")
        told |= {"stored": stored, "file_name": name, "at_step": self.interval.pk}
        self.dossier = processing.approve(self.dossier, **told)

    def finish(self, **told):
        self.dossier = results.finish(self.dossier, at_step=self.interval.pk, **told)

    def post(self, **told):
        self.dossier = posting.post_result(self.dossier, **told)

    def hand_over(self, *, name, id_number, **told):
        told |= {"recipient_name": name, "recipient_id_number": id_number}
        self.dossier = results.hand_over(self.dossier, **told)

    def draft_apology(self, *, at):
        apologies.draft_in_time(self.dossier, at=at)

    def write_apology(self, *, until, **told):
        self.dossier = apologies.draft(self.dossier, renewed_due_at=until, **told)

    def sign_apology(self, **told):
        self.dossier = apologies.sign(self.dossier, **told)

    def withdraw(self, **told):
        self.dossier = results.withdraw(self.dossier, **told)

    def stop(self, **told):
        self.dossier = processing.stop(self.dossier, **told)


def rows_of(dossier):
    """Every row of a dossier, told without the numbers that rows are given; and what was counted."""
    found = {Dossier: [dossier], Entry: list(Entry.objects.filter(subject=dossier.subject).order_by("number"))}
    found[Tallied] = list(Tallied.objects.filter(entry__in=found[Entry]).order_by("entry__number"))
    for table in TABLES:
        if table not in found:
            name = {"PaperFile": "paper__dossier", "SupplementItem": "request__dossier"}.get(table.__name__, "dossier")
            found[table] = list(table.objects.filter(**{name: dossier.pk}).order_by("pk"))
    places = {(table, row.pk): place for table, rows in found.items() for place, row in enumerate(rows)}

    def told(row, field):
        value = getattr(row, field.attname)
        if field.is_relation and field.related_model in found and value is not None:
            return places[field.related_model, value]
        if field.attname == "facts":
            named = {key for key in ("request", "item", "slip") if key in value}
            return {key: "…" if key in named else fact for key, fact in value.items()}
        return value

    unlike = {"id", "public_id", "subject", "hash", "previous_hash"}
    rows = {
        table.__name__: [
            {field.attname: told(row, field) for field in table._meta.concrete_fields if field.attname not in unlike}
            for row in of_table
        ]
        for table, of_table in found.items()
    }
    return rows | {
        "tallies": sorted(Tally.objects.values_list("agency_id", "day", "event", "count")),
        "codes": sorted(CodeCounter.objects.values_list("agency_id", "day", "last")),
    }


class Undone:
    """Whatever is written inside is taken back; a code is taken in a transaction of its own."""

    def __enter__(self):
        self.around = transaction.atomic()
        self.around._from_testcase = True
        self.around.__enter__()

    def __exit__(self, *_):
        transaction.set_rollback(True)
        self.around.__exit__(None, None, None)


def lived_by_steps(hand, life):
    """The same story through the steps, after as many codes were given that day."""
    for (agency, day), number in life.taken.items():
        if number > 1:
            CodeCounter.objects.create(agency_id=agency, day=day, last=number - 1)
    by_steps = ByTheSteps(hand.scene, hand.story(life.begun))
    hand.plot(by_steps, life.begun).tell()
    for entry in Entry.objects.filter(subject=by_steps.dossier.subject).order_by("number"):
        for listener in (tally, measure):
            if listener in LISTENERS.get(entry.event, ()):
                listener(entry)
    return rows_of(Dossier.objects.get(pk=by_steps.dossier.pk))


def test_what_is_lived_on_paper_leaves_the_rows_that_the_steps_leave(province, monkeypatch):
    for what, often in OFTEN.items():
        monkeypatch.setattr(plot, what, often)
    order = Order(past=PAST, open=OPEN, seed=22, now=NOW)
    scene = Scene(date(2021, 12, 7), procedures=9)
    scene.settle(50, now=NOW)
    numbers = {table: reserve(table, room(table) * order.all) for table in TABLES if has_number(table)}
    hand = Hand(scene, order, numbers, shared_out(scene, order, 1)[0])
    told = Counter()

    for life in hand.lives():
        with Undone():
            write([life], life.taken)
            on_paper = rows_of(Dossier.objects.get(pk=life.dossier.pk))
        with Undone():
            by_steps = lived_by_steps(hand, life)
        for table, rows in by_steps.items():
            assert on_paper[table] == rows, table
        told.update(line["event"] for line in on_paper["Entry"])

    # Nothing was the same only because nothing happened.
    assert {"dossier.refused", "dossier.supplement_answered", "dossier.payment_settled", "dossier.stopped"} <= set(told)
    assert {"dossier.apologised", "dossier.step_returned", "dossier.result_posted", "dossier.withdrawn"} <= set(told)


def test_what_is_filled_in_keeps_every_rule_and_every_count(province, client):
    before = jobs()
    assert fill(Order(past=18, open=12, seed=1, now=NOW)) == 30

    dossiers = list(Dossier.objects.all())
    assert Counter(one.is_open() for one in dossiers) == {False: 18, True: 12}
    for dossier in dossiers:
        keeps_its_rules(dossier)
    assert list(verify()) == []
    counted = sorted(Tally.objects.values_list("agency_id", "day", "event", "count"))
    measured = sorted(Duration.objects.values_list())
    assert tallies.recount() == Tallied.objects.count() > 60 and durations.recount() == len(measured) > 12
    assert counted == sorted(Tally.objects.values_list("agency_id", "day", "event", "count"))
    assert measured == sorted(Duration.objects.values_list())
    assert jobs() == before  # nobody is told of what was years ago


def test_pages_open_on_what_is_filled_in(province, client, monkeypatch):
    fill(Order(past=2, open=16, seed=2, now=NOW))
    it_is(monkeypatch, NOW)
    ours = Dossier.objects.filter(reception_agency=province.agency)

    sign_in(client, province.reception)
    for state in set(ours.values_list("state", flat=True)):
        dossier = ours.filter(state=state).first()
        assert dossier.owner_name in client.get(f"/motcua/ho-so/{dossier.code}/").content.decode()
    waiting = ours.filter(state=State.IN_PROGRESS, at_role=Role.PROCESSING_OFFICER).first()
    sign_in(client, province.officer)
    assert waiting.code in client.get("/motcua/").content.decode()
    client.logout()
    asked = {"code": waiting.code, "second_fact": waiting.phone[-4:]}
    assert waiting.code in client.post("/tra-cuu/", asked, follow=True).content.decode()


def test_the_same_seed_makes_the_same_dossiers_and_fills_a_place_once(province):
    with Undone():
        fill(Order(past=8, open=2, seed=5, now=NOW))
        first = list(Dossier.objects.order_by("code").values_list("code", "public_id", "state", "owner_name", "due_at"))
    fill(Order(past=8, open=2, seed=5, now=NOW))

    assert first == list(
        Dossier.objects.order_by("code").values_list("code", "public_id", "state", "owner_name", "due_at")
    )
    with pytest.raises(FilledBefore):
        fill(Order(past=8, open=2, seed=5, now=NOW))
    assert Dossier.objects.count() == 10


def test_where_real_dossiers_may_lie_nothing_is_filled_in(db, settings):
    settings.DEMONSTRATION = False

    with pytest.raises(CommandError, match="MOTCUA_DEMO=1"):
        call_command("fill", "10")
    assert not Dossier.objects.exists()
