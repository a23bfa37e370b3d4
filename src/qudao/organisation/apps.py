from django.apps import AppConfig


class OrganisationConfig(AppConfig):
    name = "qudao.organisation"
    label = "organisation"
