"""What journal entries point to in this module, by name: id → (name, reference of its page, "" for its own)."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from qudao.kernel import scope
from qudao.pricing import models


def versions(ids: Iterable[int], actor: scope.Actor) -> dict[int, tuple[str, str]]:
    """A version is known by its contract's number and its own; the contract's page shows it."""
    rows = scope.visible(models.ContractVersion.objects.filter(pk__in=set(ids)), actor)
    found = rows.values_list("pk", "contract__number", "number", "contract_id")
    return {
        pk: (
            _("%(contract)s version %(number)s") % {"contract": contract, "number": number},
            f"pricing.contract:{key}",
        )
        for pk, contract, number, key in found
    }


def promotions(ids: Iterable[int], actor: scope.Actor) -> dict[int, tuple[str, str]]:
    rows = scope.visible(models.Promotion.objects.filter(pk__in=set(ids)), actor)
    return {pk: (name, "") for pk, name in rows.values_list("pk", "name")}


def terms(ids: Iterable[int], actor: scope.Actor) -> dict[int, tuple[str, str]]:
    """A rebate term; the page of its contract shows it."""
    rows = scope.visible(models.RebateTerm.objects.filter(pk__in=set(ids)), actor)
    found = rows.values_list("pk", "name", "contract_version__contract_id")
    return {pk: (name, f"pricing.contract:{key}" if key else "") for pk, name, key in found}
