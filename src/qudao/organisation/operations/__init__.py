"""Entities, regions, people, roles and posts; closing of accounting periods."""

from .closing import CLOSE, close_period
from .house import correct_entity, correct_region, open_entity, open_region
from .people import define_role, define_standard_roles, grant_post, open_person, revoke_post
from .writing import AUDIT, MANAGE

__all__ = [
    "AUDIT",
    "CLOSE",
    "MANAGE",
    "close_period",
    "correct_entity",
    "correct_region",
    "define_role",
    "define_standard_roles",
    "grant_post",
    "open_entity",
    "open_person",
    "open_region",
    "revoke_post",
]
