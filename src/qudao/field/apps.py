from django.apps import AppConfig


class FieldConfig(AppConfig):
    name = "qudao.field"
    label = "field"
