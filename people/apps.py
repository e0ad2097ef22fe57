from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "people"
    verbose_name = _("People")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what this app brings, as dotted paths only."""
        from media_index import plugins

        plugins.register(plugins.Plugin(name="people", checks="people.checks.CHECKS"))
