"""Which hospital a reported customer is.

Exact keys first, in this order: social credit code, our own code, an alias somebody decided, the same name
in the same city. What only resembles is proposed to a person from 0.80 on; from 0.95 on it is taken without
asking, when city and features (numbers, 附属, 院区) are the same. A short name and an abbreviation are proposed,
never taken: two hospitals of a city may go by one.
"""

import dataclasses
from collections.abc import Iterable, Mapping

import rapidfuzz

from . import names

PROPOSED, TAKEN = 0.80, 0.95
# What the likeness of a short name counts for, and what an abbreviation does.
SHORT, ABBREVIATED = 0.94, PROPOSED
MOST_CANDIDATES = 5
KEY_LENGTH = 160


@dataclasses.dataclass(frozen=True, slots=True)
class Hospital:
    """A body a customer can be. `city` is the four-digit city part of its division code, 0 if unknown."""

    id: int
    name: str
    city: int
    uscc: str = ""
    code: str = ""
    short: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Customer:
    """A customer as reported. `city` as in `Hospital`, 0 if the report does not tell."""

    name: str
    city: int = 0
    uscc: str = ""
    code: str = ""

    @property
    def key(self) -> str:
        return names.name_key(self.name)[:KEY_LENGTH]


@dataclasses.dataclass(frozen=True, slots=True)
class Candidate:
    hospital_id: int
    score: float


@dataclasses.dataclass(frozen=True, slots=True)
class Match:
    """`rule` says why: uscc, code, alias, name, close; '' when nobody was found, then see `candidates`."""

    hospital_id: int = 0
    rule: str = ""
    candidates: tuple[Candidate, ...] = ()


class Directory:
    """All hospitals, and the aliases decided so far as (name key, city) → hospital id, ready to search.

    An alias with city 0 was decided for reports that name no city, and holds for those alone.
    """

    def __init__(self, hospitals: Iterable[Hospital], aliases: Mapping[tuple[str, int], int]) -> None:
        self._hospitals = {one.id: one for one in hospitals}
        self._aliases = aliases
        self._by_uscc = {one.uscc: one.id for one in self._hospitals.values() if one.uscc}
        self._by_code = {one.code: one.id for one in self._hospitals.values() if one.code}
        self._keys = {one.id: names.name_key(one.name) for one in self._hospitals.values()}
        self._features = {id: names.features(key) for id, key in self._keys.items()}
        self._by_name: dict[tuple[str, int], list[int]] = {}
        self._in_city: dict[int, dict[int, str]] = {}
        self._shorts: dict[int, str] = {}
        self._shorts_in: dict[int, dict[int, str]] = {}
        for id, key in self._keys.items():
            city, short = self._hospitals[id].city, names.name_key(self._hospitals[id].short)
            self._by_name.setdefault((key, city), []).append(id)
            self._in_city.setdefault(city, {})[id] = key
            if short:
                self._shorts[id] = self._shorts_in.setdefault(city, {})[id] = short

    def match(self, customer: Customer) -> Match:
        """The hospital, or the candidates a person may choose from."""
        key = customer.key
        exact = (
            ("uscc", self._by_uscc.get(customer.uscc) if customer.uscc else None),
            ("code", self._by_code.get(customer.code) if customer.code else None),
            ("alias", self._aliases.get((key, customer.city))),
            ("name", self._same_name(key, customer.city)),
        )
        for rule, found in exact:
            if found is not None:
                return Match(found, rule)
        candidates = self._candidates(key, customer.city)
        if len(candidates) and self._takes(candidates, key, customer.city):
            return Match(candidates[0].hospital_id, "close", candidates)
        return Match(candidates=candidates)

    def _same_name(self, key: str, city: int) -> int | None:
        found = self._by_name.get((key, city), []) if city else []
        return found[0] if len(found) == 1 else None

    def _candidates(self, key: str, city: int) -> tuple[Candidate, ...]:
        """The best of the same city; of every city when the report names none."""
        mine = names.features(key)
        full, shorts = (self._in_city, self._shorts_in) if city else ({0: self._keys}, {0: self._shorts})
        scores = _alike(key, full.get(city, {}), 1)
        for more in (_alike(key, shorts.get(city, {}), SHORT), self._abbreviated(key, city)):
            for id, score in more.items():
                scores[id] = max(score, scores.get(id, 0))
        fitting = [
            Candidate(id, score)
            for id, score in scores.items()
            if not names.names_conflict(mine, self._features[id])
        ]
        fitting.sort(key=lambda one: (-one.score, one.hospital_id))
        return tuple(fitting[:MOST_CANDIDATES])

    def _abbreviated(self, key: str, city: int) -> dict[int, float]:
        """Those of the city whose name has all that is written, in its order: 瑞金东院 of 瑞金医院（东院区）.

        What fits more of them than could be proposed tells none from another.
        """
        found = [
            id
            for id, name in self._in_city.get(city, {}).items()
            if city and (names.abbreviates(key, name) or names.abbreviates(key, self._shorts.get(id, "")))
        ]
        return dict.fromkeys(found, ABBREVIATED) if len(found) <= MOST_CANDIDATES else {}

    def _takes(self, candidates: tuple[Candidate, ...], key: str, city: int) -> bool:
        """Only a single best one, in a known city, with nothing in the names against it."""
        best = candidates[0]
        alone = len(candidates) == 1 or candidates[1].score < best.score
        return (
            alone
            and city != 0
            and best.score >= TAKEN
            and names.names_agree(names.features(key), self._features[best.hospital_id])
        )


def _alike(key: str, choices: Mapping[int, str], weight: float) -> dict[int, float]:
    """Those that resemble the key enough to be proposed, with their weighed likeness."""
    found = rapidfuzz.process.extract(
        key, choices, scorer=rapidfuzz.fuzz.ratio, score_cutoff=PROPOSED / weight * 100, limit=None
    )
    return {id: round(score / 100 * weight, 4) for _, score, id in found}


def city_of(division: int) -> int:
    """The city part of a six-digit division code (GB/T 2260): 330106 and 330100 are both 3301; 0 if none.

    The four municipalities are one city each, whatever the district.
    """
    if division < 100_000:
        return 0
    province, city = division // 10_000, division // 100
    if province in (11, 12, 31, 50):
        return province * 100
    return city if city % 100 else 0
