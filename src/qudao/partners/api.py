"""Partners over the API: who they are, their licences, what they may sell where; and every change of them."""

import ninja

from qudao.kernel import periods, scope, web
from qudao.partners import operations, queries, shapes
from qudao.partners.operations import writing
from qudao.partners.rules import licences

router = web.router("partners")
VIEW = "partners.party.view"


@web.operation(router.get, "/partners", permission=VIEW, response=web.Page[shapes.PartnerSummary])
def list_partners(
    request, paging: web.Paging = ninja.Query(...), q: str = "", role: str = "", expiring_within: int = 0
):
    """Partners by code, to a partner of the hospitals those it deals with; `q` is a name, pinyin, code or credit code,
    `expiring_within` days of a licence."""
    wanted = queries.PartyFilter(
        text=q[:60], role=role[:20], expiring_within=min(max(expiring_within, 0), 3650) or None, dealt=True
    )
    found = queries.list_parties(
        wanted,
        actor=request.actor,
        cursor=paging.cursor,
        limit=paging.limit,
        today=periods.business_date(request.now),
    )
    return web.page(found.rows, found.next)


@web.operation(router.get, "/partners/{int:party_id}", permission=VIEW, response=shapes.PartnerOut)
def get_partner(request, party_id: int):
    """One partner with what of it the caller sees."""
    return queries.get_party(party_id, request.actor, today=periods.business_date(request.now))


@web.operation(router.get, "/licences", permission=VIEW, response=web.Page[shapes.LicenceOut])
def list_licences(request, paging: web.Paging = ninja.Query(...), kind: str = "", within: int = 0):
    """Licences by expiry; `within` days in which they lapse, lapsed ones too."""
    wanted = queries.LicenceFilter(kind=kind[:30], within=min(max(within, 0), 3650) or None)
    found = queries.list_all_licences(
        wanted,
        actor=request.actor,
        today=periods.business_date(request.now),
        cursor=paging.cursor,
        limit=paging.limit,
    )
    return web.page([row.licence for row in found.rows], found.next)


# --- Admission, freezing ---------------------------------------------------------------------------


@web.operation(router.post, "/partners", permission=writing.PARTIES, response=shapes.PartnerOut, status=201)
def open_party(request, body: shapes.PartnerIn):
    """Hand a partner in for admission (准入)."""
    return operations.open_party(
        **body.model_dump(exclude={"role"}),
        kind="hospital" if body.role == "hospital" else "company",
        roles=(body.role,),
        admission="requested",
        **_by(request),
    )


@web.operation(router.post, "/partners/{int:party_id}/admission", permission=VIEW, response=shapes.PartnerOut)
def take_admission_step(request, party_id: int, body: shapes.AdmissionIn):
    """One step of the admission by the post whose turn it is. If-Match names the version that was seen."""
    _seen(request, party_id)
    return operations.take_admission_step(
        party_id=party_id, step=body.step, reason=body.reason, **web.seen(request)
    )


@web.operation(
    router.post,
    "/partners/{int:party_id}/particulars",
    permission=writing.PARTIES,
    response=shapes.PartnerOut,
)
def change_party(request, party_id: int, body: shapes.ParticularsIn):
    """Other names, address or telephone; papers already written stay. If-Match names the version that was seen."""
    return operations.change_party(party_id=party_id, **body.model_dump(), **web.seen(request))


@web.operation(
    router.post,
    "/partners/{int:party_id}/freeze",
    permission=writing.PARTIES,
    response=shapes.PartnerOut,
)
def freeze_party(request, party_id: int, body: shapes.ReasonIn):
    """Stop all new trade with the partner. If-Match names the version that was seen."""
    return operations.freeze_party(party_id=party_id, reason=body.reason, **web.seen(request))


@web.operation(
    router.post,
    "/partners/{int:party_id}/release",
    permission=writing.PARTIES,
    response=shapes.PartnerOut,
)
def release_party(request, party_id: int, body: shapes.ReasonIn):
    """Take up trade with a frozen partner again. If-Match names the version that was seen."""
    return operations.release_party(party_id=party_id, reason=body.reason, **web.seen(request))


# --- Licences --------------------------------------------------------------------------------------


@web.operation(
    router.post,
    "/partners/{int:party_id}/licences",
    permission=writing.LICENCES,
    response=shapes.LicenceOut,
    status=201,
)
def record_licence(request, party_id: int, body: shapes.LicenceIn):
    """Record a licence as reviewed."""
    _seen(request, party_id)
    return operations.record_licence(
        party_id=party_id,
        **body.model_dump(exclude={"last_day", "scope"}),
        valid_until=periods.day_after(body.last_day),
        scope=tuple(licences.ScopeEntry(**one.model_dump()) for one in body.scope),
        **_by(request),
    )


@web.operation(
    router.post,
    "/licences/{int:licence_id}/suspend",
    permission=writing.LICENCES,
    response=shapes.LicenceOut,
)
def suspend_licence(request, licence_id: int, body: shapes.ReasonIn):
    """What only this licence covers is not traded meanwhile. If-Match names the version that was seen."""
    return operations.suspend_licence(
        licence_id=licence_id, suspended=True, reason=body.reason, **web.seen(request)
    )


@web.operation(
    router.post,
    "/licences/{int:licence_id}/reinstate",
    permission=writing.LICENCES,
    response=shapes.LicenceOut,
)
def reinstate_licence(request, licence_id: int, body: shapes.ReasonIn):
    """Lift the suspension. If-Match names the version that was seen."""
    return operations.suspend_licence(
        licence_id=licence_id, suspended=False, reason=body.reason, **web.seen(request)
    )


@web.operation(
    router.post,
    "/licences/{int:licence_id}/revoke",
    permission=writing.LICENCES,
    response=shapes.LicenceOut,
)
def revoke_licence(request, licence_id: int, body: shapes.ReasonIn):
    """The authority revoked it: no effect from today. If-Match names the version that was seen."""
    return operations.revoke_licence(licence_id=licence_id, reason=body.reason, **web.seen(request))


# --- Accounts, places, authorisations --------------------------------------------------------------


@web.operation(
    router.post,
    "/partners/{int:party_id}/accounts",
    permission=writing.PARTIES,
    response=shapes.AccountOut,
    status=201,
)
def open_account(request, party_id: int, body: shapes.AccountIn):
    """Open a channel account of a legal entity and a product line."""
    _seen(request, party_id)
    return operations.open_account(party_id=party_id, **body.model_dump(), **_by(request))


@web.operation(
    router.post,
    "/accounts/{int:account_id}/tier",
    permission=writing.PARTIES,
    response=shapes.AccountOut,
)
def change_tier(request, account_id: int, body: shapes.TierIn):
    """Another tier from today; orders placed stay as they are."""
    return operations.change_tier(account_id=account_id, tier=body.tier, reason=body.reason, **_by(request))


@web.operation(
    router.post,
    "/accounts/{int:account_id}/close",
    permission=writing.PARTIES,
    response=shapes.AccountOut,
)
def close_account(request, account_id: int, body: shapes.ReasonIn):
    """Nothing is sold on it any more; it is not opened again."""
    return operations.close_account(account_id=account_id, reason=body.reason, **_by(request))


@web.operation(
    router.post,
    "/partners/{int:party_id}/places",
    permission=writing.PARTIES,
    response=shapes.PlaceOut,
    status=201,
)
def open_place(request, party_id: int, body: shapes.PlaceIn):
    """Add a delivery place."""
    _seen(request, party_id)
    return operations.open_place(party_id=party_id, **body.model_dump(), **_by(request))


@web.operation(
    router.post,
    "/places/{int:place_id}/particulars",
    permission=writing.PARTIES,
    response=shapes.PlaceOut,
)
def change_place(request, place_id: int, body: shapes.PlaceParticularsIn):
    """Another name, address or contact of a delivery place: goods not yet sent go there."""
    return operations.change_place(place_id=place_id, **body.model_dump(), **_by(request))


@web.operation(
    router.post,
    "/partners/{int:party_id}/authorisations",
    permission=writing.AUTHORISATIONS,
    response=shapes.AuthorisationOut,
    status=201,
)
def grant_authorisation(request, party_id: int, body: shapes.AuthorisationIn):
    """Grant an authorisation; who grants from their own names it as `parent_id`."""
    _seen(request, party_id)
    return operations.grant_authorisation(
        party_id=party_id,
        **body.model_dump(exclude={"last_day"}),
        valid_until=periods.day_after(body.last_day),
        **_by(request),
    )


@web.operation(
    router.post,
    "/authorisations/{int:authorisation_id}/revoke",
    permission=writing.AUTHORISATIONS,
    response=shapes.AuthorisationOut,
)
def revoke_authorisation(request, authorisation_id: int, body: shapes.ReasonIn):
    """It ends today, with everything granted from it."""
    return operations.revoke_authorisation(
        authorisation_id=authorisation_id, reason=body.reason, **_by(request)
    )


def _by(request) -> dict:
    return {"actor": request.actor, "now": request.now}


def _seen(request, party_id: int) -> None:
    """Raises NotFound for a partner the caller does not see."""
    with scope.transaction(request.actor):
        queries.get_party(party_id, request.actor, today=periods.business_date(request.now))
