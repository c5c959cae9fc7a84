"""What is judged of answers: on X once, read first where they have to be, kept while they are written."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from faults.record import Record
from faults.replay import Replayed
from faults.stage import TRAINEE
from faults.verdict import Verdict

from bot.networks.x.length import MEASURE
from demo.server import Playground
from demo.x import Post
from triage.text.likeness import same_text

REPLIED_ONCE = "Every reply went out on X exactly once, or is shown to a person"
REPLY_KNOWN = "Every post on X is one reply's, and no other's"
TWO_EYES = (
    "A reply that has to be read first leaves once, after one yes that is not its writer's; no other does"
)
DRAFTED = "What was typed and left is kept for its writer"
# What is typed is kept at once, and every two seconds: a death or a lost database right then loses words.
DRAFT_BEFORE, DRAFT_AFTER = 0.5, 3.0
# An approval's states, and the events that say the same.
DECIDED = {"approved": ("approve", "edited_reply"), "sent_back": ("send_back",), "withdrawn": ("withdraw",)}


@dataclass(frozen=True, slots=True)
class Answers:
    """Judges the answers of a run: `rows` by table, `events` and histories `told` by case."""

    playground: Playground
    record: Record
    rows: Mapping[str, list[Any]]
    events: Mapping[int, list[Any]]
    told: Mapping[int, Replayed]
    verdict: Verdict

    def judge(self) -> None:
        self._replies()
        self._posts_on_x()
        self._approvals()
        self._decisions()
        self._drafts()

    def _replies(self) -> None:
        """Of each text to each post there are as many on X as replies that say they stand there."""
        replies = self.rows["replies"]
        sentence = self.verdict.looked(REPLIED_ONCE, len(replies))
        sure: Counter[tuple[str, str, str]] = Counter()
        perhaps: Counter[tuple[str, str, str]] = Counter()
        for reply in replies:
            self._count_parts(reply, sure, perhaps)
            if reply.state == "queued":
                sentence.breaches.append(f"reply {reply.id} is still to go out")
        on_x = Counter(self._said(post) for post in self.playground.x.created)
        for said in {*on_x, *sure}:
            least, most = sure[said], sure[said] + perhaps[said]
            if not least <= on_x[said] <= most:
                sentence.breaches.append(
                    f"{said} is {on_x[said]} times on X, by the desk {least} to {most} times"
                )
        sentence.breaches += self._unshown(replies)

    def _count_parts(self, reply: Any, sure: Counter[Any], perhaps: Counter[Any]) -> None:
        """Parts that stand are sure; one sent again on a person's word, or nobody knows of, may stand once more."""
        for number, part in enumerate(reply.parts):
            answers = (number and number <= len(reply.posts) and reply.posts[number - 1]) or reply.answers
            said = (reply.account, answers, _bare(part))
            by_word = number < len(reply.posts) and not reply.posts[number]
            if number < len(reply.posts) and not by_word:
                sure[said] += 1
            elif by_word or (reply.state == "unknown" and number == len(reply.posts)):
                perhaps[said] += 1
            perhaps[said] += sum(
                event.what == "send_again" and event.detail.get("reply") == reply.id
                for event in self.events.get(reply.case_id, [])
            )

    def _said(self, post: Post) -> tuple[str, str, str]:
        return (post.author, post.reply_to or "", _bare(post.text))

    def _unshown(self, replies: Sequence[Any]) -> Iterable[str]:
        """What did not go out, or nobody knows of, is on the card or was told to its writer."""
        cards = {row.case_id: row for row in self.rows["messages"] if row.subject.startswith("card:")}
        latest = {reply.case_id: reply for reply in replies}
        for reply in replies:
            card = cards.get(reply.case_id)
            shown = card and self.playground.slack.message(card.channel, card.ts)
            if reply.state == "unknown" and not (shown and "was_sent" in shown.button_ids):
                yield f"reply {reply.id} is unknown, and its card does not ask"
            if reply.state == "refused":
                heard = [message.plain for message in self.playground.slack.dm(reply.who)]
                on_card = shown and latest[reply.case_id].id == reply.id and "went out" in shown.plain
                if not on_card and not any("did not go out" in said or "went out" in said for said in heard):
                    yield f"reply {reply.id} was refused, and nobody was told"

    def _posts_on_x(self) -> None:
        """Each post of ours is recorded for one reply, or for one that nobody knows of it may be."""
        named = Counter(post for reply in self.rows["replies"] for post in reply.posts if post)
        unsure = [
            (reply.answers, part)
            for reply in self.rows["replies"]
            if reply.state == "unknown" or "" in reply.posts or self._was_sent_again(reply)
            for part in reply.parts
        ]
        created = self.playground.x.created
        sentence = self.verdict.looked(REPLY_KNOWN, len(created))
        for post in created:
            if named[post.id] > 1:
                sentence.breaches.append(f"post {post.id} on X is recorded for {named[post.id]} replies")
            elif not named[post.id] and not any(
                same_text(post.text, part, MEASURE) for _answers, part in unsure
            ):
                sentence.breaches.append(
                    f"post {post.id} on X, to {post.reply_to}, is no reply's: {post.text[:60]}"
                )
        ours = {post.id for post in created}
        sentence.breaches += [
            f"post {post} is recorded, and X never had it" for post in named if post not in ours
        ]

    def _was_sent_again(self, reply: Any) -> bool:
        return any(
            event.what == "send_again" and event.detail.get("reply") == reply.id
            for event in self.events.get(reply.case_id, [])
        )

    def read_first(self) -> dict[int, str]:
        """{reply: who has read it first}, by the histories."""
        return {
            event.detail["reply"]: event.detail["approved_by"]
            for event in self.rows["events"]
            if event.what == "reply" and event.detail.get("approved_by")
        }

    def _approvals(self) -> None:
        asked = self.rows["approvals"]
        sentence = self.verdict.looked(TWO_EYES, len(asked))
        approved = self.read_first()
        left = Counter(
            (reply.case_id, reply.who, approved[reply.id])
            for reply in self.rows["replies"]
            if reply.id in approved
        )
        decided = Counter((row.case_id, row.who, row.decided_by) for row in asked if row.state == "approved")
        for whose in {*left, *decided}:
            case_id, writer, reader = whose
            if left[whose] != decided[whose]:
                sentence.breaches.append(
                    f"case {case_id}: {reader} said yes to {writer} {decided[whose]} times, {left[whose]} left"
                )
            if writer == reader:
                sentence.breaches.append(f"case {case_id}: {writer} approved their own reply")
        sentence.breaches += [
            f"reply {event.detail['reply']} of {event.who} left unread"
            for event in self.rows["events"]
            if event.what == "reply" and event.who == TRAINEE
            if not event.detail.get("approved_by") and not event.detail.get("nobody_else")
        ]

    def _decisions(self) -> None:
        """Each was decided by one person, once: the histories say as much."""
        sentence = self.verdict.looked(TWO_EYES, 0)
        for state, what in DECIDED.items():
            rows = Counter(
                row.case_id for row in self.rows["approvals"] if row.state == state and row.decided_by
            )
            told = Counter(event.case_id for event in self.rows["events"] if event.what in what)
            sentence.breaches += [
                f"case {case_id}: {rows[case_id]} replies are {state}, its history says {told[case_id]}"
                for case_id in {*rows, *told}
                if rows[case_id] != told[case_id]
            ]

    def _drafts(self) -> None:
        """Asked of texts whose writer has sent nothing to that case, and whose case nobody else ever had."""
        kept = {(row.case_id, row.person): row.text for row in self.rows["drafts"]}
        sentence = self.verdict.looked(DRAFTED, 0)
        for (case_id, person), typed in self.record.typed.items():
            owners = {None, person}.issuperset(self.told[case_id].owners)
            disturbed = self.record.was_disturbed(typed.at, DRAFT_BEFORE, DRAFT_AFTER)
            if (case_id, person) in self.record.answered or not owners or disturbed:
                continue
            sentence.looked_at += 1
            if kept.get((case_id, person)) != typed.text:
                sentence.breaches.append(
                    f"{person} typed {typed.text!r} for case {case_id}, kept is {kept.get((case_id, person))!r}"
                )


def _bare(text: str) -> str:
    """Without the handles that X puts before a reply."""
    return " ".join(word for word in text.split() if not word.startswith("@"))
