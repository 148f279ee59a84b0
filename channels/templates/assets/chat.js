// 質問のページ。ページを開き直さずに送り、新しいやりとりだけを足す。なくても、ページはすべて使える。
(() => {
  "use strict";

  const log = document.getElementById("chat_log");
  const next = document.getElementById("chat_next");
  const form = document.getElementById("chat_form");
  const text = document.getElementById("chat_text");
  const error = document.getElementById("chat_error");
  const sending = document.getElementById("chat_sending");
  if (!log || !next || !form || !text || !error || !sending) return;

  let busy = false;

  const fail = (message) => {
    // 読み上げソフトに、同じ言葉でも、もう一度伝わるように、いちど空にする。
    error.textContent = "";
    requestAnimationFrame(() => { error.textContent = message; });
    text.setAttribute("aria-invalid", "true");
  };

  const wait = (on) => {
    busy = on;
    sending.hidden = !on;
    log.setAttribute("aria-busy", String(on));
  };

  const last = () => Number([...log.children].at(-1)?.dataset.number ?? -1);

  // 受け取ったページから、新しいやりとりだけを写す。読み上げソフトは、足したものを 1 度だけ読む。
  const take = (page, chosen) => {
    const received = page.getElementById("chat_log");
    const state = page.querySelector("#chat_form [name=state]");
    const choices = page.getElementById("chat_next");
    if (!received || !state || !choices) return false;
    const seen = last();
    const added = [...received.children].filter((one) => Number(one.dataset.number) > seen);
    if (added.length) document.getElementById("answer")?.removeAttribute("id");
    log.setAttribute("aria-busy", "false");
    log.append(...added.map((one) => document.adoptNode(one)));
    next.replaceChildren(...[...choices.childNodes].map((one) => document.adoptNode(one)));
    for (const field of document.querySelectorAll("main [name=state]")) field.value = state.value;
    const message = page.getElementById("chat_error")?.textContent.trim();
    if (message) {
      fail(message);
      return true;
    }
    error.textContent = "";
    text.removeAttribute("aria-invalid");
    if (!chosen) text.value = "";
    // 押した選択肢はなくなったので、新しい選択肢の手前に移る。書いて送った人は、書くところに残る。
    if (chosen) next.focus({ preventScroll: true });
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    added.at(-1)?.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
    return true;
  };

  const send = async (sent, chosen) => {
    wait(true);
    try {
      const answer = await fetch(sent.action, { method: "POST", body: sent.body });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!take(page, chosen)) fail(form.dataset.network);
    } catch {
      fail(form.dataset.network);
    } finally {
      wait(false);
    }
  };

  document.addEventListener("submit", (event) => {
    const submitted = event.target;
    if (submitted !== form && !next.contains(submitted)) return;
    event.preventDefault();
    if (busy) return;
    if (submitted === form && !text.value.trim()) {
      fail(form.dataset.empty);
      text.focus();
      return;
    }
    const body = new URLSearchParams(new FormData(submitted, event.submitter));
    send({ action: submitted.action, body }, submitted !== form);
  });
})();
