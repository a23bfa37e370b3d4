from django.apps import AppConfig


class ShellConfig(AppConfig):
    name = "qudao.shell"
    label = "shell"
