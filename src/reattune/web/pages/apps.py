"""Django's handle for this app."""

from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import get_language

from reattune.content import translated_sentences
from reattune.text.sentence_vectors import keep_for


class PagesConfig(AppConfig):
    """The screens."""

    name = "reattune.web.pages"
    label = "pages"

    def ready(self) -> None:
        """Sentences of the lower rooms are said in the language of the request; how long the sentence model stays is
        set once for every thread of this process."""
        translated_sentences.follow(get_language)
        keep_for(settings.SENTENCE_SECONDS)
