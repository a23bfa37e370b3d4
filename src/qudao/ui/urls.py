from django.urls import path

from . import views

app_name = "ui"
urlpatterns = [
    path("ui/", views.components, name="components"),
    path("ui/drawer/", views.drawer, name="drawer"),
    path("ui/search/", views.search, name="search"),
]
