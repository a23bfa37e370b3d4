"""The API with the small module of `world` mounted."""

import pytest

from tests.api import world


@pytest.fixture
def notes(db, settings_with_notes):
    world.STORED.clear()
    return world


@pytest.fixture
def settings_with_notes():
    from django.test import override_settings

    with override_settings(ROOT_URLCONF="tests.api.world"):
        yield
