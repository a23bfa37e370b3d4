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
    "partners.licence_number_of_another_kind": Message(
        _("The number is of another kind of licence"),
        _("“%(text)s” has the shape of another kind of licence than the one chosen."),
        _("Compare kind and number with the document."),
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

ENTRY: dict[str, Message] = {
    "partners.whole_view_needed": Message(
        _("This reaches beyond your part of the business"),
        _("What it touches lies partly where you do not see."),
        _("Ask somebody with a post for the whole business."),
    ),
    "partners.name_missing": Message(
        _("The name is missing"), _("A partner is kept under its full legal name."), _("Enter the name.")
    ),
    "partners.phone_unreadable": Message(
        _("This is no telephone number"),
        _("“%(text)s” cannot be called."),
        _("Enter digits with +, - and spaces, an extension after 转 or ext: 0571-8669 0000 转 12."),
    ),
    "partners.nothing_changed": Message(
        _("Nothing was changed"), _("Everything stands as it is."), _("Change what is wrong, or cancel.")
    ),
    "partners.kind_unknown": Message(
        _("There is no such kind"), _("“%(text)s” is not among the kinds."), _("Choose one from the list.")
    ),
    "partners.uscc_invalid": Message(
        _("Not a unified social credit code"),
        _("“%(text)s” does not pass the check of 18 characters."),
        _("Compare it with the business licence."),
    ),
    "partners.uscc_taken": Message(
        _("This unified social credit code is taken"),
        _("A partner with this code is on file already."),
        _("Open that partner instead of a second one."),
    ),
    "partners.code_taken": Message(
        _("The code is taken"), _("Another partner has this code."), _("Choose another code.")
    ),
    "partners.territory_unknown": Message(
        _("There is no such administrative division"),
        _("%(code)s is not a code of GB/T 2260 in use."),
        _("Choose a province or a city from the list."),
    ),
    "partners.party_unknown": Message(
        _("There is no such partner"),
        _("No. %(party)s is not among the partners you see."),
        _("Choose one from the list."),
    ),
    "partners.place_parent_unknown": Message(
        _("The place above is not one of this partner"),
        _("No. %(parent)s belongs to somebody else, or there is no such place."),
        _("Choose a campus of the same hospital."),
    ),
    "partners.reference_unknown": Message(
        _("Something named here does not exist"),
        _("The product line, region, hospital or person is not on file."),
        _("Choose from the lists."),
    ),
    "partners.entity_unknown": Message(
        _("There is no such company of ours"),
        _("No. %(entity)s is none of our companies."),
        _("Choose one from the list."),
    ),
    "partners.life_requirement_invalid": Message(
        _("Not a requirement on remaining life"),
        _("Days and months are not negative, and the fraction lies below 1."),
        _("Correct the figures."),
    ),
    "partners.admission_without_licence": Message(
        _("No licence is on file yet"),
        _("Quality reviews what the partner handed in, and there is nothing."),
        _("Record its licences first."),
    ),
    "partners.score_incomplete": Message(
        _("The score is not complete"),
        _("Every criterion has 0 to 5 points; these have none: %(criteria)s."),
        _("Give points to each of them."),
    ),
    "partners.reason_missing": Message(
        _("The reason is missing"), _("This change is kept with its reason."), _("Enter the reason.")
    ),
    "partners.account_exists": Message(
        _("The channel account exists"),
        _("A partner has one account for each of our companies and product lines."),
        _("Change the account that is there."),
    ),
    "partners.parent_account_missing": Message(
        _("The account above is missing"),
        _("The partner above has no open account for this company and product line."),
        _("Open its account first."),
    ),
    "partners.account_cycle": Message(
        _("Accounts stand above one another in a circle"),
        _("An account cannot lie below itself."),
        _("Correct the partner above."),
    ),
    "partners.account_has_children": Message(
        _("Open accounts lie below this one"),
        _("Closing it would leave them without an account above."),
        _("Move or close them first."),
    ),
    "partners.licence_kind_unknown": Message(
        _("The licence is incomplete"),
        _("Its kind, its mode of business or its number is missing or not known (%(text)s)."),
        _("Enter them as printed on the document."),
    ),
    "partners.licence_period": Message(
        _("The licence ends before it begins"),
        _("Its last day lies before its first."),
        _("Compare the dates with the document."),
    ),
    "partners.filing_has_no_expiry": Message(
        _("A filing has no expiry"),
        _("The law gives none to %(number)s."),
        _("Leave the expiry empty."),
    ),
    "partners.scope_entry_invalid": Message(
        _("Not an item of a licence scope"),
        _("%(entry)s needs a catalogue (2002 or 2017) and class II or III."),
        _("Enter the scope as printed on the document."),
    ),
    "partners.licence_already_revoked": Message(
        _("The licence is revoked already"),
        _("%(number)s has been revoked since %(revoked_on)s."),
        _("There is nothing left to do."),
    ),
    "partners.item_without_line": Message(
        _("The product line is missing"),
        _("An authorisation for a product names its line as well."),
        _("Choose the line of the product."),
    ),
    "partners.authorisation_period": Message(
        _("The authorisation ends before it begins"),
        _("Its last day lies before its first."),
        _("Correct the dates."),
    ),
    "partners.target_negative": Message(
        _("The target is negative"), _("A target is an amount of at least 0."), _("Correct the target.")
    ),
    "partners.authorisation_overlap": Message(
        _("The exclusive authorisation overlaps another"),
        _("The same products, place and days are already given to somebody exclusively."),
        _("Narrow it, drop “exclusive”, or revoke the other one first."),
    ),
    "partners.parent_required": Message(
        _("You can only pass on what was granted to you"),
        _("The authorisation it is granted from is not one of yours."),
        _("Choose one of your own authorisations."),
    ),
    "partners.granted_by_another": Message(
        _("You can only revoke what you granted"),
        _("This authorisation was granted by somebody else."),
        _("Ask whoever granted it."),
    ),
    "partners.parent_unknown": Message(
        _("The authorisation above does not exist"),
        _("No. %(parent)s is not on file for this company."),
        _("Choose one from the list."),
    ),
    "partners.authorisation_already_revoked": Message(
        _("The authorisation is revoked already"),
        _("It has been revoked since %(revoked_on)s."),
        _("There is nothing left to do."),
    ),
}

STANDING: dict[str, Message] = {
    "partners.licence_expiring": Message(
        _("A licence expires in %(days)s days"),
        _("%(number)s of %(holder)s is valid to %(expires_on)s."),
        _UPLOAD,
    ),
    "partners.party_frozen": Message(
        _("The partner is frozen"),
        _("No new business is done with %(partner)s."),
        _("Ask the channel manager why, and to release it."),
    ),
    "partners.party_locked": Message(
        _("Quality management has locked the partner"),
        _("A core document of %(partner)s has lapsed."),
        _("Hand in the new document; quality management lifts the lock."),
    ),
    "partners.party_not_admitted": Message(
        _("The partner is not admitted yet"),
        _("The admission of %(partner)s is not completed."),
        _("Wait until quality management has admitted it."),
    ),
    "partners.account_closed": Message(
        _("The channel account is closed"),
        _("Nothing is sold on this account of %(partner)s any more."),
        _("Choose another account, or have one opened."),
    ),
    "partners.hospital_unknown": Message(
        _("There is no such hospital"),
        _("No. %(hospital)s is not a hospital on file."),
        _("Choose one from the list."),
    ),
}

MESSAGES: dict[str, Message] = LICENCES | AUTHORISATIONS | ENTRY | STANDING
