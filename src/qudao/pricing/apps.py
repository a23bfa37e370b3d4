from django.apps import AppConfig


class PricingConfig(AppConfig):
    name = "qudao.pricing"
    label = "pricing"
