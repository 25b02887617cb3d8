from django.apps import AppConfig


class ResidentsConfig(AppConfig):
    name = "residents"
    verbose_name = "Residents"

    def ready(self):
        from residents import messages  # noqa: F401 - registers the words of our notices
