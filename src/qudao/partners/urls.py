from django.urls import path

from qudao.partners import change_views, register_views, views

urlpatterns = [
    path("partners/", views.partners, name="partners"),
    path("partners/new/", change_views.partner_new, name="partner_new"),
    path("partners/<int:party_id>/", views.partner, name="partner"),
    path("partners/<int:party_id>/change/", change_views.partner_change, name="partner_change"),
    path("licences/", register_views.licences, name="licences"),
    path("authorisations/", register_views.authorisations, name="authorisations"),
]
