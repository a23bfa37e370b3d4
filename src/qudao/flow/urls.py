from django.urls import path

from qudao.flow.views import cases, files, matching, punctuality, uploading

urlpatterns = [
    path("flow/", files.files, name="flow_files"),
    path("flow/upload/", uploading.upload, name="flow_upload"),
    path("flow/matching/", matching.matching, name="flow_matching"),
    path("flow/appeals/", files.appeals, name="flow_appeals"),
    path("flow/appeals/<int:row_id>/", cases.flow_case, name="flow_case"),
    path("flow/punctuality/", punctuality.punctuality, name="flow_punctuality"),
    path("flow/<uuid:file_id>/", files.flow_file, name="flow_file"),
]
