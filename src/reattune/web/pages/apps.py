"""Django's handle for this app."""

from django.apps import AppConfig
from django.utils.translation import get_language

from reattune.content import speech


class PagesConfig(AppConfig):
    """The screens."""

    name = "reattune.web.pages"
    label = "pages"

    def ready(self) -> None:
        """Sentences of the lower rooms are said in the language of the request."""
        speech.follow(get_language)
