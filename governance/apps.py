from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    name = "governance"
    verbose_name = "Governance"

    def ready(self) -> None:
        from governance.domain import erasing, own_data, retention

        retention.register()
        erasing.register_keeper(own_data.KEEPER)
