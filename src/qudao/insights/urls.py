from django.urls import path

from qudao.insights import views

urlpatterns = [
    path("dashboard/", views.dashboard, name="dashboard"),
    path("dashboard/goods/", views.dashboard_goods, name="dashboard_goods"),
    path("dashboard/promotions/", views.dashboard_promotions, name="dashboard_promotions"),
    path("dashboard/figure/", views.kpi, name="kpi"),
    path("dashboard/rows/", views.kpi_rows, name="kpi_rows"),
    path("dashboard/targets/", views.targets, name="targets"),
]
