"""Django's handle for this app."""

from django.apps import AppConfig
from django.conf import settings

from reattune.text.sentence_vectors import keep_for


class PagesConfig(AppConfig):
    """The screens."""

    name = "reattune.web.pages"
    label = "pages"

    def ready(self) -> None:
        """How long the sentence model stays is set once for every thread of this process."""
        keep_for(settings.SENTENCE_SECONDS)
