"""Pages of purchases, receiving and inspection."""

from django.urls import path

from qudao.supply import receiving_views, views

urlpatterns = [
    path("purchases/", views.purchases, name="purchases"),
    path("purchases/new/", views.purchase_new, name="purchase_new"),
    path("purchases/<uuid:purchase_id>/", views.purchase, name="purchase"),
    path("purchases/<uuid:purchase_id>/purchase-order.pdf", views.purchase_order, name="purchase_order"),
    path("purchases/<uuid:purchase_id>/receive/", receiving_views.receive, name="purchase_receive"),
    path("purchases/<uuid:purchase_id>/check/", receiving_views.receive_check, name="purchase_check"),
    path("goods-receipts/", receiving_views.receipts, name="goods_receipts"),
    path("goods-receipts/<uuid:receipt_id>/", receiving_views.receipt, name="goods_receipt"),
]
