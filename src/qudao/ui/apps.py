from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "qudao.ui"
    label = "ui"
