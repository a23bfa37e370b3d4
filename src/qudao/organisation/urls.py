from django.urls import path

from qudao.organisation import house_views, journal_views, views

urlpatterns = [
    path("people/", views.people, name="people"),
    path("people/new/", views.person_new, name="person_new"),
    path("people/person/", views.person, name="person"),
    path("people/grant/", views.post_grant, name="post_grant"),
    path("people/revoke/", views.post_revoke, name="post_revoke"),
    path("people/roles/", views.roles, name="roles"),
    path("house/", house_views.house, name="house"),
    path("house/entities/new/", house_views.entity_new, name="entity_new"),
    path("house/entities/correct/", house_views.entity_correct, name="entity_correct"),
    path("house/regions/correct/", house_views.region_correct, name="region_correct"),
    path("house/regions/new/", house_views.region_new, name="region_new"),
    path("journal/", journal_views.journal, name="journal"),
    path("journal/checkpoint/", journal_views.checkpoint, name="journal_checkpoint"),
    path("journal/export/", journal_views.journal_export, name="journal_export"),
    path("journal/<int:number>/", journal_views.journal_entry, name="journal_entry"),
    path("journal/<int:number>/proof/", journal_views.journal_proof, name="journal_proof"),
    path("journal/<uuid:entry>/", journal_views.journal_staged, name="journal_staged"),
]
