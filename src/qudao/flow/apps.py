from django.apps import AppConfig


class FlowConfig(AppConfig):
    name = "qudao.flow"
    label = "flow"
