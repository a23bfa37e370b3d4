"""Invented names on real cities: plausible, and the same for the same seed."""

import dataclasses
import itertools
import random
from collections.abc import Iterator

from stdnum.cn import uscc as stdnum_uscc

from qudao.catalog.udi import checks


@dataclasses.dataclass(frozen=True, slots=True)
class City:
    """A city with its code of GB/T 2260, how documents abbreviate it, and who of ours serves it."""

    code: int
    name: str
    abbreviation: str
    area: str
    region: str
    entity: str
    road: str

    @property
    def province(self) -> int:
        return self.code // 10_000 * 10_000


# code, city, abbreviation in document numbers, area code, region, entity, a road
_CITIES = """
310100 上海 沪 021 east qd 金科路
320100 南京 苏宁 025 east qd 江东中路
320200 无锡 苏锡 0510 east qd 太湖大道
320400 常州 苏常 0519 east qd 通江中路
320500 苏州 苏苏 0512 east qd 星港街
320600 南通 苏通 0513 east qd 工农路
320700 连云港 苏连 0518 east qd 朝阳东路
321000 扬州 苏扬 0514 east qd 文昌西路
321100 镇江 苏镇 0511 east qd 檀山路
330100 杭州 浙杭 0571 east qd 文三路
330200 宁波 浙甬 0574 east qd 江东北路
330300 温州 浙温 0577 east qd 车站大道
330400 嘉兴 浙嘉 0573 east qd 中环南路
330600 绍兴 浙绍 0575 east qd 胜利西路
330700 金华 浙金 0579 east qd 李渔路
340100 合肥 皖合 0551 central gz 长江西路
340200 芜湖 皖芜 0553 central gz 北京中路
360100 南昌 赣洪 0791 central gz 红谷中大道
420100 武汉 鄂汉 027 central gz 光谷大道
420500 宜昌 鄂宜 0717 central gz 夷陵大道
430100 长沙 湘长 0731 central gz 麓谷大道
430200 株洲 湘株 0731 central gz 黄河北路
350100 福州 闽榕 0591 south gz 五四路
350200 厦门 闽厦 0592 south gz 湖滨南路
440100 广州 粤穗 020 south gz 科学大道
440300 深圳 粤深 0755 south gz 科苑南路
440400 珠海 粤珠 0756 south gz 人民东路
440600 佛山 粤佛 0757 south gz 季华五路
441900 东莞 粤莞 0769 south gz 鸿福路
450100 南宁 桂南 0771 south gz 民族大道
110100 北京 京 010 north bj 中关村南大街
120100 天津 津 022 north bj 卫津南路
130100 石家庄 冀石 0311 north bj 裕华东路
130200 唐山 冀唐 0315 north bj 建设北路
130600 保定 冀保 0312 north bj 朝阳北大街
210100 沈阳 辽沈 024 northeast bj 青年大街
210200 大连 辽大 0411 northeast bj 高新街
220100 长春 吉长 0431 northeast bj 人民大街
230100 哈尔滨 黑哈 0451 northeast bj 红旗大街
370100 济南 鲁济 0531 middle bj 经十路
370200 青岛 鲁青 0532 middle bj 香港中路
370600 烟台 鲁烟 0535 middle bj 迎春大街
410100 郑州 豫郑 0371 middle bj 商务内环路
610100 西安 陕西 029 middle bj 高新路
500100 重庆 渝 023 southwest bj 星光大道
510100 成都 川成 028 southwest bj 天府大道
520100 贵阳 贵筑 0851 southwest bj 长岭北路
530100 昆明 云昆 0871 southwest bj 人民西路
"""
HOSPITAL_ROADS = ("杏林泉路", "橘井巷", "青囊街", "悬壶里路", "虎守林路", "素问街", "灵枢桥路")
CITIES = {
    int(code): City(int(code), name, short, area, region, entity, road)
    for code, name, short, area, region, entity, road in (
        line.split() for line in _CITIES.split("\n") if line
    )
}
REGIONS = (
    ("central", "华中区", (340000, 360000, 420000, 430000)),
    ("south", "华南区", (350000, 440000, 450000, 460000)),
    ("northeast", "东北区", (210000, 220000, 230000)),
    ("middle", "中原区", (140000, 370000, 410000, 610000)),
    ("southwest", "西南区", (500000, 510000, 520000, 530000)),
)

_FIRST = "博安恒瑞泽康华润嘉和普仁信诚明远天佑方圆同济百汇众益锐正鸿盛鼎立久泰"
_SECOND = "康达泰源诺维美迪健辉捷顺通联信鑫拓达朗科景升益邦"
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
_GIVEN = (
    *("伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "洋", "艳", "勇", "军", "杰", "娟", "涛", "明", "超"),
    *(
        "秀兰",
        "霞",
        "平",
        "刚",
        "桂英",
        "文博",
        "思远",
        "雨桐",
        "子涵",
        "嘉怡",
        "俊峰",
        "晓燕",
        "志强",
        "海燕",
    ),
    *("建华", "丽萍", "国栋", "雪梅", "晨曦", "佳琪", "浩然", "欣怡", "立新"),
)


def brands(chance: random.Random) -> Iterator[str]:
    """Two-character names of firms, none twice, none alike in both characters."""
    pairs = [
        a + b for a, b in itertools.product(_FIRST[::2], _SECOND) if a != b and a + b not in ("康泽", "仁济")
    ]
    chance.shuffle(pairs)
    return iter(pairs)


def person(chance: random.Random) -> str:
    return chance.choice(_SURNAMES) + chance.choice(_GIVEN)


def uscc(chance: random.Random, territory: int, *, hospital: bool = False) -> str:
    """A unified social credit code with a valid check character."""
    head = f"{'12' if hospital else '91'}{territory // 100 * 100 + 1 if hospital else territory + 5:06d}"
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    body = "".join(chance.choice("0123456789") for _ in range(9))
    if not hospital:
        body = "MA" + "".join(chance.choice(alphabet) for _ in range(7))
    return head + body + stdnum_uscc.calc_check_digit(head + body)


def gtin(company: int, product: int, package: int = 0) -> str:
    """A 14-digit DI: indicator, 697 + six digits of the firm, three of the product, check digit."""
    payload = f"{package}697{company:06d}{product:03d}"
    return payload + checks.gs1_digit(payload)


def package_of(di: str) -> str:
    """The DI of the package around: indicator 1."""
    payload = f"1{di[1:-1]}"
    return payload + checks.gs1_digit(payload)
