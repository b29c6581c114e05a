"""All addresses. The journal's pages stand twice: for the person's own, and for the example."""

from django.urls import include, path

from reattune.web.pages.begin import front, setup

urlpatterns = [
    path("", front.front, name="front"),
    path("begin/", setup.begin, name="begin"),
    path("begin/recovery/", setup.recovery, name="begin-recovery"),
    path("begin/about/", setup.about, name="begin-about"),
    path("unlock/", front.unlock, name="unlock"),
    path("unlock/recovery/", front.unlock_with_recovery, name="unlock-recovery"),
    path("lock/", front.lock, name="lock"),
    path("leave/", front.leave, name="leave"),
    path("measures/", front.measures, name="measures"),
    path("help/", front.help_now, name="help"),
    path("example/done/", front.leave_example, name="example-done"),
    path("example/away/", front.leave, name="example-away"),
    path("example/", include("reattune.web.pages.urls", namespace="example")),
    path("", include("reattune.web.pages.urls", namespace="own")),
]

handler404 = "reattune.web.pages.begin.front.not_found"
handler500 = "reattune.web.pages.begin.front.failed"
