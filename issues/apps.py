from django.apps import AppConfig


class IssuesConfig(AppConfig):
    name = "issues"
    verbose_name = "Issues"

    def ready(self):
        from issues import messages, receivers  # noqa: F401 - registers our notices' words; listens to residents
        from issues.domain import effects, recounting  # noqa: F401 - what steps, and loaded years, do to clocks
        from issues.promise import promise
        from residents.promise import register_promise

        register_promise(promise)
