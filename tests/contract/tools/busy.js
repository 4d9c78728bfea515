// Prints when the owner of each calendar is busy, as ical.js reads it: JSON in (calendars, start, end), JSON out.
import { readFileSync } from "node:fs";
import ICAL from "ical.js";

const { calendars, start, end } = JSON.parse(readFileSync(0, "utf8"));
const from = new Date(start);
const to = new Date(end);

function isBusy(component) {
  const transparent = component.getFirstPropertyValue("transp") === "TRANSPARENT";
  return !transparent && component.getFirstPropertyValue("status") !== "CANCELLED";
}

function* occasions(event) {
  if (!event.isRecurring()) {
    yield [event.startDate, event.endDate, event.component];
    return;
  }
  const iterator = event.iterator();
  for (let next = iterator.next(); next; next = iterator.next()) {
    const found = event.getOccurrenceDetails(next);
    // An occasion that was moved may lie on either side, so a little more than asked for is looked at.
    if (next.toJSDate().getTime() > to.getTime() + 40 * 86400e3) return;
    yield [found.startDate, found.endDate, found.item.component];
  }
}

function read(text) {
  const calendar = new ICAL.Component(ICAL.parse(text));
  for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);
  const events = calendar.getAllSubcomponents("vevent").map((each) => new ICAL.Event(each));
  const busy = [];
  for (const event of events.filter((each) => !each.isRecurrenceException())) {
    events
      .filter((each) => each.isRecurrenceException() && each.uid === event.uid)
      .forEach((each) => event.relateException(each));
    for (const [begins, ends, component] of occasions(event)) {
      if (isBusy(component) && begins.toJSDate() < to && ends.toJSDate() > from) {
        busy.push([begins.toJSDate().toISOString(), ends.toJSDate().toISOString()]);
      }
    }
  }
  return busy;
}

process.stdout.write(JSON.stringify(calendars.map(read)));
