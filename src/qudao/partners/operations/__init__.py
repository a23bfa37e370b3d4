"""Writes of partners: one function per business verb. The plural forms write any number in as many statements
as the singular ones."""

from .accounts import NewAccount, change_tier, close_account, open_account, open_accounts
from .admitting import open_steps, take_admission_step
from .authorisations import (
    NewAuthorisation,
    grant_authorisation,
    grant_authorisations,
    revoke_authorisation,
)
from .licences import NewLicence, record_licence, record_licences, revoke_licence, suspend_licence
from .particulars import change_party, change_place
from .parties import (
    NewParty,
    NewPlace,
    freeze_party,
    open_parties,
    open_party,
    open_place,
    open_places,
    release_party,
    set_life_requirement,
)

__all__ = [
    "NewAccount",
    "NewAuthorisation",
    "NewLicence",
    "NewParty",
    "NewPlace",
    "change_party",
    "change_place",
    "change_tier",
    "close_account",
    "freeze_party",
    "grant_authorisation",
    "grant_authorisations",
    "open_account",
    "open_accounts",
    "open_parties",
    "open_party",
    "open_place",
    "open_places",
    "open_steps",
    "record_licence",
    "record_licences",
    "release_party",
    "revoke_authorisation",
    "revoke_licence",
    "set_life_requirement",
    "suspend_licence",
    "take_admission_step",
]
