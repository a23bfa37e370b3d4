"""What journal entries point to in this module, by name: id → (name, reference of its page, "" for its own)."""

from collections.abc import Iterable

from qudao.inventory import models, words
from qudao.kernel import scope


def sites(ids: Iterable[int], actor: scope.Actor) -> dict[int, tuple[str, str]]:
    rows = scope.visible(models.Site.objects.filter(pk__in=set(ids)), actor)
    found = rows.values_list("pk", "name", "kind", "party_id")
    return {
        pk: (words.site(name, kind), f"partners.party:{party}" if party else "")
        for pk, name, kind, party in found
    }


def lots(ids: Iterable[int], actor: scope.Actor) -> dict[int, tuple[str, str]]:
    rows = scope.visible(models.Lot.objects.filter(pk__in=set(ids)), actor)
    return {pk: (code, "") for pk, code in rows.values_list("pk", "code")}


def serials(ids: Iterable[int], actor: scope.Actor) -> dict[int, tuple[str, str]]:
    """A serial stands on the page of its lot."""
    rows = scope.visible(models.Serial.objects.filter(pk__in=set(ids)), actor)
    return {pk: (code, f"inventory.lot:{lot}") for pk, code, lot in rows.values_list("pk", "code", "lot_id")}


def site_codes(codes: Iterable[str], actor: scope.Actor) -> dict[str, tuple[str, str]]:
    rows = scope.visible(models.Site.objects.filter(code__in=set(codes)), actor)
    return {code: (name, "") for code, name in rows.values_list("code", "name")}
