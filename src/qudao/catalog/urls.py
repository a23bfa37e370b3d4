"""Pages of products and their certificates."""

from django.urls import path

from qudao.catalog import register_views, views

urlpatterns = [
    path("devices/", views.devices, name="devices"),
    path("devices/<int:item_id>/", views.device, name="device"),
    path("certificates/", views.certificates, name="certificates"),
    path("devices/register/", register_views.udi_import, name="udi_import"),
]
