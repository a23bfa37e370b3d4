"""Pages of stock."""

from django.urls import path

from qudao.inventory import moving_views, opening_views, shelf_views, site_views, views

urlpatterns = [
    path("warehouse/", views.home, name="warehouse"),
    path("warehouses/", site_views.sites, name="sites"),
    path("warehouses/new/", site_views.site_new, name="site_new"),
    path("warehouses/<int:site_id>/", site_views.site, name="site"),
    path("warehouses/<int:site_id>/shelves/", site_views.shelves_new, name="shelves_new"),
    path("stock/", views.stock, name="stock"),
    path("stock/lots/<int:lot_id>/", views.lot, name="lot"),
    path("stock/lots/<int:lot_id>/do/", views.lot_step, name="lot_step"),
    path("stock/opening/", opening_views.opening_upload, name="opening_upload"),
    path("stock/opening/template.xlsx", opening_views.opening_template, name="opening_template"),
    path("stock/count/", moving_views.count, name="stock_count"),
    path("stock/shelve/", shelf_views.shelve, name="stock_shelve"),
    path("stock/inspect/", moving_views.inspect, name="stock_inspect"),
    path("transfers/", moving_views.transfers, name="transfers"),
    path("transfers/new/", moving_views.transfer_new, name="transfer_new"),
    path("transfers/<uuid:transfer_id>/", moving_views.transfer, name="transfer"),
]
