// Reads the content of the page in its order, each part in its own language, until the end or the second press.
const BLOCKS = "h1, h2, h3, h4, p, li, dt, dd, legend, label, th, td, summary, button, caption, figcaption";
const TAGS = { vi: "vi-VN", en: "en-GB" };
// Long utterances are cut off by some voices: a sentence at a time.
const sentences = (text) => text.match(/[^.!?;]+[.!?;]*\s*/g) ?? [];

function* parts(main) {
  const texts = document.createTreeWalker(main, NodeFilter.SHOW_TEXT);
  let said = "", block, language;
  while (texts.nextNode()) {
    const parent = texts.currentNode.parentElement;
    const shown = parent.checkVisibility?.() ?? parent.getClientRects().length;
    if (!shown || parent.closest("[data-aloud], [aria-hidden=true], script, select, textarea")) continue;
    const [near, spoken] = [parent.closest(BLOCKS), parent.closest("[lang]").lang];
    if (said.trim() && (near !== block || spoken !== language)) {
      yield [said, language];
      said = "";
    }
    [block, language] = [near, spoken];
    said += texts.currentNode.data.replace(/\s+/g, " ");
  }
  if (said.trim()) yield [said, language];
}

let reading = false;
let words;

function stop(button) {
  reading = false;
  button.textContent = words;
  speechSynthesis.cancel();
}

export function press(button) {
  words ??= button.textContent;
  if (reading) return stop(button);
  reading = true;
  button.textContent = button.dataset.stop;
  speechSynthesis.cancel();
  const voices = speechSynthesis.getVoices();
  let last;
  for (const [text, language] of parts(document.querySelector("main"))) {
    for (const sentence of sentences(text.trim())) {
      last = new SpeechSynthesisUtterance(sentence.trim());
      last.lang = TAGS[language] ?? language;
      last.voice = voices.find((voice) => voice.lang.startsWith(language)) ?? null;
      speechSynthesis.speak(last);
    }
  }
  if (last) last.onend = () => stop(button);
  else stop(button);
}

addEventListener("pagehide", () => speechSynthesis.cancel());
