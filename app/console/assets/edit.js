// 書く画面を、楽にする。なくても、すべてのことができる。
(() => {
  "use strict";

  // ふりがなと説明のボタン ------------------------------------------------------

  const around = {
    ruby: (text) => [`｜${text}《》`, text ? text.length + 2 : 1],
    gloss: (text) => [`${text}〈〉`, text.length + 1],
  };
  for (const tools of document.querySelectorAll(".tools")) {
    tools.hidden = false;
    for (const button of tools.querySelectorAll("button")) {
      button.addEventListener("click", () => insert(button));
    }
  }

  function insert(button) {
    const area = document.getElementById(button.dataset.for);
    const start = area.selectionStart;
    const [text, caret] = around[button.dataset.tool](area.value.slice(start, area.selectionEnd));
    area.focus();
    // execCommand は、取り消し（Ctrl+Z）のできる入れ方。使えないブラウザーでは、置きかえる。
    if (!document.execCommand("insertText", false, text)) {
      area.setRangeText(text);
      area.dispatchEvent(new Event("input", { bubbles: true }));
    }
    area.setSelectionRange(start + caret, start + caret);
  }

  const form = document.getElementById("edit_form");
  if (!form) return;

  // しらせの言葉を選ぶ ------------------------------------------------------------

  form.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-line]");
    const area = link && document.getElementById(link.hash.slice(1));
    if (!area) return;
    event.preventDefault();
    area.closest("details")?.setAttribute("open", "");
    area.focus();
    area.scrollIntoView({ block: "center" });
    if (area.tagName !== "TEXTAREA") return;
    const lines = area.value.split("\n").slice(0, link.dataset.line - 1);
    const start = lines.reduce((length, line) => length + line.length + 1, 0);
    const found = area.value.indexOf(link.dataset.text, start);
    if (found >= 0 && link.dataset.text) {
      area.setSelectionRange(found, found + link.dataset.text.length);
    } else {
      area.setSelectionRange(start, start);
    }
  });

  // 書いていた節を、保存した後に開く --------------------------------------------------

  const at = document.getElementById("edit_at");
  form.addEventListener("input", (event) => {
    const place = event.target.closest(".part, .front");
    if (!at || !place) return;
    at.value = place.id === "front" ? "front" : place.querySelector("h2").id.replace("part_", "");
  });

  // 書いている間の確かめと、書きかけの保存 ----------------------------------------------

  const status = document.getElementById("check_status");
  let timer = 0;
  let composing = false;
  let changed = false; // まだ送っていない変わりがある
  let sending = null;

  function later() {
    changed = true;
    clearTimeout(timer);
    timer = setTimeout(send, 400);
  }
  form.addEventListener("input", (event) => {
    if (event.target.type === "file" || event.target.name === "picture_text") return;
    if (!event.isComposing && !composing) later();
  });
  form.addEventListener("compositionstart", () => {
    composing = true;
    clearTimeout(timer);
  });
  form.addEventListener("compositionend", () => {
    composing = false;
    later();
  });

  async function send() {
    if (sending || composing) return;
    sending = check();
    await sending;
    sending = null;
    if (changed) later();
  }

  async function check() {
    changed = false;
    const body = new FormData(form);
    body.delete("picture");
    // 「消す」は、本当に保存するときまで待つ。
    for (const name of [...body.keys()]) if (name.startsWith("removed_")) body.delete(name);
    body.set("do", "check");
    body.set("live", "1");
    const slow = setTimeout(() => say(form.dataset.checking), 3000);
    try {
      const answer = await fetch(form.action, { method: "POST", body });
      if (answer.ok) show(new DOMParser().parseFromString(await answer.text(), "text/html"));
      else if (answer.status === 401) say(await answer.text());
      else say(form.dataset.lost);
    } catch {
      say(form.dataset.lost);
    } finally {
      clearTimeout(slow);
    }
  }

  function say(text) {
    if (status.textContent.trim() !== text.trim()) status.textContent = text.trim();
  }

  function show(page) {
    say(page.getElementById("check_status")?.textContent ?? "");
    const mark = page.getElementById("kept_mark"); // この画面の、いまの書きかけ
    if (mark) document.getElementById("kept_mark").replaceChildren(...mark.childNodes);
    // 文章の中に見出しを書いたときは、節の番号がずれる。保存すると、節に分かれる。
    if (page.querySelectorAll(".part").length !== form.querySelectorAll(".part").length) return;
    for (const fresh of page.querySelectorAll("[data-live]")) {
      const old = document.getElementById(fresh.id);
      if (!old || old.contains(document.activeElement)) continue;
      const open = old.querySelector("details")?.open;
      old.replaceChildren(...fresh.childNodes);
      if (open) old.querySelector("details")?.setAttribute("open", "");
    }
  }

  // 送るときは、先に送った書きかけの答えを待つ（後から着いて、書きかけが残らないように）。
  let leaving = false;
  form.addEventListener("submit", async (event) => {
    clearTimeout(timer);
    if (sending && !leaving) {
      event.preventDefault();
      leaving = true;
      changed = false;
      const submitter = event.submitter;
      await Promise.allSettled([sending]);
      form.requestSubmit(submitter);
      return;
    }
    leaving = true;
    if (event.submitter?.value === "check") say(form.dataset.checking);
  });
  addEventListener("pageshow", () => {
    leaving = false;
  });
  addEventListener("beforeunload", (event) => {
    if (changed && !leaving) event.preventDefault();
  });
})();
