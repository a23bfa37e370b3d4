from django.urls import path

from qudao.organisation import views

urlpatterns = [
    path("people/", views.people, name="people"),
    path("journal/", views.journal, name="journal"),
    path("journal/export/", views.journal_export, name="journal_export"),
    path("journal/<int:number>/", views.journal_entry, name="journal_entry"),
    path("journal/<uuid:entry>/", views.journal_staged, name="journal_staged"),
]
