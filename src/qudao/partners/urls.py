from django.urls import path

from qudao.partners import views

urlpatterns = [
    path("partners/", views.partners, name="partners"),
    path("partners/<int:party_id>/", views.partner, name="partner"),
]
