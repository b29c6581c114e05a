"""The application for any WSGI server."""

import logging
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reattune.web.settings")
application = get_wsgi_application()


def _with_todays_tables() -> None:
    """Hosted, a process may be the first of a new version: one by one they take the place of those from before."""
    from django.conf import settings
    from django.db import DatabaseError

    from reattune.web.store.tables import NewerTables, bring_up_to_date

    if not settings.HOSTING:
        return
    try:
        bring_up_to_date()
    except (DatabaseError, NewerTables):  # `/health/ready` says so; the helplines are there without
        logging.getLogger(__name__).exception("The tables are not of this version.")


_with_todays_tables()
