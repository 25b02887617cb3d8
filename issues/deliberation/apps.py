from django.apps import AppConfig


class DeliberationConfig(AppConfig):
    name = "issues.deliberation"
    verbose_name = "Deliberation"

    def ready(self) -> None:
        # Registers our notices' words, and who is told of which stage.
        from issues.deliberation import messages  # noqa: F401
        from issues.deliberation.domain import telling  # noqa: F401
        from issues.deliberation.domain.opening import bring_all_up_to_date, waiting
        from issues.domain.sweep import take_part

        take_part(waiting, bring_all_up_to_date)
