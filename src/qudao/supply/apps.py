from django.apps import AppConfig


class SupplyConfig(AppConfig):
    name = "qudao.supply"
    label = "supply"
