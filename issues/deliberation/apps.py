from django.apps import AppConfig


class DeliberationConfig(AppConfig):
    name = "issues.deliberation"
    verbose_name = "Deliberation"
