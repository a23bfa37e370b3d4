from django.urls import path

from qudao.partners import change_views, views

urlpatterns = [
    path("partners/", views.partners, name="partners"),
    path("partners/new/", change_views.partner_new, name="partner_new"),
    path("partners/<int:party_id>/", views.partner, name="partner"),
    path("partners/<int:party_id>/change/", change_views.partner_change, name="partner_change"),
]
