from django.apps import AppConfig
from django.db.backends import signals

from qudao.kernel import database


class KernelConfig(AppConfig):
    name = "qudao.kernel"
    label = "kernel"

    def ready(self) -> None:
        signals.connection_created.connect(database.keep_statements, dispatch_uid="kernel.keep_statements")
