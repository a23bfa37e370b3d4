"""Names as they are compared: what counts, what does not, what keeps two bodies apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qudao.flow.rules import names


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("浙江省第二人民医院（滨江院区）", "浙江省第二人民医院滨江院区"),
        ("  杭州市 第一人民医院 ", "杭州市第一人民医院"),
        ("ＢＤ医疗（上海）有限公司", "bd医疗上海"),
        ("杭州康泽医疗器械股份有限公司", "杭州康泽医疗器械"),
        ("公司", "公司"),
    ],
)
def test_width_brackets_and_company_suffixes_do_not_count(written, key):
    assert names.name_key(written) == key


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("杭州市第一人民医院", (1,)),
        ("杭州市第1人民医院", (1,)),
        ("成都市第十二人民医院", (12,)),
        ("解放军三〇一医院", (301,)),
        ("第一百零五医院", (105,)),
        ("第二十医院", (20,)),
        ("北京协和医院", ()),
        ("中南大学湘雅二医院", (2,)),
    ],
)
def test_numbers_are_read_as_numbers(name, numbers):
    assert names.features(names.name_key(name)).numbers == numbers


def feature(name):
    return names.features(names.name_key(name))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("杭州市第一人民医院", "杭州市第二人民医院"),
        ("浙江省第二人民医院（滨江院区）", "浙江省第二人民医院（城北院区）"),
        ("上海市第六人民医院东院", "上海市第六人民医院西院"),
    ],
)
def test_other_numbers_and_other_campuses_conflict(one, other):
    assert names.names_conflict(feature(one), feature(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("杭州市第一人民医院", "杭州市人民医院"),
        ("浙江省第二人民医院", "浙江省第二人民医院（滨江院区）"),
        ("苏州大学医院", "苏州大学附属医院"),
    ],
)
def test_what_only_one_name_says_is_no_conflict_and_no_agreement(one, other):
    assert not names.names_conflict(feature(one), feature(other))
    assert not names.names_agree(feature(one), feature(other))


def test_a_number_in_the_campus_is_not_the_number_of_the_hospital():
    assert feature("浙江省人民医院（第一院区）").numbers == ()
    assert feature("浙江省人民医院（第一院区）").campus == "第一院区"


@given(st.text(max_size=40))
def test_a_key_is_its_own_key_and_has_features(text):
    key = names.name_key(text)
    names.features(key)
    assert names.name_key(f"（{key}）") in (key, names.name_key(key))
