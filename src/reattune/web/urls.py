"""All addresses. The journal's pages stand twice: for the person's own, and for the example."""

from django.urls import include, path

from reattune.web.pages.begin import choose_language, help_now, installed_app, letters_in, new_journal, running, unlock
from reattune.web.pages.clients import hand
from reattune.web.pages.give import link

urlpatterns = [
    path("", unlock.front, name="front"),
    path("begin/", new_journal.begin, name="begin"),
    path("begin/write/", new_journal.write_first, name="begin-write"),
    path("begin/keep/", new_journal.keep, name="begin-keep"),
    path("begin/drop/", new_journal.drop, name="begin-drop"),
    path("begin/recovery/", new_journal.recovery, name="begin-recovery"),
    path("begin/about/", new_journal.about, name="begin-about"),
    path("unlock/", unlock.unlock, name="unlock"),
    path("unlock/recovery/", unlock.unlock_with_recovery, name="unlock-recovery"),
    path("down/", letters_in.write_down, name="write-down"),
    path("filled/", hand.filled, name="filled"),
    path("to/<slug:address>/", letters_in.receive, name="letter"),
    path("notes.webmanifest", installed_app.manifest, name="manifest"),
    path("worker.js", installed_app.service_worker, name="service-worker"),
    path("offline/", installed_app.offline, name="offline"),
    path("running/", running.running, name="running"),
    path("open/", unlock.still_open, name="still-open"),
    path("lock/", unlock.lock, name="lock"),
    path("leave/", unlock.leave, name="leave"),
    path("measures/", help_now.measures, name="measures"),
    path("language/", choose_language.choose_language, name="language"),
    path("help/", help_now.help_now, name="help"),
    path("s/<slug:token>/", link.link, name="link"),
    path("s/<slug:token>/in/", link.sealed, name="link-sealed"),
    path("example/done/", unlock.leave_example, name="example-done"),
    path("example/away/", unlock.leave, name="example-away"),
    path("example/other/", include("reattune.web.pages.urls", namespace="example-other")),
    path("example/", include("reattune.web.pages.urls", namespace="example")),
    path("", include("reattune.web.pages.urls", namespace="own")),
]

handler404 = "reattune.web.pages.shared.error_pages.not_found"
handler500 = "reattune.web.pages.shared.error_pages.failed"
