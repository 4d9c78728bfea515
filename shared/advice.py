"""What a person should do about a field that is not right, by the kind of finding: pydantic's, or of a rule of our own.

Any other kind gets the last sentence.
"""

from shared.texts import marked

ADVICE = {
    "missing": marked("This is needed."),
    "extra_forbidden": marked("There is no such field. Check how it is spelt."),
    "string_too_long": marked("This is too long."),
    "string_too_short": marked("This is too short or empty."),
    "too_short": marked("At least one is needed."),
    "string_type": marked("A text is needed here."),
    "int_parsing": marked("A whole number is needed."),
    "int_type": marked("A whole number is needed."),
    "uuid_parsing": marked("This is not an id. Copy it as it was given."),
    "datetime_from_date_parsing": marked("A date and time with an offset is needed, as in 2027-03-01T10:00:00+02:00."),
    "timezone_aware": marked("A date and time with an offset is needed, as in 2027-03-01T10:00:00+02:00."),
    "date_from_datetime_parsing": marked("A date is needed, as in 2027-03-01."),
    "time_parsing": marked("A time is needed, as in 10:00."),
    "literal_error": marked("This is none of the values allowed. See the API's description."),
    "string_pattern_mismatch": marked("This is not of the form that is needed."),
    "contact": marked("Give a phone number or an e-mail address, so that the confirmation can reach you."),
    "contact_needed": marked("Who has neither phone nor e-mail is helped at a place. Choose such a time."),
    "contact_stays": marked("Without it nobody could tell you of changes. Give another one in its place."),
    "not_unreachable": marked("There is a phone number or an e-mail address, so do not say that there is neither."),
    "reachable": marked("This is neither an e-mail address nor a phone number."),
    "phone_needed": marked("The helper calls you, so a phone number is needed."),
    "address_needed": marked("The helper comes to you, so the address is needed."),
    "address_not_needed": marked("An address is asked only for a visit at home. Leave it out."),
    "zone": marked("This is not a time zone. Write it as in Europe/Helsinki."),
    "country": marked("The public holidays of this country are not known."),
    "calendar": marked("This is not the address of a calendar that can be read."),
    "phone": marked("This is not a phone number. Write it as in 040 123 4567."),
    "until": marked("The end must be after the start."),
    "business_id": marked("This is not a business ID. Look at its digits once more."),
    "at_work": marked("It has service points or helpers in use. End those first."),
    "unchanged": marked("This cannot be changed. Leave it as it is."),
    "control_characters": marked("Leave out what cannot be shown as a letter."),
    "one_line": marked("Write it on one line, without tabs."),
    "year": marked("A year between 2000 and 2200 is needed."),
    "whole_minute": marked("A time in whole minutes is needed, without an offset, as in 10:00."),
    "text_needed": marked("Write it in at least one of the languages."),
    "same_time": marked("The start and the end must differ."),
    "question_codes": marked("Each question needs a code of its own."),
    "slot_or_hold": marked("Give either a free time or a time that is held, and not both."),
    "not_waitable": marked("A visit at home cannot be waited for."),
    "result": marked("Give a result when the citizen came, and none when not."),
    "not_helped": marked("Who did not come was not helped. Leave the length and the device out."),
    "place_and_channel": marked("Help on site needs a service point; by phone, by video and at home it has none."),
    "email": marked("This is not an e-mail address. Write it as in name@example.fi."),
}
OTHERWISE = marked("This is not right. Check it.")
