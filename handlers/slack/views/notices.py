"""Texts of direct messages sent once: a notice, a line in a list, and the head of such a list."""

from triage.i18n import N_

# In the place of what a newer version wrote.
SOMETHING_NEW = N_("🧩 {who}: something that this version does not know. It is kept as it is.")

TITLES = {
    "due": N_("🗂️ *This is due* ({n}), most of it since you were last here:"),
    "welcome_back": N_("👋 *Welcome back.* This moved meanwhile ({n}):"),
    "morning": N_("☀️ *Good morning.* This waits for you ({n}):"),
    "week": N_(
        "🔇 *Dismissed for good in the last seven days* ({n}). Who writes again opens nothing: look over it."
    ),
    "shift_end": N_("🌙 *Your day ends.* This of yours stays open ({n}):"),
}

# The line of a reminder in a list.
LINES = {
    "shut": N_("🔇 {who}: {outcome}, further posts: {n}."),
    "touched": N_("{who}: {state}{if_due}"),
    "open": N_("🙋 {who}: {state}{if_due}"),
    "promised": N_("📌 {who}, promised for {promised_at}.{note}"),
    "follow_up": N_("📌 You promised to come back to {who}.{note}"),
    "reminded_again": N_("📌 Still open: you promised to come back to {who}.{note}"),
    "back_in_channel": N_("📌 A promise to {who} is open, and nobody has the case."),
    "returned": N_("↩️ The case of {who} went back to the channel."),
    "no_answer": N_("⌛ Nobody answered your question about {who}. It is your turn again."),
    "answer_waits": N_("💡 {who} has not had <@{by}>'s answer yet. It waits as a draft in *Reply*."),
    "answer_unsent": N_("💡 {who} still has not had <@{by}>'s answer. <@{owner}> has the case."),
    "approval_stuck": N_("⌛ <@{by}>'s reply to {who} still waits for approval, and everybody was asked."),
    "reply_unknown": N_(
        "❓ {network} did not say whether your reply to {who} went out. Look there, then on the card."
    ),
    "taken_over": N_("🤝 <@{by}> gave your case of {who} to <@{to}>."),
    "due_soon": N_("⏰ {who} expects an answer by {due}."),
    "unclaimed_soon": N_("⏰ {who} expects an answer by {due}, and nobody has the case."),
    "late_now": N_("⏰ {who} should have had an answer by {due}.{with_owner}"),
}

NOTICES = {
    "customer_wrote": N_("💬 {who} wrote again on your case.{again}"),
    "transferred": N_("🤝 <@{by}> gave you the case of {who}.{note}"),
    "taken_over": N_("🤝 <@{by}> gave your case of {who} to <@{to}>."),
    "answered": N_(
        "💡 <@{by}> answered your question about {who}. The answer waits as a draft in *Reply* on the card."
    ),
    "answered_for": N_(
        "💡 <@{by}> answered a question about {who}, and its owner <@{owner}> is away. You are on duty: the answer "
        "waits as a draft in *Reply* for whoever takes the case."
    ),
    "answer_waits": N_(
        "💡 {who} has not had <@{by}>'s answer yet. It waits as a draft in *Reply* on the card."
    ),
    "answer_unsent": N_("💡 {who} still has not had <@{by}>'s answer. <@{owner}> has the case."),
    "asked_back": N_("❔ <@{by}> asks back about {who}:{note}"),
    "still_asked_back": N_(
        "❔ <@{by}> still waits to be told something about {who}. <@{owner}> has the case."
    ),
    "told_back": N_("💬 <@{by}> answers what you asked about {who}:{note}"),
    "expert_later": N_("🕓 <@{by}> looks at your question about {who}, but not before {until_day}."),
    "no_answer": N_(
        "⌛ Nobody answered your question about {who}: every expert and lead was asked. It is your turn again."
    ),
    "due_soon": N_("⏰ {who} expects an answer by {due}. The case is yours."),
    "unclaimed_soon": N_("⏰ {who} expects an answer by {due}, and nobody has the case. {duty}"),
    "late_now": N_("⏰ {who} should have had an answer by {due}.{with_owner}"),
    "reminded_again": N_(
        "📌 Still open: you promised to come back to {who}.{note} Without a sign of yours it goes back to the channel."
    ),
    "back_in_channel": N_("📌 A promise to {who} is open, and nobody has the case now. {duty}{note}"),
    "on_duty": N_("🛟 <@{by}> put you on duty for {area} until {until_day}."),
    "returned": N_("↩️ The case of {who} went back to the channel: its reminder was not answered."),
    "post_deleted": N_("🗑️ A customer of yours deleted their post; the case is closed."),
    "reply_refused": N_(
        "⚠️ Your reply to {who} did not go out. {problem} Your text is kept: press *Reply* on the card."
    ),
    "reply_cut_short": N_(
        "⚠️ Only a part of your reply to {who} went out. {problem} What is left is kept: "
        "press *Reply* on the card."
    ),
    "sent_back": N_(
        "↩️ <@{by}> sends your reply to {who} back:{note} Your text is kept: press *Reply* on the card."
    ),
    "approval_moot": N_(
        "↩️ Your reply to {who} does not wait for approval any more: the case was closed or changed "
        "hands. Your text is kept."
    ),
    "approval_stuck": N_(
        "⌛ Nobody has approved <@{by}>'s reply to {who} yet, and everybody was asked. It still waits."
    ),
    "delete_refused": N_("⚠️ {network} did not delete the reply to {who}. {problem} It is still public."),
    "reply_unknown": N_(
        "❓ {network} did not say whether your reply to {who} went out. Look there, then press a button on the card."
    ),
    "budget": N_(
        "💶 This month's reading budget ({usd} US$) is used up. New mentions are not read until next "
        "month, or until you raise `monthly_budget_usd` in desk.toml. Replies still go out."
    ),
    "gap": N_(
        "🕳️ More mentions of @{account} came than {network} lets us read back. Those before {when} may be missing: "
        "look at its own search."
    ),
    "unknown_event": N_(
        "❔ The history holds something that this version of Mentiondesk does not know ({what}). It is kept. "
        "A newer version wrote it: install that one to read it."
    ),
    "trouble": N_("⚠️ Since {since}: {cause}"),
    "trouble_over": N_("✅ It works again since {until}. Before that, from {since} on: {cause}"),
    "something_new": N_(
        "🧩 The desk holds something that this version does not know (`{what}`): a newer Mentiondesk wrote it. It is "
        "kept as it is, and waits until a version runs that knows it."
    ),
    "clock_moved": N_(
        "🕰️ The clock of the desk's machine moved by {minutes} min: it was set, or the machine slept. "
        "Reminders and due times that fell into the gap are handled now, each once."
    ),
    "message_refused": N_(
        "⚠️ Slack refuses a message of the desk ({what}): {problem} Home lists what could not be shown."
    ),
    "card_not_shown": N_(
        "⚠️ Slack refuses to show the card of {who}: {problem} It is tried again at least once an hour. "
        "Home lists every message that could not be shown."
    ),
    "message_not_shown": N_(
        "⚠️ Slack refuses a message about {who}: {problem} Home lists every message that could not be shown."
    ),
    "card_refused": N_(
        "⚠️ Slack refuses to show cards in <#{channel}>: {problem} The cases are kept, "
        "and their cards appear within a minute once that is fixed."
    ),
}
