"""Manifest."""

from django.utils.translation import gettext_lazy as _

from qudao.kernel import manifest

MODULE = manifest.Module(
    name="partners",
    needs=("catalog",),
    permissions={
        "partners.party.view": _("See partners"),
        "partners.party.manage": _("Maintain partners"),
        "partners.licence.review": _("Review licences"),
        "partners.authorisation.manage": _("Grant authorisations"),
        "partners.admission.approve": _("Approve the admission of partners"),
    },
    contributions=("qudao.partners.decisions:PartnerGate",),
    rule_tables=("qudao.partners.rule_data:VERSIONS",),
    journal_types={
        "partners.party.opened": _("Partner opened"),
        "partners.party.frozen": _("Partner frozen"),
        "partners.party.released": _("Partner released"),
        "partners.party.admission_moved": _("Admission moved on"),
        "partners.party.life_set": _("Shelf-life requirement set"),
        "partners.place.opened": _("Delivery place opened"),
        "partners.account.opened": _("Channel account opened"),
        "partners.account.tier_changed": _("Tier changed"),
        "partners.account.closed": _("Channel account closed"),
        "partners.licence.recorded": _("Licence recorded"),
        "partners.licence.revoked": _("Licence revoked"),
        "partners.licence.suspended": _("Licence suspended"),
        "partners.licence.reinstated": _("Licence reinstated"),
        "partners.authorisation.granted": _("Authorisation granted"),
        "partners.authorisation.revoked": _("Authorisation revoked"),
    },
    urls="qudao.partners.urls",
    api="qudao.partners.api:router",
    navigation=(
        manifest.Entry("channel", _("Partners"), "partners", "affiliate", "partners.party.view", order=10),
        manifest.Entry("quality", _("Licences"), "licences", "certificate", "partners.party.view", order=10),
        manifest.Entry(
            "channel",
            _("Authorisations"),
            "authorisations",
            "file-certificate",
            "partners.party.view",
            order=12,
        ),
    ),
    search=("qudao.partners.finding:find",),
    todos=("qudao.partners.finding:waiting",),
    parties=("qudao.partners.queries:party_names",),
)
