"""What the pages of a citizen say to somebody who books for them, for each sentence that would take that one for the
citizen: a page has one template, and who reads it decides."""

from gettext import NullTranslations

from shared.texts import marked

TEXTS = {
    # Looking for a time.
    "at your home": marked("at their home"),
    "near you": marked("near here"),
    "How do you want help?": marked("How do they want help?"),
    "You can get help in another way:": marked("There is help in another way:"),
    "You can just come:": marked("They can just come:"),
    "Call your municipality or library. Ask where you can get help.": marked(
        "Call the municipality or a library. Ask where there is help."
    ),
    # The form.
    "Your details": marked("The details of who comes"),
    "Is your e-mail address right?": marked("Is the e-mail address right?"),
    "We keep this time for you until %(clock)s.": marked("We keep this time until %(clock)s."),
    "Write their name. Then both of you have a place.": marked("Write their name. Then both have a place."),
    "The helper calls you.": marked("The helper calls them."),
    "So we need your phone number.": marked("So we need their phone number."),
    "The helper sends you a link.": marked("The helper sends them a link."),
    "The helper comes to you.": marked("The helper comes to their home."),
    "If something changes, they must reach you.": marked("If something changes, the helper must reach them."),
    "I have neither": marked("They have neither"),
    "I have neither, and I get no messages": marked("They have neither, and they get no messages"),
    "Nobody can tell you about changes.": marked("Nobody can tell them about changes."),
    "If your helper is ill, you only find out at the place.": marked(
        "If the helper is ill, they only find out at the place."
    ),
    "You get a slip with your time: print it, or copy it by hand.": marked(
        "You get a slip with the time: print it, or copy it by hand."
    ),
    "Your home address": marked("Their home address"),
    "A relative or friend comes with me": marked("A relative or friend comes with them"),
    "I need an interpreter": marked("They need an interpreter"),
    "Your helper sees this, but cannot promise an interpreter.": marked(
        "The helper sees this, but cannot promise an interpreter."
    ),
    "Only your helper and the service point see these details. We use them only for this visit.": marked(
        "Only the helper and the service point see these details. We use them only for this visit."
    ),
    "How your details are kept": marked("How these details are kept"),
    "My details are protected (turvakielto)": marked("Their details are protected (turvakielto)"),
    (
        "Then no message says when, where or with whom. Your details are on no list. Only your helper sees your "
        "home address, and only on the day. Everything is erased the day after."
    ): marked(
        "Then no message says when, where or with whom. Their details are on no list. Only the helper sees their "
        "home address, and only on the day. Everything is erased the day after."
    ),
    "I have a non-disclosure order (turvakielto)": marked("They have a non-disclosure order (turvakielto)"),
    # Another time for the form.
    "We keep this time for you until you choose another:": marked("We keep this time until you choose another:"),
    "Back to your details": marked("Back to the details"),
    "Your earlier time is no longer kept for you.": marked("The earlier time is no longer kept."),
    "Do you want something else?": marked("Do they want something else?"),
    "Then you write your details again.": marked("Then you write the details again."),
    # What is booked, moved and cancelled.
    "Your time": marked("The time"),
    "Your time is booked": marked("The time is booked"),
    "Your time was moved": marked("The time was moved"),
    "It is time for your visit": marked("It is time for the visit"),
    "Your helper cannot come then. We are sorry.": marked("The helper cannot come then."),
    "Do you still need help?": marked("Do they still need help?"),
    "You are welcome to book a new time.": marked("You can book a new time for them."),
    "You can also book by phone:": marked("They can also book by phone:"),
    "I no longer need a time": marked("They no longer need a time"),
    "Add to your calendar": marked("Add to a calendar"),
    "We sent you a link to this page": marked("We sent them a link to this page"),
    "We remind you the day before.": marked("We remind them the day before."),
    "Write down your time, or print it": marked("Write the time down for them, or print it"),
    "You get no message from us.": marked("They get no message from us."),
    "That is why you get no message from us.": marked("That is why they get no message from us."),
    "Ask before you come.": marked("They should ask before they come."),
    "If the time does not suit you": marked("If the time does not suit them"),
    "See, correct or erase your details": marked("See, correct or erase their details"),
    "Your time is now %(day)s at %(clock)s. It is yours until you choose another.": marked(
        "The time is now %(day)s at %(clock)s. It is theirs until you choose another."
    ),
    "Keep my time": marked("Keep this time"),
    "Press the time that you want.": marked("Press the time that they want."),
    "Your time moves there at once.": marked("The time moves there at once."),
    # What stands on the page of a visit, beside the paper that says it to the citizen.
    "by phone: the helper calls you": marked("by phone: the helper calls them"),
    "By phone: the helper calls you": marked("By phone: the helper calls them"),
    "by video: the helper sends you a link": marked("by video: the helper sends them a link"),
    "By video: the helper sends you a link": marked("By video: the helper sends them a link"),
    "At your home": marked("At their home"),
    "The helper does not speak your language.": marked("The helper does not speak their language."),
    "Language of help": marked("Language in which they get help"),
    "Languages of help": marked("Languages in which they get help"),
    "What you need": marked("What they need"),
    "The device that you need help with, and its charger.": marked(
        "The device that they need help with, and its charger."
    ),
    "Keep the device beside you during the call.": marked("They keep the device beside them during the call."),
    "You need a device with a camera and sound.": marked("They need a device with a camera and sound."),
    "Your own bank codes or another way to identify yourself. Only you use them.": marked(
        "Their own bank codes or another way to identify themselves. Only they use them."
    ),
    "You sign in yourself. Never tell or show your codes to anybody.": marked(
        "They sign in themselves. They never tell or show their codes to anybody."
    ),
    "Anyone who does not know this word is not your helper.": marked(
        "Anyone who does not know this word is not their helper."
    ),
    # The slip's page; the paper itself speaks to who takes it along.
    "Your time on paper": marked("The time on paper"),
    # The queue.
    "Join the queue": marked("Put them in the queue"),
    "When a time becomes available, we send you a message.": marked(
        "When a time becomes available, we send them a message."
    ),
    "We keep the time for you for a while.": marked("We keep the time for them for a while."),
    "You can be in the queue until %(date)s.": marked("They can be in the queue until %(date)s."),
    "You can leave the queue at any time.": marked("They can leave the queue at any time."),
    "You are not in the queue yet": marked("They are not in the queue yet"),
    "Your place in the queue": marked("Their place in the queue"),
    "A time is free for you": marked("A time is free for them"),
    "It is kept for you until %(date)s at %(clock)s.": marked("It is kept for them until %(date)s at %(clock)s."),
    (
        "If the time does not suit you, you need not do anything. It goes to the next person, and you stay in the "
        "queue."
    ): marked(
        "If the time does not suit them, nothing needs to be done. It goes to the next person, and they stay in the"
        " queue."
    ),
    "You are in the queue": marked("They are in the queue"),
    "You stay in the queue until %(date)s.": marked("They stay in the queue until %(date)s."),
    "We sent you a message with a link to this page.": marked("We sent them a message with a link to this page."),
    "When a time becomes available, we send you another message.": marked(
        "When a time becomes available, we send them another message."
    ),
    "We keep the time for you for about two hours.": marked("We keep the time for them for about two hours."),
    "Take it with the link in the message.": marked("They take it with the link in the message."),
    "If you do not answer, the time goes to the next person.": marked(
        "If they do not answer, the time goes to the next person."
    ),
    "You stay in the queue.": marked("They stay in the queue."),
    "We cannot send you a message": marked("We cannot send them a message"),
    "It may also belong to somebody close to you.": marked("It may also belong to somebody close to them."),
    "If you have neither, open this page every morning.": marked(
        "If they have neither, open this page for them every morning."
    ),
    "We sent you the details.": marked("We sent them the details."),
    "You are no longer in the queue": marked("They are no longer in the queue"),
    "You left the queue.": marked("They left the queue."),
    "Your details have been erased.": marked("Their details have been erased."),
    "You were in the queue until %(date)s.": marked("They were in the queue until %(date)s."),
    "You left the queue, or did not answer when we offered times.": marked(
        "They left the queue, or did not answer when we offered times."
    ),
    "If there is none, you can join the queue again.": marked("If there is none, they can join the queue again."),
    "You leave the queue, and your details are erased.": marked("They leave the queue, and their details are erased."),
    "Leave the queue": marked("Take them out of the queue"),
    "You do not need to queue.": marked("They do not need to queue."),
    "Choose a time that suits you.": marked("Choose a time that suits them."),
    # What is held of them.
    "Your details are corrected.": marked("Their details are corrected."),
    "Did you give a new number or address? The details of your time are on their way there.": marked(
        "Did you give a new number or address? The details of the time are on their way there."
    ),
    "This is everything we keep about you.": marked("This is everything we keep about them."),
    "It is erased when you leave the queue or get a time. The last day is %(date)s.": marked(
        "It is erased when they leave the queue or get a time. The last day is %(date)s."
    ),
    "Language of your messages": marked("Language of their messages"),
    "What you said about the visit": marked("What they said about the visit"),
    "Download or erase your details": marked("Download or erase their details"),
    "Download my data": marked("Download their data"),
    "Erase my details": marked("Erase their details"),
    "Yes, erase my details": marked("Yes, erase their details"),
    "Your time is cancelled, too. You get one last message about it.": marked(
        "The time is cancelled, too. They get one last message about it."
    ),
    "the time was kept for you": marked("the time was kept for them"),
    "your details were corrected": marked("the details were corrected"),
    "it was noted that you came": marked("it was noted that they came"),
    "it was noted that you did not come": marked("it was noted that they did not come"),
    "Your details are erased": marked("Their details are erased"),
    (
        "If you had a time, it is cancelled. You get one last message about it. The link in your messages no longer"
        " works."
    ): marked(
        "If they had a time, it is cancelled. They get one last message about it. The link in their messages no "
        "longer works."
    ),
    "You are always welcome to book a new time.": marked("You can always book a new time for them."),
}


class ForOthers(NullTranslations):
    """The translations of a language, as who books for others reads them."""

    def __init__(self, translations: NullTranslations) -> None:
        super().__init__()
        self.add_fallback(translations)

    def gettext(self, message: str) -> str:
        """Return a text, or what is said in its place."""
        return super().gettext(TEXTS.get(message, message))
