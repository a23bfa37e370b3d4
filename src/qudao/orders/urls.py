"""Pages of orders and the warehouse."""

from django.urls import path

from qudao.orders import file_views, scan_views, sign_views, template_views, views, warehouse_views

urlpatterns = [
    path("orders/", views.order_list, name="orders"),
    path("orders/upload/", file_views.order_upload, name="order_upload"),
    path("orders/upload/form.xlsx", file_views.order_form, name="order_form"),
    path("orders/new/", views.order_desk, name="order_desk"),
    path("orders/new/quote/", views.order_quote, name="order_quote"),
    path("orders/templates/", template_views.order_templates, name="order_templates"),
    path("orders/templates/<uuid:template_id>/", template_views.order_template, name="order_template"),
    path(
        "orders/templates/<uuid:template_id>/rename/", template_views.template_rename, name="template_rename"
    ),
    path(
        "orders/templates/<uuid:template_id>/remove/", template_views.template_remove, name="template_remove"
    ),
    path("orders/<uuid:order_id>/", views.order_detail, name="order"),
    path("orders/<uuid:order_id>/do/", views.order_step, name="order_step"),
    path("shipments/", warehouse_views.shipments, name="shipments"),
    path("shipments/<uuid:shipment_id>/", warehouse_views.shipment, name="shipment"),
    path("shipments/<uuid:shipment_id>/do/", warehouse_views.shipment_step, name="shipment_step"),
    path("shipments/<uuid:shipment_id>/scan/", scan_views.shipment_scan, name="shipment_scan"),
    path("shipments/<uuid:shipment_id>/scan/check/", scan_views.shipment_check, name="shipment_check"),
    path("shipments/<uuid:shipment_id>/sign/", sign_views.shipment_sign, name="shipment_sign"),
    path("shipments/<uuid:shipment_id>/photos/<int:no>/", sign_views.shipment_photo, name="shipment_photo"),
    path("returns/", warehouse_views.returns, name="returns"),
    path("returns/<uuid:return_id>/do/", warehouse_views.return_step, name="return_step"),
    path(
        "shipments/<uuid:shipment_id>/delivery-note.pdf", warehouse_views.delivery_note, name="delivery_note"
    ),
    path("shipments/<uuid:shipment_id>/review.pdf", warehouse_views.review_record, name="review_record"),
]
