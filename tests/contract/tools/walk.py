"""What an integrator writes with a client made by openapi-python-client: search, hold, book, move, cancel, follow.

`python walk.py GATEWAY TOKEN FROM`; prints what the feed has told of the appointment.
"""

import datetime as dt
import sys
import uuid

from vuoro_booking_client import AuthenticatedClient, Client
from vuoro_booking_client.api.appointments import book_slot, cancel_appointment, hold_slot, move_appointment
from vuoro_booking_client.api.events import events
from vuoro_booking_client.api.slots import find_slots
from vuoro_booking_client.models import (
    Appointment,
    AppointmentInput,
    CancellationInput,
    Citizen,
    CloudEvent,
    FindSlotsChannel,
    Hold,
    HoldInput,
    MoveInput,
    Slots,
)
from vuoro_booking_client.types import UNSET

gateway, token, begin = sys.argv[1:]
anybody = Client(base_url=gateway)
client = AuthenticatedClient(base_url=gateway, token=token)

found = find_slots.sync(
    client=anybody,
    topic="e-services",
    municipality="305",
    channel=FindSlotsChannel.PHONE,
    limit=20,
    from_=dt.datetime.fromisoformat(begin),
    drop_in=False,
)
assert isinstance(found, Slots), found
first = found.items[4]
# A move stays within the organisation.
second = next(slot for slot in found.items if slot.offering_id == first.offering_id and slot.start > first.start)

hold = hold_slot.sync(client=anybody, body=HoldInput(slot_id=first.id, topic="e-services"))
assert isinstance(hold, Hold), hold
booked = book_slot.sync(
    client=client.with_headers({"Manage-Token": hold.manage_token}),
    idempotency_key=str(uuid.uuid4()),
    body=AppointmentInput(
        hold_id=hold.id, topic="e-services", citizen=Citizen(name="Aili Mäkelä", phone="040 685 404")
    ),
)
assert isinstance(booked, Appointment), booked
moved = move_appointment.sync(
    booked.id, client=client, if_match=f'"{booked.sequence}"', body=MoveInput(slot_id=second.id)
)
assert isinstance(moved, Appointment), moved
assert moved.start == second.start
cancelled = cancel_appointment.sync(booked.id, client=client, body=CancellationInput())
assert isinstance(cancelled, Appointment), cancelled
assert cancelled.state == "cancelled"

last: uuid.UUID | object = UNSET
while True:
    batch = events.sync(client=client, last_event_id=last)
    assert isinstance(batch, list), batch
    if not batch:
        break
    for event in batch:
        assert isinstance(event, CloudEvent)
        if event.subject == str(booked.id):
            print(event.type_)
    last = batch[-1].id
