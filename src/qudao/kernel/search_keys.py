"""Search keys for Chinese names: typed in characters, in pinyin, or by initials, the name is found.

Polyphones are read by pypinyin's phrase dictionary (重庆 chongqing, 重量 zhongliang; 银行 yinhang), with
names it gets wrong added here.
"""

import unicodedata

import pypinyin

# Names the phrase dictionary reads wrongly: places and houses that hospitals and dealers are called by.
_PHRASES: dict[str, list[list[str]]] = {
    "长海": [["cháng"], ["hǎi"]],
    "长治": [["cháng"], ["zhì"]],
    "朝阳": [["cháo"], ["yáng"]],
    "单县": [["shàn"], ["xiàn"]],
    "曾氏": [["zēng"], ["shì"]],
    "仇氏": [["qiú"], ["shì"]],
    "调压": [["tiáo"], ["yā"]],
}
_CHARACTERS = {ord("晟"): "shèng,chéng"}
_FOREIGN = "\0"
# Surnames that are read otherwise than the character alone.
_SURNAMES = {
    "曾": "zeng",
    "单": "shan",
    "仇": "qiu",
    "解": "xie",
    "任": "ren",
    "查": "zha",
    "区": "ou",
    "朴": "piao",
}

pypinyin.load_phrases_dict(_PHRASES)
pypinyin.load_single_dict(_CHARACTERS)


def normalised(text: str) -> str:
    """Letters and digits of any script, narrow and in lower case; blanks and marks go."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def sounds(name: str) -> str:
    """`李娜` → `li na`: what a list of people is sorted by, syllable by syllable as a dictionary sorts."""
    read = pypinyin.lazy_pinyin(unicodedata.normalize("NFKC", name).casefold(), v_to_u=False)
    return " ".join([_SURNAMES.get(name[:1], read[0]), *read[1:]] if read else [])


def keys(name: str) -> str:
    """`杭州康泽` → `杭州康泽 hangzhoukangze hzkz`: what a trigram or prefix search is run over.

    Runs of Latin letters and digits stay whole in all three. A name without Chinese characters has one
    key, its normalised self; an empty one has none. ü is written v, as it is typed.
    """
    plain = normalised(name)
    read = pypinyin.lazy_pinyin(plain, errors=lambda run: _FOREIGN + run, v_to_u=False)
    if all(part.startswith(_FOREIGN) for part in read):
        return plain
    full = "".join(part.removeprefix(_FOREIGN) for part in read)
    initials = "".join(part[1:] if part.startswith(_FOREIGN) else part[0] for part in read)
    return f"{plain} {full} {initials}"
