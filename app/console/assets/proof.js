// 聞いて校正を、ページを開き直さずに続ける。なくても、同じボタンで、すべてのことができる。
// 読み上げソフトが声に重ならないように: 文の字は知らせず、次・前を押しても、いる所は動かない。
(async () => {
  "use strict";

  const player = document.getElementById("player");
  if (!player) return;
  const { sentences, sounds, action, lost } = player.dataset;
  const audio = document.getElementById("audio");
  const keys = document.getElementById("keys");
  const remark = document.getElementById("remark");
  const form = remark.querySelector("form");
  const said = document.getElementById("said");
  const at = (id) => document.getElementById(id);

  let list;
  try {
    const answer = await fetch(sentences);
    if (!answer.ok) return;
    list = await answer.json();
  } catch {
    return;
  }
  let place = list.findIndex((one) => one.id === keys.elements.sentence.value);
  if (place < 0) return;
  const soon = new Audio();
  soon.preload = "auto";

  remark.hidden = remark.dataset.open === undefined;
  at("cancel").hidden = at("player_keys").hidden = false;
  // 矢印のキーが、読み上げソフトの移動ではなく、ここに届くように。
  const pad = at("pad");
  pad.setAttribute("role", "application");
  pad.setAttribute("aria-label", "聞く所");
  pad.setAttribute("aria-describedby", "player_keys");
  // Orca は application の中のボタンではキーを渡さない。toolbar の中では渡す。
  at("three").setAttribute("role", "toolbar");
  at("three").setAttribute("aria-label", "次・前・誤り");

  function count() {
    at("heard").textContent = at("progress").value = list.filter((s) => s.heard).length;
  }

  function show() {
    const one = list[place];
    at("number").textContent = place + 1;
    count();
    at("section").textContent = one.heading;
    at("sentence").textContent = one.text;
    for (const owner of [keys, form]) owner.elements.sentence.value = one.id;
    const source = `${sounds}/${one.id}`;
    if (!audio.src.endsWith(source)) audio.src = source;
    const after = list[place + 1];
    if (after) soon.src = `${sounds}/${after.id}`;
  }

  function play() {
    audio.currentTime = 0;
    audio.play().catch(() => {});
  }

  let expired = false;
  async function post(values) {
    try {
      const answer = await fetch(action, { method: "POST", body: new URLSearchParams(values) });
      if (answer.ok) return answer;
      expired = answer.status === 401;
      say(answer.status === 401 ? await answer.text() : lost);
    } catch {
      say(lost);
    }
    return null;
  }

  function say(text) {
    said.textContent = text;
  }

  // 記録は、起きた順に残す。終わりまで鳴った文だけを、聞いた文に数える。
  let kept = Promise.resolve();
  function keep(doing) {
    const here = list[place];
    kept = kept.then(async () => {
      const done = await post({ do: doing, sentence: here.id, quiet: "1" });
      if (done && doing === "heard") here.heard = true;
      if (done) count();
    });
  }

  // 終わりの無音を待たずに進むのも、聞いたうちに入れる（秒）。
  const TAIL = 0.5;
  function heard() {
    return audio.played.length > 0 && audio.duration - audio.currentTime <= TAIL;
  }

  function writing() {
    return !remark.hidden && (form.elements.words.value.trim() || form.querySelector(":checked"));
  }

  function move(doing) {
    if (writing()) {
      form.elements.words.focus();
      return say("書きかけの誤りがあります。「残す」か「やめる」を押してください。");
    }
    if (!remark.hidden) close();
    const to = place + (doing === "next" ? 1 : -1);
    if (heard() && !list[place].heard) keep("heard");
    keep(doing === "next" ? "skip" : "back");
    if (to < 0) return play();
    if (to >= list.length) {
      audio.pause();
      return say("終わりの文です。下の「校正を終える」へ進めます。");
    }
    say("");
    place = to;
    show();
    play();
  }

  function wrong() {
    audio.pause();
    say("");
    remark.hidden = false;
    form.querySelector("input[type=radio]").focus();
    remark.scrollIntoView({ block: "nearest" });
  }

  function close() {
    remark.hidden = true;
    form.reset();
    for (const input of form.querySelectorAll("input[type=radio]")) input.checked = false;
    form.elements.words.value = "";
    form.elements.sentence.value = list[place].id;
    at("next").focus();
  }

  audio.addEventListener("ended", () => {
    if (!list[place].heard) keep("heard");
  });
  keys.addEventListener("submit", (event) => {
    event.preventDefault();
    move(event.submitter.value);
  });
  at("wrong").addEventListener("click", (event) => {
    event.preventDefault();
    wrong();
  });
  at("wrong").setAttribute("role", "button");
  at("cancel").addEventListener("click", close);

  const pressed = {
    ArrowRight: () => move("next"),
    ArrowLeft: () => move("back"),
    e: wrong,
    ArrowDown: play,
  };
  keys.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const act = pressed[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    if (!event.repeat) act();
  });
  remark.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });

  form.addEventListener("submit", async (event) => {
    const chosen = form.querySelector("input[type=radio]:checked");
    // 選び忘れなどは、ふつうに送って、誤りの知らせを見せてもらう。
    if (!chosen || (chosen.value === "other" && !form.elements.words.value.trim())) return;
    event.preventDefault();
    const values = new FormData(form);
    values.set("do", "fault");
    values.set("quiet", "1");
    if (await post(values)) {
      close();
      at("remarked").textContent = Number(at("remarked").textContent) + 1;
      say("誤りを校正表に残しました。");
    } else if (expired) {
      // ふつうに送ると、ログインの後に、書いた言葉を送り直せる。
      const doing = Object.assign(document.createElement("input"), { type: "hidden", name: "do", value: "fault" });
      form.append(doing);
      form.submit();
    }
  });

  show();
})();
