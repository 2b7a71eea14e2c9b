// The button that reads the page aloud is there only where the device has a voice for its language; how it reads comes when pressed.
const button = document.querySelector("[data-aloud]");
if (button && window.speechSynthesis) {
  const look = () => {
    button.parentElement.hidden = !speechSynthesis.getVoices().some((voice) => voice.lang.startsWith(document.documentElement.lang));
  };
  look();
  speechSynthesis.addEventListener("voiceschanged", look);
  button.addEventListener("click", async () => (await import(button.dataset.aloud)).press(button));
}
