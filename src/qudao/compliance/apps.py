from django.apps import AppConfig


class ComplianceConfig(AppConfig):
    name = "qudao.compliance"
    label = "compliance"
