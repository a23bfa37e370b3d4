"""The documents that moved goods or set them aside, by the numbers people know them by."""

from collections.abc import Iterable

from qudao.kernel import scope
from qudao.organisation import journal_subjects

Origin = tuple[str, str]


def documents(origins: Iterable[Origin], actor: scope.Actor) -> dict[Origin, tuple[str, str]]:
    """(type, id) of a document → its number and address ("" for who may not open it), as far as the actor sees such;
    one statement, within an open transaction."""
    references = {one: ":".join(one) for one in origins}
    numbers = journal_subjects.numbers_of(references.values())
    return {
        one: (numbers[reference], journal_subjects.page_of(reference, actor))
        for one, reference in references.items()
        if reference in numbers
    }
