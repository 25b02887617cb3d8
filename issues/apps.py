from django.apps import AppConfig


class IssuesConfig(AppConfig):
    name = "issues"
    verbose_name = "Issues"

    def ready(self):
        from issues import messages, receivers  # noqa: F401 - registers our notices' words; listens to residents
        from issues.domain import effects  # noqa: F401 - what each step of the workflows does to clocks and people
        from issues.promise import promise
        from residents.promise import register_promise

        register_promise(promise)
