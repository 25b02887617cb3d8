"""For load balancers and Docker: is this process well, and does its database answer?"""

from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from governance.domain.moment import database_now


@never_cache
@require_safe
def healthz(request):
    """200 “ok” once the database has answered. Needs no session."""
    database_now()
    return HttpResponse("ok", content_type="text/plain")
