from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "qudao.catalog"
    label = "catalog"
