"""Words for certificates and products."""

from django.utils.translation import gettext_lazy as _

from qudao.kernel.messages import Message

PRODUCTS: dict[str, Message] = {
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
    "catalog.nmpa_too_long": Message(
        _("A key of the register is too long"),
        _("Record %(key)s has a DI or key of more than %(limit)s characters."),
        _("The record was skipped; compare with the register."),
    ),
    "catalog.udi_record_missing": Message(
        _("The device register has no such DI"),
        _("No record taken in has this DI as its sale unit."),
        _("Import a newer release of the register, or enter the product by hand."),
    ),
    "catalog.di_unknown": Message(
        _("Unknown device identifier"),
        _("No product in the catalogue has the DI %(di)s."),
        _("Ask master data to link this DI to its product."),
    ),
    "catalog.di_taken": Message(
        _("The device identifier is in use"),
        _("The DI %(di)s belongs to another product, or appears twice."),
        _("Open the product that has it; a DI names one product only."),
    ),
    "catalog.di_form": Message(
        _("Not a device identifier"),
        _("“%(di)s” is empty, longer than 40 characters, or a package of nothing."),
        _("Compare with the label."),
    ),
    "catalog.serial_missing": Message(
        _("The serial number is missing"),
        _("Labels of %(di)s carry a serial for each piece; this code has none, or is that of a package."),
        _("Scan the label of each piece, both codes where there are two."),
    ),
    "catalog.sale_unit_missing": Message(
        _("The sale unit needs a name"),
        _("One sale unit of %(di)s holds %(count)s units of use, so it is another unit than the base unit."),
        _("Name the unit it is sold in, such as 盒 or 包."),
    ),
    "catalog.line_code_taken": Message(
        _("The product line exists"),
        _("The code %(code)s is in use."),
        _("Choose another code, or use the line that has it."),
    ),
    "catalog.line_unknown": Message(
        _("Unknown product line"),
        _("There is no product line %(line)s."),
        _("Create the product line first, or mend its code."),
    ),
    "catalog.item_unknown": Message(
        _("Unknown product"),
        _("There is no product %(item)s in the catalogue."),
        _("Register the product first."),
    ),
    "catalog.item_inactive": Message(
        _("The product is discontinued"),
        _("%(code)s %(name)s was taken out of trade."),
        _("Take the line out, or ask master data to put the product back into trade."),
    ),
    "catalog.item_code_taken": Message(
        _("The product code is in use"),
        _("A product with the code %(code)s is registered already."),
        _("Take the row out, or give the new product another code."),
    ),
    "catalog.item_code_twice": Message(
        _("The product code appears twice"),
        _("%(code)s stands at place %(first)s already."),
        _("Keep one of the two."),
    ),
    "catalog.item_incomplete": Message(
        _("The product is incomplete"),
        _("Nothing stands in: %(fields)s."),
        _("Fill these in from the certificate."),
    ),
    "catalog.device_class_unknown": Message(
        _("The management class is unknown"),
        _("%(code)s has no class 1, 2 or 3, and none can be read from a certificate number."),
        _("Take the class from the certificate and enter it."),
    ),
    "catalog.category_form": Message(
        _("Not a category of the device catalogue"),
        _("“%(category)s” has not the form 06-13-04 or 6840 (2017), or 6877 (2002)."),
        _("Take the category from the certificate."),
    ),
    "catalog.tracking_too_coarse": Message(
        _("The product must be traced"),
        _("%(code)s is class III or implanted, or its tracking is none of lot, serial, none."),
        _("Choose tracking by lot or by serial number."),
    ),
    "catalog.unit_factor": Message(
        _("A unit holds at least one base unit"),
        _("“%(unit)s” holds %(factor)s; its name has one to ten characters."),
        _("Enter how many base units it holds."),
    ),
    "catalog.units_disagree": Message(
        _("A unit means two things"),
        _("“%(unit)s” holds %(first)s and %(second)s base units."),
        _("Give the two packages different unit names."),
    ),
    "catalog.units_form": Message(
        _("The other units do not read"),
        _("“%(text)s” has not the form 盒=10;箱=200."),
        _("Write each unit, an equals sign and the base units it holds."),
    ),
    "catalog.base_unit_fixed": Message(
        _("The base unit cannot change"),
        _("“%(unit)s” is what stock and lots are counted in."),
        _("Register a new product for another base unit."),
    ),
    "catalog.tax_missing": Message(
        _("No tax rate for this product"),
        _("%(code)s %(name)s has no tax treatment on %(on)s."),
        _("Ask finance to enter its tax rate."),
    ),
    "catalog.tax_later": Message(
        _("A later tax rate is entered already"),
        _("From %(day)s on another treatment holds."),
        _("Choose that day or a later one."),
    ),
    "catalog.tax_form": Message(
        _("Not a tax treatment"),
        _("“%(treatment)s” with rate %(rate)s: a rate is from 0 to below 1, and 0 where exempt."),
        _("Enter 0.13 for 13 %%."),
    ),
    "catalog.certificate_taken": Message(
        _("The certificate is entered already"),
        _("%(number)s is on file, or appears twice."),
        _("Renew it, or add the products it lists."),
    ),
    "catalog.certificate_class": Message(
        _("The certificate is of a lower class than the device"),
        _(
            "%(number)s is for class %(certificate_class)s; %(item)s is class %(device_class)s. "
            "Class I is filed, classes II and III are registered."
        ),
        _("Check the class of the product and the number of the certificate."),
    ),
    "catalog.certificate_period": Message(
        _("The certificate ends before it begins"),
        _("%(number)s: from %(valid_from)s, no longer valid on %(valid_until)s."),
        _("Compare both dates with the certificate."),
    ),
    "catalog.certificate_order": Message(
        _("A new version begins after the one before"),
        _("The newest version of %(number)s begins on %(valid_from)s."),
        _("Enter the day on which the renewal or change takes effect."),
    ),
    "catalog.certificate_incomplete": Message(
        _("The certificate is incomplete"),
        _("%(number)s is new here and needs registrant and first day of validity."),
        _("Fill these in from the certificate."),
    ),
}
