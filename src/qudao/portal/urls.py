"""Pages of partners and hospitals."""

from django.urls import path

from qudao.portal import views

urlpatterns = [
    path("my/", views.home, name="portal"),
    path("my/catalogue/", views.catalogue, name="catalogue"),
    path("my/deliveries/", views.deliveries, name="deliveries"),
    path(
        "my/deliveries/<uuid:shipment_id>/certificates.pdf", views.certificates, name="delivery_certificates"
    ),
    path("my/dealers/", views.dealers, name="own_dealers"),
]
