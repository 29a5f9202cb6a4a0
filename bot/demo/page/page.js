// The chat page: people on the left, the chosen person's chat as on a phone, and the clock.

import { bubble, clockTime, dayName, element } from "./bubbles.js";
import { locale, words } from "./words.js";

const at = (id) => document.getElementById(id);
const state = { people: [], chosen: null, messages: new Map(), commands: [], about: null, file: null, clock: null };
const wide = matchMedia("(min-width: 760px)");

async function get(path) {
  const answer = await fetch(`/demo/${path}`);
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
}

async function post(path, body) {
  const form = body instanceof FormData;
  const head = form ? {} : { "Content-Type": "application/json" };
  const answer = await fetch(`/demo/${path}`, { method: "POST", headers: head, body: form ? body : JSON.stringify(body) });
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
}

const language = () => state.chosen?.language ?? state.people[0]?.language ?? "vi";
const say = () => words(language());
const botName = () => state.chosen?.bot ?? "";
const initials = (name) => [...name.trim().split(/\s+/).slice(-1)[0]][0] ?? "";

// People

function showPeople() {
  at("people-title").textContent = say().people;
  at("list").replaceChildren(...state.people.map(personLine));
}

function personLine(person) {
  const line = element("li");
  const button = element("button", person === state.chosen ? "chosen" : "");
  button.type = "button";
  const face = element("span", "face", initials(person.name));
  face.style.setProperty("--hue", String((person.id * 47) % 360));
  const middle = element("span", "who");
  middle.lang = person.language;
  middle.append(element("strong", "", person.name), element("span", "role", person.note), element("span", "unit", person.unit));
  const end = element("span", "end");
  end.append(element("span", "tongue", words(person.language).language));
  if (person.unread) {
    const count = element("span", "unread", person.unread.toLocaleString(locale(person.language)));
    count.title = words(person.language).unread(person.unread);
    end.append(count);
  }
  button.append(face, middle, end);
  button.addEventListener("click", () => choose(person));
  line.append(button);
  return line;
}

async function choose(person) {
  state.chosen = person;
  person.unread = 0;
  history.replaceState(null, "", `#${person.id}`);
  stopAbout();
  await load();
  document.body.classList.add("chatting");
  document.documentElement.lang = person.language;
  label();
  showPeople();
  grow();
  toEnd();
  if (wide.matches) at("text").focus();
}

async function load() {
  const chat = await get(`chats/${state.chosen.id}`);
  state.messages = new Map(chat.messages.map((message) => [message.id, message]));
  state.commands = chat.commands;
  state.description = chat.description;
  state.chosen.blocked = chat.blocked;
  showKeyboard(chat.keyboard);
  showMessages();
}

function label() {
  const all = say();
  at("hint").textContent = all.hint;
  at("hint").hidden = Boolean(state.chosen);
  at("phone").hidden = !state.chosen;
  at("bot-name").textContent = botName();
  at("bot-face").textContent = [...botName()][0] ?? "";
  at("as-whom").textContent = state.chosen ? all.acting(state.chosen.name) : "";
  at("back").title = at("back").ariaLabel = all.back;
  at("text").placeholder = all.write;
  at("text").ariaLabel = all.write;
  at("send").title = at("send").ariaLabel = all.send;
  at("attach").title = all.attach;
  at("file").ariaLabel = all.attach;
  at("menu").title = at("menu").ariaLabel = all.commands;
  at("about-close").title = at("about-close").ariaLabel = all.cancel;
  at("lost").textContent = all.lost;
  at("alert").querySelector("button").textContent = all.close;
  at("clock-label").textContent = all.clock;
  at("clock-hour").textContent = all.hour;
  at("clock-day").textContent = all.day;
  showClock();
  showStart();
}

// The chat

function showMessages() {
  const items = [];
  let day = "";
  for (const message of state.messages.values()) {
    if (message.at.slice(0, 10) !== day) {
      day = message.at.slice(0, 10);
      items.push(element("li", "day", dayName(message.at, language())));
    }
    items.push(bubble(message, language(), botName(), { press, pick, command: (text) => send(text) }));
  }
  if (!items.length && state.description) items.push(element("li", "about-bot", state.description));
  at("messages").replaceChildren(...items);
  showStart();
  toEnd();
}

function toEnd() {
  const list = at("messages");
  list.scrollTop = list.scrollHeight;
  for (const picture of list.querySelectorAll("img")) {
    picture.addEventListener("load", () => { list.scrollTop = list.scrollHeight; }, { once: true });
  }
}

function showStart() {
  const blocked = Boolean(state.chosen?.blocked);
  const fresh = Boolean(state.chosen) && state.messages.size === 0;
  at("start").hidden = !blocked && !fresh;
  at("composer").hidden = blocked || fresh;
  grow();
  at("start").textContent = blocked ? say().blocked : say().start;
}

function put(message, isNew) {
  const list = at("messages");
  const near = list.scrollHeight - list.scrollTop - list.clientHeight < 160;
  const known = state.messages.has(message.id);
  const last = [...state.messages.values()].at(-1);
  state.messages.set(message.id, message);
  const item = bubble(message, language(), botName(), { press, pick, command: (text) => send(text) });
  list.querySelector(".about-bot")?.remove();
  if (known) {
    at(`m${message.id}`)?.replaceWith(item);
  } else {
    if (!last || last.at.slice(0, 10) !== message.at.slice(0, 10)) {
      list.append(element("li", "day", dayName(message.at, language())));
    }
    list.append(item);
    if (isNew) item.classList.add("fresh");
  }
  showStart();
  if (near || message.out) toEnd();
}

function showKeyboard(rows) {
  const box = at("keyboard");
  box.hidden = rows.length === 0;
  box.replaceChildren(...rows.map((row) => {
    const line = element("div", "row");
    for (const text of row) {
      const button = element("button", "", text);
      button.type = "button";
      button.addEventListener("click", () => send(text));
      line.append(button);
    }
    return line;
  }));
}

async function attempt(work) {
  try {
    return await work();
  } catch (error) {
    console.error(error);
    toast(say().failed);
    return null;
  }
}

async function press(message, button, pressed) {
  pressed.classList.add("waiting");
  setTimeout(() => pressed.classList.remove("waiting"), 5000);
  await attempt(() => post(`chats/${state.chosen.id}/press`, { message_id: message.id, data: button.data }));
}

// What can be done with one message: shown under it when it is tapped.
function pick(message, item) {
  const open = item.querySelector(".actions");
  document.querySelectorAll(".actions").forEach((one) => one.remove());
  if (open) return;
  const line = element("div", "actions");
  const add = (text, work) => {
    const button = element("button", "", text);
    button.type = "button";
    button.addEventListener("click", () => { line.remove(); work(); });
    line.append(button);
  };
  add(say().reply, () => about("reply", message));
  if (message.out && message.text && message.forward === undefined) add(say().edit, () => about("edit", message));
  if (!message.out) for (const emoji of ["👍", "👎", "🙏"]) add(emoji, () => react(message, emoji));
  item.append(line);
  line.scrollIntoView({ block: "nearest" });
}

function react(message, emoji) {
  const given = message.reactions.includes(emoji) ? null : emoji;
  attempt(() => post(`chats/${state.chosen.id}/react`, { message_id: message.id, emoji: given }));
}

function about(kind, message) {
  state.about = { kind, message };
  at("about").hidden = false;
  at("about-title").textContent = kind === "edit" ? say().editing : say().reply;
  at("about-text").textContent = message.text || message.document?.name || say().photo;
  if (kind === "edit") at("text").value = message.text;
  grow();
  at("text").focus();
}

function stopAbout() {
  if (state.about?.kind === "edit") at("text").value = "";
  state.about = null;
  state.file = null;
  at("file").value = "";
  at("about").hidden = at("files").hidden = at("commands").hidden = true;
  grow();
}

async function send(text) {
  const path = `chats/${state.chosen.id}`;
  const reply = state.about?.kind === "reply" ? state.about.message.id : null;
  const done = await attempt(() => {
    if (state.about?.kind === "edit") return post(`${path}/edit`, { message_id: state.about.message.id, text });
    if (state.file) return upload(path, text, reply);
    return post(`${path}/send`, { text, reply_to: reply });
  });
  if (!done) return;
  at("text").value = "";
  stopAbout();
}

function upload(path, caption, reply) {
  const form = new FormData();
  form.append("file", state.file);
  form.append("caption", caption);
  form.append("as", state.file.type.startsWith("image/") ? "photo" : "document");
  if (reply) form.append("reply_to", String(reply));
  return post(`${path}/upload`, form);
}

function chosenFile() {
  [state.file] = at("file").files;
  at("files").hidden = !state.file;
  if (!state.file) return;
  const drop = element("button", "", "×");
  drop.type = "button";
  drop.ariaLabel = say().cancel;
  drop.addEventListener("click", () => { state.file = null; at("file").value = ""; at("files").hidden = true; });
  at("files").replaceChildren(element("span", "", state.file.name), drop);
  at("text").focus();
}

// Commands

function showCommands() {
  const typed = at("text").value;
  const fits = typed.startsWith("/") ? state.commands.filter((one) => `/${one.command}`.startsWith(typed.split(" ")[0])) : [];
  at("commands").hidden = fits.length === 0 || typed.includes(" ");
  at("commands").replaceChildren(...fits.map((one) => {
    const line = element("button");
    line.type = "button";
    line.role = "option";
    line.append(element("b", "", `/${one.command}`), element("span", "", one.description));
    line.addEventListener("click", () => { at("text").value = ""; at("commands").hidden = true; send(`/${one.command}`); });
    return line;
  }));
}

async function openMenu() {
  if (!at("commands").hidden) {
    at("commands").hidden = true;
    return;
  }
  state.commands = (await get(`chats/${state.chosen.id}`)).commands;
  at("text").value = "/";
  showCommands();
  at("text").focus();
}

function grow() {
  const text = at("text");
  if (!text.offsetParent) return;
  text.style.height = "auto";
  text.style.height = `${Math.min(text.scrollHeight, 140)}px`;
}

// Answers, alerts, typing

let toastTimer = 0;
function toast(text) {
  at("toast").textContent = text;
  at("toast").hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { at("toast").hidden = true; }, 3500);
}

function answered(answer) {
  document.querySelectorAll(".waiting").forEach((one) => one.classList.remove("waiting"));
  if (!answer.text) return;
  if (!answer.alert) {
    toast(answer.text);
    return;
  }
  at("alert").querySelector("p").textContent = answer.text;
  at("alert").showModal();
}

let typingTimer = 0;
function typing() {
  at("as-whom").textContent = say().typing;
  clearTimeout(typingTimer);
  typingTimer = setTimeout(stopTyping, 5000);
}

function stopTyping() {
  clearTimeout(typingTimer);
  at("as-whom").textContent = state.chosen ? say().acting(state.chosen.name) : "";
}

// The clock

function showClock() {
  at("clock").hidden = state.clock === null;
  if (state.clock === null) return;
  const now = new Date(state.clock.read + (Date.now() - state.clock.since));
  at("clock-now").textContent = `${clockTime(now, language())} · ${dayName(now, language())}`;
}

function setClock(local) {
  state.clock = local ? { read: new Date(local).getTime(), since: Date.now() } : null;
  showClock();
}

async function moveClock(wish) {
  at("clock").classList.add("moving");
  const answer = await attempt(() => post("clock", wish));
  at("clock").classList.remove("moving");
  if (answer) setClock(answer.clock);
}

// What happens

function heard(event) {
  if (event.kind === "clock") {
    setClock(event.clock);
    return;
  }
  const person = state.people.find((one) => one.id === event.chat);
  if (!person) {
    refresh();
    return;
  }
  if (person === state.chosen) {
    heardHere(event);
  } else if (event.kind === "message" && !event.message.out) {
    person.unread += 1;
    showPeople();
  }
}

function heardHere(event) {
  if (event.kind === "message") {
    if (!event.message.out) stopTyping();
    put(event.message, true);
    post(`chats/${state.chosen.id}/read`, {});
  } else if (event.kind === "edit" || event.kind === "reaction") {
    if (event.message) put(event.message, false);
  } else if (event.kind === "delete") {
    state.messages.delete(event.message.id);
    at(`m${event.message.id}`)?.remove();
  } else if (event.kind === "answer") {
    answered(event.answer);
  } else if (event.kind === "action") {
    typing();
  } else if (event.kind === "keyboard" || event.kind === "state") {
    load();
  }
}

async function refresh() {
  const news = await get("state");
  const chosen = state.chosen?.id;
  state.people = news.people;
  state.chosen = state.people.find((one) => one.id === chosen) ?? null;
  setClock(news.clock);
  showPeople();
  label();
}

function listen() {
  const stream = new EventSource("/demo/events");
  stream.onmessage = (line) => heard(JSON.parse(line.data));
  stream.onerror = () => { at("lost").hidden = false; };
  stream.onopen = async () => {
    const again = !at("lost").hidden;
    at("lost").hidden = true;
    if (again) {
      await refresh();
      if (state.chosen) await load();
    }
  };
}

function wire() {
  at("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = at("text").value.trim();
    if (text || state.file) send(text);
  });
  at("text").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      at("composer").requestSubmit();
    }
    if (event.key === "Escape") stopAbout();
  });
  at("text").addEventListener("input", () => { grow(); showCommands(); });
  at("file").addEventListener("change", chosenFile);
  at("menu").addEventListener("click", openMenu);
  at("about-close").addEventListener("click", stopAbout);
  at("back").addEventListener("click", () => document.body.classList.remove("chatting"));
  at("start").addEventListener("click", () => {
    attempt(() => post(`chats/${state.chosen.id}/${state.chosen.blocked ? "unblock" : "start"}`, {}));
  });
  at("alert").querySelector("button").addEventListener("click", () => at("alert").close());
  at("clock-hour").addEventListener("click", () => moveClock({ advance_minutes: 60 }));
  at("clock-day").addEventListener("click", () => moveClock({ to: "next_working_day" }));
  setInterval(showClock, 5000);
}

wire();
await refresh();
listen();
const remembered = state.people.find((one) => String(one.id) === location.hash.slice(1));
if (remembered) await choose(remembered);
else if (wide.matches && state.people.length) await choose(state.people[0]);
