from django.apps import AppConfig


class DeliberationConfig(AppConfig):
    name = "issues.deliberation"
    verbose_name = "Deliberation"

    def ready(self) -> None:
        # Registers our notices' words, who is told of which stage, what each sweep does, what the home page counts,
        # and who hears what becomes of the orders by which commitments are carried out.
        from governance.domain import erasing
        from issues.deliberation import messages  # noqa: F401
        from issues.deliberation.domain import (  # noqa: F401
            carrying_out,
            demanding,
            meeting_notices,
            own_data,
            retention,
            survey_news,
            surveying,
            telling,
        )
        from issues.deliberation.domain.opening import bring_all_up_to_date, waiting
        from issues.deliberation.waiting import count_waiting_ballots
        from issues.domain.sweep import take_part
        from residents.voting import register_count_waiting

        take_part(waiting, bring_all_up_to_date)
        take_part(demanding.waiting, demanding.tell_what_is_late)
        take_part(surveying.waiting, surveying.bring_all_up_to_date)
        register_count_waiting(count_waiting_ballots)
        retention.register()
        erasing.register_keeper(own_data.KEEPER)
