from django.urls import path

from qudao.flow import views

urlpatterns = [
    path("flow/", views.files, name="flow_files"),
    path("flow/upload/", views.upload, name="flow_upload"),
    path("flow/matching/", views.matching, name="flow_matching"),
    path("flow/appeals/", views.appeals, name="flow_appeals"),
    path("flow/punctuality/", views.punctuality, name="flow_punctuality"),
    path("flow/<uuid:file_id>/", views.flow_file, name="flow_file"),
]
