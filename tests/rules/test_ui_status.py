import pytest

from qudao.ui import status


def test_every_state_has_a_tone_of_the_style_sheet():
    assert {shown.tone for states in status.MAP.values() for shown in states.values()} <= status.TONES


def test_stock_zones_wear_their_regulatory_colours():
    tones = {
        zone: status.look_up("zone", zone).tone for zone in ("pending", "good", "bad", "returned", "held")
    }
    assert tones == {
        "pending": "zone-pending",
        "good": "zone-good",
        "bad": "zone-bad",
        "returned": "zone-return",
        "held": "zone-hold",
    }


@pytest.mark.parametrize(("kind", "value"), [("order", "lost"), ("spaceship", "draft")])
def test_a_state_without_words_is_named_in_the_error_and_still_shown_on_screens(kind, value):
    with pytest.raises(LookupError, match=f"{kind} '{value}'"):
        status.look_up(kind, value)
    assert status.show(kind, value) == status.Status("hold", value)
