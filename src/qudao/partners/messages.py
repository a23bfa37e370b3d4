"""Words for the reasons of partners."""

from django.utils.translation import gettext_lazy as _

from qudao.kernel.messages import Message

_UPLOAD = _("Ask the partner to upload the new licence.")
_WITHIN = _("Narrow this authorisation, or have the one above it extended first.")

LICENCES: dict[str, Message] = {
    "partners.licence_number_unusual": Message(
        _("Unusual licence number"),
        _("“%(text)s” does not look like the number of a distribution or production licence."),
        _("Compare it with the document; keep it if the document says so."),
    ),
    "partners.permit_missing": Message(
        _("No distribution permit on file"),
        _("Class III devices (%(category)s) may be distributed only under a permit."),
        _("Ask the partner to upload its distribution permit."),
    ),
    "partners.filing_missing": Message(
        _("No distribution filing on file"),
        _("Class II devices (%(category)s) may be distributed only after filing, or under a permit."),
        _("Ask the partner to upload its distribution filing or permit."),
    ),
    "partners.licence_revoked": Message(
        _("The licence is revoked"),
        _("%(number)s of %(holder)s has been revoked since %(revoked_on)s."),
        _("Stop trading with this partner and inform quality management."),
    ),
    "partners.licence_suspended": Message(
        _("The licence is suspended"),
        _("%(number)s of %(holder)s is suspended."),
        _("Wait until quality management lifts the suspension."),
    ),
    "partners.licence_not_yet_valid": Message(
        _("The licence is not yet in effect"),
        _("%(number)s of %(holder)s takes effect on %(valid_from)s."),
        _("Choose a later date, or upload the licence in effect now."),
    ),
    "partners.licence_expired": Message(
        _("The licence has expired"),
        _("%(number)s of %(holder)s was valid to %(expires_on)s."),
        _UPLOAD,
    ),
    "partners.scope_missing": Message(
        _("The licence scope lacks %(category)s"),
        _("The licence of %(holder)s (%(number)s, to %(expires_on)s) holds only %(held)s."),
        _UPLOAD,
    ),
    "partners.scope_missing_undated": Message(
        _("The licence scope lacks %(category)s"),
        _("The filing of %(holder)s (%(number)s) holds only %(held)s."),
        _UPLOAD,
    ),
    "partners.cold_chain_missing": Message(
        _("The licence scope lacks cold chain for %(category)s"),
        _("The licence of %(holder)s (%(number)s, to %(expires_on)s) does not include refrigerated goods."),
        _UPLOAD,
    ),
    "partners.cold_chain_missing_undated": Message(
        _("The licence scope lacks cold chain for %(category)s"),
        _("The filing of %(holder)s (%(number)s) does not include refrigerated goods."),
        _UPLOAD,
    ),
    "partners.wholesale_missing": Message(
        _("The licence does not allow wholesale"),
        _("The mode of business of %(number)s of %(holder)s does not include wholesale."),
        _UPLOAD,
    ),
    "partners.retail_missing": Message(
        _("The licence does not allow retail"),
        _("The mode of business of %(number)s of %(holder)s does not include retail."),
        _UPLOAD,
    ),
    "partners.wholesale_to_person": Message(
        _("Wholesale to a person is not allowed"),
        _("A wholesaler sells to licensed dealers and to medical institutions."),
        _("Sell through a store that is licensed for retail."),
    ),
    "partners.practice_permit_missing": Message(
        _("No practice permit on file"),
        _("A hospital buys with a valid practice permit or filing of a medical institution."),
        _("Ask the hospital for its practice permit."),
    ),
    "partners.warehouse_unlicensed": Message(
        _("Stock may not be kept at this address"),
        _("“%(address)s” is on no licence in effect of this company."),
        _("Have the address added to the licence, or choose a licensed warehouse."),
    ),
    "partners.storage_agreement_missing": Message(
        _("No quality agreement for entrusted storage"),
        _("“%(address)s” is kept by %(keeper)s, without a quality agreement in effect."),
        _("Sign the quality agreement, or choose another warehouse."),
    ),
    "partners.renewal_too_early": Message(
        _("Too early to apply for renewal"),
        _("Applications are accepted from %(opens_on)s."),
        _("Apply once the window opens."),
    ),
    "partners.renewal_too_late": Message(
        _("Too late to apply for renewal"),
        _("Applications were accepted to %(closes_on)s."),
        _("Apply for a new licence."),
    ),
    "partners.holidays_unpublished": Message(
        _("The window may shift by some days"),
        _("The public holidays of %(years)s are not known; only weekends were left out."),
        _("Look again once the holidays are published."),
    ),
    "partners.admission_step": Message(
        _("This step is not open now"),
        _("The step “%(step)s” does not follow the state “%(state)s”."),
        _("Reload the page and look at the state."),
    ),
    "partners.admission_post": Message(
        _("Another post takes this step"),
        _("The step “%(step)s” is not open to the post “%(post)s”."),
        _("Pass it to the post in charge."),
    ),
}

AUTHORISATIONS: dict[str, Message] = {
    "partners.authorisation_missing": Message(
        _("Not authorised"),
        _("No authorisation covers this product, place and channel."),
        _("Apply for an authorisation, or choose an authorised partner."),
    ),
    "partners.authorisation_denied": Message(
        _("Excluded from the authorisation"),
        _("The most specific row that applies, no. %(row)s, excludes this sale."),
        _("Choose an authorised partner, or ask the channel manager to change the row."),
    ),
    "partners.authorisation_not_yet_valid": Message(
        _("The authorisation is not yet in effect"),
        _("Authorisation no. %(row)s takes effect on %(valid_from)s."),
        _("Choose a later date."),
    ),
    "partners.authorisation_expired": Message(
        _("The authorisation has expired"),
        _("Authorisation no. %(row)s was valid to %(expires_on)s."),
        _("Have it renewed."),
    ),
    "partners.authorisation_revoked": Message(
        _("The authorisation is revoked"),
        _("Authorisation no. %(row)s was revoked on %(revoked_on)s; it ends whatever was granted from it."),
        _("Ask the channel manager."),
    ),
    "partners.parent_denies": Message(
        _("Nothing can be granted from an exclusion"),
        _("Row no. %(parent)s excludes; it gives no right to pass on."),
        _("Choose the authorisation this one is granted from."),
    ),
    "partners.sublicence_forbidden": Message(
        _("The authorisation may not be passed on"),
        _("No. %(parent)s does not allow sub-authorisation."),
        _("Ask its grantor for the right to sub-authorise."),
    ),
    "partners.parent_revoked": Message(
        _("The authorisation above is revoked"),
        _("No. %(parent)s is revoked before this one ends."),
        _WITHIN,
    ),
    "partners.child_kind": Message(
        _("Another kind of authorisation"), _("No. %(parent)s is of another kind."), _WITHIN
    ),
    "partners.child_product": Message(
        _("Products beyond the authorisation above"), _("No. %(parent)s covers fewer products."), _WITHIN
    ),
    "partners.child_territory": Message(
        _("Territory beyond the authorisation above"),
        _("No. %(parent)s covers a smaller territory."),
        _WITHIN,
    ),
    "partners.child_hospital": Message(
        _("Hospitals beyond the authorisation above"), _("No. %(parent)s covers other hospitals."), _WITHIN
    ),
    "partners.child_channel": Message(
        _("Channel beyond the authorisation above"), _("No. %(parent)s covers another channel."), _WITHIN
    ),
    "partners.child_period": Message(
        _("Period beyond the authorisation above"), _("No. %(parent)s covers a shorter period."), _WITHIN
    ),
}

MESSAGES: dict[str, Message] = LICENCES | AUTHORISATIONS
