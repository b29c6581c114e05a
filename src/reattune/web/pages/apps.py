"""Django's handle for this app."""

from django.apps import AppConfig


class PagesConfig(AppConfig):
    """The screens."""

    name = "reattune.web.pages"
    label = "pages"
