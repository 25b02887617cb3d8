from django.apps import AppConfig


class IssuesConfig(AppConfig):
    name = "issues"
    verbose_name = "Issues"

    def ready(self):
        # Registers our notices' words, listens to residents, says what waits for the street office.
        from governance.domain import erasing, keeping
        from issues import messages, receivers, waiting  # noqa: F401
        from issues.domain import effects, recounting, retention  # noqa: F401 - what steps, and loaded years, do to clocks
        from issues.domain.sweep import take_part
        from issues.promise import promise
        from residents.promise import register_promise

        register_promise(promise)
        take_part(erasing.waiting, erasing.carry_out_all)
        retention.register()
        # Nobody asks every ten seconds whose time of years has come: it is done with whatever is due, which is daily.
        take_part(lambda _now: (), keeping.let_go_all)
