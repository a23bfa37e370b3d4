"""Search keys of Chinese names."""

import hypothesis
import pypinyin
import pytest
from hypothesis import strategies as st

from qudao.kernel import search_keys


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("杭州康泽医疗器械", "杭州康泽医疗器械 hangzhoukangzeyiliaoqixie hzkzylqx"),
        ("Ａbbott 雅培（上海）", "abbott雅培上海 abbottyapeishanghai abbottypsh"),
        ("3M中国", "3m中国 3mzhongguo 3mzg"),
        ("an安", "an安 anan ana"),
        ("吕梁市女子医院", "吕梁市女子医院 lvliangshinvziyiyuan llsnzyy"),
        ("Johnson & Johnson", "johnsonjohnson"),
        ("（）", ""),
        ("", ""),
    ],
)
def test_a_name_is_found_by_characters_by_pinyin_and_by_initials(name, keys):
    assert search_keys.keys(name) == keys


@pytest.mark.parametrize(
    ("name", "pinyin"),
    [
        ("重庆医院", "chongqingyiyuan"),
        ("重症监护", "zhongzhengjianhu"),
        ("中国银行", "zhongguoyinhang"),
        ("上海长海医院", "shanghaichanghaiyiyuan"),
        ("北京朝阳医院", "beijingchaoyangyiyuan"),
        ("单县中心医院", "shanxianzhongxinyiyuan"),
        ("六安市人民医院", "luanshirenminyiyuan"),
        ("乐清长征医院", "yueqingchangzhengyiyuan"),
    ],
)
def test_characters_with_several_readings_are_read_in_their_phrase(name, pinyin):
    assert search_keys.keys(name).split()[1] == pinyin


def test_reading_character_by_character_would_get_the_phrases_wrong():
    """The control: without phrases, 重庆 and 银行 are read otherwise."""
    alone = ["".join(pypinyin.lazy_pinyin(c)[0] for c in name) for name in ("重庆", "银行")]
    assert alone != ["chongqing", "yinhang"]


@hypothesis.given(st.text(max_size=20))
@hypothesis.settings(max_examples=200)
def test_the_same_name_in_other_width_case_and_spacing_has_the_same_keys(name):
    spaced = " ".join(search_keys.normalised(name))
    assert search_keys.keys(spaced) == search_keys.keys(search_keys.normalised(name))
    assert len(search_keys.keys(name).split()) in (0, 1, 3)
