// What an integrator writes with types made by openapi-typescript: search, hold, book, move, cancel, follow the feed.
// Run as `node walk.js GATEWAY CLIENT_ID CLIENT_SECRET FROM`; prints what the feed has told of the appointment.
import createClient from "openapi-fetch";
import type { paths as Booking } from "./booking.js";
import type { paths as Providers } from "./providers.js";

declare const process: { argv: string[] };
const [gateway, client_id, client_secret, from] = process.argv.slice(2) as [string, string, string, string];
const booking = createClient<Booking>({ baseUrl: gateway });
const providers = createClient<Providers>({ baseUrl: gateway });

function right<T>(answer: { data?: T; error?: { detail?: string | null }; response: Response }): T {
  if (answer.data === undefined) throw new Error(`${answer.response.status}: ${answer.error?.detail}`);
  return answer.data;
}

const token = right(
  await providers.POST("/api/providers/v1/oauth/token", {
    body: { grant_type: "client_credentials", client_id, client_secret },
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
  }),
);
const bearer = { Authorization: `Bearer ${token.access_token}` };

const found = right(
  await booking.GET("/api/booking/v1/slots", {
    params: { query: { topic: "e-services", municipality: "305", channel: "phone", limit: 20, from, drop_in: false } },
  }),
);
const first = found.items[2];
// A move stays within the organisation.
const second = found.items.find((slot) => slot.offering_id === first?.offering_id && slot.start > (first?.start ?? ""));
if (!first?.id || !second?.id) throw new Error("there are no two times");

const hold = right(await booking.POST("/api/booking/v1/holds", { body: { slot_id: first.id, topic: "e-services", minutes: 10 } }));
const booked = right(
  await booking.POST("/api/booking/v1/appointments", {
    params: { header: { "idempotency-key": crypto.randomUUID() } },
    headers: { ...bearer, "Manage-Token": hold.manage_token },
    body: {
      hold_id: hold.id,
      topic: "e-services",
      citizen: { name: "Aili Mäkelä", phone: "040 685 404", language: "fi" },
      answers: {},
    },
  }),
);
const path = { id: booked.id };
const moved = right(
  await booking.POST("/api/booking/v1/appointments/{id}/move", {
    params: { path, header: { "if-match": `"${booked.sequence}"` } },
    headers: bearer,
    body: { slot_id: second.id },
  }),
);
if (moved.start === booked.start) throw new Error("it has not moved");
const cancelled = right(
  await booking.POST("/api/booking/v1/appointments/{id}/cancellation", {
    params: { path },
    headers: bearer,
    body: { reason: "not_needed" },
  }),
);
if (cancelled.state !== "cancelled") throw new Error(cancelled.state);

const told: string[] = [];
let lastEventId: string | undefined;
for (;;) {
  const batch = right(
    await booking.GET("/api/booking/v1/events", { params: { query: { lastEventId, timeout: 0 } }, headers: bearer }),
  );
  if (batch.length === 0) break;
  told.push(...batch.filter((event) => event.subject === booked.id).map((event) => event.type));
  lastEventId = batch.at(-1)?.id;
}
console.log(told.join("\n"));
