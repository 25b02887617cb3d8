"""The console as a whole: who gets in, its addresses, its side bar, its security policy.

For street officers, who see their own street, and administrators, who see all. To everybody else it doesn't exist.
"""

from collections.abc import Callable
from functools import partial, update_wrapper
from typing import Any

from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.contrib import admin
from django.contrib.admin.exceptions import NotRegistered
from django.contrib.admin.sites import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, include, path, re_path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from unfold.sites import UnfoldAdminSite

from governance import work_list
from governance.admin.autocomplete import ScopedAutocomplete
from governance.models.scope import Scope

# What unfold's script and its widgets need and no other page gets: Alpine evaluates strings and writes styles.
RELAXED = {"script-src": [SELF, UNSAFE_EVAL], "style-src": [SELF, UNSAFE_INLINE]}

# Pages that only show something, by the end of their addresses' names: a press is not meant for them.
ONLY_SHOWN = (
    "index", "autocomplete", "jsi18n", "app_list", "_changelist", "_history", "_export", "_template", "_file",
    "_bad_rows",
)  # fmt: skip

GROUPS: dict[str, str | Promise] = {
    "places": _("Homes and grid"),
    "bodies": _("Bodies and party"),
    "people": _("People and roles"),
    "matters": _("Petitions and orders"),
    "clocks": _("Rules and deadlines"),
    "deliberation": _("Meetings and votes"),
    "records": _("Records"),
}

View = Callable[..., HttpResponse]


def scope_of(request: HttpRequest) -> Scope:
    """What the signed-in person is in charge of at the request's instant."""
    return request.user.scope(request.now)  # type: ignore[union-attr,attr-defined]


def _is_pressed_in_vain(request: HttpRequest) -> bool:
    """Whether something is sent to a page that only shows, or to an address without a name, which only leads on."""
    name = getattr(request.resolver_match, "url_name", None) or ""
    return request.method not in ("GET", "HEAD") and (not name or name.endswith(ONLY_SHOWN))


class Console(UnfoldAdminSite):
    """The street office's console at /console/."""

    site_title = _("Console")
    index_title = _("To do")
    index_template = "admin/index.html"
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        """A street officer or administrator by a role in force now; a flag on the account opens nothing."""
        if not request.user.is_authenticated:
            return False
        return scope_of(request).runs_console

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        """Signed out: to our own sign-in page. Not entitled, to the console or a thing in it: there is no such page."""

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path(), reverse("account_login"))
            if not self.has_permission(request):
                raise Http404
            if _is_pressed_in_vain(request):
                return HttpResponseNotAllowed(["GET", "HEAD"])
            try:
                response = view(request, *args, **kwargs)
            except PermissionDenied as denied:
                raise Http404 from denied
            response._csp_replace = RELAXED  # type: ignore[attr-defined]
            return response

        guard: View = guarded if cacheable else never_cache(guarded)
        return update_wrapper(csrf_protect(guard), view)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """The console's addresses. Signing in and out, passwords and jumps by content type are not among them."""
        pages: list[URLPattern | URLResolver] = [
            path("", self.admin_view(self.index), name="index"),
            path("autocomplete/", self.admin_view(self.autocomplete_view), name="autocomplete"),
            path("jsi18n/", self.admin_view(self.i18n_javascript, cacheable=True), name="jsi18n"),
        ]
        for model, model_admin in self._registry.items():
            address = f"{model._meta.app_label}/{model._meta.model_name}/"
            pages.append(path(address, include(model_admin.urls)))
        labels = "|".join(sorted({model._meta.app_label for model in self._registry}))
        pages.append(re_path(rf"^(?P<app_label>{labels})/$", self.admin_view(self.app_index), name="app_list"))
        pages.append(re_path(r"(?P<url>.*)$", self.admin_view(self.catch_all_view)))
        return pages

    def app_index(self, request: HttpRequest, app_label: str, extra_context: Any = None) -> HttpResponseRedirect:
        """Storeys are for those who build the house; people find the registers on the first page."""
        return HttpResponseRedirect(reverse("admin:index"))

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        return ScopedAutocomplete.as_view(admin_site=self)(request)  # type: ignore[return-value]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Django's part only: our templates need none of unfold's settings."""
        return AdminSite.each_context(self, request) | {"console_groups": self.groups(request)}

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """The work list first, then the registers."""
        context = {
            **self.each_context(request),
            "title": self.index_title,
            "items": work_list.waiting(scope_of(request), request.now),  # type: ignore[attr-defined]
            **(extra_context or {}),
        }
        request.current_app = self.name  # type: ignore[attr-defined]
        return TemplateResponse(request, self.index_template, context)

    def groups(self, request: HttpRequest) -> list[dict[str, Any]]:
        """The side bar: the registers that this person may open, by group."""
        groups = []
        for code, title in GROUPS.items():
            entries = [
                entry
                for model_admin in self._registry.values()
                if getattr(model_admin, "group", "records") == code and model_admin.has_view_permission(request)
                for entry in [self._entry(model_admin, request)]
            ]
            if entries:
                groups.append({"title": title, "entries": entries, "is_open": any(e["is_open"] for e in entries)})
        return groups

    def _entry(self, model_admin: Any, request: HttpRequest) -> dict[str, Any]:
        meta = model_admin.model._meta
        address = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
        return {
            "title": model_admin.register_name(),
            "url": address,
            "is_open": request.path.startswith(address),
            "is_page": request.path == address,
        }

    def rows_of(self, model: type[Model], request: HttpRequest) -> QuerySet[Any]:
        """The rows of a register that are in the person's charge: for every choice, filter and reference.

        Raises `ImproperlyConfigured` for a model that no register declares: a reference to it would be unscoped.
        """
        try:
            return self.get_model_admin(model).get_queryset(request)
        except NotRegistered as missing:
            raise ImproperlyConfigured(
                f"{model.__name__} is referred to in the console and must be registered."
            ) from missing

    def label_of(self, row: Model) -> str:
        """How a row is called where it is chosen: 春和苑小区 3栋, for a building."""
        return self.get_model_admin(type(row)).label_of(row)


console = Console(name="admin")
registers = partial(admin.register, site=console)
