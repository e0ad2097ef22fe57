from django.apps import AppConfig
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _


class MediaIndexConfig(AppConfig):
    name = "media_index"
    verbose_name = _("Library")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what the index itself brings, as dotted paths only: no table is touched, no model loaded."""
        from media_index import builtin, plugins, telling
        from scanpix.runtime import queue

        telling.speak_by(gettext, ngettext)
        plugins.register(builtin.PLUGIN)
        plugins.register(builtin.PLACES)
        plugins.register(builtin.TAGS)
        plugins.register(builtin.ALBUMS)
        plugins.register(builtin.MARKS)
        plugins.register(builtin.DUPLICATES)
        plugins.register(builtin.ANNOTATIONS)
        queue.name_tasks_in_logs()
