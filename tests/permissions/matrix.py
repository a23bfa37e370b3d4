"""Who may do what: every operation of the API and every page, by the permission it holds, and the standard
roles that carry it. A new operation or page without its row here fails `test_matrix`."""

# Permission → the standard roles that carry it.
HOUSE_SALES = "channel_manager regional_sales order_desk settlement finance management administrator auditor"
PARTNERS = "dealer dealer_staff agent service_point"
MAY = {
    "": "everybody",
    "compliance.trace.view": "warehouse_keeper quality management administrator auditor hospital",
    "orders.order.place": f"regional_sales order_desk administrator {PARTNERS} hospital api_client",
    "orders.order.confirm": f"order_desk administrator {PARTNERS} hospital api_client",
    "orders.order.release": "order_desk administrator",
    "orders.order.view": f"{HOUSE_SALES} warehouse_keeper reviewer quality {PARTNERS} hospital api_client",
    "orders.shipment.view": f"{HOUSE_SALES} warehouse_keeper reviewer quality {PARTNERS} hospital api_client",
    "orders.shipment.pick": "warehouse_keeper administrator",
    "orders.shipment.review": "reviewer administrator",
    "orders.shipment.ship": "warehouse_keeper administrator",
    "orders.shipment.sign": f"administrator {PARTNERS} hospital api_client",
    "orders.return.manage": "order_desk quality administrator",
    "organisation.journal.view": "auditor",
    "organisation.journal.export": "auditor",
    "organisation.person.view": "management administrator auditor dealer agent",
    "partners.party.view": f"{HOUSE_SALES} quality purchasing {PARTNERS} api_client",
}

# Method and path under /api/v1 → permission.
OPERATIONS = {
    "GET /me": "",
    "POST /orders": "orders.order.place",
    "GET /orders": "orders.order.view",
    "GET /orders/{uuid:order_id}": "orders.order.view",
    "GET /orders/{uuid:order_id}/shipments": "orders.shipment.view",
    "POST /orders/{uuid:order_id}/confirm": "orders.order.confirm",
    "POST /orders/{uuid:order_id}/cancel": "orders.order.place",
    "POST /orders/{uuid:order_id}/release": "orders.order.release",
    "GET /shipments/{uuid:shipment_id}": "orders.shipment.view",
    "POST /shipments/{uuid:shipment_id}/pick": "orders.shipment.pick",
    "POST /shipments/{uuid:shipment_id}/review": "orders.shipment.review",
    "POST /shipments/{uuid:shipment_id}/ship": "orders.shipment.ship",
    "POST /shipments/{uuid:shipment_id}/sign": "orders.shipment.sign",
    "POST /shipments/{uuid:shipment_id}/returns": "orders.return.manage",
}

# View → permission.
PAGES = {
    "qudao.compliance.views.trace": "compliance.trace.view",
    "qudao.compliance.views.trace_report": "compliance.trace.view",
    "qudao.orders.file_views.order_upload": "orders.order.place",
    "qudao.orders.views.order_desk": "orders.order.place",
    "qudao.orders.views.order_detail": "orders.order.view",
    "qudao.orders.views.order_list": "orders.order.view",
    "qudao.orders.views.order_quote": "orders.order.place",
    "qudao.orders.views.order_step": "orders.order.view",
    "qudao.orders.warehouse_views.delivery_note": "orders.shipment.view",
    "qudao.orders.warehouse_views.queue": "orders.shipment.view",
    "qudao.orders.warehouse_views.review_record": "orders.shipment.view",
    "qudao.orders.warehouse_views.shipment": "orders.shipment.view",
    "qudao.orders.warehouse_views.shipment_step": "orders.shipment.view",
    "qudao.organisation.views.journal": "organisation.journal.view",
    "qudao.organisation.views.journal_entry": "organisation.journal.view",
    "qudao.organisation.views.journal_export": "organisation.journal.export",
    "qudao.organisation.views.journal_staged": "organisation.journal.view",
    "qudao.organisation.views.people": "organisation.person.view",
    "qudao.partners.views.partner": "partners.party.view",
    "qudao.partners.views.partners": "partners.party.view",
    "qudao.shell.search.search": "",
    "qudao.shell.views.home": "",
    "qudao.ui.views.bell": "",
    "qudao.ui.views.components": "",
    "qudao.ui.views.drawer": "",
    "qudao.ui.views.notice": "",
    "qudao.ui.views.notices": "",
    "qudao.ui.views.saved_views": "",
    "qudao.ui.views.search": "",
}

# What an address names. A row with an identifier and without its kind here fails `test_isolation`, which puts
# the identifiers of others into every one of them.
NAMED = {
    "GET /orders/{uuid:order_id}": "order",
    "GET /orders/{uuid:order_id}/shipments": "order",
    "POST /orders/{uuid:order_id}/confirm": "order",
    "POST /orders/{uuid:order_id}/cancel": "order",
    "POST /orders/{uuid:order_id}/release": "order",
    "GET /shipments/{uuid:shipment_id}": "shipment",
    "POST /shipments/{uuid:shipment_id}/pick": "shipment",
    "POST /shipments/{uuid:shipment_id}/review": "shipment",
    "POST /shipments/{uuid:shipment_id}/ship": "shipment",
    "POST /shipments/{uuid:shipment_id}/sign": "shipment",
    "POST /shipments/{uuid:shipment_id}/returns": "shipment",
    "qudao.orders.views.order_detail": "order",
    "qudao.orders.views.order_step": "order",
    "qudao.orders.warehouse_views.delivery_note": "shipment",
    "qudao.orders.warehouse_views.review_record": "shipment",
    "qudao.orders.warehouse_views.shipment": "shipment",
    "qudao.orders.warehouse_views.shipment_step": "shipment",
    "qudao.organisation.views.journal_entry": "number",
    "qudao.organisation.views.journal_staged": "entry",
    "qudao.partners.views.partner": "party",
    "qudao.ui.views.notice": "notice",
}
# Those that take identifiers, or the words of a search, from a body, a form or a query.
ASKED = {
    "POST /orders",
    "qudao.compliance.views.trace",
    "qudao.compliance.views.trace_report",
    "qudao.orders.file_views.order_upload",
    "qudao.orders.views.order_desk",
    "qudao.orders.views.order_quote",
    "qudao.shell.search.search",
}
# Those that list what there is.
LISTED = {
    "GET /orders",
    "qudao.orders.views.order_list",
    "qudao.orders.warehouse_views.queue",
    "qudao.organisation.views.journal",
    "qudao.organisation.views.people",
    "qudao.partners.views.partners",
    "qudao.shell.views.home",
    "qudao.ui.views.notices",
}
# Those that show nothing of the trade.
PLAIN = {
    "GET /me",
    "qudao.organisation.views.journal_export",
    "qudao.ui.views.bell",
    "qudao.ui.views.components",
    "qudao.ui.views.drawer",
    "qudao.ui.views.saved_views",
    "qudao.ui.views.search",
}

# Addresses that are no page of ours: sign-in and the person's own account (the library's views ask for a
# session themselves), language, health, the API with its own callers, files.
OPEN = {
    "account_login",
    "mfa_authenticate",
    "account_inactive",
    "account_logout",
    "language",
    "live",
    "ready",
}
OWN_ACCOUNT = {
    "start",
    "mfa_index",
    "account_change_password",
    "account_reauthenticate",
    "mfa_reauthenticate",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
}


def roles(permission: str) -> frozenset[str]:
    return frozenset(MAY[permission].split())
