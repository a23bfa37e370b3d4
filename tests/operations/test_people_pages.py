"""Somebody new is let in on a page: by the administrator for the house or a partner, by a partner for itself."""

import json
import re

import pytest
from django.test import Client

from qudao.kernel import errors, scope
from qudao.kernel import models as kernel
from qudao.kernel.journal import models as journal_models
from qudao.organisation import (
    actors,
    models,
    operations,
    provinces,
    queries,
    queries_people,
    standard_roles,
)
from qudao.partners import territories
from qudao.shell import middleware
from tests import harness
from tests.operations import partners_world as world

NEEDS = ("orders", "settlement", "flow", "compliance")
PASSWORD = "Xihu-2026-longjing"


def words(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def typed(username, **more):
    return {"name": "林一", "username": username, "email": "", "password": PASSWORD, "key": username} | more


def people(username):
    with scope.everything():
        return [
            (one.name, one.party_id, one.check_password(PASSWORD))
            for one in models.Person.objects.filter(username=username)
        ]


def test_somebody_new_may_sign_in_and_has_no_post_yet(browser, company):
    admin = browser("admin")
    assert browser("zhoulan").get("/people/new/").status_code == 403
    assert "新增人员" in words(admin.get("/people/"))
    for wrong, said in (
        ({"username": "zhoulan", "key": "a"}, "使用 zhoulan 登录"),
        ({"password": "123456", "key": "b"}, "密码"),
        ({"username": "lin yi", "key": "c"}, "只能用字母"),
    ):
        refused = admin.post("/people/new/", typed("linyi") | wrong)
        assert refused.status_code == 422 and said in words(refused)
        assert PASSWORD not in refused.content.decode()
    assert people("linyi") == []
    made = admin.post("/people/new/", typed("linyi")).url
    assert people("linyi") == [("林一", 0, True)]
    assert "没有岗位" in words(admin.get(made))
    assert Client().login(username="linyi", password=PASSWORD)


def test_people_are_listed_as_their_names_sound_page_by_page_and_counted(company):
    with scope.everything():
        for number, name in enumerate(("张三", "李安", "连山", "阿宝", "Bob", "李娜", "曾涛")):
            models.Person.objects.create(username=f"sound{number}", name=name, party_id=0)
        admin = models.Person.objects.get(username="admin")
    wanted = {"actor": actors.of_person(admin, now=harness.NOW)}
    found, cursor = [], None
    while True:
        page, cursor = queries_people.list_people(**wanted, text="sound", cursor=cursor, limit=2)
        found += [one.name for one in page]
        if cursor is None:
            break
    assert found == ["阿宝", "Bob", "李安", "李娜", "连山", "曾涛", "张三"]
    assert queries_people.count_people(**wanted, text="sound") == 7


def test_posts_and_roles_are_called_so_in_both_languages(browser, company):
    """A role is what may be done, a post is a role that somebody holds: docs/domain/glossary.md."""
    admin = browser("admin")
    for address, chinese, english in (
        ("/people/", "人员与岗位", "People and posts"),
        ("/people/roles/", "角色与权限", "Roles and permissions"),
    ):
        for language, name in (("zh-hans", chinese), ("en", english)):
            admin.cookies[middleware.LANGUAGE_COOKIE] = language
            assert f">{name}</h1>" in admin.get(address).content.decode()


def test_roles_stand_in_the_order_they_were_written(company):
    codes = [one.code for one in queries.list_roles()]
    assert codes == [one.code for one in standard_roles.ROLES]
    assert codes[:3] == ["channel_manager", "regional_sales", "order_desk"]


def test_whoever_takes_a_post_away_sees_which(browser, company):
    admin = browser("admin")
    with scope.everything():
        post = models.Post.objects.filter(person__username="zhoulan", revoked_at=None).first()
    shown = words(admin.get(f"/people/revoke/?person={post.person_id}&post={post.pk}"))
    assert f"{post.role.name} · " in shown and "下次打开页面时失效" in shown


def test_a_password_leaves_no_trace_in_the_digest_of_the_form(browser, company):
    """Sent again with another password it is the same form: nothing that was kept depends on it."""
    admin = browser("admin")
    first = admin.post("/people/new/", typed("linyi"))
    again = admin.post("/people/new/", typed("linyi", password="Qiantang-2027-chao"))
    assert again.url == first.url
    assert people("linyi") == [("林一", 0, True)]
    other = admin.post("/people/new/", typed("linyi", name="林二"))
    assert other.status_code == 409 or other.status_code == 422
    with scope.everything():
        assert kernel.IdempotencyKey.objects.filter(key="linyi").count() == 1


def test_the_house_lets_in_a_partner_s_first_person_and_a_partner_only_its_own(browser, company):
    admin, dealer = browser("admin"), browser("kangze")
    kangze, renji = company.parties["kangze"], company.parties["renji"]
    assert f"/people/new/?party={kangze}" in admin.get(f"/partners/{kangze}/").content.decode()
    assert "杭州康泽" in words(admin.get(f"/people/new/?party={kangze}"))
    assert "还没有任何权限，请接着授予岗位。伙伴的人员请在该伙伴的页面上新增。" in words(
        admin.get("/people/new/")
    )
    assert admin.post(f"/people/new/?party={kangze}", typed("kz2")).status_code == 302
    assert people("kz2") == [("林一", kangze, True)]
    assert admin.get("/people/new/?party=987654321").status_code == 404
    # A partner's own page: whatever the address says, the person works for it.
    assert dealer.post(f"/people/new/?party={renji}", typed("kz3")).status_code == 302
    assert people("kz3") == [("林一", kangze, True)]
    assert f"/people/new/?party={kangze}" not in dealer.get(f"/partners/{kangze}/").content.decode()


# --- Legal entities and regions --------------------------------------------------------------------


def test_the_administrator_opens_a_legal_entity_and_a_region_and_nobody_else_does(browser, company):
    admin, dealer = browser("admin"), browser("kangze")
    assert 'href="/house/"' in admin.get("/people/").content.decode()
    assert "上海启渡" in words(admin.get("/house/")) and "浙江省" in words(admin.get("/house/"))
    reader = browser("mengyao").get("/house/").content.decode()
    assert "/house/regions/new/" not in reader and "/house/entities/new/" not in reader
    assert browser("mengyao").get("/house/regions/new/").status_code == 403
    # A dealer manages people, its own: our house is not its.
    assert [dealer.get(page).status_code for page in ("/house/", "/house/entities/new/")] == [404, 404]
    with scope.everything():
        somebody = models.Person.objects.get(username="kangze")
    outside = actors.of_person(somebody, now=harness.NOW)
    with pytest.raises(errors.Forbidden):
        operations.open_region(code="X", name="某区", provinces=[460000], actor=outside, now=harness.NOW)

    entity = {
        "code": "CD",
        "name": "成都启渡医疗器械有限公司",
        "short_name": "成都启渡",
        "address": "",
        "phone": "",
    }
    wrong = admin.post("/house/entities/new/", entity | {"uscc": "91330108MA2CE7K83X", "key": "a"})
    assert wrong.status_code == 422
    for _twice in range(2):
        done = admin.post("/house/entities/new/", entity | {"uscc": world.uscc(77), "key": "b"})
        assert done.url == "/house/"
    assert "成都启渡" in words(admin.get("/house/"))

    offered = words(admin.get("/house/regions/new/"))
    assert "海南省" in offered and "浙江省" not in offered
    none = admin.post("/house/regions/new/", {"code": "IS", "name": "海岛", "key": "c"})
    assert none.status_code == 422
    region = {"code": "IS", "name": "海岛", "provinces": ["460000"], "key": "d"}
    assert admin.post("/house/regions/new/", region).url == "/house/"
    with scope.everything():
        assert models.Region.objects.get(code="IS").provinces == [460000]
        assert models.LegalEntity.objects.filter(code="CD").count() == 1


def test_provinces_are_called_as_in_the_register_of_divisions():
    there = {one.code: one.name for one in territories.divisions().values() if one.level == "province"}
    assert there == provinces.NAMES


def test_what_a_legal_entity_or_a_region_is_called_is_corrected_once_and_the_journal_says_what_was(
    browser, company
):
    admin = browser("admin")
    with scope.everything():
        entity = models.LegalEntity.objects.get(short_name="上海启渡")
        region = models.Region.objects.order_by("code").first()
    page = f"/house/entities/correct/?of={entity.pk}"
    assert page in admin.get("/house/").content.decode()
    assert page not in browser("mengyao").get("/house/").content.decode()
    assert browser("mengyao").get(page).status_code == 403
    assert browser("kangze").get(page).status_code == 404
    assert admin.get("/house/entities/correct/?of=987654").status_code == 404
    assert admin.get("/house/regions/correct/?of=987654").status_code == 404
    typed = {"name": entity.name, "short_name": "启渡上海", "address": "徐汇区 1 号", "phone": ""}
    assert admin.post(page, {**typed, "name": "", "key": "e0"}).status_code == 422
    for _twice in range(2):
        assert admin.post(page, {**typed, "key": "e1"}).url == "/house/"
    assert (
        admin.post(f"/house/regions/correct/?of={region.pk}", {"name": "华东一区", "key": "r1"}).url
        == "/house/"
    )
    shown = words(admin.get("/house/"))
    assert "启渡上海" in shown and "徐汇区 1 号" in shown and "华东一区" in shown
    # Nothing that differs is no entry.
    assert admin.post(page, {**typed, "key": "e2"}).url == "/house/"
    with scope.everything():
        staged = journal_models.JournalStaging.objects.filter(type__contains=".corrected").order_by("pk")
        told = [json.loads(one.body)["data"] for one in staged]
    assert told == [
        {"code": entity.code, "before": {"short_name": "上海启渡", "address": entity.address}},
        {"code": region.code, "before": {"name": region.name}},
    ]
