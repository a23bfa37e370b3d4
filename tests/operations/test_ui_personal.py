"""What the interface keeps for each person: saved views, notices, progress; and forms that count once."""

import datetime as dt
import re

import pytest
from django import template
from django.http import QueryDict
from django.test import Client, RequestFactory

from qudao.kernel import errors, scope
from qudao.organisation import models as organisation
from qudao.ui import models, operations, pages, progress, queries
from tests import harness
from tests.operations.test_jobs import run_jobs

ANNA, BEN = (scope.Actor("person", n, name, frozenset({"*"}), house=True) for n, name in ((1, "A"), (2, "B")))
CHIEF = scope.Actor("person", 3, "C", frozenset({"*"}), house=True, everyone=True)


def save(title="Mine", query="status=draft", actor=ANNA, **more):
    return operations.save_view(
        listing="orders", title=title, query=query, actor=actor, now=harness.NOW, **more
    )


def views(actor=ANNA):
    with scope.transaction(actor):
        return [(one.title, one.query, one.opens_first) for one in queries.list_views("orders", actor=actor)]


# -- saved views -------------------------------------------------------------------------------------


def test_a_view_keeps_filters_order_and_columns_but_not_the_place(db):
    save(query="?status=draft&hide=tax&sort=-gross&cursor=abc&format=xlsx")
    assert views() == [("Mine", "status=draft&hide=tax&sort=-gross", False)]


def test_saving_under_the_same_name_replaces_the_view(db):
    save()
    save(query="status=signed")
    assert views() == [("Mine", "status=signed", False)]


def test_one_view_at_most_opens_first(db):
    first, second = save("One", first=True), save("Two")
    operations.open_view_first(view_id=second.pk, first=True, actor=ANNA)
    assert views() == [("Two", "status=draft", True), ("One", "status=draft", False)]
    operations.open_view_first(view_id=second.pk, first=False, actor=ANNA)
    assert [one[2] for one in views()] == [False, False]
    assert first.pk != second.pk


def test_views_are_seen_renamed_and_deleted_by_their_owner_alone(db):
    mine = save()
    for other in (BEN, CHIEF):
        assert views(other) == []
        with pytest.raises(errors.NotFound):
            operations.delete_view(view_id=mine.pk, actor=other)
        with pytest.raises(errors.NotFound):
            operations.rename_view(view_id=mine.pk, title="Stolen", actor=other)
    with scope.transaction(BEN):
        assert not models.SavedView.objects.exists()
    assert views() == [("Mine", "status=draft", False)]


def test_views_are_bounded_and_need_a_name_of_their_own(db):
    for n in range(operations.MOST_VIEWS):
        last = save(f"View {n}")
    with pytest.raises(errors.Refused, match=r"ui\.too_many_views"):
        save("One more")
    with pytest.raises(errors.Refused, match=r"ui\.view_without_title"):
        save("  ")
    with pytest.raises(errors.Refused, match=r"ui\.view_title_taken"):
        operations.rename_view(view_id=last.pk, title="View 1", actor=ANNA)
    with pytest.raises(errors.Refused, match=r"ui\.view_too_long"):
        save("View 1", query="q=" + "x" * 1001)
    assert len(views()) == operations.MOST_VIEWS


def client_of(person):
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def signed_in(company, username):
    return client_of(organisation.Person.objects.get(pk=company.people[username]))


def test_a_list_opens_with_the_view_chosen_for_it_and_all_remains_a_press_away(company):
    client = signed_in(company, "zhoulan")
    sent = {"listing": "partners", "title": "B 级", "query": "tier=B", "step": "save", "first": "on"}
    answer = client.post("/views/", {**sent, "back": "/partners/?q=1"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/partners/?tier=B")
    assert client.get("/partners/").headers["Location"] == "/partners/?tier=B"
    here = client.get("/partners/", headers={"Referer": "http://testserver/partners/?tier=B"})
    assert here.status_code == 200
    assert 'href="/partners/?tier=B" aria-current="page"' in client.get("/partners/?tier=B").content.decode()


# -- notices and progress ----------------------------------------------------------------------------


def works(run, *, count):
    with scope.everything():
        for n in range(count):
            run.advance(n + 1, count)
            SEEN.append(_fresh(run.notice))
    return "/done/"


def refuses(run):
    raise errors.refuse("kernel.busy")


def breaks(run):
    raise RuntimeError("broken")


SEEN: list = []


def _fresh(notice):
    found = models.Notice.objects.get(pk=notice)
    return found.state, found.done, found.total


def start(work, **arguments):
    return progress.start(title="Build", work=f"{__name__}:{work}", actor=ANNA, now=harness.NOW, **arguments)


def notice(pk, actor=ANNA):
    with scope.transaction(actor):
        found = queries.get_notice(pk, actor=actor)
        return found.state, found.done, found.total, found.url


def test_work_shows_how_far_it_is_while_its_transaction_is_open_and_ends_in_a_notice(db):
    SEEN.clear()
    started = start("works", count=2)
    assert notice(started) == ("waiting", 0, 0, "")
    run_jobs()
    assert SEEN[-1] == ("running", 2, 2)
    assert notice(started) == ("done", 2, 2, "/done/")
    with scope.transaction(ANNA):
        assert queries.bell(actor=ANNA) == (1, 0)
    operations.read_notices(actor=ANNA, now=harness.NOW)
    with scope.transaction(ANNA):
        assert queries.bell(actor=ANNA) == (0, 0)


def test_refused_work_says_why_and_is_not_tried_again(db):
    started = start("refuses")
    run_jobs()
    with scope.transaction(ANNA):
        found = queries.get_notice(started, actor=ANNA)
    assert found.state == "failed"
    assert "正在处理" in found.detail or "working on it" in found.detail


def test_broken_work_says_so(db):
    started = start("breaks")
    run_jobs()
    assert notice(started)[0] == "failed"


def test_work_is_not_started_when_its_transaction_fails(db):
    with pytest.raises(ZeroDivisionError), scope.transaction(ANNA, acting=True):
        start("works", count=1)
        raise ZeroDivisionError
    with scope.transaction(ANNA):
        assert queries.list_notices(actor=ANNA) == []


def test_work_nobody_picks_up_is_said_to_be_stalled(db):
    started = start("works", count=1)
    with scope.transaction(ANNA):
        found = queries.get_notice(started, actor=ANNA)
    assert not queries.stalled(found, harness.NOW + dt.timedelta(seconds=30))
    assert queries.stalled(found, harness.NOW + dt.timedelta(seconds=61))


def test_another_persons_notice_is_not_found(db):
    started = start("works", count=1)
    for other in (BEN, CHIEF):
        with scope.transaction(other), pytest.raises(errors.NotFound):
            queries.get_notice(started, actor=other)
        with scope.transaction(other):
            assert queries.list_notices(actor=other) == []


def test_the_pages_of_notices_show_one_persons_own(company):
    client, other = signed_in(company, "zhoulan"), signed_in(company, "kangze")
    with scope.everything():
        started = progress.tell(
            owner=f"person:{company.people['zhoulan']}", title="对账单已生成", url="/orders/", now=harness.NOW
        )
    assert '<span class="q-count">1</span>' in client.get("/todos/").content.decode()
    assert "对账单已生成" in client.get("/notices/").content.decode()
    assert '<span class="q-count">1</span>' not in client.get("/notices/bell/").content.decode()
    assert client.get(f"/notices/{started}/").status_code == 200
    assert "对账单已生成" not in other.get("/notices/").content.decode()
    assert other.get(f"/notices/{started}/").status_code == 404


# -- forms that count once ---------------------------------------------------------------------------


def sent(address="/x/", **fields):
    request = RequestFactory().post(address, {"key": "k1", "amount": "5", **fields})
    request.actor, request.now = ANNA, harness.NOW
    return request


def test_a_form_sent_twice_has_one_effect_and_one_answer(db):
    done = []
    answers = [pages.once(sent(), lambda: done.append(1) or f"order {len(done)}") for _ in range(3)]
    assert (answers, done) == (["order 1"] * 3, [1])


def test_a_form_that_took_effect_is_not_taken_again_with_other_values(db):
    pages.once(sent(), lambda: "first")
    with pytest.raises(errors.Refused, match=r"ui\.form_sent_already"):
        pages.once(sent(amount="6"), lambda: "second")


def test_another_form_under_the_key_of_one_that_took_effect_does_not_get_its_answer(db):
    pages.once(sent(), lambda: "first")
    with pytest.raises(errors.Refused, match=r"ui\.form_sent_already"):
        pages.once(sent("/y/"), lambda: "second")


def test_each_form_of_a_page_has_a_key_of_its_own():
    page = template.Template("{% form_key %}{% form_key %}")
    keys = re.findall(
        r'value="([^"]+)"', page.render(template.Context({"request": RequestFactory().get("/")}))
    )
    assert len(set(keys)) == 2


def test_what_of_a_form_counts_may_be_less_than_all_its_fields(db):
    answers = [pages.once(sent(focus=line), lambda line=line: line, body=["5"]) for line in "12"]
    assert answers == ["1", "1"]


def test_a_refused_form_may_be_mended_and_sent_again(db):
    def refuse():
        raise errors.refuse("kernel.busy")

    with pytest.raises(errors.Refused, match=r"kernel\.busy"):
        pages.once(sent(), refuse)
    assert pages.once(sent(amount="6"), lambda: "second") == "second"
    assert pages.form_key(sent()) == "k1"


# -- an ended session --------------------------------------------------------------------------------


def test_a_form_sent_without_a_session_comes_back_with_every_field(db):
    answer = Client().post(
        "/partners/new/?party=7", {"party": "7", "remark": "\n<b>加急</b>", "line": ["1", "2"]}
    )
    text = answer.content.decode()
    assert answer.status_code == 401
    assert 'action="/partners/new/?party=7"' in text
    assert "&lt;b&gt;加急" in text and "<b>加急" not in text
    assert text.count('name="line"') == 2 and text.count('name="remark"') == 1


def test_a_form_whose_token_is_of_another_session_comes_back_too(company):
    client = Client(enforce_csrf_checks=True)
    client.force_login(
        organisation.Person.objects.get(pk=company.people["zhoulan"]),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    here = {"Origin": "http://testserver"}
    answer = client.post("/partners/new/", {"party": "7"}, headers=here)
    assert answer.status_code == 403
    assert 'name="party"' in answer.content.decode()
    elsewhere = client.post("/partners/new/", {"party": "7"}, headers={"Origin": "https://evil.example"})
    assert elsewhere.status_code == 403
    assert 'name="party"' not in elsewhere.content.decode()


def test_a_view_is_kept_in_the_order_it_was_asked():
    assert operations.kept("b=2&a=1&cursor=x") == QueryDict("b=2&a=1").urlencode()
