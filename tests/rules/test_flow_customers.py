"""Which hospital a reported customer is, and when a person is asked."""

import pytest

from qudao.flow.rules import customers

HANGZHOU, WUHAN = 3301, 4201
HOSPITALS = [
    customers.Hospital(1, "杭州市第一人民医院", HANGZHOU, "12330100470116613A", "H0001"),
    customers.Hospital(2, "杭州市第二人民医院", HANGZHOU, "", "H0002"),
    customers.Hospital(3, "浙江省第二人民医院（滨江院区）", HANGZHOU),
    customers.Hospital(4, "浙江省第二人民医院（城北院区）", HANGZHOU),
    customers.Hospital(5, "人民医院", HANGZHOU),
    customers.Hospital(6, "人民医院", WUHAN),
    customers.Hospital(7, "浙江大学医学院附属邵逸夫医院", HANGZHOU),
    customers.Hospital(8, "浙江中医药大学附属第三医院暨浙江省中山医院", HANGZHOU),
]
DIRECTORY = customers.Directory(HOSPITALS, {("市一医院", HANGZHOU): 1, ("市二", 0): 2})


def match(name, city=HANGZHOU, uscc="", code=""):
    return DIRECTORY.match(customers.Customer(name, city, uscc, code))


@pytest.mark.parametrize(
    ("reported", "hospital_id", "rule"),
    [
        ({"name": "随便", "uscc": "12330100470116613A"}, 1, "uscc"),
        ({"name": "随便", "code": "H0002"}, 2, "code"),
        ({"name": "市一医院"}, 1, "alias"),
        ({"name": "市二", "city": 0}, 2, "alias"),
        ({"name": "杭州市 第一人民医院"}, 1, "name"),
        ({"name": "浙江省第二人民医院(滨江院区)"}, 3, "name"),
        ({"name": "人民医院", "city": WUHAN}, 6, "name"),
    ],
)
def test_exact_keys_decide_first(reported, hospital_id, rule):
    found = match(**reported)
    assert (found.hospital_id, found.rule) == (hospital_id, rule)


def test_first_is_never_taken_for_second():
    found = match("杭州第二人民医院")
    assert found.hospital_id == 0
    assert [one.hospital_id for one in found.candidates] == [2]


def test_a_campus_is_never_taken_for_its_sister_or_for_the_body():
    assert {one.hospital_id for one in match("浙江省第二人民医院城东院区").candidates} == set()
    body = match("浙江省第二人民医院")
    assert body.hospital_id == 0


def test_a_name_alike_in_the_same_city_is_taken_alone():
    found = match("浙江中医药大学附属第三医院暨浙江中山医院")
    assert (found.hospital_id, found.rule) == (8, "close")


def test_the_same_resemblance_in_another_city_or_without_one_is_not_taken():
    assert match("浙江中医药大学附属第三医院暨浙江中山医院", city=WUHAN) == customers.Match()
    unknown = match("浙江中医药大学附属第三医院暨浙江中山医院", city=0)
    assert (unknown.hospital_id, unknown.candidates[0].hospital_id) == (0, 8)


def test_between_eighty_and_ninety_five_a_person_is_asked():
    found = match("浙大医学院附属邵逸夫医院")
    assert found.hospital_id == 0
    assert [one.hospital_id for one in found.candidates] == [7]
    assert 0.80 <= found.candidates[0].score < 0.95


def test_affiliation_must_agree_even_at_the_highest_resemblance():
    long = "浙江中医药大学第三医院暨浙江省中山医院浙江省中医药研究院国家中医临床研究基地"
    directory = customers.Directory([customers.Hospital(1, long.replace("大学", "大学附属"), HANGZHOU)], {})
    found = directory.match(customers.Customer(long, HANGZHOU))
    assert found.candidates[0].score >= 0.95
    assert found.hospital_id == 0


def test_two_equally_alike_are_for_a_person():
    twins = [
        customers.Hospital(id, f"杭州市康复医疗中心附属专科门诊部{mark}", HANGZHOU)
        for id, mark in ((1, "甲"), (2, "乙"))
    ]
    directory = customers.Directory(twins, {})
    found = directory.match(customers.Customer("杭州市康复医疗中心附属专科门诊部丙", HANGZHOU))
    assert (found.hospital_id, len(found.candidates)) == (0, 2)


def test_a_name_without_resemblance_is_new():
    assert match("沈阳骨科研究所") == customers.Match()


@pytest.mark.parametrize(
    ("division", "city"),
    [(330106, 3301), (330100, 3301), (330000, 0), (310115, 3100), (110000, 1100), (0, 0), (429004, 4290)],
)
def test_a_district_belongs_to_its_city(division, city):
    assert customers.city_of(division) == city


SHANGHAI = 3100
RUIJIN = customers.Directory(
    [
        customers.Hospital(1, "上海交通大学医学院附属瑞金医院（东院区）", SHANGHAI, short="瑞金医院东院"),
        customers.Hospital(2, "上海交通大学医学院附属瑞金医院（北院区）", SHANGHAI, short="瑞金医院北院"),
        customers.Hospital(3, "上海交通大学医学院附属仁济医院", SHANGHAI, short="仁济医院"),
        *(customers.Hospital(10 + no, f"上海市{no}区人民医院", SHANGHAI) for no in range(6)),
    ],
    {},
)


@pytest.mark.parametrize(
    ("reported", "city", "proposed"),
    [
        ("仁济医院", SHANGHAI, [(3, 0.94)]),
        ("仁济医院", 0, [(3, 0.94)]),
        ("仁济", SHANGHAI, [(3, 0.8)]),
        ("仁济", 0, []),
        ("瑞金东院", SHANGHAI, [(1, 0.8)]),
        ("瑞金", SHANGHAI, [(1, 0.8), (2, 0.8)]),
        ("人民医院", SHANGHAI, []),
        ("医", SHANGHAI, []),
    ],
)
def test_short_names_and_abbreviations_are_proposed_and_never_taken(reported, city, proposed):
    found = RUIJIN.match(customers.Customer(reported, city))
    assert found.hospital_id == 0
    assert [(one.hospital_id, one.score) for one in found.candidates] == proposed
