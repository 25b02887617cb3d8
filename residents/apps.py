from django.apps import AppConfig


class ResidentsConfig(AppConfig):
    name = "residents"
    verbose_name = "Residents"

    def ready(self):
        from governance.domain import erasing
        from residents import messages  # noqa: F401 - registers the words of our notices
        from residents.domain import own_data, retention

        retention.register()
        erasing.register_keeper(own_data.KEEPER)
