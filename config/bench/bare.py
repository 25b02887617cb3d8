"""A Django application with nothing around its one view: as fast as Django gets."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application

# Where the portal's settings were loaded before (a test, mypy), this stands beside them and is not served.
if not settings.configured:
    settings.configure(SECRET_KEY="bare", ALLOWED_HOSTS=["*"], ROOT_URLCONF="config.bench.hello", MIDDLEWARE=[])  # noqa: S106
application = get_wsgi_application()
