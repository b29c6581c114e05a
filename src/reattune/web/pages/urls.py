"""The journal's pages. No address says what it is about."""

from django.urls import path

from reattune.web.pages import drafts, further, today
from reattune.web.pages.leave import choosing, leaving, lines
from reattune.web.pages.mending import card, mend, rehearse, say, talk
from reattune.web.pages.notice import check_in, moments, noticing, unsaid
from reattune.web.pages.own import questionnaires, settings_page

app_name = "pages"
urlpatterns = [
    path("today/", today.today, name="today"),
    path("so-far/", today.so_far, name="so-far"),
    path("held/", unsaid.unsaid, name="unsaid"),
    path("held/<uuid:source_id>/<slug:what>/", unsaid.act, name="unsaid-act"),
    path("asked/", noticing.answered, name="answered"),
    path("ways/", further.works, name="works"),
    path("read/", further.guide_list, name="guides"),
    path("read/<int:number>/", further.guide, name="guide"),
    path("going/", leaving.leaving, name="leaving"),
    path("going/<uuid:ending_id>/few/", leaving.short, name="leaving-short"),
    path("going/<uuid:ending_id>/until/", leaving.pause, name="leaving-break"),
    path("going/<uuid:ending_id>/well/", leaving.well, name="leaving-well"),
    path("going/<uuid:ending_id>/later/", leaving.turned_out, name="leaving-later"),
    path("next/", choosing.choosing, name="choosing"),
    path("next/take/<uuid:source_id>/", choosing.take, name="need-take"),
    path("next/drop/<int:place>/", choosing.drop, name="need-drop"),
    path("next/one/", choosing.candidate_new, name="candidate-new"),
    path("next/<uuid:candidate_id>/", choosing.candidate, name="candidate"),
    path("next/<uuid:candidate_id>/first/", choosing.look_back, name="look-back"),
    path("places/", lines.turn_to, name="turn-to"),
    path("kept/<uuid:document_id>/", lines.record, name="record"),
    path("note/<uuid:moment_id>/which/", lines.tick_moment, name="moment-line"),
    path("thread/<uuid:rupture_id>/which/", lines.tick_rupture, name="rupture-line"),
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
    path("after/<uuid:attempt_id>/later/", talk.later, name="later"),
    path("words/<uuid:plan_id>/card/", card.card, name="card"),
    path("words/<uuid:plan_id>/card/reminder.ics", card.reminder, name="reminder"),
    path("words/<uuid:plan_id>/aloud/<slug:step>/", rehearse.rehearse, name="rehearse"),
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
