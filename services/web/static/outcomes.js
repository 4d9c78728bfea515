// Sends how a visit ended, as its form would. What cannot be sent for want of network waits on this phone, without a name,
// until there is some, or until its tutor has read why it is refused. All words stand on the page.
"use strict";

const PATIENCE = 15000; // milliseconds

const told = document.querySelector("[data-keeper]");
const { keeper, ...words } = told.dataset;
const pathOf = (address) => new URL(address, location.href).pathname;

const NAME = "outcome ";
const wait = (outcome) => localStorage.setItem(NAME + outcome.action, JSON.stringify(outcome));
const forget = (outcome) => localStorage.removeItem(NAME + outcome.action);
const waiting = () =>
  Object.keys(localStorage)
    .filter((name) => name.startsWith(NAME))
    .map((name) => JSON.parse(localStorage.getItem(name)))
    .sort((one, other) => one.at - other.at);

// Says something at the form of a visit, if the page has it.
const say = (outcome, text) => {
  const forms = [...document.querySelectorAll("form[data-when]")];
  const form = forms.find((each) => pathOf(each.action) === outcome.action);
  if (form) form.querySelector("[role=status]").textContent = text && `${outcome.answer}. ${text}`;
};

// Says what a template of the page says, once of each thing.
const tell = (template, of = template) => {
  const shown = document.getElementById(template).content.firstElementChild.cloneNode(true);
  for (const former of [...told.children]) if (former.dataset.of === of) former.remove();
  shown.dataset.of = of;
  told.append(shown);
  return shown;
};

const tellRefused = (outcome) => {
  const shown = tell("refused", outcome.action);
  shown.querySelector("strong").textContent = outcome.when;
  shown.querySelector("span").textContent = outcome.refused;
  shown.querySelector("button").addEventListener("click", () => {
    forget(outcome);
    shown.remove();
    document.querySelector("main").focus();
  });
};

const tellWaiting = (outcome) => (outcome.refused ? tellRefused(outcome) : say(outcome, words.waits));

// Null where there is no network, or too little.
const post = ({ action, fields }) => {
  const patience = new AbortController();
  setTimeout(() => patience.abort(), PATIENCE);
  const sent = { method: "POST", body: new URLSearchParams(fields), signal: patience.signal };
  return fetch(action, sent).catch(() => null);
};

const isSaved = (answer) => answer.ok && pathOf(answer.url) === "/day";
const isSignedOut = (answer) => answer.ok && !isSaved(answer);
const isAway = (answer) => !answer || answer.status >= 500 || answer.status === 429;

const reasonOf = async (answer) => {
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return [...page.querySelectorAll("h1, h1 + p")].map((each) => each.textContent.trim()).join(". ");
};

// Sends what waits, the first one first, and says by each what came of it. Returns whether anything is saved.
const sendWaiting = async () => {
  let saved = false;
  for (const outcome of waiting().filter((each) => !each.refused)) {
    const answer = await post(outcome);
    if (isAway(answer)) break;
    if (isSignedOut(answer)) {
      tell("signed-out");
      break;
    }
    if (isSaved(answer)) {
      saved = true;
      forget(outcome);
      say(outcome, words.sent);
    } else {
      const refused = { ...outcome, refused: await reasonOf(answer) };
      wait(refused);
      say(refused, "");
      tellRefused(refused);
    }
  }
  return saved;
};
const sendInTurn = () => navigator.locks.request("outcomes", sendWaiting); // one page at a time

let asItIs = null;
const submit = async (event) => {
  const { target: form, submitter: button } = event;
  if (form.dataset.when === undefined || form === asItIs) return;
  event.preventDefault();
  const said = { when: form.dataset.when, answer: button.textContent, at: Date.now() };
  const outcome = { keeper, action: pathOf(form.action), fields: [...new FormData(form), [button.name, button.value]], ...said };
  wait(outcome);
  say(outcome, words.sending);
  const answer = await post(outcome);
  if (!answer || isSignedOut(answer)) {
    say(outcome, words.waits);
    if (answer) tell("signed-out");
    return;
  }
  forget(outcome);
  if (isSaved(answer)) {
    location.assign(answer.url);
  } else {
    asItIs = form; // the page of the refusal is shown, as without a script
    form.requestSubmit(button);
  }
};

// On a list that is kept, how a visit ended is asked once it has begun.
const askOnceBegun = (question) => {
  const early = Date.parse(question.dataset.from) - Date.now();
  question.hidden = early > 0;
  if (early > 0) setTimeout(() => askOnceBegun(question), early);
};

const start = async () => {
  for (const outcome of waiting()) (outcome.keeper === keeper ? tellWaiting : forget)(outcome);
  for (const question of document.querySelectorAll("[data-from]")) askOnceBegun(question);
  document.addEventListener("submit", submit);
  addEventListener("online", sendInTurn);
  if (await sendInTurn()) location.reload();
};

// URL.canParse is as old as Clear-Site-Data in the last browser that learnt it (Safari 17): an older one would not erase at
// sign-out what waits, and sends its forms as they are.
if (navigator.serviceWorker && URL.canParse) start();
