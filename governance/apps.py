from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    name = "governance"
    verbose_name = "Governance"

    def ready(self) -> None:
        from governance import instants
        from governance.domain import erasing, own_data, retention

        instants.register()
        retention.register()
        erasing.register_keeper(own_data.KEEPER)
