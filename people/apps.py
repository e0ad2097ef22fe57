from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "people"
    verbose_name = _("People")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what this app brings, as dotted paths only."""
        from django.conf import settings

        from media_index import plugins
        from people.engines import registry

        registry.use(settings.FACE_ENGINES)

        plugins.register(
            plugins.Plugin(
                name="people",
                extractors=(
                    plugins.ExtractorHook(
                        "faces",
                        "people.faces.extractor.build",
                        "people.faces.storing.store_faces",
                        "people.waking.faces_stored",
                    ),
                    plugins.ExtractorHook(
                        "face_names", "people.faces.extractor.build_names", "people.faces.told.store_names"
                    ),
                ),
                clock=(
                    plugins.Clock("group faces", "people.tasks.group_faces", minutes=5),
                    plugins.Clock("describe faces", "people.tasks.describe_faces", minutes=15, cluster="ml"),
                ),
                filters="people.search.FILTERS",
                vocabulary="people.search.vocabulary",
                facets="people.search.facets",
                facts="people.search.FACTS",
                panels="people.pages.panels.panels",
                export="people.pages.panels.export",
                checks="people.accounts.checks.CHECKS",
            )
        )
