"""The documents that moved goods or set them aside, by the numbers people know them by."""

from collections.abc import Iterable

from qudao.kernel import manifest, scope
from qudao.organisation import journal_subjects

Origin = tuple[str, str]

# What goes by another document's number: a difference at the door is settled by the line of its delivery.
_PART_OF = {"orders.difference": "orders.shipment"}


def documents(origins: Iterable[Origin], actor: scope.Actor) -> dict[Origin, tuple[str, str]]:
    """(type, id) of a document → its number and address ("" for who may not open it), as far as the actor sees such;
    one statement, within an open transaction."""
    references = {one: _reference(*one) for one in origins}
    numbers = journal_subjects.numbers_of(references.values())
    return {
        one: (numbers[reference], journal_subjects.page_of(reference, actor))
        for one, reference in references.items()
        if reference in numbers
    }


def conditions(origins: Iterable[Origin], actor: scope.Actor) -> dict[Origin, str]:
    """(type, id) of a document → what was wrong with the goods it brought, where the module that knows it says so."""
    found = list(origins)
    return {
        origin: said
        for find in manifest.collect("conditions")
        for origin, said in find(found, actor=actor).items()
    }


def _reference(origin_type: str, origin_id: str) -> str:
    """The document as the journal refers to it, without the line that may follow its id."""
    return f"{_PART_OF.get(origin_type, origin_type)}:{origin_id.partition(':')[0]}"
