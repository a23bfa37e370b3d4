"""Manifest."""

from django.utils.translation import gettext_lazy as _

from qudao.kernel import manifest

MODULE = manifest.Module(
    name="organisation",
    needs=("kernel", "ui"),
    permissions={
        "organisation.person.view": _("See people and posts"),
        "organisation.person.manage": _("Manage people and posts"),
        "organisation.journal.view": _("See the journal"),
        "organisation.journal.export": _("Export the journal"),
        "organisation.period.close": _("Close accounting periods"),
    },
    journal_types={
        "organisation.entity.opened": _("Legal entity opened"),
        "organisation.entity.corrected": _("Legal entity corrected"),
        "organisation.region.opened": _("Region opened"),
        "organisation.region.corrected": _("Region corrected"),
        "organisation.person.opened": _("Person opened"),
        "organisation.role.defined": _("Role defined"),
        "organisation.post.granted": _("Post granted"),
        "organisation.post.revoked": _("Post taken away"),
        "organisation.period.closed": _("Period closed"),
    },
    pages={
        "organisation.person": ("person?person", "organisation.person.view"),
    },
    names={
        "organisation.entity": "qudao.organisation.naming:entities",
        "organisation.region": "qudao.organisation.naming:regions",
        "organisation.role": "qudao.organisation.naming:roles",
        "organisation.post": "qudao.organisation.naming:posts",
        "organisation.role_code": "qudao.organisation.naming:role_codes",
        "organisation.person": "qudao.organisation.naming:persons",
        "organisation.program": "qudao.organisation.naming:programs",
    },
    codes={
        "organisation_role.permissions": "permissions",
        "organisation_legalentity.currency": "qudao.ui.formats:CURRENCIES",
    },
    urls="qudao.organisation.urls",
    navigation=(
        manifest.Entry(
            "system", _("People and posts"), "people", "users", "organisation.person.view", order=80
        ),
        manifest.Entry(
            *("system", _("Entities and regions"), "house", "building", "organisation.person.view"),
            order=85,
            insiders=True,
        ),
        manifest.Entry(
            "system", _("Journal"), "journal", "timeline-event", "organisation.journal.view", order=90
        ),
    ),
)
