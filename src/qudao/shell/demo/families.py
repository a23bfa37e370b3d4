"""The range of products as data: five lines, what belongs together on one certificate, and who makes it."""

import dataclasses

from qudao.shell.company import goods
from qudao.shell.demo import names

LINES = (
    ("OR", "骨科植入", "Orthopaedic implants"),
    ("SU", "外科耗材", "Surgical consumables"),
    ("EQ", "医用设备", "Equipment"),
)
# Of every line, those of the small company too.
NAMES = {code: name for code, name, _ in (*goods.LINES, *LINES)}


@dataclasses.dataclass(frozen=True, slots=True)
class Maker:
    """A manufacturer we buy from. `number` is the firm in its DIs."""

    key: str
    name: str
    short: str
    city: int
    number: int


@dataclasses.dataclass(frozen=True, slots=True)
class Family:
    """Products of one certificate: what they share, and the specifications they come in."""

    code: str
    name: str
    line: str
    maker: str
    category: str
    device_class: int
    unit: str
    package: tuple[str, int]
    price: tuple[int, int]
    shelf_months: int
    specifications: tuple[str, ...]
    serial: bool = False
    implant: bool = False
    equipment: bool = False
    cold: bool = False


MAKERS = (
    Maker("chengxi", "苏州澄溪医疗科技有限公司", "澄溪医疗", 320500, 1),
    Maker("lanqiao", "深圳蓝桥生物医学工程有限公司", "蓝桥生物", 440300, 101),
    Maker("weiguang", "武汉维光诊断技术有限公司", "维光诊断", 420100, 102),
    Maker("haisong", "青岛海松医用材料有限公司", "海松医材", 370200, 103),
    Maker("tianheng", "天津天衡骨科器械有限公司", "天衡骨科", 120100, 104),
    Maker("yunling", "成都云岭医疗器械有限公司", "云岭医疗", 510100, 105),
    Maker("mingyue", "无锡明岳医疗设备有限公司", "明岳设备", 320200, 106),
    Maker("beichen", "北京北辰影像技术有限公司", "北辰影像", 110100, 107),
    Maker("qiming", "厦门启明生物科技有限公司", "启明生物", 350200, 108),
    Maker("fengshan", "长沙枫山医疗用品有限公司", "枫山医用", 430100, 109),
    Maker("xinghe", "合肥星禾检测技术有限公司", "星禾检测", 340100, 110),
    Maker("donghai", "宁波东海骨科医疗有限公司", "东海骨科", 330200, 111),
)


def permit(key: str) -> str:
    """生产许可证 of a maker. A renewal keeps the number: all its certificates name one."""
    maker = next(one for one in MAKERS if one.key == key)
    if key == "chengxi":
        return goods.PERMIT
    province = names.CITIES[maker.city].abbreviation[0]
    return f"{province}药监械生产许{2018 + maker.number % 4}{maker.number:04d}号"


def _spaced(name: str) -> str:
    """As print has it: a blank between a figure and the word after it."""
    return f"{name} " if name[-1].isascii() else name


def _grid(*axes: str) -> tuple[str, ...]:
    """Every combination of the words of the axes, each axis separated by |."""
    found = [""]
    for axis in axes:
        found = [f"{head} {word}".strip() for head in found for word in axis.split("|")]
    return tuple(found)


def _tests(*words: str) -> tuple[str, ...]:
    return tuple(f"{size} 人份/盒" for size in words)


_DRUG_STENT = _grid("2.25|2.5|2.75|3.0|3.5|4.0", "× 15 mm|× 18 mm|× 24 mm|× 30 mm")
_BALLOON = _grid("2.0|2.5|3.0|3.5", "× 10 mm|× 15 mm|× 20 mm")
_PLATE = _grid("3.5 系统|4.5 系统", "6 孔|8 孔|10 孔", "左|右")
_SCREW = _grid("Φ3.5|Φ4.5|Φ5.0|Φ6.5", "× 28 mm|× 36 mm|× 44 mm|× 52 mm")
# code, name, line, maker, category, class, unit, package, price from and to, months, specifications
FAMILIES = (
    Family(
        *("ST", "药物洗脱冠状动脉支架系统", "CV", "lanqiao", "13-07-01", 3, "套", ("盒", 1), (720, 980), 24),
        *(_DRUG_STENT, True, True),
    ),
    Family(
        *("BL", "冠状动脉球囊扩张导管", "CV", "chengxi", "03-13-06", 3, "支", ("盒", 5), (480, 1280), 36),
        _BALLOON,
    ),
    Family(
        *("GW", "一次性使用导引导丝", "CV", "chengxi", "03-13-16", 3, "根", ("盒", 5), (180, 620), 36),
        _grid("0.014 in|0.018 in|0.035 in", "× 150 cm|× 190 cm|× 300 cm", "直头|J 头"),
    ),
    Family(
        *("AC", "一次性使用造影导管", "CV", "lanqiao", "03-13-01", 3, "根", ("盒", 10), (95, 260), 36),
        _grid("4F|5F|6F", "JL3.5|JL4.0|JR4.0|猪尾"),
    ),
    Family(
        *("SH", "一次性使用血管鞘组", "CV", "yunling", "03-13-15", 2, "套", ("盒", 10), (85, 190), 36),
        _grid("5F|6F|7F|8F", "× 11 cm|× 23 cm"),
    ),
    Family(
        *("IP", "一次性使用压力泵", "CV", "haisong", "03-13-18", 2, "支", ("盒", 5), (120, 260), 36),
        _grid("20 atm|30 atm|40 atm", "20 ml|25 ml"),
    ),
    Family(
        *("GC", "一次性使用指引导管", "CV", "yunling", "03-13-02", 3, "根", ("盒", 5), (260, 560), 36),
        _grid("6F|7F", "EBU3.5|EBU4.0|JR4.0|AL1.0|XB3.5"),
    ),
    Family(
        *("TN", "高敏心肌肌钙蛋白 I 测定试剂盒（化学发光法）", "IVD", "weiguang", "6840", 2, "盒", ("箱", 6)),
        *((980, 2600), 12, _tests("50", "100", "200"), False, False, False, True),
    ),
    *(
        Family(
            *(
                code,
                f"{_spaced(name)}测定试剂盒（化学发光法）",
                "IVD",
                maker,
                "6840",
                2,
                "盒",
                ("箱", 6),
                price,
                12,
            ),
            *(_tests("50", "100", "200"), False, False, False, True),
        )
        for code, name, maker, price in (
            ("BNP", "B 型钠尿肽", "weiguang", (1100, 2900)),
            ("PCT", "降钙素原", "weiguang", (900, 2400)),
            ("DD", "D-二聚体", "qiming", (680, 1700)),
            ("AFP", "甲胎蛋白", "qiming", (420, 1200)),
            ("CEA", "癌胚抗原", "qiming", (420, 1200)),
            ("TSH", "促甲状腺激素", "xinghe", (360, 980)),
            ("FT3", "游离三碘甲状腺原氨酸", "xinghe", (360, 980)),
            ("FT4", "游离甲状腺素", "xinghe", (360, 980)),
            ("HCG", "β 人绒毛膜促性腺激素", "xinghe", (320, 900)),
            ("FER", "铁蛋白", "qiming", (380, 1050)),
            ("INS", "胰岛素", "weiguang", (520, 1380)),
            ("MYO", "肌红蛋白", "weiguang", (560, 1480)),
            ("CKM", "肌酸激酶同工酶", "weiguang", (560, 1480)),
            ("VB", "维生素 B12", "xinghe", (380, 1080)),
            ("FOL", "叶酸", "xinghe", (380, 1080)),
            ("PSA", "总前列腺特异性抗原", "qiming", (440, 1260)),
            ("CA", "糖类抗原 125", "qiming", (460, 1320)),
            ("IL", "白介素 6", "weiguang", (820, 2200)),
        )
    ),
    *(
        Family(
            *(code, f"{_spaced(name)}测定试剂盒", "IVD", maker, "6840", 2, "盒", ("箱", 10), price, 18),
            *(_grid("R1 60 ml", "R2 20 ml|R2 30 ml", "× 2|× 4"), False, False, False, True),
        )
        for code, name, maker, price in (
            ("ALT", "丙氨酸氨基转移酶", "xinghe", (180, 420)),
            ("CRE", "肌酐", "xinghe", (190, 460)),
            ("GLU", "葡萄糖", "xinghe", (150, 360)),
            ("TG", "甘油三酯", "xinghe", (160, 380)),
            ("HBA", "糖化血红蛋白", "qiming", (420, 960)),
            ("CRP", "C 反应蛋白", "qiming", (300, 720)),
        )
    ),
    Family(
        *("CAL", "全自动化学发光校准品", "IVD", "weiguang", "6840", 2, "盒", ("箱", 10), (460, 900), 12),
        *(_grid("心脏标志物|肿瘤标志物|甲功|炎症", "1 ml × 3|2 ml × 6"), False, False, False, True),
    ),
    Family(
        *("QC", "临床化学质控品", "IVD", "qiming", "6840", 2, "盒", ("箱", 10), (320, 760), 18),
        *(_grid("水平 1|水平 2|水平 3", "5 ml × 6|5 ml × 12"), False, False, False, True),
    ),
    Family(
        *("VT", "一次性使用真空采血管", "IVD", "fengshan", "22-11-04", 2, "支", ("盒", 100), (1, 3), 24),
        _grid("EDTA-K2|促凝|分离胶|枸橼酸钠", "2 ml|3 ml|5 ml"),
    ),
    Family(
        *("LP", "金属锁定接骨板系统", "OR", "tianheng", "13-01-01", 3, "块", ("盒", 1), (1650, 3200), 60),
        *(_PLATE, True, True),
    ),
    Family(
        *("LS", "金属锁定接骨螺钉", "OR", "tianheng", "13-01-02", 3, "枚", ("盒", 10), (160, 420), 60),
        *(_SCREW, False, True),
    ),
    Family(
        *("PS", "脊柱后路椎弓根钉棒系统", "OR", "donghai", "13-03-01", 3, "套", ("盒", 1), (1900, 4200), 60),
        *(_grid("Φ5.5|Φ6.0|Φ6.5", "× 40 mm|× 45 mm|× 50 mm"), True, True),
    ),
    Family(
        *("HJ", "人工髋关节假体", "OR", "donghai", "13-04-01", 3, "套", ("盒", 1), (5200, 9800), 60),
        *(_grid("股骨柄|髋臼杯|球头", "小号|中号|大号"), True, True),
    ),
    Family(
        *("KJ", "人工膝关节假体", "OR", "donghai", "13-04-02", 3, "套", ("盒", 1), (5600, 9600), 60),
        *(_grid("股骨髁|胫骨托|衬垫", "2 号|3 号|4 号|5 号"), True, True),
    ),
    Family(
        *("AN", "带线锚钉", "OR", "tianheng", "13-06-04", 3, "枚", ("盒", 5), (980, 1900), 48),
        *(_grid("2.8|3.5|4.5|5.5", "钛|PEEK|可吸收"), False, True),
    ),
    Family(
        *("BC", "骨水泥", "OR", "tianheng", "13-05-03", 3, "盒", ("箱", 10), (420, 880), 36),
        *(_grid("20 g|40 g", "标准粘度|高粘度|含庆大霉素"), False, True),
    ),
    Family(
        *("IN", "金属带锁髓内钉", "OR", "tianheng", "13-01-03", 3, "枚", ("盒", 1), (1800, 3600), 60),
        *(_grid("Φ9|Φ10|Φ11", "× 300 mm|× 340 mm"), True, True),
    ),
    Family(
        *(
            "SP",
            "一次性使用直线切割吻合器",
            "SU",
            "fengshan",
            "02-13-01",
            2,
            "把",
            ("盒", 3),
            (780, 1680),
            36,
        ),
        _grid("45 mm|60 mm|80 mm", "蓝钉|绿钉|白钉"),
    ),
    Family(
        *("SU", "可吸收性外科缝线", "SU", "haisong", "02-13-07", 3, "包", ("盒", 12), (28, 96), 60),
        _grid("2-0|3-0|4-0|5-0", "45 cm|70 cm|90 cm"),
    ),
    Family(
        *("HM", "疝修补补片", "SU", "haisong", "13-09-02", 3, "片", ("盒", 5), (860, 2400), 48),
        *(_grid("6×11 cm|10×15 cm|15×15 cm", "轻量型|标准型"), False, True),
    ),
    Family(
        *("TR", "一次性使用腹腔镜穿刺器", "SU", "fengshan", "02-12-02", 2, "支", ("盒", 5), (120, 320), 36),
        _grid("5 mm|10 mm|12 mm", "× 75 mm|× 100 mm"),
    ),
    Family(
        *("DR", "医用外科手术薄膜", "SU", "haisong", "14-10-02", 2, "片", ("盒", 10), (18, 66), 36),
        _grid("15×20 cm|30×20 cm|45×45 cm", "普通|含碘"),
    ),
    Family(
        *("IV", "一次性使用静脉留置针", "SU", "yunling", "14-02-05", 3, "支", ("盒", 50), (9, 26), 36),
        _grid("18G|20G|22G|24G", "直型|Y 型|安全型"),
    ),
    Family(
        *("HS", "可吸收止血材料", "SU", "haisong", "14-08-02", 3, "片", ("盒", 10), (160, 520), 24),
        *(_grid("2.5×5 cm|5×10 cm|10×20 cm", "纱布型|海绵型"), False, True),
    ),
    Family(
        *("DN", "一次性使用引流管", "SU", "yunling", "14-05-03", 2, "根", ("盒", 20), (32, 110), 36),
        _grid("10F|14F|18F|22F|28F", "胸腔|腹腔"),
    ),
    Family(
        *(
            "NP",
            "一次性使用负压引流护创材料",
            "SU",
            "fengshan",
            "14-06-10",
            2,
            "套",
            ("盒", 10),
            (260, 680),
            36,
        ),
        _grid("10×8 cm|15×10 cm|25×15 cm", "单管|双管"),
    ),
    Family(
        *("UK", "一次性超声刀头", "SU", "lanqiao", "01-01-01", 3, "把", ("盒", 6), (1450, 2600), 36),
        _grid("9 cm|14 cm|23 cm|36 cm", "弯型|直型"),
    ),
    Family(
        *("CL", "全自动化学发光免疫分析仪", "EQ", "weiguang", "22-04-02", 2, "台", ("箱", 1)),
        *((180000, 460000), 120, _grid("WG-180|WG-240|WG-480"), True, False, True),
    ),
    Family(
        *("US", "便携式彩色超声诊断仪", "EQ", "beichen", "06-07-01", 2, "台", ("箱", 1)),
        *((120000, 360000), 120, _grid("BC-U3|BC-U5|BC-U7|BC-U9"), True, False, True),
    ),
    Family(
        *("DX", "移动式数字化医用 X 射线摄影系统", "EQ", "beichen", "06-01-03", 3, "台", ("箱", 1)),
        *((260000, 520000), 120, _grid("BC-M50|BC-M80"), True, False, True),
    ),
    Family(
        *("PM", "病人监护仪", "EQ", "mingyue", "07-04-01", 3, "台", ("箱", 1)),
        *((9800, 36000), 120, _grid("MY-8|MY-10|MY-12|MY-15", "五参|六参"), True, False, True),
    ),
    Family(
        *("VE", "治疗用呼吸机", "EQ", "mingyue", "08-01-01", 3, "台", ("箱", 1)),
        *((86000, 240000), 120, _grid("MY-V20|MY-V30|MY-V60"), True, False, True),
    ),
    Family(
        *("IF", "输液泵", "EQ", "mingyue", "14-02-01", 2, "台", ("箱", 1)),
        *((3200, 7600), 120, _grid("MY-P1|MY-P2|MY-P3", "单通道|双通道"), True, False, True),
    ),
    Family(
        *("EC", "数字式十二道心电图机", "EQ", "mingyue", "07-03-01", 2, "台", ("箱", 1)),
        *((6800, 24000), 120, _grid("MY-E6|MY-E12", "标准型|分析型"), True, False, True),
    ),
    Family(
        *("EN", "电子内窥镜图像处理器", "EQ", "lanqiao", "06-15-01", 2, "台", ("箱", 1)),
        *((160000, 420000), 120, _grid("LQ-E1|LQ-E2|LQ-E3"), True, False, True),
    ),
    Family(
        *("ES", "高频手术设备", "EQ", "lanqiao", "01-03-01", 3, "台", ("箱", 1)),
        *((38000, 96000), 120, _grid("LQ-H300|LQ-H400|LQ-H500"), True, False, True),
    ),
)
