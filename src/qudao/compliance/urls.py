from django.urls import path

from qudao.compliance import views

urlpatterns = [
    path("trace/", views.trace, name="trace"),
    path("trace/report/", views.trace_report, name="trace_report"),
]
