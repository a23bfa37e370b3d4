from django.urls import path

from qudao.compliance import hold_views, views

urlpatterns = [
    path("trace/", views.trace, name="trace"),
    path("trace/report/", views.trace_report, name="trace_report"),
    path("trace/hold/", hold_views.trace_hold, name="trace_hold"),
    path("holds/", hold_views.holds, name="holds"),
    path("holds/<uuid:hold_id>/", hold_views.hold, name="hold"),
    path("holds/release/", hold_views.hold_release, name="hold_release"),
]
