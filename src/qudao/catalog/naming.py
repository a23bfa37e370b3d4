"""What journal entries point to in this module, by name: id → (name, reference of its page, "" for its own)."""

from collections.abc import Iterable

from qudao.catalog import models, queries
from qudao.kernel import scope


def items(ids: Iterable[int], actor: scope.Actor) -> dict[int, tuple[str, str]]:
    rows = scope.visible(models.Item.objects.filter(pk__in=set(ids)), actor)
    found = rows.values_list("pk", "name", "specification")
    return {pk: (" ".join(filter(None, (name, specification))), "") for pk, name, specification in found}


def lines(ids: Iterable[int], actor: scope.Actor) -> dict[int, tuple[str, str]]:
    wanted = set(ids)
    return {pk: (name, "") for pk, name in queries.line_names().items() if pk in wanted}


def certificates(ids: Iterable[int], actor: scope.Actor) -> dict[int, tuple[str, str]]:
    rows = scope.visible(models.Certificate.objects.filter(pk__in=set(ids)), actor)
    return {pk: (number, "") for pk, number in rows.values_list("pk", "number")}


def certificate_versions(ids: Iterable[int], actor: scope.Actor) -> dict[int, tuple[str, str]]:
    rows = scope.visible(models.CertificateVersion.objects.filter(pk__in=set(ids)), actor)
    found = rows.values_list("pk", "certificate__number", "number")
    return {pk: (f"{certificate} ({number})", "") for pk, certificate, number in found}
