from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "qudao.orders"
    label = "orders"
