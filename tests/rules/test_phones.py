"""What is taken for a telephone number."""

import pytest

from qudao.partners.rules import phones


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0571-86690000",
        "+86 571 8669 0000",
        "（0571）8669 0000 转 12",
        "021-5080 0000 ext. 8",
        "13800000000、0571-8669 0000",
        "95588",
    ],
)
def test_numbers_as_people_write_them_are_taken(text):
    assert phones.readable(text)


@pytest.mark.parametrize(
    "text", ["找林涛", "0571", "0571-8669000O", "林涛 0571-86690000", "-", "0571-86690000 转"]
)
def test_what_cannot_be_called_is_not(text):
    assert not phones.readable(text)
