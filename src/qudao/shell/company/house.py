"""Our own side: legal entities, regions, roles, people."""

import datetime as dt

from qudao.kernel import scope
from qudao.organisation import operations
from qudao.shell.company import Company

ENTITIES = (
    ("qd", "上海启渡医疗科技有限公司", "上海启渡", "91310000MA1FL0001R", "上海市浦东新区张江路 88 号"),
    ("gz", "广州启渡医疗器械有限公司", "广州启渡", "91440101MA5GX0002L", "广州市黄埔区启航大道 100 号"),
    ("bj", "北京启渡医疗器械有限公司", "北京启渡", "91110105MA01A00038", "北京市朝阳区望京街 9 号"),
)
REGIONS = (("east", "华东区", (310000, 320000, 330000)), ("north", "华北区", (110000, 120000, 130000)))
# user name, name, role, party ("" our own), whole business?
PEOPLE = (
    ("zhoulan", "周岚", "order_desk", "", True),
    ("wangmin", "王敏", "channel_manager", "", True),
    ("lijun", "李军", "warehouse_keeper", "", True),
    ("chenxi", "陈曦", "reviewer", "", True),
    ("zhaoqing", "赵青", "quality", "", True),
    ("sunli", "孙丽", "settlement", "", True),
    ("qianfang", "钱芳", "finance", "", True),
    ("mengyao", "孟遥", "management", "", True),
    ("admin", "系统管理员", "administrator", "", True),
    ("auditor", "审计员", "auditor", "", True),
    ("kangze", "康泽 林涛", "dealer", "kangze", False),
    ("renji", "仁济 何静", "dealer", "renji", False),
    ("lianyou", "联佑 吴昊", "agent", "lianyou", False),
    ("hospital", "浙二 设备科", "hospital", "zheer", False),
    ("xulei", "徐磊", "purchasing", "", True),
)
# The demo's password, printed by `make demo`: a demo's only, never a default of the product.
PASSWORD = "Qudao-demo-2026"


def build(company: Company, *, now: dt.datetime, actor: scope.Actor) -> None:
    """Entities, regions and roles."""
    for code, name, short, uscc, address in ENTITIES:
        made = operations.open_entity(
            code=code, name=name, short_name=short, uscc=uscc, address=address, actor=actor, now=now
        )
        company.entities[code] = made.id
    for code, name, provinces in REGIONS:
        made = operations.open_region(code=code, name=name, provinces=provinces, actor=actor, now=now)
        company.regions[code] = made.id
    operations.define_standard_roles(actor=actor, now=now)


def staff(company: Company, *, now: dt.datetime, actor: scope.Actor) -> None:
    """People with their posts, once the partners they work for are there."""
    for username, name, role, party, whole in PEOPLE:
        party_id = company.parties[party] if party else 0
        person = operations.open_person(
            username=username, name=name, password=PASSWORD, party_id=party_id, actor=actor, now=now
        )
        operations.grant_post(
            role=role, person_id=person, party_id=party_id, whole=whole, actor=actor, now=now
        )
        company.people[username] = person
