"""Chinese is complete: what the code shows in English has its Chinese, with the same values in it."""

import re

from tests.architecture import texts

PLACE = re.compile(r"%\((\w+)\)[sd]")


def test_every_text_has_its_chinese():
    chinese = texts.translated()
    missing = [
        f"{path.name}: {msgid}"
        for (context, msgid), path in texts.used().items()
        if re.search("[a-zA-Z]{2}", msgid) and not chinese.get((context, msgid))
    ]
    assert not missing, f"{len(missing)} texts without Chinese: {missing[:20]}"


def test_no_catalogue_keeps_what_nothing_shows_any_more():
    assert sorted(set(texts.translated()) - set(texts.used())) == []


def test_a_translation_names_the_same_values():
    wrong = [
        msgid
        for (_, msgid), text in texts.translated().items()
        if text and set(PLACE.findall(msgid)) < set(PLACE.findall(text))
    ]
    assert not wrong


def test_a_text_has_one_chinese_in_all_modules():
    """The catalogues are merged: of two translations of one text, one module would show the other's."""
    assert texts.disputed() == {}


def test_control_a_text_nobody_translated_is_found():
    assert (None, "No such text was ever written") not in texts.translated()
    assert (None, "Orders") in texts.used()
