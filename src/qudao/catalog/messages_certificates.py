"""Words for the reasons of registration certificates."""

from django.utils.translation import gettext_lazy as _

from qudao.kernel.messages import Message

MESSAGES: dict[str, Message] = {
    "catalog.registration_unreadable": Message(
        _("Not a registration or filing number"),
        _("“%(text)s” has none of the known shapes, such as 国械注准20213030647 or 粤潮械备20140023."),
        _("Compare it with the certificate, character by character."),
    ),
    "catalog.registration_inconsistent": Message(
        _("This registration number cannot exist"),
        _("%(number)s: a province registers domestic class II devices only."),
        _("Compare the first character and the class digit with the certificate."),
    ),
    "catalog.certificate_missing": Message(
        _("No registration certificate on file"),
        _("No registration certificate or filing is linked to this device."),
        _("Ask quality management to enter the certificate."),
    ),
    "catalog.model_not_covered": Message(
        _("The certificate does not list this model"),
        _("%(numbers)s: no version on file lists this model."),
        _("Ask quality management to enter the change of the certificate that adds the model."),
    ),
    "catalog.certificate_revoked": Message(
        _("The registration certificate is revoked"),
        _("%(number)s has been revoked since %(revoked_on)s."),
        _("Hold the stock and ask quality management; it cannot be sold."),
    ),
    "catalog.production_date_unknown": Message(
        _("The production date is unknown"),
        _("Goods are sellable when they were made within a term of the certificate (%(terms)s)."),
        _("Ask quality management to establish and record the production date of this lot."),
    ),
    "catalog.produced_outside_validity": Message(
        _("Made while no certificate was in effect"),
        _("Made on %(produced_on)s; the certificate covers %(terms)s."),
        _("Check the production date on the label; if it is right, have quality management hold the goods."),
    ),
}
