from django.apps import AppConfig


class InventoryConfig(AppConfig):
    name = "qudao.inventory"
    label = "inventory"
