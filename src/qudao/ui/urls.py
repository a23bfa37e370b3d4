from django.urls import include, path

from . import views

# The pages of components keep their names to themselves.
COMPONENTS = [
    path("", views.components, name="components"),
    path("drawer/", views.drawer, name="drawer"),
    path("search/", views.search, name="search"),
]

urlpatterns = [
    path("ui/", include((COMPONENTS, "ui"))),
    path("views/", views.saved_views, name="saved_views"),
    path("notices/", views.notices, name="notices"),
    path("notices/bell/", views.bell, name="bell"),
    path("notices/<uuid:notice_id>/", views.notice, name="notice"),
]
