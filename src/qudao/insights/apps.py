from django.apps import AppConfig


class InsightsConfig(AppConfig):
    name = "qudao.insights"
    label = "insights"
