from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "qudao.kernel"
    label = "kernel"
