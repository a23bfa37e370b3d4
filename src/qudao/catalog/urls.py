"""Pages of products and their certificates."""

from django.urls import path

from qudao.catalog import certificate_views, file_views, product_views, register_views, views

urlpatterns = [
    path("devices/", views.devices, name="devices"),
    path("devices/<int:item_id>/", views.device, name="device"),
    path("devices/<int:item_id>/trade/", views.device_trade, name="device_trade"),
    path("devices/<int:item_id>/record/", product_views.device_link, name="device_link"),
    path("devices/<int:item_id>/unit/", product_views.device_unit, name="device_unit"),
    path("devices/<int:item_id>/tax/", product_views.device_tax, name="device_tax"),
    path("devices/new/", product_views.device_new, name="device_new"),
    path("devices/lines/new/", product_views.line_new, name="line_new"),
    path("devices/upload/", file_views.product_upload, name="product_upload"),
    path("devices/upload/template.xlsx", file_views.product_template, name="product_template"),
    path("certificates/", views.certificates, name="certificates"),
    path("certificates/new/", certificate_views.certificate_new, name="certificate_new"),
    path("certificates/<int:certificate_id>/", certificate_views.certificate, name="certificate"),
    path(
        "certificates/<int:certificate_id>/products/",
        certificate_views.certificate_extend,
        name="certificate_extend",
    ),
    path(
        "certificates/<int:certificate_id>/renew/",
        certificate_views.certificate_renew,
        name="certificate_renew",
    ),
    path(
        "certificates/<int:certificate_id>/revoke/",
        certificate_views.certificate_revoke,
        name="certificate_revoke",
    ),
    path("devices/register/", register_views.udi_import, name="udi_import"),
]
