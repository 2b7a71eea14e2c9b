// Passkeys: a form marked data-passkey asks the server for a question, lets the browser answer it, and is sent with the answer.
const possible = window.PublicKeyCredential && window.isSecureContext && !/^[\d.]+$|:/.test(location.hostname);
const said = document.documentElement.lang === "en" ? {
  refused: "No passkey was used. Please try again, or use another way.",
  known: "This device already has a passkey of this account.",
  failed: "The question could not be fetched. Please check the connection and try again.",
} : {
  refused: "Chưa dùng được khóa truy cập. Hãy thử lại, hoặc dùng cách khác.",
  known: "Máy này đã có khóa truy cập của tài khoản này rồi.",
  failed: "Chưa lấy được câu hỏi từ máy chủ. Hãy kiểm tra mạng rồi thử lại.",
};
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const named = (keys) => (keys || []).map((key) => ({ ...key, id: bytes(key.id) }));

const ask = async (form) => {
  let asked;
  try {
    asked = (await (await fetch(form.dataset.question, { headers: { Accept: "application/json" } })).json()).publicKey;
  } catch {
    throw new Error(said.failed);
  }
  const options = { ...asked, challenge: bytes(asked.challenge) };
  if (form.dataset.passkey === "create") {
    options.user = { ...asked.user, id: bytes(asked.user.id) };
    options.excludeCredentials = named(asked.excludeCredentials);
  } else {
    options.allowCredentials = named(asked.allowCredentials);
  }
  const credential = await navigator.credentials[form.dataset.passkey]({ publicKey: options });
  const response = {};
  ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"].forEach((part) => {
    if (credential.response[part]) response[part] = text(credential.response[part]);
  });
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  };
};

if (possible) {
  document.querySelectorAll("[data-passkey], [data-passkey-possible]").forEach((part) => { part.hidden = false; });
  document.querySelectorAll("[data-passkey-none]").forEach((part) => { part.hidden = true; });
}
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.dataset.passkey) return;
  event.preventDefault();
  const wrong = form.querySelector("[data-passkey-error]");
  wrong.hidden = true;
  try {
    form.elements.credential.value = JSON.stringify(await ask(form));
    form.submit();
  } catch (error) {
    wrong.textContent = error.name === "InvalidStateError" ? said.known : error.name === "Error" ? error.message : said.refused;
    wrong.hidden = false;
  }
});
