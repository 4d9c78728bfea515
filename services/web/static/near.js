// Asks the browser where somebody is, when they want it, and puts it into the form to two decimals: about a kilometre, so
// that nobody is told more. Without a script, or without an answer, they choose the municipality.
"use strict";

const near = document.querySelector("[data-near]");
if (near && navigator.geolocation) {
  const field = near.querySelector("input");
  const said = near.querySelector("[role=status]");
  const places = ["municipality", "place"].map((id) => document.getElementById(id));
  const say = (text) => {
    said.textContent = text;
  };

  near.querySelector("button").addEventListener("click", () => {
    say(said.dataset.asking);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        field.value = `${coords.latitude.toFixed(2)},${coords.longitude.toFixed(2)}`;
        for (const place of places) place.value = "";
        say(said.dataset.found);
      },
      () => {
        field.value = "";
        say(said.dataset.failed);
      },
      { timeout: 20000, maximumAge: 600000 },
    );
  });
  // A place that is chosen or written is where they want help, wherever they are.
  for (const place of places) {
    place.addEventListener("input", () => {
      field.value = "";
      say("");
    });
  }
  if (field.value) say(said.dataset.found);
  near.hidden = false;
}
