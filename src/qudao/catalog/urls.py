"""Pages of products and their certificates."""

from django.urls import path

from qudao.catalog import certificate_views, register_views, views

urlpatterns = [
    path("devices/", views.devices, name="devices"),
    path("devices/<int:item_id>/", views.device, name="device"),
    path("devices/<int:item_id>/trade/", views.device_trade, name="device_trade"),
    path("certificates/", views.certificates, name="certificates"),
    path("certificates/<int:certificate_id>/", certificate_views.certificate, name="certificate"),
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
