// One message as an element. The HTML of a message is escaped by the server; only Telegram's own tags are in it.

import { locale, words } from "./words.js";

export function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

export function clockTime(at, language) {
  const format = { hour: "2-digit", minute: "2-digit", hour12: false };
  return new Intl.DateTimeFormat(locale(language), format).format(new Date(at));
}

export function dayName(at, language) {
  const format = { weekday: "long", day: "numeric", month: "long" };
  return new Intl.DateTimeFormat(locale(language), format).format(new Date(at));
}

function fileSize(bytes, language) {
  const number = (value, digits) => value.toLocaleString(locale(language), { maximumFractionDigits: digits });
  if (bytes < 1024) return `${number(bytes, 0)} B`;
  return bytes < 1048576 ? `${number(bytes / 1024, 0)} KB` : `${number(bytes / 1048576, 1)} MB`;
}

function quote(reply, language, botName) {
  const box = element("a", "quote");
  box.href = `#m${reply.id}`;
  box.append(element("strong", "", reply.out ? words(language).you : botName), element("span", "", reply.text || "…"));
  box.addEventListener("click", (event) => {
    event.preventDefault();
    const target = document.getElementById(`m${reply.id}`);
    target?.scrollIntoView({ block: "center", behavior: "smooth" });
    target?.classList.add("found");
    setTimeout(() => target?.classList.remove("found"), 1200);
  });
  return box;
}

function media(message, language) {
  const say = words(language);
  if (message.photo) {
    const link = element("a", "photo");
    link.href = message.photo.url;
    link.target = "_blank";
    const picture = element("img");
    picture.src = message.photo.url;
    picture.alt = say.photo;
    picture.width = message.photo.width;
    picture.height = message.photo.height;
    link.append(picture);
    return link;
  }
  if (message.document) {
    const link = element("a", "document");
    link.href = message.document.url;
    link.download = message.document.name;
    const words = element("span", "name");
    words.append(element("b", "", message.document.name), element("small", "", fileSize(message.document.size, language)));
    link.append(element("i", "icon", "↓"), words);
    return link;
  }
  if (message.forward !== undefined) return element("div", "forward", say.forward(message.forward));
  return message.other ? element("div", "other", `${message.emoji || ""} ${say[message.other]}`.trim()) : null;
}

function keyboard(message, onPress) {
  const rows = element("div", "inline");
  for (const row of message.buttons) {
    const line = element("div", "row");
    for (const button of row) line.append(inlineButton(message, button, onPress));
    rows.append(line);
  }
  return rows;
}

function inlineButton(message, button, onPress) {
  if (button.url) {
    const link = element("a", "button link", button.label);
    link.href = button.url;
    link.target = "_blank";
    link.rel = "noopener";
    return link;
  }
  const made = element("button", "button", button.label);
  made.type = "button";
  made.addEventListener("click", () => onPress(message, button, made));
  return made;
}

function foot(message, language) {
  const line = element("span", "foot");
  if (message.edited) line.append(element("span", "edited", words(language).edited));
  line.append(element("time", "", clockTime(message.at, language)));
  return line;
}

// A list item with the bubble, its buttons and its reactions. `on` has press(message, button, element), pick(message).
export function bubble(message, language, botName, on) {
  const item = element("li", message.out ? "out" : "in");
  item.id = `m${message.id}`;
  const box = element("div", "bubble");
  if (message.reply) box.append(quote(message.reply, language, botName));
  const carried = media(message, language);
  if (carried) box.append(carried);
  if (message.html) {
    const text = element("div", "text");
    text.innerHTML = message.html;
    for (const link of text.querySelectorAll("a[href]")) Object.assign(link, { target: "_blank", rel: "noopener" });
    for (const link of text.querySelectorAll("a.command")) link.addEventListener("click", () => on.command(link.textContent));
    box.append(text);
  }
  if (message.photo && !message.html) box.classList.add("bare");
  box.append(foot(message, language));
  box.addEventListener("click", (event) => {
    if (!event.target.closest("a, button, tg-spoiler") && !String(getSelection())) on.pick(message, item);
  });
  item.append(box);
  if (message.buttons.length) item.append(keyboard(message, on.press));
  if (message.reactions.length) item.append(element("div", "reactions", message.reactions.join(" ")));
  return item;
}
