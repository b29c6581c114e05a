"""The journal's pages. No address says what it is about."""

from django.urls import path

from reattune.web.pages import check_in, drafts, mend, moments, questionnaires, say, settings_page, talk, today

app_name = "pages"
urlpatterns = [
    path("today/", today.today, name="today"),
    path("so-far/", today.so_far, name="so-far"),
    path("held/", today.unsaid, name="unsaid"),
    path("going/", today.leaving, name="leaving"),
    path("check/", check_in.check_in, name="check-in"),
    path("check/<uuid:check_in_id>/", check_in.reading, name="reading"),
    path("note/", moments.new, name="moment-new"),
    path("note/<uuid:moment_id>/", moments.show, name="moment"),
    path("note/<uuid:moment_id>/say/", mend.from_moment, name="moment-say"),
    path("note/<uuid:moment_id>/let-go/", moments.let_go, name="moment-let-go"),
    path("note/<uuid:moment_id>/<slug:name>/", moments.step, name="moment-step"),
    path("thread/", mend.new, name="mend-new"),
    path("thread/<uuid:rupture_id>/", mend.show, name="mend"),
    path("thread/<uuid:rupture_id>/plan/", mend.plan, name="plan"),
    path("thread/<uuid:rupture_id>/talk/", talk.talk, name="talk"),
    path("thread/<uuid:rupture_id>/to/<slug:choice>/", mend.move, name="move"),
    path("after/<uuid:attempt_id>/", talk.after, name="after"),
    path("words/<uuid:plan_id>/card/", say.card, name="card"),
    path("words/<uuid:plan_id>/<slug:step>/", say.say, name="say"),
    path("settings/", settings_page.settings, name="settings"),
    path("settings/passphrase/", settings_page.passphrase, name="passphrase"),
    path("settings/questions/", questionnaires.questionnaires, name="questionnaires"),
    path("settings/questions/use/", questionnaires.use, name="questionnaire-use"),
    path("settings/questions/<slug:key>.toml", questionnaires.structure_file, name="structure"),
    path("settings/person/", settings_page.therapist, name="therapist"),
    path("settings/person/ended/", settings_page.therapy_ended, name="therapy-ended"),
    path("typing/", drafts.keep, name="draft"),
]
