"""Authorisations: who wins, when rows lapse, and what may be granted onward."""

import dataclasses
import datetime as dt
import pathlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qudao.kernel import periods
from qudao.partners.rules import authorisations as rules

D = dt.date
YEAR = periods.Period(D(2026, 1, 1), D(2027, 1, 1))
TODAY = D(2026, 5, 6)
ZHEJIANG, HANGZHOU = rules.territory(code=330000), rules.territory(code=330100)
BODY, CAMPUS, OTHER = 50, 51, 60
SITE = rules.Place(330106, (BODY, CAMPUS))
LINE, ITEM = 7, 70
STENT = rules.Item(item_id=ITEM, line_id=LINE)
DEALER = 1


def worked(page, name):
    """Cells of the table that follows the mark `worked: name` on a page of docs/domain."""
    text = (pathlib.Path(__file__).parents[2] / "docs/domain" / page).read_text(encoding="utf-8")
    _, _, rest = text.partition(f"<!-- worked: {name} -->\n")
    table = [line for line in rest.partition("\n\n")[0].splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table[2:]]


def row(id, **values):
    return rules.Authorisation(id=id, **({"partner_id": DEALER, "period": YEAR} | values))


def ask(*rows, place=SITE, item=STENT, channel="portal", on=TODAY, partner_id=DEALER, **options):
    return rules.can_sell(
        rows=rows, partner_id=partner_id, place=place, item=item, channel=channel, on=on, **options
    )


def code(verdict):
    return verdict.reason and verdict.reason.code


# --- territories ---


@pytest.mark.parametrize(
    ("division", "lower", "upper"),
    [(0, 0, 1_000_000), (330000, 330000, 340000), (330100, 330100, 330200), (330106, 330106, 330107),
     (110100, 110100, 110200), (429004, 429004, 429005)],
)  # fmt: skip
def test_a_division_code_is_a_range(division, lower, upper):
    assert rules.territory(code=division) == rules.Territory(lower, upper)


@pytest.mark.parametrize("division", [-1, 1, 33, 3301, 99_999, 1_000_000])
def test_what_is_no_division_code_is_refused(division):
    with pytest.raises(ValueError, match="not a division code"):
        rules.territory(code=division)


# --- worked cases ---

ALLOW, DENY = "allow", "deny"


def dimension(key, value):
    """One `key=value` of a worked table as the field of a row."""
    if key in ("product", "hospital"):
        return () if value == "all" else tuple(map(int, value.split("/")))
    if key == "territory":
        return rules.territory(code=0 if value == "all" else int(value))
    if key == "period":
        return periods.Period(*map(D.fromisoformat, value.split("..")))
    if key == "partner_id":
        return int(value)
    return "" if value == "all" else value


def dimensions(words):
    pairs = (word.split("=") for word in words)
    return {key: dimension(key, value) for key, value in pairs}


def case(cells):
    """Rows, and the id of the one that decides: negative when it denies, None for none."""
    _, spelled, decides = cells
    texts = [text.split() for text in spelled.split(";") if text.strip()]
    rows = tuple(row(int(id), effect=effect, **dimensions(words)) for id, effect, *words in texts)
    if decides == "-":
        return rows, None
    winner, verb = decides.split()
    return rows, int(winner) if verb == "allows" else -int(winner)


CASES = {cells[0]: case(cells) for cells in worked("authorisations.md", "who wins")}


def outcome(verdict):
    """The deciding row's id, negative when it denies, None when there was none."""
    return verdict.row and (verdict.row.id if verdict.allowed else -verdict.row.id)


@pytest.mark.parametrize("name", CASES)
def test_the_worked_table_of_who_wins_holds(name):
    rows, expected = CASES[name]
    assert outcome(ask(*rows)) == expected
    assert outcome(ask(*reversed(rows))) == expected


def test_each_refusal_has_its_reason():
    assert code(ask()) == "partners.authorisation_missing"
    assert code(ask(row(1, effect=DENY))) == "partners.authorisation_denied"
    assert ask(row(1)).reason is None


def test_validity_is_half_open():
    assert code(ask(row(1), on=D(2025, 12, 31))) == "partners.authorisation_not_yet_valid"
    assert ask(row(1), on=D(2026, 1, 1)).allowed
    assert ask(row(1), on=D(2026, 12, 31)).allowed
    verdict = ask(row(1), on=D(2027, 1, 1))
    assert (code(verdict), verdict.reason.params["expires_on"]) == (
        "partners.authorisation_expired",
        "2026-12-31",
    )


def test_a_lapsed_deny_no_longer_denies():
    last_year = periods.Period(D(2025, 1, 1), D(2026, 1, 1))
    assert ask(row(1), row(2, effect=DENY, hospital=(BODY,), period=last_year)).allowed


def test_a_revoked_row_ends_on_its_day():
    revoked = row(1, revoked_on=TODAY)
    assert ask(revoked, on=TODAY - dt.timedelta(days=1)).allowed
    assert code(ask(revoked)) == "partners.authorisation_revoked"


# --- chains ---

GRANTS = (
    row(1, partner_id=10, may_sublicense=True),
    row(2, partner_id=11, parent_id=1, may_sublicense=True, territory=ZHEJIANG),
    row(3, parent_id=2, territory=HANGZHOU),
)


def test_revoking_a_grandparent_revokes_all_below_it():
    revoked = (dataclasses.replace(GRANTS[0], revoked_on=D(2026, 4, 1)), *GRANTS[1:])
    by_id = {r.id: r for r in revoked}
    assert [rules.revoked_on(row=r, by_id=by_id) for r in revoked] == [D(2026, 4, 1)] * 3
    verdict = ask(*revoked)
    assert (code(verdict), verdict.reason.params["row"]) == ("partners.authorisation_revoked", 1)
    assert ask(*revoked, on=D(2026, 3, 31)).allowed


def test_the_earliest_revocation_in_the_chain_counts():
    rows = (
        dataclasses.replace(GRANTS[0], revoked_on=D(2026, 4, 1)),
        GRANTS[1],
        dataclasses.replace(GRANTS[2], revoked_on=D(2026, 2, 1)),
    )
    by_id = {r.id: r for r in rows}
    assert rules.revoked_on(row=rows[2], by_id=by_id) == D(2026, 2, 1)
    assert rules.revoked_on(row=rows[1], by_id=by_id) == D(2026, 4, 1)


def test_shortening_a_parent_ends_its_children():
    short = dataclasses.replace(GRANTS[1], period=periods.Period(D(2026, 1, 1), D(2026, 3, 1)))
    assert code(ask(GRANTS[0], short, GRANTS[2])) == "partners.authorisation_expired"


def test_revoking_a_child_leaves_its_parent():
    revoked = dataclasses.replace(GRANTS[2], revoked_on=D(2026, 1, 2))
    assert ask(*GRANTS[:2], revoked, partner_id=11).allowed


@pytest.mark.parametrize(
    "rows", [[GRANTS[2]], [row(1, parent_id=2), row(2, parent_id=1)], [row(1, parent_id=1)]]
)
def test_a_chain_with_a_loop_or_a_missing_parent_is_an_error(rows):
    with pytest.raises(ValueError, match="no sound parent"):
        ask(*rows)


PARENT = row(
    1,
    partner_id=10,
    may_sublicense=True,
    product=(LINE,),
    territory=ZHEJIANG,
    hospital=(BODY,),
    channel="portal",
)
CHILD = dataclasses.replace(PARENT, id=2, partner_id=DEALER, parent_id=1)


@pytest.mark.parametrize("cells", worked("authorisations.md", "within"), ids=" ".join)
def test_the_worked_table_of_granting_onward_holds(cells):
    below, refused = cells
    child = dataclasses.replace(CHILD, **dimensions(below.split()))
    found = rules.child_within_parent(child=child, parent=PARENT)
    assert [reason.code for reason in found] == ([] if refused == "-" else refused.split())
    assert all(reason.params == {"child": 2, "parent": 1} for reason in found)


@pytest.mark.parametrize(
    ("wider", "expected"),
    [
        ({"territory": rules.Territory(330100, 340001)}, "partners.child_territory"),
        ({"period": periods.Period(D(2026, 1, 1))}, "partners.child_period"),
    ],
)
def test_a_child_one_step_beyond_its_parent_is_refused(wider, expected):
    found = rules.child_within_parent(child=dataclasses.replace(CHILD, **wider), parent=PARENT)
    assert [reason.code for reason in found] == [expected]


@pytest.mark.parametrize(
    ("parent", "expected"),
    [
        ({"may_sublicense": False}, "partners.sublicence_forbidden"),
        ({"effect": DENY}, "partners.parent_denies"),
        ({"revoked_on": D(2026, 12, 31)}, "partners.parent_revoked"),
    ],
)
def test_a_parent_that_cannot_grant_is_refused(parent, expected):
    found = rules.child_within_parent(child=CHILD, parent=dataclasses.replace(PARENT, **parent))
    assert [reason.code for reason in found] == [expected]


def test_a_parent_revoked_after_the_child_ends_does_not_matter():
    parent = dataclasses.replace(PARENT, revoked_on=D(2027, 1, 1))
    assert rules.child_within_parent(child=CHILD, parent=parent) == []


def test_every_dimension_is_reported_at_once():
    wide = dataclasses.replace(CHILD, product=(), channel="")
    assert [reason.code for reason in rules.child_within_parent(child=wide, parent=PARENT)] == [
        "partners.child_product",
        "partners.child_channel",
    ]


# --- against a naive oracle ---

CODES = (0, 330000, 330100, 330106, 330200)
LEVELS = {330106: 3, 330100: 2, 330200: 2, 330000: 1, 0: 0}


@dataclasses.dataclass(frozen=True)
class Made:
    """A row as generated, with its division code kept beside it for the oracle."""

    row: rules.Authorisation
    division: int


@st.composite
def made_rows(draw):
    rows = []
    for number in range(1, draw(st.integers(1, 7))):
        division = draw(st.sampled_from(CODES))
        first = draw(st.integers(0, 3))
        rows.append(Made(division=division, row=rules.Authorisation(
            id=number,
            partner_id=draw(st.sampled_from([1, 1, 2])),
            period=periods.Period(
                D(2026, 1 + first, 1), draw(st.sampled_from([None, D(2026, 5 + first, 1)]))
            ),
            effect=draw(st.sampled_from([ALLOW, DENY])),
            kind=draw(st.sampled_from(["distribution", "distribution", "delivery", "service"])),
            product=draw(st.sampled_from([(), (LINE,), (LINE, ITEM), (LINE, 71), (8,)])),
            territory=rules.territory(code=division),
            hospital=draw(st.sampled_from([(), (), (BODY,), (BODY, CAMPUS), (OTHER,)])),
            channel=draw(st.sampled_from(["", "", "portal", "store"])),
            revoked_on=draw(st.sampled_from([None, None, D(2026, 4, 1)])),
            parent_id=draw(st.sampled_from([None, None, *range(1, number)])),
        )))  # fmt: skip
    return rows


def oracle(made, on, place=SITE):
    """Walk the levels from the most specific down; at the first with any row in effect, deny wins."""
    table = {m.row.id: m.row for m in made}

    def lives(r):
        if (r.revoked_on and on >= r.revoked_on) or on < r.period.valid_from:
            return False
        if r.period.valid_until and on >= r.period.valid_until:
            return False
        return r.parent_id is None or lives(table[r.parent_id])

    def inside(m):
        code, division = str(m.division), str(place.division)
        return m.division == 0 or division.startswith(code.rstrip("0") if LEVELS[m.division] < 3 else code)

    usable = [
        m for m in made
        if m.row.partner_id == 1 and m.row.kind != "service" and m.row.channel in ("", "portal")
        and lives(m.row) and inside(m)
    ]  # fmt: skip
    places = [lambda m, h=h: m.row.hospital == h for h in ((BODY, CAMPUS), (BODY,))]
    places += [lambda m, n=n: m.row.hospital == () and LEVELS[m.division] == n for n in (3, 2, 1, 0)]
    for at_place in places:
        for product in ((LINE, ITEM), (LINE,), ()):
            level = [m.row for m in usable if at_place(m) and m.row.product == product]
            if level:
                return all(r.effect == ALLOW for r in level)
    return False


@settings(max_examples=200)
@given(
    made_rows(), st.sampled_from([D(2026, 1, 1), D(2026, 3, 15), D(2026, 4, 1), D(2026, 5, 1), D(2026, 8, 1)])
)
def test_can_sell_agrees_with_walking_the_levels(made, on):
    assert ask(*(m.row for m in made), on=on).allowed is oracle(made, on)


@given(made_rows(), st.randoms(use_true_random=False))
def test_the_order_of_rows_never_matters(made, random):
    rows = [m.row for m in made]
    shuffled = random.sample(rows, len(rows))
    assert ask(*rows) == ask(*shuffled)


def naive(key):
    """A can_sell that ranks rows by another key, over rows that all lie in their validity."""

    def decide(rows):
        usable = [
            r for r in rows
            if r.partner_id == DEALER and r.kind in rules.SELLING and rules._applies(r, SITE, STENT, "portal")
        ]  # fmt: skip
        best = max(usable, key=key, default=None)
        return best and (best.id if best.effect == ALLOW else -best.id)

    return decide


NAIVE = {
    "allow wins among equals": naive(lambda r: (*rules.specificity(row=r), r.effect == ALLOW)),
    "any deny wins": naive(lambda r: (r.effect == DENY, *rules.specificity(row=r))),
    "the newest row wins": naive(lambda r: r.id),
    "product comes before place": naive(
        lambda r: (len(r.product), *rules.specificity(row=r)[:2], r.effect == DENY)
    ),
    "the widest territory wins": naive(
        lambda r: (len(r.hospital), r.territory.width, len(r.product), r.effect == DENY)
    ),
    "hospital rows count like areas": naive(
        lambda r: (-r.territory.width, len(r.hospital), len(r.product), r.effect == DENY)
    ),
    "a named channel is more specific": naive(
        lambda r: (*rules.specificity(row=r), r.channel != "", r.effect == DENY)
    ),
}


@pytest.mark.parametrize("variant", NAIVE)
def test_the_worked_cases_catch_the_mistake(variant):
    assert any(NAIVE[variant](rows) != expected for rows, expected in CASES.values())


def test_the_control_itself_passes_with_the_right_key():
    right = naive(lambda r: (*rules.specificity(row=r), r.effect == DENY, -r.id))
    assert all(right(rows) == expected for rows, expected in CASES.values())
